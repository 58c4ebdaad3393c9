"""A hole or a strip is left between features that should tile their parent.

What it checks: land of a parent between its children that none of them covers; for tiers that tile
(partitions_parent). What lies between two neighbours (nearly all of its outline is theirs) names
both, with length and largest width, also where it opens to the parent's edge: a border that was
drawn twice. Other holes that children enclose are summed for each parent. Where the parent's layer
is not there: holes of the tier itself.
Why it matters: land in nobody's plan. The gaps between two neighbours are one finding.
Left to others: all uncovered land of a parent, this included, BND102; strips that are narrower
BND103; overlaps GEO103; gaps that the plan declares as allowed BND113.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Filtered, Severity, Text
from gisplan.rules.declared_gaps import without_allowed
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
        "调整相邻要素的边界，使其无缝衔接；确可留空的，在 gisplan.toml 中以 [[allowed_gaps]] 声明",
        "move the boundaries of the neighbours so that they meet; declare what may stay empty as "
        "[[allowed_gaps]] in gisplan.toml",
    ),
    measures=("uncovered", "between", "declared_gap"),
    params={
        **NOISE_PARAMS,
        "pair_share": Param(
            0.9,
            why="share of its outline from which a gap lies between two neighbours: the ends of a "
            "strip may open to others",
        ),
    },
    sources=("qc-practice", "ellipsoidal-area"),
)
_WHOLE_LAYER = Text(
    "图层“{title}”的要素之间有空隙 {measure:,.1f} ㎡（{n} 处）",
    "{measure:,.1f} m2 in {n} places lie between features of layer {title}",
)
_STRIP = Text(
    "{title} {feature} 与 {related} 之间有空隙 {measure:,.1f} ㎡（总长 {length:,.0f} 米，"
    "最宽 {largest:,.1f} 米）",
    "between {title} {feature} and {related} lie {measure:,.1f} m2, {length:,.0f} m "
    "long and {largest:,.1f} m wide at most",
)
_PIECE = ["child_layer", "parent_layer", "parent_fid", "piece"]
_PARENT = ["child_layer", "parent_layer", "parent_fid"]
_PAIR = ["child_layer", "fid_a", "fid_b"]


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the neighbours with gaps between them, and the parents with other holes."""
    if not any(tier.partitions_parent for tier in tables.tiers_present()):
        return skipped("没有应铺满上级的层级", "no tier of the plan is to tile its parent")
    pieces = tables["uncovered"]
    pieces, _ = without_allowed(tables, pieces[pieces["scope"] == "any"])
    pieces = pieces.merge(tables["between"], on=_PIECE, how="left")
    along = (pieces["along_a_m"] + pieces["along_b_m"]) / pieces["outline_m"]
    paired = along >= params.pair_share - 1e-9
    strips, thin = _strips(pieces[paired], params)
    holes, noise = sum_pieces(pieces[~paired & pieces["enclosed"].astype(bool)], _PARENT, params)
    rows = [_strip(tables, params, row) for row in strips.to_dict("records")]
    rows += [_hole(tables, params, row) for row in holes.to_dict("records")]
    return judged(
        rows, filtered=Filtered(thin.pieces + noise.pieces, round(thin.area_m2 + noise.area_m2, 3))
    )


def _strips(pieces: pd.DataFrame, params: Params) -> tuple[pd.DataFrame, Filtered]:
    """Return what lies between each pair, with the length of it all and the largest width."""
    pieces = pieces.astype({"fid_a": "int64", "fid_b": "int64"})
    summed, filtered = sum_pieces(pieces, _PAIR, params)
    length = (pieces["along_a_m"] + pieces["along_b_m"]) / 2
    profile = (
        pieces.assign(length_m=length)
        .groupby(_PAIR, as_index=False)
        .agg(length_m=("length_m", "sum"), largest_m=("largest_m", "max"))
    )
    return summed.merge(profile, on=_PAIR), filtered


def _strip(tables: Tables, params: Params, row: dict[str, Any]) -> dict[str, object]:
    layer = row["child_layer"]
    return {
        "layer": layer,
        "fid": row["fid_a"],
        "related_layer": layer,
        "related": tables.attributes[layer]["_label"][row["fid_b"]],
        "measure": row["area_m2"],
        "unit": "m2",
        "limit": params.min_area,
        "measures": {
            **sliver_measures(row),
            "length_m": round(row["length_m"], 2),
            "max_m": round(row["largest_m"], 2),
        },
        "message": _STRIP,
        "params": {
            "title": layer_title(tables, layer),
            "length": row["length_m"],
            "largest": row["largest_m"],
        },
        "geometry": row["pieces"],
    }


def _hole(tables: Tables, params: Params, row: dict[str, Any]) -> dict[str, object]:
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
