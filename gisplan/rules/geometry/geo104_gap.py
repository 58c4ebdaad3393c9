"""A hole is left between features that should tile their parent.

What it checks: land of a parent, enclosed by its children, that none of them covers; for tiers
that tile (partitions_parent). Where the parent's layer is not there: holes of the tier itself.
Why it matters: land in nobody's plan. The holes of one parent are one finding.
Left to others: all uncovered land of a parent, this included, BND102; overlaps GEO103.
"""

from __future__ import annotations

from typing import Any

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.noise import NOISE_PARAMS, sliver_measures, sum_pieces
from gisplan.rules.notes import layer_title

RULE = Rule(
    code="GEO104",
    name="gap",
    title=Text("要素之间有空隙", "gap"),
    severity=Severity.ERROR,
    message=Text(
        "{feature} 内的{title}要素之间有空隙 {measure:,.1f} ㎡（{n} 处）",
        "within {feature}, {measure:,.1f} m2 in {n} places lie between features of layer {title}",
    ),
    remedy=Text(
        "调整相邻要素的边界，使其无缝衔接",
        "move the boundaries of the neighbours so that they meet",
    ),
    measures=("uncovered",),
    params=NOISE_PARAMS,
    sources=("qc-practice", "ellipsoidal-area"),
)
_WHOLE_LAYER = Text(
    "图层“{title}”的要素之间有空隙 {measure:,.1f} ㎡（{n} 处）",
    "{measure:,.1f} m2 in {n} places lie between features of layer {title}",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the parents with holes between their children."""
    if not any(tier.partitions_parent for tier in tables.tiers_present()):
        return skipped("没有应铺满上级的层级", "no tier of the plan is to tile its parent")
    pieces = tables["uncovered"]
    pieces = pieces[(pieces["scope"] == "any") & pieces["enclosed"].astype(bool)]
    keys = ["child_layer", "parent_layer", "parent_fid"]
    summed, filtered = sum_pieces(pieces, keys, params)
    rows = [_offender(tables, params, row) for row in summed.to_dict("records")]
    return judged(rows, filtered=filtered)


def _offender(tables: Tables, params: Params, row: dict[str, Any]) -> dict[str, object]:
    alone = row["parent_fid"] < 0
    return {
        "layer": row["child_layer"] if alone else row["parent_layer"],
        "fid": row["parent_fid"],
        "related_layer": None if alone else row["child_layer"],
        "measure": row["area_m2"],
        "unit": "m2",
        "limit": params.min_area,
        "measures": sliver_measures(row),
        "message": _WHOLE_LAYER if alone else None,
        "params": {"title": layer_title(tables, row["child_layer"]), "n": row["n_pieces"]},
        "geometry": row["pieces"],
    }
