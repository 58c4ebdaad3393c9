"""Two vertices of an outline lie so close that they are one.

What it checks: edges of tiers, parcels, protection zones and control lines, vertices drawn twice
among them.
Why it matters: software that snaps to a millimetre joins them, and then neighbours no longer agree.
Left to others: a shape that was repaired GEO101. Vertices that a neighbour or another tier has as
well are its boundary, and no defect.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables, judged
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.geometry.outlines import as_drawn, no_outlines
from gisplan.rules.notes import layer_title

RULE = Rule(
    code="GEO110",
    name="vertices-too-close",
    title=Text("节点过密", "vertices too close"),
    severity=Severity.INFO,
    message=Text(
        "图层“{title}”的 {feature} 有 {edges} 处节点过密，最近 {measure:.4f} 米",
        "{feature} of layer {title} has vertices too close in {edges} place(s), the closest "
        "{measure:.4f} m apart",
    ),
    remedy=Text("删去多余的节点", "delete the vertices that are too many"),
    measures=("short_edge",),
    params={
        "min_node_dist": Param(0.001, unit="m", why="node distance of Chinese QC tools; up to 0.1")
    },
    sources=("qc-practice",),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the features that have such vertices, each once."""
    if (nothing := no_outlines(tables)) is not None:
        return nothing
    edges = tables["short_edge"]
    # coordinates of 40 million metres are exact to some 1e-8 m
    close = ~edges["shared"] & (edges["length_m"] < params.min_node_dist - 1e-7)
    edges = as_drawn(tables, edges[close])
    rows = [
        {
            "layer": layer,
            "fid": fid,
            "measure": round(float(group["length_m"].min()), 6),
            "unit": "m",
            "limit": params.min_node_dist,
            "measures": {"n_edges": len(group)},
            "params": {"title": layer_title(tables, layer), "edges": len(group)},
            "geometry": list(group["geometry"]),
        }
        for (layer, fid), group in edges.groupby(["layer", "fid"], sort=True)
    ]
    return judged(rows)
