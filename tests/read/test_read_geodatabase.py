from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from made_files import boxes

from gisplan.errors import ReadError
from gisplan.read.formats import inner_layers, read_source
from gisplan.read.found import FAULT_EN
from gisplan.read.workspace import Workspace


def read(path, layer=None, root=None):
    with Workspace() as space:
        return read_source(path, root or path.parent, space, layer)


def layers(path):
    with Workspace() as space:
        return inner_layers(path, space)


def write(tmp_path):
    path = tmp_path / "规划.gdb"
    shapes = [boxes(1)[0] - shapely.box(0.2, 0.2, 0.4, 0.4), None]
    units = gpd.GeoDataFrame({"更新单元名称": ["南市", None]}, geometry=shapes, crs=4490)
    options = {"driver": "OpenFileGDB", "promote_to_multi": True}
    pyogrio.write_dataframe(units, path, layer="更新单元", **options)
    points = gpd.GeoDataFrame({"n": ["a"]}, geometry=[shapely.Point(1, 2)], crs=4490)
    pyogrio.write_dataframe(points, path, layer="文物点", driver="OpenFileGDB", append=True)
    table = pd.DataFrame({"指标": ["a"], "值": [1.5]})
    pyogrio.write_dataframe(table, path, layer="指标表", driver="OpenFileGDB", append=True)
    return path


def test_layers_and_tables_of_a_geodatabase(tmp_path):
    path = write(tmp_path)
    assert layers(path) == ["更新单元", "文物点", "指标表"]
    units = read(path, "更新单元")
    assert units.frame["更新单元名称"].tolist() == ["南市", None]
    assert units.frame.geometry.isna().tolist() == [False, True]
    assert len(units.frame.geometry.iloc[0].geoms[0].interiors) == 1
    assert units.crs == "EPSG:4490"
    assert "geometry" not in read(path, "指标表").frame.columns
    with pytest.raises(ReadError, match="no layer 地块"):
        read(path, "地块")


def test_strangers_in_the_folder_are_not_what_is_read(tmp_path):
    path = write(tmp_path)
    other = gpd.GeoDataFrame({"secret": ["x"]}, geometry=boxes(1), crs=4490)
    pyogrio.write_dataframe(other, path / "s.shp", driver="ESRI Shapefile")
    (path / "a.vrt").write_text("<OGRVRTDataSource/>")
    (path / "内").mkdir()
    assert layers(path) == ["更新单元", "文物点", "指标表"]
    found = read(path, "更新单元")
    assert list(found.fields) == ["更新单元名称"]
    assert not {file.suffix for file in found.files} & {".shp", ".vrt"}


def test_a_part_that_leads_out_is_refused(tmp_path):
    home = tmp_path / "plan"
    home.mkdir()
    path = write(tmp_path).rename(home / "规划.gdb")
    part = next(path.glob("*.gdbtable"))
    part.rename(tmp_path / "outside")
    part.symlink_to(tmp_path / "outside")
    with pytest.raises(ReadError, match="leads out"):
        read(path, "更新单元")


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_a_cut_geodatabase_loses_nothing_in_silence(tmp_path, share):
    path = write(tmp_path)
    for part in path.glob("*.gdbtable"):
        raw = part.read_bytes()
        if "南市".encode() in raw or "南市".encode("utf-16-le") in raw:
            part.write_bytes(raw[: int(len(raw) * share)])
    try:
        found = read(path, "更新单元")
    except ReadError as error:
        assert error.text.zh.startswith("规划.gdb：")  # noqa: PT017 - either is right
    else:
        assert len(found.frame) == 2
        assert found.frame[FAULT_EN].notna().any()


def test_a_layer_whose_index_is_garbage_is_not_an_empty_one(tmp_path):
    path = write(tmp_path)
    for part in path.glob("*.gdbtable"):
        if "南市".encode() in part.read_bytes() or "南市".encode("utf-16-le") in part.read_bytes():
            part.with_suffix(".gdbtablx").write_bytes(b"\xff" * 64)
    with pytest.raises(ReadError, match="gdbtablx is broken"):
        read(path, "更新单元")
