"""Two features of one layer have the same shape.

What it checks: pairs of tiers, parcels and buildings whose shapes agree to the millimetre.
Why it matters: one piece of land is in the plan twice, under two names.
Left to others: the same shape with the same code SCH105; a copy without a code SCH104; shapes that
differ GEO103.
"""

from __future__ import annotations

from typing import Any

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.notes import layer_title
from gisplan.rules.schema.keys import has_value, key_fields

RULE = Rule(
    code="GEO105",
    name="duplicate-geometry",
    title=Text("图形重复", "duplicate geometry"),
    severity=Severity.ERROR,
    message=Text(
        "图层“{title}”的 {feature} 与 {related} 图形相同",
        "{feature} and {related} of layer {title} have the same shape",
    ),
    remedy=Text(
        "核对两个要素，删去其一或改正图形", "look at the two; delete one or correct its shape"
    ),
    measures=("duplicate",),
    sources=("qc-practice",),
)
_OTHERS = ("parcel", "building")


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the pairs of one shape that no rule of codes reports."""
    if not tables.tiers_present() and not any(name in tables.attributes for name in _OTHERS):
        return skipped("没有层级、地块或建筑图层", "no tier, parcel or building layer")
    pairs = tables["duplicate"].to_dict("records")
    return judged([_offender(tables, row) for row in pairs if not _is_told(tables, row)])


def _is_told(tables: Tables, row: dict[str, Any]) -> bool:
    """Return whether SCH104 or SCH105 reports a pair, which they do where codes are demanded."""
    if not key_fields(tables, row["layer"]):
        return False
    codes = tables.attributes[row["layer"]]["code"][[row["fid_a"], row["fid_b"]]]
    return not has_value(codes).all() or codes.nunique() == 1


def _offender(tables: Tables, row: dict[str, Any]) -> dict[str, object]:
    return {
        "layer": row["layer"],
        "fid": row["fid_a"],
        "related_layer": row["layer"],
        "related": tables.attributes[row["layer"]]["_label"][row["fid_b"]],
        "measure": row["area_m2"],
        "unit": "m2",
        "params": {"title": layer_title(tables, row["layer"])},
        "geometry": row["geometry"],
    }
