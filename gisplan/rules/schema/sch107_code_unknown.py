"""A value is not in the code list that it belongs to.

What it checks: mode of renewal (更新方式), zone and level of protection, administrative codes
and all other coded fields, under every spelling that the lists know.
Why it matters: a mode that nobody knows cannot be held against the heritage it may harm.
A code of a county that has a new one since (辽中县 210122) is named with the new one; where it only
begins another code, that is a warning. The list of such changes is not verified.
Left to others: a code out of its tier's pattern SCH106; a value of the wrong type SCH103; codes of
land use, which have two editions, USE101.
Administrative codes of other provinces than Liaoning are not judged: their list is not at hand.
"""

from __future__ import annotations

from gisplan.catalogue.codes import codelist
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
        "{file} 中 {feature} 的“{field}”为“{value}”，不在代码表 {codelist} 中",
        "{feature} in {file}: {field} is {value}, which code list {codelist} does not have",
    ),
    remedy=Text(
        "改为代码表中的代码或名称（见 layers/codes/{codelist}.csv）",
        "use a code or name of the list (layers/codes/{codelist}.csv)",
    ),
    sources=("gbt-2260", "mnr-database-2021"),
)
_FORMER = Text(
    "{feature} 的“{field}”为“{value}”，其中 {old} 是{old_name}的旧代码，现为 {new} {new_name}",
    "{feature}: {field} is {value}, where {old} is the former code of {old_name}, now {new}"
    " {new_name}",
)
_SEVERAL = Text(
    "{file} 中 {feature} 的“{field}”为“{value}”，可能是{means}，无法区分",
    "{feature} in {file}: {field} is {value}, which may be {means}",
)
_REPLACE = Text(
    "核实后改用现行代码 {new}；本系统不擅自更改",
    "check it and use the present code {new}; it is not changed here",
)
_SOURCES = {"admin": ("gbt-2260",)}


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per cell that holds a value no list knows."""
    # a cell with a list of modes leaves a note for each unknown one
    cells: dict[tuple[Key, str], list[Note]] = {}
    for note in tables.notes_of("unknown_code_value"):
        value = str(note.detail["value"])
        if note.detail["codelist"] == "land_use":
            continue
        if note.column != "code" or fits_pattern(tables, note.layer, value):
            cells.setdefault((key_of(note), note.column or ""), []).append(note)

    def offence(note: Note) -> dict[str, object]:
        values = [str(n.detail["value"]) for n in cells[key_of(note), note.column or ""]]
        name = str(note.detail["codelist"])
        found: dict[str, object] = {
            "kind": note.column or "",
            "sources": _SOURCES.get(name, ("mnr-database-2021",)),
        }
        params = {
            "file": note.path,
            "field": field_title(tables, note.layer, note.column),
            "value": Text("、".join(values), ", ".join(values)),
            "codelist": name,
        }
        if "means_zh" in note.detail:
            means = Text(str(note.detail["means_zh"]), str(note.detail["means_en"]))
            return {**found, "message": _SEVERAL, "params": {**params, "means": means}}
        former = codelist("admin_former").get(str(note.detail.get("former")))
        if former is None:
            return {**found, "params": params}
        now = codelist("admin")[former.extra["now"]]
        names = {
            "old": former.code,
            "old_name": former.title.zh,
            "new": now.code,
            "new_name": now.title.zh,
        }
        return {
            **found,
            "severity": None if former.code == values[0] else Severity.WARNING,
            "sources": ("gbt-2260", "admin-code-changes"),
            "message": _FORMER,
            "remedy": _REPLACE,
            "params": {**params, **names},
        }

    return judge_notes(tables, [notes[0] for notes in cells.values()], offence)
