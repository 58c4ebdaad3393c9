"""What each tier passes down: counted by feature below, never agreed where it was not checked."""

from __future__ import annotations

import pytest

from gisplan.model import Transmission
from gisplan.pipeline import review
from gisplan.testing.drawing import draw

PLAN = {
    "tiers": ["city", "district", "unit"],
    "city": [{"code": "210100", "box": [0, 0, 2000, 1000]}],
    "district": [
        {"code": "210102", "box": [0, 0, 1000, 1000], "allowed_modes": "M2"},
        {"code": "210103", "box": [1000, 0, 2000, 1000], "allowed_modes": "M2"},
    ],
    "unit": [
        {"code": "210102-GX001", "parent": "210102", "mode": "M2", "box": [0, 0, 100, 100]},
        {"code": "210103-GX001", "parent": "210103", "mode": "M2", "box": [1500, 0, 1600, 100]},
    ],
}
OUTSIDE = [
    {"code": "210102-GX001", "parent": "210102", "mode": "M2", "box": [-10, 0, 90, 100]},
    PLAN["unit"][1],
]


def rows(drawing: dict, **options: object) -> dict[tuple[str, str, str], Transmission]:
    dossier = review(draw({**PLAN, **drawing}), **options).dossier
    return {(row.upper, row.lower, row.kind): row for row in dossier.transmission}


def test_each_pair_of_tiers_has_a_row_of_each_kind_top_first() -> None:
    kinds = ("boundary", "code", "list", "timing", "mode")
    pairs = [("city", "district"), ("district", "unit")]
    assert list(rows({})) == [(*pair, kind) for pair in pairs for kind in kinds]


def test_a_feature_below_with_an_error_differs_and_the_pair_above_agrees() -> None:
    found = rows({"unit": OUTSIDE})
    row = found["district", "unit", "boundary"]
    assert (row.features, row.failed, row.above, row.judgement) == (2, 1, 0, "differs")
    assert row.sources
    above = found["city", "district", "boundary"]
    assert (above.features, above.failed, above.judgement) == (2, 0, "agrees")
    assert {"BND101", "BND102"} <= set(above.rules)
    assert above.sources


def test_a_parent_that_is_not_covered_counts_above() -> None:
    row = rows({"city": [{"code": "210100", "box": [0, 0, 2100, 1000]}]})
    row = row["city", "district", "boundary"]
    assert (row.failed, row.above, row.judgement) == (0, 1, "differs")


def test_two_neighbours_with_a_gap_between_them_both_count() -> None:
    districts = [PLAN["district"][0], {"code": "210103", "box": [1010, 0, 2000, 1000]}]
    row = rows({"district": districts})["city", "district", "boundary"]
    assert (row.failed, row.above) == (2, 1)


def test_a_waived_error_is_to_be_explained() -> None:
    waiver = {"code": "BND101", "feature": "210102-GX001", "reason": "r", "by": "b"}
    row = rows({"unit": OUTSIDE, "waivers": [waiver]})["district", "unit", "boundary"]
    assert (row.failed, row.explain, row.judgement) == (0, 1, "explain")


def test_a_tier_without_dates_or_modes_was_not_checked() -> None:
    found = rows({})
    timing = found["district", "unit", "timing"]
    assert (timing.judgement, timing.why is None) == ("unchecked", False)
    assert found["district", "unit", "mode"].why is None
    bare = [{"code": "210102-GX001", "parent": "210102", "box": [0, 0, 100, 100]}]
    assert rows({"unit": bare})["district", "unit", "mode"].why is not None


def test_a_rule_that_did_not_run_leaves_its_kind_unchecked() -> None:
    row = rows({}, ignore=["BND101"])["district", "unit", "boundary"]
    assert (row.judgement, row.unchecked) == ("unchecked", ("BND101",))


def test_a_parent_that_could_not_be_judged_leaves_it_unchecked() -> None:
    cities = [*PLAN["city"], {"code": "210200", "box": [5000, 0, 6000, 1000]}]
    row = rows({"city": cities})["city", "district", "boundary"]
    assert (row.aside, row.judgement) == (1, "unchecked")


@pytest.mark.parametrize(("width", "judgement", "failed"), [(100, "agrees", 0), (50, "differs", 1)])
def test_copies_of_lines_are_counted_by_the_originals(
    width: int, judgement: str, failed: int
) -> None:
    line = {"kind": "green", "tier": "city", "box": [1200, 100, 1300, 200]}
    copy = {"kind": "green", "tier": "district", "box": [1200, 100, 1200 + width, 200]}
    found = rows({"control_line": [line | {"code": "C1"}, copy | {"code": "D1"}]})
    row = found["control_line", "control_line", "line-copy"]
    assert (row.features, row.failed, row.judgement) == (1, failed, judgement)


def test_who_builds_in_a_line_differs_and_only_rules_on_such_features_count() -> None:
    line = {"code": "C1", "kind": "permanent_farmland", "box": [0, 0, 50, 50]}
    units = [{**PLAN["unit"][0], "mode": "M5"}, PLAN["unit"][1]]
    row = rows({"control_line": [line], "unit": units})["control_line", "unit", "line"]
    assert (row.features, row.failed, row.judgement) == (2, 1, "differs")
    assert row.rules == ("BND107",)
    assert row.unchecked == ("BND106", "BND108", "BND112")
