"""The years of a project contradict each other or its unit.

What it checks: that a project does not end before it starts, that the year of its annual plan lies
within its years, and that it does not start before the year in which its unit was approved.
Why it matters: an annual plan pays for what is built that year; what starts before the approval has
none.
Left to others: the unit's own dates TIM101, TIM102; the survey before the start HER106.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.timing.dates import plan_dates

RULE = Rule(
    code="TIM107",
    name="project-dates-out-of-line",
    title=Text("项目年份不合序", "project dates out of line"),
    severity=Severity.ERROR,
    measures=("parents",),
    needs=("project.start_year|project.end_year|project.plan_year",),
    sources=("urban-rural-planning-law-2019#34", "renewal-plan-guide-2025-46"),
    message=Text(
        "项目 {feature} 于 {end} 年完工，早于开工的 {start} 年",
        "project {feature} ends in {end}, before it starts in {start}",
    ),
    remedy=Text("核对开工、完工和年度计划的年份", "check the years of start, end and annual plan"),
)
_PLAN = Text(
    "项目 {feature} 列入 {plan} 年度计划，不在其建设年份 {start}—{end} 之内",
    "project {feature} is in the annual plan of {plan}, outside its years {start} to {end}",
)
_EARLY = Text(
    "项目 {feature} 于 {start} 年开工，早于其单元 {related} 批准的 {approved} 年",
    "project {feature} starts in {start}, before its unit {related} was approved in {approved}",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the projects whose years are out of line, once for each way."""
    frame = tables.attributes["project"]
    years = pd.DataFrame(
        {
            name: pd.to_numeric(frame.get(f"{name}_year"), errors="coerce")
            for name in ("start", "end", "plan")
        },
        index=frame.index,
    )
    if years.notna().sum(axis=1).max() < 1:
        return skipped("项目没有年份", "no project has a year")
    approved = _approved(tables)
    offenders = []
    for fid, row in years.to_dict("index").items():
        offenders += _own(int(fid), row)
        if fid in approved and row["start"] < approved[fid][1]:
            unit, year = approved[fid]
            told = {**_shown(row), "approved": year}
            more = {"related_layer": tables.judged, "related": unit, "message": _EARLY}
            offenders.append(_offence(int(fid), "early", row["start"], year, told, more))
    return judged(offenders)


def _own(fid: int, row: dict[str, float]) -> list[dict[str, object]]:
    """Return what is wrong with the years of a project alone; an unknown year is no offence."""
    found = []
    if row["end"] < row["start"]:
        found.append(_offence(fid, "end", row["end"], row["start"], _shown(row), {}))
    elif row["plan"] < row["start"] or row["plan"] > row["end"]:
        bound = row["start"] if row["plan"] < row["start"] else row["end"]
        found.append(_offence(fid, "plan", row["plan"], bound, _shown(row), {"message": _PLAN}))
    return found


def _approved(tables: Tables) -> dict[int, tuple[str, int]]:
    """Return label and year of approval of the unit of each project, where it is known."""
    parents = tables["parents"]
    rows = parents[(parents["child_layer"] == "project") & (parents["parent_fid"] >= 0)]
    rows = rows[rows["parent_layer"] == tables.judged]
    if rows.empty:
        return {}
    dates = plan_dates(tables, tables.judged)["approved_on"]
    labels = tables.attributes[tables.judged]["_label"]
    return {
        int(fid): (labels[unit], int(dates[unit].year))
        for fid, unit in zip(rows["fid"], rows["parent_fid"], strict=True)
        if pd.notna(dates[unit])
    }


def _offence(
    fid: int, kind: str, year: float, bound: float, told: dict[str, Any], more: dict[str, Any]
) -> dict[str, object]:
    return {
        "layer": "project",
        "fid": fid,
        "kind": kind,
        "measure": float(year),
        "limit": float(bound),
        "unit": "",
        "params": told,
        **more,
    }


def _shown(row: dict[str, float]) -> dict[str, str]:
    return {name: "?" if pd.isna(year) else f"{year:.0f}" for name, year in row.items()}
