"""What the name of a file says of its features, and what it does not."""

from __future__ import annotations

import pytest

from gisplan.catalogue.layers import layer_specs
from gisplan.model import LayerSource
from gisplan.read.named_values import code_in_name, name_values


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("保护范围", "Z2"),
        ("历史建筑保护范围", "Z5"),
        ("和平区历史文化街区核心保护范围2024", "Z6"),
        ("紫线", "Z9"),
        ("世界文化遗产缓冲区", "Z14"),
        ("建设控制地带", "建设控制地带"),
        ("文保单位建设控制地带", "Z3"),
        ("保护范围和建设控制地带", None),
        ("紫线和核心保护范围", None),
        ("保护区划", None),
    ],
)
def test_the_longest_word_tells_the_kind_of_zone_and_two_words_tell_nothing(name, wanted):
    assert code_in_name(name, "zone") == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("沈阳市文物保护单位", None),
        ("沈阳市省级文物保护单位", "province"),
        ("全国重点文物保护单位", "national"),
        ("国保单位", "national"),
        ("辽宁省文物保护单位", "province"),
    ],
)
def test_the_name_of_a_city_is_no_level(name, wanted):
    assert code_in_name(name, "level") == wanted


def told(path, columns, layer="heritage_zone", **given):
    source, notes = name_values(LayerSource(layer, path, **given), layer_specs()[layer], columns)
    return dict(source.values), notes


def test_a_column_or_the_plan_goes_before_the_name():
    assert told("紫线.shp", ["编号"])[0] == {"zone": "Z9"}
    assert told("紫线.shp", ["编号", "QHLX"]) == ({}, [])
    assert told("紫线.shp", ["编号"], values={"zone": "Z6"}) == ({"zone": "Z6"}, [])
    assert told("紫线.shp", ["编号", "K"], fields={"zone": "K"}) == ({}, [])


def test_the_layer_in_a_file_goes_before_the_file():
    assert told("保护范围.gpkg|紫线", [])[0] == {"zone": "Z9"}
    assert told("紫线.gpkg|Layer1", [])[0] == {"zone": "Z9"}
    assert told("数据.zip!图层/紫线.shp", [])[0] == {"zone": "Z9"}
    assert told("紫线.zip!a.shp", [])[0] == {}


def test_what_is_taken_from_the_name_is_said_in_both_languages():
    _, [note] = told("紫线.shp", ["编号"])
    assert note.kind == "value_from_name"
    assert "按名称“紫线”全部取为城市紫线" in note.detail["reason_zh"]
    assert "purple line" in note.detail["reason_en"]


def test_layers_whose_fields_do_not_ask_for_it_are_left_alone():
    assert told("紫线.shp", [], layer="unit") == ({}, [])
