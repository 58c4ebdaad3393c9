"""A feature or row has no code.

What it checks: the key of every tier, table and layer whose code is required: the code, and in the
indicator table also the tier and the indicator.
Why it matters: what has no code cannot be handed down, counted or named in a finding.
Left to others: no such field at all SCH102; a code that could not be read SCH103 or SRC103; two
features with one code SCH105.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.notes import blank_cells, field_title, layer_title
from gisplan.rules.schema.keys import has_value, needed_fields

RULE = Rule(
    code="SCH104",
    name="code-missing",
    title=Text("编号为空", "code missing"),
    severity=Severity.ERROR,
    message=Text(
        "图层“{title}”的 {feature} 没有填写“{field}”", "{feature} of layer {title} has no {field}"
    ),
    remedy=Text("补填该字段", "fill in the field"),
    sources=("mnr-database-2021",),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per row and key field that it leaves empty."""
    needed = {layer: needed_fields(tables, layer) for layer in tables.attributes}
    if not any(needed.values()):
        return skipped("没有带编号字段的图层", "no layer has a field for its code")
    return judged(
        [
            {
                "layer": layer,
                "fid": fid,
                "kind": field,
                "params": {
                    "title": layer_title(tables, layer),
                    "field": field_title(tables, layer, field),
                },
            }
            for layer, fields in needed.items()
            for field in fields
            for fid in _empty(tables, layer, field)
        ]
    )


def _empty(tables: Tables, layer: str, field: str) -> list[int]:
    frame = tables.attributes[layer]
    unread = blank_cells(tables, layer, field)
    return [int(fid) for fid in frame.index[~has_value(frame[field])] if fid not in unread]
