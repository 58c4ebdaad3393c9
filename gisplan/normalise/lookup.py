"""Coded fields: every spelling that the code lists know becomes the code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from gisplan.catalogue.codes import code_lookup, codelist
from gisplan.model import Tier
from gisplan.normalise.codes import repair_codes
from gisplan.normalise.text import Distinct, Remark, fold

_ADMIN_LENGTHS = {2, 4, 6}
_BEGINS = re.compile(r"\d{6}(?!\d)|\d{9}$|\d{12}$")  # a county, a street, a community
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
        The code list. Of "admin" only Liaoning's codes (21...) are judged: of other provinces no
        list is at hand. A code of former days stays as written, and the remark says the new one.
    chain : sequence of Tier
        The plan's tiers, which the list "tier" accepts too.

    Returns
    -------
    tuple of Distinct and list of Remark
        Codes, the text itself where the list does not know it; remarks on what is unknown.
    """
    if name == "admin":
        column, remarks = repair_codes(column, is_admin, is_admin, zeros=False)
        unknown = [_unknown_admin(code) for code in column.values]
        return column, remarks + _remarks(column, unknown, name)
    spellings = _with_tiers(name, chain)

    def known(word: str) -> bool:
        return look_up(word, spellings) is not None

    column, remarks = repair_codes(column, known, known)
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


def is_admin(code: str) -> bool:
    """Return whether a code is an administrative one of Liaoning: 21, 2101, 210102."""
    return len(code) in _ADMIN_LENGTHS and code.ljust(6, "0") in codelist("admin")


def begins_as_admin(code: str) -> bool:
    """Return whether a code begins with a county of Liaoning, as those of units do."""
    return is_admin(code[:6]) or code[:6] in codelist("admin_former")


def former_places(column: Distinct) -> list[Remark]:
    """Return a remark for each code that begins with the code of a county that has a new one."""
    known = codelist("admin_former")
    former = [c[:6] in known and bool(_BEGINS.match(c)) for c in column.values]
    return _remarks(column, former, "admin")


def _unknown_admin(code: str) -> bool:
    if not (code.startswith("21") and code.isdigit() and len(code) in _ADMIN_LENGTHS):
        return False
    return not is_admin(code)


def _remarks(column: Distinct, unknown: list[bool], name: str) -> list[Remark]:
    def detail(i: int) -> dict[str, str]:
        value = column.values[i]
        former = codelist("admin_former").get(value[:6]) if name == "admin" else None
        found = {"value": value, "codelist": name}
        return found if former is None else {**found, "former": former.code}

    return column.remarks("unknown_code_value", unknown, detail)
