"""How far the goals of the whole plan are reached (目标进度): its highest tier against targets."""

from __future__ import annotations

import pandas as pd

COLUMNS = ("indicator", "level", "place", "name", "last", "value", "target", "grade", "progress")


def goals(values: pd.DataFrame, levels: tuple[str, ...]) -> pd.DataFrame:
    """Return the goals of the highest tier, the province's where there is one.

    Parameters
    ----------
    values : DataFrame
        From `examine`.
    levels : tuple of str
        Levels of the exam, highest first.

    Returns
    -------
    DataFrame
        COLUMNS; a row for every value with a target. `progress` is how much of the way from the
        year before to the target is done, in per cent: 100 where it is met, below 0 where it went
        the other way, None where no former value or none short of the target is known.
    """
    graded = values["grade"].isin(["met", "missed"])
    mine = values[graded & (values["level"] == (levels[0] if levels else ""))].copy()
    value, target, last = (mine[name].astype(float) for name in ("value", "target", "last"))
    way = target - last
    part = (100 * (value - last) / way.where(way != 0)).round(6)
    met = mine["grade"] == "met"
    # of a value that has missed its target only after it met it, no way is known
    beyond = (way == 0) | ((target - value) * way < 0)
    progress = part.where(~beyond).where(~met, 100.0)
    mine["progress"] = progress.astype(object).where(progress.notna(), None)
    return mine[list(COLUMNS)].reset_index(drop=True)
