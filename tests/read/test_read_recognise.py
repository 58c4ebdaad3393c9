from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gisplan.catalogue.layers import layer_specs
from gisplan.read.recognise import match_fields, named_layer, recognise

BOX = shapely.box(0, 0, 1, 1)


def layer(shape=BOX, **columns):
    rows = len(next(iter(columns.values()), [1]))
    return gpd.GeoDataFrame(columns, geometry=[shape] * rows, index=range(rows))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("沈阳市更新单元", "unit"),
        ("GXDY_2024", "unit"),
        ("RenewalUnits2024", "unit"),
        ("和平区建设控制地带", "heritage_zone"),
        ("历史文化街区", "heritage_body"),
        ("历史文化街区核心保护范围", "heritage_zone"),
        ("heritage-zones", "heritage_zone"),
        ("Denkmalliste", "heritage_body"),
        ("永久基本农田", "control_line"),
        ("community", "community"),
        ("immunity", ""),
        ("abc", ""),
    ],
)
def test_the_longest_alias_in_a_name_decides(name, wanted):
    assert named_layer(name) == wanted


@pytest.mark.parametrize(
    ("codes", "wanted"),
    [
        (["210000"], "province"),
        (["210100", "210200"], "city"),
        (["210102", "210103"], "district"),
    ],
)
def test_codes_alone_tell_the_tier_and_its_place_in_the_chain(codes, wanted):
    frame = layer(XZQDM=codes, XZQMC=["x"] * len(codes))
    assert recognise("a1", frame).layer == wanted


@pytest.mark.parametrize("codes", [["210102"] * 9 + ["210103"], ["100001", "100002"]])
def test_six_digits_that_repeat_or_begin_otherwise_are_no_districts(codes):
    assert recognise("a1", layer(XZQDM=codes, XZQMC=["x"] * len(codes))) is None


def test_codes_of_renewal_units_are_told_without_a_name():
    frame = layer(DYBH=["210102-GX001", "210102-GX002"], DYMC=["a", "b"], GXFS=["M1", "M2"])
    assert recognise("a1", frame).layer == "unit"


def test_a_layer_of_the_wrong_shape_is_not_taken_by_its_name():
    assert recognise("道路", layer(shape=BOX, BH=["1"])) is None
    assert (
        recognise("道路", layer(shape=shapely.LineString([(0, 0), (1, 1)]), BH=["1"])) is not None
    )


def test_a_table_is_no_layer_with_shapes_and_the_reverse():
    table = pd.DataFrame({"层级": ["市级"], "区域编号": ["1"], "指标编码": ["a"], "目标值": [1]})
    assert recognise("指标表", table).layer == "indicator"
    assert recognise("更新单元", table) is None or recognise("更新单元", table).layer != "unit"


def test_thin_evidence_is_none():
    assert recognise("a1", layer(id=["1"])) is None
    assert recognise("a1", layer(BH=["1"], MC=["x"])) is None


def test_the_reason_names_the_evidence():
    why = recognise("更新单元", layer(DYBH=["210102-GX001"])).why
    assert "更新单元" in why.zh
    assert "DYBH" in why.zh
    assert "DYBH" in why.en


def test_fields_are_matched_by_alias_in_any_case():
    spec = layer_specs()["unit"]
    assert match_fields(["dybh", "单元名称", "XYZ"], spec) == {"code": "dybh", "name": "单元名称"}
