"""The runner of rule cases finds a difference, and refuses a case that is drawn wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from gisplan.testing.cases import check, load_cases, run_case
from gisplan.testing.drawing import draw

PLAN = """
shared:
  tiers: [district, unit]
  district: [{code: "210102", box: [0, 0, 1000, 1000]}]
  unit: [{code: "210102-GX001", parent: "210102", box: [-10, 0, 90, 100]}]
"""
INSIDE = '[{code: "210102-GX001", parent: "210102", box: [0, 0, 90, 100]}]'


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str, code: str = "BND101") -> Path:
        path = tmp_path / f"{code}.yaml"
        path.write_text(PLAN + text, encoding="utf-8")
        return path

    return write


def differs(path: Path, match: str) -> None:
    (case,) = load_cases(path)
    with pytest.raises(AssertionError, match=match):
        check(case, run_case(case))


def test_a_case_that_agrees_passes(write) -> None:
    what = "{feature: 210102-GX001, related: '210102', measure: 1000, measures: {n_pieces: 1}}"
    (case,) = load_cases(write(f"fails_here: {{expect: {{failed: [{what}]}}}}"))
    check(case, run_case(case))


@pytest.mark.parametrize(
    "entry",
    [
        "{feature: 210102-GX002}",
        "{measure: 1002}",
        "{measures: {n_pieces: 2}}",
        "{related: '210103'}",
        "{severity: warning}",
        "{says: 沈河区}",
    ],
)
def test_another_value_is_a_difference(write, entry: str) -> None:
    differs(write(f"fails_here: {{expect: {{failed: [{entry}]}}}}"), "expected offenders")


def test_a_measure_may_differ_by_a_thousandth(write) -> None:
    (case,) = load_cases(write("fails_here: {expect: {failed: [{measure: 1000.9}]}}"))
    check(case, run_case(case))


def test_one_offender_does_not_stand_for_two(write) -> None:
    entry = "{feature: 210102-GX001}"
    differs(write(f"fails_here: {{expect: {{failed: [{entry}, {entry}]}}}}"), "expected offenders")


def test_an_offender_that_nobody_expected_is_a_difference(write) -> None:
    outside = '{code: "210102-GX002", parent: "210102", box: [-10, 200, 90, 300]}'
    inside = '{code: "210102-GX001", parent: "210102", box: [-10, 0, 90, 100]}'
    text = f"unit: [{inside}, {outside}], expect: {{failed: [{{feature: 210102-GX001}}]}}"
    differs(write(f"fails_here: {{{text}}}"), "1 in all, found 2")


def test_another_outcome_is_a_difference_that_shows_what_was_found(write) -> None:
    differs(write("passes_here: {expect: passed}"), r"expected passed\n.*failed\n.*210102-GX001")


def test_a_skipped_rule_is_no_pass(write) -> None:
    differs(write("passes_here: {district: null, expect: passed}"), "outcome: skipped")


def test_the_reason_of_a_skipped_rule_can_be_asked_for(write) -> None:
    differs(write("skips_here: {district: null, expect: {skipped: 天气}}"), "天气")


def test_what_was_not_judged_beside_offenders_must_be_expected(write) -> None:
    aside = "quarantine: {district: [{code: '210104', _record: 1}]}"
    lost = '{code: "210104-GX001", parent: "210104", box: [0, 0, 1, 1]}'
    over = '{code: "210102-GX001", parent: "210102", box: [-10, 0, 90, 100]}'
    text = f"{aside}, unit: [{lost}, {over}], expect: {{failed: [{{measure: 1000}}]}}"
    differs(write(f"fails_here: {{{text}}}"), "expected not judged")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("fails_here: {expect: passed}", "does not say"),
        ("works: {expect: passed}", "does not say"),
        ("passes_here: {unit: null}", "expect passed, failed"),
        ("fails_here: {expect: {failed: []}}", "list what fails"),
        ("passes_a: {expect: passed}\npasses_a: {expect: passed}", "passes_a twice"),
        ("passes_a: {expect: passed, expect: passed}", "expect twice"),
    ],
)
def test_a_case_that_says_nothing_is_refused(write, text: str, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        load_cases(write(text))


def test_an_unknown_parameter_is_refused(write) -> None:
    (case,) = load_cases(write("passes_here: {params: {min_aera: 2}, expect: passed}"))
    with pytest.raises(ValueError, match="min_aera"):
        run_case(case)


@pytest.mark.parametrize(
    ("drawing", "match"),
    [
        ({"untis": []}, "untis is neither"),
        ({"unit": [{"code": "A", "box": [0, 0, 1, 1], "colour": "red"}]}, "no field colour"),
        ({"unit": [{"code": 210102, "box": [0, 0, 1, 1]}]}, "in quotes"),
        ({"unit": [{"code": "A"}]}, r"unit\[0\] has no shape"),
        ({"unit": [{"code": "A", "box": [0, 0, 1, 1], "point": [0, 0]}]}, "two shapes"),
        ({"notes": [{"kind": "rumour"}]}, "rumour"),
    ],
)
def test_a_wrong_drawing_is_refused(drawing, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        draw(drawing)


def test_shapes_are_drawn_from_a_point_on_the_central_meridian() -> None:
    plan = draw({"unit": [{"code": "A", "box": [0, 0, 1000, 1000]}]})
    assert plan.layers["unit"].frame.total_bounds.tolist() == [
        41_500_000.0,
        4_630_000.0,
        41_501_000.0,
        4_631_000.0,
    ]
    assert plan.layers["unit"].found == {"code"}
