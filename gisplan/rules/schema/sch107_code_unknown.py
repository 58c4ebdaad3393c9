"""A value is not in the code list that it belongs to.

What it checks: mode of renewal (更新方式), zone and level of protection, land use, administrative
codes and all other coded fields, under every spelling that the lists know.
Why it matters: a mode that nobody knows cannot be held against the heritage it may harm.
Left to others: a code out of its tier's pattern SCH106; a value of the wrong type SCH103.
Administrative codes of other provinces than Liaoning are not judged: their list is not at hand.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Note, Severity, Text
from gisplan.rules.notes import Key, field_title, judge_notes, key_of
from gisplan.rules.schema.keys import fits_pattern

RULE = Rule(
    code="SCH107",
    name="code-unknown",
    title=Text("代码不在代码表中", "code unknown"),
    severity=Severity.ERROR,
    message=Text(
        "{feature} 的“{field}”为“{value}”，不在代码表 {codelist} 中",
        "{feature}: {field} is {value}, which code list {codelist} does not have",
    ),
    remedy=Text(
        "改为代码表中的代码或名称（见 layers/codes/{codelist}.csv）",
        "use a code or name of the list (layers/codes/{codelist}.csv)",
    ),
    sources=("land-use-2023", "gbt-2260"),
)
_SOURCES = {"admin": ("gbt-2260",), "land_use": ("land-use-2023",)}


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per cell that holds a value no list knows."""
    # a cell with a list of modes leaves a note for each unknown one
    cells: dict[tuple[Key, str], list[Note]] = {}
    for note in tables.notes_of("unknown_code_value"):
        value = str(note.detail["value"])
        if note.column != "code" or fits_pattern(tables, note.layer, value):
            cells.setdefault((key_of(note), note.column or ""), []).append(note)

    def offence(note: Note) -> dict[str, object]:
        values = [str(n.detail["value"]) for n in cells[key_of(note), note.column or ""]]
        codelist = str(note.detail["codelist"])
        return {
            "kind": note.column or "",
            "sources": _SOURCES.get(codelist, ("mnr-database-2021",)),
            "params": {
                "field": field_title(tables, note.layer, note.column),
                "value": Text("、".join(values), ", ".join(values)),
                "codelist": codelist,
            },
        }

    return judge_notes(tables, [notes[0] for notes in cells.values()], offence)
