"""What codes alone tell of parents: 210102-GX001 lies in 210102, that in 210100, in 210000."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

ADMIN = re.compile(r"\d{6}")


def clean_code(value: object) -> str:
    """Return a code as text; "" for a missing one."""
    if value is None or value != value:  # NaN differs from itself
        return ""
    return str(value).strip()


def stem(code: str) -> str:
    """Return what the codes below this one begin with: 210100 -> 2101, 210000 -> 21.

    Six-digit administrative codes (GB/T 2260) fill up with pairs of noughts; others are used as
    they are.
    """
    if ADMIN.fullmatch(code):
        while len(code) > 2 and code.endswith("00"):
            code = code[:-2]
    return code


def is_under(code: str, parent: str) -> bool:
    """Tell whether a code continues its parent's: 210102 under 210100, BMSZ01 under BM.

    210102-GX0010 is not under 210102-GX001: a number that runs on is another number. In codes
    of digits alone running on is the rule, 210102 under 2101.
    """
    begin = stem(parent)
    own = stem(code)
    if not begin or len(own) <= len(begin) or not own.startswith(begin):
        return False
    return begin.isdigit() or not (begin[-1].isdigit() and own[len(begin)].isdigit())


class Prefixes:
    """Finds the parent of a code among many by its beginning."""

    def __init__(self, codes: Iterable[str]) -> None:
        self._by_stem: dict[str, str] = {}
        for code in codes:
            if code:
                self._by_stem.setdefault(stem(code), code)

    def find(self, code: str) -> str | None:
        """Return the parent code that this code continues, the longest if several fit."""
        own = stem(code)
        for length in range(len(own) - 1, 0, -1):
            parent = self._by_stem.get(own[:length])
            if parent is not None and is_under(code, parent):
                return parent
        return None


def lookup(code: str, exact: Mapping[str, int], by_stem: Mapping[str, int]) -> int | None:
    """Return what a declared parent code stands for; 2101 and 210100 are the same city."""
    found = exact.get(code)
    return by_stem.get(stem(code)) if found is None else found
