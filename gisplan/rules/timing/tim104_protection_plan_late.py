"""A protection plan, or a relic's protection zone, came more than a year after the designation.

What it checks: zones of historic districts (核心保护范围, 建设控制地带) by their own dates of
designation and approval, or those of the body that they belong to; and the protection zones
(保护范围) of designated relics against the relic's date of publication.
Why it matters: until the zone is drawn nobody knows where the law begins to apply.
Left to others: a district without plan or zones, a relic without zone, whatever the date, HER112.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.timing.dates import first_days, last_days

RULE = Rule(
    code="TIM104",
    name="protection-plan-late",
    title=Text("保护规划或区划逾期", "protection plan late"),
    severity=Severity.WARNING,
    needs=("heritage_zone.approved_on",),
    sources=("historic-cities-regulation-524#13", "relics-law-regulation#8"),
    message=Text(
        "保护区划 {feature} 于 {approved} 批准，距公布（{designated}）{measure:.0f} 天，超过一年",
        "zone {feature} was approved on {approved}, {measure:.0f} days after the designation on "
        "{designated}: more than a year",
    ),
    remedy=Text(
        "核对日期；确已逾期的，说明原因，并核查其间批准的建设",
        "check the dates; where it was late say why, and look at what was approved meanwhile",
    ),
    params={"max_years": Param(1, unit="years", why="the year that both regulations give")},
)
_ZONES = {"Z2", "Z6", "Z7"}  # of a relic, and the two of a historic district


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the zones that were approved late."""
    zones = tables.attributes["heritage_zone"]
    own = zones[zones["zone"].isin(_ZONES)]
    # a date of the year only may be any day of it: what is late must be late at least
    designated, approved = (
        _designated(tables, own),
        first_days(tables, "heritage_zone", "approved_on"),
    )
    if own.empty or designated.notna().sum() == 0:
        return skipped("保护区划没有公布日期", "no zone has a date of designation")
    offenders, aside = [], []
    for fid in own.index:
        if pd.isna(designated[fid]) and pd.isna(approved[fid]):
            continue
        if pd.isna(designated[fid]) or pd.isna(approved[fid]):
            aside.append(_aside(int(fid)))
        elif approved[fid] > designated[fid] + pd.DateOffset(years=int(params.max_years)):
            offenders.append(_offender(int(fid), designated[fid], approved[fid], params))
    return judged(offenders, aside)


def _designated(tables: Tables, zones: pd.DataFrame) -> pd.Series:
    """Return the last day that each zone's designation may mean, else that of its body."""
    own = last_days(tables, "heritage_zone", "designated_on").reindex(zones.index)
    bodies = tables.attributes.get("heritage_body")
    if bodies is None or "body" not in zones:
        return own
    days = last_days(tables, "heritage_body", "designated_on")
    of = pd.Series(days.to_numpy(), index=bodies["code"])
    of = of[of.index.notna() & ~of.index.duplicated()]
    theirs = pd.Series(of.reindex(zones["body"]).to_numpy(), index=zones.index)
    return own.where(own.notna(), theirs)


def _offender(fid: int, designated: Any, approved: Any, params: Params) -> dict[str, object]:
    return {
        "layer": "heritage_zone",
        "fid": fid,
        "measure": float((approved - designated).days),
        "limit": 365.0 * params.max_years,
        "unit": "days",
        "params": {
            "designated": designated.date().isoformat(),
            "approved": approved.date().isoformat(),
        },
    }


def _aside(fid: int) -> dict[str, object]:
    return {
        "layer": "heritage_zone",
        "fid": fid,
        "why_zh": "缺公布日期或批准日期，是否逾期无法判定",
        "why_en": "its date of designation or of approval is missing",
    }
