"""The rows of the indicator table, as the measures of indicators look at them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gisplan.catalogue.codes import code_lookup
from gisplan.catalogue.indicators import by_row
from gisplan.measure.codes import clean_code
from gisplan.measure.scene import Scene

TABLE = "indicator"


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One row of the indicator table; `row` is its fid there, NaN and "" stand for empty cells."""

    row: int
    tier: str
    code: str
    indicator: str
    year: int | None
    unit: str
    target: float
    cells: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return a cell as text, "" where it is empty."""
        return clean_code(self.cells.get(name))

    def number(self, name: str) -> float:
        """Return a cell as a number, NaN where it is empty."""
        return _number(self.cells.get(name))


def indicator_rows(scene: Scene) -> list[IndicatorRow]:
    """Return the rows of the indicator table, in an order that the file's does not change."""
    return scene.once("indicator_rows", lambda: _read(scene))


def _read(scene: Scene) -> list[IndicatorRow]:
    if TABLE not in scene.plan.layers:
        return []
    tiers = {tier.name for tier in scene.plan.chain}
    spellings = code_lookup("tier")
    frame = scene.layer(TABLE).frame
    named = [name for name in frame.columns if not name.startswith("_")]
    rows = []
    for fid, cells in by_row(frame[named]).items():
        tier = clean_code(cells.get("tier"))
        year = _number(cells.get("year"))
        rows.append(
            IndicatorRow(
                row=fid,
                tier=tier if tier in tiers else spellings.get(tier.casefold(), tier),
                code=clean_code(cells.get("code")),
                indicator=clean_code(cells.get("indicator")),
                year=None if math.isnan(year) else int(year),
                unit=clean_code(cells.get("unit")),
                target=_number(cells.get("target")),
                cells=cells,
            )
        )
    return sorted(rows, key=lambda row: (row.tier, row.code, row.indicator, repr(row.cells)))


def _number(value: Any) -> float:
    if value is None or pd.isna(value):
        return math.nan
    return float(value)
