"""Whose findings are whose: by unit, by name, by place, or nobody's alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gisplan.model import Dossier, Outcome
from gisplan.pipeline import open_plan, review
from gisplan.render.districts import REST, by_district, districts_of

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


# --- one dossier for each addressee ----------------------------------------------------------


def test_parts_hold_every_finding_and_every_unit(dossier: Dossier) -> None:
    parts = by_district(dossier)
    assert set(parts) <= {*dossier.plan.layers["district"].frame["_label"], REST}
    prints = [key for part in parts.values() for key in part.findings["fingerprint"]]
    assert set(prints) == set(dossier.findings["fingerprint"])
    concerned = districts_of(dossier).of_finding
    assert len(prints) == sum(max(len(own), 1) for own in concerned)
    units = [unit for part in parts.values() for unit in part.verdicts["unit"]]
    assert sorted(units) == sorted(dossier.verdicts["unit"])
    projects = [row for part in parts.values() for row in part.project_verdicts["project"]]
    assert sorted(projects) == sorted(dossier.project_verdicts["project"])


def test_a_part_counts_its_own_findings_and_says_that_it_is_one(dossier: Dossier) -> None:
    for part in by_district(dossier).values():
        counts = part.findings["code"].value_counts()
        for run, whole in zip(part.rules, dossier.rules, strict=True):
            if run.outcome is Outcome.FAILED:
                assert run.count == counts[run.code]
            elif whole.outcome is Outcome.FAILED:
                assert run.code not in counts.index
            else:
                assert run == whole
        assert "本册" in part.notices[0].zh
        assert "（" in part.plan.config.name


def test_a_code_that_is_no_plain_name_names_no_folder(dossier: Dossier) -> None:
    layer = dossier.plan.layers["district"]
    frame = layer.frame.copy()
    first = frame["_label"].iloc[0]
    hostile = "../../etc/<b>"
    frame["_label"] = frame["_label"].replace({first: hostile})
    verdicts = dossier.verdicts.assign(parent=dossier.verdicts["parent"].replace({first: hostile}))
    layers = {**dossier.plan.layers, "district": replace(layer, frame=frame)}
    parts = by_district(
        replace(dossier, plan=replace(dossier.plan, layers=layers), verdicts=verdicts)
    )
    assert all(name.replace("-", "").isalnum() for name in parts)
    assert "area-001" in parts
    assert hostile in parts["area-001"].plan.config.name


def test_review_writes_them_and_a_later_one_takes_them_away(tmp_path: Path) -> None:
    result = review(open_plan(SAMPLE), select=["BND"])
    files = result.save(tmp_path, by_district=True)
    folders = sorted(path.name for path in (tmp_path / "by-district").iterdir())
    assert [f"by-district/{name}" for name in folders] == sorted(
        name for name in files if name.startswith("by-district/")
    )
    for name in folders:
        written = {path.name for path in (tmp_path / "by-district" / name).iterdir()}
        assert written == {"findings.json", "findings.xlsx", "report.html"}
    own = tmp_path / "by-district" / folders[0] / "批注.txt"
    own.write_text("我的", "utf-8")
    result.save(tmp_path)
    assert own.read_text("utf-8") == "我的"
    assert [path.name for path in (tmp_path / "by-district").iterdir()] == [folders[0]]
