"""Planted defects are found, every one and nothing else, on random clean plans."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from gisplan.catalogue.registry import registry
from gisplan.model import Outcome, Plan
from gisplan.pipeline import review
from gisplan.testing.plant import KINDS, Planted, clean_plan, plant
from gisplan.testing.plant.page import LEFT_OUT, chain_rules
from gisplan.testing.plant.score import FAMILIES, compare, score

SEEDS = (1, 2, 3)
PAGE = Path(__file__).parents[2] / "docs" / "recall.md"


@cache
def clean(seed: int) -> Plan:
    return clean_plan(seed)


def test_a_clean_plan_has_no_finding_and_leaves_no_rule_of_the_chain_unjudged() -> None:
    dossier = review(clean(SEEDS[0]), select=FAMILIES).dossier
    assert list(dossier.findings["message_en"]) == []
    runs = [run for run in dossier.rules if run.code.startswith(FAMILIES)]
    left = {run.code: run.outcome for run in runs if run.outcome is not Outcome.PASSED}
    assert left == dict.fromkeys(("BND113", "SCH110"), Outcome.SKIPPED)  # it excuses nothing


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_planted_is_found_and_nothing_else(seed: int) -> None:
    sown = plant(clean(seed), seed)
    result = score(sown)
    assert sown.refused == ()
    assert result.missed == []
    assert [row["message_en"] for row in result.false] == []
    assert set(result.rules) == {kind.code for kind in KINDS.values()}
    rates = {code: (one.recall, one.precision) for code, one in result.rules.items()}
    assert rates == dict.fromkeys(result.rules, (1.0, 1.0))


def test_every_rule_of_the_chain_has_a_kind_or_a_reason_why_not() -> None:
    planted = {kind.code for kind in KINDS.values()}
    assert planted <= set(registry())
    assert chain_rules() - planted == set(LEFT_OUT)


def test_the_page_has_every_rule_and_every_kind_and_no_rate_below_one() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Z]{3}\d{3}) \| .* \| (\d+) \| (\d+) \| (\S+) \| (\d+) \| (\S+) \|$",
                      text, re.MULTILINE)  # fmt: skip
    assert {row[0] for row in rows} == {kind.code for kind in KINDS.values()}
    assert all(int(planted) >= 25 for _, planted, *_ in rows)
    assert {row[3:] for row in rows} == {("1.000", "0", "1.000")}
    for kind in KINDS.values():
        assert f"| {kind.code} | {kind.name.partition(' ')[2]} | {kind.does} |" in text


def test_the_same_seed_plants_the_same() -> None:
    once, again = (plant(clean(1), 7, ["TIM", "POL10"]) for _ in range(2))
    assert once.planted == again.planted
    assert once.planted != plant(clean(1), 8, ["TIM", "POL10"]).planted


def test_kinds_are_chosen_by_beginnings_and_planted_several_times() -> None:
    sown = plant(clean(1), 5, ["POL107"], n=2)
    assert [one.code for one in sown.planted] == ["POL107"] * 4
    assert len({one.feature for one in sown.planted}) == 4
    with pytest.raises(KeyError, match="XYZ"):
        plant(clean(1), 5, ["XYZ"])


def test_a_kind_that_finds_no_place_says_so() -> None:
    sown = plant(clean(1), 5, ["POL105 rents-of-a-city"], n=5)
    assert len(sown.planted) + len(sown.refused) == 5
    assert len(sown.planted) == len(clean(1).layers["city"].frame)
    assert all(text.startswith("POL105 rents-of-a-city") for text in sown.refused)


def test_the_plan_that_was_given_stays_clean() -> None:
    before = clean(2).layers["unit"].frame.copy()
    plant(clean(2), 3)
    assert clean(2).layers["unit"].frame.equals(before)


def found(**values: object) -> dict[str, object]:
    return {"code": "GEO103", "kind": "", "layer": "unit", "feature": "A", "related": "B",
            "ruling": None, **values}  # fmt: skip


def test_the_scorer_sees_what_is_missed_doubled_and_too_much() -> None:
    due = [Planted("GEO103", "unit", "A", "B"), Planted("GEO103", "unit", "C", "D")]
    result = compare(due, [found(), found(), found(feature="E")])
    tally = result.rules["GEO103"]
    assert (tally.planted, tally.found, tally.others) == (2, 1, 2)
    assert result.missed == [due[1]]
    assert (tally.recall, tally.precision) == (0.5, 1 / 3)


def test_the_scorer_compares_rulings_where_they_are_said() -> None:
    due = [Planted("HER104", "unit", "A", "Z1", ruling="approval")]
    rows = [found(code="HER104", related="Z1", ruling="approval")]
    assert compare(due, rows).missed == []
    assert compare(due, [{**rows[0], "ruling": "notice"}]).missed == due
