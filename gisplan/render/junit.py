"""Rules as test cases of JUnit, which build servers show: one case a rule."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import defaultdict

from gisplan.catalogue.registry import registry
from gisplan.model import Dossier, Lang, Outcome, Severity
from gisplan.render.words import OUTCOME, SEVERITY, pick

_NONE = frozenset(map(chr, [*range(0xD800, 0xE000), 0xFFFE, 0xFFFF]))
_OPEN = {Outcome.SKIPPED, Outcome.NOT_JUDGED}


def format_junit(dossier: Dossier, lang: Lang) -> str:
    """Return a JUnit report: a case for each rule that the run asked.

    A rule fails where an error of it is open; its warnings, notices and waived findings stand in
    the case's output. A rule that could not be judged is skipped, with the reason, and no pass; one
    that crashed is an error. The same dossier gives the same text: no times are told.
    """
    found: dict[str, list[tuple[bool, str]]] = defaultdict(list)
    for row in dossier.findings.to_dict("records"):
        fails = row["severity"] == Severity.ERROR and row["state"] != "waived"
        severity = pick(SEVERITY[Severity(row["severity"])], lang)
        message = row[f"message_{lang}"]
        whose = "" if row["feature"] in message else f"{row['feature']} "
        found[row["code"]].append((fails, f"{severity} {whose}{message}"))
    suite = ET.Element("testsuite", name=_text(dossier.plan.config.name or "gisplan"))
    counts = dict.fromkeys(("failures", "errors", "skipped"), 0)
    runs = {run.code: run for run in dossier.rules}
    codes = dict.fromkeys([*runs, *sorted(found)])  # what is found is told, whoever found it
    for code in codes:
        entry, run = registry().get(code), runs.get(code)
        title = pick(entry.rule.title, lang) if entry else code
        case = ET.SubElement(
            suite, "testcase", classname=f"gisplan.{code[:3]}", name=_text(f"{code} {title}")
        )
        outcome = Outcome.FAILED if run is None else run.outcome
        why = "" if run is None or run.why is None else pick(run.why, lang)
        lines = found[code]
        failing = [text for fails, text in lines if fails]
        if failing:
            counts["failures"] += 1
            _said(case, "failure", f"{len(failing)}", failing)
        elif outcome is Outcome.CRASHED:
            counts["errors"] += 1
            _said(case, "error", why, [])
        elif outcome in _OPEN:
            counts["skipped"] += 1
            _said(case, "skipped", f"{pick(OUTCOME[outcome], lang)}: {why}", [])
        others = [text for fails, text in lines if not fails]
        if others:
            ET.SubElement(case, "system-out").text = _text("\n".join(others))
    suite.set("tests", str(len(codes)))
    for name, count in counts.items():
        suite.set(name, str(count))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _said(case: ET.Element, tag: str, message: str, lines: list[str]) -> None:
    ET.SubElement(case, tag, message=_text(message)).text = _text("\n".join(lines))


def _text(text: str) -> str:
    """Return a text without what XML cannot hold."""
    return "".join(sign for sign in text if sign in "\t\n" or (sign >= " " and sign not in _NONE))
