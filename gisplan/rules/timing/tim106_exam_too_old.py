"""A unit rests on a city exam (城市体检) that is older than it may be, or younger than the plan.

What it checks: the year of the exam problems that a unit names against the first year of its plan:
the beginning of its period, else the year of its approval.
Why it matters: the exam is the ground of a renewal plan; what was found long ago may be mended.
Left to others: problems that no unit takes up EXM101; a problem that does not exist EXM102.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.timing.dates import plan_dates

RULE = Rule(
    code="TIM106",
    name="exam-too-old",
    title=Text("体检成果过期", "exam too old"),
    severity=Severity.WARNING,
    needs=("judged.problems", "exam_problem.year"),
    sources=("liaoning-renewal-regulation#5", "gisplan-proposal"),
    message=Text(
        "{feature} 依据 {exam} 年的体检问题 {related}，比规划起始的 {plan} 年早 {measure:.0f} 年",
        "{feature} rests on problem {related} of the exam of {exam}, {measure:.0f} years before "
        "its plan begins in {plan}",
    ),
    remedy=Text("以最近一次体检结果复核", "review it against the latest exam"),
    params={"max_years": Param(2, unit="years", why="a proposal: exams are held every year")},
)
_LATER = Text(
    "{feature} 依据 {exam} 年的体检问题 {related}，晚于规划起始的 {plan} 年",
    "{feature} rests on problem {related} of the exam of {exam}, after its plan begins in {plan}",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the units whose exam is too old or too young, once for each."""
    layer = tables.judged
    years = tables.attributes["exam_problem"].set_index("code")["year"].dropna()
    years = years[~years.index.duplicated()]
    named = tables.attributes[layer]["problems"]
    cited = {fid: [code for code in codes if code in years.index] for fid, codes in named.items()
             if isinstance(codes, list | tuple)}  # fmt: skip
    cited = {fid: codes for fid, codes in cited.items() if codes}
    if not cited:
        return skipped("没有单元引用带年度的体检问题", "no unit names a problem with a year")
    plans = plan_dates(tables, layer)
    start = plans["period_start"].where(plans["period_start"].notna(), plans["approved_on"])
    offenders: list[dict[str, object]] = []
    aside: list[dict[str, object]] = []
    for fid, codes in cited.items():
        if pd.isna(start[fid]):
            aside.append(_aside(layer, int(fid)))
            continue
        plan = int(start[fid].year)
        ages = {code: plan - int(years[code]) for code in codes}
        late = {code: age for code, age in ages.items() if age < 0}
        old = {code: age for code, age in ages.items() if age > params.max_years}
        for kind, group in (("old", old), ("later", late)):
            if group:
                code = min(group, key=lambda c: (-abs(ages[c]), c))
                offenders.append(_offender(layer, int(fid), kind, code, ages[code], plan, params))
    return judged(offenders, aside)


def _offender(
    layer: str, fid: int, kind: str, code: str, age: int, plan: int, params: Params
) -> dict[str, object]:
    told: dict[str, Any] = {"exam": plan - age, "plan": plan}
    more = {"message": _LATER} if kind == "later" else {}
    return {
        "layer": layer,
        "fid": fid,
        "related_layer": "exam_problem",
        "related": code,
        "kind": kind,
        "measure": float(abs(age)),
        "limit": float(params.max_years) if kind == "old" else 0.0,
        "unit": "years",
        "params": told,
        **more,
    }


def _aside(layer: str, fid: int) -> dict[str, object]:
    return {
        "layer": layer,
        "fid": fid,
        "why_zh": "没有规划期起始和批准日期，体检是否过期无法判定",
        "why_en": "neither the beginning of its period nor its approval is dated",
    }
