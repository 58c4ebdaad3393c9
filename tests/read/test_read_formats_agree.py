"""The same plan, written in each format, must be judged the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from gisplan.pipeline import open_plan, review


def box(west, south, east, north):
    """Return a rectangle at 123.4, 41.8, in thousandths of a degree."""
    x, y = (lambda n: round(123.4 + n / 1000, 7)), (lambda n: round(41.8 + n / 1000, 7))
    return shapely.box(x(west), y(south), x(east), y(north))


def layers() -> dict[str, gpd.GeoDataFrame]:
    """Return a plan with a spill, an overlap, an orphan, a protected zone, holes and nulls."""
    districts = gpd.GeoDataFrame(
        {"QXDM": ["210102", "210103"], "QXMC": ["和平区", "沈河区"]},
        geometry=[box(0, 0, 20, 20), box(20, 0, 40, 20)],
    )
    units = gpd.GeoDataFrame(
        {
            "DYBH": ["210102-GX001", "210102-GX002", "210103-GX001", "210103-GX002"],
            "DYMC": ["南市", "八经街", None, "大西菜行"],
            "SJDM": ["210102", "210102", "210103", "210199"],
            "GXFS": ["M1", "M5", "M2", None],
            "XZJZMJ": [12000.5, None, 3000.0, 800.0],
            "RJLSX": [2.0, 2.5, None, 1.8],
        },
        geometry=[
            box(1, 1, 8, 8) - box(3, 3, 4, 4),
            box(7, 1, 22, 6),  # over its neighbour and into the next district
            shapely.MultiPolygon([box(24, 1, 28, 4), box(24, 8, 28, 12)]),
            box(30, 1, 36, 8),
        ],
    )
    zones = gpd.GeoDataFrame(
        {"QHBH": ["BH01", "BH02"], "MC": ["故居", "街区"], "QHLX": ["Z1", "Z9"]},
        geometry=[box(2, 5, 3, 6), box(31, 2, 33, 4)],
    )
    frames = {"区县": districts, "更新单元": units, "保护区划": zones}
    return {name: frame.set_crs(4490) for name, frame in frames.items()}


def write_gpkg(home: Path) -> None:
    for name, frame in layers().items():
        pyogrio.write_dataframe(frame, home / "规划.gpkg", layer=name, driver="GPKG", append=True)


def write_gdb(home: Path) -> None:
    for name, frame in layers().items():
        pyogrio.write_dataframe(
            frame,
            home / "规划.gdb",
            layer=name,
            driver="OpenFileGDB",
            promote_to_multi=True,
            append=True,
        )


def write_shp(home: Path) -> None:
    for name, frame in layers().items():
        pyogrio.write_dataframe(frame, home / f"{name}.shp", encoding="GBK")


def write_geojson(home: Path) -> None:
    for name, frame in layers().items():
        pyogrio.write_dataframe(frame, home / f"{name}.geojson", driver="GeoJSON", RFC7946="YES")


def write_fgb(home: Path) -> None:
    for name, frame in layers().items():
        pyogrio.write_dataframe(
            frame, home / f"{name}.fgb", driver="FlatGeobuf", geometry_type="Unknown"
        )


def write_tab(home: Path) -> None:
    for name, frame in layers().items():
        write_mapinfo(home / f"{name}.tab", frame)


def write_mif(home: Path) -> None:
    for name, frame in layers().items():
        write_mapinfo(home / f"{name}.mif", frame)


def write_mapinfo(path: Path, frame: gpd.GeoDataFrame) -> None:
    # MapInfo knows no null numbers: a null is 0, and here that says the same. CGCS 2000 becomes
    # WGS 84 of the same figures.
    pyogrio.write_dataframe(frame, path, driver="MapInfo File", encoding="UTF-8")


def write_kml(home: Path) -> None:
    home.joinpath("规划.kml").write_text(kml_text(), "utf-8")


def kml_text() -> str:
    def ring(points: object, place: str) -> str:
        words = " ".join(f"{x!r},{y!r}" for x, y in shapely.get_coordinates(points).tolist())
        return f"<{place}><LinearRing><coordinates>{words}</coordinates></LinearRing></{place}>"

    def area(polygon: shapely.Polygon) -> str:
        holes = "".join(ring(hole, "innerBoundaryIs") for hole in polygon.interiors)
        return f"<Polygon>{ring(polygon.exterior, 'outerBoundaryIs')}{holes}</Polygon>"

    folders = ""
    for name, frame in layers().items():
        folders += f"<Folder><name>{name}</name>"
        for row in frame.to_dict("records"):
            parts = "".join(
                area(part) for part in getattr(row["geometry"], "geoms", [row["geometry"]])
            )
            data = "".join(
                f'<Data name="{key}"><value>{escape(str(value))}</value></Data>'
                for key, value in row.items()
                if key != "geometry" and not pd.isna(value)
            )
            folders += f"<Placemark><ExtendedData>{data}</ExtendedData>"
            folders += f"<MultiGeometry>{parts}</MultiGeometry></Placemark>"
        folders += "</Folder>"
    return f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{folders}</Document></kml>'


def write_parquet(home: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not on this machine; CI has it")
    for name, frame in layers().items():
        frame.to_parquet(home / f"{name}.parquet")


def write_csv(home: Path) -> None:
    for name, frame in layers().items():
        table = pd.DataFrame(frame.drop(columns="geometry"))
        table["WKT"] = shapely.to_wkt(frame.geometry.to_numpy(), rounding_precision=-1)
        table.to_csv(home / f"{name}.csv", index=False, encoding="gbk")
    lines = "".join(
        f'[layers.{kind}]\npath = "{name}.csv"\ncrs = "EPSG:4490"\n'
        for kind, name in (
            ("district", "区县"),
            ("unit", "更新单元"),
            ("heritage_zone", "保护区划"),
        )
    )
    home.joinpath("gisplan.toml").write_text(lines, "utf-8")


WRITERS: dict[str, Callable[[Path], None]] = {
    "shp": write_shp,
    "gdb": write_gdb,
    "geojson": write_geojson,
    "fgb": write_fgb,
    "kml": write_kml,
    "parquet": write_parquet,
    "tab": write_tab,
    "mif": write_mif,
    "csv": write_csv,
}


# How far a format moves a vertex. Seven decimals of GeoJSON would be 5.6 mm, but these corners
# have no more. TAB is 15 mm in metres, but 56 mm in degrees, as here;
# KML and CSV are text with all digits.
MOVED_MM = {"gdb": 0.05, "tab": 56.0}


def judged(home: Path):
    result = review(open_plan(home))
    dossier = result.dossier
    findings = dossier.findings
    return {
        "findings": sorted(
            (row.fingerprint, row.code, row.severity, row.feature, row.related or "")
            for row in findings.itertuples()
            if not row.code.startswith("SRC")
        ),
        "measures": findings.set_index("fingerprint")["measure"].dropna(),
        "verdicts": dossier.verdicts[["unit", "verdict"]].to_numpy().tolist(),
        "layers": [(c.layer, c.read, c.checked, c.quarantined) for c in dossier.layers],
    }


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    home = tmp_path_factory.mktemp("gpkg")
    write_gpkg(home)
    return judged(home)


def test_the_plan_has_something_to_find(expected):
    codes = {row[1][:3] for row in expected["findings"]}
    assert {"BND", "GEO", "HER", "LST"} <= codes
    assert [row[1] for row in expected["verdicts"]].count("blocked") >= 2
    assert all(read == checked + aside for _, read, checked, aside in expected["layers"])


@pytest.mark.parametrize("name", WRITERS)
def test_a_plan_is_judged_the_same_in_each_format(tmp_path, expected, name):
    WRITERS[name](tmp_path)
    found = judged(tmp_path)
    assert found["layers"] == expected["layers"]
    assert found["findings"] == expected["findings"]
    assert found["verdicts"] == expected["verdicts"]
    moved = MOVED_MM.get(name, 0.0) / 1000
    pd.testing.assert_series_equal(
        found["measures"].sort_index(),
        expected["measures"].sort_index(),
        rtol=1e-9,
        atol=0.01 + moved * 12_000,  # the longest outline, in metres
    )


def test_what_reading_left_out_is_told_in_the_result(tmp_path):
    write_kml(tmp_path)
    path = tmp_path / "规划.kml"
    link = "<NetworkLink><Link><href>http://127.0.0.1:9/x.kml</href></Link></NetworkLink>"
    path.write_text(path.read_text("utf-8").replace("<Document>", f"<Document>{link}"), "utf-8")
    notices = review(open_plan(tmp_path)).dossier.notices
    # one, though three layers say it; the other is that WGS 84 is taken for CGCS2000
    (notice,) = [text for text in notices if "CGCS2000" not in text.en]
    assert notice.zh.startswith("规划.kml：1 个网络链接")
    assert notice.en.startswith("规划.kml: 1 network links")
