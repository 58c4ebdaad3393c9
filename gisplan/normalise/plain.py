"""Tells at a stroke which texts of a column need no cleaning; nearly all of them do not.

Cleaning looks at each different text by itself. A million codes are a million different texts, so
those that are plain beyond doubt are found by looking at many of them, joined by line breaks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gisplan.normalise.text import Distinct

_CHUNK = 4096  # values that are looked at in one go
_PARTS = 16  # into which a chunk that is not plain is split
# Letters, digits, hyphen and underscore with a digit among them: no word for an empty cell, nothing
# that cleaning takes off. More than fifteen digits may be a number that lost its end.
_CODES = re.compile(r"(?:(?!\d{16,}(?:\n|\Z))[A-Za-z_-]*\d[\w-]*(?:\n|\Z))+", re.ASCII)


def is_plain_codes(lines: str) -> bool:
    """Return whether every line is a code as it should be."""
    return _CODES.fullmatch(lines) is not None and not lines.endswith("\n")


def is_plain_texts(lines: str) -> bool:
    """Return whether every line is a text with nothing invisible or blank around it, and no null.

    What is not printable in Python's sense includes every control character, zero-width or
    directional mark and every space but the plain one.
    """
    if not lines or lines[0] in " \n" or lines[-1] in " \n":
        return False
    if "\n\n" in lines or "\n " in lines or " \n" in lines:
        return False
    if ("n" in lines or "N" in lines) and "null" in lines.casefold():
        return False
    return lines.replace("\n", "").isprintable()


def split(column: Distinct, test: Callable[[str], bool]) -> tuple[Distinct, Distinct]:
    """Return a column as two: what a test of joined values finds plain, and the rest.

    Each is null where the other has its values.
    """
    plain = _plain(column.values, test)
    if plain.all():
        return column, Distinct(np.full(len(column.where), -1), [])
    return _only(column, plain), _only(column, ~plain)


def merge(one: Distinct, other: Distinct) -> Distinct:
    """Return a column out of two of which at least one is null in each row."""
    if not other.values:
        return one
    where = np.where(other.where < 0, one.where, other.where + len(one.values))
    return Distinct(where, [*one.values, *other.values])


def _only(column: Distinct, kept: np.ndarray) -> Distinct:
    places = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)
    values = [column.values[i] for i in np.flatnonzero(kept).tolist()]
    return Distinct(places[column.where], values)


def _plain(values: Sequence[Any], test: Callable[[str], bool]) -> np.ndarray:
    plain = np.zeros(len(values), dtype=bool)
    todo = [(begin, _CHUNK) for begin in range(0, len(values), _CHUNK)]
    while todo:
        begin, size = todo.pop()
        part = values[begin : begin + size]
        if not part:
            continue
        try:
            plain[begin : begin + size] = test("\n".join(part))
        except TypeError:  # numbers among them
            plain[begin : begin + size] = False
        if size > 1 and not plain[begin]:
            step = max(1, size // _PARTS)
            todo += [(at, step) for at in range(begin, begin + size, step)]
    return plain
