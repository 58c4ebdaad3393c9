"""Dates in the forms that offices write them."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from gisplan.normalise import reasons
from gisplan.normalise.reasons import Reason
from gisplan.normalise.text import LONGEST, Remark, as_text, distinct, is_blank, is_null, narrow

_TIME = r"(?:[T ]\s*(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?P<y>\d{{4}})(?P<s>[-/.])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}}){_TIME}",
        rf"(?P<y>\d{{4}})\s*年\s*(?P<m>\d{{1,2}})\s*月\s*(?P<d>\d{{1,2}})\s*[日号]?{_TIME}",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
        r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})",
        r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月(?:份)?",
        r"(?P<y>\d{4})(?P<m>\d{2})",
        r"(?P<y>\d{4})\s*年?",
    )
)
# with a day of its own only where it is over 12; with full stops the day stands in front
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_YEAR_SHORT = re.compile(r"'?\d{2}([-/.年])\d{1,2}(\1|月)\d{1,2}日?|\d{1,2}([-/.])\d{1,2}\3\d{2}")
_COMPACT = re.compile(r"(\d{4})(\d{2})")  # yyyymm, or yymmdd
_FLOAT_MONTH = re.compile(r"\d{4}\.1")
_HANZI = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_HANZI_DATE = re.compile(
    r"([〇○零一二三四五六七八九]{4})年(?:([一二三四五六七八九十]{1,2})月(?:([一二三四五六七八九十]{1,3})[日号]?)?)?"
)
# A day number of a spreadsheet between 1954 and 2064; years and yyyymm lie outside
_SERIAL = re.compile(r"([2-5]\d{4})(?:\.\d+)?")
_SERIAL_START = dt.date(1899, 12, 30)
_FIRST_YEAR = 1000
_YEARS = range(1800, 2200)  # of a year and month without anything between them
_CHINA = dt.timezone(dt.timedelta(hours=8))


class _Read(NamedTuple):
    """A date and how much of it was written: day, month or year."""

    date: dt.date
    precision: str = "day"


def clean_dates(column: pd.Series, end: bool = False) -> tuple[np.ndarray, list[Remark]]:
    """Read a column of dates.

    Parameters
    ----------
    column : Series
        Dates, times, spreadsheet day numbers or texts such as 2024-07-06, 2024/7/6, 2024.7.6,
        20240706, 2024年7月6日, 二〇二四年七月六日, 06.07.2024, 2024年7月, 2024.
    end : bool
        A month or year alone means its last day, not its first: a plan period to 2035 includes
        all of 2035.

    Returns
    -------
    tuple of ndarray and list of Remark
        datetime64[us], NaT where the cell is null or unreadable; remarks on the unreadable ones
        (a year of two digits, a day that may be a month), on dates known to the month or year
        only, and on marks for an empty cell.
    """
    raw = distinct(column)
    short = any(_short_year(as_text(value)) for value in raw.values)
    found = [_date(value, end, short) for value in raw.values]
    empty = [isinstance(v, str) and is_blank(narrow(v)) for v in raw.values]
    bad = [not isinstance(d, _Read) and not e for d, e in zip(found, empty, strict=True)]

    def detail(i: int) -> dict[str, str]:
        why = found[i]
        more = why.detail() if isinstance(why, Reason) else {}
        return {"value": as_text(raw.values[i]), "wanted": "date", **more}

    def partial(i: int) -> dict[str, str]:
        read = found[i]
        precision = read.precision if isinstance(read, _Read) else ""
        return {"value": as_text(raw.values[i]), "precision": precision}

    remarks = raw.remarks("value_unreadable", bad, detail)
    in_part = [isinstance(d, _Read) and d.precision != "day" for d in found]
    remarks += raw.remarks("date_partial", in_part, partial)
    marked = [e and not is_null(narrow(v)) for v, e in zip(raw.values, empty, strict=True)]
    remarks += raw.remarks("blank_word", marked, lambda i: {"value": raw.values[i]})
    dates = [d.date if isinstance(d, _Read) else None for d in found]
    table = np.array([*dates, None], dtype="datetime64[us]")
    return table[raw.where], remarks


def _date(value: Any, end: bool, short: bool) -> _Read | Reason | None:
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if isinstance(value, dt.datetime):
        return _Read(_day_of(value))
    if isinstance(value, dt.date):
        return _Read(value)
    if isinstance(value, (bool, np.bool_)):
        return None
    text = narrow(as_text(value))
    if len(text) > LONGEST:
        return None
    serial = _SERIAL.fullmatch(text)
    if serial:
        return _Read(_SERIAL_START + dt.timedelta(days=int(serial[1])))
    if _COMPACT.fullmatch(text) and short:
        return reasons.TWO_DIGIT_YEAR
    if not isinstance(value, str) and _FLOAT_MONTH.fullmatch(text):
        return reasons.MONTH_CUT
    for form in _FORMS:
        found = form.fullmatch(text)
        if found:
            parts = {"m": None, "d": None, "clock": None, "zone": None, **found.groupdict()}
            if parts["zone"]:
                return _zoned(text, parts)
            return _of_parts(int(found["y"]), parts["m"], parts["d"], end)
    hanzi = _HANZI_DATE.fullmatch(text)
    if hanzi:
        month, day = (_hanzi_number(hanzi[n]) for n in (2, 3))
        return _of_parts(int(hanzi[1].translate(_HANZI)), month, day, end)
    other = _YEAR_LAST.fullmatch(text)
    if other:
        return _year_last(int(other[1]), other[2], int(other[3]), int(other[4]))
    return reasons.TWO_DIGIT_YEAR if _YEAR_SHORT.fullmatch(text) else None


def _of_parts(year: int, month: str | None, day: str | None, end: bool) -> _Read | Reason | None:
    if year < _FIRST_YEAR:
        return None
    try:
        m = int(month) if month else (12 if end else 1)
        last = calendar.monthrange(year, m)[1]
        date = dt.date(year, m, int(day) if day else (last if end else 1))
    except (ValueError, calendar.IllegalMonthError):
        return reasons.NO_SUCH_DAY
    return _Read(date, "day" if day else "month" if month else "year")


def _short_year(text: str) -> bool:
    """Return whether six digits can only be a year of two digits, a month and a day: 240706."""
    found = _COMPACT.fullmatch(narrow(text))
    return found is not None and not (int(found[1]) in _YEARS and 1 <= int(found[2]) <= 12)


def _year_last(first: int, mark: str, second: int, year: int) -> _Read | Reason | None:
    if mark == "." or first > 12 or first == second:
        first, second = second, first  # the day stood in front
    elif second <= 12:
        return reasons.DAY_OR_MONTH
    return _of_parts(year, str(first), str(second), end=False)


def _zoned(text: str, parts: dict[str, str | None]) -> _Read | Reason:
    try:
        time = dt.datetime.fromisoformat(
            f"{parts['y']}-{int(parts['m'] or 0):02}-{int(parts['d'] or 0):02}"
            f"T{(parts['clock'] or '').zfill(5)}{parts['zone']}"
        )
    except ValueError:
        return reasons.NO_SUCH_DAY
    return _Read(_day_of(time))


def _day_of(time: dt.datetime) -> dt.date:
    """Return the day of a time; one that a program moved from midnight in China goes back there.

    2024-07-05T16:00Z was 2024-07-06 when it was written down.
    """
    if time.tzinfo is None:
        return time.date()
    there = time.astimezone(_CHINA)
    return there.date() if there.time() == dt.time() else time.date()


def _hanzi_number(text: str | None) -> str | None:
    if text is None:
        return None
    tens, ten, ones = text.rpartition("十")
    high = (int((tens or "一").translate(_HANZI)) if ten else 0) * 10
    return str(high + (int(ones.translate(_HANZI)) if ones else 0))
