"""Key tasks, reporting units, lists of projects and coverage when all is done."""

from __future__ import annotations

import pytest

from gisplan.catalogue.programme import cities_of, key_tasks, task_number
from gisplan.pipeline import exam, open_plan
from tests.exam.tiny_city import at, layers, point, written


def examined(folder, **options):
    return exam(open_plan(written(folder, **options))).dossier


def of_province(folder, cities, tables=None):
    """Return the exam of a plan of the province with these cities (code, name)."""
    shapes = [at(2000 * n, 0, 2000 * (n + 1), 1000) for n in range(len(cities))]
    codes, names = (list(part) for part in zip(*cities, strict=True))
    whole = [at(0, 0, 2000 * len(cities), 1000)]
    changed = {
        "province": (whole, {"code": ["210000"], "name": ["辽宁省"]}),
        "city": (shapes, {"code": codes, "name": names, "parent": ["210000"] * len(codes)}),
    }  # fmt: skip
    written(folder, changed=changed, tables=tables)
    file = folder / "gisplan.toml"
    text = file.read_text("utf-8").replace('tiers = ["city", ', 'tiers = ["province", "city", ')
    file.write_text(text, "utf-8")
    return exam(open_plan(folder)).dossier


def test_there_are_sixteen_tasks_and_only_what_was_read_is_named():
    tasks = key_tasks()
    assert list(tasks) == [str(n) for n in range(1, 17)]
    assert [n for n, task in tasks.items() if task.verified] == ["1"]
    assert {task.title.zh for task in tasks.values() if not task.verified} == {"名称未核实"}


@pytest.mark.parametrize(
    ("written", "number"),
    [("3", "3"), ("03", "3"), ("任务16", "16"), ("0", None), ("17", None), ("老旧", None)],
)
def test_a_task_is_known_by_its_number(written, number):
    assert task_number(written) == number


def test_a_plan_of_the_province_is_asked_for_fourteen_cities_and_the_zone(tmp_path):
    assert len(cities_of("210000")) == 14
    found = of_province(tmp_path, [("210100", "沈阳市"), ("219900", "沈抚示范区")])
    units = found.reporting.set_index("name")
    assert len(units) == 15
    assert units.index[units["in_plan"]].tolist() == ["沈阳市", "沈抚改革创新示范区"]
    zone = units.loc["沈抚改革创新示范区"]
    assert (zone["code"], zone["zone"]) == ("219900", True)
    assert any("其中 13 个规划图层中没有" in note.zh for note in found.notes)


def test_a_zone_that_is_not_drawn_is_said_to_be_missing(tmp_path):
    found = of_province(tmp_path, [("210100", "沈阳市"), ("210400", "抚顺市")])
    zone = found.reporting.iloc[-1]
    assert (zone["name"], zone["in_plan"]) == ("沈抚改革创新示范区", False)
    assert any("沈抚改革创新示范区" in note.zh for note in found.notes)


def test_a_plan_of_one_city_is_not_asked_for_others(tmp_path):
    assert examined(tmp_path).reporting["code"].tolist() == ["210100"]


def test_the_card_has_class_modes_guidance_and_the_newest_plan(tmp_path):
    guidance = [
        {"XZQDM": "210100", "GXLB": "甲类", "YXFS": "M1;M2", "ZBDM": "far", "XX": 1, "SX": 2.5}
    ]
    register = [
        {"CJ": "city", "QYBH": "210100", "BBH": "V1", "ZT": "公布", "PZRQ": "2020-01-01"},
        {"CJ": "city", "QYBH": "210100", "BBH": "V2", "ZT": "批复", "PZRQ": "2024-01-01"},
        {"CJ": "city", "QYBH": "210100", "BBH": "V0", "ZT": "废止", "PZRQ": "2025-01-01"},
    ]
    found = examined(tmp_path, tables={"city_guidance": guidance, "register": register})
    card = found.reporting.iloc[0]
    assert (card["city_class"], card["allowed_modes"]) == ("甲类", ["M1", "M2"])
    assert card["guidance"] == ["far 1–2.5"]
    assert (card["status"], card["version"]) == ("approved", "V2")
    assert (card["projects"], card["invest"], card["without"]) == (3, 150.0, 1)


def test_what_the_annual_plan_has_beyond_the_pool_is_named(tmp_path):
    rows = [
        {"QDLX": "项目库", "XMBH": "A", "XMMC": "甲", "TZ": 10},
        {"QDLX": "项目库", "XMBH": "B", "XMMC": "乙", "TZ": 20},
        {"QDLX": "年度计划", "XMBH": "A", "XMMC": "甲", "TZ": 10},
        {"QDLX": "年度计划", "XMBH": "C", "XMMC": "丙", "TZ": None},
        {"QDLX": "年度计划", "XMBH": None, "XMMC": "乙", "TZ": 20},
    ]
    lists = examined(tmp_path, tables={"item_list": rows}).lists.set_index("list")
    assert lists.loc["project_pool", "outside"] == []
    annual = lists.loc["annual_plan"]
    assert (annual["items"], annual["invest"], annual["without"]) == (3, 30.0, 1)
    assert (annual["wider"], annual["outside"]) == ("project_pool", ["C"])


def test_tasks_stand_in_the_order_of_their_numbers(tmp_path):
    shapes, fields = layers()["project"]
    found = examined(
        tmp_path, changed={"project": (shapes, fields | {"task": ["10", "其他", "任务2"]})}
    )
    assert found.projects.query("group == 'task'")["task"].tolist() == ["2", "10", "其他"]


def test_progress_of_projects_is_by_their_years_and_closes(tmp_path):
    shapes, fields = layers()["project"]
    years = {"start_year": [2024, 2026, None], "end_year": [2025, 2027, None]}
    found = examined(tmp_path, changed={"project": (shapes, fields | years)})
    assert found.year == 2025
    phases = found.projects.query("group == 'phase'").set_index("task")["projects"]
    assert phases.to_dict() == {"done": 1, "ahead": 1, "": 1}


def test_coverage_when_all_is_done_counts_what_is_planned(tmp_path):
    # a second school in the east serves the 200 by 100 m of the north-east, which has none yet
    shapes, fields = layers()["facility"]
    more = {key: [*values, new] for (key, values), new in zip(
        fields.items(), ["F4", "中学", 9_000.0, "planned"], strict=True)}  # fmt: skip
    facility = ([*shapes, point(2500, 750)], more)
    found = examined(tmp_path, changed={"facility": facility})
    rows = found.values.query("indicator == 'B101' and place == 'S4'").iloc[0]
    assert rows["value"] < rows["after"] == pytest.approx(100)
    other = found.values.query("indicator == 'S101' and level == 'city'").iloc[0]
    assert other["after"] is None or other["after"] != other["after"]  # no primary school changes


def test_report_and_workbook_show_tasks_units_and_lists(tmp_path):
    import openpyxl

    folder = tmp_path / "plan"
    folder.mkdir()
    rows = [{"QDLX": "年度计划", "XMBH": "A", "XMMC": "<b>甲</b>", "TZ": 10}]
    plan = open_plan(written(folder, tables={"item_list": rows}))
    files = exam(plan).save(tmp_path / "out")
    page = files["exam.html"].read_text("utf-8")
    assert "任务 1 城镇老旧小区改造和绿色智能社区建设" in page
    assert "任务 2（名称未核实）" in page
    assert "<b>甲" not in page
    book = openpyxl.load_workbook(files["exam.xlsx"])
    tasks = list(book["重点任务"].iter_rows(values_only=True))
    numbers = [row[0] for row in tasks if str(row[0]).isdigit()]
    assert [str(n) for n in numbers] == [str(n) for n in range(1, 17)]
    assert {"报告单元", "项目库与年度计划", "规划编制状态"} <= set(book.sheetnames)
