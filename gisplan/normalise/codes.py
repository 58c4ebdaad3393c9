"""Codes as text: numbers written out, full-width digits narrowed, slips repaired where proved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from gisplan.normalise.plain import is_plain_codes, merge, split
from gisplan.normalise.reasons import DIGITS_LOST
from gisplan.normalise.text import (
    Distinct,
    Remark,
    as_text,
    distinct,
    drop_blanks,
    is_blank,
    narrow,
)

Test = Callable[[str], bool]

_POINT_ZERO = re.compile(r"\d+\.0+")
_POINT_OTHER = re.compile(r"\d+\.\d*[1-9]\d*")
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?[eE]\+(\d{2,})|(\d)\.(\d+)[eE]\+?(\d{1,2})")
_TEXT_MARK = re.compile(r"^['`‘’′](?=\w)")  # how a spreadsheet is told that a number is text
_DASHES = re.compile("[\u2010-\u2015\u2212\u2500]")
_SPACES = re.compile(r"\s+")
_LETTERS = re.compile(r"(?<=\d)[OolI|]+|[OolI|]+(?=\d)")
_DIGIT_FOR = str.maketrans("OolI|", "00111")
_MOST_LOST = 6  # zeros
_WHOLE = {int, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64}
_SHEET_DIGITS = 15  # what a spreadsheet keeps of a number


def clean_codes(column: pd.Series) -> tuple[Distinct, list[Remark]]:
    """Read a column of codes.

    Letter case and inner characters stay as written, but that every dash becomes "-"; the mark '
    of a spreadsheet in front and full stops behind go. A code that came as a number too large to
    be exact (an 18-digit BSM in a floating-point column, 2.1E+17 from a spreadsheet, a column of
    long numbers whose last digits are all zero) is lost: the cell becomes null and a remark says
    so.
    """
    plain, raw = split(_whole_as_text(distinct(column)), is_plain_codes)
    exact = 2**24 if column.dtype == np.float32 else 2**53
    texts = [as_text(value) for value in raw.values]
    codes = [_written_out(_plain(text)) for text in texts]
    # "210102.0" is a number in a text column, unless "2.1" and "2.2" are codes of the same column
    if not any(_POINT_OTHER.fullmatch(code) for code in codes):
        codes = [c.partition(".")[0] if _POINT_ZERO.fullmatch(c) else c for c in codes]
    cut = _cut_by_a_sheet(codes, len(column))
    lost = [
        code in cut
        or bool(_SCIENTIFIC.fullmatch(code))
        or (isinstance(value, (float, np.floating)) and not abs(float(value)) < exact)
        for value, code in zip(raw.values, codes, strict=True)
    ]
    repaired = [
        isinstance(value, str) and value.strip() != code and not gone and not is_blank(code)
        for value, code, gone in zip(raw.values, codes, lost, strict=True)
    ]
    remarks = raw.remarks(
        "value_unreadable",
        lost,
        lambda i: {"value": texts[i], "wanted": "code", **DIGITS_LOST.detail()},
    )
    remarks += raw.remarks(
        "code_repaired", repaired, lambda i: {"before": texts[i], "after": codes[i]}
    )
    read = [None if gone else code for code, gone in zip(codes, lost, strict=True)]
    kept, blanks = drop_blanks(Distinct(raw.where, read))
    return merge(plain, kept), remarks + blanks


def _whole_as_text(column: Distinct) -> Distinct:
    return column.map(lambda value: str(value) if type(value) in _WHOLE else value)


def _plain(text: str) -> str:
    return _TEXT_MARK.sub("", _DASHES.sub("-", narrow(text))).rstrip(".。").rstrip()


def _written_out(code: str) -> str:
    """Return 2.10102E+05 as 210102: all its digits are there. 2.10102E+11 stays as it is."""
    found = _SCIENTIFIC.fullmatch(code)
    if not found:
        return code
    first, rest, power = (found[n] or found[n + 3] or "" for n in (1, 2, 3))
    return first + rest if rest and int(power) == len(rest) else code


def _cut_by_a_sheet(codes: list[str], rows: int) -> set[str]:
    """Return the long numbers of a column, where a spreadsheet made zeros of all their ends."""
    long = [code for code in codes if code.isdigit() and len(code) > _SHEET_DIGITS]
    if not long or rows < 2 or any(code[_SHEET_DIGITS:].strip("0") for code in long):
        return set()
    return set(long)


def repair_codes(
    column: Distinct, is_code: Test, proved: Test | None = None, zeros: bool = True
) -> tuple[Distinct, list[Remark]]:
    """Repair slips of codes where only one reading makes a code.

    A value is changed only when it is no code as it stands: inner spaces go, letters become
    capitals, O and l beside a digit become 0 and 1, leading zeros come back (701 -> 0701).

    Parameters
    ----------
    column : Distinct
        From `clean_codes`.
    is_code : callable
        What proves spaces, capitals and zeros: a pattern or a list.
    proved : callable, optional
        What proves a digit where a letter stands: a list. None leaves letters alone.
    zeros : bool
        Codes may begin with a zero.
    """
    after = list(column.values)
    for i in [i for i, code in enumerate(after) if not is_code(code)]:
        after[i] = _repaired(after[i], is_code, proved, zeros)
    changed = [new != old for new, old in zip(after, column.values, strict=True)]
    remarks = column.remarks(
        "code_repaired", changed, lambda i: {"before": column.values[i], "after": after[i]}
    )
    return Distinct(column.where, after), remarks


def _repaired(code: str, is_code: Test, proved: Test | None, zeros: bool) -> str:
    for reading in _readings(code):
        if is_code(reading):
            return reading
        if zeros and reading[:1].isdigit():
            padded = ["0" * n + reading for n in range(1, _MOST_LOST + 1)]
            fitting = [candidate for candidate in padded if is_code(candidate)]
            if len(fitting) == 1:
                return fitting[0]
    if proved is not None:
        for reading in _readings(code):
            digits = with_digits(reading)
            if digits != reading and is_code(digits) and proved(digits):
                return digits
    return code


def _readings(code: str) -> Iterator[str]:
    tight = _SPACES.sub("", code)
    yield from dict.fromkeys((code, tight, tight.upper()))


def with_digits(code: str) -> str:
    """Return a code in which O and l beside a digit are 0 and 1: 21O102 -> 210102."""
    return _LETTERS.sub(lambda found: found[0].translate(_DIGIT_FOR), code)


def join_codes(columns: list[np.ndarray]) -> pd.Series:
    """Join the texts of several columns into one code; null where any part is null."""
    joined = pd.Series(columns[0], dtype=object)
    for column in columns[1:]:
        part = pd.Series(column, dtype=object)
        joined = (joined + part).where(joined.notna() & part.notna(), None)
    return joined
