"""A required field is not in the source under any of its names.

What it checks: each source of a layer has the fields that the layer cannot do without.
Why it matters: rules that need the field are skipped, and the plan looks better than it is.
Left to others: the layer itself SCH101; cells that are empty SCH104; a field that cannot be read as
what it should be SCH103.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Note, Severity, Text
from gisplan.rules.notes import field_title, judge_notes, layer_title

RULE = Rule(
    code="SCH102",
    name="field-missing",
    title=Text("必填字段缺失", "field missing"),
    severity=Severity.ERROR,
    message=Text(
        "图层“{title}”（{feature}）缺少必填字段“{field}”",
        "layer {title} ({feature}) lacks its required field: {field}",
    ),
    remedy=Text(
        "补充该字段，或在 gisplan.toml 的 [layers.….fields] 中写明源字段（可用名称：{wanted}）",
        "add the field, or name its source field in [layers.….fields] of gisplan.toml (names that "
        "are recognised: {wanted})",
    ),
    sources=("mnr-database-2021",),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per source and required field that it lacks."""

    def offence(note: Note) -> dict[str, object]:
        wanted = note.detail.get("wanted") or ()
        names = [wanted] if isinstance(wanted, str) else [str(name) for name in wanted]
        return {
            "feature": note.path,
            "kind": note.column or "",
            "params": {
                "title": layer_title(tables, note.layer),
                "field": field_title(tables, note.layer, note.column),
                "wanted": Text("、".join(names), ", ".join(names)),
            },
        }

    return judge_notes(tables, tables.notes_of("field_missing"), offence)
