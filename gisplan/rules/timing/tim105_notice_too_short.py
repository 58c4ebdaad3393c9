"""The draft of a plan was announced for too few days (公告期不足).

What it checks: the days of notice in the plan register, first and last day counted, of every plan
that is not superseded.
Why it matters: a draft is announced for 30 days at least before it is approved, so that the public
can comment.
Left to others: dates of approval TIM101. The 20 days of notice for works in a core zone stand in no
layer and are not checked. Where one of the two dates is missing, or so vague (2024-03) that the
days could be enough or not, it is not judged.
"""

from __future__ import annotations

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.timing.dates import first_days, last_days

RULE = Rule(
    code="TIM105",
    name="notice-too-short",
    title=Text("公告期不足", "notice too short"),
    severity=Severity.ERROR,
    needs=("register.noticed_from", "register.noticed_to"),
    params={"min_days": Param(30, unit="days", why="urban and rural planning law, article 26")},
    sources=("urban-rural-planning-law-2019#26",),
    message=Text(
        "规划 {feature} 自 {since} 公告至 {until}，共 {measure:.0f} 天，少于 {limit:.0f} 天",
        "plan {feature} was announced from {since} to {until}, {measure:.0f} days instead of at"
        " least {limit:.0f}",
    ),
    remedy=Text(
        "核对公告起止日期；确实不足的，补足公告期后再报批",
        "check the dates; else announce the draft anew before it is approved",
    ),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the plans that were announced for too few days."""
    table = tables.attributes["register"]
    status = table["status"] if "status" in table else pd.Series(None, index=table.index)
    table = table[status != "superseded"]
    since = first_days(tables, "register", "noticed_from").reindex(table.index)
    until = last_days(tables, "register", "noticed_to").reindex(table.index)
    if not (since.notna() | until.notna()).any():
        return skipped("没有公告日期", "no date of notice is stated")
    days = (until - since).dt.days + 1
    least = (
        first_days(tables, "register", "noticed_to") - last_days(tables, "register", "noticed_from")
    ).dt.days + 1
    vague = table.index[(days >= params.min_days) & (least.reindex(table.index) < params.min_days)]
    offenders = [
        {
            "layer": "register",
            "fid": fid,
            "measure": float(days[fid]),
            "limit": float(params.min_days),
            "unit": "days",
            "params": {
                "feature": table["_label"][fid],
                "since": since[fid].date().isoformat(),
                "until": until[fid].date().isoformat(),
            },
        }
        for fid in table.index[days < params.min_days]
    ]
    aside = [
        {
            "layer": "register",
            "fid": fid,
            "why_zh": "公告起止日期缺一，公告期无法计算",
            "why_en": "the first or the last day of notice is missing",
        }
        for fid in table.index[since.isna() ^ until.isna()]
    ] + [
        {
            "layer": "register",
            "fid": fid,
            "why_zh": "公告起止日期只写到年或月，公告期无法计算，请写明日",
            "why_en": "the first or the last day of notice is known to the month only; state it",
        }
        for fid in vague
    ]
    return judged(offenders, aside)
