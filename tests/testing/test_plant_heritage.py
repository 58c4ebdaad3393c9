"""Planted heritage conflicts are found with their rulings, and every unit gets its verdict."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from gisplan.model import Outcome
from gisplan.pipeline import review
from gisplan.testing.plant.heritage import KINDS, STAGES, clean, plant
from gisplan.testing.plant.heritage.check import DISTRICTS, Checked, check
from gisplan.testing.plant.heritage.law import MODES, rule_of, ruling
from gisplan.testing.plant.heritage.straight import Plane, Sight

# one plan at all stages, the others at one each
PLANS = [*((201, stage) for stage in STAGES), *zip((202, 203, 204), STAGES, strict=True)]
PAGE = Path(__file__).parents[2] / "docs" / "recall-heritage.md"
ALL = {f"HER{number}" for number in range(101, 115)}
WITHOUT_ACTIONS = {"HER107"}  # tells what is demolished from parcels and buildings alone


@pytest.fixture(scope="module")
def checked() -> dict[tuple[int, str], Checked]:
    return {(seed, stage): check(plant(seed, stage, DISTRICTS)) for seed, stage in PLANS}


def test_a_plan_in_which_nobody_meets_heritage_has_no_finding_and_only_clear_units() -> None:
    result = review(clean(201, "acting", DISTRICTS).plan, select=["HER"])
    assert list(result.findings["message_en"]) == []
    assert set(result.verdicts["verdict"]) == {"clear"}
    runs = [run for run in result.dossier.rules if run.code.startswith("HER")]
    assert {run.code for run in runs} == ALL
    assert {run.code: run.outcome for run in runs if run.outcome is not Outcome.PASSED} == {}


@pytest.mark.parametrize(("seed", "stage"), PLANS)
def test_every_conflict_is_found_with_its_ruling_and_nothing_else(
    checked: dict[tuple[int, str], Checked], seed: int, stage: str
) -> None:
    score = checked[seed, stage].score
    assert score.missed == []
    assert [row["message_en"] for row in score.false] == []
    rates = {code: (one.recall, one.precision) for code, one in score.rules.items()}
    due = ALL - (WITHOUT_ACTIONS if stage != "acting" else set())
    assert rates == dict.fromkeys(due, (1.0, 1.0))


@pytest.mark.parametrize(("seed", "stage"), PLANS)
def test_every_unit_gets_the_verdict_due(
    checked: dict[tuple[int, str], Checked], seed: int, stage: str
) -> None:
    assert checked[seed, stage].wrong == []
    assert set(checked[seed, stage].verdicts) == {
        "blocked",
        "undetermined",
        "conditional",
        "clear",
    }


def test_a_conflict_meets_the_same_unit_at_every_stage_and_is_a_notice_where_nothing_is_done() -> (
    None
):
    found = {}
    for stage in STAGES:
        planted = plant(201, stage, DISTRICTS).planted
        mine = [one for one in planted if one.by == "HER101 core-zone-in-a-unit"]
        found[stage] = {
            (one.feature, one.code): (one.kind, one.ruling)
            for one in mine
            if one.layer == "unit" and one.code != "HER107"
        }
    assert found["acting"] == found["bare"]
    assert found["idle"] == dict.fromkeys(found["acting"], ("no-action", "notice"))


def test_every_rule_has_kinds_of_its_own() -> None:
    assert {kind.code for kind in KINDS.values()} == ALL


def test_the_page_has_every_kind_and_no_rate_below_one_at_any_stage() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (HER\d{3}) \| .* \| (\d+) \| (\d+) \| (\S+) \| (\d+) \| (\S+) \|$",
                      text, re.MULTILINE)  # fmt: skip
    every, without = ALL, ALL - WITHOUT_ACTIONS
    assert Counter(row[0] for row in rows) == Counter([*every, *without, *without])
    assert {row[3:] for row in rows} == {("1.000", "0", "1.000")}
    assert text.count("wrong: 0") == len(STAGES)
    for kind in KINDS.values():
        assert f"| {kind.code} | {kind.name.partition(' ')[2]} | {kind.does} |" in text


def test_the_matrix_written_by_hand_is_whole() -> None:
    zones = [f"Z{n}" for n in (*range(1, 12), 13, 14)]
    assert all(rule_of(zone, mode).startswith("HER") for zone in zones for mode in MODES)
    letters = Counter(ruling(zone, mode, "national") for zone in zones for mode in MODES)
    assert sum(letters.values()) == 13 * 7
    assert letters["prohibited"] == 4  # Z1 national M4 to M6, Z6 M6


def test_the_sight_worked_out_by_hand_is_straight_over_ground_that_rises() -> None:
    plane = Plane(0.0, 0.0, 40.0, 0.05, -0.02)
    assert plane.at(np.array([100.0, 50.0])) == 44.0
    # from 46 m above the sea to 74 m, over ground that rises from 40 m to 44 m
    sight = Sight(plane, np.array([0.0, 0.0]), np.array([80.0, 0.0]), 6.0, 30.0)
    assert [round(sight.room(away), 9) for away in (0.0, 8.0, 80.0)] == [6.0, 8.4, 30.0]
    level = Sight(plane, np.array([0.0, 0.0]), np.array([80.0, 0.0]), 6.0, 2.0)
    assert round(level.room(20.0), 9) == 5.0  # the sight stays at 46 m, the ground is at 41 m


def test_views_have_terrain_models_that_are_small_and_no_other_plan_has_any() -> None:
    made = [plant(seed, "bare", DISTRICTS).plan.rasters["terrain"] for seed in (201, 202)]
    assert all(raster.width * raster.height <= 40 * 40 for plan in made for raster in plan)
    assert not clean(201, "bare", DISTRICTS).plan.rasters
