"""Noise told from transgression: a piece counts by area and by width, the rest is summed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from gisplan.catalogue.rule import Param, Params
from gisplan.model import Filtered

NOISE_PARAMS = {
    "min_area": Param(1.0, unit="m2", why="digitising noise; the sliver area of Chinese QC tools"),
    "min_width": Param(0.5, unit="m", why="mean width 2A/P; area alone is no stable test"),
}
# Of boundaries between tiers: a scale that the plan states widens them, see rules/by_scale.py.
TIER_NOISE_PARAMS = {**NOISE_PARAMS, "min_width": replace(NOISE_PARAMS["min_width"], scaled=True)}
# Areas on the ellipsoid and widths are not exact to the last bit: a piece of just 1 m2 counts.
_SLACK = 1 - 1e-6


def counts(pieces: pd.DataFrame, params: Params) -> pd.Series:
    """Return for each piece whether it is a sliver or more: both bounds reached."""
    area, width = pieces["area_m2"].astype(float), pieces["width_m"].astype(float)
    return (area >= params.min_area * _SLACK) & (width >= params.min_width * _SLACK)


def sum_pieces(
    pieces: pd.DataFrame,
    keys: list[str],
    params: Params,
    tolerated: pd.Series | None = None,
) -> tuple[pd.DataFrame, Filtered]:
    """Return what counts, summed by key, and what is left out as noise.

    A key counts when one of its pieces does, and then with its whole area. Columns: the keys,
    area_m2, thin_m2 (of it, in pieces that alone would not count), n_pieces, width_m (the
    widest), pieces (the shapes). The sum of area_m2 and what is left out is all there is.
    `tolerated` marks pieces that count as noise although they are broad enough.
    """
    kept = counts(pieces, params)
    if tolerated is not None:
        kept &= ~tolerated
    frame = pieces.assign(_kept=kept, _thin=pieces["area_m2"].where(~kept, 0.0))
    summed = frame.groupby(keys, sort=True).agg(
        area_m2=("area_m2", "sum"),
        thin_m2=("_thin", "sum"),
        n_pieces=("_kept", "sum"),
        width_m=("width_m", "max"),
        pieces=("geometry", list),
        _kept=("_kept", "any"),
        _n=("_kept", "size"),
    )
    noise = summed[~summed["_kept"].astype(bool)]
    filtered = Filtered(int(noise["_n"].sum()), round(float(noise["area_m2"].sum()), 3))
    summed = summed[summed["_kept"].astype(bool)].reset_index()
    return summed.drop(columns=["_kept", "_n"]), filtered


def sliver_measures(row: Mapping[str, Any]) -> dict[str, float | int]:
    """Return the further figures of a finding that was summed from pieces."""
    return {
        "n_pieces": int(row["n_pieces"]),
        "width_m": round(float(row["width_m"]), 3),
        "thin_m2": round(float(row["thin_m2"]), 3),
    }
