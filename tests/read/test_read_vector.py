from __future__ import annotations

import json
import sqlite3

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from made_files import boxes

from gisplan.errors import ReadError
from gisplan.read.formats import digest, inner_layers, read_source
from gisplan.read.found import FAULT_EN, NoDataError
from gisplan.read.records import field_types, read_records, stack
from gisplan.read.workspace import Workspace


def read(path, layer=None):
    with Workspace() as space:
        return read_source(path, path.parent, space, layer)


def layers(path):
    with Workspace() as space:
        return inner_layers(path, space)


def geopackage(tmp_path, name="x.gpkg", **columns):
    path = tmp_path / name
    shapes = boxes(2)
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=4490)
    pyogrio.write_dataframe(frame, path, layer="单元", driver="GPKG")
    table = pd.DataFrame({"指标": ["a"], "值": [1.5]})
    pyogrio.write_dataframe(table, path, layer="指标表", driver="GPKG", append=True)
    return path


def geojson(tmp_path, features, crs=None, encoding="utf-8", name="x.geojson"):
    data = {"type": "FeatureCollection", "features": features}
    if crs:
        data["crs"] = {"type": "name", "properties": {"name": crs}}
    path = tmp_path / name
    path.write_bytes(json.dumps(data, ensure_ascii=False).encode(encoding))
    return path


def feature(geometry, **properties):
    shape = None if geometry is None else {"type": geometry[0], "coordinates": geometry[1]}
    return {"type": "Feature", "properties": properties, "geometry": shape}


def test_layers_and_tables_of_a_geopackage(tmp_path):
    path = geopackage(tmp_path, DYBH=["01", "02"], NF=pd.array([2021, None], dtype="Int64"))
    assert layers(path) == ["单元", "指标表"]
    found = read(path, "单元")
    assert (found.driver, found.crs, found.encoding_from) == ("GPKG", "EPSG:4490", "format")
    assert found.frame["DYBH"].tolist() == ["01", "02"]
    assert found.frame["NF"].tolist() == [2021, None]
    table = read(path, "指标表")
    assert "geometry" not in table.frame.columns
    assert table.frame["值"].tolist() == [1.5]


def test_identifiers_beyond_a_float_survive_gaps(tmp_path):
    path = geopackage(tmp_path, BSM=pd.array([210102000000000019, None], dtype="Int64"))
    assert read(path, "单元").frame["BSM"].tolist() == [210102000000000019, None]


def test_a_geopackage_with_open_changes_is_read_and_left_alone(tmp_path):
    path = geopackage(tmp_path, DYBH=["01", "02"])
    link = sqlite3.connect(path)
    link.execute("PRAGMA journal_mode=WAL")
    link.execute("UPDATE gpkg_contents SET description = 'x'")
    link.commit()
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir() if not p.name.endswith("-shm")}
    assert len(read(path, "单元").frame) == 2
    after = {p.name: p.read_bytes() for p in tmp_path.iterdir() if not p.name.endswith("-shm")}
    assert before == after
    assert "x.gpkg-wal" in before
    link.close()


@pytest.mark.parametrize("content", [b"", b"<OGRVRTDataSource/>", b"SQLite format 3\0" + b"x" * 99])
def test_what_is_only_called_gpkg_is_refused(tmp_path, content):
    path = tmp_path / "x.gpkg"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=r"x\.gpkg"):
        layers(path)


def test_a_geodatabase_is_read(tmp_path):
    path = tmp_path / "x.gdb"
    frame = gpd.GeoDataFrame({"DYMC": ["甲", "乙"]}, geometry=boxes(2), crs=4490)
    pyogrio.write_dataframe(frame, path, layer="更新单元", driver="OpenFileGDB")
    assert layers(path) == ["更新单元"]
    found = read(path, "更新单元")
    assert found.frame["DYMC"].tolist() == ["甲", "乙"]
    assert found.crs == "EPSG:4490"
    assert len(digest(found.files)) == 64


def test_a_folder_that_is_only_called_gdb_is_refused(tmp_path):
    path = tmp_path / "x.gdb"
    path.mkdir()
    with pytest.raises(ReadError, match="no File Geodatabase"):
        layers(path)


def test_geojson_is_longitude_and_latitude_unless_it_says_otherwise(tmp_path):
    point = feature(("Point", [123.4, 41.8]), code="0102", day="2024-01-02")
    found = read(geojson(tmp_path, [point]))
    assert (found.crs, found.crs_is_default) == ("EPSG:4326", True)
    assert found.frame["code"].tolist() == ["0102"]
    assert found.frame["day"].tolist() == ["2024-01-02"]
    found = read(geojson(tmp_path, [point], crs="urn:ogc:def:crs:EPSG::4490"))
    assert (found.crs, found.crs_is_default) == ("EPSG:4490", False)


@pytest.mark.parametrize(("x", "known"), [(180.0, True), (359.0, True), (361.0, False)])
def test_geojson_in_metres_without_a_crs_has_none(tmp_path, x, known):
    found = read(geojson(tmp_path, [feature(("Point", [x, 41.8]))]))
    assert (found.crs is not None) == known


def test_geojson_in_gb18030_is_read_and_said(tmp_path):
    place = feature(("Point", [123, 41]), name="铁西区")
    found = read(geojson(tmp_path, [place], encoding="gb18030"))
    assert found.frame["name"].tolist() == ["铁西区"]
    assert [note.kind for note in found.notes] == ["encoding_recovered"]


def test_a_broken_shape_in_geojson_costs_only_its_feature(tmp_path):
    ring = [[0, 0], [0, 1], [1, 1], [0, 0]]
    found = read(
        geojson(
            tmp_path,
            [
                feature(("Polygon", [ring]), n="a"),
                feature(("Polygon", [ring[:3]]), n="b"),
                feature(None, n="c"),
            ],
        )
    )
    assert found.frame["n"].tolist() == ["a", "b", "c"]
    assert found.frame.geometry.isna().tolist() == [False, True, True]
    assert found.frame[FAULT_EN].tolist() == [None, "a ring is not closed", None]


RING = ("Polygon", [[[0, 0], [0, 1], [1, 1], [0, 0]]])


@pytest.mark.parametrize(
    ("member", "reason", "shaped"),
    [
        (None, "member 2 is no feature", False),
        ("x", "member 2 is no feature", False),
        ([], "member 2 is no feature", False),
        ({"type": "Polygon", "coordinates": RING[1]}, "member 2 is no feature", False),
        ({"type": "Feature", "geometry": None}, None, False),
        ({"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}}, None, True),
        ({"type": "Feature", "properties": {"n": "b"}}, None, False),
        ({"type": "Feature", "properties": [], "geometry": None}, "properties of member 2", False),
        ({"type": "Feature", "properties": {}, "geometry": "x"}, "geometry of member 2", False),
    ],
)
def test_a_member_that_is_no_feature_costs_only_itself(tmp_path, member, reason, shaped):
    path = geojson(tmp_path, [feature(RING, n="a"), member, feature(RING, n="c")])
    found = read(path)
    assert found.frame["n"].tolist()[::2] == ["a", "c"]
    assert found.frame.geometry.notna().tolist() == [True, shaped, True]
    faults = found.frame[FAULT_EN].tolist() if FAULT_EN in found.frame.columns else [None] * 3
    assert faults[::2] == [None, None]
    assert faults[1] is None if reason is None else reason in faults[1]
    assert found.notes == ()


@pytest.mark.parametrize("features", [[], [None], [1, "x"]])
def test_a_collection_of_nothing_is_read(tmp_path, features):
    found = read(geojson(tmp_path, features))
    assert len(found.frame) == len(features)


def test_features_are_those_at_the_top(tmp_path):
    path = tmp_path / "x.geojson"
    data = {"meta": {"features": [None]}, "type": "FeatureCollection"}
    path.write_text(json.dumps({**data, "features": [feature(RING, n="a")]}))
    assert read(path).frame["n"].tolist() == ["a"]
    path.write_text(json.dumps(feature(RING, n="b")))
    assert read(path).frame["n"].tolist() == ["b"]


@pytest.mark.parametrize(
    ("text", "error", "match"),
    [
        ('{"type": "FeatureCollection", "features": [', ReadError, "line 1, column"),
        ("<gml/>", ReadError, "no JSON"),
        ("", ReadError, "no JSON"),
        ('{"a": 1}', NoDataError, "neither"),
        ("[1, 2]", NoDataError, "neither"),
    ],
)
@pytest.mark.parametrize("name", ["x.json", "x.geojson"])
def test_json_that_is_no_layer_is_refused(tmp_path, text, error, match, name):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(error, match=match):
        read(path)


def test_files_that_point_elsewhere_are_not_followed(tmp_path):
    secret = geojson(tmp_path, [feature(("Point", [1, 2]), secret="x")], name="secret.geojson")
    stream = {
        "type": "gdal_streamed_alg",
        "command_line": f"gdal vector pipeline ! read {secret} ! write",
        "was": {"type": "FeatureCollection"},
    }
    hostile = tmp_path / "x.json"
    hostile.write_text(json.dumps(stream))
    with pytest.raises(ReadError):
        read(hostile)
    vrt = f"<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>{secret}</SrcDataSource>"
    vrt += "</OGRVRTLayer></OGRVRTDataSource>"
    for name in ("x.shp", "x.gpkg", "x.geojson", "x.json", "x.dbf", "x.xlsx", "x.vrt"):
        path = tmp_path / name
        path.write_text(vrt)
        with pytest.raises(ReadError, match=name):
            read(path)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("x.rar", "pack it as .zip"),
        ("x.dwg", "text DXF"),
        ("x.xls", "as .xlsx"),
        ("x", "use shape"),
    ],
)
def test_other_formats_are_refused_with_advice(tmp_path, name, advice):
    path = tmp_path / name
    path.write_bytes(b"x")
    with pytest.raises(ReadError, match=advice):
        read(path)


def test_the_record_reader_returns_what_the_bulk_reader_does(tmp_path):
    path = geopackage(tmp_path, DYBH=["01", "02"])
    columns, shapes, faults = stack(*read_records(path, "GPKG", "单元"))
    assert columns == {"DYBH": ["01", "02"]}
    assert shapely.equals(shapes, boxes(2)).all()
    assert faults == {}
    assert field_types(path, "GPKG", "单元", None) == {"DYBH": "str"}


def test_one_bad_record_costs_only_itself(tmp_path):
    path = geopackage(tmp_path, DYBH=["01", "02"])
    with sqlite3.connect(path) as link:
        # Only SpatiaLite knows the functions of the triggers.
        for (name,) in link.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            link.execute(f'DROP TRIGGER "{name}"')
        link.execute("UPDATE \"单元\" SET DYBH = CAST(x'ff4142' AS TEXT) WHERE fid = 1")
    link.close()
    found = read(path, "单元")
    assert len(found.frame) == 2
    assert found.frame["DYBH"].iloc[1] == "02"
    assert found.frame.geometry.notna().iloc[1]
    assert found.crs == "EPSG:4490"


def test_the_hash_is_over_all_bytes_in_the_order_of_names(tmp_path):
    one, two = tmp_path / "a.shp", tmp_path / "a.dbf"
    one.write_bytes(b"1")
    two.write_bytes(b"2")
    assert digest([one, two]) == digest([two, one])
    before = digest([one, two])
    two.write_bytes(b"3")
    assert digest([one, two]) != before


def test_wide_integers_without_gaps_stay_numbers(tmp_path):
    path = geopackage(tmp_path, n=np.array([1, 2], dtype="int64"))
    assert read(path, "单元").frame["n"].dtype == "int64"
