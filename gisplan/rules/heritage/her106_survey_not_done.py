"""Renewal before the survey of immovable relics (更新前未完成不可移动文物调查).

What it checks: units and projects of a plan that states when the survey of immovable relics was
done. A unit without a date, and a project that starts before the survey, offend as the matrix says
of their mode (Z12). The date of a project is its own, else its unit's.
Why it matters: what nobody has looked for is lost before anybody knows of it; without the survey no
works may start.
Left to others: archaeology before land is transferred HER111; dates of projects TIM107. A plan
without the field is not checked; but who lies in a mapped old-town renewal area (Z12) is then not
judged, nor is a project that starts in the year of the survey.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.matrix import SEVERITY_OF, ruling_for
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.heritage.actors import Rows, records
from gisplan.rules.heritage.doings import column, known, unit_of
from gisplan.rules.heritage.offence import RULING_WORDS, remedy, with_name
from gisplan.rules.heritage.zone_contacts import zone_contacts

RULE = Rule(
    code="HER106",
    name="survey-not-done",
    title=Text("更新前未完成不可移动文物调查", "survey of relics not done"),
    severity=Severity.ERROR,
    measures=("relate", "works", "built", "parents", "plot"),
    needs=("judged", "judged.surveyed_on|project.surveyed_on|heritage_zone"),
    sources=("relics-law-2024#24",),
    message=Text(
        "{title} {who}（更新方式：{mode}）没有不可移动文物调查完成日期{starting}；未经调查，"
        "不得开工建设：{ruling_word}",
        "{title} {who} ({mode}) states no date of the survey of immovable relics{starting}; without"
        " it no works may start: {ruling_word}",
    ),
    remedy=Text(
        "开工前完成不可移动文物调查，并填写完成日期",
        "have the immovable relics surveyed before the start, and state the date",
    ),
)
_LATE = Text(
    "{title} {who}（更新方式：{mode}）{start} 年开工，不可移动文物调查 {surveyed} 才完成；"
    "未经调查，不得开工建设：{ruling_word}",
    "{title} {who} ({mode}) starts in {start}, the survey of immovable relics was done on"
    " {surveyed}; without it no works may start: {ruling_word}",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the units and projects for which no survey was done in time."""
    layers = [
        name
        for name in dict.fromkeys((tables.judged, "project"))
        if "surveyed_on" in tables.found.get(name, frozenset())
    ]
    if not layers:
        aside = _in_renewal_areas(tables)
        if aside:
            return judged([], aside)
        return skipped(
            "没有不可移动文物调查完成日期字段",
            "no field says when the immovable relics were surveyed",
        )
    offenders: Rows = []
    late: Rows = []
    for row in records(_actors(tables, layers)):
        _judge_actor(tables, row, offenders, late)
    return judged(offenders, late)


def _actors(tables: Tables, layers: list[str]) -> pd.DataFrame:
    """Return units and projects: layer, fid, mode, survey, start (a year), owed.

    owed: a missing date is this feature's own fault, and not told of its unit already.
    """
    parts = []
    for layer in dict.fromkeys((*layers, *(["project"] if "project" in tables.attributes else []))):
        mode = known(column(tables, layer, "mode"), "mode")
        survey = _dates(tables, layer)
        start = pd.to_numeric(column(tables, layer, "start_year"), errors="coerce")
        frame = pd.DataFrame({"mode": mode, "survey": survey, "start": start.astype(float)})
        frame = frame.assign(layer=layer, fid=frame.index, owed=layer in layers)
        if layer != tables.judged:
            unit = unit_of(tables, layer)
            above = _dates(tables, tables.judged).reindex(unit).to_numpy()
            modes = known(column(tables, tables.judged, "mode"), "mode").reindex(unit)
            frame["survey"] = survey.fillna(pd.Series(above, index=survey.index))
            frame["mode"] = mode.where(mode.notna(), pd.Series(list(modes), index=mode.index))
            frame["owed"] &= ~((unit >= 0) & (tables.judged in layers))
        parts.append(frame.reset_index(drop=True))
    return pd.concat(parts, ignore_index=True)


def _dates(tables: Tables, layer: str) -> pd.Series:
    return pd.to_datetime(column(tables, layer, "surveyed_on"), errors="coerce")


def _judge_actor(tables: Tables, row: dict[str, Any], offenders: Rows, aside: Rows) -> None:
    missing = row["survey"] is None
    year = None if missing else row["survey"].year
    if missing and not row["owed"]:
        return
    if not missing and (row["start"] is None or year < row["start"]):
        return
    if row["mode"] is None:
        aside.append(_no_mode(row))
    elif not missing and year == row["start"]:
        aside.append(_same_year(row))
    elif (found := _offender(tables, row, missing)) is not None:
        offenders.append(found)


def _offender(tables: Tables, row: dict[str, Any], missing: bool) -> dict[str, Any] | None:
    cell = ruling_for("Z12", None, row["mode"])
    if cell is None:
        return None
    layer, fid = row["layer"], row["fid"]
    start = "" if row["start"] is None else str(int(row["start"]))
    name = column(tables, layer, "name")[fid]
    return {
        "layer": layer,
        "fid": fid,
        "kind": "" if missing else "late",
        "ruling": cell.ruling,
        "severity": SEVERITY_OF[cell.ruling],
        "sources": cell.sources,
        "message": RULE.message if missing else _LATE,
        "remedy": remedy(cell.ruling, cell.route),
        "route": {"key": cell.route_key, "steps": cell.steps},
        "params": {
            "title": tables.specs[layer].title,
            "who": with_name(column(tables, layer, "_label")[fid], name),
            "mode": codelist("mode")[row["mode"]].title,
            "starting": Text(f"，{start} 年开工", f", it starts in {start}") if start else "",
            "start": start,
            "surveyed": "" if missing else row["survey"].date().isoformat(),
            "ruling_word": RULING_WORDS[cell.ruling],
        },
    }


def _no_mode(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "layer": row["layer"],
        "fid": row["fid"],
        "why_zh": "未按期完成不可移动文物调查，更新方式未填写或者无法识别，要求无法确定",
        "why_en": "the survey of relics was not done in time, and its renewal mode is not known",
    }


def _same_year(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "layer": row["layer"],
        "fid": row["fid"],
        "why_zh": "不可移动文物调查与开工在同一年，先后无法判定",
        "why_en": "it starts in the year of the survey; which came first is not known",
    }


def _in_renewal_areas(tables: Tables) -> Rows:
    """Return who lies in a mapped old-town renewal area, where the survey is due first."""
    rows = zone_contacts(tables)
    rows = rows[(rows["zone"] == "Z12") & (rows["actor_layer"] != "building")]
    return [
        {
            "layer": row["actor_layer"],
            "fid": row["fid"],
            "why_zh": f"位于旧城区改建区域 {row['other']}，不可移动文物调查是否完成未知",
            "why_en": f"in old-town renewal area {row['other']}; whether relics were surveyed is"
            " not known",
        }
        for row in records(rows)
    ]
