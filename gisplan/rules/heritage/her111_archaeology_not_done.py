"""Digging where relics lie underground (地下文物区域内的建设活动).

What it checks: units, projects and parcels, each with its own renewal mode, and buildings by their
action, against areas of underground relics (Z11) and listed underground relics themselves. Where
archaeology is due, the dates of archaeology and of the transfer of the land, its own or its unit's,
tell whether it was done in time (kind done, a notice) or the land was transferred without it (kind
missed, an error); without dates the finding is what is due.
Why it matters: the archaeological survey comes before the land is transferred or allocated.
Left to others: relics above ground HER102 and HER103; the survey before works start HER106.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Ruling, Severity, Text
from gisplan.rules.heritage.actors import ALL_MODES, HERITAGE_MEASURES, answer
from gisplan.rules.heritage.bodies import BODY_PARAMS, judge_bodies
from gisplan.rules.heritage.doings import column, unit_of
from gisplan.rules.heritage.zones import AREA, judge_zones
from gisplan.rules.noise import NOISE_PARAMS

RULE = Rule(
    code="HER111",
    name="archaeology-not-done",
    title=Text("地下文物区域内的建设活动", "archaeology due"),
    severity=Severity.WARNING,
    measures=HERITAGE_MEASURES,
    needs=("judged", "heritage_zone"),
    params={**NOISE_PARAMS, **BODY_PARAMS},
    sources=("relics-law-2024#43",),
    message=AREA,
    remedy=Text(
        "按冲突矩阵的裁定调整更新方式、范围，或者办理审批、征求意见",
        "change mode or extent, or obtain the approval or consultation that the ruling asks for",
    ),
)


DONE = Text("；考古调查、勘探已于 {archaeology} 完成", "; archaeology was done on {archaeology}")
_DONE_REMEDY = Text("按考古调查、勘探的结论办理", "follow what the archaeological survey has found")
MISSED = Text(
    "；土地已于 {transfer} 出让或者划拨，此前没有完成考古调查、勘探",
    "; the land was transferred on {transfer} without archaeology before",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return what reaches into an area of underground relics, with the ruling for its mode."""
    zones = judge_zones(tables, params, ["Z11"])
    bodies = judge_bodies(tables, params, ["Z11"], ALL_MODES)
    for found, _ in (zones, bodies):
        found[:] = [_dated(tables, offender) for offender in found]
    return answer(tables, ["heritage_zone"], zones, bodies)


def _dated(tables: Tables, offender: dict[str, Any]) -> dict[str, Any]:
    """Return an offender for which archaeology is due, with what its dates say of it."""
    if offender["ruling"] is not Ruling.APPROVAL:
        return offender
    layer, fid = offender["layer"], offender["fid"]
    done, transfer = (_date(tables, layer, fid, name) for name in ("archaeology_on", "transfer_on"))
    stated = any("archaeology_on" in tables.found.get(name, ()) for name in (layer, tables.judged))
    if done is not None and (transfer is None or done <= transfer):
        more = {"kind": "done", "ruling": Ruling.NOTICE, "severity": Severity.INFO}
        nothing_due = {"remedy": _DONE_REMEDY, "route": None}
        return _with(offender, DONE, archaeology=done.isoformat()) | more | nothing_due
    if transfer is not None and stated:
        more = {"kind": "missed", "severity": Severity.ERROR}
        return _with(offender, MISSED, transfer=transfer.isoformat()) | more
    return offender


def _with(offender: dict[str, Any], more: Text, **params: str) -> dict[str, Any]:
    words = offender["message"]
    message = Text(words.zh + more.zh, words.en + more.en)
    return {**offender, "message": message, "params": {**offender["params"], **params}}


def _date(tables: Tables, layer: str, fid: int, name: str) -> dt.date | None:
    """Return a date of a feature, else of the unit that it belongs to."""
    own = pd.to_datetime(column(tables, layer, name), errors="coerce")[fid]
    if pd.isna(own) and layer != tables.judged:
        unit = int(unit_of(tables, layer)[fid])
        return None if unit < 0 else _date(tables, tables.judged, unit, name)
    return None if pd.isna(own) else own.date()
