"""Noise told from transgression: a piece counts by area and by width, the rest is summed."""

from __future__ import annotations

import pandas as pd

from gisplan.catalogue.rule import Param, Params

NOISE_PARAMS = {
    "min_area": Param(1.0, unit="m2", why="digitising noise; the sliver area of Chinese QC tools"),
    "min_width": Param(0.5, unit="m", why="mean width 2A/P; area alone is no stable test"),
}


def counts(pieces: pd.DataFrame, params: Params) -> pd.Series:
    """Return for each piece whether it is a sliver or more: both bounds reached."""
    area, width = pieces["area_m2"].astype(float), pieces["width_m"].astype(float)
    return (area >= params.min_area) & (width >= params.min_width)


def sum_pieces(pieces: pd.DataFrame, keys: list[str], params: Params) -> pd.DataFrame:
    """Return one row per key that has a piece that counts.

    Columns: the keys, area_m2 (of what counts), n_pieces, width_m (the widest), filtered_m2 (what
    was left out as noise), pieces (list of the shapes that count).
    """
    frame = pieces.assign(_counts=counts(pieces, params) if len(pieces) else [])
    rows = []
    for key, group in frame.groupby(keys, sort=True):
        kept = group[group["_counts"]]
        if len(kept):
            rows.append(
                {
                    **dict(zip(keys, key, strict=True)),
                    "area_m2": float(kept["area_m2"].sum()),
                    "n_pieces": len(kept),
                    "width_m": float(kept["width_m"].max()),
                    "filtered_m2": float(group["area_m2"].sum() - kept["area_m2"].sum()),
                    "pieces": list(kept["geometry"]),
                }
            )
    columns = [*keys, "area_m2", "n_pieces", "width_m", "filtered_m2", "pieces"]
    return pd.DataFrame(rows, columns=columns)
