"""The periodic report: trends, problems found and solved, projects; what it refuses."""

from __future__ import annotations

import json
import shutil

import pytest

from gisplan.errors import PlanError
from gisplan.exam.bulletin import make_bulletin
from gisplan.pipeline import exam, open_plan
from gisplan.render.exam.bulletin import bulletin_html, bulletin_sheets, bulletin_writers, chart
from gisplan.verify import exit_status, verify
from tests.exam.tiny_city import layers, written


def result(folder, year, **options):
    plan = folder / f"plan{year}"
    plan.mkdir()
    opened = open_plan(written(plan, more=f"[exam]\nyear = {year}\n", **options))
    exam(opened).save(folder / f"exam{year}")
    return folder / f"exam{year}"


def problems(drop=(), **changed):
    """Return the problems of the tiny city without some, and with other fields."""
    shapes, fields = layers()["exam_problem"]
    kept = [n for n, code in enumerate(fields["code"]) if code not in drop]
    fields = {**fields, **changed}
    return [shapes[n] for n in kept], {k: [v[n] for n in kept] for k, v in fields.items()}


@pytest.fixture(scope="module")
def years(tmp_path_factory):
    """Two exams: in 2024 fewer roads, P1 is not yet known and P2 not yet solved."""
    folder = tmp_path_factory.mktemp("years")
    roads, fields = layers()["road"]
    before = {
        "road": (roads[:1], {"code": fields["code"][:1]}),
        "exam_problem": problems(drop=["P1"], status=["open"] * 4, evaluated_on=[None] * 4),
    }
    old = result(folder, 2024, changed=before)
    new = result(folder, 2025, changed={"exam_problem": problems(drop=["P4"])})
    return old, new


@pytest.fixture(scope="module")
def record(years):
    return make_bulletin([years[1], years[0]], "x")  # the order does not matter


def trend_of(record, code, place):
    return next(
        line
        for line in record["exams"]["indicators"]
        if (line["indicator"], line["place"]) == (code, place)
    )


def test_runs_are_put_in_order_by_year(record):
    assert [run["label"] for run in record["exams"]["runs"]] == ["2024", "2025"]


def test_a_value_that_moved_has_its_change_and_which_way_it_went(record):
    roads = trend_of(record, "C102", "210100")
    assert roads["values"] == pytest.approx([1.0, 1.5])
    assert (roads["change"], roads["trend"]) == (pytest.approx(0.5), "improved")
    same = trend_of(record, "H101", "210100")
    assert (same["change"], same["trend"]) == (0, "same")
    assert trend_of(record, "C103", "210100")["trend"] is None  # no way is better


def test_each_problem_stands_where_it_went_and_the_counts_close(record):
    found = record["exams"]["problems"]
    codes = {name: [row["code"] for row in found[name]] for name in
             ("new", "gone", "closed", "reopened", "further", "back")}  # fmt: skip
    assert codes == {
        "new": ["P1"], "gone": ["P4"], "closed": ["P2"], "reopened": [], "further": [], "back": [],
    }  # fmt: skip
    assert found["before"] + len(found["new"]) - len(found["gone"]) == found["now"]
    moved = sum(len(found[name]) for name in ("closed", "reopened", "further", "back"))
    assert moved + found["same"] == found["now"] - len(found["new"])


def test_the_other_way_round_a_solved_problem_is_open_again(years, tmp_path):
    document = json.loads((years[1] / "exam.json").read_text("utf-8")) | {"year": 2020}
    earlier = tmp_path / "exam.json"
    earlier.write_text(json.dumps(document), "utf-8")
    found = make_bulletin([earlier, years[0]], "x")["exams"]["problems"]
    assert [row["code"] for row in found["reopened"]] == ["P2"]
    assert not found["closed"]


def test_grades_that_changed_are_listed(years, tmp_path):
    document = json.loads((years[1] / "exam.json").read_text("utf-8")) | {"year": 2026}
    row = next(r for r in document["values"] if (r["indicator"], r["place"]) == ("C102", "210100"))
    assert row["grade"] == "missed"
    before, row["grade"] = row["grade"], "met"
    later = tmp_path / "exam.json"
    later.write_text(json.dumps(document), "utf-8")
    moved = make_bulletin([years[1], later], "x")["exams"]["moved"]
    assert [(m["indicator"], m["place"], m["from"], m["to"]) for m in moved] == [
        ("C102", "210100", before, "met")
    ]


def test_projects_that_say_no_years_are_not_said_to_be_unfinished(record):
    assert [run["done"] for run in record["exams"]["runs"]] == [None, None]
    assert "已完工 – → – 个" in bulletin_html(record, "zh")


def test_a_review_tells_new_and_closed_findings(tmp_path):
    def document(name, *prints):
        findings = [
            {"fingerprint": p, "code": "BND101", "severity": "error", "layer": "unit",
             "feature": p, "message": {"zh": "<b>越界</b>", "en": "outside"}}
            for p in prints
        ]  # fmt: skip
        verdict = {"unit": "U1", "name": "甲", "verdict": "clear" if name == "b" else "blocked"}
        file = tmp_path / name / "findings.json"
        file.parent.mkdir()
        run = {"started": f"2026-01-0{1 + (name == 'b')}T00:00:00+00:00", "gisplan": "1"}
        file.write_text(json.dumps({
            "schema": "gisplan-findings/1", "run": run, "plan": {"name": "试验"},
            "findings": findings, "verdicts": [verdict],
        }), "utf-8")  # fmt: skip
        return file.parent

    record = make_bulletin([document("b", "p2", "p3"), document("a", "p1", "p2")], "x")
    reviews = record["reviews"]
    assert [row["fingerprint"] for row in reviews["new"]] == ["p3"]
    assert [row["fingerprint"] for row in reviews["closed"]] == ["p1"]
    assert (reviews["kept"], reviews["verdicts"][0]["to"]) == (1, "clear")
    assert record["exams"] is None
    page = bulletin_html(record, "zh")
    assert "<b>越界" not in page
    assert "&lt;b&gt;越界" in page


def test_the_page_and_the_workbook_show_the_same_and_twice_the_same_bytes(record, tmp_path):
    first, second = tmp_path / "1", tmp_path / "2"
    for folder in (first, second):
        folder.mkdir()
        for name, write in bulletin_writers(record, "zh").items():
            write(folder / name)
    for file in first.iterdir():
        assert file.read_bytes() == (second / file.name).read_bytes()
    page = (first / "bulletin.html").read_text("utf-8")
    assert "新发现 1，解决 1" in page
    assert "1 new, 1 solved" in page
    assert page.count("<svg") == len(record["exams"]["indicators"])
    titles = [sheet.title.zh for sheet in bulletin_sheets(record, "zh")]
    assert titles == ["变化摘要", "指标趋势", "评价变化", "问题变化", "项目进展"]


def test_a_chart_leaves_a_gap_where_nothing_was_computed():
    whole, gap = chart([1.0, 2.0, 3.0], None), chart([1.0, None, 3.0], None)
    assert (whole.count("<line"), whole.count("<circle")) == (2, 3)
    assert (gap.count("<line"), gap.count("<circle")) == (0, 2)
    assert "stroke-dasharray" in chart([1.0, 2.0], 5.0)
    assert chart([None, None], None) == ""


# --- what it refuses --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("no json", "不是 JSON"),
        ('{"schema": "gisplan-exam/0", "run": {}}', "不是 gisplan-exam/1"),
        ('{"schema": "gisplan-map/1"}', "不是 gisplan-exam/1"),
        ('{"schema": "gisplan-exam/1"}', "内容不完整"),
        ('{"schema": "gisplan-exam/1", "run": {"started": "2026"}, "levels": 3}', "内容不完整"),
    ],
)
def test_a_file_that_is_no_result_is_refused_in_one_line(years, tmp_path, content, says):
    file = tmp_path / "exam.json"
    file.write_text(content, "utf-8")
    with pytest.raises(PlanError) as caught:
        make_bulletin([years[0], file], "x")
    line = caught.value.message("zh")
    assert says in line
    assert f"{tmp_path.name}/exam.json" in line
    assert "\n" not in line


def test_one_result_alone_and_one_twice_are_refused(years, tmp_path):
    with pytest.raises(PlanError, match="former result"):
        make_bulletin([years[0]], "x")
    with pytest.raises(PlanError, match="the same result"):
        make_bulletin([years[0], years[0] / "exam.json"], "x")
    with pytest.raises(PlanError, match=r"no exam\.json"):
        make_bulletin([years[0], tmp_path], "x")


def test_results_of_two_plans_are_compared_with_a_warning(years, tmp_path):
    document = json.loads((years[1] / "exam.json").read_text("utf-8")) | {"plan": "别的市"}
    other = tmp_path / "exam.json"
    other.write_text(json.dumps(document), "utf-8")
    notes = make_bulletin([years[0], other], "x")["notes"]
    assert any("别的市" in note["zh"] for note in notes)


def test_the_command_writes_its_files_and_exits_2_on_bad_input(gisplan, years, tmp_path):
    done = gisplan("bulletin", *years, "-o", tmp_path / "out", "--lang", "zh")
    assert done.returncode == 0, done.stderr
    assert "新发现 1，解决 1" in done.stdout
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "bulletin.html", "bulletin.json", "bulletin.xlsx", "manifest.json"
    ]  # fmt: skip
    wrong = gisplan("bulletin", years[0], tmp_path / "none", "-o", tmp_path / "out")
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)
    again = gisplan("bulletin", *years, "-o", tmp_path / "out", "-q")
    assert (again.returncode, again.stdout) == (0, "")


# --- is it as it was written ------------------------------------------------------------------


@pytest.fixture
def bulletin(gisplan, years, tmp_path):
    """Return a folder with two results and the bulletin of them."""
    for year in years:
        shutil.copytree(year, tmp_path / year.name)
    done = gisplan("bulletin", *(tmp_path / y.name for y in years), "-o", tmp_path / "out", "-q")
    assert done.returncode == 0, done.stderr
    return tmp_path


def states(folder):
    return {(c.what, c.name): c.state for c in verify(folder) if c.state != "same"}


def test_a_bulletin_that_nobody_touched_is_the_same(bulletin, years):
    checked = verify(bulletin / "out")
    assert states(bulletin / "out") == {}
    assert {c.name for c in checked if c.what == "file"} == {
        "bulletin.html", "bulletin.json", "bulletin.xlsx"
    }  # fmt: skip
    results = {c.name for c in checked if c.what == "result"}
    assert results == {"exam2024/exam.json", "exam2025/exam.json"}
    assert exit_status(checked) == 0


def test_an_edited_bulletin_and_results_that_changed_or_went_are_named(bulletin):
    with (bulletin / "out" / "bulletin.html").open("ab") as file:
        file.write(b" ")
    with (bulletin / "exam2025" / "exam.json").open("ab") as file:
        file.write(b" ")
    (bulletin / "exam2024" / "exam.json").unlink()
    assert states(bulletin / "out") == {
        ("file", "bulletin.html"): "changed",
        ("result", "exam2024/exam.json"): "missing",
        ("result", "exam2025/exam.json"): "changed",
    }


def test_a_bulletin_moved_with_its_results_is_the_same_and_names_no_place(bulletin):
    moved = bulletin.with_name(bulletin.name + "-moved")
    bulletin.rename(moved)
    assert states(moved / "out") == {}
    assert bulletin.name not in (moved / "out" / "manifest.json").read_text("utf-8")


def test_verify_tells_of_former_results_in_both_languages(gisplan, bulletin):
    for lang, words in (("zh", "所用结果"), ("en", "result it was made from")):
        done = gisplan("verify", bulletin / "out", "--lang", lang)
        assert (done.returncode, words in done.stdout) == (0, True), done.stderr


def test_a_bulletin_is_not_written_over_a_result_that_it_is_made_from(gisplan, bulletin):
    done = gisplan("bulletin", bulletin / "exam2024", bulletin / "exam2025", "-o",
                   bulletin / "exam2025", "--lang", "zh")  # fmt: skip
    assert done.returncode == 2
    assert "请另指定输出文件夹" in done.stderr
    assert (bulletin / "exam2025" / "exam.json").is_file()
