"""What the rules of the chain say does not depend on how a plan is written down.

Every case of BND, GEO, LST, TIM, POL and SCH is judged again with the rows and layers in another
order, the rings turned and begun elsewhere, and with more vertices on all edges: the same
offenders with the same words must come out, and the same features must stay unjudged. Moving the
plan is for the cases that have no label made of a place, and declare nothing by its place.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rewritten import (
    densified,
    layers_reversed,
    moved,
    rings_started_elsewhere,
    rings_turned,
    shuffled,
)

from gisplan.model import Plan, RuleRun
from gisplan.testing.cases import Case, load_cases, offender_message, run_on
from gisplan.testing.drawing import draw

HOME = Path(__file__).parents[1] / "rules"
FAMILIES = ("boundary", "geometry", "list", "timing", "policy", "schema")
CASES = [
    case
    for family in FAMILIES
    for path in sorted((HOME / family).glob("*.yaml"))
    for case in load_cases(path)
]
# its line crosses the parent's: where it is cut into stretches decides which of them lie on it
SAMPLED = "BND103-fails_when_the_line_wanders_in_and_out"


def rewritten(plan: Plan, case: str) -> Plan:
    changes = [shuffled, layers_reversed, rings_turned, rings_started_elsewhere]
    changes += [] if case == SAMPLED else [densified]
    labels = [str(label) for layer in plan.layers.values() for label in layer.frame["_label"]]
    placed = plan.config.allowed_gaps or any(waiver.at for waiver in plan.config.waivers)
    if not placed and not any(label.startswith("@") for label in labels):
        changes.append(moved)
    for change in changes:
        plan = change(plan)
    return plan


def said(run: RuleRun) -> tuple[object, list[str], list[str]]:
    """Return what a rule says, but for row numbers and the last digits."""
    columns = ["layer", "feature", "related_layer", "related", "kind", "limit", "unit", "severity"]
    offenders = [
        [*(_word(row[name]) for name in columns), _word(row["measure"]), _words(run.code, row)]
        for row in run.offenders.to_dict("records")
    ]
    aside = [
        [_word(row[name]) for name in ("layer", "feature", "why_zh", "why_en")]
        for row in run.not_judged.to_dict("records")
    ]
    return run.outcome, sorted(map(str, offenders)), sorted(map(str, aside))


def _word(value: Any) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.4g}"
    return "" if value is None else str(value)


def _words(code: str, row: dict[str, Any]) -> str:
    return offender_message(code, row).zh


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_same_is_said_however_the_plan_is_written(case: Case) -> None:
    plan = draw(case.drawing)
    before = said(run_on(plan, case.code, case.params, case.judged))
    after = said(run_on(rewritten(plan, str(case)), case.code, case.params, case.judged))
    assert after == before
