"""Offenders become one finding a defect, with the right words, severity and name."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest

from gisplan.findings.fingerprint import fingerprint
from gisplan.model import Ruling, Text

A, B = "210102-GX001", "210102-GX002"


def test_the_fingerprint_is_made_of_six_words_and_nothing_else(case, overlap):
    words = ["GEO103", "", "unit", A, "unit", B]
    text = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
    expected = hashlib.sha256(text.encode()).hexdigest()[:16]
    moved = {**overlap, "measure": 12.000001, "limit": 2.0, "measures": {"n": 3}}
    for row in (overlap, moved):
        assert list(case.offend("GEO103", row).build().findings["fingerprint"]) == [expected]


@pytest.mark.parametrize("place", range(6))
def test_each_of_the_six_words_changes_the_fingerprint(place):
    words = ["GEO103", "", "unit", A, "unit", B]
    other = [*words]
    other[place] = "x"
    assert fingerprint(*words) != fingerprint(*other)


def test_no_related_feature_is_another_defect_than_a_related_one():
    assert fingerprint("GEO103", "", "unit", A, None, None) != fingerprint(
        "GEO103", "", "unit", A, "None", "None"
    )


def test_areas_of_one_defect_are_summed_and_the_larger_gives_the_figures(case, overlap):
    small = {**overlap, "measure": 3.0, "measures": {"width_m": 1.0}}
    large = {**overlap, "measure": 9.0, "measures": {"width_m": 7.0}}
    for rows in ((small, large), (large, small)):
        findings = case.offend("GEO103", *rows).build().findings
        assert len(findings) == 1
        assert findings["measure"][0] == 12.0
        assert findings["measures"][0] == {"width_m": 7.0}
        assert findings["message_en"][0] == f"{A} and {B}: 12.0"


def test_other_measures_of_one_defect_are_not_summed(case, overlap):
    rows = [{**overlap, "measure": value, "unit": "m"} for value in (3.0, 9.0)]
    assert case.offend("GEO103", *rows).build().findings["measure"][0] == 9.0


def test_kinds_keep_defects_of_one_pair_apart(case, overlap):
    rows = [{**overlap, "kind": "a"}, {**overlap, "kind": "b"}]
    dossier = case.offend("GEO103", *rows).build()
    assert dossier.findings["fingerprint"].nunique() == 2
    assert dossier.rules[0].count == 2


def test_the_count_of_a_rule_is_that_of_its_findings(case, overlap):
    assert case.offend("GEO103", overlap, overlap).build().rules[0].count == 1


def test_merged_offenders_keep_the_strictest_severity_and_ruling(case, in_core_zone):
    mild = {**in_core_zone, "ruling": Ruling.APPROVAL, "measure": 500.0}
    findings = case.offend("HER101", mild, in_core_zone).build().findings
    assert list(findings["severity"]) == ["error"]
    assert list(findings["ruling"]) == ["prohibited"]


@pytest.mark.parametrize(
    ("ruling", "severity"),
    [
        (Ruling.PROHIBITED, "error"),
        (Ruling.EXCEPTION_ONLY, "error"),
        (Ruling.APPROVAL, "warning"),
        (Ruling.CONSULTATION, "warning"),
        (Ruling.NOTICE, "info"),
    ],
)
def test_the_ruling_decides_the_severity(case, in_core_zone, ruling, severity):
    row = {**in_core_zone, "ruling": ruling}
    assert list(case.offend("HER101", row).build().findings["severity"]) == [severity]


def test_the_plan_may_override_what_a_ruling_decides(case, in_core_zone):
    case.rules = {"HER101": {"severity": "info"}}
    row = {**in_core_zone, "severity": "error"}
    assert list(case.offend("HER101", row).build().findings["severity"]) == ["info"]


def test_the_plan_overrides_the_rule_but_not_the_graver_case_of_an_offender(case, overlap):
    case.rules = {"GEO103": {"severity": "info"}}
    rows = [overlap, {**overlap, "kind": "x", "severity": "error"}]
    assert sorted(case.offend("GEO103", *rows).build().findings["severity"]) == ["error", "info"]


def test_numpy_cells_and_missing_numbers_are_plain(case, overlap):
    row = {**overlap, "fid": np.int64(0), "measure": np.float64(4), "limit": float("nan")}
    findings = case.offend("GEO103", row).build().findings
    assert findings["feature"][0] == A
    assert findings["message_zh"][0] == f"{A} 与 {B}：4.0"


def test_a_fact_that_is_not_known_is_a_dash_whatever_the_format(case, overlap):
    row = {**overlap, "measure": None, "related": None, "related_layer": None}
    findings = case.offend("GEO103", row).build().findings
    assert findings["message_en"][0] == f"{A} and —: —"


@pytest.mark.parametrize(
    "broken", ["{nowhere}", "{0}", "{feature:.2f}", "{feature.x}", "{", "{feature[a]}"]
)
def test_a_template_that_cannot_be_filled_falls_back_to_the_title(case, overlap, broken):
    row = {**overlap, "message": Text(broken, "fine: {feature}")}
    findings = case.offend("GEO103", row).build().findings
    assert findings["message_zh"][0] == "GEO103 标题"
    assert findings["message_en"][0] == f"fine: {A}"


def test_texts_among_the_facts_are_put_in_the_readers_language(case, overlap):
    row = {
        **overlap,
        "message": Text("{layer} {what}", "{layer} {what}"),
        "params": {"what": Text("重叠", "overlap")},
    }
    findings = case.offend("GEO103", row).build().findings
    assert (findings["message_zh"][0], findings["message_en"][0]) == (
        "更新单元 重叠",
        "renewal unit overlap",
    )


def test_braces_in_a_name_are_not_taken_for_a_template(case, overlap):
    row = {**overlap, "related": "{feature} {x}"}
    assert "{feature} {x}" in case.offend("GEO103", row).build().findings["message_zh"][0]


def test_sources_are_cited_and_one_that_nobody_declared_is_not_verified(case, overlap):
    row = {**overlap, "sources": ("historic-cities-regulation-524#28", "no-such-law#3")}
    known, unknown = case.offend("GEO103", row).build().findings["sources"][0]
    assert known["title"] == "历史文化名城名镇名村保护条例"
    assert known["article"] == "28"
    assert unknown == {
        "key": "no-such-law",
        "title": "no-such-law",
        "title_en": "no-such-law",
        "article": "3",
        "verified": False,
    }


def test_findings_are_sorted_by_severity_code_feature(case, overlap):
    case.offend("SCH108", overlap)
    case.offend("GEO110", overlap)
    case.offend("GEO103", {**overlap, "fid": 1, "related": A}, overlap)
    findings = case.build().findings
    assert list(zip(findings["code"], findings["feature"], strict=True)) == [
        ("GEO103", A),
        ("GEO103", B),
        ("SCH108", A),
        ("GEO110", A),
    ]


def test_nothing_depends_on_the_order_of_rows_and_runs(case, overlap, in_core_zone):
    from gisplan.render.json import to_json

    rows = [{**overlap, "kind": kind, "measure": m} for kind in "ab" for m in (1.0, 2.0)]
    texts = set()
    for order in (rows, rows[::-1]):
        case.runs = {}
        case.offend("HER101", in_core_zone).offend("GEO103", *order)
        texts.add(to_json(case.build()))
        case.runs = dict(reversed(case.runs.items()))
        texts.add(to_json(case.build()))
    assert len(texts) == 1


# --- routes -----------------------------------------------------------------------------------


def test_a_finding_carries_the_route_of_its_ruling(case, in_core_zone):
    route = {"key": "core-works", "steps": ("core-scheme-approval",)}
    case.offend("HER101", {**in_core_zone, "ruling": Ruling.APPROVAL, "route": route})
    assert list(case.build().findings["route"]) == [
        {"key": "core-works", "steps": ["core-scheme-approval"]}
    ]


def test_a_finding_without_a_ruling_has_no_route(case, overlap):
    assert list(case.offend("GEO103", overlap).build().findings["route"]) == [None]


@pytest.mark.parametrize("turn", [1, -1])
def test_two_zones_of_one_name_keep_the_steps_of_both(case, in_core_zone, turn):
    rows = [
        {
            **in_core_zone,
            "ruling": Ruling.CONSULTATION,
            "route": {"key": "plan-consult", "steps": ("plan-consultation",)},
        },
        {
            **in_core_zone,
            "ruling": Ruling.APPROVAL,
            "route": {"key": "core-works", "steps": ("core-scheme-approval",)},
            "measure": 5.0,
        },
    ]
    case.offend("HER101", *rows[::turn])
    assert list(case.build().findings["route"]) == [
        {"key": "core-works", "steps": ["plan-consultation", "core-scheme-approval"]}
    ]
