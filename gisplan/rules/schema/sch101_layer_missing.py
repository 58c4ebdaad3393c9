"""A layer that the chain needs is not in the plan.

What it checks: every tier that `[chain]` in `gisplan.toml` names has a layer; where the plan
declares no chain, at least two tiers of the default one are there.
Why it matters: transmission (规划传导) is a relation of tiers; with one there is nothing to check.
Left to others: a layer whose file cannot be read SRC101, or that has no coordinate system SRC104.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.notes import layer_title

RULE = Rule(
    code="SCH101",
    name="layer-missing",
    title=Text("图层缺失", "layer missing"),
    severity=Severity.ERROR,
    message=Text(
        "规划传导需要图层“{title}”，本规划没有", "the chain needs layer {title}; the plan has none"
    ),
    remedy=Text(
        "补充该层级的图层，或在 gisplan.toml 的 [chain] 中去掉该层级",
        "add the layer of this tier, or take the tier out of [chain] in gisplan.toml",
    ),
    sources=("transmission-chain", "mnr-database-2021"),
)
_TOO_FEW = Text(
    "规划传导至少需要上下两级图层，本规划有 {count} 级：{there}",
    "a chain needs two tiers at least; the plan has {count}: {there}",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the declared tiers that have no layer, or one offender for a chain of too few."""
    if not tables.attributes and not tables.notes:
        return skipped("计划中没有可读的图层", "nothing was read from the plan")
    chained = [tier for tier in tables.chain if tier.chained]
    there = [tier for tier in chained if tier.name in tables.attributes]
    told = {note.layer for note in tables.notes_of("file_unreadable", "crs_missing")}
    missing = [tier for tier in chained if tier not in there and tier.name not in told]
    if tables.chain_declared:
        return judged(
            [
                {"layer": tier.name, "feature": tier.name, "params": {"title": tier.title}}
                for tier in missing
            ]
        )
    if len(there) + len(told.intersection(tier.name for tier in chained)) >= 2:
        return judged()
    titles = [layer_title(tables, tier.name) for tier in there]
    named = Text("、".join(t.zh for t in titles) or "无", ", ".join(t.en for t in titles) or "none")
    return judged(
        [{"kind": "chain", "message": _TOO_FEW, "params": {"count": len(there), "there": named}}]
    )
