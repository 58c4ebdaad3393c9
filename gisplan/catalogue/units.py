"""Units of measure as Chinese plans write them, and what turns one into another."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

from gisplan.catalogue.home import load_toml
from gisplan.model import Text


class Unit(NamedTuple):
    """A unit that is known: its kind of quantity, its size within it, what it is called."""

    kind: str
    size: float
    title: Text


@cache
def conversion(unit: str | None, into: str | None) -> float | None:
    """Return the factor that turns values in one unit into another, None when there is none.

    Parameters
    ----------
    unit, into : str or None
        As a table has them: m2, ㎡, 公顷, 万平方米, 亩, 户, 万元, %, 平方米/人. Unknown units
        convert into themselves only. A missing unit converts into a missing one only: nobody
        knows what it is.
    """
    a, b = _plain(unit), _plain(into)
    if a == b:
        return 1.0
    known_a, known_b = _parse(a), _parse(b)
    if known_a is None or known_b is None or known_a.kind != known_b.kind:
        return None
    return known_a.size / known_b.size


@cache
def known_unit(unit: str | None) -> Unit | None:
    """Return what a unit is; None for a missing one and for one that nobody knows."""
    return _parse(_plain(unit))


@cache
def is_ratio(unit: str | None) -> bool:
    """Tell whether values in this unit are shares or rates (%, 平方米/人), which never add up."""
    known = known_unit(unit)
    if known is None:
        return "/" in _plain(unit)
    return "/" in known.kind or not load_toml("units.toml")[known.kind].get("extensive", True)


def taken_for(unit: str | None) -> dict[float, Text]:
    """Return the units that a value in this one may have been written in by mistake.

    Returns
    -------
    dict of float to Text
        By what factor such a value is then off -> the unit it is really in: 10 000 -> 平方米
        for a value that should be in 公顷. Empty for a unit that nobody knows and for a kind that
        has one common unit.
    """
    known = known_unit(unit)
    if known is None:
        return {}
    return {
        known.size / other.size: other.title
        for other in _common().get(known.kind, ())
        if other.size != known.size
    }


@cache
def _sizes() -> dict[str, Unit]:
    return {
        _plain(word): Unit(kind, float(entry["size"]), Text(zh, entry["en"]))
        for kind, table in load_toml("units.toml").items()
        if kind != "times"
        for zh, entry in table["units"].items()
        for word in (zh, entry["en"], *entry.get("aliases", ()))
    }


@cache
def _common() -> dict[str, tuple[Unit, ...]]:
    return {
        kind: tuple(
            Unit(kind, float(entry["size"]), Text(zh, entry["en"]))
            for zh, entry in table["units"].items()
            if entry.get("common", False)
        )
        for kind, table in load_toml("units.toml").items()
        if kind != "times"
    }


def _plain(unit: str | None) -> str:
    if unit is None or unit != unit:  # NaN differs from itself
        return ""
    text = unicodedata.normalize("NFKC", str(unit)).casefold()  # ㎡ -> m2, ％ -> %
    for sign in (" ", "^", ".", "·", "(", ")", "\u3000"):
        text = text.replace(sign, "")
    return text


def _parse(unit: str) -> Unit | None:
    """Return a unit; of a quotient the kind "area/person" and the quotient of the sizes."""
    if "/" in unit:
        over, _, under = unit.partition("/")
        above, below = _parse(over), None if "/" in under else _parse(under)
        if above is None or below is None:
            return None
        title = Text(*(f"{a}/{b}" for a, b in zip(above.title, below.title, strict=True)))
        return Unit(f"{above.kind}/{below.kind}", above.size / below.size, title)
    if unit in _sizes():
        return _sizes()[unit]
    times: dict[str, float] = load_toml("units.toml")["times"]
    for word in sorted(times, key=len, reverse=True):
        rest = unit.removeprefix(word)
        if rest != unit and rest in _sizes():
            kind, size, title = _sizes()[rest]
            factor = float(times[word])
            return Unit(kind, factor * size, Text(f"{word}{title.zh}", f"{factor:g} {title.en}"))
    return None
