"""Where to act first: how far each place falls short, with weights that anybody can read."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gisplan.catalogue.exam import exam_indicators

COLUMNS = ("level", "place", "name", "score", "graded", "missed", "not_computed")


def shortfall(value: float, target: float, direction: str) -> float:
    """Return how far a value falls short of its target: 0 met, 1 by as much as the target or more.

    A proposal of ours: the distance from the target over the target; where the target is 0, any
    value above it counts 1.
    """
    distance = target - value if direction == "higher" else value - target
    if distance <= 0:
        return 0.0
    return 1.0 if target == 0 else min(1.0, distance / abs(target))


def score(values: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """Return the weighted mean shortfall of each place over its graded indicators, worst first.

    Parameters
    ----------
    values : DataFrame
        From `examine`.
    weights : mapping of str to float
        Indicator -> weight; 1 where it is not named.

    Returns
    -------
    DataFrame
        COLUMNS. `score` 0 to 100, None where nothing was graded; `missed` lists codes, the largest
        part of the score first.
    """
    indicators = exam_indicators()
    rows = []
    for (level, place), group in values.groupby(["level", "place"], sort=True):
        parts: dict[str, float] = {}
        total = 0.0
        for row in group.to_dict("records"):
            if row["grade"] not in {"met", "missed"}:
                continue
            code = row["indicator"]
            weight = weights.get(code, 1.0)
            total += weight
            lack = shortfall(row["value"], row["target"], indicators[code].direction)
            if row["grade"] == "missed":
                parts[code] = weight * lack
        missed = sorted(parts, key=lambda code: (-parts[code], code))
        rows.append(
            {
                "level": level,
                "place": place,
                "name": group["name"].iloc[0],
                "score": 100 * sum(parts.values()) / total if total > 0 else None,
                "graded": int(group["grade"].isin(["met", "missed"]).sum()),
                "missed": missed,
                "not_computed": int((group["grade"] == "not_computed").sum()),
            }
        )
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    order = frame.assign(_s=-frame["score"].astype(float).fillna(-1.0))
    return frame.loc[order.sort_values(["level", "_s", "place"], kind="stable").index].reset_index(
        drop=True
    )
