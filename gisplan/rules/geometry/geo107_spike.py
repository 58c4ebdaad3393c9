"""An outline has a spike: a corner so sharp that it is a slip of the pen.

What it checks: corners of tiers, parcels, protection zones and control lines that point out or in.
Why it matters: a spike is nothing on paper and metres on the ground; it makes a feature touch land
that it has nothing to do with.
Left to others: a spike of no width crosses itself and was repaired GEO101. A corner that a
neighbour or another tier draws as well is a boundary, however sharp, and no spike.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables, judged
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.geometry.outlines import as_drawn, no_outlines
from gisplan.rules.notes import layer_title

RULE = Rule(
    code="GEO107",
    name="spike",
    title=Text("尖锐角", "spike"),
    severity=Severity.WARNING,
    message=Text(
        "图层“{title}”的 {feature} 有 {corners} 处尖锐角，最小 {measure:.2f} 度",
        "{feature} of layer {title} has {corners} spike(s), the sharpest of {measure:.2f} degrees",
    ),
    remedy=Text(
        "核对该处边界，删去多余的节点", "look at the outline there and delete the stray vertex"
    ),
    measures=("corner",),
    params={
        "max_angle": Param(10.0, unit="degree", why="the acute angle of Chinese QC tools; up to 30")
    },
    sources=("qc-practice",),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the features that have spikes, each once."""
    if (nothing := no_outlines(tables)) is not None:
        return nothing
    corners = tables["corner"]
    sharp = ~corners["shared"] & (corners["angle_deg"] < params.max_angle - 1e-9)
    corners = as_drawn(tables, corners[sharp])
    rows = [
        {
            "layer": layer,
            "fid": fid,
            "measure": round(float(group["angle_deg"].min()), 2),
            "unit": "degree",
            "limit": params.max_angle,
            "measures": {"n_corners": len(group)},
            "params": {"title": layer_title(tables, layer), "corners": len(group)},
            "geometry": list(group["geometry"]),
        }
        for (layer, fid), group in corners.groupby(["layer", "fid"], sort=True)
    ]
    return judged(rows)
