"""A feature has no parent (上级缺失).

What it checks: tiers below the top of the chain name their parent, and the parent exists. A parent
that is found by code or by place counts only where the source has no field for it.
Why it matters: what hangs on nothing is counted nowhere and approved by nobody.
Left to others: a code that does not begin with its parent's LST104; another parent on the map
BND104; a parent that was set aside SRC108. Where the plan lacks the parent's tier, and for layers
beside the declared chain, nothing is demanded.
"""

from __future__ import annotations

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text

RULE = Rule(
    code="LST102",
    name="orphan",
    title=Text("上级缺失", "orphan"),
    severity=Severity.ERROR,
    measures=("parents",),
    needs=("tiers",),
    sources=("transmission-chain", "qc-practice"),
    message=Text(
        "{feature} 的上级编号 {declared} 在图层“{parent_title}”中不存在",
        "{feature} names {declared} as its parent, which layer {parent_title} does not have",
    ),
    remedy=Text(
        "补填或者改正上级编号，或者补充缺少的上级",
        "fill in or correct the parent's code, or add the parent",
    ),
)
_MISSING = Text(
    "{feature} 没有填写上级编号（上级图层“{parent_title}”）",
    "{feature} names no parent (its parents are in layer {parent_title})",
)
_NOWHERE = Text(
    "{feature} 按编号和位置都找不到上级（上级图层“{parent_title}”）",
    "{feature} has no parent in layer {parent_title}, neither by code nor by place",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the features of chained tiers whose parent is not named or does not exist."""
    chained = [tier.name for tier in tables.tiers_present() if tier.chained]
    parents = tables["parents"]
    rows = parents[parents["child_layer"].isin(chained) & (parents["parent_layer"] != "")]
    if rows.empty:
        return skipped("没有下级要素", "no features below another tier")
    has_field = rows["child_layer"].map({c: "parent" in tables.found[c] for c in chained})
    kinds = pd.Series("", index=rows.index, dtype=object)
    kinds[rows["how"] == "none"] = "nowhere"
    kinds[has_field & rows["declared"].isna()] = "missing"
    kinds[rows["how"] == "unknown"] = "unknown"
    rows = rows.assign(kind=kinds)
    messages = {"unknown": None, "missing": _MISSING, "nowhere": _NOWHERE}
    return judged(
        [
            {
                "layer": row["child_layer"],
                "fid": row["fid"],
                "related_layer": row["parent_layer"],
                "related": row["declared"] if row["kind"] == "unknown" else None,
                "kind": row["kind"],
                "message": messages[row["kind"]],
                "params": {
                    "declared": row["declared"],
                    "parent_title": tables.specs[row["parent_layer"]].title,
                },
            }
            for row in rows[rows["kind"] != ""].to_dict("records")
        ]
    )
