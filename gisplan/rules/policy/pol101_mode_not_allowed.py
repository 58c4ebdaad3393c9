"""A renewal mode that the plan above does not allow (更新方式不符合上级要求).

What it checks: the mode of each feature below another tier is among the modes that its parent
allows, or that the guidance allows its city, and is not more intense than the parent's own mode.
Why it matters: the tier above decides whether a place is mended or cleared.
Left to others: a mode that no list knows SCH107; how much is demolished POL102; heritage HER101 to
HER113. Necessary infrastructure (M7) has no intensity. Where the mode is missing or unknown and the
tier above has a say, it is not judged.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.policy.allowed import Demand, demands

RULE = Rule(
    code="POL101",
    name="mode-not-allowed",
    title=Text("更新方式不符合上级要求", "mode not allowed"),
    severity=Severity.ERROR,
    measures=("parents",),
    needs=("tiers", "tier.mode"),
    sources=("transmission-chain", "gisplan-proposal"),
    message=Text(
        "{title} {who} 的更新方式“{mode}”不在{source} {related} 允许的方式（{allowed}）之内",
        "{title} {who}: {mode} is not among the modes that {source} {related} allows ({allowed})",
    ),
    remedy=Text(
        "改用上级允许的更新方式，或者先调整上级规划",
        "choose a mode that the tier above allows, or have that plan changed first",
    ),
)
_INTENSE = Text(
    "{title} {who} 的更新方式“{mode}”强于上级 {related} 的“{parent_mode}”",
    "{title} {who}: {mode} is more intense than {parent_mode} of its parent {related}",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the features whose mode the tier above, or their city's guidance, does not allow."""
    asked = demands(tables)
    if not asked:
        return skipped("上级没有规定更新方式", "no tier above has a say in the mode")
    offenders: list[dict[str, Any]] = []
    aside: dict[tuple[str, int], dict[str, Any]] = {}
    modes = {layer: dict(tables.attributes[layer]["mode"]) for layer in {d.layer for d in asked}}
    for demand in asked:
        mode = modes[demand.layer][demand.fid]
        if mode not in codelist("mode"):
            aside[demand.layer, demand.fid] = {
                "layer": demand.layer,
                "fid": demand.fid,
                "why_zh": "更新方式未填写或者无法识别",
                "why_en": "its renewal mode is missing or unknown",
            }
        elif _offends(mode, demand):
            row = tables.attributes[demand.layer].loc[demand.fid]
            offenders.append(_offender(tables, row, demand))
    return judged(offenders, list(aside.values()))


def _offends(mode: str, demand: Demand) -> bool:
    if demand.kind != "more-intense":
        return mode not in demand.allowed
    own, parent = _intensity(mode), _intensity(demand.allowed[0])
    return own is not None and parent is not None and own > parent


def _intensity(mode: str) -> float | None:
    value = codelist("mode")[mode].extra["intensity"]
    return float(value) if value else None


def _offender(tables: Tables, row: pd.Series, demand: Demand) -> dict[str, Any]:
    modes = codelist("mode")
    name = row["name"] if isinstance(row["name"], str) else ""
    shared = {
        "title": tables.specs[demand.layer].title,
        "name": name,
        "who": f"{row['_label']} {name}".strip(),
        "mode": modes[row["mode"]].title,
    }
    intense = demand.kind == "more-intense"
    titles = [modes[mode].title for mode in demand.allowed]
    return {
        "layer": demand.layer,
        "fid": demand.fid,
        "related_layer": demand.related_layer,
        "related": demand.related,
        "kind": demand.kind,
        "message": _INTENSE if intense else None,
        "params": {
            **shared,
            "parent_mode": titles[0],
            "source": tables.specs[demand.related_layer].title,
            "allowed": Text("、".join(t.zh for t in titles), ", ".join(t.en for t in titles)),
        },
    }
