"""Much more is built than demolished (拆建比超限).

What it checks: new over demolished floor area (新建 ÷ 拆除建筑面积) of each renewal unit and
each project. With `exclude_public` the floor area of public services is taken off the new one.
Why it matters: renewal is not to add floor area on a large scale (防止大拆大建); 2 is the bottom
line of 2021. The document does not define the ratio; this is the common reading.
Left to others: how much is demolished POL102. Where nothing is demolished there is no ratio and
nothing is demanded here; where an area is missing it is not judged. A reasoned exception (例外说明)
can waive a finding.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text

RULE = Rule(
    code="POL103",
    name="rebuild-ratio-exceeded",
    title=Text("拆建比超限", "rebuild ratio exceeded"),
    severity=Severity.ERROR,
    needs=("judged",),
    params={
        "max_ratio": Param(2.0, why="new floor area over demolished, 建科〔2021〕63号"),
        "tolerance": Param(0.01, why="ratios are stated to two decimals"),
        "exclude_public": Param(False, why="the document allows necessary public services more"),
    },
    sources=("jianke-2021-63",),
    message=Text(
        "{title} {who} 拆建比 {measure:.2f}，超过 {limit:.1f}：新建 {built:,.0f} 平方米，"
        "拆除 {demolished:,.0f} 平方米（可作例外说明）",
        "{title} {who} has a rebuild ratio of {measure:.2f}, above {limit:.1f}: {built:,.0f} m2"
        " built for {demolished:,.0f} m2 demolished (a reasoned exception can waive it)",
    ),
    remedy=Text(
        "减少新建建筑面积；确需超过的，写明理由作例外说明",
        "build less, or give reasons for an exception",
    ),
)
_SLACK = 1e-9


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the units and projects that build too much for what they demolish."""
    layers = [
        layer
        for layer in dict.fromkeys((tables.judged, "unit", "project"))
        if {"new_area", "demolish_area"} <= tables.found.get(layer, frozenset())
    ]
    if not layers:
        return skipped(
            "没有新建建筑面积和拆除建筑面积字段",
            "no field says how much floor area is built and demolished",
        )
    offenders: list[dict[str, Any]] = []
    aside: list[dict[str, Any]] = []
    for layer in layers:
        frame = tables.attributes[layer]
        built, demolished = _numbers(frame, "new_area"), _numbers(frame, "demolish_area")
        if params.exclude_public:
            built = (built - _numbers(frame, "public_area").fillna(0.0)).clip(lower=0.0)
        ratio = built / demolished.where(demolished > 0)
        for fid in frame.index[ratio > params.max_ratio + params.tolerance + _SLACK]:
            name = frame["name"][fid] if isinstance(frame["name"][fid], str) else ""
            figures = {"built": float(built[fid]), "demolished": float(demolished[fid])}
            offenders.append(
                {
                    "layer": layer,
                    "fid": fid,
                    "measure": float(ratio[fid]),
                    "limit": params.max_ratio,
                    "measures": {f"{key}_m2": value for key, value in figures.items()},
                    "params": {
                        **figures,
                        "title": tables.specs[layer].title,
                        "name": name,
                        "who": f"{frame['_label'][fid]} {name}".strip(),
                    },
                }
            )
        aside += [
            {
                "layer": layer,
                "fid": fid,
                "why_zh": "缺少新建建筑面积或者拆除建筑面积，拆建比无法计算",
                "why_en": "built or demolished floor area is missing, so there is no ratio",
            }
            for fid in frame.index[(built.isna() & (demolished != 0)) | demolished.isna()]
        ]
    return judged(offenders, aside)


def _numbers(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame:
        return pd.Series(float("nan"), index=frame.index)
    return pd.to_numeric(frame[name], errors="coerce").astype(float)
