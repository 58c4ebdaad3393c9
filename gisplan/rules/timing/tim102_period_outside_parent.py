"""A plan's period reaches outside its parent's (规划期限超出上级).

What it checks: start and end of each feature's planning period against its parent's, from the plan
register or the tiers' own fields. A period that ends before it starts lies inside none.
Why it matters: nothing above answers for the years beyond the parent's period.
Left to others: the order of approval TIM101; target years of indicators IND110; project years
TIM107. The same day is inside. A child without a period states nothing; where it has one and the
parent has none, it is not judged.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.timing.dates import chain_pairs, plan_dates

RULE = Rule(
    code="TIM102",
    name="period-outside-parent",
    title=Text("规划期限超出上级", "period outside parent"),
    severity=Severity.ERROR,
    measures=("parents",),
    needs=("tiers", "tier.period_start|tier.period_end|register"),
    sources=("transmission-chain", "gisplan-proposal"),
    message=Text(
        "{feature} 的规划期 {child_period} 超出上级 {related} 的 {parent_period}，"
        "最多超出 {measure:.0f} 天",
        "{feature}: its period {child_period} reaches up to {measure:.0f} days outside"
        " {parent_period} of its parent {related}",
    ),
    remedy=Text(
        "把规划期限调整到上级规划期内，或者待上级修编",
        "move the period into the parent's, or wait for the parent's revision",
    ),
)


_REVERSED = Text(
    "{feature} 的规划期止 {end} 早于规划期起 {start}",
    "{feature}: its period ends on {end}, before it starts on {start}",
)
_CORRECT = Text("核对并改正规划期的起止日期", "check both dates of the period and correct them")


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the features whose period runs backwards, starts before or ends after the parent's."""
    turned = _reversed(tables)
    pairs = chain_pairs(tables)
    names = {(row["layer"], row["fid"]) for row in turned}
    known = [key not in names for key in zip(pairs["child_layer"], pairs["fid"], strict=True)]
    pairs = pairs[pd.Series(known, index=pairs.index, dtype=bool)]  # [] would choose no columns
    starts, ends = _both(pairs, "period_start"), _both(pairs, "period_end")
    if not (starts | ends).any() and not turned:
        return skipped(
            "没有上下级都写明的规划期限", "no period is stated by a child and its parent"
        )
    before = (pairs["period_start_parent"] - pairs["period_start_child"]).dt.days
    after = (pairs["period_end_child"] - pairs["period_end_parent"]).dt.days
    pairs = pairs.assign(days=pd.concat([before, after], axis=1).max(axis=1))
    offends = pairs["days"] > 0
    lacks = _lacks(pairs, "period_start") | _lacks(pairs, "period_end")
    return judged(
        [*turned, *(_offender(tables, row) for row in pairs[offends].to_dict("records"))],
        [_unknown(row) for row in pairs[lacks & ~offends].to_dict("records")],
    )


def _reversed(tables: Tables) -> list[dict[str, Any]]:
    """Return the features of all tiers whose period ends before it starts."""
    found = []
    for tier in tables.tiers_present():
        dates = plan_dates(tables, tier.name)
        rows = dates[dates["period_end"] < dates["period_start"]]
        for fid, start, end in zip(
            rows.index, rows["period_start"], rows["period_end"], strict=True
        ):
            found.append(
                {
                    "layer": tier.name,
                    "fid": int(fid),
                    "kind": "reversed",
                    "measure": float((start - end).days),
                    "limit": 0.0,
                    "unit": "days",
                    "message": _REVERSED,
                    "remedy": _CORRECT,
                    "params": {
                        "start": start.date().isoformat(),
                        "end": end.date().isoformat(),
                    },
                }
            )
    return found


def _both(pairs: pd.DataFrame, name: str) -> pd.Series:
    return pairs[f"{name}_child"].notna() & pairs[f"{name}_parent"].notna()


def _lacks(pairs: pd.DataFrame, name: str) -> pd.Series:
    return pairs[f"{name}_child"].notna() & pairs[f"{name}_parent"].isna()


def _period(row: dict[str, Any], side: str) -> str:
    dates = (row[f"period_start_{side}"], row[f"period_end_{side}"])
    return "/".join("…" if pd.isna(date) else date.date().isoformat() for date in dates)


def _offender(tables: Tables, row: dict[str, Any]) -> dict[str, Any]:
    parent = row["parent_layer"]
    return {
        "layer": row["child_layer"],
        "fid": row["fid"],
        "related_layer": parent,
        "related": tables.label(parent, pd.Series([row["parent_fid"]]))[0],
        "measure": float(row["days"]),
        "limit": 0.0,
        "unit": "days",
        "params": {
            "child_period": _period(row, "child"),
            "parent_period": _period(row, "parent"),
        },
    }


def _unknown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "layer": row["child_layer"],
        "fid": row["fid"],
        "why_zh": "上级没有写明规划期的起或者止",
        "why_en": "its parent does not state the same end of its period",
    }
