"""Accepted exceptions: what they excuse, and that they never make a heritage act lawful."""

from __future__ import annotations

import datetime as dt

import pytest

from gisplan.findings.status import exit_status
from gisplan.model import Exemption, Ruling, Waiver

A, B = "210102-GX001", "210102-GX002"


def waiver(**fields):
    return Waiver(reason="危房", by="市局", **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"code": "GEO103", "feature": A},
        {"code": "GEO103", "feature": A, "related": B},
        {"code": "GEO103", "feature": B, "related": A},
    ],
)
def test_a_waiver_by_code_and_feature_excuses_the_finding(case, overlap, fields):
    case.waivers = [waiver(**fields, until=dt.date(2026, 12, 31))]
    dossier = case.offend("GEO103", overlap).build()
    row = dossier.findings.iloc[0]
    assert (row["state"], row["severity"]) == ("waived", "error")
    assert row["waiver"] == {"reason": "危房", "by": "市局", "until": "2026-12-31"}
    assert set(dossier.verdicts["verdict"]) == {"clear"}
    assert exit_status(dossier) == 0
    assert list(dossier.findings["code"]) == ["GEO103"]


def test_a_waiver_by_fingerprint_excuses_that_finding_alone(case, overlap):
    case.offend("GEO103", overlap, {**overlap, "kind": "other"})
    first = case.build().findings["fingerprint"][0]
    case.waivers = [waiver(fingerprint=first)]
    findings = case.build().findings.set_index("fingerprint")
    assert findings["state"][first] == "waived"
    assert sorted(findings["state"]) == ["new", "waived"]
    assert findings["waiver"][first]["until"] is None


@pytest.mark.parametrize(
    "fields",
    [
        {"code": "GEO103", "feature": B},
        {"code": "GEO103", "feature": A, "related": "C"},
        {"code": "POL102", "feature": A},
        {"code": "GEO103"},
        {"feature": A},
    ],
)
def test_a_waiver_that_meets_nothing_is_kept_and_said(case, overlap, fields):
    case.waivers = [waiver(**fields)]
    dossier = case.offend("GEO103", overlap).build()
    findings = dossier.findings.set_index("code")
    assert findings["state"].to_dict() == {"GEO103": "new", "SCH110": "new"}
    assert all(value in findings["feature"]["SCH110"] for value in fields.values())
    assert exit_status(dossier) == 1


@pytest.mark.parametrize(("until", "state"), [(15, "waived"), (14, "new")])
def test_a_waiver_holds_through_its_last_day(case, overlap, until, state):
    case.waivers = [waiver(code="GEO103", feature=A, until=dt.date(2026, 6, until))]
    dossier = case.offend("GEO103", overlap).build()
    findings = dossier.findings.set_index("code")
    assert findings["state"]["GEO103"] == state
    assert ("SCH110" in findings.index) is (state == "new")
    if state == "new":
        assert findings["kind"]["SCH110"] == "expired"


@pytest.mark.parametrize("ruling", [r for r in Ruling if r is not Ruling.NOTICE])
def test_a_waived_ruling_leaves_the_unit_conditional_at_best(case, in_core_zone, ruling):
    case.waivers = [waiver(code="HER101", feature=A)]
    dossier = case.offend("HER101", {**in_core_zone, "ruling": ruling}).build()
    row = dossier.verdicts.set_index("unit").loc[A]
    assert (row["verdict"], row["errors"], row["approvals"]) == ("conditional", 0, 0)
    assert row["reasons"] == list(dossier.findings["fingerprint"])
    assert "例外" in row["why_zh"][0]


def test_a_waived_notice_leaves_the_unit_clear(case, in_core_zone):
    case.waivers = [waiver(code="HER101", feature=A)]
    case.offend("HER101", {**in_core_zone, "ruling": Ruling.NOTICE})
    assert case.verdict(A)["verdict"] == "clear"


def test_a_waiver_lifts_no_doubt(case, overlap):
    case.waivers = [waiver(code="GEO103", feature=A)]
    del case.layers["heritage_zone"]
    assert case.offend("GEO103", overlap).verdict(A)["verdict"] == "undetermined"


def placed(case, overlap, metres=0.0, **fields):
    """Return the states of findings by code when a waiver stands some metres from the first."""
    row = case.offend("GEO103", overlap).build().findings.iloc[0]
    at = (row["lon"], row["lat"] + metres / 111_320)
    case.waivers = [waiver(code="GEO103", at=at, **fields)]
    return case.build().findings.set_index("code")


@pytest.mark.parametrize(("metres", "state"), [(0, "waived"), (19.9, "waived"), (20.1, "new")])
def test_a_waiver_by_place_survives_a_small_shift(case, overlap, metres, state):
    findings = placed(case, overlap, metres)
    assert findings["state"]["GEO103"] == state
    assert ("SCH110" in findings.index) is (state == "new")


@pytest.mark.parametrize(
    ("factor", "state"), [(1.0, "waived"), (0.92, "waived"), (0.9, "new"), (1.2, "new")]
)
def test_a_waiver_lapses_when_what_it_accepted_changes_by_a_tenth(case, overlap, factor, state):
    measure = case.offend("GEO103", overlap).build().findings.iloc[0]["measure"]
    findings = placed(case, overlap, measure=measure * factor)
    assert findings["state"]["GEO103"] == state
    if state == "new":
        assert findings["kind"]["SCH110"] == "changed"


def exempt(case, overlap, **fields):
    told = {"rule": "GEO", "where": {"name": "甲"}, "reason": "试点", "by": "省厅"} | fields
    case.exemptions = [Exemption(**told)]
    return case.offend("GEO103", overlap).build().findings.set_index("code")


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "waived"),
        ({"rule": "GEO103", "layer": "unit"}, "waived"),
        ({"rule": "GEO104"}, "new"),
        ({"layer": "project"}, "new"),
        ({"where": {"name": "乙"}}, "new"),
        ({"where": {"name": "甲", "parent": "210103"}}, "new"),
        ({"where": {"nothing": "甲"}}, "new"),
        ({"until": dt.date(2026, 6, 14)}, "new"),
        ({"until": dt.date(2026, 6, 15)}, "waived"),
    ],
)
def test_an_exempt_class_is_declared_by_its_fields(case, overlap, fields, state):
    findings = exempt(case, overlap, **fields)
    assert findings["state"]["GEO103"] == state
    assert ("SCH110" in findings.index) is (state == "new")
