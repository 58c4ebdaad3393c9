"""Whose findings are whose: by unit, by name, by place, or nobody's alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gisplan.model import Dossier
from gisplan.pipeline import open_plan, review
from gisplan.render.districts import districts_of

SAMPLE = Path(__file__).resolve().parents[2] / "layers" / "sample"


@pytest.fixture(scope="module")
def dossier() -> Dossier:
    return review(open_plan(SAMPLE)).dossier


def test_districts_are_the_tier_above_the_judged_one(dossier: Dossier) -> None:
    found = districts_of(dossier)
    assert found.layer == "district"
    codes = sorted(dossier.plan.layers["district"].frame["_label"])
    assert [one.label for one in found.listed] == codes


def test_units_lie_in_their_parents_and_their_findings_too(dossier: Dossier) -> None:
    found = districts_of(dossier)
    at = dict(zip(dossier.findings["fingerprint"], found.of_finding, strict=True))
    for row in dossier.verdicts.itertuples():
        if row.unit not in found.of_unit:
            continue
        district = found.of_unit[row.unit]
        assert found.listed[district].label == row.parent
        assert all(district in at[key] for key in (*row.reasons, *row.others))


def test_a_finding_about_a_district_is_its_own_and_one_about_a_city_nobodys(
    dossier: Dossier,
) -> None:
    found = districts_of(dossier)
    labels = {one.label: place for place, one in enumerate(found.listed)}
    rows = dossier.findings.reset_index(drop=True)
    own = rows[(rows["layer"] == "district") & rows["feature"].isin(labels)]
    assert len(own)
    for place, feature in own["feature"].items():
        assert labels[feature] in found.of_finding[place]
    city = rows[(rows["layer"] == "city") & ~rows["related"].isin(labels)]
    assert len(city)
    assert all(found.of_finding[place] == () for place in city.index)


def test_what_no_unit_has_goes_where_it_lies(dossier: Dossier) -> None:
    # without verdicts nothing but names and places tells
    bare = replace(dossier, verdicts=dossier.verdicts.iloc[:0])
    found = districts_of(bare)
    rows = dossier.findings.reset_index(drop=True)
    units = rows[(rows["layer"] == "unit") & rows["lon"].notna()]
    told = [found.of_finding[place] for place in units.index]
    assert any(told)
    for place, feature in units["feature"].items():
        for district in found.of_finding[place]:
            assert found.listed[district].label[:4] == feature[:4]


def test_a_plan_without_a_tier_above_has_no_districts(dossier: Dossier) -> None:
    layers = {
        name: layer
        for name, layer in dossier.plan.layers.items()
        if name not in {"province", "city", "district"}
    }
    found = districts_of(replace(dossier, plan=replace(dossier.plan, layers=layers)))
    assert found.listed == ()
    assert found.of_finding == ((),) * len(dossier.findings)
