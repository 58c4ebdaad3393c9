"""Targets, former years, priorities, the loop, projects and candidates of the tiny city."""

from __future__ import annotations

import json

import pytest

from gisplan.errors import PlanError
from gisplan.exam.examine import half_of_last_digit, trend
from gisplan.exam.former import read_former
from gisplan.exam.priority import shortfall
from gisplan.pipeline import exam, open_plan
from tests.exam.tiny_city import at, layers, point, written


def examined(folder, last=None, **options):
    return exam(open_plan(written(folder, **options)), last=last).dossier


def one(dossier, indicator, level, place):
    rows = dossier.values
    mask = (rows["indicator"] == indicator) & (rows["level"] == level) & (rows["place"] == place)
    return rows[mask].iloc[0]


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    return examined(tmp_path_factory.mktemp("city"))


def stated(**more):
    row = {"ZBDM": "C113", "QYBH": "210100", "ND": 2025, "SZ": None, "MBZ": None, **more}
    return row


# --- targets and years ------------------------------------------------------------------------


def test_a_target_is_met_at_its_value_and_missed_beyond(tmp_path):
    found = examined(tmp_path, more="[exam.targets]\nH101 = 10\nC102 = 1.6\n")
    assert one(found, "H101", "city", "210100")["grade"] == "met"  # exactly 10 %
    assert one(found, "C102", "city", "210100")["grade"] == "missed"  # 1.5 of at least 1.6


def test_targets_of_the_table_win_and_the_nearest_of_them(tmp_path):
    rows = [
        stated(ZBDM="H101", QYBH=None, MBZ=5),
        stated(ZBDM="H101", QYBH="210100", MBZ=12),
    ]
    found = examined(tmp_path, tables={"exam_value": rows}, more="[exam.targets]\nH101 = 99\n")
    assert one(found, "H101", "city", "210100")["target"] == 12
    assert one(found, "H101", "district", "210102")["target"] == 5


def test_a_reported_indicator_takes_its_value_from_the_table(tmp_path):
    found = examined(tmp_path, tables={"exam_value": [stated(SZ=88.5)]})
    row = one(found, "C113", "city", "210100")
    assert (row["value"], row["origin"]) == (88.5, "reported")
    district = found.values.query("indicator == 'C113' and level == 'district'")
    assert not len(district)


def test_a_year_before_gives_the_trend(tmp_path):
    rows = [
        stated(ZBDM="H101", ND=2024, SZ=12.0),
        stated(ZBDM="C102", ND=2024, SZ=1.9),
        stated(ZBDM="H101", ND=2023, SZ=50.0),
    ]
    found = examined(tmp_path, tables={"exam_value": rows})
    lower, higher = one(found, "H101", "city", "210100"), one(found, "C102", "city", "210100")
    assert (lower["last_year"], lower["last"], lower["trend"]) == (2024, 12.0, "improved")
    assert higher["trend"] == "worsened"
    assert (found.year, found.last_year) == (2025, 2024)


@pytest.mark.parametrize(
    ("direction", "before", "value", "found"),
    [("higher", 82.74, 82.7449, "same"), ("higher", 82.74, 82.746, "improved"),
     ("lower", 82.74, 82.734, "improved"), ("lower", 12.0, 12.3, "worsened"),
     ("higher", 0.0036, 0.00364, "same"), ("higher", 0.0036, 0.0037, "improved"),
     ("higher", 5e-07, 1.0, "improved"), ("higher", 0.0, 0.002, "improved"),
     ("lower", 0.0, 0.0, "same"), ("higher", 1e-07, 1e-07, "same")],
)  # fmt: skip
def test_a_value_of_the_table_bears_no_more_than_its_digits(direction, before, value, found):
    assert trend(direction, before, value, half_of_last_digit(before)) == found


@pytest.mark.parametrize(("by_table", "trend"), [(True, "same"), (False, "worsened")])
def test_rounding_in_a_table_is_no_trend_and_a_former_result_is_exact(tmp_path, by_table, trend):
    before = stated(ZBDM="C101", ND=2024, SZ=1.25)
    last = {} if by_table else {("C101", "city", "210100"): (2024, 1.25)}
    shapes, fields = layers()["community"]
    fields["population"][0] += 40  # of 25,000 on 2 km2: less is better, a table would say 1.25
    changed = {"community": (shapes, fields)}
    found = examined(tmp_path, last=last, changed=changed, tables={"exam_value": [before]})
    row = one(found, "C101", "city", "210100")
    assert row["value"] == pytest.approx(1.252, abs=1e-6)
    assert row["trend"] == trend


def test_a_target_with_the_wrong_direction_is_said_and_not_graded(tmp_path):
    rows = [stated(ZBDM="C102", MBZ=1.0, FX="越低越好")]
    found = examined(tmp_path, tables={"exam_value": rows})
    assert one(found, "C102", "city", "210100")["grade"] == "ungraded"
    assert any("C102" in note.zh and "方向" in note.zh for note in found.notes)


def test_an_indicator_that_nobody_knows_is_said(tmp_path):
    found = examined(tmp_path, tables={"exam_value": [stated(ZBDM="X999", SZ=1.0)]})
    assert any("X999" in note.en for note in found.notes)


@pytest.mark.parametrize(
    ("value", "target", "direction", "expected"),
    [(8, 8, "higher", 0), (6, 8, "higher", 0.25), (0, 8, "higher", 1), (1, 0, "lower", 1),
     (0, 0, "lower", 0), (3, 2, "lower", 0.5), (9, 2, "lower", 1)],
)  # fmt: skip
def test_the_shortfall_is_the_distance_from_the_target(value, target, direction, expected):
    assert shortfall(value, target, direction) == pytest.approx(expected)


def test_weights_shift_the_priority(tmp_path, city):
    plain = city.scores.set_index(["level", "place"])["score"]
    found = examined(tmp_path, more="[exam.weights]\nC105 = 9\n")
    heavy = found.scores.set_index(["level", "place"])["score"]
    assert heavy["district", "210103"] > plain["district", "210103"]
    assert heavy["district", "210102"] < plain["district", "210102"]
    assert any("C105 9" in note.zh for note in found.notes)


# --- the loop ---------------------------------------------------------------------------------


def test_each_problem_goes_as_far_as_the_plan_takes_it(city):
    rows = city.problems.set_index("code")
    assert rows.loc["P1", "units"] == ["210102-GX001"]  # the unit names it
    assert rows.loc["P1", "stage"] == "in_unit"
    assert rows.loc["P2", "projects"] == ["210103-GX001-P001"]
    assert rows.loc["P2", "units"] == ["210103-GX001"]  # of its project
    assert rows.loc["P2", "stage"] == "solved"
    assert rows.loc["P3", "stage"] == "open"
    assert (rows.loc["P4", "stage"], rows.loc["P4", "units_by"]) == ("open", "located")


def test_counts_of_the_loop_close(city):
    whole = city.closure.iloc[0]
    assert [whole[c] for c in ("problems", "in_unit", "in_project", "solved")] == [4, 2, 1, 1]
    assert whole["rate"] == 25.0
    assert (city.problems["stage"] == "open").sum() == whole["problems"] - whole["in_unit"]
    unit = city.closure.set_index("place").loc["210103-GX001"]
    assert (unit["problems"], unit["solved"]) == (2, 1)
    for level, counts in (("city", [4]), ("district", [1, 3])):
        part = city.closure[city.closure["level"] == level]
        assert part["problems"].tolist() == counts
        for count in ("in_unit", "in_project", "solved"):
            assert part[count].sum() == whole[count]
    assert city.idle["code"].tolist() == ["210102-GX001-P001", "210102-GX001-P002"]


def test_a_problem_outside_every_area_is_counted_under_none(tmp_path):
    shapes, fields = layers()["exam_problem"]
    found = examined(tmp_path, changed={"exam_problem": ([*shapes[:3], point(9000, 9000)], fields)})
    part = found.closure[found.closure["level"] == "city"].set_index("place")["problems"]
    assert part.to_dict() == {"": 1, "210100": 3}


def test_solved_without_an_evaluation_is_not_solved(tmp_path):
    shapes, fields = layers()["exam_problem"]
    fields["evaluated_on"] = [None] * 4
    found = examined(tmp_path, changed={"exam_problem": (shapes, fields)})
    assert found.problems.set_index("code").loc["P2", "stage"] == "in_project"


def test_a_project_that_does_not_exist_is_named(tmp_path):
    shapes, fields = layers()["exam_problem"]
    found = examined(
        tmp_path,
        changed={"exam_problem": (shapes, {**fields, "project": ["X-1", None, None, None]})},
    )
    assert found.problems.set_index("code").loc["P1", "unknown"] == ["X-1"]


def test_a_plan_without_problems_has_no_loop(tmp_path):
    found = examined(tmp_path, changed={"exam_problem": (None, None)})
    assert found.problems is None
    assert found.closure is None


# --- projects and candidates ------------------------------------------------------------------


def test_sums_of_projects_close(city):
    table = city.projects
    whole = table[table["group"] == "all"].iloc[0]
    assert (whole["projects"], whole["invest"], whole["without"]) == (3, 150.0, 1)
    for group in ("task", "type", "year"):
        part = table[table["group"] == group]
        assert (part["projects"].sum(), part["invest"].sum()) == (3, 150.0)
    for level in ("city", "district"):
        part = table[(table["group"] == "place") & (table["level"] == level)]
        assert part["projects"].sum() == 3
    cell = table[(table["group"] == "place_task") & (table["place"] == "210102")]
    assert cell[["task", "projects"]].values.tolist() == [["1", 2]]


def test_candidates_are_old_or_ill_used_and_heritage_comes_first(tmp_path):
    shapes, fields = layers()["building"]
    fields["year"] = [2000, 2001, 1980]
    fields["floor_area"] = [5_000.0, 5_000.0, 12_000.0]
    zone = {
        "heritage_zone": (
            [at(1100, 100, 1200, 200)], {"code": ["Q1"], "name": ["老街"], "zone": ["Z6"]}
        )
    }  # fmt: skip
    found = examined(tmp_path, changed={"building": (shapes, fields), **zone}).candidates
    assert found["kind"].tolist() == ["residential", "residential"]
    assert found["zones"].tolist() == [["老街"], []]
    assert found["heritage_m2"].tolist() == pytest.approx([10_000, 0], rel=1e-3)
    assert found["old_share"].tolist() == [1.0, 0.5]  # a half is enough

    fields["floor_area"] = [4_999.0, 5_000.0, 12_000.0]
    again = tmp_path / "again"
    again.mkdir()
    less = examined(again, changed={"building": (shapes, fields), **zone}).candidates
    assert len(less) == 1


# --- a former exam ----------------------------------------------------------------------------


def test_a_former_result_is_what_the_trend_compares_with(tmp_path):
    before, now = tmp_path / "before", tmp_path / "now"
    before.mkdir()
    now.mkdir()
    shapes, fields = layers()["building"]
    older = {**fields, "year": [1990, 1990, 2022]}
    plan = open_plan(
        written(before, changed={"building": (shapes, older)}, more="[exam]\nyear = 2024\n")
    )
    exam(plan).save(tmp_path / "old")
    last = read_former(tmp_path / "old")
    found = examined(now, last=last, more="[exam]\nyear = 2025\n")
    row = one(found, "H101", "city", "210100")
    assert row["last"] == pytest.approx(40.0)
    assert row["trend"] == "improved"
    assert one(found, "C102", "city", "210100")["trend"] == "same"


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", '{"schema": "gisplan-exam/0"}', '{"schema": "gisplan-exam/1", "year": null}',
     '{"schema": "gisplan-exam/1", "year": 2024}',
     '{"schema": "gisplan-exam/1", "year": 2024, "values": [{"indicator": "H101"}]}'],
)  # fmt: skip
def test_what_is_no_former_result_is_refused_in_one_line(tmp_path, content):
    file = tmp_path / "exam.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(PlanError, match=r"exam\.json") as caught:
        read_former(file)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "more",
    ["[exam]\nyears = 2025\n", "[exam]\ndetour = 0.5\n", "[exam.targets]\nB999 = 1\n",
     "[exam.weights]\nB101 = -1\n", "[exam]\nresidential = []\n"],
)  # fmt: skip
def test_settings_that_do_not_fit_name_their_line(tmp_path, more):
    with pytest.raises(PlanError, match=r"gisplan\.toml"):
        open_plan(written(tmp_path, more=more))


# --- files ------------------------------------------------------------------------------------


def test_all_files_tell_the_same_and_twice_the_same_bytes(tmp_path):
    import openpyxl
    import pyogrio

    hostile = layers()["city"][1] | {"name": ['=cmd|"/c calc"!A0<script>alert(1)</script>']}
    folder = tmp_path / "plan"
    folder.mkdir()
    plan = open_plan(written(folder, changed={"city": (layers()["city"][0], hostile)}))
    first = exam(plan).save(tmp_path / "one")
    second = exam(plan).save(tmp_path / "two")
    assert set(first) == {
        "exam.json", "exam.xlsx", "exam.gpkg", "exam.html", "exam_map.html", "manifest.json"
    }  # fmt: skip
    for name in ("exam.xlsx", "exam.gpkg", "exam_map.html"):
        assert first[name].read_bytes() == second[name].read_bytes()
    document = json.loads(first["exam.json"].read_text("utf-8"))
    assert document["schema"] == "gisplan-exam/1"
    value = next(
        row["value"]
        for row in document["values"]
        if (row["indicator"], row["place"]) == ("H101", "210100")
    )
    assert value == 10.0
    layer = pyogrio.read_dataframe(first["exam.gpkg"], layer="city")
    assert layer["H101"][0] == value
    book = openpyxl.load_workbook(first["exam.xlsx"])
    cells = [c for row in book["指标评价结果统计表"].iter_rows(values_only=True) for c in row]
    assert any(str(c).startswith("'=cmd") for c in cells)
    page = first["exam.html"].read_text("utf-8")
    assert "<script>alert" not in page
    assert "10" in page
    assert "城市体检报告" in page


def test_the_command_says_what_it_found(gisplan, tmp_path):
    folder = tmp_path / "plan"
    folder.mkdir()
    written(folder)
    done = gisplan("exam", folder, "-o", tmp_path / "out", "--lang", "zh")
    assert done.returncode == 0, done.stderr
    assert "体检问题 4 个" in done.stdout
    assert (tmp_path / "out" / "exam.html").is_file()
    wrong = gisplan("exam", folder, "-o", tmp_path / "out", "--compare", tmp_path / "none.json")
    assert wrong.returncode == 2
    assert "none.json" in wrong.stderr
