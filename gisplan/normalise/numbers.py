"""Numbers out of numbers and texts; what is ambiguous is not a number."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd

from gisplan.normalise.text import Remark, as_text, distinct, is_null, narrow

_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}([, ']\d{3})+(\.\d+)?")

# Only the field's own unit is taken off: "1.2公顷" in a field of m² is left to the planner.
_SUFFIXES = {
    "m2": ("m2", "平方米", "平米", "sqm", "m^2"),
    "m": ("m", "米"),
    "10k CNY": ("万元", "万"),
    "ha": ("ha", "公顷"),
    "%": ("%",),
    "year": ("年",),
}


def clean_numbers(
    column: pd.Series, unit: str = "", whole: bool = False
) -> tuple[np.ndarray, list[Remark]]:
    """Read a column of numbers.

    Parameters
    ----------
    column : Series
        Numbers or texts: thousands separators, full-width digits and the field's own unit are
        read; "1,5", "≤24", "35%", "****" are not.
    unit : str
        Unit of the field.
    whole : bool
        Only whole numbers will do.

    Returns
    -------
    tuple of ndarray and list of Remark
        float64, NaN where the cell is null or unreadable; remarks on the unreadable ones.
    """
    raw = distinct(column)
    suffixes = _SUFFIXES.get(unit, ()) + (_SUFFIXES["year"] if whole else ())
    read = [_number(value, suffixes) for value in raw.values]
    numbers = [math.nan if n is None or (whole and n != int(n)) else n for n in read]
    empty = [isinstance(v, str) and is_null(narrow(v)) for v in raw.values]
    bad = [math.isnan(n) and not e for n, e in zip(numbers, empty, strict=True)]
    wanted = "integer" if whole else "number"
    remarks = raw.remarks(
        "value_unreadable", bad, lambda i: {"value": as_text(raw.values[i]), "wanted": wanted}
    )
    table = np.array([*numbers, math.nan])
    return table[raw.where], remarks


def _number(value: Any, suffixes: tuple[str, ...]) -> float | None:
    if isinstance(value, (bool, np.bool_)):
        return None
    if isinstance(value, np.float32):
        return float(str(value)) if math.isfinite(value) else None  # 0.1, not 0.10000000149
    if isinstance(value, (int, float, np.number)):
        return float(value) if math.isfinite(value) else None
    text = narrow(as_text(value))
    for suffix in suffixes:
        if text.casefold().endswith(suffix):
            text = text[: -len(suffix)].strip()
            break
    if _GROUPED.fullmatch(text):
        text = re.sub("[, ']", "", text)
    if not _PLAIN.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None
