"""Noise told from transgression: a piece counts by area and by width, the rest is summed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gisplan.catalogue.rule import Param, Params

NOISE_PARAMS = {
    "min_area": Param(1.0, unit="m2", why="digitising noise; the sliver area of Chinese QC tools"),
    "min_width": Param(0.5, unit="m", why="mean width 2A/P; area alone is no stable test"),
}
# Areas on the ellipsoid and widths are not exact to the last bit: a piece of just 1 m2 counts.
_SLACK = 1 - 1e-6


def counts(pieces: pd.DataFrame, params: Params) -> pd.Series:
    """Return for each piece whether it is a sliver or more: both bounds reached."""
    area, width = pieces["area_m2"].astype(float), pieces["width_m"].astype(float)
    return (area >= params.min_area * _SLACK) & (width >= params.min_width * _SLACK)


def sum_pieces(pieces: pd.DataFrame, keys: list[str], params: Params) -> pd.DataFrame:
    """Return one row per key that has a piece that counts, sorted by key.

    Columns: the keys, area_m2 (of what counts), n_pieces, width_m (the widest), filtered_m2 (what
    was left out as noise), pieces (list of the shapes that count).
    """
    kept = pieces[counts(pieces, params)]
    groups = kept.groupby(keys, sort=True)
    summed = groups.agg(
        area_m2=("area_m2", "sum"),
        n_pieces=("area_m2", "size"),
        width_m=("width_m", "max"),
        pieces=("geometry", list),
    )
    whole = pieces.groupby(keys)["area_m2"].sum().reindex(summed.index)
    summed["filtered_m2"] = (whole - summed["area_m2"]).clip(lower=0.0)
    columns = [*keys, "area_m2", "n_pieces", "width_m", "filtered_m2", "pieces"]
    return summed.reset_index()[columns]


def sliver_measures(row: Mapping[str, Any]) -> dict[str, float | int]:
    """Return the further figures of a finding that was summed from pieces."""
    return {
        "n_pieces": int(row["n_pieces"]),
        "width_m": round(float(row["width_m"]), 3),
        "filtered_m2": round(float(row["filtered_m2"]), 3),
    }
