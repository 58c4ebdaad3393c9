"""Dates in the forms that offices write them."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Any

import numpy as np
import pandas as pd

from gisplan.normalise.text import Remark, as_text, distinct, is_null, narrow

_TIME = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}",
        rf"(\d{{4}})()\s*年\s*(\d{{1,2}})\s*月\s*(\d{{1,2}})\s*[日号]?{_TIME}",
        r"(\d{4})()(\d{2})(\d{2})",
        r"(\d{4})([-/.])(\d{1,2})()",
        r"(\d{4})()\s*年\s*(\d{1,2})\s*月()",
        r"(\d{4})()(\d{2})()",
        r"(\d{4})()()()\s*年?",
    )
)
# A day number of a spreadsheet between 1954 and 2064; years and yyyymm lie outside
_SERIAL = re.compile(r"([2-5]\d{4})(?:\.\d+)?")
_SERIAL_START = dt.date(1899, 12, 30)
_FIRST_YEAR = 1000


def clean_dates(column: pd.Series, end: bool = False) -> tuple[np.ndarray, list[Remark]]:
    """Read a column of dates.

    Parameters
    ----------
    column : Series
        Dates, times, spreadsheet day numbers or texts such as 2024-07-06, 2024/7/6, 2024.7.6,
        20240706, 2024年7月6日, 2024年7月, 2024.
    end : bool
        A month or year alone means its last day, not its first: a plan period to 2035 includes
        all of 2035.

    Returns
    -------
    tuple of ndarray and list of Remark
        datetime64[us], NaT where the cell is null or unreadable; remarks on the unreadable ones.
    """
    raw = distinct(column)
    dates = [_date(value, end) for value in raw.values]
    empty = [isinstance(v, str) and is_null(narrow(v)) for v in raw.values]
    bad = [date is None and not e for date, e in zip(dates, empty, strict=True)]
    remarks = raw.remarks(
        "value_unreadable", bad, lambda i: {"value": as_text(raw.values[i]), "wanted": "date"}
    )
    table = np.array([*dates, None], dtype="datetime64[us]")
    return table[raw.where], remarks


def _date(value: Any, end: bool) -> dt.date | None:
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, (bool, np.bool_)):
        return None
    text = narrow(as_text(value))
    serial = _SERIAL.fullmatch(text)
    if serial:
        return _SERIAL_START + dt.timedelta(days=int(serial[1]))
    for form in _FORMS:
        found = form.fullmatch(text)
        if found:
            return _of_parts(int(found[1]), found[3], found[4], end)
    return None


def _of_parts(year: int, month: str, day: str, end: bool) -> dt.date | None:
    if year < _FIRST_YEAR:
        return None
    try:
        m = int(month) if month else (12 if end else 1)
        last = calendar.monthrange(year, m)[1]
        return dt.date(year, m, int(day) if day else (last if end else 1))
    except (ValueError, calendar.IllegalMonthError):
        return None
