"""Findings as SARIF 2.1.0 (OASIS), which code scanning services read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from gisplan.catalogue.registry import registry
from gisplan.model import Dossier, Lang, Outcome, RuleRun, Severity
from gisplan.render.plain import clean
from gisplan.render.rows import cited, layer_name
from gisplan.render.words import OUTCOME, missing, pick

_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_OPEN = {Outcome.SKIPPED, Outcome.NOT_JUDGED, Outcome.CRASHED}


def format_sarif(dossier: Dossier, lang: Lang) -> str:
    """Return one run: its rules, its findings as results, its inputs as artifacts with hashes.

    A waived finding is a suppressed result with its reason. What could not be judged is told as a
    notification of the run, never left out. The fingerprint is `partialFingerprints["gisplan/v1"]`.
    """
    codes = list(dict.fromkeys([*(run.code for run in dossier.rules), *dossier.findings["code"]]))
    number = {code: place for place, code in enumerate(codes)}
    paths = [record.path for record in dossier.run.inputs]
    artifacts = {path: place for place, path in reversed(list(enumerate(paths)))}
    run = {
        "tool": {
            "driver": {
                "name": "gisplan",
                "version": dossier.run.gisplan,
                "rules": [_rule(code, lang) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "language": "zh-CN" if lang == "zh" else "en",
        "artifacts": [
            {"location": {"uri": quote(record.path)}, "hashes": {"sha-256": record.sha256}}
            for record in dossier.run.inputs
        ],
        "invocations": [
            {
                "executionSuccessful": not any(
                    run.outcome is Outcome.CRASHED for run in dossier.rules
                ),
                "toolExecutionNotifications": [
                    _notification(run, number, lang)
                    for run in dossier.rules
                    if run.outcome in _OPEN
                ],
            }
        ],
        "results": [
            _result(dossier, row, number, artifacts, lang)
            for row in dossier.findings.to_dict("records")
        ],
    }
    return json.dumps({"version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def _rule(code: str, lang: Lang) -> dict[str, Any]:
    entry = registry().get(code)
    rule: dict[str, Any] = {"id": code}
    if entry is not None:
        rule["shortDescription"] = {"text": pick(entry.rule.title, lang)}
        rule["defaultConfiguration"] = {"level": _LEVEL[Severity(entry.rule.severity)]}
    return rule


def _notification(run: RuleRun, number: Mapping[str, int], lang: Lang) -> dict[str, Any]:
    why = "" if run.why is None else pick(run.why, lang)
    return {
        "associatedRule": {"id": run.code, "index": number[run.code]},
        "level": "error" if run.outcome is Outcome.CRASHED else "warning",
        "message": {"text": f"{run.code} {pick(OUTCOME[run.outcome], lang)}: {why}"},
    }


def _result(
    dossier: Dossier,
    row: Mapping[Any, Any],
    number: Mapping[str, int],
    artifacts: Mapping[str, int],
    lang: Lang,
) -> dict[str, Any]:
    message = row[f"message_{lang}"]
    location: dict[str, Any] = {
        "logicalLocations": [
            {
                "name": row["feature"],
                "fullyQualifiedName": f"{row['layer']}/{row['feature']}",
                "kind": layer_name(dossier, row["layer"], lang),
            }
        ]
    }
    layer = dossier.plan.layers.get(row["layer"])
    if layer is not None and layer.paths and layer.paths[0] in artifacts:
        path = layer.paths[0]
        location["physicalLocation"] = {
            "artifactLocation": {"uri": quote(path), "index": artifacts[path]}
        }
    measured = {
        name: clean(row[name])
        for name in ("ruling", "measure", "unit", "limit", "related_layer", "related", "lon", "lat")
        if not missing(row[name])
    }
    result: dict[str, Any] = {
        "ruleId": row["code"],
        "ruleIndex": number[row["code"]],
        "level": _LEVEL[Severity(row["severity"])],
        "message": {"text": message},
        "locations": [location],
        "partialFingerprints": {"gisplan/v1": row["fingerprint"]},
        "properties": {**measured, "sources": cited(row["sources"], lang)},
    }
    waiver = row["waiver"]
    if row["state"] == "waived":
        reason = waiver.get("reason", "") if isinstance(waiver, Mapping) else ""
        result["suppressions"] = [{"kind": "external", "justification": reason}]
    return result
