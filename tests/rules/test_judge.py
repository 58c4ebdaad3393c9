"""What becomes of a rule in a run: passed, failed, skipped, not judged, crashed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.registry import RegisteredRule
from gisplan.catalogue.rule import Params, Rule
from gisplan.catalogue.tables import build_tables, judged_tier
from gisplan.model import Outcome, Severity, Text
from gisplan.rules.judge import missing_need, run_rule
from gisplan.testing.drawing import draw

PLAN = {
    "district": [{"code": "210102", "name": "和平区", "box": [0, 0, 1000, 1000]}],
    "unit": [{"code": "210102-GX001", "mode": "M2", "box": [0, 0, 100, 100]}],
}


def tables_of(drawing: dict[str, Any]) -> Tables:
    plan = draw(drawing)
    return build_tables(plan, {}, judged_tier(plan))


def entry_of(
    judge: Callable[[Tables, Params], Judgement], needs: tuple[str, ...] = ()
) -> RegisteredRule:
    text = Text("文", "text")
    rule = Rule("ABC101", "name", text, Severity.ERROR, text, text, needs=needs)
    return RegisteredRule(rule, judge, "", "")


def test_no_offender_is_a_pass() -> None:
    run = run_rule(entry_of(lambda t, p: judged()), tables_of(PLAN), {})
    assert (run.outcome, run.count) == (Outcome.PASSED, 0)


def test_offenders_are_counted_and_fail() -> None:
    rows = [{"layer": "unit", "fid": 0}, {"layer": "district", "fid": 0}]
    run = run_rule(entry_of(lambda t, p: judged(rows)), tables_of(PLAN), {})
    assert (run.outcome, run.count) == (Outcome.FAILED, 2)
    assert list(run.offenders["kind"]) == ["", ""]


def test_what_was_not_judged_is_never_a_pass() -> None:
    aside = [{"layer": "unit", "fid": 0, "why_zh": "不明", "why_en": "unknown"}]
    run = run_rule(entry_of(lambda t, p: judged([], aside)), tables_of(PLAN), {})
    assert (run.outcome, run.count) == (Outcome.NOT_JUDGED, 1)
    assert run.why is not None


def test_what_was_not_judged_is_kept_beside_offenders() -> None:
    rows = [{"layer": "unit", "fid": 0}]
    run = run_rule(entry_of(lambda t, p: judged(rows, rows)), tables_of(PLAN), {})
    assert (run.outcome, run.count, len(run.not_judged)) == (Outcome.FAILED, 1, 1)


def test_a_rule_may_say_itself_that_there_is_nothing_to_judge() -> None:
    run = run_rule(entry_of(lambda t, p: skipped("无", "nothing")), tables_of(PLAN), {})
    assert (run.outcome, run.why) == (Outcome.SKIPPED, Text("无", "nothing"))


def test_a_crash_is_an_outcome_that_names_the_error() -> None:
    def broken(tables: Tables, params: Params) -> Judgement:
        raise KeyError("nesting")

    run = run_rule(entry_of(broken), tables_of(PLAN), {})
    assert run.outcome is Outcome.CRASHED
    assert run.why is not None
    assert "KeyError" in run.why.en


def test_a_rule_whose_needs_are_not_met_is_not_called() -> None:
    def broken(tables: Tables, params: Params) -> Judgement:
        raise AssertionError("called")

    run = run_rule(entry_of(broken, ("heritage_zone",)), tables_of(PLAN), {})
    assert run.outcome is Outcome.SKIPPED
    assert run.why is not None
    assert "历史文化保护区划" in run.why.zh
    assert "heritage_zone" in run.why.en


def test_a_rule_gets_its_parameters_as_set_for_the_run() -> None:
    def asks(tables: Tables, params: Params) -> Judgement:
        return judged([{"layer": "unit", "fid": 0, "limit": params.min_area}])

    run = run_rule(entry_of(asks), tables_of(PLAN), {"min_area": 7.0})
    assert run.offenders["limit"][0] == 7.0
    assert run.params == {"min_area": 7.0}


@pytest.mark.parametrize(
    "need",
    ["unit", "tier", "tiers", "judged", "unit.mode", "judged.mode", "tier.name", "road|unit"],
)
def test_needs_that_the_plan_meets(need: str) -> None:
    assert missing_need(tables_of(PLAN), [need]) is None


@pytest.mark.parametrize(
    ("need", "named"),
    [
        ("parcel", "parcel"),
        ("unit.far", "field far of layer unit"),
        ("judged.name", "field name"),
        ("parcel|building.height", "building"),
    ],
)
def test_needs_that_the_plan_does_not_meet_are_named(need: str, named: str) -> None:
    why = missing_need(tables_of(PLAN), [need])
    assert why is not None
    assert named in why.en
    assert why.zh.startswith("缺少")


def test_one_tier_is_no_chain() -> None:
    alone = tables_of({"unit": PLAN["unit"]})
    assert missing_need(alone, ["tier"]) is None
    assert missing_need(alone, ["tiers"]) is not None


def test_an_offender_with_an_unknown_column_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        judged([{"layer": "unit", "colour": "red"}])
