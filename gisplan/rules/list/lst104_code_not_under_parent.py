"""A feature's code is no child of its parent's code (编号不隶属于上级).

What it checks: where both tiers have nested codes, a child's code begins with the code of the
parent that it names. Pairs of zeros that end an administrative code (行政区代码) do not count:
210102 is under 210100 and under 210000.
Why it matters: the code and the parent field say two different things, and systems trust either.
Left to others: a parent that is not there LST102; a code out of its tier's pattern SCH106; a parent
on the map that is not the named one BND104.
"""

from __future__ import annotations

import re
from typing import Any

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text, Tier
from gisplan.rules.codes import admin_prefix

RULE = Rule(
    code="LST104",
    name="code-not-under-parent",
    title=Text("编号不隶属于上级", "code not under parent"),
    severity=Severity.ERROR,
    measures=("parents",),
    needs=("tiers", "tier.parent"),
    sources=("gbt-2260", "gisplan-proposal"),
    message=Text(
        "{feature} 的上级编号为 {related}，而编号应以 {prefix} 开头",
        "{feature} names {related} as its parent, so its code should begin with {prefix}",
    ),
    remedy=Text(
        "核对编号和上级编号，改正其中之一", "check the code and the parent's code; mend one"
    ),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the features whose code does not begin with their declared parent's."""
    tiers = {tier.name: tier for tier in tables.tiers_present() if tier.nested_codes}
    parents = tables["parents"]
    rows = parents[
        parents["child_layer"].isin(tiers)
        & parents["parent_layer"].isin(tiers)
        & (parents["how"] == "declared")
    ]
    if not any(tiers[name].chained for name in rows["child_layer"].unique()):
        return skipped(
            "没有编号逐级嵌套的上下级", "no two tiers whose codes nest and whose parent is named"
        )
    offenders = []
    for (child, parent), group in rows.groupby(["child_layer", "parent_layer"], sort=True):
        if not tiers[child].chained:
            continue
        codes = tables.attributes[child]["code"].reindex(group["fid"])
        above = tables.attributes[parent]["code"].reindex(group["parent_fid"])
        # a parent that was set aside has no row: what the child calls it stands for its code
        named = above.where(group["parent_fid"].to_numpy() >= 0, list(group["declared"]))
        for fid, code, upper in zip(group["fid"], codes, named, strict=True):
            if not _fits(tiers[child], code) or not _fits(tiers[parent], upper):
                continue
            prefix = admin_prefix(upper)
            if not code.startswith(prefix):
                offenders.append(
                    {
                        "layer": child,
                        "fid": fid,
                        "related_layer": parent,
                        "related": upper,
                        "params": {"prefix": prefix},
                    }
                )
    return judged(offenders)


def _fits(tier: Tier, code: Any) -> bool:
    pattern = tier.code_pattern
    return isinstance(code, str) and (pattern is None or re.fullmatch(pattern, code) is not None)
