from __future__ import annotations

import numpy as np
import pyogrio
import pytest
import shapely
from made_drawings import (
    SQUARE,
    circle,
    drawing,
    hatch,
    insert,
    moved,
    old_polyline,
    polyline,
    text,
    write_dxf,
)

from gisplan.errors import ReadError
from gisplan.pipeline import open_plan, review
from gisplan.read.arcs import step_for
from gisplan.read.formats import inner_layers, read_source
from gisplan.read.found import FAULT_EN
from gisplan.read.plan import read_plan
from gisplan.read.workspace import Workspace


def read(path, layer=None, encoding=None):
    with Workspace() as space:
        return read_source(path, path.parent, space, layer, encoding)


def layers(path):
    with Workspace() as space:
        return inner_layers(path, space)


def said(found):
    return {(note.kind, note.detail.get("count")) for note in found.notes}


def kinds(found):
    return found.frame.geometry.geom_type.tolist()


def test_closed_lines_are_areas_and_cad_layers_are_layers(tmp_path):
    path = write_dxf(
        tmp_path / "图.dxf",
        drawing(
            polyline("更新单元", SQUARE),
            old_polyline("更新单元", moved(SQUARE, 20)),
            polyline("更新单元", [*moved(SQUARE, 40), (40, 0)], closed=False),
            polyline("道路", SQUARE, closed=False),
            "0\nPOINT\n8\n设施\n10\n1\n20\n2\n",
        ),
    )
    assert layers(path) == ["更新单元", "道路", "设施"]
    units = read(path, "更新单元")
    assert kinds(units) == ["Polygon"] * 3
    assert units.frame.geometry.area.tolist() == [100.0] * 3
    assert units.frame["Layer"].tolist() == ["更新单元"] * 3
    assert (units.driver, units.crs, units.encoding) == ("DXF", None, "GB18030")
    assert said(units) == {("lines_closed", 3)}
    roads = read(path, "道路")
    assert kinds(roads) == ["LineString"]
    assert said(roads) == {("lines_left_open", 1)}
    assert kinds(read(path)) == ["Polygon"] * 3 + ["LineString", "Point"]


def test_a_hatch_is_an_area_with_holes_unless_it_only_fills_one(tmp_path):
    hole = [(2, 2), (4, 2), (4, 4), (2, 4)]
    path = write_dxf(
        tmp_path / "x.dxf",
        drawing(
            hatch("绿线", SQUARE, hole),
            polyline("紫线", SQUARE),
            hatch("紫线", SQUARE),
            hatch("紫线", moved(SQUARE, 0.01)),
        ),
    )
    (green,) = read(path, "绿线").frame.geometry
    assert (green.area, len(green.interiors)) == (96.0, 1)
    purple = read(path, "紫线")
    assert len(purple.frame) == 2  # the fill is the line's, the one a centimetre off is not
    assert said(purple) == {("lines_closed", 1), ("left_out", 1)}
    assert purple.frame["Text"].tolist() == [None, None]  # the pattern's name is no label


def test_texts_label_the_smallest_area_of_their_layer(tmp_path):
    path = write_dxf(
        tmp_path / "x.dxf",
        drawing(
            polyline("单元", SQUARE),
            polyline("单元", [(1, 1), (3, 1), (3, 3), (1, 3)]),
            polyline("别层", SQUARE),
            text("单元", "GX001", 8, 8),
            text("单元", "南市", 7, 7),
            text("单元", "GX002", 2, 2),
            text("单元", "说明", 50, 50),
            text("单元", "图名", 5, 5, sheet=True),
            text("注记", "只有字", 5, 5),
        ),
    )
    found = read(path, "单元")
    assert found.frame["Text"].tolist() == ["GX001\n南市", "GX002"]
    assert said(found) == {("lines_closed", 2), ("left_out", 1)}
    assert read(path, "别层").frame["Text"].tolist() == [None]
    assert read(path, "注记").frame["Text"].tolist() == ["只有字"]
    whole = read(path)
    assert ("left_out", 1) in said(whole)
    assert any("paper space" in note.detail["reason_en"] for note in whole.notes)


@pytest.mark.parametrize(
    ("version", "page", "encoding", "noted"),
    [
        ("AC1015", "ANSI_936", "gbk", False),
        ("AC1015", "", "gbk", True),
        ("AC1015", "ANSI_1252", "gbk", True),
        ("AC1015", "ANSI_936", "utf-8", True),
        ("AC1027", "ANSI_936", "utf-8", False),  # since 2007 text is UTF-8, whatever the page says
        ("AC1027", "ANSI_936", "gbk", True),
    ],
)
def test_chinese_text_is_read_whatever_the_header_says(tmp_path, version, page, encoding, noted):
    content = drawing(
        polyline("城市更新单元", SQUARE),
        text("城市更新单元", "和平区南市街道", 5, 5),
        version=version,
        page=page,
    )
    path = write_dxf(tmp_path / "x.dxf", content, encoding)
    found = read(path)
    assert found.frame["Layer"].tolist() == ["城市更新单元"]
    assert found.frame["Text"].tolist() == ["和平区南市街道"]
    assert (("encoding_recovered", None) in said(found)) == noted


def test_escaped_characters_are_read(tmp_path):
    path = write_dxf(tmp_path / "x.dxf", drawing(polyline(r"\U+7D2B\U+7EBF\U+000A", SQUARE)))
    assert layers(path) == [r"紫线\U+000A"]


@pytest.mark.parametrize("radius", [0.5, 30.0, 2_000.0, 80_000.0])
def test_arcs_become_chords_within_a_millimetre(tmp_path, radius):
    ends = [(500_000.0, 4_600_000.0), (500_000.0 + 2 * radius, 4_600_000.0)]
    path = write_dxf(
        tmp_path / "x.dxf",
        drawing(
            polyline("弧", ends, bulge=1.0),
            polyline("弧", moved(SQUARE, 500_000, 4_700_000)),
            circle("圆", 500_000, 4_600_000, radius),
        ),
    )
    found = read(path, "弧")
    shape = found.frame.geometry.iloc[0]
    centre = np.array([500_000 + radius, 4_600_000])
    ring = shapely.get_coordinates(shape)
    middles = (ring[1:] + ring[:-1]) / 2
    off = radius - np.hypot(*(middles - centre).T)
    assert 0 <= off.max() <= 0.001
    assert len(ring) < 25_000
    assert said(found) == {("curves_linearised", 1), ("lines_closed", 2)}
    assert said(read(path, "圆")) == {("curves_linearised", 1), ("lines_closed", 1)}
    assert pyogrio.get_gdal_config_option("OGR_ARC_STEPSIZE") is None


def test_the_step_of_an_arc_keeps_within_the_tolerance():
    assert step_for(0.0, 0.001) == 4.0
    assert step_for(0.5, 0.001) == 4.0
    for radius in (10.0, 1_000.0, 100_000.0):
        half = np.radians(step_for(radius, 0.001)) / 2
        assert radius * (1 - np.cos(half)) == pytest.approx(0.001, rel=1e-6)
    assert step_for(1e9, 0.001) == 0.01


def test_splines_are_said(tmp_path):
    points = "".join(f"10\n{x}\n20\n{y}\n30\n0\n" for x, y in [(0, 0), (5, 9), (9, 1), (12, 4)])
    knots = "".join(f"40\n{k}\n" for k in (0, 0, 0, 0, 1, 1, 1, 1))
    spline = (
        f"0\nSPLINE\n8\n线\n100\nAcDbSpline\n70\n8\n71\n3\n72\n8\n73\n4\n74\n0\n{knots}{points}"
    )
    found = read(write_dxf(tmp_path / "x.dxf", drawing(spline)))
    assert kinds(found) == ["LineString"]
    assert said(found) == {("curves_linearised", 1), ("lines_left_open", 1)}


def test_blocks_are_read_where_they_stand(tmp_path):
    blocks = {"B": polyline("0", SQUARE) + polyline("0", moved(SQUARE, 20))}
    path = write_dxf(tmp_path / "x.dxf", drawing(insert("建筑", "B", 100, 50), blocks=blocks))
    (shape,) = read(path, "建筑").frame.geometry
    assert (shape.geom_type, shape.area) == ("MultiPolygon", 200.0)
    assert shape.bounds == (100, 50, 130, 60)


def test_surfaces_are_set_aside_with_the_reason(tmp_path):
    mesh = "0\nPOLYLINE\n8\n体\n66\n1\n70\n64\n71\n3\n72\n1\n"
    for x, y, z in ((0, 0, 0), (1, 0, 0), (0, 1, 1)):
        mesh += f"0\nVERTEX\n8\n体\n70\n192\n10\n{x}\n20\n{y}\n30\n{z}\n"
    mesh += (
        "0\nVERTEX\n8\n体\n70\n128\n10\n0\n20\n0\n30\n0\n71\n1\n72\n2\n73\n3\n0\nSEQEND\n8\n体\n"
    )
    found = read(write_dxf(tmp_path / "x.dxf", drawing(mesh, polyline("体", SQUARE))))
    assert len(found.frame) == 2
    assert "surface" in found.frame[FAULT_EN].iloc[0]
    assert found.frame[FAULT_EN].iloc[1] is None


VRT = "<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>s.csv</SrcDataSource></OGRVRTLayer>"


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("", "no DXF"),
        (VRT + "</OGRVRTDataSource>", "no DXF"),
        ("AC1032\0\0", "is a DWG"),
        ("AutoCAD Binary DXF\r\n\x1a\0", "binary DXF"),
        ("PK\x03\x04", "no DXF"),
        ("0\nSECTION\n2\nHEADER\n0\nENDSEC\n0\nEOF\n", "no ENTITIES"),
        (drawing(polyline("a", SQUARE))[:-60], "cut short"),
        (drawing(polyline("a", SQUARE))[:60], "no ENTITIES"),
        (drawing(polyline("a", SQUARE)).replace("10\n10\n20", "10\n1o\n20", 1), "line 38 should"),
        (drawing(polyline("a", SQUARE)).replace("0\nENDSEC\n0\nEOF", "0\nEOF"), "does not end"),
        (drawing(), "no layers"),
    ],
)
def test_what_is_no_whole_drawing_is_refused_in_words(tmp_path, content, match):
    path = tmp_path / "x.dxf"
    path.write_bytes(content.encode())
    with pytest.raises(ReadError, match=match) as error:
        read(path, "a")
    assert error.value.text.zh.startswith("x.dxf：")


def test_no_text_in_a_drawing_makes_it_another_drivers(tmp_path):
    # GDAL looks for this mark in the first kilobyte of whatever it opens.
    (tmp_path / "s.csv").write_text("id,secret\n1,x\n")
    header = f"9\n$CUSTOMPROPERTY\n1\n{VRT}</OGRVRTDataSource>\n"
    path = write_dxf(tmp_path / "x.dxf", drawing(polyline("单元", SQUARE), header=header))
    found = read(path)
    assert found.frame["Layer"].tolist() == ["单元"]
    comment = write_dxf(
        tmp_path / "y.dxf", f"999\n{VRT}</OGRVRTDataSource>\n" + drawing(polyline("单元", SQUARE))
    )
    assert read(comment).frame["Layer"].tolist() == ["单元"]


def test_a_cad_layer_is_recognised_and_its_name_is_the_kind(tmp_path):
    ring = moved(SQUARE, 41_500_000, 4_600_000)
    lines = drawing(polyline("绿线", ring), polyline("蓝线", moved(ring, 50)))
    write_dxf(tmp_path / "控制线.dxf", lines)
    units = drawing(polyline("更新单元", ring), polyline("道路", ring))
    write_dxf(tmp_path / "单元.dxf", units)
    (tmp_path / "gisplan.toml").write_text(
        '[layers.control_line]\npath = "控制线.dxf"\ncrs = "EPSG:4529"\n'
        '[layers.unit]\npath = "单元.dxf|更新单元"\ncrs = "EPSG:4529"\n'
        'fields = { name = "Text" }\n',
        "utf-8",
    )
    plan = open_plan(tmp_path)
    lines = plan.layers["control_line"].frame
    assert sorted(map(str, lines["kind"].dropna())) == ["blue", "green"]
    assert plan.layers["unit"].read == 1
    assert any("闭合线" in notice.zh for notice in review(plan).dossier.notices)


def test_a_folder_of_drawings_is_recognised_by_the_cad_layers(tmp_path):
    ring = moved(SQUARE, 41_500_000, 4_600_000)
    write_dxf(
        tmp_path / "x.dxf",
        drawing(polyline("绿线", ring), polyline("更新单元", ring), polyline("0", ring)),
    )
    _config, raws, notes = read_plan(tmp_path)
    assert [(r.source.layer, r.source.path) for r in raws] == [
        ("control_line", "x.dxf|绿线"),
        ("unit", "x.dxf|更新单元"),
    ]
    assert [n.path for n in notes if n.kind == "unrecognised"] == ["x.dxf|0"]
