"""Values whose ratio betrays that they are in another unit than the table says (疑似单位错误)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gisplan.catalogue.indicators import BOUNDS
from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.units import known_unit, taken_for
from gisplan.model import Text

_TIGHT = 0.02  # how near a ratio must come to 10 000, 666.67 or 15
_FAR = 500.0  # from this factor on no real quota lies in between, so the ratio may be rough
_APART = 5.0  # how far a single value stands off its siblings
_ALIKE = 3.0  # how near it comes to them once it is converted
# where nobody knows the unit: ha for m2, km2 for m2, ha for mu, mu for m2, and the other way
_FACTORS = (1e4, 1e6, 15.0, 1e4 / 15)


class Suspect(NamedTuple):
    """Children whose values are `factor` times too large, and the unit they are probably in."""

    children: tuple[str, ...]
    unit: Text
    factor: float


def suspects(tables: Tables) -> dict[int, Suspect]:
    """Return the suspected units by row of the indicator table: that of the parent."""
    handed = tables["handed"]
    values: dict[int, dict[str, float]] = {}
    there = handed[handed["state"] == "value"]
    for row, child, value in zip(there["parent_row"], there["child"], there["value"], strict=True):
        values.setdefault(row, {})[child] = value
    found = {}
    for row in tables["rollup"].to_dict("records"):
        suspect = _suspect(row, values.get(row["parent_row"], {}))
        if suspect is not None:
            found[row["parent_row"]] = suspect
    return found


def factors(unit: str) -> Iterator[tuple[float, Text]]:
    """Yield by how much a value is off, and the unit that it is then in."""
    if known_unit(unit) is not None:
        yield from sorted(taken_for(unit).items())
        return
    for factor in _FACTORS:
        for times in (factor, 1 / factor):
            yield times, Text(f"相差 {times:.6g} 倍的单位", f"a unit {times:.6g} times off")


def betrayed(value: float, due: float, unit: str) -> tuple[float, Text] | None:
    """Return factor and unit that the ratio of a value to the one that is due betrays, or None."""
    if not (value > 0 and due > 0):
        return None
    for factor, title in factors(unit):
        if abs(value / due / factor - 1) <= _TIGHT:
            return factor, title
    return None


def betrayed_assigned(value: float, assigned: float, unit: str) -> tuple[float, Text, bool] | None:
    """Return factor and unit in which a value or what it was assigned is; true for the latter."""
    found = betrayed(value, assigned, unit)
    if found is not None:
        return *found, False
    found = betrayed(assigned, value, unit)
    return None if found is None else (*found, True)


def _suspect(row: Mapping[str, Any], values: Mapping[str, float]) -> Suspect | None:
    if row["requirement"] not in BOUNDS or row["why"] or row["missing"]:
        return None
    if not row["target"] > 0 or not all(value > 0 for value in values.values()):
        return None
    for factor, title in factors(row["unit"]):
        if _all_off(row, factor):
            return Suspect(tuple(sorted(values)), title, factor)
    if row["rollup"] == "sum" and len(values) >= 3:
        return _one_off(row, values)
    return None


def _all_off(row: Mapping[str, Any], factor: float) -> bool:
    """Tell whether the children together meet the target once they are converted."""
    reserve = row["reserve"] if row["reserve"] == row["reserve"] else 0.0
    meant = (row["done"] / factor + reserve) / row["target"]
    if abs(meant - 1) <= _TIGHT:
        return True
    far = factor >= _FAR or factor <= 1 / _FAR
    if row["requirement"] == "at_most":
        return far and factor > 1 and 0.5 <= meant <= 1
    if row["requirement"] == "at_least":
        return far and 1 <= meant <= 2
    return False


def _one_off(row: Mapping[str, Any], values: Mapping[str, float]) -> Suspect | None:
    """Return the one child whose value stands off the others and fits once it is converted."""
    for child, value in sorted(values.items()):
        others = [other for name, other in values.items() if name != child]
        if value <= _APART * max(others) and value >= min(others) / _APART:
            continue
        for factor, title in factors(row["unit"]):
            meant = value / factor
            if not min(others) / _ALIKE <= meant <= max(others) * _ALIKE:
                continue
            if _settles(row, others, value, meant) or value > 100 * row["target"]:
                return Suspect((child,), title, factor)
    return None


def _settles(row: Mapping[str, Any], others: Sequence[float], value: float, meant: float) -> bool:
    """Tell whether the bound is broken as the value stands and holds once it is converted."""
    return not _holds(row, [*others, value]) and _holds(row, [*others, meant])


def _holds(row: Mapping[str, Any], values: Sequence[float]) -> bool:
    total, target = math.fsum(values), row["target"]
    slack = max(row["exact"], abs(target) * _TIGHT)
    if row["requirement"] == "at_most":
        return bool(total <= target + slack)
    if row["requirement"] == "at_least":
        return bool(total >= target - slack)
    reserve = row["reserve"] if row["reserve"] == row["reserve"] else 0.0
    return bool(abs(total + reserve - target) <= slack)
