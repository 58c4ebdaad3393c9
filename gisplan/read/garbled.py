"""Finds text that was garbled before it was written: read in one encoding, saved in another.

Such text decodes without a complaint; 鏇存柊 is 更新 in UTF-8 that some export read as GBK.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from gisplan.model import Note
from gisplan.read.cells import lines_with, utf8_lines
from gisplan.read.evidence import codec_of, surprise

_CERTAIN = 25.0  # bits by which the text before must be likelier
# What is left where an export put a mark for each byte that it could not read: in UTF-8 read as
# GBK, as it is, or as question marks.
_LOST = re.compile("锟斤|斤拷|\ufffd|^\\?{3,}$", re.MULTILINE)
_WESTERN = re.compile("[\u0080-\u00ff\u0152-\u0178\u02c6\u02dc\u2018-\u2022\u20ac\u2122]{2}")


def garbled_notes(frame: pd.DataFrame) -> list[Note]:
    """Return a note for each column in which texts are garbled beyond doubt.

    Parameters
    ----------
    frame : DataFrame
        As read. Text columns are of dtype object or str.

    Returns
    -------
    list of Note
        `record` is the first row, `count` in the detail how many there are. Nothing is changed.
    """
    notes = []
    for name in frame.columns:
        column = frame[name]
        if column.dtype != object and not isinstance(column.dtype, pd.StringDtype):
            continue
        values = column.to_numpy(dtype=object)
        try:
            codes, unique = pd.factorize(values)
        except TypeError:  # GeoJSON may hold lists and objects, which cannot be looked up
            texts_alone = [value if isinstance(value, str) else None for value in values]
            codes, unique = pd.factorize(np.array(texts_alone, dtype=object))
        texts = [text if isinstance(text, str) else "" for text in unique]
        before = _garbled(texts)
        if not before:
            continue
        rows = np.flatnonzero(np.isin(codes, list(before))).tolist()
        first = codes[rows[0]]
        detail = {"value": texts[first], "was": before[first], "count": len(rows)}
        notes.append(Note("text_garbled", record=rows[0], column=str(name), detail=detail))
    return notes


def _garbled(texts: Sequence[str]) -> dict[int, str | None]:
    """Return the positions of garbled texts and what each was; None where that is lost."""
    joined = "\n".join(texts)
    if joined.count("\n") >= len(texts):
        joined = "\n".join(text.replace("\n", " ") for text in texts)
    if joined.isascii() and "???" not in joined:
        return {}
    found: dict[int, str | None] = dict.fromkeys(lines_with(_LOST, joined))
    raw = joined.encode("gb18030", "replace")
    for at in utf8_lines(raw):
        _restore(found, at, texts[at], ("gb18030",), ("UTF-8",))
    for at in dict.fromkeys(lines_with(_WESTERN, joined)):
        _restore(found, at, texts[at], ("cp1252", "latin-1"), ("UTF-8", "GB18030"))
    return found


def _restore(
    found: dict[int, str | None],
    at: int,
    text: str,
    wrong: Sequence[str],
    right: Sequence[str],
) -> None:
    """Note what a text was where reading it as `right` instead of `wrong` makes sense of it."""
    bits = surprise([text.encode("utf-8")], "UTF-8")
    for codec in wrong:
        for encoding in right:
            try:
                raw = text.encode(codec)
                before = raw.decode(codec_of(encoding))
            except UnicodeError:
                continue
            if before != text and surprise([before.encode("utf-8")], "UTF-8") + _CERTAIN < bits:
                found[at] = before
                return
