"""A text was cut at the byte limit of its field.

What it checks: texts that end inside a character, that reach the 254 bytes of the longest field of
a .dbf, or that fill a narrower field while another layer has a longer name of the same feature.
Why it matters: a cut name meets no list, a cut code or list of modes says something else.
Left to others: names that differ in another way LST103; bytes inside a text that cannot be decoded
SRC103. A text that merely fits its field is no finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Note, Severity, Text
from gisplan.rules.notes import field_title, judge_notes

RULE = Rule(
    code="SCH109",
    name="text-cut-short",
    title=Text("文字被截断", "text cut short"),
    severity=Severity.WARNING,
    message=Text(
        "{feature} 的“{field}”在 {width} 字节处被截断，末尾字符不完整：“{text}”",
        "{feature}: {field} was cut at {width} bytes, inside a character: {text!r}",
    ),
    remedy=Text(
        "从源数据取全文，改用 GeoPackage，或加宽该字段后重新导出",
        "take the whole text from the source; use GeoPackage, or widen the field and export again",
    ),
    sources=("shapefile-encoding",),
)
_LIMIT = Text(
    "{feature} 的“{field}”已满 {width} 字节（.dbf 字段上限），很可能被截断：“{text}”",
    "{feature}: {field} fills all {width} bytes that a .dbf allows and was most likely cut: "
    "{text!r}",
)
_LONGER = Text(
    "{feature} 的“{field}”占满 {width} 字节字段：“{text}”；{other}中全称为“{whole}”",
    "{feature}: {field} fills its {width} bytes, {text!r}; {other} has {whole!r}",
)
_SHOWN = 30  # characters at the end of a text that a message shows


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per cell that was cut."""
    cut = tables.notes_of("text_cut")
    by_note = judge_notes(tables, cut, lambda note: _offence(tables, note))
    if by_note.skipped is not None:
        return by_note
    rows = by_note.offenders.to_dict("records")
    told = {(row["layer"], row["fid"], row["kind"]) for row in rows if row["fid"] >= 0}
    for note in tables.notes_of("text_fills_field"):
        for row in _longer_elsewhere(tables, note):
            if (row["layer"], row["fid"], row["kind"]) not in told:
                rows.append(row)
    return judged(rows)


def _end(text: str) -> str:
    return text if len(text) <= _SHOWN else f"…{text[-_SHOWN:]}"


def _offence(tables: Tables, note: Note) -> dict[str, object]:
    return {
        "kind": note.column or "",
        "message": _LIMIT if note.detail["why"] == "limit" else None,
        "params": {
            "field": field_title(tables, note.layer, note.column),
            "width": note.detail["width"],
            "text": _end(str(note.detail["text"])),
        },
    }


def _longer_elsewhere(tables: Tables, note: Note) -> Iterator[dict[str, Any]]:
    """Yield the cells that fill a field and begin the longer text of the same feature elsewhere."""
    frame, column = tables.attributes.get(note.layer), note.column or ""
    if frame is None or column not in frame or "code" not in frame:
        return
    width, encoding = int(note.detail["width"]), str(note.detail["encoding"])
    own = frame.loc[(frame["_path"] == note.path) & frame[column].notna(), ["code", column]]
    full = own[[_fills(text, width, encoding) for text in own[column]]]
    if not len(full):
        return
    whole = _texts_elsewhere(tables, note.layer, column)
    for fid, code, text in full.itertuples():
        for layer, other_code, other in whole.get(code, ()) or _by_name(whole, note, text):
            if other.startswith(text) and other != text:
                yield {
                    "layer": note.layer,
                    "fid": fid,
                    "related_layer": layer,
                    "related": other_code,
                    "kind": column,
                    "message": _LONGER,
                    "params": {
                        "field": field_title(tables, note.layer, column),
                        "width": width,
                        "text": _end(text),
                        "other": tables.specs[layer].title,
                        "whole": other,
                    },
                }
                break


def _fills(text: Any, width: int, encoding: str) -> bool:
    """Return whether another character like the last would not fit into the field."""
    if not isinstance(text, str) or not text or text[-1].isascii():
        return False
    return len((text + text[-1]).encode(encoding, "replace")) > width


def _texts_elsewhere(
    tables: Tables, layer: str, column: str
) -> Mapping[Any, list[tuple[str, str, str]]]:
    """Return layer, code and text of other layers by code; under None those without a code."""
    found: dict[Any, list[tuple[str, str, str]]] = {}
    for name, frame in tables.attributes.items():
        if name == layer or column not in frame or "code" not in frame:
            continue
        rows = frame.loc[frame[column].notna(), ["code", column]]
        for code, text in rows.itertuples(index=False):
            known = None if pd.isna(code) else code
            found.setdefault(known, []).append((name, str(known or text), str(text)))
    return found


def _by_name(
    whole: Mapping[Any, list[tuple[str, str, str]]], note: Note, text: str
) -> list[tuple[str, str, str]]:
    """Return names of the published heritage list, which often has no codes to go by.

    Only where one entry begins with the text and none is the text itself.
    """
    if note.layer != "heritage_body" or note.column != "name":
        return []
    listed = [row for row in whole.get(None, ()) if row[0] == "heritage_list"]
    begun = [row for row in listed if row[2].startswith(text)]
    return begun if len({row[2] for row in begun}) == 1 else []
