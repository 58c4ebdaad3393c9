"""Units of area in tables, and how many square metres each has."""

from __future__ import annotations

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
_SUSPECTS = {"公顷": 1e-4, "亩": 1.5e-3, "平方千米": 1e-6, "万亩": 1.5e-7}
_ENGLISH = {"公顷": "ha", "亩": "mu", "平方千米": "km2", "万亩": "10k mu"}


def square_metres(unit: object) -> float | None:
    """Return how many m2 a unit of area has; no unit is m2, None for any other word."""
    if not isinstance(unit, str) or not unit.strip():
        return 1.0
    return SQUARE_METRES.get(unit.strip().casefold())


def suspected_unit(stated: float, actual: float) -> tuple[str, str] | None:
    """Return the unit (zh, en) that a stated area betrays by its ratio, within 1 %, or None."""
    for name, ratio in _SUSPECTS.items():
        if actual > 0 and abs(stated / actual / ratio - 1) <= 0.01:
            return name, _ENGLISH[name]
    return None
