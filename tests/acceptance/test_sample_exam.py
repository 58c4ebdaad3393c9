"""The sample's exam: two years that agree, problems that each went somewhere, sums that close."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from gisplan.catalogue.exam import exam_indicators
from gisplan.exam.bulletin import make_bulletin
from gisplan.exam.former import read_former
from gisplan.model import ExamDossier
from gisplan.pipeline import exam, open_plan
from gisplan.testing.sample import build_year_before
from gisplan.testing.sample_year_before import LEVELS


@pytest.fixture(scope="module")
def now(sample_home: Path) -> ExamDossier:
    return exam(open_plan(sample_home)).dossier


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the result of the exam of the year before."""
    folder = tmp_path_factory.mktemp("before")
    build_year_before(folder / "plan")
    result = exam(open_plan(folder / "plan"))
    assert result.dossier.year == 2024
    result.save(folder / "out")
    return folder / "out"


def test_every_value_of_the_upper_levels_has_one_of_the_year_before(now: ExamDossier) -> None:
    upper = now.values[now.values["level"].isin(LEVELS) & now.values["value"].notna()]
    assert (now.year, now.last_year) == (2025, 2024)
    assert len(upper) > 300
    assert upper["last"].notna().all()
    graded = upper[upper["trend"].notna()]
    assert set(graded["trend"]) == {"improved", "worsened", "same"}


def test_every_indicator_of_the_sample_has_a_value(now: ExamDossier) -> None:
    assert dict(now.missing) == {}
    cities = now.values[now.values["level"] == "city"]
    assert set(cities.loc[cities["value"].notna(), "indicator"]) == set(exam_indicators())
    assert (cities.loc[cities["grade"] == "met", "indicator"].nunique()) >= 4


def test_compared_with_the_result_of_the_year_before_the_sample_says_the_same_as_its_table(
    sample_home: Path, now: ExamDossier, before: Path
) -> None:
    compared = exam(open_plan(sample_home), last=read_former(before)).dossier.values
    upper = compared["level"].isin(LEVELS)
    pd.testing.assert_series_equal(
        compared["last"][upper].astype(float), now.values["last"][upper].astype(float),
        rtol=0, atol=0.000051,
    )  # fmt: skip
    other = (compared["trend"] != now.values["trend"]) & compared["trend"].notna() & upper
    moved = (compared["value"] - compared["last"])[other].astype(float).abs()
    assert (moved < 0.00051).all()  # 0.017 in the table: it has dropped a zero, and says "same"
    lower = compared[~upper & compared["value"].notna()]
    assert lower["last"].notna().all()  # communities and units too


def test_each_problem_of_the_sample_went_somewhere_and_the_stages_close(now: ExamDossier) -> None:
    assert now.problems is not None
    assert now.closure is not None
    stages = Counter(now.problems["stage"])
    assert stages == {"solved": 12, "in_project": 48, "in_unit": 3, "open": 1}
    whole = now.closure.iloc[0]
    assert whole["problems"] == len(now.problems) == 64
    assert whole["in_unit"] == stages["solved"] + stages["in_project"] + stages["in_unit"]
    assert whole["solved"] == stages["solved"]
    assert set(now.problems["year"]) == {2024, 2025}
    assert not now.problems["unknown"].map(len).any()


def test_a_solved_problem_of_the_sample_was_found_the_year_before_and_its_project_is_done(
    sample_home: Path, now: ExamDossier
) -> None:
    assert now.problems is not None
    solved = now.problems[now.problems["stage"] == "solved"]
    assert set(solved["year"]) == {2024}
    assert solved["evaluated_on"].notna().all()
    states = now.plan.layers["project"].frame.set_index("code")["state"]
    assert {states[code] for codes in solved["projects"] for code in codes} == {"done"}


def test_projects_of_the_sample_are_summed_by_unit_and_its_lists_nest_but_for_one(
    now: ExamDossier,
) -> None:
    phases = now.projects.query("group == 'phase'").set_index("task")["projects"]
    assert set(phases.index) == {"done", "under_way", "ahead", "stopped"}
    assert phases.sum() == now.units["projects"].sum() == 61
    assert now.units["done"].sum() == phases["done"] == 12
    lists = now.lists.set_index("list")
    assert (lists.loc["project_pool", "items"], len(lists.loc["annual_plan", "outside"])) == (60, 1)
    assert now.programme["sum"].iloc[0] == 61


def test_the_bulletin_of_both_years_tells_what_was_solved(
    sample_home: Path, before: Path, tmp_path: Path
) -> None:
    exam(open_plan(sample_home)).save(tmp_path / "now")
    problems = make_bulletin([before, tmp_path / "now"], "0")["exams"]["problems"]
    assert len(problems["closed"]) == 12
    assert problems["before"] + len(problems["new"]) - len(problems["gone"]) == problems["now"]
    assert not problems["gone"]
