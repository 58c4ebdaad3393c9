"""A number, date or code cannot be read as one.

What it checks: cells of number, date, yes-or-no and code fields, in the forms that offices write.
Why it matters: the cell counts as empty, so every rule that needs it has nothing to judge.
Left to others: a value that reads well but is not in its code list SCH107; undecodable text SRC103.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Note, Severity, Text
from gisplan.rules.notes import field_title, judge_notes, text_of

RULE = Rule(
    code="SCH103",
    name="value-of-wrong-type",
    title=Text("字段值类型不符", "value of wrong type"),
    severity=Severity.ERROR,
    message=Text(
        "{file} 中 {feature} 的“{field}”为“{value}”，无法读作{wanted}{why}，按空值处理",
        "{feature} in {file}: {field} is {value!r}, which cannot be read as a {wanted}{why} and"
        " counts as empty",
    ),
    remedy=Text("按字段类型重新填写", "fill in a value of the field's type"),
    sources=("mnr-database-2021",),
)
_TYPES = {
    "number": Text("数值", "number"),
    "integer": Text("整数", "whole number"),
    "date": Text("日期", "date"),
    "boolean": Text("是或否", "yes or no"),
    "code": Text("编号", "code"),
}


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per cell that could not be read."""

    def offence(note: Note) -> dict[str, object]:
        wanted = str(note.detail.get("wanted", ""))
        told = "why_zh" in note.detail
        why = text_of(note, "why") if told else Text("", "")
        return {
            "kind": note.column or "",
            "remedy": text_of(note, "todo") if told else None,
            "params": {
                "file": note.path,
                "why": Text(f"（{why.zh}）", f" ({why.en})") if told else why,
                "field": field_title(tables, note.layer, note.column),
                "value": str(note.detail.get("value", "")),
                "wanted": _TYPES.get(wanted, Text(wanted, wanted)),
            },
        }

    return judge_notes(tables, tables.notes_of("value_unreadable"), offence)
