"""Findings, verdicts and the account of the run, as the page wants them."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from gisplan.catalogue.registry import registry
from gisplan.model import Dossier, Outcome, Severity, Text
from gisplan.render import words
from gisplan.render.districts import Districts
from gisplan.render.webmap.answers import Answers, source_record
from gisplan.render.webmap.layers import pair, spatial_layers
from gisplan.render.webmap.shapes import Shapes, pack, same_place, to_degrees
from gisplan.render.webmap.style import severity_style


def rule_title(code: str) -> Text:
    """Return the title of a rule; its code where the catalogue does not know it."""
    entry = registry().get(code)
    return entry.rule.title if entry is not None else Text(code, code)


def findings_record(dossier: Dossier, districts: Districts) -> dict[str, Any]:
    """Return all findings: texts in both languages, and the evidence that is worth drawing.

    Evidence that is just the shape of the feature itself is not drawn a second time: it would
    bury the verdicts. `own` marks such findings; the page then shows the feature.
    """
    frame = dossier.findings
    shapes = to_degrees(frame.geometry)
    own = _own_shape(dossier, shapes)
    rows = [_finding(row) for row in frame.itertuples(index=False)]
    for row, is_own, concerned in zip(rows, own, districts.of_finding, strict=True):
        row["own"] = bool(is_own)
        row["districts"] = list(concerned)
    pieces = shapes.copy()
    pieces[own] = None
    return {
        "rows": rows,
        "rules": {code: pair(rule_title(code)) for code in sorted(set(frame["code"]))},
        "families": {
            key: [words.family(key, "zh"), words.family(key, "en")]
            for key in sorted({code[:3] for code in frame["code"]})
        },
        "shapes": pack(pieces),
        "styles": {severity.value: severity_style(severity) for severity in Severity},
    }


def _own_shape(dossier: Dossier, shapes: Shapes) -> Any:
    frame = dossier.findings
    feature = np.full(len(frame), None, dtype=object)
    for layer in spatial_layers(dossier):
        mine = np.flatnonzero((frame["layer"] == layer.name).to_numpy())
        wanted = frame["feature"].iloc[mine].astype(object)
        named = layer.frame[layer.frame["_label"].astype(object).isin(wanted)]
        by_label = dict(zip(named["_label"], to_degrees(named.geometry), strict=True))
        for i in mine:
            feature[i] = by_label.get(frame["feature"].iat[i])
    there = ~shapely.is_missing(feature) & ~shapely.is_missing(shapes)
    own = np.zeros(len(frame), dtype=bool)
    own[there] = same_place(shapes[there], feature[there])
    return own


def _finding(row: Any) -> dict[str, Any]:
    return {
        "id": row.fingerprint,
        "code": row.code,
        "severity": str(row.severity),
        "ruling": _or_none(row.ruling),
        "state": _or_none(row.state),
        "layer": _or_none(row.layer),
        "feature": _or_none(row.feature),
        "relatedLayer": _or_none(row.related_layer),
        "related": _or_none(row.related),
        "message": [row.message_zh, row.message_en],
        "remedy": [row.remedy_zh or "", row.remedy_en or ""],
        "measure": _quantity(row.measure, row.unit),
        "limit": _quantity(row.limit, row.unit),
        "sources": [source_record(source) for source in row.sources or []],
        "at": None if words.missing(row.lon) else [round(row.lon, 7), round(row.lat, 7)],
        "box": None if words.missing(row.bbox) else [round(value, 7) for value in row.bbox],
        "waiver": _waiver(row.waiver),
    }


def _or_none(value: Any) -> str | None:
    return None if words.missing(value) else str(value)


def _quantity(value: Any, unit: str | None) -> list[str] | None:
    if words.missing(value):
        return None
    return [words.quantity(value, unit, "zh"), words.quantity(value, unit, "en")]


def _waiver(waiver: Any) -> dict[str, str] | None:
    if words.missing(waiver) or not waiver:
        return None
    return {key: str(waiver[key]) for key in ("reason", "by", "until") if waiver.get(key)}


def verdicts_record(
    dossier: Dossier, districts: Districts, answers: Answers, packed: bool = False
) -> list[dict[str, Any]]:
    """Return the verdict of every unit, in the dossier's order.

    Where the judged layer is packed, it bears the verdicts of its features itself, and only
    those of units that are not in it are returned.
    """
    verdicts = dossier.verdicts
    if packed:
        labels = dossier.plan.layers[dossier.judged].frame["_label"]
        # as objects: where texts are Arrow's, pandas takes ten times as long
        verdicts = verdicts[~verdicts["unit"].astype(object).isin(labels.astype(object))]
    return [
        {
            "unit": str(row.unit),
            "name": _or_none(row.name) or "",
            "verdict": str(row.verdict),
            "errors": int(row.errors),
            "approvals": int(row.approvals),
            "reasons": list(row.reasons),
            "why": [[zh, en] for zh, en in zip(row.why_zh, row.why_en, strict=True)],
            "due": answers.due.get(row.unit, []),
            "ways": answers.ways.get(row.unit, []),
            "district": districts.of_unit.get(row.unit),
        }
        for row in verdicts.itertuples(index=False)
    ]


def account_record(dossier: Dossier) -> dict[str, Any]:
    """Return what was checked and what was not: a missing input is never a pass."""
    unjudged = {Outcome.SKIPPED, Outcome.NOT_JUDGED, Outcome.CRASHED}
    return {
        "outcomes": [
            [pair(words.OUTCOME[outcome]), sum(run.outcome is outcome for run in dossier.rules)]
            for outcome in Outcome
        ],
        "open": [
            {
                "code": run.code,
                "title": pair(rule_title(run.code)),
                "outcome": pair(words.OUTCOME[run.outcome]),
                "why": pair(run.why) if run.why is not None else ["", ""],
            }
            for run in dossier.rules
            if run.outcome in unjudged
        ],
        "layers": [
            [
                _layer_title(dossier, count.layer),
                count.read,
                count.checked,
                count.quarantined,
                count.repaired,
            ]
            for count in dossier.layers
        ],
        "inputs": [
            {"path": record.path, "crs": pair(words.crs_name(record.crs)), "sha256": record.sha256}
            for record in dossier.run.inputs
        ],
        "notices": [pair(notice) for notice in dossier.notices],
    }


def _layer_title(dossier: Dossier, name: str) -> list[str]:
    layer = dossier.plan.layers.get(name)
    if layer is not None:
        return pair(layer.spec.title)
    tier = next((tier for tier in dossier.plan.chain if tier.name == name), None)
    return pair(tier.title) if tier is not None else [name, name]
