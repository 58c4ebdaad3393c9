"""Two features of one layer overlap.

What it checks: shared land of two features of a tier or of parcels, summed over its pieces.
Why it matters: land in two units is counted twice and answers to two sets of controls.
Left to others: two features of the very same shape GEO105 or, with one code, SCH105. For projects
it is a warning: several may share a place.
"""

from __future__ import annotations

from typing import Any

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.noise import NOISE_PARAMS, sliver_measures, sum_pieces
from gisplan.rules.notes import layer_title

RULE = Rule(
    code="GEO103",
    name="overlap",
    title=Text("同层要素重叠", "overlap"),
    severity=Severity.ERROR,
    message=Text(
        "图层“{title}”的 {feature} 与 {related} 重叠 {measure:,.1f} ㎡",
        "{feature} and {related} of layer {title} overlap by {measure:,.1f} m2",
    ),
    remedy=Text(
        "确定共同边界，从其中一个要素中扣除重叠部分",
        "settle the common boundary and take the overlap out of one of the two",
    ),
    measures=("overlap",),
    params=NOISE_PARAMS,
    sources=("qc-practice", "ellipsoidal-area"),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the pairs that share a sliver or more."""
    if not any(tables.specs[layer].disjoint for layer in tables.attributes):
        return skipped("没有要素互不重叠的图层", "no layer whose features may not overlap")
    summed, filtered = sum_pieces(tables["overlap"], ["layer", "fid_a", "fid_b"], params)
    rows = [_offender(tables, params, row) for row in summed.to_dict("records")]
    return judged(rows, filtered=filtered)


def _offender(tables: Tables, params: Params, row: dict[str, Any]) -> dict[str, object]:
    layer = row["layer"]
    severity = tables.specs[layer].overlap_severity
    return {
        "layer": layer,
        "fid": row["fid_a"],
        "related_layer": layer,
        "related": tables.attributes[layer]["_label"][row["fid_b"]],
        "measure": row["area_m2"],
        "unit": "m2",
        "limit": params.min_area,
        "measures": sliver_measures(row),
        # a layer of error level stays open to what the plan sets
        "severity": None if severity is RULE.severity else severity,
        "params": {"title": layer_title(tables, layer)},
        "geometry": row["pieces"],
    }
