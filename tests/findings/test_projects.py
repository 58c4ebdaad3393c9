"""Verdicts of projects: the same answer as for units, on what concerns the project itself."""

from __future__ import annotations

import pytest
from findings_case import IN_DISTRICT, parents

from gisplan.model import Outcome, Ruling

A = "210102-GX001"
PROJECT = f"{A}-P001"
IN_UNIT = ("project", 0, "unit", A, 0, "declared")


@pytest.fixture
def projects(case):
    case.measures["parents"] = parents(*IN_DISTRICT, IN_UNIT)
    return case


def answer(case):
    rows = case.build().project_verdicts
    assert list(rows["project"]) == [PROJECT]
    return rows.iloc[0]


def test_a_project_without_anything_against_it_is_clear(projects):
    row = answer(projects)
    assert (row["layer"], row["verdict"], row["parent"]) == ("project", "clear", A)


def test_an_error_on_the_project_blocks_it_and_its_unit(projects, in_core_zone):
    projects.offend("HER101", {**in_core_zone, "layer": "project"})
    assert answer(projects)["verdict"] == "blocked"
    assert projects.verdict(A)["verdict"] == "blocked"


def test_an_error_on_the_unit_blocks_no_project(projects, in_core_zone):
    projects.offend("HER101", in_core_zone)
    assert answer(projects)["verdict"] == "clear"


def test_an_approval_makes_a_project_conditional(projects, in_core_zone):
    row = {**in_core_zone, "layer": "project", "ruling": Ruling.APPROVAL}
    assert answer(projects.offend("HER101", row))["verdict"] == "conditional"


def test_without_a_heritage_layer_no_project_is_clear(projects):
    del projects.layers["heritage_body"]
    assert answer(projects)["verdict"] == "undetermined"


def test_a_project_that_could_not_be_judged_is_undetermined(projects):
    row = {"layer": "project", "fid": 0, "why_zh": "更新方式未填写", "why_en": "no mode"}
    projects.run("HER101", Outcome.NOT_JUDGED, not_judged=[row])
    found = answer(projects)
    assert found["verdict"] == "undetermined"
    assert "更新方式未填写" in found["why_zh"][0]


def test_a_unit_or_parcel_that_could_not_be_judged_leaves_the_project_alone(projects):
    projects.layers["parcel"] = projects.layers["project"].assign(code="D1")
    rows = [
        {"layer": layer, "fid": 0, "why_zh": "更新方式未填写", "why_en": "no mode"}
        for layer in ("unit", "parcel")
    ]
    projects.run("HER101", Outcome.NOT_JUDGED, not_judged=rows)
    assert answer(projects)["verdict"] == "clear"
    assert projects.verdict(A)["verdict"] == "undetermined"


def test_a_plan_without_projects_has_no_verdicts_of_them(case):
    del case.layers["project"]
    rows = case.build().project_verdicts
    assert len(rows) == 0
    assert {"layer", "project", "verdict", "approvals_due"} <= set(rows.columns)
