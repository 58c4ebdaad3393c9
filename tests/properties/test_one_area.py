"""A review of one area says what a review of the whole plan says of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

import gisplan.testing.plant.draft as draft
from gisplan.model import Note, Part, Plan, PlanConfig, RawLayer
from gisplan.normalise import part, part_place
from gisplan.normalise.part import Selection
from gisplan.normalise.plan import normalise
from gisplan.pipeline import Result, open_plan, review
from gisplan.read import vector
from gisplan.read.selection import order_of_reading
from gisplan.testing.plant import clean_plan, plant
from gisplan.testing.plant.heritage import STAGES
from gisplan.testing.plant.heritage import plant as plant_heritage

# Of a whole file: told of the rows that were kept.
OF_FILES = {"IND113"}


def read_in_part(config: PlanConfig, raws: Sequence[RawLayer], asked: str) -> Plan:
    """Return the plan of one area, as reading its sources would make it."""
    selection: Selection | None = Selection(asked)
    layers = [raw.source.layer for raw in raws]
    while selection is not None:
        used, taken = selection, {}
        for number in order_of_reading(layers, config.tiers, selection):
            taken[number] = used.take(config, raws[number], [])
        kept = used.finish(config, [taken[number] for number in sorted(taken)])
        selection = used.again
    plan = normalise(config, [raw for raw, _ in kept], [note for _, own in kept for note in own])
    return replace(plan, part=used.part_of(plan, "unit"))


def rows(result: Result) -> dict[str, Any]:
    findings = result.findings[~result.findings["code"].isin(OF_FILES)]
    return by(pd.DataFrame(findings.drop(columns="geometry")), "fingerprint")


def by(frame: pd.DataFrame, name: str) -> dict[str, Any]:
    return {row[name]: {key: str(cell) for key, cell in row.items()} for row in records(frame)}


def records(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    yield from frame.to_dict("records")


def assert_same(whole: Result, own: Result) -> None:
    assert rows(own) == rows(whole)
    assert by(own.verdicts, "unit") == by(whole.verdicts, "unit")


@pytest.fixture
def sources(monkeypatch):
    """Return the sources of the last plan that was planted, and see to it that areas are near."""
    seen: list[tuple[PlanConfig, list[RawLayer]]] = []

    def watched(config: PlanConfig, raws: list[RawLayer], notes: Sequence[Note]) -> Plan:
        seen.append((config, raws))
        return normalise(config, raws, notes)

    monkeypatch.setattr(draft, "normalise", watched)
    for module in (part, part_place):
        monkeypatch.setattr(module, "AROUND", 600.0)  # these plans are small
    return seen


def compare_in(sources, seed: int, **options: Any) -> None:
    config, raws = sources[-1]
    whole = normalise(config, raws, [])
    codes = sorted(set(whole.layers["district"].frame["_label"]))
    code = codes[seed % len(codes)]
    own = read_in_part(config, raws, code)
    assert sum(layer.outside for layer in own.layers.values()) > 20
    assert_same(
        review(replace(whole, part=Part("district", code)), resolutions=False, **options),
        review(own, resolutions=False, **options),
    )


@pytest.mark.parametrize("seed", [3, 5, 6])
def test_every_kind_of_defect_is_found_in_the_area_as_in_the_whole_plan(sources, seed):
    plant(clean_plan(seed), seed)
    compare_in(sources, seed)


@pytest.mark.parametrize(("seed", "stage"), [(1, STAGES[1]), (3, STAGES[0]), (6, STAGES[0])])
def test_every_heritage_conflict_is_found_in_the_area_as_in_the_whole_plan(sources, seed, stage):
    plant_heritage(seed, stage, 4)
    compare_in(sources, seed, select=["HER"])


@pytest.mark.parametrize(
    ("layer", "code", "declared"),
    [("district", "210504", True), ("district", "210103", False), ("city", "210500", True)],
)
def test_the_sample_from_its_files(sample_home, tmp_path, monkeypatch, layer, code, declared):
    home = shutil.copytree(sample_home, tmp_path / "plan")
    monkeypatch.setattr(vector, "_WHOLE", 1)  # projects are in a GeoPackage
    if not declared:  # files in the order of their names, units before the districts
        (home / "gisplan.toml").unlink()
    whole = review(replace(open_plan(home), part=Part(layer, code)))
    own = review(open_plan(home, within=code))
    assert_same(whole, own)
    assert len(own.findings) > 3
    ways = [one.dossier.resolutions.drop(columns="geometry") for one in (whole, own)]
    pd.testing.assert_frame_equal(*ways)


@pytest.mark.parametrize("code", ["210504", "210104"])
def test_a_review_of_the_area_leaves_out_nothing_that_the_whole_one_says_of_its_units(
    sample_home, code
):
    whole, own = review(open_plan(sample_home)), review(open_plan(sample_home, within=code))
    named = whole.verdicts[whole.verdicts["parent"] == code]
    assert set(named["unit"]) <= set(own.verdicts["unit"])
    labels = set(named["unit"])
    ends = whole.findings[["feature", "related"]].isin(labels | {code}).any(axis=1)
    there = whole.findings["layer"].isin(["unit", "district"])
    assert set(whole.findings[ends & there]["fingerprint"]) <= set(own.findings["fingerprint"])
    others = set(whole.verdicts["unit"]) - set(own.verdicts["unit"])
    assert not set(own.findings["feature"]) & others
