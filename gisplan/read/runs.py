"""Singles out the records that stop the bulk reader, so that all others are read in bulk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from gisplan.read.bulk import BULK_ERRORS

T = TypeVar("T")
_MOST_ATTEMPTS = 400  # each opens the file anew; one broken record of a million takes 40


def sound_runs(
    read: Callable[[int, int], T], total: int, smallest: int = 1
) -> tuple[list[tuple[int, T]], list[int]]:
    """Read a layer in runs that are halved where they cannot be read.

    Parameters
    ----------
    read : callable
        Reads a number of records from a position on; raises one of BULK_ERRORS where it cannot.
    total : int
        Records of the layer.
    smallest : int
        Runs of so few records are not halved.

    Returns
    -------
    list of (int, T)
        What was read, and from which position on; in order.
    list of int
        Positions that were not read, in order: broken records, their neighbours in the smallest
        runs, and, where hundreds are broken, what was not tried.
    """
    found: list[tuple[int, T]] = []
    left: list[int] = []
    todo = [(0, total)] if total else []
    attempts = 0
    while todo:
        begin, count = todo.pop()
        if attempts < _MOST_ATTEMPTS:
            attempts += 1
            try:
                found.append((begin, read(begin, count)))
                continue
            except BULK_ERRORS:
                pass
        if attempts < _MOST_ATTEMPTS and count > smallest:
            half = count // 2
            todo += [(begin + half, count - half), (begin, half)]
        else:
            left += range(begin, begin + count)
    return sorted(found, key=lambda run: run[0]), sorted(left)
