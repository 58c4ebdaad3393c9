from __future__ import annotations

import geopandas as gpd
import pyogrio
import pytest
import shapely

from gisplan.errors import ReadError
from gisplan.read.formats import digest, read_source
from gisplan.read.found import FAULT_EN
from gisplan.read.workspace import Workspace

EAST, NORTH = 41_500_000, 4_600_000


def square(east=0.0, north=0.0, size=100.0):
    return shapely.box(EAST + east, NORTH + north, EAST + east + size, NORTH + north + size)


def read(path, encoding=None):
    with Workspace() as space:
        return read_source(path, path.parent, space, None, encoding)


def said(found):
    return [note.kind for note in found.notes]


def write_tab(tmp_path, encoding="gbk", charset="WindowsSimpChinese", name="更新单元"):
    """Write a table as Chinese MapInfo does: names and texts in GBK, the charset said."""
    path = tmp_path / f"{name}.tab"
    texts = {"和平区南市": "a" * 40, "大西菜行": "b" * 40}
    frame = gpd.GeoDataFrame(
        {"F1": ["210102-GX001", "02", ""], "F2": [*texts.values(), ""], "F3": [2021, 7, 0]},
        geometry=[square() - square(10, 10, 5), square(200), None],
        crs=4529,
    )
    pyogrio.write_dataframe(frame, path, driver="MapInfo File", encoding="UTF-8")
    definition = path.read_bytes().decode().replace("Neutral", charset)
    definition = definition.replace("F1 Char", "单元编号 Char").replace("F2 Char", "名称 Char")
    path.write_bytes(definition.replace("F3 ", "年份 ").encode(encoding))
    data = path.with_suffix(".dat")
    raw = data.read_bytes()
    for text, held in texts.items():
        raw = raw.replace(held.encode(), text.encode(encoding).ljust(40, b"\0"))
    data.write_bytes(raw)
    return path


@pytest.mark.parametrize(
    ("encoding", "charset", "noted"),
    [
        ("gbk", "WindowsSimpChinese", False),
        ("gbk", "WindowsLatin1", True),
        ("gbk", "Neutral", True),
        ("utf-8", "WindowsSimpChinese", True),
        ("utf-8", "UTF-8", False),
    ],
)
def test_a_table_is_read_in_its_true_encoding(tmp_path, encoding, charset, noted):
    path = write_tab(tmp_path, encoding, charset)
    found = read(path)
    assert list(found.fields) == ["单元编号", "名称", "年份"]
    assert found.frame["单元编号"].tolist() == ["210102-GX001", "02", None]
    assert found.frame["名称"].tolist() == ["和平区南市", "大西菜行", None]
    assert found.frame["年份"].tolist() == [2021, 7, 0]
    assert ("encoding_recovered" in said(found)) == noted
    assert found.types["名称"] == "Char(254)"
    assert {file.suffix for file in found.files} == {".tab", ".dat", ".map", ".id"}
    assert len(digest(found.files)) == 64


def test_shapes_of_a_table_are_off_by_what_is_said(tmp_path):
    found = read(write_tab(tmp_path))
    (note,) = [note for note in found.notes if note.kind == "vertices_moved"]
    assert note.detail["metres"] == pytest.approx(0.015)
    assert "15 mm" in note.detail["reason_zh"]
    shape = found.frame.geometry.iloc[0]
    moved = shapely.hausdorff_distance(shape, square() - square(10, 10, 5))
    assert 0 < moved <= 0.015 * 2**0.5
    assert len(shape.interiors) == 1
    assert found.frame.geometry.iloc[2] is None
    assert found.frame.crs.is_projected


def test_a_table_without_map_is_a_table(tmp_path):
    path = write_tab(tmp_path)
    path.with_suffix(".map").unlink()
    found = read(path)
    assert "geometry" not in found.frame.columns
    assert len(found.frame) == 3
    assert said(found) == ["companion_missing"]


@pytest.mark.parametrize("extension", [".dat", ".id"])
def test_a_table_without_a_companion_is_refused(tmp_path, extension):
    path = write_tab(tmp_path)
    path.with_suffix(extension).unlink()
    with pytest.raises(ReadError, match=rf"{extension} is missing"):
        read(path)


@pytest.mark.parametrize("extension", [".dat", ".map", ".id"])
def test_a_cut_companion_costs_its_records_and_is_said(tmp_path, extension):
    path = write_tab(tmp_path)
    part = path.with_suffix(extension)
    part.write_bytes(part.read_bytes()[: part.stat().st_size // 2])
    try:
        found = read(path)
    except ReadError as error:
        reason = error.text.zh
    else:
        assert len(found.frame) == 3
        assert found.frame[FAULT_EN].notna().any()
        reason = "更新单元.tab"
    assert "更新单元.tab" in reason


def test_companions_come_from_the_plan_alone(tmp_path):
    home = tmp_path / "plan"
    home.mkdir()
    path = write_tab(tmp_path)
    path.rename(home / path.name)
    for extension in (".dat", ".map", ".id"):
        (home / path.name).with_suffix(extension).symlink_to(path.with_suffix(extension))
    with pytest.raises(ReadError, match="leads out"):
        read(home / path.name)


SECRET = "!table\n!version 300\n!charset Neutral\n\n"


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("", "no MapInfo table"),
        ("<OGRVRTDataSource><OGRVRTLayer name='a'/></OGRVRTDataSource>", "no MapInfo table"),
        (SECRET + 'create view x as\n Select a From b,c\nOpen Table "s.tab" Hide\n', "other files"),
        (SECRET + 'Definition Table\n  File "s.tif"\n  Type "RASTER"\n', "other files"),
        (SECRET + "Definition Table\n  Type LINKED\n  Fields 1\n    a Char (9) ;\n", "other files"),
        (
            SECRET + "Definition Table\n  Type NATIVE\n  Fields 1\n    a Char (9) ;\n"
            'begin_metadata\n"\\IsSeamless" = "TRUE"\nend_metadata\n',
            "other files",
        ),
        (SECRET + "Definition Table\n  Type NATIVE\n", "defines no fields"),
        (SECRET + "Definition Table\n  Type NATIVE\n  Fields 2\n    a Char (9) ;\n", "cannot be"),
        (SECRET + "Definition Table\n  Type NATIVE\n  Fields 1\n    a Foo (9) ;\n", "a Foo"),
    ],
)
def test_a_table_that_is_none_or_shows_other_files_is_refused(tmp_path, content, match):
    write_tab(tmp_path, name="s")
    path = write_tab(tmp_path, name="x")
    path.write_text(content)
    with pytest.raises(ReadError, match=match) as error:
        read(path)
    assert error.value.text.zh.startswith("x.tab：")


RING = "5\n123.4 41.8\n123.5 41.8\n123.5 41.9\n123.4 41.9\n123.4 41.8\n"
HEAD = (
    'Version 300\nCharset "WindowsSimpChinese"\nDelimiter ","\nCoordSys Earth Projection 1, 104\n'
    "Columns 2\n  单元编号 Char(20)\n  面积 Float\nData\n\n"
)
MID = '"0102",1.5\n"和平",2\n'


def write_mif(tmp_path, text, mid=MID, encoding="gbk"):
    path = tmp_path / "单元.mif"
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    if mid is not None:
        path.with_suffix(".mid").write_bytes(mid.encode(encoding))
    return path


def test_an_exchange_file_is_read(tmp_path):
    text = HEAD + f"Region 1\n{RING}    Pen (1,2,0)\n    Brush (1,0,16777215)\nPoint 123.4 41.8\n"
    found = read(write_mif(tmp_path, text))
    assert (found.driver, found.crs, found.encoding) == ("MapInfo File", "EPSG:4326", "GB18030")
    assert found.frame["单元编号"].tolist() == ["0102", "和平"]
    assert found.frame["面积"].tolist() == [1.5, 2.0]
    assert found.frame.geometry.geom_type.tolist() == ["Polygon", "Point"]
    assert said(found) == []
    assert {file.suffix for file in found.files} == {".mif", ".mid"}


def test_an_exchange_file_without_projection_has_no_crs(tmp_path):
    metres = HEAD.replace("CoordSys Earth Projection 1, 104\n", "")
    found = read(write_mif(tmp_path, metres + "Point 500000 4600000\nnone\n"))
    assert found.crs is None
    assert found.frame.geometry.isna().tolist() == [False, True]


def test_arcs_and_unequal_counts_are_said(tmp_path):
    found = read(write_mif(tmp_path, HEAD + "Ellipse 123.4 41.8 123.5 41.9\n", MID + MID))
    assert "curves_linearised" in said(found)
    assert "count_mismatch" in said(found)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "no MIF"),
        ("<OGRVRTDataSource/>", "no MIF"),
        (HEAD[:100], "no MIF"),
        (HEAD.replace("Columns 2", "Columns x"), "no columns"),
        (HEAD.replace("Columns 2", "Columns 3"), "cannot be parsed"),
        (HEAD.replace("Projection 1", "Projection <1>"), "CoordSys cannot"),
        (HEAD + f"Region 1\n{RING}Point 1 2\n".replace("41.9", "4l.9", 1), "line 14"),
    ],
)
def test_an_exchange_file_that_is_none_is_refused(tmp_path, text, match):
    with pytest.raises(ReadError, match=match) as error:
        read(write_mif(tmp_path, text))
    assert error.value.text.zh.startswith("单元.mif：")


def test_an_exchange_file_without_its_table_is_refused(tmp_path):
    with pytest.raises(ReadError, match=r"单元\.mid is missing"):
        read(write_mif(tmp_path, HEAD + "Point 1 2\nPoint 1 2\n", None))


def test_a_cut_exchange_file_loses_nothing_in_silence(tmp_path):
    text = HEAD + f"Point 123.4 41.8\nRegion 1\n{RING}"
    path = write_mif(tmp_path, text[:-30])
    try:
        found = read(path)
    except ReadError as error:
        told = error.text.en
    else:
        told = str(found.frame[FAULT_EN].tolist()) + str(said(found))
        assert found.frame.geometry.notna().sum() == 1
        assert FAULT_EN in found.frame.columns or "count_mismatch" in said(found)
    assert told


def test_a_mark_in_a_text_object_is_no_other_driver(tmp_path):
    (tmp_path / "s.csv").write_text("id,secret\n1,x\n")
    vrt = "<OGRVRTDataSource><OGRVRTLayer name='s'><SrcDataSource>s.csv</SrcDataSource>"
    text = HEAD + f'Text\n    "{vrt}</OGRVRTLayer></OGRVRTDataSource>"\n    1 2 3 4\nPoint 1 2\n'
    found = read(write_mif(tmp_path, text))
    assert list(found.fields) == ["单元编号", "面积"]
    assert len(found.frame) == 2
