"""A few features or points out of many: always the same ones, whatever their order in the file."""

from __future__ import annotations

import numpy as np
import shapely

_MIX = np.uint64(0x9E3779B97F4A7C15)


def few_rows(values: np.ndarray, most: int) -> np.ndarray:
    """Return the rows of a table of numbers that a sample of at most `most` rows holds, in order.

    Parameters
    ----------
    values : ndarray of float, n rows
        What tells the rows apart: coordinates or bounds. Equal rows are taken or left together,
        but for the last.
    most : int
        All rows, where there are no more.
    """
    if len(values) <= most:
        return np.arange(len(values))
    return np.sort(np.argsort(_hashes(values), kind="stable")[:most])


def few_shapes(shapes: np.ndarray, most: int) -> np.ndarray:
    """Return the rows of a sample of shapes, by their bounds: not by ring start or direction."""
    return few_rows(shapely.bounds(shapes), most)


def _hashes(values: np.ndarray) -> np.ndarray:
    bits = np.ascontiguousarray(values, dtype=np.float64).view(np.uint64)
    mixed = np.zeros(len(bits), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in bits.T:
            mixed = (mixed ^ column) * _MIX
            mixed ^= mixed >> np.uint64(29)
        mixed *= _MIX
    return mixed ^ (mixed >> np.uint64(32))
