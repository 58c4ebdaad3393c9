"""Source cells -> values of a standard field, by the type that the field declares."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from gisplan.model import FieldSpec, Tier
from gisplan.normalise.codes import clean_codes, repair_codes
from gisplan.normalise.dates import clean_dates
from gisplan.normalise.free_text import clean_text
from gisplan.normalise.lookup import begins_as_admin, code_column, code_lists, former_places
from gisplan.normalise.numbers import clean_numbers
from gisplan.normalise.text import Distinct, Remark, drop_blanks, fold, narrow

_BOOLEANS = {
    **dict.fromkeys(("是", "有", "y", "yes", "true", "t", "1", "√", "✓", "✔"), True),
    **dict.fromkeys(("否", "不是", "无", "没有", "n", "no", "false", "f", "0", "×", "✗"), False),
}
_LIST_BREAK = re.compile(r"[;,、|\n]")  # after narrowing, which makes ； and ， of them
_ENDS = ("_end", "_to")
_CAPS = ("_cap", "far")  # "≤24" says what the most is
_OF_PLACES = frozenset({"code", "parent"})  # codes that begin with an administrative one


def clean_column(
    column: pd.Series, field: FieldSpec, chain: Sequence[Tier] = (), pattern: str | None = None
) -> tuple[pd.Series, list[Remark]]:
    """Read a source column as a standard field.

    Parameters
    ----------
    column : Series
        As found in the file; RangeIndex.
    field : FieldSpec
        What it should be.
    chain : sequence of Tier
        The plan's tiers.
    pattern : str, optional
        What codes of this column look like; slips are repaired where one reading fits it.

    Returns
    -------
    tuple of Series and list of Remark
        number, integer: float64 with NaN; date: datetime64 with NaT; the rest object with None
        (boolean: True and False; list: lists of str).
    """
    if field.type in {"number", "integer"}:
        numbers, remarks = clean_numbers(
            column, field.unit, field.type == "integer", field.name.endswith(_CAPS)
        )
        return pd.Series(numbers), remarks
    if field.type == "date":
        dates, remarks = clean_dates(column, end=field.name.endswith(_ENDS))
        return pd.Series(dates), remarks
    if field.type == "boolean":
        texts, blanks = drop_blanks(clean_text(column))
        unread = texts.remarks(
            "value_unreadable",
            [fold(text) not in _BOOLEANS for text in texts.values],
            lambda i: {"value": texts.values[i], "wanted": "boolean"},
        )
        return _objects(texts.map(lambda text: _BOOLEANS.get(fold(text)))), unread + blanks
    if field.type == "list":
        texts, blanks = drop_blanks(clean_text(column))
        lists = texts.map(_items)
        if not field.codelist:
            return _objects(lists), blanks
        lists, remarks = code_lists(lists, field.codelist, chain)
        return _objects(lists), remarks + blanks
    texts, remarks = clean_codes(column) if field.type == "code" else (clean_text(column), [])
    if pattern is not None:
        taken = frozenset(texts.values)
        texts, more = repair_codes(
            texts,
            matcher(pattern),
            # a letter is not made a digit where that gives the code of another feature
            lambda code: begins_as_admin(code) and code not in taken,
            zeros=field.codelist != "admin",  # no administrative code begins with a zero
        )
        remarks = remarks + more
    if field.codelist:
        texts, more = code_column(texts, field.codelist, chain)
        remarks = remarks + more
    elif field.type == "code" and field.name in _OF_PLACES:
        remarks = remarks + former_places(texts)
    return _objects(texts), remarks


def matcher(pattern: str) -> Callable[[str], bool]:
    """Return a test of whether a code fits a pattern, as the schema rules test it."""
    compiled = re.compile(pattern)
    return lambda code: compiled.search(code) is not None


def null_column(field: FieldSpec, rows: int) -> pd.Series:
    """Return the all-null column of a field that the source lacks, in the field's own dtype."""
    if field.type in {"number", "integer"}:
        return pd.Series(np.full(rows, np.nan))
    if field.type == "date":
        return pd.Series(np.full(rows, "NaT", dtype="datetime64[us]"))
    return pd.Series([None] * rows, dtype=object)


def _items(text: str) -> list[str]:
    return [item.strip() for item in _LIST_BREAK.split(narrow(text)) if item.strip()]


def _objects(column: Distinct) -> pd.Series:
    return pd.Series(column.spread(), dtype=object)
