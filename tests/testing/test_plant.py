"""Planted defects are found, every one and nothing else, on random clean plans."""

from __future__ import annotations

import pytest

from gisplan.model import Outcome, Plan
from gisplan.pipeline import review
from gisplan.testing.plant import KINDS, clean_plan, plant
from gisplan.testing.plant.score import FAMILIES, score

SEEDS = (101, 102, 103)


@pytest.fixture(scope="module")
def plans() -> dict[int, Plan]:
    return {seed: clean_plan(seed) for seed in SEEDS}


def test_a_clean_plan_has_no_finding_and_leaves_no_rule_of_the_chain_unjudged(
    plans: dict[int, Plan],
) -> None:
    dossier = review(plans[SEEDS[0]], select=FAMILIES).dossier
    assert list(dossier.findings["message_en"]) == []
    runs = [run for run in dossier.rules if run.code.startswith(FAMILIES)]
    left = {run.code: run.outcome for run in runs if run.outcome is not Outcome.PASSED}
    assert left == dict.fromkeys(("BND113", "SCH110"), Outcome.SKIPPED)  # it excuses nothing


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_planted_is_found_and_nothing_else(plans: dict[int, Plan], seed: int) -> None:
    sown = plant(plans[seed], seed)
    result = score(sown)
    assert sown.refused == ()
    assert result.missed == []
    assert [row["message_en"] for row in result.false] == []
    assert {kind.code for kind in KINDS.values()} <= set(result.rules)
    rates = {code: (one.recall, one.precision) for code, one in result.rules.items()}
    assert rates == dict.fromkeys(result.rules, (1.0, 1.0))
