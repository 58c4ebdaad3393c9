"""Coded fields: every spelling that the code lists know becomes the code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from gisplan.catalogue.codes import code_lookup, codelist
from gisplan.model import Tier
from gisplan.normalise.codes import restore_zeros
from gisplan.normalise.text import Distinct, Remark, fold

_ADMIN_LENGTHS = {2, 4, 6}
_BREAK = re.compile(r"[\s()\[\]:：,，、\-—/]+")


@cache
def _spellings(name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for word, code in code_lookup(name).items():
        found.setdefault(fold(word), code)
    return found


def _with_tiers(name: str, chain: Sequence[Tier]) -> dict[str, str]:
    spellings = dict(_spellings(name))
    if name == "tier":  # the plan's own tiers are as good as the default ones
        for tier in chain:
            for word in (tier.name, tier.title.zh, tier.title.en):
                spellings[fold(word)] = tier.name
    return spellings


def look_up(word: str, spellings: dict[str, str]) -> str | None:
    """Return the code of a word, or of words that all mean one code: "M3（微改造）"."""
    code = spellings.get(fold(word))
    if code is not None:
        return code
    codes = {spellings.get(fold(part)) for part in _BREAK.split(fold(word)) if part}
    return codes.pop() if len(codes) == 1 else None


def code_column(
    column: Distinct, name: str, chain: Sequence[Tier]
) -> tuple[Distinct, list[Remark]]:
    """Map a column of texts to a code list.

    Parameters
    ----------
    column : Distinct
        Cleaned texts.
    name : str
        The code list. Codes of "admin" stay as written, and only Liaoning's (21...) are judged:
        of other provinces no list is at hand.
    chain : sequence of Tier
        The plan's tiers, which the list "tier" accepts too.

    Returns
    -------
    tuple of Distinct and list of Remark
        Codes, the text itself where the list does not know it; remarks on what is unknown.
    """
    if name == "admin":
        unknown = [_unknown_admin(code) for code in column.values]
        return column, _remarks(column, unknown, name)
    spellings = _with_tiers(name, chain)
    column, remarks = restore_zeros(column, lambda word: look_up(word, spellings) is not None)
    codes = [look_up(word, spellings) for word in column.values]
    unknown = [code is None for code in codes]
    mapped = [
        word if code is None else code for word, code in zip(column.values, codes, strict=True)
    ]
    return Distinct(column.where, mapped), remarks + _remarks(column, unknown, name)


def code_lists(column: Distinct, name: str, chain: Sequence[Tier]) -> tuple[Distinct, list[Remark]]:
    """Map each item of a column of lists to a code list; one remark for each unknown item."""
    spellings = _with_tiers(name, chain)
    mapped = [[look_up(item, spellings) or item for item in items] for items in column.values]
    strange = [
        [item for item in items if look_up(item, spellings) is None] for items in column.values
    ]
    remarks = []
    for n in range(max(map(len, strange), default=0)):
        remarks += column.remarks(
            "unknown_code_value",
            [len(items) > n for items in strange],
            lambda i, n=n: {"value": strange[i][n], "codelist": name},  # type: ignore[misc]
        )
    return Distinct(column.where, mapped), remarks


def _unknown_admin(code: str) -> bool:
    if not (code.startswith("21") and code.isdigit() and len(code) in _ADMIN_LENGTHS):
        return False
    return code.ljust(6, "0") not in codelist("admin")


def _remarks(column: Distinct, unknown: list[bool], name: str) -> list[Remark]:
    return column.remarks(
        "unknown_code_value", unknown, lambda i: {"value": column.values[i], "codelist": name}
    )
