"""Decodes the text of a JSON file, string by string where it must be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from gisplan.model import Note
from gisplan.read.cells import decode_cells
from gisplan.read.encoding import choose
from gisplan.read.encoding_notes import encoding_notes, evidence
from gisplan.read.evidence import codec_of
from gisplan.read.request import unreadable

_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_SAMPLE = 100_000  # strings that are weighed


@dataclass(frozen=True, slots=True)
class JsonText:
    """A decoded text. `lost` has the strings that nothing decodes, as they stand in the text."""

    text: str
    encoding: str = "UTF-8"
    source: str = "format"
    notes: tuple[Note, ...] = ()
    lost: Mapping[str, bytes] = field(default_factory=dict)


def decode_json(path: Path, raw: bytes, declared: str | None = None) -> JsonText:
    """Return the text of a JSON file: UTF-8 as the format asks, else what its bytes are.

    Raises
    ------
    ReadError
        A text of two bytes a character that is cut inside one.
    """
    for mark, codec in _MARKS.items():
        if raw.startswith(mark):
            if codec != "utf-16":
                raw = raw.removeprefix(mark)
                break
            try:
                return JsonText(raw.decode(codec), "UTF-16")
            except UnicodeDecodeError:
                raise unreadable(path, "UTF-16 文字不完整", "its UTF-16 text is broken") from None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return _by_string(raw, declared)
    if declared is None or raw.isascii():
        return JsonText(text)
    return _by_string(raw, declared)


def _by_string(raw: bytes, declared: str | None) -> JsonText:
    # A quotation mark is never a byte of a character, in no encoding that is read here.
    parts = raw.split(b'"')
    odd = list(dict.fromkeys(part for part in parts if not part.isascii()))
    choice = choose(odd[:_SAMPLE], declared, default="UTF-8")
    cells = decode_cells(odd, choice.encoding)
    codec = codec_of(choice.encoding)
    known = {
        part: part.decode(codec, "replace") if text is None else text
        for part, text in zip(odd, cells.texts, strict=True)
    }
    notes = encoding_notes(choice)
    for name in sorted(set(cells.other.values())):
        own = [odd[at] for at, other in cells.other.items() if other == name]
        detail = {"declared": choice.encoding, "found": name, "from": "column", "count": len(own)}
        detail |= evidence(own[0], name, choice.encoding)
        notes.append(Note("encoding_recovered", detail=detail))
    text = '"'.join(known[part] if part in known else part.decode("ascii") for part in parts)
    lost = {known[odd[at]]: odd[at] for at in cells.lost}
    return JsonText(text, choice.encoding, choice.source, tuple(notes), lost)


def name_lost_strings(frame: pd.DataFrame, lost: Mapping[str, bytes]) -> list[Note]:
    """Empty the cells whose text nothing decodes, and return a note for each."""
    notes: list[Note] = []
    if not lost:
        return notes
    for name in frame.columns:
        column = frame[name]
        if column.dtype != object and not isinstance(column.dtype, pd.StringDtype):
            continue
        rows = [row for row, cell in enumerate(column) if isinstance(cell, str) and cell in lost]
        for row in rows:
            detail = {"bytes": lost[column.iloc[row]][:32].hex(" ")}
            notes.append(Note("text_undecodable", record=row, column=str(name), detail=detail))
        if rows:
            frame.loc[frame.index[rows], name] = None
    return notes
