"""A feature has no shape, or an empty one.

What it checks: every record of a layer that should have a shape.
Why it matters: it stands in the attribute table and on no map, and no rule of place can judge it.
Left to others: a shape that is there but cannot be used SRC108 or GEO101; a list row without shape
LST105.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.notes import judge_notes, layer_title

RULE = Rule(
    code="GEO102",
    name="empty-geometry",
    title=Text("图形为空", "empty geometry"),
    severity=Severity.ERROR,
    message=Text(
        "图层“{title}”的 {feature} 没有图形，未参加审查",
        "{feature} of layer {title} has no shape and was set aside",
    ),
    remedy=Text("补绘图形，或删除该条记录", "draw the shape, or delete the record"),
    sources=("ogc-sfa", "qc-practice"),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per record without a shape."""
    return judge_notes(
        tables,
        tables.notes_of("empty_geometry"),
        lambda note: {"params": {"title": layer_title(tables, note.layer)}},
    )
