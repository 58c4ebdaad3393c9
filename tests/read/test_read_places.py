from __future__ import annotations

import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from gisplan.pipeline import open_plan
from gisplan.read.angles import angle
from gisplan.read.found import FAULT_EN, Found
from gisplan.read.places import place_columns, placed


def table(**columns):
    frame = pd.DataFrame(
        {name: pd.Series(values, dtype=object) for name, values in columns.items()}
    )
    return Found("XLSX", frame, ())


def spot(found):
    shape = placed(found).frame.geometry.iloc[0]
    return round(shape.x, 7), round(shape.y, 7)


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["经度", "纬度"], ("经度", "纬度")),
        (["纬度", "经度"], ("经度", "纬度")),
        (["东经（°）", "北纬 (°)"], ("东经（°）", "北纬 (°)")),
        (["中心点经度", "中心点纬度"], ("中心点经度", "中心点纬度")),
        (["Longitude", "LAT"], ("Longitude", "LAT")),
        (["X", "Y"], ("X", "Y")),
        (["X坐标(m)", "Y坐标(m)"], ("X坐标(m)", "Y坐标(m)")),
        (["横坐标", "纵坐标"], ("横坐标", "纵坐标")),
        (["纵坐标X", "横坐标Y"], ("横坐标Y", "纵坐标X")),
        (["x", "y", "经度", "纬度"], ("经度", "纬度")),
        (["POINT_X", "POINT_Y"], ("POINT_X", "POINT_Y")),
        (["起点经度", "终点经度", "起点纬度", "终点纬度"], ()),
        (["经度"], ()),
        (["名称", "编号"], ()),
    ],
)
def test_columns_of_coordinates_are_known_by_name(names, chosen):
    assert place_columns(table(**{name: [1.0] for name in names}).frame) == chosen


@pytest.mark.parametrize(
    ("x", "y", "expected", "swapped"),
    [
        (500_000, 4_620_000, (500_000, 4_620_000), False),  # east, north
        (4_620_000, 500_000, (500_000, 4_620_000), True),  # as surveyors write it
        (4_620_000, 41_500_000, (41_500_000, 4_620_000), True),  # with the zone
        (41_500_000, 4_620_000, (41_500_000, 4_620_000), False),
        (2_566_000, 5_645_000, (2_566_000, 5_645_000), False),  # Cologne
        (41.8, 123.4, (123.4, 41.8), True),
        (123.4, 41.8, (123.4, 41.8), False),
        (41.8, 23.4, (41.8, 23.4), False),  # could be either
        (1_899_999, 500_000, (1_899_999, 500_000), False),
        (1_900_000, 900_000, (900_000, 1_900_000), True),
        (1_900_000, 900_001, (1_900_000, 900_001), False),
    ],
)
def test_x_is_east_unless_the_values_can_only_be_north(x, y, expected, swapped):
    found = placed(table(X=[x], Y=[y]))
    assert spot(table(X=[x], Y=[y])) == expected
    assert [note.kind for note in found.notes] == (["axes_swapped"] if swapped else [])


def test_one_row_that_does_not_fit_keeps_the_axes_as_written():
    found = placed(table(X=[4_620_000, 500_000], Y=[500_000, 4_620_000]))
    assert found.notes == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("123°25′48″", 123.43),
        ("123°25'48\"", 123.43),
        ("123°25'48''", 123.43),
        ("123度25分48秒", 123.43),
        ("123d25m48s", 123.43),
        ("东经123°25′48″", 123.43),
        ("123°25′48″E", 123.43),
        ("W 123°25′48″", -123.43),
        ("-123-25-48", -123.43),
        ("123 25 48", 123.43),
        ("１２３°２５′４８″", 123.43),
        ("41°48′", 41.8),
        ("123°25.8′", 123.43),
        ("南纬 41°48′36.0″", -41.81),
        ("123°60′00″", None),
        ("123°25′60″", None),
        ("2024-01", None),
        ("南市街道", None),
        ("", None),
    ],
)
def test_degrees_minutes_and_seconds(text, value):
    if value is None and text != "2024-01":
        assert np.isnan(angle(text))
    elif value is not None:
        assert angle(text) == pytest.approx(value, abs=1e-9)


def test_angles_are_coordinates_of_longitude_and_latitude_only():
    assert spot(table(经度=["123°25′48″"], 纬度=["41°48′"])) == (123.43, 41.8)
    metres = placed(table(X=["500-12-30"], Y=["4620000"]))
    assert metres.frame[FAULT_EN].tolist() == ["a coordinate is no number"]


def test_numbers_of_every_kind_are_coordinates():
    found = placed(table(经度=["123,4", 123.4, " 123.4° ", True, None], 纬度=[41.8] * 4 + [None]))
    assert found.frame.geometry.notna().tolist() == [True, True, True, False, False]
    assert found.frame[FAULT_EN].notna().tolist() == [False, False, False, True, False]


AREA = shapely.box(123.4, 41.8, 123.5, 41.9)


@pytest.mark.parametrize(
    ("cells", "crs"),
    [
        ([AREA.wkt], None),
        ([f"SRID=4490;{AREA.wkt}"], "EPSG:4490"),
        ([f"srid=4490; {AREA.wkt}", None], "EPSG:4490"),
        ([f"SRID=4490;{AREA.wkt}", AREA.wkt], None),
        ([f"SRID=4490;{AREA.wkt}", f"SRID=4326;{AREA.wkt}"], None),
        ([f"SRID=0;{AREA.wkt}"], None),
        ([AREA.wkb_hex], None),
        ([shapely.to_wkb(shapely.set_srid(AREA, 4490), hex=True, include_srid=True)], "EPSG:4490"),
    ],
)
@pytest.mark.parametrize("name", ["WKT", "geom", "图形"])
def test_written_shapes_and_the_crs_that_they_name(name, cells, crs):
    found = placed(table(**{name: cells}))
    assert found.crs == crs
    assert found.frame.geometry.iloc[0].equals(AREA)
    assert FAULT_EN not in found.frame.columns


def test_a_shape_that_cannot_be_read_costs_only_its_row():
    found = placed(table(wkt=[AREA.wkt, "POLYGON ((0 0", "甲", None, AREA.wkt]))
    assert found.frame.geometry.notna().tolist() == [True, False, False, False, True]
    assert found.frame[FAULT_EN].notna().tolist() == [False, True, True, False, False]
    assert placed(table(shape=["圆形", "方形", AREA.wkt])) is None


def test_a_workbook_of_several_sheets_is_a_plan(tmp_path):
    book = openpyxl.Workbook()
    units = book.active
    units.title = "更新单元"
    units.append(["附表1 更新单元一览表"])
    units.append(["DYBH", "DYMC", "SJDM", "WKT"])
    units.append(["210102-GX001", "南市", "210102", f"SRID=4490;{AREA.wkt}"])
    bodies = book.create_sheet("文物点")
    bodies.append(["编号", "名称", "类别", "经度", "纬度"])
    bodies.append(["W1", "故居", "文物保护单位", "123°27′00″", "41°51′"])
    book.create_sheet("空表")
    book.save(tmp_path / "规划.xlsx")
    (tmp_path / "gisplan.toml").write_text(
        '[layers.unit]\npath = "规划.xlsx|更新单元"\n'
        '[layers.heritage_body]\npath = "规划.xlsx|文物点"\ncrs = "EPSG:4490"\n',
        "utf-8",
    )
    plan = open_plan(tmp_path)
    assert {name: layer.read for name, layer in plan.layers.items()} == {
        "unit": 1,
        "heritage_body": 1,
    }
    assert [record.crs for record in plan.inputs] == ["EPSG:4490", "EPSG:4490"]
    unit, body = (plan.layers[name].frame.geometry.iloc[0] for name in ("unit", "heritage_body"))
    assert unit.contains(body)
