"""A feature consists of several pieces of land where one is due.

What it checks: renewal units and parcels; a unit is continuous land with one set of controls.
Why it matters: mostly two features were joined by mistake, or a splinter was left behind.
Left to others: a shape that was repaired GEO101; a splinter GEO106. A higher tier may have islands
and exclaves.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.geometry.outlines import as_drawn
from gisplan.rules.notes import layer_title

RULE = Rule(
    code="GEO108",
    name="unexpected-multipart",
    title=Text("多部件图形", "unexpected multipart"),
    severity=Severity.INFO,
    message=Text(
        "图层“{title}”的 {feature} 由 {measure:.0f} 个部件组成",
        "{feature} of layer {title} consists of {measure:.0f} parts",
    ),
    remedy=Text(
        "核对是否应为一个连片范围；否则拆为多个要素，各有编号",
        "see whether one continuous area is meant; if not, split it into features with own codes",
    ),
    measures=("part",),
    sources=("qc-practice",),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the features of several parts in layers where a feature is one."""
    layers = [name for name in tables.attributes if tables.specs[name].single]
    if not layers:
        return skipped("没有更新单元或地块图层", "no unit or parcel layer")
    parts = tables["part"]
    several = parts["layer"].isin(layers) & (parts["n_parts"] > 1)
    parts = as_drawn(tables, parts[several])
    rows = [
        {
            "layer": layer,
            "fid": fid,
            "measure": len(group),
            "unit": "",
            "limit": 1,
            "params": {"title": layer_title(tables, layer)},
        }
        for (layer, fid), group in parts.groupby(["layer", "fid"], sort=True)
    ]
    return judged(rows)
