"""`gisplan inspect`: what each file is, what is wrong, what would be done; in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gisplan.inspection import inspect
from gisplan.render.columns import WIDE_IN_GBK, width, wrap
from gisplan.render.facts import format_facts

PLAIN = {"code": "210102-GX001", "name": "甲", "parent": "210102", "mode": "M2"}


def box(x, y, size=0.01):
    corners = [(0, 0), (size, 0), (size, size), (0, size), (0, 0)]
    return {
        "type": "Polygon",
        "coordinates": [[[123.4 + x + dx, 41.8 + y + dy] for dx, dy in corners]],
    }


def write(home, name, *features):
    rows = [{"type": "Feature", "geometry": g, "properties": {**PLAIN, **p}} for g, p in features]
    text = json.dumps({"type": "FeatureCollection", "features": rows}, ensure_ascii=False)
    (home / name).write_text(text, encoding="utf-8")


@pytest.fixture
def home(tmp_path):
    bow_tie = box(0.02, 0)
    ring = bow_tie["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    write(
        tmp_path,
        "unit.geojson",
        (box(0, 0), {"approved_on": "24-7-6", "far": "约2", "code": "21O102-GX001"}),
        (bow_tie, {"code": "210102-GX002", "approved_on": "2024", "mode": "大拆"}),
        (None, {"code": "210102GX003", "far": "—"}),
        (
            {"type": "LineString", "coordinates": [[123.4, 41.8], [123.5, 41.8]]},
            {"code": "210102-GX004"},
        ),
    )
    write(tmp_path, "district.geojson", (box(-0.1, -0.1, 0.3), {"code": "210102"}))
    (tmp_path / "杂项.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "old.rar").write_bytes(b"Rar!")
    (tmp_path / "parcel.shp").write_bytes(b"bad" * 50)
    return tmp_path


@pytest.fixture
def files(home):
    return {file.facts.path: file for file in inspect(home).files}


def issue(file, kind):
    (found,) = [one for one in file.issues if one.kind == kind]
    return found


def test_file_is_said_to_be_its_layer_with_its_account(files):
    unit = files["unit.geojson"]
    assert (unit.layer, unit.title.zh, unit.account) == ("unit", "更新单元", (4, 2, 2, 1))
    district = files["district.geojson"]
    assert district.account == (1, 1, 0, 0)
    assert [issue.kind for issue in district.issues] == ["datum_equated"]  # GeoJSON is WGS 84


@pytest.mark.parametrize(
    ("kind", "act", "wrong", "done"),
    [
        ("invalid_geometry", "mended", "1 个图形无效：自相交（第 2 条）", "修复"),
        ("empty_geometry", "aside", "1 个要素没有图形（第 3 条）", "隔离"),
        ("wrong_geometry_type", "aside", "1 个要素是线，应为面（第 4 条）", "隔离"),
        ("code_repaired", "mended", "“单元编号”1 处写法不规范，如第 1 条“21O102-GX001”", "更正"),
        ("unknown_code_value", "ask", "“更新方式”1 处不在代码表中，如第 2 条“大拆”", "mode"),
        ("blank_word", "emptied", "“容积率上限”1 处填的是占位符，如第 3 条“—”", "按空值处理"),
        ("date_partial", "read", "“批准日期”1 处只写到年或月，如第 2 条“2024”", "照读"),
    ],
)  # fmt: skip
def test_each_break_has_a_line_that_says_what_is_wrong_and_what_is_done(
    files, kind, act, wrong, done
):
    found = issue(files["unit.geojson"], kind)
    assert (found.act, found.wrong.zh) == (act, wrong)
    assert done in found.done.zh
    assert found.wrong.en
    assert found.done.en


def test_cells_that_cannot_be_read_say_why_and_what_to_do(files):
    found = [one for one in files["unit.geojson"].issues if one.kind == "value_unreadable"]
    assert {(one.wrong.zh, one.done.zh) for one in found} == {
        (
            "“容积率上限”1 处无法读取（是约数），如第 1 条“约2”",
            "按空值处理；填写确定的数值",
        ),
        (
            "“批准日期”1 处无法读取（年份只有两位），如第 1 条“24-7-6”",
            "按空值处理；写全四位年份，如 2024-07-06",
        ),
    }


def test_what_a_cheap_rule_finds_is_there_too(files):
    # GX003 has no shape, so that no rule judges its code
    assert "SCH106" not in {one.kind for one in files["unit.geojson"].issues}


def test_files_that_are_not_read_say_so(files):
    assert "认不出图层" in issue(files["杂项.csv"], "unrecognised").wrong.zh
    assert issue(files["杂项.csv"], "unrecognised").done.zh.startswith("不读入；请")
    assert issue(files["old.rar"], "unrecognised").act == "left_out"
    assert "结论不能判为通过" in issue(files["parcel.shp"], "file_unreadable").done.zh
    assert files["杂项.csv"].account is None


def test_malformed_and_missing_and_duplicate_codes_are_counted(tmp_path):
    write(
        tmp_path,
        "unit.geojson",
        (box(0, 0), {"code": "210102GX1"}),
        (box(0.02, 0), {"code": None}),
        (box(0.04, 0), {}),
        (box(0.06, 0), {}),
    )
    (file,) = inspect(tmp_path).files
    assert issue(file, "SCH106").wrong.zh == "编号格式不符：1 个，如 210102GX1"
    assert issue(file, "SCH104").count == 1
    assert issue(file, "SCH105").done.zh.startswith("列为问题 SCH105：")


def test_area_in_hectares_is_said(tmp_path):
    write(tmp_path, "unit.geojson", (box(0, 0), {"area": 92.2}), (box(0.02, 0), {"area": 92.2}))
    (file,) = inspect(tmp_path).files
    assert issue(file, "IND113").wrong.zh == "面积字段疑以公顷为单位"


def test_file_without_crs_says_what_to_write(tmp_path):
    (tmp_path / "unit.csv").write_text("DYBH,lon,lat\n210102-GX001,123.4,41.8\n", encoding="utf-8")
    (tmp_path / "gisplan.toml").write_text(
        '[layers.heritage_body]\npath = "unit.csv"\n', encoding="utf-8"
    )
    (file,) = inspect(tmp_path).files
    assert 'crs = "EPSG:' in issue(file, "crs_missing").done.zh
    assert file.declared
    assert file.account == (1, 0, 1, 0)


def test_one_file_may_be_looked_at(home):
    (file,) = inspect(home / "unit.geojson").files
    assert file.account == (4, 2, 2, 1)
    (file,) = inspect(home / "old.rar").files
    assert file.facts.fault is not None


def test_plan_file_that_is_wrong_is_said_and_the_files_are_still_listed(home):
    (home / "gisplan.toml").write_text('[layers.unit]\npath = "none.shp"\nx = 1\n', "utf-8")
    found = inspect(home)
    assert len(found.files) == 5
    assert found.trouble is not None
    assert "作为规划无法打开" in format_facts(found, "zh")


def test_json_has_all_it_had_and_more(home):
    record = inspect(home).files[1].as_dict()
    assert record.keys() >= {
        "path", "driver", "encoding", "encoding_from", "crs", "crs_from", "extent", "geometry",
        "fields", "count", "layer", "why", "mapping", "repairs", "notes", "fault",
    }  # fmt: skip
    json.dumps(record, ensure_ascii=False)
    assert record["issues"] or record["account"] is not None


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("columns", [40, 80, 120, 400])
def test_no_line_is_wider_than_the_terminal(home, lang, columns):
    text = format_facts(inspect(home), lang, columns)
    assert max(map(width, text.splitlines())) < max(60, min(columns, 160))
    assert text.encode("gbk")


def test_a_console_in_gbk_draws_quotes_as_wide_as_hanzi(home):
    text = format_facts(inspect(home), "zh", 80, WIDE_IN_GBK)
    assert max(width(line, WIDE_IN_GBK) for line in text.splitlines()) < 80
    assert (width("“·”"), width("“·”", WIDE_IN_GBK)) == (3, 6)


def test_table_ends_with_a_sum(home):
    found = inspect(home)
    assert "审查会读取 5 个要素：检查 3，隔离 2，修复 1。" in format_facts(found, "zh", 160)
    assert "5 features: 3 checked, 2 set aside, 1 repaired." in format_facts(found, "en", 160)


def test_control_signs_in_a_name_do_not_reach_the_terminal(tmp_path):
    write(tmp_path, "unit\x1b[31m.geojson", (box(0, 0), {}))
    assert "\x1b" not in format_facts(inspect(tmp_path), "zh")


@pytest.mark.parametrize(
    ("text", "cells", "lines"),
    [
        ("隔离；请在源数据中修正", 10, ["隔离；请在", "源数据中修", "正"]),
        ("一二三四，五", 8, ["一二三", "四，五"]),  # no line begins with a comma
        ("set aside; mend it", 10, ["set aside;", "mend it"]),
        ("unbreakable", 4, ["unbr", "eaka", "ble"]),
        ("如第 3 条“约500”", 10, ["如第 3 条", "“约500”"]),
        ("", 5, [""]),
    ],
)
def test_text_is_broken_where_a_reader_would(text, cells, lines):
    assert wrap(text, cells) == lines


@pytest.mark.real
def test_no_dirty_file_breaks_the_table(shared_data: Path):
    found = inspect(shared_data / "dirty_shp" / "gdal")
    assert all(file.issues or file.account is not None for file in found.files)
    for lang in ("zh", "en"):
        assert max(map(width, format_facts(found, lang, 80).splitlines())) < 80
