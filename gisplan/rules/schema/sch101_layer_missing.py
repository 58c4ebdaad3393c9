"""A layer that the chain needs is not in the plan.

What it checks: every tier that `[chain]` in `gisplan.toml` names has a layer; where the plan
declares no chain, at least two tiers of the default one are there. And no layer of a tier is empty;
below the tier that is judged that is a warning, for there may be no projects yet.
Why it matters: transmission (规划传导) is a relation of tiers; with one there is nothing to check.
Left to others: a layer whose file cannot be read SRC101, or that has no coordinate system SRC104.
"""

from __future__ import annotations

from collections.abc import Iterable

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text, Tier
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

_EMPTY = Text(
    "图层“{title}”没有任何要素，该层级的检查都无从进行",
    "layer {title} has no feature at all, so nothing of this tier can be checked",
)
_FILL = Text(
    "核对文件是否为空模板或导出时被筛选，补齐要素；确无要素的从规划中去掉该图层",
    "see whether the file is a blank template or was exported under a filter, and fill it; leave "
    "the layer out where there is nothing",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the tiers without layer or without features, or one offender for too short a chain."""
    if not tables.attributes and not tables.notes:
        return skipped("计划中没有可读的图层", "nothing was read from the plan")
    chained = [tier for tier in tables.chain if tier.chained]
    there = [tier for tier in chained if tier.name in tables.attributes]
    told = {note.layer for note in tables.notes_of("file_unreadable", "crs_missing")}
    missing = [tier for tier in chained if tier not in there and tier.name not in told]
    empty = _empty(tables, [tier for tier in there if tier.name not in told])
    if tables.chain_declared:
        absent = [
            {"layer": tier.name, "feature": tier.name, "params": {"title": tier.title}}
            for tier in missing
        ]
        return judged([*absent, *empty])
    if len(there) + len(told.intersection(tier.name for tier in chained)) >= 2:
        return judged(empty)
    titles = [layer_title(tables, tier.name) for tier in there]
    named = Text("、".join(t.zh for t in titles) or "无", ", ".join(t.en for t in titles) or "none")
    too_few: dict[str, object] = {
        "kind": "chain",
        "message": _TOO_FEW,
        "params": {"count": len(there), "there": named},
    }
    return judged([too_few, *empty])


def _empty(tables: Tables, tiers: Iterable[Tier]) -> list[dict[str, object]]:
    """Return the tiers whose layer holds no feature, not even one that was set aside."""
    judged_tier = tables.tier(tables.judged)
    lowest = judged_tier.rank if judged_tier else len(tables.chain)
    return [
        {
            "layer": tier.name,
            "feature": tier.name,
            "kind": "empty",
            "message": _EMPTY,
            "remedy": _FILL,
            "severity": Severity.WARNING if tier.rank > lowest else None,
            "params": {"title": tier.title},
        }
        for tier in tiers
        if tables.attributes[tier.name].empty and not tables.quarantined.get(tier.name)
    ]
