"""Cell text: what every kind of value goes through before it is read as something."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

# zero-width and directional marks, soft hyphen: invisible, and two codes that look equal differ
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_NULL_WORDS = {"", "null", "<null>"}  # not 无: that is an answer
LONGEST = 200  # characters of a number or date; patterns take forever on a megabyte of digits
_LONGEST_NULL = max(map(len, _NULL_WORDS))  # folding makes no text shorter
# what is put into a cell of a code, a number or a date that has none; a name may be so
_BLANK_WORDS = {"-", "--", "---", "—", "——", "–", "/", "\\", "n/a", "#n/a", "空", "(空)", "<空>"}


class Remark(NamedTuple):
    """What cleaning has to say of one cell: the kind of note, the row, the note's detail."""

    kind: str
    row: int
    detail: Mapping[str, Any]


class Distinct(NamedTuple):
    """A column as its distinct values: `where` points into `values`, -1 where the cell is null."""

    where: np.ndarray
    values: list[Any]

    def map(self, function: Callable[[Any], Any]) -> Distinct:
        """Return the column with a function applied to each distinct value, once."""
        return Distinct(self.where, [function(value) for value in self.values])

    def spread(self) -> np.ndarray:
        """Return one object per row, None where the cell is null."""
        # an object each, also where they are lists
        table = np.fromiter([*self.values, None], dtype=object, count=len(self.values) + 1)
        return np.asarray(table[self.where])  # -1 is the last: None

    def rows(self, bad: Sequence[bool]) -> np.ndarray:
        """Return the rows whose distinct value is marked."""
        marked = np.append(np.asarray(bad, dtype=bool), False)
        return np.flatnonzero(marked[self.where]) if marked.any() else np.empty(0, dtype=np.int64)

    def remarks(
        self, kind: str, bad: Sequence[bool], detail: Callable[[int], Mapping[str, Any]]
    ) -> list[Remark]:
        """Return a remark for each row whose distinct value is marked."""
        rows = self.rows(bad)
        if not len(rows):
            return []
        details = {i: detail(i) for i in np.flatnonzero(np.bincount(self.where[rows])).tolist()}
        return [
            Remark(kind, row, details[i])
            for row, i in zip(rows.tolist(), self.where[rows].tolist(), strict=True)
        ]


def distinct(column: pd.Series) -> Distinct:
    """Return a column as its distinct values; equal numbers of other types fall together."""
    values = column.to_numpy(dtype=object) if column.dtype == object else column
    try:
        where, found = pd.factorize(values)
    except TypeError:  # GeoJSON may hold lists and objects
        where, found = pd.factorize(np.array([_hashable(v) for v in column], dtype=object))
    if column.dtype == np.float32:  # as plain floats they would be 0.10000000149
        return Distinct(np.asarray(where), list(np.asarray(found)))
    if not isinstance(found, np.ndarray):  # an array of pandas' own is slow to walk through
        found = np.asarray(found, dtype=object)
    return Distinct(np.asarray(where), list(found))


def _hashable(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple, set)):
        return ";".join(str(item) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return value


def as_text(value: Any) -> str:
    """Return a cell as text: 210102.0 becomes 210102, a time of day 0:00 is left off."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, np.bool_)):
        return "1" if value else "0"
    if isinstance(value, (float, np.floating)) and math.isfinite(value) and value == int(value):
        return str(int(value))
    if isinstance(value, (dt.datetime, np.datetime64)):
        return str(pd.Timestamp(value).isoformat()).removesuffix("T00:00:00")
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return str(value)


def strip(text: str) -> str:
    """Return a text without invisible marks, control characters and outer spaces."""
    return _CONTROL.sub("", _INVISIBLE.sub("", text)).strip()


def narrow(text: str) -> str:
    """Return a text stripped, with full-width letters and digits made half-width."""
    return unicodedata.normalize("NFKC", strip(text)).strip()


def fold(text: str) -> str:
    """Return what two spellings of one word share: width, case and outer spaces are ignored."""
    return narrow(text).casefold()


def is_null(text: str) -> bool:
    """Return whether a stripped text stands for an empty cell."""
    return len(text) <= _LONGEST_NULL and text.casefold() in _NULL_WORDS


def is_blank(text: str) -> bool:
    """Return whether a narrowed text is a mark for an empty cell, such as — or N/A, or no text."""
    return is_null(text) or text.casefold() in _BLANK_WORDS


def drop_blanks(column: Distinct) -> tuple[Distinct, list[Remark]]:
    """Return a column in which marks for an empty cell are nulls, with a remark on each of them."""
    marked = [
        v is not None and is_blank(narrow(v)) and not is_null(strip(v)) for v in column.values
    ]
    remarks = column.remarks("blank_word", marked, lambda i: {"value": column.values[i]})
    values = [None if blank else v for v, blank in zip(column.values, marked, strict=True)]
    return drop_nulls(Distinct(column.where, values)), remarks


def drop_nulls(column: Distinct) -> Distinct:
    """Return a column of texts in which the words for an empty cell are nulls."""
    kept = [i for i, text in enumerate(column.values) if text is not None and not is_null(text)]
    if len(kept) == len(column.values):
        return column
    renumber = np.full(len(column.values) + 1, -1)
    renumber[kept] = np.arange(len(kept))
    return Distinct(renumber[column.where], [column.values[i] for i in kept])
