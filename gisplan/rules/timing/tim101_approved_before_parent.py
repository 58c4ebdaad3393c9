"""A plan was approved before the plan above it (批准次序颠倒).

What it checks: the approval dates of each feature and its parent, from the plan register or the
tiers' own fields. A parent that is still being drawn up or reviewed, or has no date, while the
child is approved is a warning (平行编制).
Why it matters: a detailed plan carries out the plan above it, which must be there first.
Left to others: periods TIM102; superseded versions TIM103; a missing parent LST102. Approval on the
same day is in order. Where nothing is said of the parent's approval at all, it is not judged; nor
where a date known to the month or year alone leaves the order open.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.timing.dates import APPROVED, UNAPPROVED, chain_pairs

RULE = Rule(
    code="TIM101",
    name="approved-before-parent",
    title=Text("下级先于上级批准", "approved before parent"),
    severity=Severity.ERROR,
    measures=("parents",),
    needs=("tiers", "tier.approved_on|tier.status|register"),
    sources=("urban-rural-planning-law-2019#19", "urban-rural-planning-law-2019#48"),
    message=Text(
        "{feature} 于 {child_date} 批准，比上级 {related} 的 {parent_date} 早 {measure:.0f} 天",
        "{feature} was approved on {child_date}, {measure:.0f} days before its parent {related}"
        " on {parent_date}",
    ),
    remedy=Text(
        "核对批准日期；次序颠倒的，按上级批准内容复核并重新报批",
        "check the dates; else review the plan against its parent and have it approved anew",
    ),
)
_UNAPPROVED = Text(
    "{feature} 已批准，而上级 {related} {state}",
    "{feature} is approved while its parent {related} {state}",
)
_STATES = {
    "drafting": Text("仍在编制", "is still being drafted"),
    "preliminary": Text("仍为初步成果", "is still preliminary"),
    "review": Text("仍在审查", "is still under review"),
}
_UNKNOWN = Text(
    "本级或者上级没有批准日期，无法比较先后",
    "its own or its parent's date of approval is not known",
)
_VAGUE = Text(
    "批准日期只写到年或月，无法比较先后，请写明日",
    "a date of approval is known to the year or month only; state the day",
)
_NO_DATE = Text("没有批准日期", "has no date of approval")


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the features that were approved before their parent, or while it is not approved."""
    pairs = chain_pairs(tables)
    approved = pairs["approved_on_child"].notna() | pairs["status_child"].isin(APPROVED)
    pairs = pairs[approved]
    if pairs.empty:
        return skipped("没有已批准的下级要素", "nothing below another tier is approved")
    if not pairs["told_parent"].any():
        return skipped("上级没有批准日期和状态", "nothing is said of the parents' approval")
    date, above = pairs["approved_on_child"], pairs["approved_on_parent"]
    # by how much it was early at least, and at most: 2024 is any day of that year
    pairs = pairs.assign(
        days=(above - pairs["approved_by_child"]).dt.days,
        most=(pairs["approved_by_parent"] - date).dt.days,
    )
    waiting = pairs["status_parent"].isin(UNAPPROVED) | (
        above.isna() & ~pairs["status_parent"].isin(APPROVED) & pairs["told_parent"]
    )
    early = ~waiting & (pairs["days"] > 0)
    unknown = ~waiting & pairs["days"].isna()
    vague = ~waiting & (pairs["days"] <= 0) & (pairs["most"] > 0)
    return judged(
        [_early(tables, row) for row in pairs[early].to_dict("records")]
        + [_waiting(tables, row) for row in pairs[waiting].to_dict("records")],
        [_aside(row, _UNKNOWN) for row in pairs[unknown].to_dict("records")]
        + [_aside(row, _VAGUE) for row in pairs[vague].to_dict("records")],
    )


def _pair(tables: Tables, row: dict[str, Any]) -> dict[str, Any]:
    fids = pd.Series([row["parent_fid"]])
    return {
        "layer": row["child_layer"],
        "fid": row["fid"],
        "related_layer": row["parent_layer"],
        "related": tables.label(row["parent_layer"], fids)[0],
    }


def _early(tables: Tables, row: dict[str, Any]) -> dict[str, Any]:
    return {
        **_pair(tables, row),
        "measure": float(row["days"]),
        "limit": 0.0,
        "unit": "days",
        "params": {
            "child_date": row["approved_on_child"].date().isoformat(),
            "parent_date": row["approved_on_parent"].date().isoformat(),
        },
    }


def _waiting(tables: Tables, row: dict[str, Any]) -> dict[str, Any]:
    return {
        **_pair(tables, row),
        "kind": "parent-unapproved",
        "severity": Severity.WARNING,
        "message": _UNAPPROVED,
        "params": {"state": _STATES.get(row["status_parent"], _NO_DATE)},
    }


def _aside(row: dict[str, Any], why: Text) -> dict[str, Any]:
    return {"layer": row["child_layer"], "fid": row["fid"], "why_zh": why.zh, "why_en": why.en}
