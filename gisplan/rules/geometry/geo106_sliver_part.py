"""A part of a shape is next to nothing: too small or too narrow to be meant.

What it checks: every part of the areas of tiers, parcels, protection zones and control lines.
Why it matters: such a splinter is left over from cutting; it is land that nobody plans, and it
makes a feature meet neighbours that it has nothing to do with.
Left to others: a shape that was repaired GEO101; what two features share GEO103; what lies outside
the parent BND101.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables, judged
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.geometry.outlines import as_drawn, no_outlines
from gisplan.rules.noise import NOISE_PARAMS, counts
from gisplan.rules.notes import layer_title

RULE = Rule(
    code="GEO106",
    name="sliver-part",
    title=Text("碎面或狭长面", "sliver part"),
    severity=Severity.WARNING,
    message=Text(
        "图层“{title}”的 {feature} 有 {pieces} 处碎面或狭长面，最小 {measure:.2f} ㎡，"
        "最窄 {width:.2f} 米",
        "{feature} of layer {title} has {pieces} sliver part(s), the smallest of {measure:.2f} m2, "
        "the narrowest {width:.2f} m wide",
    ),
    remedy=Text(
        "删去碎面，或并入其应属的要素", "delete the part, or join it to the feature it belongs to"
    ),
    measures=("part",),
    params=NOISE_PARAMS,
    sources=("qc-practice",),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the features that have such parts, each once."""
    if (nothing := no_outlines(tables)) is not None:
        return nothing
    parts = tables["part"]
    parts = as_drawn(tables, parts[~counts(parts, params)])
    rows = [
        {
            "layer": layer,
            "fid": fid,
            "measure": round(float(group["area_m2"].min()), 3),
            "unit": "m2",
            "limit": params.min_area,
            "measures": {
                "n_pieces": len(group),
                "width_m": round(float(group["width_m"].min()), 3),
            },
            "params": {
                "title": layer_title(tables, layer),
                "pieces": len(group),
                "width": float(group["width_m"].min()),
            },
            "geometry": list(group["geometry"]),
        }
        for (layer, fid), group in parts.groupby(["layer", "fid"], sort=True)
    ]
    return judged(rows)
