"""A feature is a line or a point where an area is due, or the like.

What it checks: the kind of shape of every feature against the kinds that its layer allows.
Why it matters: a unit drawn as a line has no area that could be inside or outside anything.
Left to others: no shape GEO102; a broken area GEO101.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Note, Severity, Text
from gisplan.rules.notes import judge_notes, layer_title

RULE = Rule(
    code="GEO109",
    name="wrong-geometry-type",
    title=Text("图形类型不符", "wrong geometry type"),
    severity=Severity.ERROR,
    message=Text(
        "图层“{title}”的 {feature} 是{found}，应为{wanted}，未参加审查",
        "{feature} of layer {title} is of type {found} where {wanted} is due, and was set aside",
    ),
    remedy=Text("按要求的图形类型重新绘制", "draw it anew as the kind of shape that is due"),
    sources=("mnr-database-2021", "ogc-sfa"),
)
_KINDS = {
    "point": Text("点", "point"),
    "line": Text("线", "line"),
    "polygon": Text("面", "polygon"),
}


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per feature of a kind that its layer does not allow."""

    def offence(note: Note) -> dict[str, object]:
        told = {name: _kinds(note, name) for name in ("found", "wanted")}
        return {"params": {**told, "title": layer_title(tables, note.layer)}}

    return judge_notes(tables, tables.notes_of("wrong_geometry_type"), offence)


def _kinds(note: Note, name: str) -> Text:
    if f"{name}_zh" in note.detail:
        return Text(str(note.detail[f"{name}_zh"]), str(note.detail[name]))
    kind = str(note.detail[name])
    return _KINDS.get(kind.lower(), Text(kind, kind))
