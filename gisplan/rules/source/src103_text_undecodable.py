"""A text holds bytes that no encoding can decode.

What it checks: cells whose bytes are neither in the declared nor in any allowed encoding.
Why it matters: a name or code that is lost cannot be compared with anything.
Left to others: another encoding that does decode SRC102; numbers and dates SCH103.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Note, Severity, Text
from gisplan.rules.notes import field_title, judge_notes

RULE = Rule(
    code="SRC103",
    name="text-undecodable",
    title=Text("文字无法解码", "text undecodable"),
    severity=Severity.ERROR,
    message=Text(
        "{feature} 的字段“{field}”无法解码（字节 {bytes}），按空值处理",
        "{feature}: the bytes {bytes} of field {field} cannot be decoded, the value is lost",
    ),
    remedy=Text(
        "在源数据中重新填写该字段，并以 UTF-8 导出",
        "fill in the field in the source again and export it as UTF-8",
    ),
    sources=("shapefile-encoding",),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per cell that could not be decoded."""

    def offence(note: Note) -> dict[str, object]:
        field = field_title(tables, note.layer, note.column)
        told = {"field": field, "bytes": str(note.detail.get("bytes", ""))}
        return {"kind": note.column or "", "params": told}

    return judge_notes(tables, tables.notes_of("text_undecodable"), offence)
