"""What is due of whom: every step once, in the order of the law, with what it serves."""

from __future__ import annotations

import pytest

from gisplan.catalogue.matrix import ruling_for
from gisplan.findings.approvals import approvals_due
from gisplan.findings.cited import cited

VERIFIED, UNVERIFIED = cited("historic-cities-regulation-524#26"), cited("gisplan-proposal")


def finding(zone, mode, level=None, fingerprint="f1", **more):
    cell = ruling_for(zone, level, mode)
    return {
        "fingerprint": fingerprint,
        "ruling": cell.ruling.value,
        "state": "new",
        "route": {"key": cell.route_key, "steps": list(cell.steps)},
        "sources": [cited(reference) for reference in cell.sources],
        **more,
    }


def kinds(due):
    return [(step["order"], step["kind"]) for step in due]


def test_review_notice_and_approval_come_in_this_order():
    due = approvals_due([finding("Z6", "M4")])
    assert kinds(due) == [(1, "expert_review"), (2, "notice"), (3, "approval")]
    assert [step["notice_days"] for step in due] == [None, 20, None]
    assert [step["expert_review"] for step in due] == [True, False, False]
    assert due[2]["sources"] == [cited("historic-cities-regulation-524#28")]


def test_archaeology_comes_first_and_the_planning_permit_last():
    rows = [finding("Z6", "M4", fingerprint="f1"), finding("Z3", "M4", "city", fingerprint="f2")]
    due = approvals_due(rows)
    assert [step["kind"] for step in due] == [
        "archaeology",
        "expert_review",
        "notice",
        "consent",
        "approval",
        "permit",
    ]
    assert [step["order"] for step in due] == [1, 2, 3, 4, 5, 6]


def test_a_step_that_several_conflicts_ask_for_is_there_once_and_names_them_all():
    rows = [finding("Z7", "M4", fingerprint="b"), finding("Z10", "M6", fingerprint="a")]
    (due,) = approvals_due(rows)
    assert due["serves"] == ["a", "b"]
    assert [source["article"] for source in due["sources"]] == ["5.2.4", "23", "26"]


def test_steps_of_equal_rank_share_a_number():
    due = approvals_due([finding("Z7", "M4"), finding("Z3", "M4", "city"), finding("Z5", "M5")])
    assert [step["order"] for step in due if step["kind"] == "consultation"] == [2, 2]


@pytest.mark.parametrize(("mode", "expected"), [("M6", []), ("M1", [])])
def test_a_prohibition_and_a_notice_open_no_procedure(mode, expected):
    zone = "Z6" if mode == "M6" else "Z7"
    assert approvals_due([finding(zone, mode)]) == expected


def test_a_step_under_an_exception_says_so_unless_a_plain_approval_asks_for_it_too():
    exception = finding("Z6", "M5", fingerprint="a")
    assert all(step["exception"] for step in approvals_due([exception]))
    due = approvals_due([exception, finding("Z6", "M4", fingerprint="b")])
    plain = {step["step"] for step in due if not step["exception"]}
    assert plain == {"core-expert-review", "core-notice", "core-demolition-approval"}


@pytest.mark.parametrize(("source", "verified"), [(VERIFIED, True), (UNVERIFIED, False)])
def test_a_step_rests_on_the_articles_of_the_ruling_where_it_has_none_of_its_own(source, verified):
    (due,) = approvals_due([finding("Z8", "M5", sources=[source])])
    assert due["sources"] == [source]
    assert due["verified"] is verified


def test_the_order_of_the_findings_changes_nothing():
    rows = [
        finding("Z6", "M5", fingerprint="c"),
        finding("Z3", "M5", "national", fingerprint="a"),
        finding("Z10", "M6", fingerprint="b"),
    ]
    assert approvals_due(rows) == approvals_due(rows[::-1])


def test_a_finding_without_a_route_asks_for_nothing():
    assert approvals_due([finding("Z6", "M4", route=None)]) == []


def test_a_waived_conflict_still_needs_its_procedure():
    assert approvals_due([finding("Z6", "M4", state="waived")])


def test_a_unit_lists_what_its_projects_need(case, in_core_zone):
    cell = ruling_for("Z6", None, "M4")
    route = {"key": cell.route_key, "steps": cell.steps}
    case.offend("HER101", {**in_core_zone, "ruling": cell.ruling, "route": route})
    verdict = case.verdict("210102-GX001")
    assert kinds(verdict["approvals_due"]) == [(1, "expert_review"), (2, "notice"), (3, "approval")]
    assert case.verdict("210102-GX002")["approvals_due"] == []
