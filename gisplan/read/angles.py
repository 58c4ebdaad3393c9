"""Reads angles as people write them: 123°25′48″, 123度25分48秒, E123-25-48, "6,95"."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np
import pandas as pd

_ANGLE = re.compile(
    r"""(?P<before>[NSEW]|东经|西经|北纬|南纬|东|西|北|南)?\s*
    (?P<sign>[-+])?(?P<degrees>\d{1,3})\s*[°º度˚d:\-\s]\s*
    (?P<minutes>\d{1,2}(?:\.\d+)?)\s*
    (?:['′’分m:\-\s]\s*(?:(?P<seconds>\d{1,2}(?:\.\d+)?)\s*)?(?:["″”秒s]|'{2}|′{2})?)?\s*
    (?P<after>[NSEW]|东经|西经|北纬|南纬|东|西|北|南)?""",
    re.VERBOSE | re.IGNORECASE,
)
_NEGATIVE = ("S", "W", "西", "南")


def angle(text: str) -> float:
    """Return an angle in degrees; NaN where it is none, or minutes or seconds reach 60."""
    match = _ANGLE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return float("nan")
    minutes, seconds = float(match["minutes"]), float(match["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        return float("nan")
    value = float(match["degrees"]) + minutes / 60 + seconds / 3600
    side = (match["before"] or match["after"] or "").upper()
    return -value if match["sign"] == "-" or side.startswith(_NEGATIVE) else value


def numbers(column: pd.Series, angles: bool) -> Any:
    """Return a column of coordinates as float64 (n,), NaN for what is none.

    Parameters
    ----------
    column : Series
        Numbers, or texts; a comma may stand for the point.
    angles : bool
        Whether degrees, minutes and seconds are coordinates too.
    """

    def number(value: Any) -> float:
        if isinstance(value, str):
            plain = unicodedata.normalize("NFKC", value).strip().removesuffix("°").replace(",", ".")
            try:
                return float(plain)
            except ValueError:
                return angle(value) if angles else float("nan")
        return float(value)

    if column.dtype != object and pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(float, na_value=np.nan)
    out = np.full(len(column), np.nan)
    for row, value in enumerate(column):
        if value is None or isinstance(value, bool) or value is pd.NaT:
            continue
        try:
            out[row] = number(value)
        except (TypeError, ValueError):
            continue
    return out
