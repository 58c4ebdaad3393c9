"""Findings for pipelines: JUnit and SARIF hold what findings.json holds, and break on nothing."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from gisplan.model import Dossier, Outcome
from gisplan.render.junit import format_junit
from gisplan.render.sarif import format_sarif
from gisplan.testing.dossier import small_dossier

HOSTILE = "]]><script>&\"'\x00\x1b\ud800\ufffe\n</failure>%0A::error::"


@pytest.fixture
def dossier() -> Dossier:
    made = small_dossier()
    findings = made.findings.copy()
    findings.loc[1, "state"] = "waived"
    findings.at[1, "waiver"] = {"reason": "已批准", "by": "张三"}
    findings.loc[2, ["message_zh", "message_en", "feature"]] = HOSTILE
    return replace(made, findings=findings)


def sarif(dossier: Dossier) -> dict:
    return json.loads(format_sarif(dossier, "zh"))


def test_junit_has_a_case_for_each_rule_and_fails_open_errors_alone(dossier: Dossier) -> None:
    root = ET.fromstring(format_junit(dossier, "zh"))
    (suite,) = root
    assert (root.tag, suite.tag) == ("testsuites", "testsuite")
    cases = {case.get("name").split()[0]: case for case in suite}
    assert list(cases) == [run.code for run in dossier.rules]
    rows = dossier.findings
    failing = rows[(rows["severity"] == "error") & (rows["state"] != "waived")]
    failed = {code for code, case in cases.items() if case.find("failure") is not None}
    assert failed == set(failing["code"])
    assert suite.get("tests") == str(len(dossier.rules))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert suite.get(name) == str(sum(case.find(tag) is not None for case in suite))
    said = sum(len((node.text or "").split("\n")) for node in suite.iter("failure"))
    assert said >= len(failing)


def test_junit_passes_no_rule_that_was_not_judged(dossier: Dossier) -> None:
    root = ET.fromstring(format_junit(dossier, "zh"))
    for run, case in zip(dossier.rules, root[0], strict=True):
        silent = not [node for node in case if node.tag != "system-out"]
        if run.outcome is Outcome.CRASHED:
            assert case.find("error") is not None
        elif run.outcome in {Outcome.SKIPPED, Outcome.NOT_JUDGED}:
            assert not silent
        elif run.outcome is Outcome.PASSED:
            assert silent


def test_sarif_has_what_the_standard_demands(dossier: Dossier) -> None:
    document = sarif(dossier)
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [run.code for run in dossier.rules]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["message"]["text"]
        for place in result["locations"]:
            if "physicalLocation" in place:
                at = place["physicalLocation"]["artifactLocation"]
                assert run["artifacts"][at["index"]]["location"]["uri"] == at["uri"]
                assert at["uri"].isascii()
                assert " " not in at["uri"]
    for invocation in run["invocations"]:
        assert isinstance(invocation["executionSuccessful"], bool)
        for told in invocation["toolExecutionNotifications"]:
            assert told["level"] in {"note", "warning", "error"}
            assert told["message"]["text"]


def test_sarif_has_every_finding_once_and_suppresses_what_is_waived(dossier: Dossier) -> None:
    results = sarif(dossier)["runs"][0]["results"]
    prints = [result["partialFingerprints"]["gisplan/v1"] for result in results]
    assert prints == list(dossier.findings["fingerprint"])
    level = {"error": "error", "warning": "warning", "info": "note"}
    assert [r["level"] for r in results] == [level[s] for s in dossier.findings["severity"]]
    waived = [r for r in results if "suppressions" in r]
    reasons = [it["reason"] for it in dossier.findings["waiver"] if isinstance(it, dict)]
    assert "已批准" in reasons
    assert [r["suppressions"] for r in waived] == [
        [{"kind": "external", "justification": reason}] for reason in reasons
    ]


def test_sarif_tells_what_was_not_judged(dossier: Dossier) -> None:
    (told,) = sarif(dossier)["runs"][0]["invocations"]
    unjudged = [
        run.code
        for run in dossier.rules
        if run.outcome in {Outcome.SKIPPED, Outcome.NOT_JUDGED, Outcome.CRASHED}
    ]
    notes = told["toolExecutionNotifications"]
    assert [note["associatedRule"]["id"] for note in notes] == unjudged
    assert told["executionSuccessful"] is False  # IND104 crashed


@pytest.mark.parametrize("form", [format_junit, format_sarif])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_hostile_texts_break_nothing_and_equal_dossiers_give_equal_texts(
    dossier: Dossier, form, lang
) -> None:
    text = form(dossier, lang)
    assert text == form(dossier, lang)
    if form is format_junit:
        assert "<script>" not in text
        ET.fromstring(text)
    else:
        json.loads(text)


def test_a_finding_of_a_rule_that_the_run_does_not_list_is_told_all_the_same(
    dossier: Dossier,
) -> None:
    code = dossier.findings["code"].iloc[0]
    cut = replace(dossier, rules=tuple(run for run in dossier.rules if run.code != code))
    (run,) = sarif(cut)["runs"]
    assert len(run["results"]) == len(dossier.findings)
    named = [run["tool"]["driver"]["rules"][row["ruleIndex"]]["id"] for row in run["results"]]
    assert named == [row["ruleId"] for row in run["results"]]
    (suite,) = ET.fromstring(format_junit(cut, "zh"))
    assert code in {case.get("name").split()[0] for case in suite}
    assert suite.get("tests") == str(len(suite))
