"""Children that should tile their parent leave some of it out.

What it checks: for tiers that tile (partitions_parent), all land of a parent that none of
its own children covers, but for gaps that the plan declares as allowed.
Why it matters: land that no district plans falls out of the chain.
Where the plan states a scale, a strip along the parent's line no deeper than that scale is exact
is noise; what lies between children is not.
Left to others: where the holes and strips lie between children GEO104; allowed gaps BND113.
A parent none of whose children are in the plan is not judged: a plan may be about one city of a
province.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.boundary.lines_up import nested_layers
from gisplan.rules.by_scale import scale_measures, sum_by_scale, tolerance
from gisplan.rules.declared_gaps import without_allowed
from gisplan.rules.noise import TIER_NOISE_PARAMS, sliver_measures
from gisplan.rules.notes import layer_title

RULE = Rule(
    code="BND102",
    name="parent-not-covered",
    title=Text("上级未被下级覆盖", "parent not covered"),
    severity=Severity.ERROR,
    message=Text(
        "{feature} 有 {measure:,.1f} ㎡（{share:.2%}）未被下级（{title}）覆盖",
        "{measure:,.1f} m2 ({share:.2%}) of {feature} are covered by no {title}",
    ),
    remedy=Text(
        "补充缺少的下级要素，或把下级边界调整到上级边界；确可留空的，在 gisplan.toml 中以 "
        "[[allowed_gaps]] 声明",
        "add the child that is missing, or move the children's boundaries to the parent's; declare "
        "what may stay empty as [[allowed_gaps]] in gisplan.toml",
    ),
    measures=("uncovered", "declared_gap", "parents", "area"),
    needs=("tiers",),
    params=TIER_NOISE_PARAMS,
    sources=("transmission-chain", "qc-practice", "ellipsoidal-area"),
)
_PARENT = ["parent_layer", "parent_fid"]
_KEYS = ["child_layer", *_PARENT]


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the parents that are uncovered by a sliver or more."""
    nested = nested_layers(tables)
    tiling = {t.name for t in tables.tiers_present() if t.partitions_parent and t.name in nested}
    if not tiling:
        return skipped("没有应铺满上级的层级", "no tier of the plan is to tile its parent")
    pieces = tables["uncovered"]
    pieces = pieces[(pieces["scope"] == "own") & pieces["child_layer"].isin(tiling)]
    pieces, allowed = without_allowed(tables, pieces)
    metres = tolerance(params, pieces["parent_layer"], pieces["child_layer"])
    rows, filtered, spared = sum_by_scale(pieces, _KEYS, params, metres)
    keys = pd.MultiIndex.from_frame(rows[_KEYS])
    allowed_m2 = allowed.groupby(_KEYS)["area_m2"].sum()
    rows["allowed_m2"] = allowed_m2.reindex(keys, fill_value=0.0).to_numpy()
    childless = ~keys.isin(_with_children(tables))
    spared = spared[spared["parent_layer"] == tables.judged]
    areas = tables["area"].set_index(["layer", "fid"])["area_m2"]
    return judged(
        [_offender(tables, params, areas, row) for row in rows[~childless].to_dict("records")],
        [_not_judged(tables, row) for row in rows[childless].to_dict("records")]
        + [_unproved(row) for row in spared.to_dict("records")],
        filtered,
    )


def _with_children(tables: Tables) -> pd.MultiIndex:
    parents = tables["parents"]
    return pd.MultiIndex.from_frame(parents.loc[parents["parent_fid"] >= 0, _KEYS])


def _offender(
    tables: Tables, params: Params, areas: pd.Series, row: dict[str, Any]
) -> dict[str, object]:
    share = row["area_m2"] / float(areas[row["parent_layer"], row["parent_fid"]])
    return {
        "layer": row["parent_layer"],
        "fid": row["parent_fid"],
        "related_layer": row["child_layer"],
        "measure": row["area_m2"],
        "unit": "m2",
        "limit": params.min_area,
        "measures": {
            "share": round(share, 6),
            **sliver_measures(row),
            **scale_measures(row),
            "allowed_m2": round(float(row["allowed_m2"]), 3),
        },
        "params": {"share": share, "title": layer_title(tables, row["child_layer"])},
        "geometry": row["pieces"],
    }


def _unproved(row: dict[str, Any]) -> dict[str, object]:
    area, metres = row["area_m2"], row["tolerance_m"]
    return {
        "layer": row["parent_layer"],
        "fid": row["parent_fid"],
        "why_zh": f"有 {area:,.1f} ㎡未被覆盖，在比例尺公差 {metres:g} 米以内，图上不能判定",
        "why_en": f"{area:,.1f} m2 of it are not covered, within the {metres:g} m that the scale "
        "is exact to",
    }


def _not_judged(tables: Tables, row: dict[str, Any]) -> dict[str, object]:
    title = layer_title(tables, row["child_layer"])
    return {
        "layer": row["parent_layer"],
        "fid": row["parent_fid"],
        "why_zh": f"规划中没有它的下级（{title.zh}）",
        "why_en": f"the plan has no {title.en} of it",
    }
