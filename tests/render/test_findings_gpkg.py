"""findings.gpkg: layers, styles, names of columns, equal bytes."""

from __future__ import annotations

import json
import sqlite3
import time
import xml.etree.ElementTree as ElementTree
from contextlib import closing
from dataclasses import replace

import geopandas as gpd
import pyogrio
import pytest
from shapely.geometry import Point, box

from gisplan.errors import OutputError
from gisplan.model import Accounts, SetAside, Text
from gisplan.render.gpkg import settled, write_gpkg, write_layer
from gisplan.testing.dossier import FORMULA, SCRIPT, small_dossier


@pytest.fixture(scope="module")
def dossier():
    return small_dossier()


@pytest.fixture(scope="module")
def path(dossier, tmp_path_factory):
    path = tmp_path_factory.mktemp("gpkg") / "findings.gpkg"
    write_gpkg(dossier, path, "zh")
    return path


def query(path, sql):
    with closing(sqlite3.connect(path)) as base:
        return base.execute(sql).fetchall()


def test_it_holds_findings_units_and_quarantine_in_cgcs2000(path):
    spatial = [name for name, kind in pyogrio.list_layers(path) if kind is not None]
    assert spatial == ["findings", "units", "quarantine"]
    for name in spatial:
        assert gpd.read_file(path, layer=name).crs == "EPSG:4490"


def test_what_was_set_aside_is_there_with_its_shape_where_that_is_known(dossier, tmp_path):
    rows = (
        SetAside("unit", "u.shp", 6, "U7", 1, Text("坏", "bad"), (0.5, 0.5), box(0, 0, 1, 1)),
        SetAside("control_line", "c.dxf", None, "", 12, Text("没有坐标系", "no CRS")),
    )
    write_gpkg(replace(dossier, accounts=Accounts(aside=rows)), tmp_path / "f.gpkg", "zh")
    read = gpd.read_file(tmp_path / "f.gpkg", layer="quarantine")
    assert read["features"].tolist() == [1, 12]
    assert read["record"].tolist()[0] == 7
    assert read["reason_zh"].tolist() == ["坏", "没有坐标系"]
    assert read.geometry[0].equals(box(0, 0, 1, 1))
    assert read.geometry[1] is None
    sql = "SELECT styleQML FROM layer_styles WHERE f_table_name = 'quarantine' AND useAsDefault"
    ((qml,),) = query(tmp_path / "f.gpkg", sql)
    assert "更新单元" in qml
    assert "控制线" in qml


def test_findings_have_all_columns_and_their_evidence(dossier, path):
    read = gpd.read_file(path, layer="findings")
    assert set(read.columns) == set(dossier.findings.columns)
    assert list(read["fingerprint"]) == list(dossier.findings["fingerprint"])
    for mine, theirs in zip(dossier.findings.geometry, read.geometry, strict=True):
        assert (mine is None and theirs is None) or mine.equals(theirs)
    assert json.loads(read["sources"][0]) == dossier.findings["sources"][0]
    assert json.loads(read["bbox"][0]) == dossier.findings["bbox"][0]
    assert FORMULA in list(read["related"])


def test_units_have_verdict_shape_and_the_fields_of_their_source(dossier, path):
    read = gpd.read_file(path, layer="units").set_index("unit")
    assert list(read["verdict"]) == list(dossier.verdicts["verdict"])
    assert read["name"]["210102-GX003"] == SCRIPT
    assert read["mode"]["210102-GX001"] == "M6"
    assert "height" not in read.columns  # the source has no such field
    assert json.loads(read["reasons"]["210102-GX001"]) == dossier.verdicts["reasons"][0]
    assert read.geometry["210102-GX005"] is None
    west = read.geometry["210102-GX001"].bounds[0]
    assert west == pytest.approx(123.3968, abs=1e-4)


def test_it_is_geopackage_1_2_and_says_what_columns_are_called(path):
    assert query(path, "PRAGMA user_version") == [(10200,)]
    names = dict(
        query(path, "SELECT column_name, title FROM gpkg_data_columns WHERE table_name='units'")
    )
    assert names["unit"] == "单元编号"
    assert names["verdict"] == "结论"
    assert names["mode"] == "更新方式"
    extensions = query(
        path, "SELECT table_name FROM gpkg_extensions WHERE extension_name='gpkg_schema'"
    )
    assert sorted(extensions) == [("gpkg_data_column_constraints",), ("gpkg_data_columns",)]


@pytest.mark.parametrize(
    ("layer", "column", "labels"),
    [
        ("findings", "severity", ["错误", "警告", "提示"]),
        ("units", "verdict", ["不通过", "无法判定", "有条件通过", "通过"]),
    ],
)
def test_a_style_for_qgis_names_the_categories_in_chinese(path, layer, column, labels):
    rows = query(
        path,
        f"SELECT styleQML FROM layer_styles WHERE f_table_name='{layer}' AND useAsDefault=1 "
        "AND f_geometry_column='geom'",
    )
    assert len(rows) == 1
    style = ElementTree.fromstring(rows[0][0])
    renderer = style.find("renderer-v2")
    assert renderer.get("type") == "categorizedSymbol"
    assert renderer.get("attr") == column
    assert [c.get("label") for c in renderer.iter("category")] == labels
    symbols = {symbol.get("name") for symbol in renderer.find("symbols")}
    assert {c.get("symbol") for c in renderer.iter("category")} == symbols
    assert style.findtext("layerGeometryType") == "2"


def test_styles_for_points_and_lines_lie_beside(path):
    rows = query(path, "SELECT styleQML FROM layer_styles WHERE f_table_name='findings'")
    kinds = {ElementTree.fromstring(qml).findtext("layerGeometryType") for (qml,) in rows}
    assert kinds == {"0", "1", "2"}
    registered = "SELECT data_type FROM gpkg_contents WHERE table_name='layer_styles'"
    assert query(path, registered) == [("attributes",)]


def test_english_styles_are_english(dossier, tmp_path):
    write_gpkg(dossier, tmp_path / "x.gpkg", "en")
    qml = query(tmp_path / "x.gpkg", "SELECT group_concat(styleQML) FROM layer_styles")[0][0]
    assert 'label="blocked"' in qml
    assert "不通过" not in qml


def test_a_second_that_begins_between_two_layers_changes_no_byte(tmp_path):
    """GDAL then writes the time once more: one transaction more in the count of the file."""
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[Point(1, 2)], crs="EPSG:4490")
    for name, more in (("one", 0), ("other", 3)):
        path = tmp_path / f"{name}.gpkg"
        write_layer(frame, path, "layer", areal=False)
        with closing(sqlite3.connect(path)) as base:
            for n in range(more):
                time = f"2026-01-01T00:00:0{n}.000Z"
                base.execute("UPDATE gpkg_contents SET last_change = ?", (time,))
                base.commit()
        with settled(path):
            pass
    one, other = ((tmp_path / f"{name}.gpkg").read_bytes() for name in ("one", "other"))
    assert one == other
    assert gpd.read_file(tmp_path / "one.gpkg")["n"].tolist() == [1]
    with closing(sqlite3.connect(tmp_path / "one.gpkg")) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_equal_dossiers_give_equal_bytes_at_another_time(dossier, path, tmp_path):
    time.sleep(1.05)  # the clock of the format has whole seconds
    write_gpkg(dossier, tmp_path / "again.gpkg", "zh")
    assert (tmp_path / "again.gpkg").read_bytes() == path.read_bytes()


def test_writing_again_replaces_the_former_file(dossier, path, tmp_path):
    target = tmp_path / "x.gpkg"
    for _ in range(2):
        write_gpkg(dossier, target, "zh")
    assert target.read_bytes() == path.read_bytes()


def test_without_findings_and_units_the_layers_are_empty(dossier, tmp_path):
    empty = replace(dossier, findings=dossier.findings.iloc[:0], verdicts=dossier.verdicts.iloc[:0])
    write_gpkg(empty, tmp_path / "x.gpkg", "zh")
    for name in ("findings", "units"):
        assert len(gpd.read_file(tmp_path / "x.gpkg", layer=name)) == 0


def test_a_place_that_cannot_be_written_is_one_clear_error(dossier, tmp_path):
    with pytest.raises(OutputError, match=r"x\.gpkg"):
        write_gpkg(dossier, tmp_path / "nowhere" / "x.gpkg", "zh")
