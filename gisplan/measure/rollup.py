"""Table `rollup`: what the areas below hold of each indicator that an area is given."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from gisplan.catalogue.codes import code_lookup
from gisplan.measure.codes import clean_code, is_under, lookup, stem
from gisplan.measure.parents import parent_codes
from gisplan.measure.scene import Scene
from gisplan.measure.tables import COLUMNS, make_table
from gisplan.measure.units import conversion

TABLE = "indicator"
HALF_STEP = 0.005  # values in tables have two decimals


@dataclass(frozen=True)
class _Row:
    """One row of the indicator table."""

    tier: str
    code: str
    indicator: str
    year: int | None
    unit: str
    target: float
    cells: Mapping[str, Any]


def measure_rollup(scene: Scene, parents: pd.DataFrame) -> pd.DataFrame:
    """Return each indicator of an area beside the sum over the areas below it."""
    if TABLE not in scene.plan.layers:
        return make_table("rollup")
    rows = _read(scene)
    order = [tier.name for tier in scene.plan.chain]
    held = [tier for tier in order if any(row.tier == tier for row in rows)]
    below = dict(pairwise(held))
    values: dict[tuple[str, str, str], list[_Row]] = defaultdict(list)
    for row in rows:
        values[row.tier, stem(row.code), row.indicator].append(row)
    family = _Family(scene, parents, rows)
    out = []
    for row in rows:
        method = clean_code(row.cells.get("rollup"))
        child = below.get(row.tier)
        if child is None or not row.indicator or method in {"", "none"}:
            continue
        children = family.children(row.tier, row.code, child)
        if children:
            out.append(_sum(family, row, method, child, children, values))
    columns = {name: [entry[name] for entry in out] for name in COLUMNS["rollup"]}
    return make_table("rollup", columns)


def _sum(
    family: _Family,
    row: _Row,
    method: str,
    child: str,
    children: Mapping[str, str],
    values: Mapping[tuple[str, str, str], list[_Row]],
) -> dict[str, Any]:
    found: list[float] = []
    missing = []
    for code, label in children.items():
        value = _value(values.get((child, code, row.indicator), []), row)
        if value is None:
            missing.append(label)
        else:
            found.append(value)
    # NaN where a unit does not convert: a sum of unlike things is no sum
    total = math.fsum(found) if found and method == "sum" else math.nan
    return {
        "parent_layer": row.tier,
        "parent_fid": family.fid(row.tier, row.code),
        "parent_code": row.code,
        "indicator": row.indicator,
        "name": clean_code(row.cells.get("name")),
        "unit": row.unit,
        "nature": clean_code(row.cells.get("nature")) or None,
        "requirement": clean_code(row.cells.get("requirement")) or None,
        "target": row.target,
        "reserve": _number(row.cells.get("reserve")),
        "rollup": method,
        "child_layer": child,
        "n_children": len(children),
        "n_values": len(found),
        "missing": sorted(missing),
        "total": total,
        "exact": HALF_STEP * len(found),
    }


def _value(rows: list[_Row], parent: _Row) -> float | None:
    """Return a child's target in the parent's unit; None for a missing one, NaN for no unit.

    A value for another year is not the value; one without a year is for any. Two different
    values are none: nobody knows which holds.
    """
    same = [row for row in rows if row.year == parent.year]
    loose = [row for row in rows if row.year is None or parent.year is None]
    targets = []
    for row in same or loose:
        factor = conversion(row.unit, parent.unit)
        if not math.isnan(row.target):
            targets.append(math.nan if factor is None else row.target * factor)
    if not targets:
        return None
    if all(math.isclose(t, targets[0]) or math.isnan(t) for t in targets):
        return math.nan if any(map(math.isnan, targets)) else targets[0]
    return None


class _Family:
    """Tells which areas lie below an area, by the layers where the plan has them, else by code.

    Areas are known by the stem of their code here: 2101 and 210100 are one city.
    """

    def __init__(self, scene: Scene, parents: pd.DataFrame, rows: list[_Row]) -> None:
        self._scene = scene
        self._up = {
            str(name): (str(group["parent_layer"].iloc[0]), group["parent_fid"].to_numpy())
            for name, group in parents.groupby("child_layer", sort=True)
        }
        self._listed: dict[str, dict[str, str]] = defaultdict(dict)
        for row in rows:
            self._listed[row.tier].setdefault(stem(row.code), row.code)
        self._below: dict[tuple[str, str], dict[int, dict[str, str]]] = {}
        self._codes: dict[str, tuple[dict[str, int], dict[str, int]]] = {}

    def fid(self, tier: str, code: str) -> int:
        """Return the feature that an area of the table is, -1 where the plan has none."""
        if not self._scene.has(tier):
            return -1
        if tier not in self._codes:
            codes = parent_codes(self._scene, tier)
            self._codes[tier] = codes, {stem(own): fid for own, fid in codes.items()}
        found = lookup(code, *self._codes[tier])
        return -1 if found is None else found

    def children(self, tier: str, code: str, child: str) -> dict[str, str]:
        """Return the areas of a lower tier below an area, each -> the label to name it by."""
        out: dict[str, str] = {}
        placed: set[str] = set()
        if self._scene.has(child):
            by_parent = self._descendants(child, tier)
            fid = self.fid(tier, code)
            if fid >= 0:
                out |= by_parent.get(fid, {})
            placed = {own for below in by_parent.values() for own in below}
            out = self._set_aside(child, code) | out
        # What the table alone names belongs by its code.
        for own, listed in self._listed[child].items():
            if own not in placed and own not in out and is_under(listed, code):
                out[own] = listed
        return dict(sorted(out.items()))

    def _descendants(self, child: str, tier: str) -> dict[int, dict[str, str]]:
        """Return fid of the upper area -> the features below it."""
        if (child, tier) not in self._below:
            frame = self._scene.layer(child).frame
            labels = self._scene.labels(child)
            below: dict[int, dict[str, str]] = defaultdict(dict)
            for fid, code in enumerate(frame["code"]):
                upper = self._ancestor(child, fid, tier)
                if upper >= 0:
                    below[upper][stem(clean_code(code)) or str(labels[fid])] = str(labels[fid])
            self._below[child, tier] = below
        return self._below[child, tier]

    def _ancestor(self, layer: str, fid: int, wanted: str) -> int:
        while layer in self._up and fid >= 0:
            layer, above = self._up[layer]
            fid = int(above[fid])
            if layer == wanted:
                return fid
        return -1

    def _set_aside(self, child: str, code: str) -> dict[str, str]:
        """Return the quarantined areas whose code says that they lie below an area."""
        aside = self._scene.layer(child).quarantine
        if aside is None:
            return {}
        rows = zip(aside["code"], aside["_label"], strict=True)
        named = [(clean_code(own), str(label)) for own, label in rows]
        return {stem(own): label for own, label in named if is_under(own, code)}


def _read(scene: Scene) -> list[_Row]:
    """Return the rows of the indicator table, in an order of their own."""
    tiers = {tier.name for tier in scene.plan.chain}
    spellings = code_lookup("tier")
    rows = []
    for cells in scene.layer(TABLE).frame.to_dict("records"):
        tier = clean_code(cells.get("tier"))
        year = _number(cells.get("year"))
        rows.append(
            _Row(
                tier=tier if tier in tiers else spellings.get(tier.casefold(), tier),
                code=clean_code(cells.get("code")),
                indicator=clean_code(cells.get("indicator")),
                year=None if math.isnan(year) else int(year),
                unit=clean_code(cells.get("unit")),
                target=_number(cells.get("target")),
                cells=cells,
            )
        )
    # by everything that tells rows apart, so that the order in the file changes nothing
    return sorted(rows, key=lambda row: (row.tier, row.code, row.indicator, repr(row)))


def _number(value: Any) -> float:
    if value is None or pd.isna(value):
        return math.nan
    return float(value)
