"""Which edition of the land-use classification a code belongs to (用地用海分类 2020、2023)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from gisplan.catalogue.codes import codelist

EDITIONS = ("2023", "2020")
_NEW, _OLD = EDITIONS
_OTHER_STANDARD = re.compile(r"[A-Z]\d{0,3}")  # R2, A33: codes of GB 50137


class Standing(NamedTuple):
    """What the two lists say of a code.

    `known`: the editions that have it. The list of 2020 is known in part, so that a code which it
    lacks may still be of 2020. `only`: the one edition that it can come from, "" where it may be
    either.
    """

    known: tuple[str, ...]
    only: str


def standing(code: str, name: str = "") -> Standing:
    """Return what the editions say of a code, and of its name where the layer has one."""
    new, old = codelist("land_use").get(code), codelist("land_use_2020").get(code)
    if new is None:
        return Standing((_OLD,), _OLD) if old else Standing((), "")
    if old is None:
        return Standing(EDITIONS, _NEW if _became_finer(code) else "")
    if name and old.title.zh != new.title.zh:
        if name == old.title.zh:
            return Standing(EDITIONS, _OLD)
        if name == new.title.zh:
            return Standing(EDITIONS, _NEW)
    return Standing(EDITIONS, "")


def _became_finer(code: str) -> bool:
    """Tell whether a code divides one that in 2020 stood for something undivided: 060201."""
    upper = codelist("land_use_2020").get(code[:-2])
    return len(code) == 6 and upper is not None and upper.extra["confidence"] == "high"


def edition_used(codes: Iterable[Standing]) -> str:
    """Return the edition that most telling codes of a layer are of; 2023 where none tells."""
    counts = Counter(one.only for one in codes if one.only)
    return _OLD if counts[_OLD] > counts[_NEW] else _NEW


def is_shaped(code: str) -> bool:
    """Tell whether a code has the two, four or six digits of either edition."""
    return code.isdigit() and len(code) in {2, 4, 6}


def of_other_standard(code: str) -> bool:
    """Tell whether a code looks like one of GB 50137 (R2, A33), the classification before."""
    return _OTHER_STANDARD.fullmatch(code) is not None
