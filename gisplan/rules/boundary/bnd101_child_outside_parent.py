"""Child reaches outside its parent.

What it checks: land of a child outside the parent that its code or field names, or, where it names
none, outside the parent that most of it lies in.
Why it matters: a tier cannot plan land that it does not administer.
Where the plan states a scale, a strip along the parent's line no deeper than that scale is exact
is noise; of the judged tier it is not judged, for it is not proved to lie inside.
Left to others: no parent LST102; most of it in another parent BND104; invalid shape GEO101. A child
whose parent was set aside is not judged.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.boundary.lines_up import lies_elsewhere, nested_layers
from gisplan.rules.by_scale import scale_measures, sum_by_scale, tolerance
from gisplan.rules.noise import TIER_NOISE_PARAMS, sliver_measures
from gisplan.rules.notes import layer_title

RULE = Rule(
    code="BND101",
    name="child-outside-parent",
    title=Text("下级超出上级范围", "child outside parent"),
    severity=Severity.ERROR,
    message=Text(
        "{feature} 超出{title} {related} 的范围 {measure:,.1f} ㎡，占其面积 {share:.1%}",
        "{feature} reaches outside {title} {related} by {measure:,.1f} m2, {share:.1%} of its area",
    ),
    remedy=Text(
        "将边界收回上级范围以内，或先调整上级边界",
        "draw the boundary back into the parent, or have the parent's changed first",
    ),
    measures=("outside", "nesting", "parents", "area"),
    needs=("tiers",),
    params=TIER_NOISE_PARAMS,
    sources=("transmission-chain", "qc-practice", "ellipsoidal-area"),
)
_CHILD = ["child_layer", "fid"]


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the children that reach outside by a sliver or more."""
    layers = nested_layers(tables)
    if not layers:
        return skipped("没有上下级关系的图层", "no tier of the chain lies below another")
    nesting = tables["nesting"]
    elsewhere = nesting.loc[lies_elsewhere(nesting), _CHILD]
    outside = tables["outside"]
    told = pd.MultiIndex.from_frame(outside[_CHILD]).isin(pd.MultiIndex.from_frame(elsewhere))
    keys = [*_CHILD, "parent_layer", "parent_fid"]
    outside = outside[~told & outside["child_layer"].isin(layers)]
    metres = tolerance(params, outside["parent_layer"], outside["child_layer"])
    summed = sum_by_scale(outside, keys, params, metres)
    areas = tables["area"].set_index(["layer", "fid"])["area_m2"]
    rows = [_offender(tables, params, areas, row) for row in summed.rows.to_dict("records")]
    spared = summed.spared[summed.spared["child_layer"] == tables.judged]
    unproved = [_unproved(tables, row) for row in spared.to_dict("records")]
    return judged(rows, _not_judged(tables, layers) + unproved, summed.filtered)


def _offender(
    tables: Tables, params: Params, areas: pd.Series, row: dict[str, Any]
) -> dict[str, object]:
    parent = row["parent_layer"]
    share = row["area_m2"] / float(areas[row["child_layer"], row["fid"]])
    return {
        "layer": row["child_layer"],
        "fid": row["fid"],
        "related_layer": parent,
        "related": tables.attributes[parent]["_label"][row["parent_fid"]],
        "measure": row["area_m2"],
        "unit": "m2",
        "limit": params.min_area,
        "measures": {"share": round(share, 6), **sliver_measures(row), **scale_measures(row)},
        "params": {"share": share, "title": layer_title(tables, parent)},
        "geometry": row["pieces"],
    }


def _unproved(tables: Tables, row: dict[str, Any]) -> dict[str, object]:
    """Return a child that reaches out no farther than its parent's line is exact."""
    parent = tables.attributes[row["parent_layer"]]["_label"][row["parent_fid"]]
    area, metres = row["area_m2"], row["tolerance_m"]
    return {
        "layer": row["child_layer"],
        "fid": row["fid"],
        "why_zh": f"超出上级 {parent} {area:,.1f} ㎡，在比例尺公差 {metres:g} 米以内，图上不能判定",
        "why_en": f"it reaches outside {parent} by {area:,.1f} m2, within the {metres:g} m that "
        "the scale is exact to",
    }


def _not_judged(tables: Tables, layers: set[str]) -> list[dict[str, object]]:
    parents = tables["parents"]
    aside = parents["child_layer"].isin(layers) & (parents["how"] == "declared")
    lost = parents[aside & (parents["parent_fid"] < 0)]
    return [
        {
            "layer": row["child_layer"],
            "fid": row["fid"],
            "why_zh": f"上级 {row['declared']} 已隔离",
            "why_en": f"its parent {row['declared']} was set aside",
        }
        for row in lost.to_dict("records")
    ]
