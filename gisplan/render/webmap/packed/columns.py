"""Columns of a large layer: texts as a dictionary, numbers as scaled integers.

A column is cut into the same runs of features as the shapes, and each run stands for itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from operator import methodcaller
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from gisplan.render import words
from gisplan.render.webmap.packed.codec import Ints, planes, zigzag

Kind = Literal["text", "json", "number"]
_MISSING, _NEW = 0, 1  # codes of a dictionary column; from 2 on: what was new before
_DECIMALS = 6  # as the plain page rounds numbers
_EXACT = 2.0**53  # integers up to here are exact in a browser
_encode = methodcaller("encode", "utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Column:
    """Cells that are written alike.

    kind: "text"; "json", where the texts are JSON; or "number", where `values` are integers to
    be divided by 10 to the power of `decimals`, NaN where a cell is empty.
    """

    kind: Kind
    values: npt.NDArray[Any]
    decimals: int = 0

    def to_bytes(self, run: slice) -> bytes:
        """Return the cells of a run of features."""
        if self.kind == "number":
            return _numbers(self.values[run])
        return _texts(self.values[run])


def class_bytes(numbers: Ints) -> bytes:
    """Return the numbers of classes, of which there may be any number."""
    return planes(numbers)


def _numbers(values: npt.NDArray[np.float64]) -> bytes:
    there = ~np.isnan(values)
    out = np.zeros(len(values), dtype=np.int64)  # 0: empty
    out[there] = zigzag(values[there].astype(np.int64)) + 1
    return planes(out)


def _texts(values: npt.NDArray[Any]) -> bytes:
    """Return what is new where it first occurs, else the number of what it is like."""
    codes, uniques = pd.factorize(values)
    codes = codes.astype(np.int64)
    seen = np.maximum.accumulate(np.concatenate([[-1], codes]))[:-1]
    out = np.where(codes < 0, _MISSING, np.where(codes > seen, _NEW, codes + 2))
    texts = list(map(_encode, uniques))
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    return b"".join([planes(out), planes(lengths), *texts])


def text_column(values: pd.Series) -> Column:
    """Return texts as they are."""
    return Column("text", values.to_numpy(dtype=object))


def column(values: pd.Series, plain: Callable[[Any], Any]) -> Column | None:
    """Return any column; None where all its cells are empty.

    Parameters
    ----------
    values : Series, n
        Cells as the layer has them.
    plain : function
        Makes a cell into what JSON can hold.
    """
    if values.isna().all():
        return None
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind == "string":
        return text_column(values)
    if kind in {"integer", "floating"} and pd.api.types.is_numeric_dtype(values):
        found = _number_column(values.to_numpy(dtype=np.float64, na_value=np.nan))
        if found is not None:
            return found
    if kind == "datetime64":
        dates = values.dt.strftime("%Y-%m-%d")
        return text_column(dates.where(values.notna(), None))
    return _json_column(values, plain)


def _number_column(values: npt.NDArray[np.float64]) -> Column | None:
    """Return numbers with the fewest decimals that hold them; None where integers cannot."""
    there = values[~np.isnan(values)]
    if not (np.abs(there) < _EXACT / 4 / 10**_DECIMALS).all():
        return None
    wanted = np.rint(there * 10**_DECIMALS)
    for decimals in range(_DECIMALS + 1):
        step = 10 ** (_DECIMALS - decimals)
        if (wanted % step == 0).all():
            return Column("number", np.rint(values * 10**_DECIMALS) / step, decimals)
    raise AssertionError("six decimals hold what was rounded to six")


def _json_column(values: pd.Series, plain: Callable[[Any], Any]) -> Column:
    """Return cells of several kinds, lists among them: the few columns that hold such."""
    cells = [plain(value) for value in values]
    texts = [
        None if words.missing(cell) else json.dumps(cell, ensure_ascii=False, separators=(",", ":"))
        for cell in cells
    ]
    return Column("json", np.array(texts, dtype=object))
