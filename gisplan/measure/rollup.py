"""Table `rollup`: what the areas below hold together of each indicator that an area is given."""

from __future__ import annotations

import math
import operator
from collections import defaultdict
from typing import Any

import pandas as pd

from gisplan.catalogue.indicators import by_row
from gisplan.catalogue.units import is_ratio
from gisplan.measure.family import Family
from gisplan.measure.handed import tiers_below
from gisplan.measure.indicator_rows import IndicatorRow, indicator_rows
from gisplan.measure.scene import Scene
from gisplan.measure.tables import COLUMNS, make_table

HALF_STEP = 0.005  # values in tables have two decimals
METHODS = ("sum", "weighted_mean", "max", "min", "each")


def measure_rollup(scene: Scene, parents: pd.DataFrame, handed: pd.DataFrame) -> pd.DataFrame:
    """Return each indicator of an area beside what the areas below it make of it together."""
    below = tiers_below(scene)
    family = Family(scene, parents, [])
    held: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for child in by_row(handed).values():
        held[child["parent_row"]].append(child)
    rows = [
        _entry(row, below[row.tier], family.fid(row.tier, row.code), held[row.row])
        for row in indicator_rows(scene)
        if row.tier in below and row.indicator and row.code and row.text("rollup") != "none"
    ]
    return make_table("rollup", {name: [r[name] for r in rows] for name in COLUMNS["rollup"]})


def _entry(row: IndicatorRow, child: str, fid: int, held: list[dict[str, Any]]) -> dict[str, Any]:
    there = [child for child in held if child["state"] == "value"]
    method = row.text("rollup")
    values = [child["value"] for child in there]
    strange = sorted(child["child"] for child in held if child["state"] == "unit")
    done, why = _together(row, method, there, len(held), bool(strange))
    return {
        "parent_layer": row.tier,
        "parent_fid": fid,
        "parent_code": row.code,
        "indicator": row.indicator,
        "parent_row": row.row,
        "name": row.text("name"),
        "unit": row.unit,
        "nature": row.text("nature") or None,
        "requirement": row.text("requirement") or None,
        "year": math.nan if row.year is None else row.year,
        "target": row.target,
        "reserve": row.number("reserve"),
        "rollup": method,
        "child_layer": child,
        "n_children": len(held),
        "n_values": len(there) + len(strange),
        "missing": sorted(c["child"] for c in held if c["state"] not in {"value", "unit"}),
        "strange": strange,
        "total": done if method == "sum" else math.nan,
        "done": done,
        "low": min(values, default=math.nan),
        "high": max(values, default=math.nan),
        "exact": HALF_STEP * math.fsum(max(child["factor"], 1.0) for child in there),
        "why": why,
    }


def _together(
    row: IndicatorRow, method: str, there: list[dict[str, Any]], n_children: int, strange: bool
) -> tuple[float, str]:
    """Return what the values make together; NaN and the reason where that is nothing."""
    why = ""
    if not n_children:
        why = "no_children"
    elif not method:
        why = "no_method"
    elif method not in METHODS:
        why = "unknown_method"
    elif method == "sum" and is_ratio(row.unit):
        why = "ratio"  # shares and rates do not add up
    elif strange:
        why = "unit"  # a sum of unlike things is no sum
    elif not there:
        why = "no_value"
    if why:
        return math.nan, why
    values = [child["value"] for child in there]
    if method == "weighted_mean":
        return _mean(values, [child["weight"] for child in there])
    if method == "sum":
        return math.fsum(values), ""
    return _extreme(row, method, values), ""


def _mean(values: list[float], weights: list[float]) -> tuple[float, str]:
    if not (all(w >= 0 and math.isfinite(w) for w in weights) and sum(weights) > 0):
        return math.nan, "no_weight"
    return math.fsum(map(operator.mul, values, weights)) / math.fsum(weights), ""


def _extreme(row: IndicatorRow, method: str, values: list[float]) -> float:
    """Return the value that decides: of what each area must meet, the worst one."""
    demand = row.text("requirement")
    if method == "max" or (method == "each" and demand == "at_most"):
        return max(values)
    if method == "min" or (method == "each" and demand == "at_least"):
        return min(values)
    if math.isnan(row.target):
        return max(values)
    return max(values, key=lambda value: (abs(value - row.target), value))
