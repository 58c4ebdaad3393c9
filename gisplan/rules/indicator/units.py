"""Units of area in tables, and how many square metres each has."""

from __future__ import annotations

from typing import NamedTuple

from gisplan.model import Text

SQUARE_METRES: dict[str, float] = {
    "m2": 1.0,
    "m²": 1.0,
    "㎡": 1.0,
    "平方米": 1.0,
    "平米": 1.0,
    "ha": 1e4,
    "hm2": 1e4,
    "hm²": 1e4,
    "公顷": 1e4,
    "万m2": 1e4,
    "万平方米": 1e4,
    "亩": 1e4 / 15,
    "mu": 1e4 / 15,
    "km2": 1e6,
    "km²": 1e6,
    "平方公里": 1e6,
    "平方千米": 1e6,
}


class Suspect(NamedTuple):
    """A unit that a field of square metres may be in instead."""

    title: Text
    square_metres: float


SUSPECTS = (
    Suspect(Text("公顷", "ha"), 1e4),
    Suspect(Text("亩", "mu"), 1e4 / 15),
    Suspect(Text("平方千米", "km2"), 1e6),
    Suspect(Text("万亩", "10k mu"), 1e8 / 15),
)


def square_metres(unit: object) -> float | None:
    """Return how many m2 a unit of area has; no unit is m2, None for any other word."""
    if not isinstance(unit, str) or not unit.strip():
        return 1.0
    return SQUARE_METRES.get(unit.strip().casefold())


def suspected_unit(stated: float, actual: float, tolerance: float) -> Suspect | None:
    """Return the unit that one stated area betrays by its ratio to the true one, or None."""
    for unit in SUSPECTS:
        if actual > 0 and abs(stated * unit.square_metres / actual - 1) <= tolerance:
            return unit
    return None
