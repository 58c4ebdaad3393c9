"""Table `handed`: each indicator row of an area beside that of each area below it."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise
from typing import Any

import pandas as pd

from gisplan.catalogue.units import conversion
from gisplan.measure.codes import stem
from gisplan.measure.family import Family
from gisplan.measure.indicator_rows import IndicatorRow, indicator_rows
from gisplan.measure.scene import Scene
from gisplan.measure.tables import COLUMNS, make_table

Lookup = dict[tuple[str, str, str], list[IndicatorRow]]


def measure_handed(scene: Scene, parents: pd.DataFrame) -> pd.DataFrame:
    """Return every pair of an indicator row and an area below, with what the area holds of it."""
    rows = [row for row in indicator_rows(scene) if row.indicator and row.code]
    below = tiers_below(scene)
    family = Family(scene, parents, [(row.tier, row.code) for row in rows])
    values: Lookup = defaultdict(list)
    for row in rows:
        values[row.tier, stem(row.code), row.indicator].append(row)
    families: dict[tuple[str, str], dict[str, str]] = {}
    out = []
    for row in rows:
        child = below.get(row.tier)
        if child is None:
            continue
        key = (row.tier, stem(row.code))
        if key not in families:
            families[key] = family.children(row.tier, row.code, child)
        upper = family.fid(row.tier, row.code)
        for code, label in families[key].items():
            out.append(
                {
                    "parent_layer": row.tier,
                    "parent_code": row.code,
                    "indicator": row.indicator,
                    "child_layer": child,
                    "child": label,
                    "parent_fid": upper,
                    "parent_row": row.row,
                    "child_fid": family.fid(child, label),
                    **_held(values, child, code, row),
                }
            )
    return make_table("handed", {name: [e[name] for e in out] for name in COLUMNS["handed"]})


def tiers_below(scene: Scene) -> dict[str, str]:
    """Return for each tier of the indicator table the next lower one that the table has."""
    held = {row.tier for row in indicator_rows(scene)}
    return dict(pairwise([tier.name for tier in scene.plan.chain if tier.name in held]))


def _held(values: Lookup, child: str, code: str, parent: IndicatorRow) -> dict[str, Any]:
    """Return what an area holds of an indicator.

    A value for another year is not the value; one without a year is for any. Two different
    values are none: nobody knows which holds.
    """
    rows = values.get((child, code, parent.indicator), [])
    same = [row for row in rows if row.year == parent.year]
    loose = [row for row in rows if row.year is None or parent.year is None]
    fitting = same or loose
    stated = [row for row in fitting if not math.isnan(row.target)]
    chosen = next(iter(stated or fitting or sorted(rows, key=_latest)), None)
    answer: dict[str, Any] = {
        "child_row": -1 if chosen is None else chosen.row,
        "factor": math.nan,
        "value": math.nan,
        "weight": math.nan,
    }
    if chosen is None:
        return {**answer, "state": "absent"}
    factor = conversion(chosen.unit, parent.unit)
    answer["factor"] = math.nan if factor is None else factor
    if not stated:
        return {**answer, "state": "empty" if fitting else "other_year"}
    if _differ(stated, parent.unit):
        return {**answer, "state": "ambiguous"}
    if factor is None:
        return {**answer, "state": "unit"}
    weight = _weight(values, child, code, parent, chosen)
    return {**answer, "state": "value", "value": chosen.target * factor, "weight": weight}


def _latest(row: IndicatorRow) -> int:
    return -(row.year or 0)


def _differ(rows: list[IndicatorRow], unit: str) -> bool:
    """Tell whether rows for one area and year hold different values."""
    factors = [conversion(row.unit, unit) for row in rows]
    if None in factors:
        return len({(row.unit, row.target) for row in rows}) > 1
    found = [row.target * float(f or 1.0) for row, f in zip(rows, factors, strict=True)]
    return not all(math.isclose(value, found[0]) for value in found)


def _weight(
    values: Lookup, child: str, code: str, parent: IndicatorRow, row: IndicatorRow
) -> float:
    """Return the weight of an area in a mean: its own, else its value of the weighing indicator.

    Weights by an indicator are in the unit of the parent's row of it, so that they compare.
    """
    by = parent.text("weight_by")
    if not by:
        return row.number("weight")
    upper = values.get((parent.tier, stem(parent.code), by), [])
    unit = upper[0].unit if upper else None
    lower = values.get((child, code, by), [])
    found = [r for r in lower if r.year == parent.year] or [r for r in lower if r.year is None]
    found = found or (lower if parent.year is None else [])
    if len(found) != 1:
        return math.nan
    factor = conversion(found[0].unit, found[0].unit if unit is None else unit)
    return math.nan if factor is None else found[0].target * factor
