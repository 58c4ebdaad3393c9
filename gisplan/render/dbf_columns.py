"""Fits columns into what a .dbf can hold, and lists every value that does not come through."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

NAME_BYTES = 10  # of a field name
TEXT_BYTES = 254  # of a text; 255 is what some tools write and others refuse
NUMBER_DIGITS = 18  # a wider whole number is a float to every reader, and loses digits
NUMBER_WIDTH = 24
# Columns that ArcGIS adds itself and then hides those of the file.
_RESERVED = {"fid", "oid", "shape", "objectid"}
# Nulls as GDAL and QGIS write and know them; blanks would be 0 to some.
_NULL = {"C": b"", "N": b"*", "F": b"*", "D": b"0", "L": b"?"}


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is not in the file as it was: what was kept, what it was, and why."""

    column: str
    row: int
    why: str  # cut | no number | characters | height
    kept: str
    was: str


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a .dbf with its cells, as wide as the field."""

    name: str  # as the frame has it
    short: str
    type: str  # C N F D L
    width: int
    decimals: int
    cells: Any  # bytes, n rows
    changes: tuple[Change, ...] = ()


def _cut(text: str, encoding: str, room: int) -> str:
    """Return as much of a text as fits, whole characters only."""
    raw = text.encode(encoding, "replace")
    return text if len(raw) <= room else raw[:room].decode(encoding, "ignore")


def short_names(names: Sequence[str], encoding: str) -> list[str]:
    """Return field names of at most ten bytes, none of which is another's in any case.

    What is no letter, digit or underscore becomes an underscore, because ArcGIS refuses it. A name
    that fits as it is keeps it, whatever else would be cut to it.
    """
    plain = [re.sub(r"\W", "_", name).strip("_") or "F" for name in names]
    cut = [_cut(name, encoding, NAME_BYTES) or "F" for name in plain]
    fits = [
        new == old and new.casefold() not in _RESERVED for new, old in zip(cut, names, strict=True)
    ]
    out: dict[int, str] = {}
    taken = set(_RESERVED)
    for at in sorted(range(len(names)), key=lambda at: (not fits[at], at)):
        name, number = cut[at], 0
        while name.casefold() in taken:
            number += 1
            tail = f"_{number}"
            name = _cut(cut[at], encoding, NAME_BYTES - len(tail)) + tail
        taken.add(name.casefold())
        out[at] = name
    return [out[at] for at in range(len(names))]


def fit_column(values: pd.Series, name: str, short: str, encoding: str) -> Column:
    """Return a column as a field of a .dbf.

    Parameters
    ----------
    values : Series
        Any dtype. Booleans, whole numbers, floats and days keep their kind; times of day, lists,
        mappings (as JSON), whole numbers of more than 18 digits and the rest become text.
    name, short : str
        Full name and name of the field.
    encoding : str
        "GB18030" or "UTF-8".
    """
    cells = [_plain(value) for value in values.tolist()]
    kinds = {type(value) for value in cells if value is not None}
    if kinds and kinds <= {bool}:
        raw = [None if value is None else b"T" if value else b"F" for value in cells]
        return _column(name, short, "L", 1, 0, raw)
    if kinds and kinds <= {int}:
        texts = [None if value is None else str(value) for value in cells]
        if max(len(text) for text in texts if text) <= NUMBER_DIGITS:
            return _numbers(name, short, "N", texts, 0)
    elif kinds and kinds <= {int, float}:
        return _floats(name, short, cells)
    elif kinds and kinds <= {dt.date} and all(v is None or v.year >= 1000 for v in cells):
        days = [None if value is None else f"{value:%Y%m%d}".encode() for value in cells]
        return _column(name, short, "D", 8, 0, days)
    return _texts(name, short, cells, encoding)


def _plain(value: Any) -> Any:
    """Return a value as bool, int, float, date, str or None."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return None if math.isnan(value) else float(value)
    if isinstance(value, dt.datetime):
        whole = value.tzinfo is None and value.time() == dt.time()
        return value.date() if whole else value.isoformat(sep=" ")
    if isinstance(value, dt.date):
        return value
    if isinstance(value, (Mapping, list, tuple, set, np.ndarray)):
        items = value if isinstance(value, Mapping) else list(value)
        return json.dumps(items, ensure_ascii=False, default=str)
    return str(value)


def _column(
    name: str,
    short: str,
    kind: str,
    width: int,
    decimals: int,
    raw: Iterable[bytes | None],
    changes: Sequence[Change] = (),
) -> Column:
    null = _NULL[kind] * width if kind != "C" else b""
    cells = [
        (null if cell is None else cell.rjust(width) if kind in "NF" else cell.ljust(width))
        for cell in raw
    ]
    padded = [cell.ljust(width) for cell in cells]
    return Column(name, short, kind, width, decimals, padded, tuple(changes))


def _numbers(
    name: str,
    short: str,
    kind: str,
    texts: Sequence[str | None],
    decimals: int,
    changes: Sequence[Change] = (),
) -> Column:
    width = max(max((len(text) for text in texts if text), default=1), 2 + decimals)
    raw = [None if text is None else text.encode("ascii") for text in texts]
    return _column(name, short, kind, width, decimals, raw, changes)


def _floats(name: str, short: str, cells: Sequence[Any]) -> Column:
    """Fit floats: with a point where all digits have room, else with an exponent."""
    changes = [
        Change(name, row, "no number", "", str(value))
        for row, value in enumerate(cells)
        if value is not None and not math.isfinite(value)
    ]
    finite = [None if v is None or not math.isfinite(v) else float(v) for v in cells]
    known = [value for value in finite if value is not None]
    # One decimal at least: a column of 100.0 shall not come back as whole numbers.
    decimals = max([1, *(_decimals(value) for value in known)])
    texts = [None if value is None else f"{value:.{decimals}f}" for value in finite]
    if decimals <= 15 and all(text is None or len(text) <= NUMBER_WIDTH for text in texts):
        return _numbers(name, short, "N", texts, decimals, changes)
    # As ArcGIS writes its doubles; repr has the fewest digits that come back the same.
    texts = [None if value is None else repr(value) for value in finite]
    raw = [None if text is None else text.encode("ascii") for text in texts]
    return _column(name, short, "F", NUMBER_WIDTH, 15, raw, changes)


def _decimals(value: float) -> int:
    """Return how many decimals a float needs to come back the same."""
    digits, _, exponent = repr(value).partition("e")
    own = len(digits.partition(".")[2].rstrip("0"))
    return max(0, own - int(exponent or 0))


def _texts(name: str, short: str, cells: Sequence[Any], encoding: str) -> Column:
    raw: list[bytes | None] = []
    changes = []
    for row, value in enumerate(cells):
        if value is None:
            raw.append(None)
            continue
        was = value if isinstance(value, str) else str(value)
        # A zero byte ends a text, and half of a surrogate pair is no character.
        clean = was.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
        kept = _cut(clean, encoding, TEXT_BYTES)
        if kept != was:
            why = "characters" if kept == clean else "cut"
            changes.append(Change(name, row, why, kept, was))
        raw.append(kept.encode(encoding))
    width = max([1, *(len(cell) for cell in raw if cell is not None)])
    if any(change.why == "cut" for change in changes):
        width = TEXT_BYTES  # whoever reads it can see that the text met the limit
    return _column(name, short, "C", width, 0, raw, changes)
