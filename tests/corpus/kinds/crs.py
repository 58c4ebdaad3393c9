"""Coordinate systems that are missing, wrong, contradicted or shifted (23)."""

from __future__ import annotations

import math
from collections.abc import Callable

from tests.corpus.base import CLEAR, CRS, Base, plan_toml, wkt
from tests.corpus.case import CHECK, Kind, Model, either, right, told
from tests.corpus.damage import both, put, remove

kind = Kind("CRS", CHECK)
UNIT = {"file": "GXDY.shp", "layer": "unit"}
ZONE = {"file": "BHQH.shp", "layer": "heritage_zone", "doubt": CLEAR}
WHERE = "SRC104 SRC105 SRC106 SRC107"
Move = Callable[[float, float], tuple[float, float]]


def moved(stem: str, move: Move, prj: str | None = None) -> Model:
    """Move every point of a layer, and write another .prj."""

    def model(plan: Base) -> None:
        sheet = plan[stem]
        assert sheet.shapes is not None
        sheet.shapes = [[[move(*point) for point in ring] for ring in shape]
                        for shape in sheet.shapes]
        sheet.prj = prj

    return model


def declared(stem: str, prj: str) -> Model:
    """Write another .prj, and leave the points."""
    return moved(stem, lambda x, y: (x, y), prj)


def every(make: Callable[[str], Model]) -> Model:
    """Do it to every layer with shapes."""

    def model(plan: Base) -> None:
        for stem, sheet in plan.sheets.items():
            if sheet.shapes is not None:
                make(stem)(plan)

    return model


def to(crs: str) -> Move:
    """Return the way from the plan's CRS into another one, densified edges left aside."""
    from pyproj import Transformer

    way = Transformer.from_crs(CRS, crs, always_xy=True)
    return way.transform


def into(stem: str, epsg: int) -> Model:
    """Bring a layer into another CRS, truly."""

    def model(plan: Base) -> None:
        moved(stem, to(f"EPSG:{epsg}"), wkt(epsg))(plan)

    return model


def gcj02(lon: float, lat: float) -> tuple[float, float]:
    """Return where the Chinese web maps draw a point (the public formula)."""
    x, y = lon - 105.0, lat - 35.0
    pi = math.pi
    waves = (20 * math.sin(6 * x * pi) + 20 * math.sin(2 * x * pi)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + waves
    east += (20 * math.sin(x * pi) + 40 * math.sin(x / 3 * pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * pi) + 300 * math.sin(x / 30 * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + waves
    north += (20 * math.sin(y * pi) + 40 * math.sin(y / 3 * pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * pi) + 320 * math.sin(y * pi / 30)) * 2 / 3
    a, e2 = 6378245.0, 0.00669342162296594323
    magic = 1 - e2 * math.sin(lat / 180 * pi) ** 2
    north = north * 180 / ((a * (1 - e2)) / (magic * math.sqrt(magic)) * pi)
    east = east * 180 / (a / math.sqrt(magic) * math.cos(lat / 180 * pi) * pi)
    return lon + east, lat + north


def bd09(lon: float, lat: float) -> tuple[float, float]:
    """Return where Baidu draws a point."""
    x, y = gcj02(lon, lat)
    z = math.hypot(x, y) + 0.00002 * math.sin(y * math.pi * 3000 / 180)
    theta = math.atan2(y, x) + 0.000003 * math.cos(x * math.pi * 3000 / 180)
    return z * math.cos(theta) + 0.0065, z * math.sin(theta) + 0.006


def web(shift: Move) -> Move:
    """Return the way into degrees as a web map has them."""
    degrees = to("EPSG:4490")
    return lambda x, y: shift(*degrees(x, y))


for stem, place in (
    ("GXDY", UNIT),
    ("BHQH", ZONE),
    ("QX", {"file": "QX.shp", "layer": "district"}),
):
    sound_codes = WHERE + " SRC108 SRC109"
    for name, prj, what in (
        ("4326", wkt(4326), "WGS 84 degrees, the points are metres"),
        ("4490", wkt(4490), "CGCS2000 degrees, the points are metres"),
        ("zone40", wkt(4528), "zone 40, the points have prefix 41"),
        ("zone42", wkt(4530), "zone 42, the points have prefix 41"),
        ("no-prefix", wkt(4550), "central meridian 123 without prefix, the points have 41"),
        ("utm", wkt(32651), "UTM 51, the points are Gauss-Krüger with prefix 41"),
        ("mercator", wkt(3857), "web Mercator, the points are Gauss-Krüger"),
    ):
        kind(f"crs-{stem}-says-{name}", f"{stem}.prj says {what}", told(sound_codes, **place),
             model=declared(stem, prj))
    for name, text in (
        ("empty", ""), ("garbage", "坐标系：沈阳城建"), ("html", "<html><body>404</body></html>"),
        ("cut", wkt(4529)[:80]), ("local", 'LOCAL_CS["沈阳城建坐标",UNIT["metre",1]]'),
    ):
        kind(f"crs-{stem}-prj-{name}", f"{stem}.prj is {name}",
             told(sound_codes, **{**place, "doubt": CLEAR}),
             files=put(f"{stem}.prj", text))
    swapped = {**place, "doubt": CLEAR}
    kind(f"crs-{stem}-swapped", f"{stem}: x and y exchanged",
         told(sound_codes, **swapped), model=moved(stem, lambda x, y: (y, x)))
    kind(f"crs-{stem}-swapped-degrees", f"{stem}: latitude before longitude, in degrees",
         told(sound_codes, **swapped),
         model=lambda plan, s=stem: moved(s, lambda x, y: to("EPSG:4490")(x, y)[::-1],
                                          wkt(4490))(plan))
    kind(f"crs-{stem}-degrees", f"{stem}.prj says Gauss-Krüger, the points are degrees",
         told(sound_codes, **swapped),
         model=lambda plan, s=stem: moved(s, to("EPSG:4490"), wkt(4529))(plan))
    kind(f"crs-{stem}-prefix-lost", f"{stem}.prj says zone 41 with prefix, the points have none",
         told(sound_codes, **swapped),
         model=moved(stem, lambda x, y: (x - 41_000_000, y)))
    kind(f"crs-{stem}-gcj02", f"{stem} in degrees, shifted as Chinese web maps are (GCJ-02)",
         told("SRC107 BND104" if stem == "QX" else "SRC107", **swapped),
         model=lambda plan, s=stem: moved(s, web(gcj02), wkt(4326))(plan))
    kind(f"crs-{stem}-far", f"{stem} lies 200 km away, in Dalian",
         told(sound_codes + " BND104", **swapped),
         model=moved(stem, lambda x, y: (x - 60_000, y - 290_000)))
    for epsg, what in ((4490, "CGCS2000 degrees"), (4326, "WGS 84 degrees"), (4528, "zone 40"),
                       (4550, "meridian 123 without prefix"), (4499, "6-degree zone 21"),
                       (3857, "web Mercator"), (32651, "UTM 51")):
        kind(f"crs-{stem}-truly-{epsg}", f"{stem} truly in {what}", right(),
             model=into(stem, epsg))
kind("crs-BHQH-bd09", "zones in degrees, shifted as Baidu does (BD-09)", told("SRC107", **ZONE),
     model=moved("BHQH", web(bd09), wkt(4326)))
kind("crs-BHDX-gcj02", "bodies in degrees, shifted as Chinese web maps are",
     told("SRC107", "BHDX.shp", "heritage_body", doubt=CLEAR),
     model=moved("BHDX", web(gcj02), wkt(4326)))
for epsg, name in ((2417, "Beijing 1954"), (2365, "Xi'an 1980")):
    kind(f"crs-datum-{epsg}", f"zones in {name}, no shift to CGCS2000 is known",
         told("SRC105 notice why", **ZONE), model=declared("BHQH", wkt(epsg)))
    kind(f"crs-datum-all-{epsg}", f"every layer in {name}",
         either("SRC105 notice why", "BHQH.shp"),
         model=every(lambda s, e=epsg: declared(s, wkt(e))))
kind("crs-none-at-all", "no layer has a .prj", told("SRC104 fatal", doubt=CLEAR),
     files=both(*(remove(f"{s}.prj") for s in ("SHENG", "SHI", "QX", "GXDY", "GXXM", "GXDK", "JZ",
                                              "BHQH", "BHDX", "KZX"))))
kind("crs-all-4326", "every .prj says WGS 84 degrees, the points are metres",
     told(WHERE + " SRC108 fatal", doubt=CLEAR), model=every(lambda s: declared(s, wkt(4326))))
kind("crs-all-swapped", "x and y exchanged in every layer",
     told(WHERE + " SRC108 fatal", doubt=CLEAR),
     model=every(lambda s: moved(s, lambda x, y: (y, x))))
kind("crs-all-zone40", "every .prj says the neighbouring zone",
     told(WHERE + " SRC108 fatal", doubt=CLEAR), model=every(lambda s: declared(s, wkt(4528))))
kind("crs-all-degrees", "every layer truly in degrees", right(),
     model=every(lambda s: into(s, 4490)))
kind("crs-prj-bom", ".prj with a byte order mark", right(),
     files=put("BHQH.prj", "\ufeff" + wkt(4529)))
kind("crs-prj-wkt2", ".prj in the newer notation", right(),
     files=lambda plan, _c, _r: (plan / "BHQH.prj").write_text(_wkt2(), encoding="utf-8"))
kind("crs-prj-epsg", ".prj that says EPSG:4529", either(WHERE + " SRC109", **ZONE),
     files=put("BHQH.prj", "EPSG:4529"))
kind("crs-prj-renamed", ".prj with the right figures under a local name", either(WHERE, **ZONE),
     files=put("BHQH.prj", wkt(4529).replace("CGCS2000_3_Degree_GK_Zone_41", "SY_2000")))
kind("crs-prj-feet", ".prj in feet", told(WHERE + " SRC108", **ZONE),
     files=put("BHQH.prj", wkt(4529).replace('UNIT["Meter",1.0]', 'UNIT["Foot",0.3048]')))


def _declares(crs: str) -> str:
    return plan_toml(BHQH=f"crs = '{crs}'\n")


kind("crs-toml-contradicts", "gisplan.toml says another CRS than the file",
     told("SRC105", **ZONE), files=put("gisplan.toml", _declares("EPSG:4528")))
kind("crs-toml-unknown", "gisplan.toml names a CRS that does not exist",
     told("fatal", "gisplan.toml"), files=put("gisplan.toml", _declares("EPSG:999999")))
kind("crs-toml-fills", "no .prj, but gisplan.toml says the CRS", right("SRC109"),
     files=both(remove("BHQH.prj"), put("gisplan.toml", _declares("EPSG:4529"))))
kind("crs-toml-fills-wrong", "no .prj, and gisplan.toml says a neighbouring zone",
     told(WHERE + " SRC108", **ZONE),
     files=both(remove("BHQH.prj"), put("gisplan.toml", _declares("EPSG:4528"))))
kind("crs-toml-working-degrees", "gisplan.toml asks to work in degrees",
     told("fatal", "gisplan.toml"),
     files=put("gisplan.toml", "[plan]\nworking_crs = 'EPSG:4490'\n"))


def _wkt2() -> str:
    import pyproj

    return str(pyproj.CRS.from_epsg(4529).to_wkt("WKT2_2019"))
