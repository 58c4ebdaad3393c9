"""An exam indicator (体检指标) below its target after the work is done.

What it checks: the values of the table of exam values whose phase is evaluation (评估) against the
target in their row, else the target of the indicator, in the direction of the indicator.
Why it matters: the evaluation says how far the problem is solved; the next exam begins there.
Left to others: values of the exam itself, which `gisplan exam` grades; a row that states another
direction than the indicator has cannot be judged.
"""

from __future__ import annotations

import pandas as pd

from gisplan.catalogue.exam import exam_indicators
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text

RULE = Rule(
    code="EXM104",
    name="target-missed",
    title=Text("评估后指标未达标", "target missed after evaluation"),
    severity=Severity.WARNING,
    needs=("exam_value.value",),
    sources=("liaoning-renewal-regulation#5", "gisplan-proposal"),
    message=Text(
        "{place} 的 {indicator} {indicator_title} 评估值 {measure:g}，"
        "未达到目标 {limit:g}（{unit_title}）",
        "{indicator} {indicator_title} of {place} is evaluated at {measure:g}, short of its target "
        "{limit:g} ({unit_title})",
    ),
    remedy=Text("列入下一轮体检与更新", "take it into the next exam and plan"),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the rows whose evaluated value misses the target."""
    table = tables.attributes["exam_value"]
    rows = table[(table["phase"] == "evaluation") & table["value"].notna()]
    if rows.empty:
        return skipped("没有评估阶段的指标值", "no value of the phase evaluation")
    known = exam_indicators()
    offenders: list[dict[str, object]] = []
    aside: list[dict[str, object]] = []
    for fid, row in zip(rows.index, rows.to_dict("records"), strict=True):
        one = known.get(str(row["indicator"]))
        if one is None:
            aside.append(_aside(int(fid), "没有这一体检指标", "no such indicator"))
            continue
        target = one.target if pd.isna(row["target"]) else float(row["target"])
        stated = row["direction"]
        if one.direction == "none" or target is None:
            continue
        if not pd.isna(stated) and stated != one.direction:
            aside.append(
                _aside(
                    int(fid),
                    "指标方向与目录不一致",
                    "it states another direction than the indicator has",
                )
            )
            continue
        value = float(row["value"])
        short = value < target if one.direction == "higher" else value > target
        if short:
            place = "" if pd.isna(row["code"]) else str(row["code"])
            offenders.append(
                {
                    "layer": "exam_value",
                    "fid": int(fid),
                    "related_layer": None if pd.isna(row["tier"]) else row["tier"],
                    "related": place,
                    "kind": one.code,
                    "measure": value,
                    "limit": target,
                    "params": {
                        "place": place,
                        "indicator": one.code,
                        "indicator_title": one.title,
                        "unit_title": one.unit,
                    },
                }
            )
    return judged(offenders, aside)


def _aside(fid: int, zh: str, en: str) -> dict[str, object]:
    return {"layer": "exam_value", "fid": fid, "why_zh": zh, "why_en": en}
