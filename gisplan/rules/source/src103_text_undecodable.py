"""A text holds bytes that no encoding can decode, or was garbled before it was written.

What it checks: cells whose bytes are neither in the declared nor in any allowed encoding; texts
that an earlier export read in a wrong encoding and wrote down so (鏇存柊 for 更新, 锟斤拷).
Why it matters: a name or code that is lost cannot be compared with anything.
Left to others: another encoding that does decode SRC102; a text that was cut SCH109; numbers and
dates SCH103.
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
        "文件 {path} 中 {feature} 的字段“{field}”无法解码（字节 {bytes}），按空值处理",
        "file {path}: the bytes {bytes} of field {field} of {feature} cannot be decoded, the value "
        "is lost",
    ),
    remedy=Text(
        "在源数据中重新填写该字段，并以 UTF-8 导出",
        "fill in the field in the source again and export it as UTF-8",
    ),
    sources=("shapefile-encoding",),
)
_GARBLED = Text(
    "文件 {path} 的字段“{field}”在写出前已成乱码，共 {count} 处，首处为 {feature} 的“{value}”，"
    "{was}",
    "file {path}: field {field} was garbled before it was written, in {count} cells, the first is "
    "{value} of {feature}; {was}",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per cell that is lost, and one per column that holds garbled text."""

    def offence(note: Note) -> dict[str, object]:
        told: dict[str, object] = {
            "path": note.path,
            "field": field_title(tables, note.layer, note.column),
        }
        if note.kind == "text_undecodable":
            told["bytes"] = str(note.detail.get("bytes", ""))
            return {"kind": note.column or "", "params": told}
        told |= {"count": note.detail.get("count", 1), "value": note.detail["value"]}
        told["was"] = _was(note.detail.get("was"))
        kind = f"garbled:{note.column}"
        return {"kind": kind, "message": _GARBLED, "params": told}

    notes = tables.notes_of("text_undecodable", "text_garbled")
    return judge_notes(tables, [note for note in notes if not _is_filler(tables, note)], offence)


def _is_filler(tables: Tables, note: Note) -> bool:
    """Return whether question marks may be meant: in a field that plans have, they are a loss."""
    spec = tables.specs.get(note.layer)
    known = spec is not None and note.column in spec.fields
    return not known and not str(note.detail.get("value", "x")).strip("?")


def _was(text: object) -> Text:
    if text is None:
        return Text("原文已丢失", "what it was is lost")
    return Text(f"原文应为“{text}”", f"it was {text!r}")
