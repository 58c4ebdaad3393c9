"""What a stated scale changes between two tiers: strips as deep as the scale is exact are noise.

The coarser of the two tiers governs, for no boundary is more exact than its drawing. What only a
scale makes noise of is not proved to be none: the judged tier is not judged there.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from gisplan.catalogue.rule import Params
from gisplan.catalogue.scales import TOLERANCE
from gisplan.model import Filtered
from gisplan.rules.noise import sum_pieces

_SLACK = 1 + 1e-6  # a strip of just 2 m at a tolerance of 2 m agrees


class Summed(NamedTuple):
    """Pieces summed by key: what counts, what is noise, and what is noise by a scale alone."""

    rows: pd.DataFrame
    filtered: Filtered
    spared: pd.DataFrame


def tolerance(params: Params, upper: pd.Series, lower: pd.Series) -> pd.Series:
    """Return the metres that scales allow between pairs of tiers; 0 where none is stated."""
    known = params.as_dict().get(TOLERANCE, {})
    sides = pd.concat([upper.map(known), lower.map(known)], axis=1).astype(float)
    return sides.max(axis=1).fillna(0.0)


def sum_by_scale(
    pieces: pd.DataFrame, keys: list[str], params: Params, metres: pd.Series
) -> Summed:
    """Return pieces summed by key as `sum_pieces` does, with what scales tolerate as noise.

    Parameters
    ----------
    pieces : DataFrame
        With depth_m. A strip along the outline is tolerated; a spike or a slit as narrow as
        that is not, nor what shares nothing with the outline.
    metres : Series
        From `tolerance`, one for each piece.

    Returns
    -------
    Summed
        Rows have `tolerance_m` besides, 0 where no scale is stated.
    """
    tolerated = pieces["depth_m"] <= metres * _SLACK
    rows, filtered = sum_pieces(pieces, keys, params, tolerated)
    every, _ = sum_pieces(pieces, keys, params)
    found = pd.MultiIndex.from_frame(every[keys]).isin(pd.MultiIndex.from_frame(rows[keys]))
    allowed = metres.groupby([pieces[key] for key in keys], sort=True).max()
    rows, spared = (
        frame.assign(tolerance_m=allowed.reindex(pd.MultiIndex.from_frame(frame[keys])).to_numpy())
        for frame in (rows, every[~found])
    )
    return Summed(rows, filtered, spared)


def scale_measures(row: dict[str, object]) -> dict[str, float]:
    """Return the tolerance that a finding was judged by, where a scale gave it."""
    metres = float(str(row["tolerance_m"]))
    return {"tolerance_m": metres} if metres else {}
