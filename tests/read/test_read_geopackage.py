from __future__ import annotations

import math
import sqlite3
import struct
from contextlib import closing

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from made_files import boxes

from gisplan.errors import ReadError
from gisplan.pipeline import open_plan
from gisplan.read.formats import inner_layers, read_source
from gisplan.read.found import FAULT_EN
from gisplan.read.limits import Limits
from gisplan.read.workspace import Workspace

CONTENTS = "INSERT INTO gpkg_contents(table_name, data_type, identifier) VALUES "


def read(path, layer=None, **limits):
    with Workspace(Limits(**limits)) as space:
        return read_source(path, path.parent, space, layer)


def layers(path):
    with Workspace() as space:
        return inner_layers(path, space)


def said(found):
    return {(note.kind, note.detail.get("count")) for note in found.notes}


def write(tmp_path, *statements, count=4, layer="单元"):
    """Write a layer, and do to its database what no library would."""
    path = tmp_path / "x.gpkg"
    frame = gpd.GeoDataFrame(
        {"编号": [f"0{n}" for n in range(count)]}, geometry=boxes(count), crs=4529
    )
    pyogrio.write_dataframe(frame, path, driver="GPKG", layer=layer)
    change(path, *statements)
    return path


def change(path, *statements):
    with closing(sqlite3.connect(path)) as link, link:
        for (name,) in link.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            quoted = name.replace('"', '""')
            link.execute(f'DROP TRIGGER "{quoted}"')
        for statement in statements:
            link.execute(*statement) if isinstance(statement, tuple) else link.execute(statement)


def blob(code, body):
    """Return a stored shape: header, type and what follows it, in little-endian order."""
    return b"GP\0\1" + struct.pack("<i", 4529) + struct.pack("<BI", 1, code) + body


def points(*places):
    return struct.pack("<I", len(places)) + b"".join(
        struct.pack(f"<{len(place)}d", *place) for place in places
    )


@pytest.mark.parametrize("believed", [1, 3, 9])
def test_no_row_is_missed_because_the_database_misremembers_their_number(tmp_path, believed):
    path = write(tmp_path, f"UPDATE gpkg_ogr_contents SET feature_count = {believed}")
    before = path.read_bytes()
    found = read(path)
    assert found.frame["编号"].tolist() == ["00", "01", "02", "03"]
    assert found.frame.geometry.notna().all()
    assert said(found) == set()
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "stored", [b"GP\0\1\x39\x30\0\0\xde\xad\xbe\xef", b"\xde\xad", b"", "text", 7]
)
def test_a_stored_shape_that_is_none_is_unreadable_and_not_empty(tmp_path, stored):
    path = write(tmp_path, ("UPDATE 单元 SET geom = ? WHERE fid = 2", (stored,)))
    change(path, "UPDATE 单元 SET geom = NULL WHERE fid = 3")
    found = read(path)
    assert found.frame[FAULT_EN].tolist() == [None, "the stored shape cannot be read", None, None]
    assert found.frame.geometry.isna().tolist() == [False, True, True, False]


def test_curves_heights_measures_and_surfaces_are_said(tmp_path):
    arc = [(500_000.0, 4_600_000.0), (500_100.0, 4_600_100.0), (500_200.0, 4_600_000.0),
           (500_100.0, 4_599_900.0), (500_000.0, 4_600_000.0)]  # fmt: skip
    circle = struct.pack("<I", 1) + struct.pack("<BI", 1, 8) + points(*arc)
    ring = [(0, 0), (1, 0), (1, 1), (0, 0)]
    high = struct.pack("<I", 1) + points(*((x, y, 5.0, 1.0) for x, y in ring))
    flat = struct.pack("<I", 1) + points(*((x, y, 0.0) for x, y in ring))
    face = (
        struct.pack("<BI", 1, 1017) + struct.pack("<I", 1) + points(*((x, y, 0.0) for x, y in ring))
    )
    shapes = [blob(10, circle), blob(3003, high), blob(1003, flat), blob(1016, points() + b"")]
    shapes[3] = blob(1016, struct.pack("<I", 1) + face)
    path = write(
        tmp_path,
        *(("UPDATE 单元 SET geom = ? WHERE fid = ?", (s, n + 1)) for n, s in enumerate(shapes)),
    )
    found = read(path)
    assert said(found) == {("curves_linearised", 1), ("z_dropped", 1), ("m_dropped", 1)}
    assert "surface" in found.frame[FAULT_EN].iloc[3]
    coordinates = shapely.get_coordinates(found.frame.geometry.iloc[0])
    assert found.frame.geometry.iloc[0].area == pytest.approx(math.pi * 100**2, rel=1e-4)
    middles = (coordinates[1:] + coordinates[:-1]) / 2
    gap = 100 - shapely.distance(shapely.points(middles), shapely.Point(500_100, 4_600_000))
    assert 0 < gap.max() <= 0.001 + 1e-6


@pytest.mark.parametrize(
    ("application", "version"),
    [(0x47503130, 0), (0x47503131, 0), (0x47504B47, 10200), (0x47504B47, 10300),
     (0x47504B47, 10400), (0, 0)],
)  # fmt: skip
def test_each_version_is_read(tmp_path, application, version):
    path = write(
        tmp_path, f"PRAGMA application_id = {application}", f"PRAGMA user_version = {version}"
    )
    found = read(path)
    assert (len(found.frame), found.crs) == (4, "EPSG:4529")


def test_tables_that_are_no_layers_are_said(tmp_path):
    path = write(
        tmp_path,
        CONTENTS + "('影像', 'tiles', 'a')",
        "CREATE TABLE 影像 (id INTEGER PRIMARY KEY, tile_data BLOB)",
    )
    assert layers(path) == ["单元"]
    (note,) = read(path).notes
    assert (note.kind, note.detail["count"]) == ("left_out", 1)
    assert "影像" in note.detail["reason_zh"]


def test_a_layer_that_is_not_registered_is_a_table_and_its_shapes_are_said(tmp_path):
    path = write(tmp_path, "DELETE FROM gpkg_contents")
    found = read(path)
    assert "geometry" not in found.frame.columns
    assert any("not registered" in note.detail["reason_en"] for note in found.notes)


VIEW = (
    "CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
    "SELECT x AS fid, NULL AS geom FROM c"
)
VIRTUAL = (
    "INSERT INTO sqlite_master(type, name, tbl_name, rootpage, sql) VALUES ('table', 't', 't', 0, "
    "'CREATE VIRTUAL TABLE t USING VirtualOGR(''/etc/x.vrt'')')"
)


def test_a_view_without_end_is_ended(tmp_path):
    path = write(
        tmp_path,
        VIEW,
        CONTENTS + "('v', 'features', 'v')",
        "INSERT INTO gpkg_geometry_columns VALUES ('v', 'geom', 'POLYGON', 4529, 0, 0)",
    )
    with pytest.raises(ReadError, match="query of a view takes more than"):
        read(path, "v", seconds=0.2)
    assert len(read(path, "单元").frame) == 4


def test_a_view_of_a_layer_is_read(tmp_path):
    path = write(
        tmp_path,
        "CREATE VIEW 前两个 AS SELECT fid AS OGC_FID, 编号, geom FROM 单元 WHERE fid < 3",
        "INSERT INTO gpkg_contents(table_name, data_type, identifier, srs_id) "
        "VALUES ('前两个', 'features', 'v', 4529)",
        "INSERT INTO gpkg_geometry_columns VALUES ('前两个', 'geom', 'POLYGON', 4529, 0, 0)",
    )
    assert read(path, "前两个").frame["编号"].tolist() == ["00", "01"]


@pytest.mark.parametrize(
    ("statements", "match"),
    [
        (["DROP TABLE gpkg_contents"], "no table gpkg_contents"),
        (["UPDATE gpkg_contents SET data_type = 'tiles'"], r"no vector layers \(1 sets"),
        (["DELETE FROM gpkg_geometry_columns"], "no column of shapes"),
        (
            [
                "PRAGMA writable_schema = ON",
                VIRTUAL,
            ],
            "virtual table",
        ),
        (["DROP TABLE 单元", "DELETE FROM gpkg_contents"], "holds no layers"),
    ],
)
def test_what_is_no_layer_is_refused_in_words(tmp_path, statements, match):
    path = write(tmp_path, *statements)
    with pytest.raises(ReadError, match=match) as error:
        read(path)
    assert error.value.text.zh.startswith("x.gpkg：")
    with pytest.raises(ReadError, match=match):
        layers(path)


@pytest.mark.parametrize("keep", [0.02, 0.3, 0.7, 0.95])
def test_a_cut_database_is_read_or_refused_and_loses_nothing_in_silence(tmp_path, keep):
    path = write(tmp_path, count=3000)
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * keep)])
    with pytest.raises(ReadError, match=r"x\.gpkg"):
        read(path)


def test_an_unknown_layer_is_named_with_those_there_are(tmp_path):
    with pytest.raises(ReadError, match="no layer 地块; there are 单元"):
        read(write(tmp_path), "地块")


def test_names_with_quotes_are_names(tmp_path):
    path = write(tmp_path, layer='单"元')
    assert layers(path) == ['单"元']
    assert len(read(path).frame) == 4


def test_a_plan_of_a_stale_database_counts_every_feature(tmp_path):
    path = write(
        tmp_path, "UPDATE gpkg_ogr_contents SET feature_count = 1", layer="更新单元", count=3
    )
    assert open_plan(path).layers["unit"].read == 3


def test_a_text_in_a_column_of_numbers_or_dates_is_kept(tmp_path):
    path = tmp_path / "x.gpkg"
    frame = gpd.GeoDataFrame(
        {"高度": [18.0, 20.5, None], "层数": [3, 4, 5], "日期": pd.to_datetime(["2024-01-02"] * 3)},
        geometry=boxes(3),
        crs=4529,
    )
    pyogrio.write_dataframe(frame, path, driver="GPKG", layer="建筑")
    change(
        path,
        "UPDATE 建筑 SET 高度 = 'eighteen' WHERE fid = 1",
        "UPDATE 建筑 SET 层数 = '3层' WHERE fid = 2",
        "UPDATE 建筑 SET 日期 = '2024年' WHERE fid = 3",
    )
    found = read(path).frame
    assert found["高度"].tolist() == ["eighteen", 20.5, None]
    assert found["层数"].tolist() == [3, "3层", 5]
    assert found["日期"].tolist()[2] == "2024年"
    assert str(found["日期"].iloc[0]).startswith("2024-01-02")
