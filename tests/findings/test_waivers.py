"""Accepted exceptions: what they excuse, and that they never make a heritage act lawful."""

from __future__ import annotations

import datetime as dt

import pytest

from gisplan.findings.status import exit_status
from gisplan.model import Ruling, Waiver

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
    assert dossier.notices == ()


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
    assert list(dossier.findings["state"]) == ["new"]
    assert len(dossier.notices) == 1
    assert all(value in dossier.notices[0].zh for value in fields.values())
    assert exit_status(dossier) == 1


@pytest.mark.parametrize(("until", "state"), [(15, "waived"), (14, "new")])
def test_a_waiver_holds_through_its_last_day(case, overlap, until, state):
    case.waivers = [waiver(code="GEO103", feature=A, until=dt.date(2026, 6, until))]
    dossier = case.offend("GEO103", overlap).build()
    assert list(dossier.findings["state"]) == [state]
    assert bool(dossier.notices) is (state == "new")
    assert not dossier.notices or "2026-06-14" in dossier.notices[0].en


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
