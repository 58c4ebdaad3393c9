from __future__ import annotations

import json
import sys

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from made_files import boxes

from gisplan.errors import ReadError
from gisplan.read.formats import read_source
from gisplan.read.found import FAULT_EN
from gisplan.read.inspect import inspect_path
from gisplan.read.limits import Limits
from gisplan.read.workspace import Workspace


def read(path, **limits):
    with Workspace(Limits(**limits)) as space:
        return read_source(path, path.parent, space)


def test_without_pyarrow_one_line_says_what_to_install(tmp_path, monkeypatch):
    path = tmp_path / "单元.parquet"
    path.write_bytes(b"PAR1" + bytes(20) + b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ReadError) as error:
        read(path)
    for text in error.value.text:
        assert 'pip install "gisplan[parquet]"' in text
        assert text.startswith("单元.parquet")
        assert "\n" not in text
    (facts,) = inspect_path(path)
    assert "pyarrow" in facts.fault.zh


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "no Parquet"),
        (b"<OGRVRTDataSource/>", "no Parquet"),
        (b"PAR1", "cut short"),
        (b"PAR1" + bytes(200), "cut short"),
    ],
)
def test_what_is_only_called_parquet_is_refused(tmp_path, content, match):
    path = tmp_path / "x.parquet"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=match) as error:
        read(path)
    assert error.value.text.zh.startswith("x.parquet：")


@pytest.fixture
def arrow():
    pytest.importorskip("pyarrow", reason="pyarrow is not on this machine; CI has it")
    import pyarrow.parquet

    return pyarrow


def frame(**options):
    return gpd.GeoDataFrame(
        {
            "单元编号": ["0102", None, ""],
            "年份": pd.array([2021, None, 7], dtype="Int64"),
            "面积": [1.5, 2.0, float("nan")],
            "日期": [pd.Timestamp("2024-01-02").date(), None, None],
            "标签": [["甲", "乙"], None, []],
        },
        geometry=[*boxes(2), None],
        **options,
    )


def test_a_geoparquet_is_read_as_it_is(tmp_path, arrow):
    path = tmp_path / "单元.parquet"
    frame(crs=4529).to_parquet(path)
    found = read(path)
    assert (found.driver, found.crs, found.crs_is_default) == ("Parquet", "EPSG:4529", False)
    assert found.frame["单元编号"].tolist() == ["0102", None, None]
    assert found.frame["年份"].tolist() == [2021, None, 7]
    assert found.frame["面积"].tolist()[:2] == [1.5, 2.0]
    assert str(found.frame["日期"].iloc[0]) == "2024-01-02"
    assert found.frame["标签"].tolist()[:2] == ['["甲", "乙"]', None]
    assert shapely.equals(found.frame.geometry.to_numpy()[:2], boxes(2)).all()
    assert found.frame.geometry.iloc[2] is None
    assert FAULT_EN not in found.frame.columns


@pytest.mark.parametrize("encoding", ["WKB", "geoarrow"])
def test_both_encodings_of_shapes_are_read(tmp_path, arrow, encoding):
    path = tmp_path / "x.parquet"
    gpd.GeoDataFrame({"a": [1, 2]}, geometry=boxes(2), crs=4490).to_parquet(
        path, geometry_encoding=encoding, schema_version="1.1.0", write_covering_bbox=True
    )
    found = read(path)
    assert found.crs == "EPSG:4490"
    assert list(found.fields) == ["a"]
    assert shapely.equals(found.frame.geometry.to_numpy(), boxes(2)).all()


def rewritten(path, arrow, change):
    """Change what a GeoParquet says of its shapes."""
    table = arrow.parquet.read_table(path)
    meta = dict(table.schema.metadata)
    geo = json.loads(meta[b"geo"])
    meta[b"geo"] = change(geo)
    arrow.parquet.write_table(table.replace_schema_metadata(meta), path)


@pytest.mark.parametrize(
    ("east", "crs", "known", "default"),
    [
        (0, "absent", "EPSG:4326", True),
        (500_000, "absent", None, True),
        (0, {"id": {"authority": "OGC", "code": "CRS84"}}, "EPSG:4326", False),
        (0, None, None, False),
        (0, "broken", None, False),
    ],
)
def test_the_crs_is_what_the_file_says(tmp_path, arrow, east, crs, known, default):
    path = tmp_path / "x.parquet"
    shapes = shapely.transform(boxes(2), lambda xy: xy + np.array([east, 0]))
    gpd.GeoDataFrame({"a": [1, 2]}, geometry=shapes, crs=4490).to_parquet(path)

    def change(geo):
        (column,) = geo["columns"].values()
        if crs == "absent":
            del column["crs"]
        else:
            column["crs"] = crs
        return json.dumps(geo).encode()

    rewritten(path, arrow, change)
    found = read(path)
    assert (found.crs, found.crs_is_default) == (known, default)


def test_a_broken_shape_costs_only_its_feature(tmp_path, arrow):
    path = tmp_path / "x.parquet"
    good = shapely.to_wkb(boxes(1)[0])
    table = arrow.table({"a": ["x", "y", "z"], "geometry": [good, b"\x01\x03", None]})
    arrow.parquet.write_table(table, path)
    found = read(path)
    assert found.crs is None
    assert found.frame[FAULT_EN].notna().tolist() == [False, True, False]
    assert found.frame.geometry.notna().tolist() == [True, False, False]


def test_a_table_is_a_table(tmp_path, arrow):
    path = tmp_path / "指标表.parquet"
    pd.DataFrame({"指标": ["a"], "值": [1.5]}).to_parquet(path)
    found = read(path)
    assert "geometry" not in found.frame.columns
    assert found.frame["值"].tolist() == [1.5]


@pytest.mark.parametrize("geo", [b"[]", b"{", b'{"primary_column": "x", "columns": {}}'])
def test_broken_metadata_are_said(tmp_path, arrow, geo):
    path = tmp_path / "x.parquet"
    frame(crs=4490).to_parquet(path)
    rewritten(path, arrow, lambda _: geo)
    with pytest.raises(ReadError, match="geo metadata"):
        read(path)


def test_a_column_of_shapes_that_is_not_there_is_said(tmp_path, arrow):
    path = tmp_path / "x.parquet"
    frame(crs=4490).to_parquet(path)
    rewritten(
        path, arrow, lambda _: b'{"primary_column": "x", "columns": {"x": {"encoding": "WKB"}}}'
    )
    with pytest.raises(ReadError, match=r"x\.parquet: broken"):
        read(path)


@pytest.mark.parametrize("at", [0.3, 0.6, 0.9])
def test_garbage_inside_is_refused_or_read(tmp_path, arrow, at):
    path = tmp_path / "x.parquet"
    frame(crs=4490).to_parquet(path)
    raw = bytearray(path.read_bytes())
    start = int(len(raw) * at)
    raw[start : start + 40] = b"\xff" * 40
    path.write_bytes(bytes(raw))
    try:
        found = read(path)
    except ReadError as error:
        assert error.text.en.startswith("x.parquet: ")  # noqa: PT017 - either is right
    else:
        assert len(found.frame) == 3


def test_what_is_too_big_unpacked_is_refused(tmp_path, arrow):
    path = tmp_path / "x.parquet"
    pd.DataFrame({"a": ["x" * 50] * 200_000}).to_parquet(path, use_dictionary=False)
    assert path.stat().st_size < 1024**2
    with pytest.raises(ReadError, match="table_mib"):
        read(path, table_mib=5)


def test_half_a_character_is_held_though_pyarrow_is_there(arrow):
    assert pd.DataFrame({"\udc00": ["\ud800"]}).iloc[0, 0] == "\ud800"
