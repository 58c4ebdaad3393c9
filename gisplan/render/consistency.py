"""The consistency of the tiers, ready to print."""

from __future__ import annotations

from typing import NamedTuple

from gisplan.model import Dossier, Text

NOTE = Text(
    "一致性为已检查的强制性规则（权重相同）中无错误要素所占比例的平均值；未检查的不计入，另列于后。",
    "The figure is the mean share of features without an error over the mandatory rules that were "
    "judged, all of one weight; what was not checked is not in it and stands beside it.",
)


class ConsistencyLine(NamedTuple):
    """One tier: its title, and figures as they are printed."""

    tier: Text
    features: int
    score: str  # "—" where nothing was judged
    failed: int
    explain: int
    unchecked_rules: int
    unchecked_features: int


def consistency_lines(dossier: Dossier) -> list[ConsistencyLine]:
    """Return the tiers, top first."""
    titles = {tier.name: tier.title for tier in dossier.plan.chain}
    return [
        ConsistencyLine(
            titles.get(row.tier, Text(row.tier, row.tier)),
            row.features,
            "—" if row.score is None else f"{row.score:.2%}",
            row.failed,
            row.explain,
            row.unchecked_rules,
            row.unchecked_features,
        )
        for row in dossier.consistency
    ]
