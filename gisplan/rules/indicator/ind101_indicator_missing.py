"""A binding indicator of the parent is not in the children (约束性指标未下达到下级).

What it checks: every binding row (约束性) of an area has a row with a target in each area below it,
in the next lower tier of which the indicator table has rows. A row that says it is not rolled up
(不汇总) stays with its area.
Why it matters: what nobody below takes up will not be met, and a sum without it looks sound.
Left to others: how much the children hold IND102 to IND107; a target that could not be read SCH103;
a tier of which the table has no row at all is not demanded. A row whose nature is not stated, and a
row of an area that lies below no area of the tier above, is not judged.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.indicators import shortened
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.codes import admin_prefix
from gisplan.rules.indicator import rows as shared

RULE = Rule(
    code="IND101",
    name="indicator-missing",
    title=Text("约束性指标未下达到下级", "indicator missing"),
    severity=Severity.ERROR,
    measures=("handed", "rollup"),
    needs=("indicator", "indicator.nature"),
    sources=("transmission-chain", "approval-system-practice"),
    message=Text(
        "{feature} 的约束性指标“{indicator}”有 {n} 个下级没有落实：{missing}",
        "{feature}: {n} areas below do not take up the binding indicator {indicator}: {missing}",
    ),
    remedy=Text(
        "在所列下级的指标表中补上该指标及其目标值；不需分解的，将汇总方式填为“不汇总”",
        "add the indicator and its target for the areas named; where it is not handed down, say so"
        " in the roll-up (none)",
    ),
)
_NO_VALUE = Text("（有行无值）", " (no value)")


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the binding indicators of areas that some area below does not have."""
    handed = tables["handed"]
    if handed.empty and tables["rollup"].empty:
        return skipped(*shared.ONE_TIER)
    table = shared.cells(tables)
    unread = shared.unread(tables, "target")
    empty = (handed["state"] == "empty") & ~handed["child_row"].isin(list(unread))
    lacking = handed[(handed["state"] == "absent") | empty]
    offenders: list[dict[str, Any]] = []
    aside: list[dict[str, Any]] = []
    keys = ["parent_layer", "parent_code", "indicator"]
    for _, rows in lacking.groupby(keys, sort=True):
        parent = table[rows["parent_row"].iloc[0]]
        if parent["rollup"] == "none":
            continue
        if parent["nature"] == "binding":
            offenders.append(_offender(rows, parent))
        elif pd.isna(parent["nature"]):
            row = {**rows.iloc[0], **{name: parent[name] for name in ("name", "indicator")}}
            aside.append(shared.aside(row, _no_nature(rows)))
    return judged(offenders, [*aside, *_strays(tables)])


def _offender(rows: pd.DataFrame, parent: dict[str, Any]) -> dict[str, Any]:
    names = [
        child if state == "absent" else Text(child + _NO_VALUE.zh, child + _NO_VALUE.en)
        for child, state in sorted(set(zip(rows["child"], rows["state"], strict=True)))
    ]
    zh = shortened(n.zh if isinstance(n, Text) else n for n in names).zh
    en = shortened(n.en if isinstance(n, Text) else n for n in names).en
    first = rows.iloc[0]
    return {
        **shared.end(first),
        "related_layer": first["child_layer"],
        "kind": first["indicator"],
        "measures": {"n_missing": int(rows["child"].nunique())},
        "params": {
            "n": int(rows["child"].nunique()),
            "indicator": shared.called(parent),
            "missing": Text(zh, en),
        },
    }


def _no_nature(rows: pd.DataFrame) -> Text:
    names = shortened(sorted(set(rows["child"])))
    return Text(
        f"未填写指标属性，下级没有该指标：{names.zh}",
        f"its nature is not stated, and {names.en} do not have it",
    )


def _strays(tables: Tables) -> list[dict[str, Any]]:
    """Return a row of each area of a lower tier that lies below no area of the tier above."""
    table = tables.attributes[shared.TABLE]
    held = [tier.name for tier in tables.chain if tier.name in set(table["tier"])]
    handed = tables["handed"]
    reached = {
        (layer, admin_prefix(child))
        for layer, child in zip(handed["child_layer"], handed["child"], strict=True)
    }
    found: dict[tuple[str, str], int] = {}
    for fid, tier, code in zip(table.index, table["tier"], table["code"], strict=True):
        if tier in held[1:] and shared.text(code) and (tier, admin_prefix(code)) not in reached:
            found.setdefault((tier, code), fid)
    return [
        {
            "layer": shared.TABLE,
            "fid": fid,
            "why_zh": f"{code} 的上级在指标表中没有指标行",
            "why_en": f"no area above {code} has a row in the indicator table",
        }
        for (_, code), fid in sorted(found.items())
    ]
