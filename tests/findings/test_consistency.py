"""The consistency of a tier: a figure that never hides what was not checked."""

from __future__ import annotations

import datetime as dt

import pytest

from gisplan.model import Outcome, Waiver

A, B = "210102-GX001", "210102-GX002"


def unit(case):
    return next(row for row in case.build().consistency if row.tier == "unit")


def test_every_tier_has_a_row_top_first(case):
    case.run("BND101", Outcome.PASSED)
    assert [row.tier for row in case.build().consistency] == ["district", "unit", "project"]


def test_a_tier_without_errors_is_consistent(case):
    row = unit(case.run("BND101", Outcome.PASSED))
    assert (row.score, row.failed, row.explain, row.unchecked_rules) == (1.0, 0, 0, 0)


def test_an_error_on_one_of_three_units_takes_a_third_of_its_rule(case, overlap):
    row = unit(case.offend("GEO103", overlap).run("BND101", Outcome.PASSED))
    assert row.score == pytest.approx(1 - 1 / 6, abs=1e-6)
    assert (row.rules, row.failed) == (2, 1)


def test_what_was_not_checked_is_counted_beside_the_figure(case, overlap):
    case.offend("GEO103", overlap).run("BND101", Outcome.SKIPPED)
    row = unit(case)
    assert row.score == pytest.approx(2 / 3, abs=1e-6)
    assert (row.rules, row.unchecked_rules) == (1, 1)


def test_features_that_could_not_be_judged_are_counted(case):
    aside = {"layer": "unit", "fid": 0, "why_zh": "缺字段", "why_en": "no field"}
    assert unit(case.run("POL102", Outcome.NOT_JUDGED, not_judged=[aside])).unchecked_features == 1


def test_nothing_judged_is_no_figure(case):
    assert unit(case.run("BND101", Outcome.SKIPPED)).score is None


def test_a_waived_error_is_to_be_explained(case, overlap):
    case.waivers = [
        Waiver(reason="危房", by="市局", code="GEO103", feature=A, until=dt.date(2027, 1, 1))
    ]
    row = unit(case.offend("GEO103", overlap))
    assert (row.score, row.failed, row.explain) == (1.0, 0, 1)


def test_heritage_and_reading_are_not_part_of_the_chain(case, in_core_zone):
    case.offend("HER101", in_core_zone).run("BND101", Outcome.PASSED)
    assert unit(case).score == 1.0


def test_a_rule_that_the_plan_makes_a_warning_is_not_mandatory(case, overlap):
    case.rules = {"GEO103": {"severity": "warning"}}
    row = unit(case.offend("GEO103", overlap).run("BND101", Outcome.PASSED))
    assert (row.rules, row.score, row.explain) == (1, 1.0, 1)
