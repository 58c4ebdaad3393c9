from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from made_files import boxes

from gisplan.errors import ReadError
from gisplan.read.formats import inner_layers, read_source
from gisplan.read.found import FAULT_EN
from gisplan.read.workspace import Workspace


def read(path):
    with Workspace() as space:
        return read_source(path, path.parent, space)


def write(tmp_path, count=3, **options):
    path = tmp_path / "单元.fgb"
    frame = gpd.GeoDataFrame(
        {
            "单元编号": [f"0{n}" for n in range(count)],
            "年份": pd.array([2021, None, *range(count)][:count], dtype="Int64"),
        },
        geometry=boxes(count),
        crs=4529,
    )
    pyogrio.write_dataframe(frame, path, driver="FlatGeobuf", **options)
    return path


def test_a_flatgeobuf_is_read_as_it_is(tmp_path):
    path = write(tmp_path)
    found = read(path)
    assert (found.driver, found.crs, found.files) == ("FlatGeobuf", "EPSG:4529", (path,))
    rows = {code: (year, round(shape.bounds[0])) for code, year, shape in found.frame.to_numpy()}
    assert rows == {"00": (2021, 0), "01": (None, 1), "02": (0, 2)}
    with Workspace() as space:
        assert inner_layers(path, space) == [None]


def test_what_a_cut_file_lost_is_told_record_by_record(tmp_path):
    path = write(tmp_path, 60)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    frame = read(path).frame
    lost = frame[FAULT_EN].notna()
    assert len(frame) == 60
    assert 0 < lost.sum() < 60
    assert frame.geometry[lost].isna().all()
    assert frame.geometry[~lost].notna().all()


@pytest.mark.parametrize("index", ["YES", "NO"])
@pytest.mark.parametrize("believed", [1, 9])
def test_a_header_that_miscounts_is_said(tmp_path, index, believed):
    path = write(tmp_path, 3, SPATIAL_INDEX=index)
    raw = path.read_bytes()
    at = raw.index((3).to_bytes(8, "little"), 12)
    path.write_bytes(raw[:at] + believed.to_bytes(8, "little") + raw[at + 8 :])
    try:
        found = read(path)
    except ReadError:
        return
    lost = found.frame[FAULT_EN].notna().sum() if FAULT_EN in found.frame.columns else 0
    assert [note.kind for note in found.notes] == ["count_mismatch"] or lost


@pytest.mark.parametrize("index", ["YES", "NO"])
def test_wherever_a_file_is_cut_no_feature_is_lost_in_silence(tmp_path, index):
    path = write(tmp_path, 3, SPATIAL_INDEX=index)
    raw = path.read_bytes()
    read_or_refused = set()
    for keep in range(0, len(raw), 23):
        path.write_bytes(raw[:keep])
        try:
            found = read(path)
        except ReadError:
            read_or_refused.add("refused")
            continue
        said = "count_mismatch" in {note.kind for note in found.notes}
        assert len(found.frame) == 3 or said, keep
        read_or_refused.add("read")
    assert read_or_refused == {"read", "refused"}


def test_a_sound_file_without_features_is_empty(tmp_path):
    found = read(write(tmp_path, 0))
    assert (len(found.frame), found.notes) == (0, ())


@pytest.mark.parametrize("keep", [0, 8, 12, 30, 200])
def test_a_file_cut_in_its_header_is_refused(tmp_path, keep):
    path = write(tmp_path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ReadError, match=r"单元\.fgb: "):
        read(path)


@pytest.mark.parametrize(
    "content",
    [
        b"<OGRVRTDataSource><OGRVRTLayer name='a'/></OGRVRTDataSource>",
        b"fgb\x03fgb\x01<OGRVRTDataSource><OGRVRTLayer name='a'/></OGRVRTDataSource>",
        b"fgb\x02fgb\x00" + bytes(200),
        b"fgb\x03fgb\x00" + b"\xff" * 3 + bytes(200),
    ],
)
def test_what_is_only_called_flatgeobuf_is_refused(tmp_path, content):
    path = tmp_path / "x.fgb"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=r"x\.fgb: "):
        read(path)
