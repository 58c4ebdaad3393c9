"""Shapes that are invalid, empty, not finite, or of another kind than they should be (56)."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.corpus.base import CLEAR, EAST, NORTH, Base, box, sound, unit_box
from tests.corpus.case import Damage, Kind, Model, either, right, told
from tests.corpus.formats import (
    collection,
    drop_shapefile,
    geojson,
    points,
    polygon,
    rings_json,
    wkb,
    write_gpkg,
)
from tests.corpus.shapefile import Raw, parts_content

kind = Kind("Geometry")
CODE = "210102-GX001"
UNIT: dict[str, Any] = {"file": "GXDY.shp", "layer": "unit", "feature": CODE, "doubt": (CODE,)}
ZONE: dict[str, Any] = {"file": "BHQH.shp", "layer": "heritage_zone", "feature": "QH001"}
BAD = "GEO101 GEO102 GEO106 GEO107 SRC108 SRC109 SRC110"
W, S, E, N = unit_box(CODE)
Shape = list[list[tuple[float, float]]]


def ring(*corners: tuple[float, float]) -> list[tuple[float, float]]:
    """Return corners, in metres from the corner of the plan, as points of the CRS."""
    return [(EAST + x, NORTH + y) for x, y in corners]


def square(w: float, s: float, e: float, n: float) -> list[tuple[float, float]]:
    """Return a ring that runs clockwise, as a shell does."""
    return ring((w, s), (w, n), (e, n), (e, s), (w, s))


def shaped(stem: str, row: int, shape: Any) -> Model:
    """Give one feature another shape."""

    def model(plan: Base) -> None:
        plan[stem].shapes[row] = shape  # type: ignore[index]

    return model


def broken(w: float, s: float, e: float, n: float) -> dict[str, Any]:
    """Return what can be wrong with a square, by name."""
    shell = square(w, s, e, n)
    m, k = (w + e) / 2, (s + n) / 2
    return {
        "bow-tie": [ring((w, s), (e, n), (e, s), (w, n), (w, s))],
        "unclosed": [shell[:-1]],
        "duplicate-ring": [shell, shell],
        "ring-is-hole": [shell, shell[::-1]],
        "nested-shells": [shell, square(w + 50, s + 50, e - 50, n - 50)],
        "parts-overlap": [square(w, s, m + 20, n), square(m - 20, s, e, n)],
        "hole-outside": [shell, square(e + 20, s, e + 60, n)[::-1]],
        "hole-across": [shell, square(m, k, e + 40, n - 20)[::-1]],
        "holes-overlap": [shell, square(w + 40, s + 40, m + 20, n - 40)[::-1],
                          square(m - 20, s + 40, e - 40, n - 40)[::-1]],
        "spike-out": [ring((w, s), (w, n), (e, n), (e, k), (e + 90, k), (e, k), (e, s), (w, s))],
        "spike-in": [ring((w, s), (w, n), (e, n), (e, k), (m, k), (e, k), (e, s), (w, s))],
        "eight": [ring((w, s), (m, k), (w, n), (e, n), (m, k), (e, s), (w, s))],
        "inverted": [ring((w, s), (w, n), (e, n), (e, s), (m, s), (m - 40, k), (m + 40, k),
                          (m, s), (w, s))],
        "zero-area": [ring((w, s), (e, s), (w, s), (w, s))],
        "one-place": [ring((w, s), (w, s), (w, s), (w, s))],
        "two-vertices": [ring((w, s), (e, n))],
        "one-vertex": [ring((w, s))],
        "three-vertices": [ring((w, s), (e, n), (w, s))],
        "nan": [[*shell[:2], (math.nan, math.nan), *shell[2:]]],
        "nan-x": [[*shell[:2], (math.nan, shell[2][1]), *shell[3:]]],
        "infinity": [[*shell[:2], (math.inf, shell[2][1]), *shell[3:]]],
        "1e300": [[*shell[:2], (1e300, 1e300), *shell[3:]]],
        "largest": [[*shell[:2], (1.7e308, -1.7e308), *shell[3:]]],
        "no-data": [[*shell[:2], (-1.1e38, -1.1e38), *shell[3:]]],
        "origin": [[*shell[:2], (0.0, 0.0), *shell[3:]]],
        "null": None,
        "no-rings": Raw(parts_content([])),
        "empty-ring": Raw(parts_content([[]])),
        "tangled": [ring(*[(m + (150 if i % 2 else 60) * math.cos(i * 2.4),
                            k + 140 * math.sin(i * 2.4)) for i in range(60)])],
    }


for name, shape in broken(W, S, E, N).items():
    if name == "tangled":
        shape[0].append(shape[0][0])
    kind(f"geo-unit-{name}", f"unit {CODE}: {name.replace('-', ' ')}", told(BAD, **UNIT),
         model=shaped("GXDY", 0, shape))
# A shape whose place is not known may concern every unit; one that is merely invalid, its own.
_NOWHERE = {"nan", "nan-x", "infinity", "1e300", "largest", "no-data", "origin", "null",
            "no-rings", "empty-ring"}
for name, shape in broken(450, 50, 850, 450).items():
    if name == "tangled":
        shape[0].append(shape[0][0])
    doubt = CLEAR if name in _NOWHERE - {"origin", "no-data"} else ()
    kind(f"geo-zone-{name}", f"zone QH001: {name.replace('-', ' ')}",
         told(BAD + " SRC105", **ZONE, doubt=doubt), model=shaped("BHQH", 0, shape))


def _more(shape: Any, **row: Any) -> Model:
    """Add a zone over unit 210102-GX001, which is clear in the sound plan."""

    def model(plan: Base) -> None:
        sheet = plan["BHQH"]
        sheet.rows.append({**sheet.rows[0], "QHBH": "QH009", **row})
        sheet.shapes.append(shape)  # type: ignore[union-attr]

    return model


_OVER = square(50, 50, 450, 450)
for name, shape in (
    ("ring-is-hole", [_OVER, _OVER[::-1]]),
    ("bow-tie", [ring((50, 50), (450, 450), (450, 50), (50, 450), (50, 50))]),
    ("two-vertices", [ring((50, 50), (450, 450))]),
    ("unclosed", [_OVER[:-1]]),
    ("nested", [_OVER, square(90, 90, 410, 410)]),
    ("null", None),
):
    kind(f"geo-over-{name}", f"a zone more, over unit {CODE}: {name.replace('-', ' ')}",
         told(BAD, **{**ZONE, "feature": "QH009"}, doubt=(CODE,)), model=_more(shape))
kind("geo-over-sound", f"a sound zone more, over unit {CODE}",
     told("HER101", layer="heritage_zone", feature="QH009", verdicts={CODE: "conditional"}),
     model=_more([_OVER]))
kind("geo-district-bow-tie", "district 210103 is a bow-tie",
     told(BAD, "QX.shp", "district", "210103", doubt=("210103-GX001", "210103-GX003")),
     model=shaped("QX", 1, [ring((1200, 0), (2400, 1200), (2400, 0), (1200, 1200), (1200, 0))]))
kind("geo-district-null", "district 210103 has no shape",
     told(BAD, "QX.shp", "district", "210103", doubt=("210103-GX001", "210103-GX003")),
     model=shaped("QX", 1, None))
kind("geo-body-null", "body LJ001 has no shape",
     told(BAD, "BHDX.shp", "heritage_body", "LJ001", doubt=CLEAR), model=shaped("BHDX", 1, None))
kind("geo-body-two-vertices", "body LJ001 has two points",
     told(BAD, "BHDX.shp", "heritage_body", "LJ001"),
     model=shaped("BHDX", 1, [ring((600, 200), (620, 220))]))
kind("geo-line-spike", "a control line with a spike", told(BAD, "KZX.shp", "control_line", "KZ002"),
     model=shaped("KZX", 1, broken(900, 700, 1000, 800)["spike-out"]))
kind("geo-units-all-null", "no unit has a shape",
     told(BAD + " fatal", file="GXDY.shp", layer="unit", doubt=CLEAR),
     model=lambda plan: [shaped("GXDY", row, None)(plan) for row in range(6)])
kind("geo-zones-all-null", "no zone has a shape",
     told(BAD, "BHQH.shp", "heritage_zone", doubt=CLEAR),
     model=lambda plan: [shaped("BHQH", row, None)(plan) for row in range(3)])
# --- odd, but sound ---------------------------------------------------------------------------
kind("geo-reversed", "every ring runs the other way round", right(),
     model=lambda plan: [shaped("GXDY", r, [s[0][::-1]])(plan)
                         for r, s in enumerate(plan["GXDY"].shapes or [])])
kind("geo-repeated", "points that repeat", right("GEO110"),
     model=lambda plan: [shaped("GXDY", r, [[p for p in s[0] for _ in (0, 1)]])(plan)
                         for r, s in enumerate(plan["GXDY"].shapes or [])])
kind("geo-other-start", "rings that begin elsewhere", right(),
     model=lambda plan: [shaped("GXDY", r, [s[0][2:-1] + s[0][:3]])(plan)
                         for r, s in enumerate(plan["GXDY"].shapes or [])])
kind("geo-many-points", "a ring of 40 000 points", right("GEO110"),
     model=shaped("GXDY", 0, [ring(*[(W, S + (N - S) * i / 10_000) for i in range(10_000)],
                                   *[(W + (E - W) * i / 10_000, N) for i in range(10_000)],
                                   *[(E, N - (N - S) * i / 10_000) for i in range(10_000)],
                                   *[(E - (E - W) * i / 10_000, S) for i in range(10_001)])]))
kind("geo-order", "rows in another order", right(),
     model=lambda plan: [plan[s].rows.reverse() or (plan[s].shapes or []).reverse()
                         for s in ("GXDY", "BHQH", "QX", "BHDX")])


def _two_parts(plan: Base) -> None:
    shaped("GXDY", 0, [square(W, S, W + 140, N), square(E - 140, S, E, N)])(plan)
    plan["GXDY"].set(0, MJ=84000.0)


kind("geo-two-parts", "a unit of two parts that do not touch", right("GEO108"), model=_two_parts)

# --- in a GeoPackage and in GeoJSON: heights, measures, curves, collections -------------------
_RING = box(W, S, E, N)[0]


def gpkg_shape(shape: bytes | None) -> Damage:
    """Hand in the units as a GeoPackage in which unit GX001 has a shape of its own."""

    def damage(plan: Path, _canaries: Any, _random: Any) -> None:
        drop_shapefile(plan, "GXDY")
        write_gpkg(plan / "GXDY.gpkg", {"GXDY": sound()["GXDY"]}, {("GXDY", 0): shape})

    return damage


def curve(*parts: bytes) -> bytes:
    """Return a curve polygon of one ring."""
    return wkb(10, struct.pack("<I", len(parts)) + b"".join(parts))


_RADIUS, _MIDDLE = 150.0, (EAST + (W + E) / 2, NORTH + (S + N) / 2)
_ARC = [(_MIDDLE[0] - _RADIUS, _MIDDLE[1]), (_MIDDLE[0], _MIDDLE[1] + _RADIUS),
        (_MIDDLE[0] + _RADIUS, _MIDDLE[1]), (_MIDDLE[0], _MIDDLE[1] - _RADIUS),
        (_MIDDLE[0] - _RADIUS, _MIDDLE[1])]
GPKG: dict[str, Any] = {**UNIT, "file": "GXDY.gpkg"}
_LINE = wkb(2, points(_RING[:3]))
_SURFACE = collection(polygon([_RING]), kind=12)
for name, blob, expect in (
    ("z", polygon([[(*p, 5.0) for p in _RING]], 1003), right()),
    ("z-nan", polygon([[(*p, math.nan) for p in _RING]], 1003), right()),
    ("m", polygon([[(*p, 5.0) for p in _RING]], 2003), right()),
    ("zm", polygon([[(*p, 5.0, 7.0) for p in _RING]], 3003), right()),
    ("z-old", polygon([[(*p, 5.0) for p in _RING]], 0x80000003), either(BAD, **GPKG)),
    ("multi", collection(polygon([_RING]), kind=6), right()),
    ("multi-empty", collection(kind=6), told(BAD, **GPKG)),
    ("multi-of-line", collection(_LINE, kind=6), told(BAD + " GEO109", **GPKG)),
    ("surface", _SURFACE, right()),
    ("curve-straight", curve(wkb(2, points(_RING))), right()),
    ("curve-arc", curve(wkb(8, points(_ARC))), either(BAD + " IND111 BND101", **GPKG)),
    ("curve-compound", curve(wkb(9, struct.pack("<I", 1) + wkb(2, points(_RING)))), right()),
    ("triangle", wkb(17, struct.pack("<I", 1) + points([*_RING[:3], _RING[0]])),
     either(BAD + " GEO109 IND111 BND101", **GPKG)),
    ("tin", collection(wkb(17, struct.pack("<I", 1) + points([*_RING[:3], _RING[0]])), kind=16),
     either(BAD + " GEO109 IND111 BND101", **GPKG)),
    ("polyhedral", collection(polygon([_RING]), kind=15), either(BAD + " GEO109", **GPKG)),
    ("collection", collection(polygon([_RING]), _LINE), right("GEO101", "GEO109", "GEO108")),
    ("collection-lines", collection(_LINE, _LINE), told(BAD + " GEO109", **GPKG)),
    ("collection-empty", collection(), told(BAD, **GPKG)),
    ("collection-nested", collection(collection(polygon([_RING]))), either(BAD, **GPKG)),
    ("point", wkb(1, struct.pack("<2d", *_RING[0])), told("GEO109", **GPKG)),
    ("line", _LINE, told("GEO109", **GPKG)),
    ("null", None, told(BAD, **GPKG)),
    ("empty", polygon([]), told(BAD, **GPKG)),
    ("bow-tie", polygon(broken(W, S, E, N)["bow-tie"]), told(BAD, **GPKG)),
    ("unclosed", polygon([_RING[:-1]]), told(BAD, **GPKG)),
    ("two-vertices", polygon([_RING[:2]]), told(BAD, **GPKG)),
    ("nan", polygon(broken(W, S, E, N)["nan"]), told(BAD, **GPKG)),
    ("1e300", polygon(broken(W, S, E, N)["1e300"]), told(BAD, **GPKG)),
    ("ring-is-hole", polygon(broken(W, S, E, N)["ring-is-hole"]), told(BAD, **GPKG)),
):
    kind(f"geo-gpkg-{name}", f"unit {CODE} in a GeoPackage: {name.replace('-', ' ')}", expect,
         files=gpkg_shape(blob))


def json_shape(geometry: Any) -> Callable[..., None]:
    """Hand in the units as GeoJSON in which unit GX001 has a geometry of its own."""

    def damage(plan: Path, _canaries: Any, _random: Any) -> None:
        drop_shapefile(plan, "GXDY")
        text = geojson(sound()["GXDY"], {0: geometry() if callable(geometry) else geometry})
        (plan / "GXDY.geojson").write_text(text, encoding="utf-8")

    return damage


def _square() -> dict[str, Any]:
    return rings_json([_RING])


def _json(**changes: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {**_square(), **changes}


def _ring(change: Callable[[list[Any]], Any]) -> Callable[[], dict[str, Any]]:
    return lambda: {"type": "Polygon", "coordinates": [change(_square()["coordinates"][0])]}


JSON: dict[str, Any] = {**UNIT, "file": "GXDY.geojson"}
for name, geometry, expect in (
    ("square", _square, right()),
    ("null", None, told(BAD, **JSON)),
    ("empty-object", {}, told(BAD + " GEO109", **JSON)),
    ("no-coordinates", {"type": "Polygon"}, told(BAD, **JSON)),
    ("no-rings", _json(coordinates=[]), told(BAD, **JSON)),
    ("empty-ring", _json(coordinates=[[]]), told(BAD, **JSON)),
    ("text", _json(coordinates="x"), told(BAD, **JSON)),
    ("text-number", _ring(lambda r: [[str(x), str(y)] for x, y in r]), either(BAD, **JSON)),
    ("null-number", _ring(lambda r: [[None, None], *r[1:]]), told(BAD, **JSON)),
    ("one-number", _ring(lambda r: [[x] for x, _ in r]), told(BAD, **JSON)),
    ("unclosed", _ring(lambda r: r[:-1]), told(BAD, **JSON)),
    ("two-points", _ring(lambda r: r[:2]), told(BAD, **JSON)),
    ("deep", _json(coordinates=[[[[1, 2]]]]), told(BAD, **JSON)),
    ("unknown-type", _json(type="Circle"), told(BAD + " GEO109", **JSON)),
    ("lower-case", _json(type="polygon"), either(BAD + " GEO109", **JSON)),
    ("point", {"type": "Point", "coordinates": [123.4, 41.8]}, told("GEO109", **JSON)),
    ("heights", _ring(lambda r: [[x, y, 5] for x, y in r]), right()),
    ("five-numbers", _ring(lambda r: [[x, y, 5, 6, 7] for x, y in r]), either(BAD, **JSON)),
    ("huge-number", _ring(lambda r: [[1e308, 41], *r[1:]]),
     told(BAD, **JSON)),
    ("collection", lambda: {"type": "GeometryCollection", "geometries": [_square()]},
     right("GEO101", "GEO109")),
    ("collection-empty", {"type": "GeometryCollection", "geometries": []}, told(BAD, **JSON)),
    ("bow-tie", _ring(lambda r: [r[0], r[2], r[3], r[1], r[0]]), told(BAD, **JSON)),
):
    kind(f"geo-json-{name}", f"unit {CODE} in GeoJSON: {name.replace('-', ' ')}", expect,
         files=json_shape(geometry))
