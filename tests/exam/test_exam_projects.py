"""Projects by unit, how far they are, and the province's totals beside them."""

from __future__ import annotations

import json

import openpyxl
import pyogrio
import pytest

from gisplan.pipeline import exam, open_plan
from tests.exam.tiny_city import at, layers, written


def examined(folder, **options):
    return exam(open_plan(written(folder, **options))).dossier


def with_projects(**fields):
    """Return the three projects of the city with other fields."""
    shapes, own = layers()["project"]
    return {"project": (shapes, {**own, **fields})}


def of_province(folder, changed=None):
    """Return the exam of the city as a plan of the province."""
    whole = ([at(0, 0, 2000, 1000)], {"code": ["210000"], "name": ["辽宁省"]})
    city = ([at(0, 0, 2000, 1000)], {"code": ["210100"], "name": ["市"], "parent": ["210000"]})
    written(folder, changed={"province": whole, "city": city, **(changed or {})})
    file = folder / "gisplan.toml"
    text = file.read_text("utf-8").replace('tiers = ["city", ', 'tiers = ["province", "city", ')
    file.write_text(text, "utf-8")
    return exam(open_plan(folder))


# --- by unit ----------------------------------------------------------------------------------


def test_each_unit_has_its_projects_money_and_progress(tmp_path):
    years = {"start_year": [2024, 2024, 2026], "end_year": [2025, 2027, 2027]}
    units = examined(tmp_path, changed=with_projects(**years)).units.set_index("unit")
    west, east = units.loc["210102-GX001"], units.loc["210103-GX001"]
    assert (west["projects"], west["invest"], west["without"]) == (2, 100.0, 1)
    assert (west["done"], west["under_way"], west["ahead"], west["untold"]) == (1, 0, 1, 0)
    assert (west["finished"], west["invest_finished"]) == (50.0, 100.0)
    assert (east["projects"], east["under_way"], east["finished"]) == (1, 1, 0.0)
    assert (east["problems"], east["solved"]) == (2, 1)


def test_units_close_with_all_projects_and_one_of_no_unit_is_told(tmp_path):
    shapes, fields = layers()["project"]
    places = [*shapes[:2], at(1700, 700, 1760, 760)]
    changed = {"project": (places, {**fields, "parent": [*fields["parent"][:2], "X-1"]})}
    found = examined(tmp_path, changed=changed)
    assert found.units["unit"].tolist() == ["210102-GX001", "210103-GX001", ""]
    whole = found.projects[found.projects["group"] == "all"].iloc[0]
    for column in ("projects", "invest", "without"):
        assert found.units[column].sum() == whole[column]


def test_a_project_that_names_no_unit_counts_where_it_lies(tmp_path):
    shapes, fields = layers()["project"]
    # the second lies in the east and says that it is of the west: what it says counts
    parents = [None, "210102-GX001", None]
    changed = {"project": (shapes, {**fields, "parent": parents})}
    units = examined(tmp_path, changed=changed).units.set_index("unit")["projects"]
    assert units.to_dict() == {"210102-GX001": 3, "210103-GX001": 0}


def test_what_is_finished_is_of_what_is_known(tmp_path):
    years = {"start_year": [2024, None, None], "end_year": [2025, None, None]}
    units = examined(tmp_path, changed=with_projects(**years)).units.set_index("unit")
    west, east = units.loc["210102-GX001"], units.loc["210103-GX001"]
    assert (west["done"], west["untold"], west["finished"]) == (1, 1, 100.0)
    assert east["untold"] == 1
    assert east["finished"] is None or east["finished"] != east["finished"]


def test_what_a_project_says_of_its_progress_wins_over_its_years(tmp_path):
    fields = {
        "state": ["竣工", "停工", None],
        "start_year": [2027, 2024, 2024],
        "end_year": [2028, 2025, 2027],
    }
    found = examined(tmp_path, changed=with_projects(**fields))
    phases = found.projects.query("group == 'phase'").set_index("task")["projects"]
    assert phases.to_dict() == {"done": 1, "stopped": 1, "under_way": 1}
    assert found.units.set_index("unit").loc["210103-GX001", "stopped"] == 1


def test_a_plan_without_projects_has_units_with_none_and_one_without_units_no_table(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    units = examined(one, changed={"project": (None, None)}).units
    assert units["projects"].tolist() == [0, 0]
    assert not len(examined(two, changed={"unit": (None, None)}).units)


def test_without_problems_nothing_is_said_of_them(tmp_path):
    units = examined(tmp_path, changed={"exam_problem": (None, None)}).units
    assert units["problems"].isna().all()


def test_every_file_tells_the_sums_by_unit(tmp_path):
    folder = tmp_path / "plan"
    folder.mkdir()
    names = {"name": ["甲<b>", "乙"], "code": ["210102-GX001", "210103-GX001"],
             "parent": ["210102", "210103"], "status": ["批复", None]}  # fmt: skip
    result = exam(open_plan(written(folder, changed={"unit": (layers()["unit"][0], names)})))
    files = result.save(tmp_path / "out")
    rows = {u["unit"]: u for u in json.loads(files["exam.json"].read_text("utf-8"))["units"]}
    west = rows["210102-GX001"]
    assert (west["projects"], west["invest"], west["status"]) == (2, 100.0, "approved")
    book = openpyxl.load_workbook(files["exam.xlsx"])
    cells = [
        [str(cell) for cell in row] for row in book["单元项目汇总"].iter_rows(values_only=True)
    ]
    line = next(row for row in cells if row[0] == "210102-GX001")
    assert line[2:5] == ["批复", "2", "100"]
    layer = pyogrio.read_dataframe(files["exam.gpkg"], layer="unit").set_index("place")
    assert layer.loc["210102-GX001", ["projects", "invest"]].tolist() == [2.0, 100.0]
    page = files["exam.html"].read_text("utf-8")
    assert "各更新单元项目进度" in page
    assert "210102-GX001 甲&lt;b&gt;" in page
    assert "甲<b>" not in page


# --- beside the province's totals -------------------------------------------------------------


def test_projects_are_held_to_the_totals_of_the_province(tmp_path):
    fields = {
        "invest": [30_000.0, 50_000.0, None],
        "start_year": [2022, 2021, None],
        "plan_year": [2022, 2021, None],
    }
    found = of_province(tmp_path, with_projects(**fields)).dossier.programme.set_index("quantity")
    count, money = found.loc["projects"], found.loc["invest"]
    # the second began before the totals begin; the third has no year and counts
    assert (count["stated"], count["sum"], count["undated"]) == (3400, 2, 1)
    assert count["share"] == pytest.approx(100 * 2 / 3400)
    assert (money["stated"], money["sum"], money["without"]) == (8000, 3.0, 1)  # 亿元
    assert money["share"] == pytest.approx(100 * 3 / 8000)
    assert bool(money["at_least"])


def test_the_totals_are_not_those_of_another_plan(tmp_path):
    assert not len(examined(tmp_path).programme)


def test_the_report_tells_the_totals_with_their_source(tmp_path):
    folder = tmp_path / "plan"
    folder.mkdir()
    files = of_province(folder).save(tmp_path / "out")
    page = files["exam.html"].read_text("utf-8")
    assert "8,000以上" in page
    assert "8,000 and more" in page
    assert "第0413号提案的答复" in page
    assert "全省项目总量" in openpyxl.load_workbook(files["exam.xlsx"]).sheetnames
