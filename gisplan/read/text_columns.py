"""Decodes a text column of a .dbf and says of each cell that is not plain what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gisplan.model import Note
from gisplan.read.cells import decode_cells
from gisplan.read.encoding import Choice, column_encoding
from gisplan.read.encoding_notes import cell_notes, evidence
from gisplan.read.evidence import codec_of

# Latin-1 maps each byte to one character and back: what GDAL hands over is the bytes that it was.
BYTES = "ISO-8859-1"
_WIDEST = 4  # bytes of one character, in any encoding
LIMIT = 254  # bytes that the longest text field of a .dbf holds


def column_encodings(
    names: Sequence[str], samples: Mapping[int, Sequence[bytes]], choice: Choice
) -> tuple[dict[int, str], list[Note]]:
    """Return the encoding of each text column by position, and what of that is to be said.

    A column follows its file unless its own cells plainly say otherwise: joined tables bring
    columns in other encodings along.
    """
    found, notes = {}, []
    for position, cells in samples.items():
        name, shown = column_encoding(cells, choice.encoding)
        found[position] = name
        if name != choice.encoding:
            detail = {"declared": choice.encoding, "found": name, "from": "file"}
            detail |= evidence(shown, name, choice.encoding)
            notes.append(Note("encoding_recovered", column=names[position], detail=detail))
    return found, notes


def decode_column(
    values: Sequence[bytes], encoding: str, width: int, name: str, fids: Any
) -> tuple[pd.Series, list[Note]]:
    """Decode a column, each different text once: a bad cell costs a cell, not the file.

    Parameters
    ----------
    values : sequence of bytes
        As stored, trimmed; b"" is a blank.
    encoding : str
        Of the column.
    width : int
        Bytes of the field; 0 if not known.
    name : str
        Of the column, for the notes.
    fids : ndarray of int
        Record numbers, for the notes.

    Returns
    -------
    tuple of Series and list of Note
        Text, or None where the cell is blank or nothing decodes it; the notes name those that
        nothing decodes, and each cell that was cut inside a character or at the limit of the
        format.
    """
    stored = np.empty(len(values), dtype=object)
    stored[:] = values
    codes, found = pd.factorize(stored)
    unique: list[bytes] = found.tolist()
    known: list[str | None] = [text or None for text in _as_ascii(unique)]
    high = [at for at, cell in enumerate(unique) if not cell.isascii()]
    raw = [unique[at] for at in high]
    cells = decode_cells(raw, encoding, width)
    for at, text in zip(high, cells.texts, strict=True):
        known[at] = text
    column = pd.Series(np.array([*known, None], dtype=object)[codes], dtype=object)
    if not high:
        return column, []

    def rows(odd: Sequence[int]) -> list[tuple[int, int]]:
        """Return row and position of the cells that are among some."""
        place = {high[at]: at for at in odd}
        hit = np.flatnonzero(np.isin(codes, list(place)))
        return [(row, place[codes[row]]) for row in hit.tolist()]

    notes = [
        Note("text_undecodable", record=int(fids[row]), column=name, detail=_lost(raw[at]))
        for row, at in rows(cells.lost)
    ]
    other = rows(list(cells.other))
    notes += cell_notes(
        name,
        encoding,
        [int(fids[row]) for row, _ in other],
        [(cells.other[at], raw[at]) for _, at in other],
    )
    inside = set(cells.cut)
    limit = set(_at_limit(raw, cells.texts, encoding)) if width >= LIMIT else set()
    for row, at in rows(sorted(inside | limit)):
        why = "inside_character" if at in inside else "limit"
        detail = {"text": cells.texts[at], "width": width, "why": why}
        notes.append(Note("text_cut", record=int(fids[row]), column=name, detail=detail))
    if width and width < LIMIT and _at_limit(raw, cells.texts, encoding, width):
        detail = {"width": width, "encoding": encoding}
        notes.append(Note("text_fills_field", column=name, detail=detail))
    return column, notes


def _as_ascii(cells: Sequence[bytes]) -> list[str]:
    """Return cells as text where they are ASCII; the others are decoded afterwards."""
    return b"\0".join(cells).decode("ascii", "replace").split("\0") if cells else []


def _lost(raw: bytes) -> dict[str, str]:
    more = " …" if len(raw) > 32 else ""
    return {"bytes": raw[:32].hex(" ") + more}


def _at_limit(
    raw: Sequence[bytes], texts: Sequence[str | None], encoding: str, width: int = LIMIT
) -> list[int]:
    """Return the cells into which another character like their last would not fit."""
    full = [at for at, cell in enumerate(raw) if len(cell) + _WIDEST > width]
    return [
        at
        for at in full
        if (text := texts[at])
        and not text[-1].isascii()
        and len(raw[at]) + len(text[-1].encode(codec_of(encoding), "replace")) > width
    ]
