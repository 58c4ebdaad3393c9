"""Numbers out of numbers and texts; what is ambiguous is not a number."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd

from gisplan.normalise import reasons
from gisplan.normalise.reasons import Reason
from gisplan.normalise.text import LONGEST, Remark, as_text, distinct, is_blank, is_null, narrow

_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}([, ']\d{3})+(\.\d+)?")
_MOST = re.compile(r"(?:≤|<=|不超过|不大于|不高于)\s*(\S.*)|(\S.*?)\s*(?:及)?以下")
_MINUS = str.maketrans("\u2212\u2013", "--")

# Only the field's own unit is taken off: "1.2公顷" in a field of m² is left to the planner.
_SUFFIXES = {
    "m2": ("m2", "平方米", "平米", "sqm", "m^2"),
    "m": ("m", "米"),
    "10k CNY": ("万元", "万"),
    "ha": ("ha", "公顷"),
    "%": ("%",),
    "year": ("年",),
    "floor": ("层", "f"),
}
_NUMERIC = {np.dtype(name) for name in ("float64", "int64", "int32", "int16", "uint8")}
_EXACT = 2**63
_NEVER_NEGATIVE = frozenset({"m2", "m", "ha", "floor"})

# What a text that is no number most likely is, the first that fits.
_SUSPECTS: tuple[tuple[re.Pattern[str], Reason], ...] = (
    (re.compile(r"[*#×]{2,}|.*\d\*+"), reasons.MASKED),
    (re.compile(r"无|没有|暂无|none|nil", re.IGNORECASE), reasons.NOTHING_OR_NONE),
    (re.compile(r"[+-]?(inf(inity)?|nan|∞)", re.IGNORECASE), reasons.NOT_FINITE),
    (re.compile(r"(约|大约|近|≈|~).*\d.*|.*\d.*(左右|上下|余|多|约)"), reasons.APPROXIMATE),
    (re.compile(r".*\d\D{0,4}(-|~|—|–|至|到)\D{0,2}\d.*"), reasons.RANGE),
    (re.compile(r"[<>≤≥=].*\d.*|(不|[大小低高]于).*\d.*|.*\d.*(以[上下内])"), reasons.BOUND),
    (re.compile(r"[\d.,]+\s*[%‰]"), reasons.PERCENT),
    (re.compile(r"[+-]?[\d.]+,[\d.,]+|\d+\.\d{3}\.[\d.,]+"), reasons.COMMA),
    (re.compile(r"[+-]?[\d.,]+\s*(公顷|亩|平方公里|平方千米|km2|ha|hm2|mu|万.*|平.*|m2?|米|元)",
                re.IGNORECASE), reasons.OTHER_UNIT),
)  # fmt: skip


def clean_numbers(
    column: pd.Series, unit: str = "", whole: bool = False, cap: bool = False
) -> tuple[np.ndarray, list[Remark]]:
    """Read a column of numbers.

    Parameters
    ----------
    column : Series
        Numbers or texts: thousands separators, full-width digits and the field's own unit are
        read; "1,5", "35%", "****", "约500", "20-30" are not. Areas and heights below zero are
        not either.
    unit : str
        Unit of the field.
    whole : bool
        Only whole numbers will do.
    cap : bool
        The field says what the most is, so "≤24" is 24.

    Returns
    -------
    tuple of ndarray and list of Remark
        float64, NaN where the cell is null or unreadable; remarks on the unreadable ones, with
        the reason where it is known, and on marks for an empty cell.
    """
    ready = _as_they_are(column, whole, unit in _NEVER_NEGATIVE)
    others = np.isnan(ready)
    if not others.all():
        column = column.astype(object).where(others, None)
    raw = distinct(column)
    suffixes = _SUFFIXES.get(unit, ()) + (_SUFFIXES["year"] if whole else ())
    read = [_number(value, suffixes, cap) for value in raw.values]
    found = [
        _allowed(n, whole, unit in _NEVER_NEGATIVE) if isinstance(n, float) else n for n in read
    ]
    numbers = [n if isinstance(n, float) else math.nan for n in found]
    empty = [isinstance(v, str) and is_blank(narrow(v)) for v in raw.values]
    bad = [math.isnan(n) and not e for n, e in zip(numbers, empty, strict=True)]
    wanted = "integer" if whole else "number"

    def detail(i: int) -> dict[str, str]:
        why = found[i]
        more = why.detail() if isinstance(why, Reason) else {}
        return {"value": as_text(raw.values[i]), "wanted": wanted, **more}

    remarks = raw.remarks("value_unreadable", bad, detail)
    marked = [e and not is_null(narrow(v)) for v, e in zip(raw.values, empty, strict=True)]
    remarks += raw.remarks("blank_word", marked, lambda i: {"value": raw.values[i]})
    table = np.array([*numbers, math.nan])
    return np.where(others, table[raw.where], ready) + 0.0, remarks  # -0.0 is 0


def _as_they_are(column: pd.Series, whole: bool, positive: bool) -> np.ndarray:
    """Return the numbers of a column that need no reading; NaN for all other cells."""
    if column.dtype in _NUMERIC:
        numbers = column.to_numpy(dtype=np.float64, copy=True)
    else:
        # float32 is read by its text: 0.1, not 0.10000000149
        cells = column.to_numpy() if column.dtype == object else np.empty(0, dtype=object)
        rows = [
            i
            for i, c in enumerate(cells)
            if type(c) is float or (type(c) is int and -_EXACT < c < _EXACT)
        ]
        numbers = np.full(len(column), math.nan)
        numbers[rows] = cells[rows].astype(np.float64)
    numbers[np.isinf(numbers)] = math.nan
    if positive:
        numbers[numbers < 0] = math.nan
    if whole:
        numbers[numbers != np.floor(numbers)] = math.nan
    return np.asarray(numbers)


def _number(value: Any, suffixes: tuple[str, ...], cap: bool) -> float | Reason | None:
    if isinstance(value, (bool, np.bool_)):
        return None
    if isinstance(value, (int, float, np.number)):
        if not math.isfinite(value):
            return reasons.NOT_FINITE
        # 0.1, not 0.10000000149
        return float(str(value)) if isinstance(value, np.float32) else float(value)
    text = narrow(as_text(value))
    if len(text) > LONGEST:
        return None
    number = _plain_number(text, suffixes)
    if number is None and cap and (most := _MOST.fullmatch(text)):
        number = _plain_number(most[1] or most[2], suffixes)
    if number is None:
        return next((why for form, why in _SUSPECTS if form.fullmatch(text)), None)
    return number if math.isfinite(number) else reasons.NOT_FINITE


def _plain_number(text: str, suffixes: tuple[str, ...]) -> float | None:
    text = text.translate(_MINUS)
    for suffix in suffixes:
        if text.casefold().endswith(suffix):
            text = text[: -len(suffix)].strip()
            break
    if _GROUPED.fullmatch(text):
        text = re.sub("[, ']", "", text)
    return float(text) if _PLAIN.fullmatch(text) else None


def _allowed(number: float, whole: bool, positive: bool) -> float | Reason:
    if positive and number < 0:
        return reasons.NEGATIVE
    if whole and number != int(number):
        return reasons.NOT_WHOLE
    return number
