"""Codes as text: numbers written out, full-width digits narrowed, lost zeros restored."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from gisplan.normalise.text import Distinct, Remark, as_text, distinct, drop_nulls, narrow

_POINT_ZERO = re.compile(r"\d+\.0+")
_POINT_OTHER = re.compile(r"\d+\.\d*[1-9]\d*")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+\d{2,}")
_MOST_LOST = 6  # zeros


def clean_codes(column: pd.Series) -> tuple[Distinct, list[Remark]]:
    """Read a column of codes.

    Letter case and inner characters stay as written. A code that came as a number too large to
    be exact (an 18-digit BSM in a floating-point column, 2.1E+17 from a spreadsheet) is lost: the
    cell becomes null and a remark says so.
    """
    raw = distinct(column)
    exact = 2**24 if column.dtype == np.float32 else 2**53
    texts = [as_text(value) for value in raw.values]
    codes = [narrow(text) for text in texts]
    # "210102.0" is a number in a text column, unless "2.1" and "2.2" are codes of the same column
    if not any(_POINT_OTHER.fullmatch(code) for code in codes):
        codes = [c.partition(".")[0] if _POINT_ZERO.fullmatch(c) else c for c in codes]
    lost = [
        bool(_SCIENTIFIC.fullmatch(code))
        or (isinstance(value, (float, np.floating)) and not abs(float(value)) < exact)
        for value, code in zip(raw.values, codes, strict=True)
    ]
    repaired = [
        isinstance(value, str) and value.strip() != code and not gone
        for value, code, gone in zip(raw.values, codes, lost, strict=True)
    ]
    remarks = raw.remarks("value_unreadable", lost, lambda i: {"value": texts[i], "wanted": "code"})
    remarks += raw.remarks(
        "code_repaired", repaired, lambda i: {"before": texts[i], "after": codes[i]}
    )
    kept = [None if gone else code for code, gone in zip(codes, lost, strict=True)]
    return drop_nulls(Distinct(raw.where, kept)), remarks


def restore_zeros(
    column: Distinct, is_code: Callable[[str], bool]
) -> tuple[Distinct, list[Remark]]:
    """Restore leading zeros that a numeric column lost, where `is_code` proves which.

    A value is changed only when it is no code as it stands and exactly one number of zeros in
    front makes it one: 701 -> 0701.
    """
    after = [_restored(code, is_code) for code in column.values]
    changed = [new != old for new, old in zip(after, column.values, strict=True)]
    remarks = column.remarks(
        "code_repaired", changed, lambda i: {"before": column.values[i], "after": after[i]}
    )
    return Distinct(column.where, after), remarks


def _restored(code: str, is_code: Callable[[str], bool]) -> str:
    if not code[:1].isdigit() or is_code(code):
        return code
    padded = ["0" * n + code for n in range(1, _MOST_LOST + 1)]
    fitting = [candidate for candidate in padded if is_code(candidate)]
    return fitting[0] if len(fitting) == 1 else code


def join_codes(columns: list[np.ndarray]) -> pd.Series:
    """Join the texts of several columns into one code; null where any part is null."""
    joined = pd.Series(columns[0], dtype=object)
    for column in columns[1:]:
        part = pd.Series(column, dtype=object)
        joined = (joined + part).where(joined.notna() & part.notna(), None)
    return joined
