"""Too much of the existing floor area is demolished (拆除比例超限).

What it checks: demolished floor area less what is illegal or dangerous beyond repair (违法建筑、
无修缮保留价值的危房), over the existing floor area, for each renewal unit and each project.
Why it matters: renewal is not to clear whole areas (防止大拆大建); 20 % is the bottom line of 2021.
Left to others: what is built in return POL103; demolition in historic areas HER104. The document
says 原则上, so a reasoned exception (例外说明) can waive a finding. Where the existing floor area
is missing or 0, or the demolished one is missing, it is not judged.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.demolition import demolition_share

RULE = Rule(
    code="POL102",
    name="demolition-share-exceeded",
    title=Text("拆除比例超限", "demolition share exceeded"),
    severity=Severity.ERROR,
    needs=("judged",),
    params={
        "max_share": Param(
            0.20, unit="share", why="20 % of the existing floor area, 建科〔2021〕63号"
        ),
        "tolerance": Param(
            1e-4, unit="share", why="0.01 percentage points: shares are stated to two decimals"
        ),
    },
    sources=("jianke-2021-63",),
    message=Text(
        "{title} {who} 拆除比例 {measure:.2%}，超过 {limit:.0%}：拆除 {demolished:,.0f} 平方米，"
        "其中违法或者无保留价值 {illegal:,.0f} 平方米，现状 {existing:,.0f} 平方米"
        "（原则上不应超过，可作例外说明）",
        "{title} {who} demolishes {measure:.2%} of its floor area, above {limit:.0%}:"
        " {demolished:,.0f} m2, of it {illegal:,.0f} m2 illegal or beyond repair,"
        " of {existing:,.0f} m2 (a rule in principle: a reasoned exception can waive it)",
    ),
    remedy=Text(
        "减少拆除，改为保留或者改造；确需超过的，写明理由作例外说明",
        "keep or alter instead of demolishing, or give reasons for an exception",
    ),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the units and projects that demolish more than the share allowed."""
    layers = [
        layer
        for layer in dict.fromkeys((tables.judged, "unit", "project"))
        if {"existing_area", "demolish_area"} & tables.found.get(layer, frozenset())
    ]
    if not layers:
        return skipped(
            "没有现状建筑面积和拆除建筑面积字段",
            "no field says how much floor area there is or is demolished",
        )
    offenders: list[dict[str, Any]] = []
    aside: list[dict[str, Any]] = []
    for layer in layers:
        frame = tables.attributes[layer]
        share = demolition_share(frame)
        over = share[share > params.max_share + params.tolerance]
        offenders += [_offender(tables, layer, fid, value, params) for fid, value in over.items()]
        aside += [
            {
                "layer": layer,
                "fid": fid,
                "why_zh": "缺少现状建筑面积或者拆除建筑面积，拆除比例无法计算",
                "why_en": "existing or demolished floor area is missing, so there is no share",
            }
            for fid in share.index[share.isna()]
        ]
    return judged(offenders, aside)


def _offender(tables: Tables, layer: str, fid: int, share: float, params: Params) -> dict[str, Any]:
    row = tables.attributes[layer].loc[fid]
    figures = {
        "demolished": float(row["demolish_area"]),
        "illegal": 0.0 if pd.isna(row.get("illegal_area")) else float(row["illegal_area"]),
        "existing": float(row["existing_area"]),
    }
    name = row["name"] if isinstance(row["name"], str) else ""
    return {
        "layer": layer,
        "fid": fid,
        "measure": share,
        "limit": params.max_share,
        "unit": "share",
        "measures": {f"{key}_m2": value for key, value in figures.items()},
        "params": {
            **figures,
            "title": tables.specs[layer].title,
            "name": name,
            "who": f"{row['_label']} {name}".strip(),
        },
    }
