"""A public map would show what may be secret: building detail over a large extent.

What it checks: maps asked for with `--audience public`: layers at building detail (buildings, and
layers whose stated scale is larger than 1:5000) whose extent, the area of their convex hull, is
over the limit. Undisclosed and underground relics, and military and detention land, are not
judged: a public map leaves them out and says so.
Why it matters: basic-scale maps larger than 1:5000 that continuously cover more than 25 square
kilometres are secret. The map is not written unless the office states its clearance.
Left to others: the approval number PUB101. A map for internal use is not checked.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables, judged
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Note, Severity, Text
from gisplan.rules.notes import layer_title
from gisplan.rules.publish.terms import not_public, public_maps

RULE = Rule(
    code="PUB102",
    name="sensitive-content",
    title=Text("公开地图含敏感内容", "sensitive content in a public map"),
    severity=Severity.ERROR,
    message=Text(
        "公开地图的图层“{title}”达到建筑级精度，"
        "范围 {measure:.1f} 平方公里，超过 {limit:g} 平方公里，不予输出",
        "layer {title} of a public map has building detail over {measure:.1f} km2, "
        "more than {limit:g}: not written",
    ),
    remedy=Text(
        "缩小范围或去掉该图层；已经保密审查同意的，加 --i-have-clearance",
        "show less land or leave the layer out; with clearance, add --i-have-clearance",
    ),
    params={
        "scale": Param(5000, "", "larger-scale maps may be secret, item 18 of the list"),
        "max_extent": Param(
            25.0, "km2", "large-scale maps over 25 square kilometres in one piece are secret"
        ),
    },
    sources=("map-regulation-664#第十三条",),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per detailed layer that covers too much."""
    maps = public_maps(tables)
    if not maps:
        return not_public()
    return judged(
        [
            {
                "layer": layer,
                "feature": "",
                "measure": extent,
                "unit": "km2",
                "limit": params.max_extent,
                "params": {"title": layer_title(tables, layer)},
            }
            for note in maps
            if not note.detail["clearance"]
            for layer, extent in note.detail["extents"].items()
            if _is_detailed(note, layer, params) and extent > params.max_extent
        ]
    )


def _is_detailed(note: Note, layer: str, params: Params) -> bool:
    scale = note.detail["scales"].get(layer)
    return layer == "building" or (scale is not None and scale < params.scale)
