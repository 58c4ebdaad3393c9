"""Sets features aside that have more points than the limit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from gisplan.model import Text
from gisplan.read.found import Found, faults_of, set_faults
from gisplan.read.limits import Limits, how_to_raise


def within_vertices(found: Found, limits: Limits) -> Found:
    """Return what was read; a shape with too many points is gone, with the reason.

    Its record stays, so that the feature counts as read and goes into quarantine.
    """
    if "geometry" not in found.frame.columns:
        return found
    shapes = found.frame["geometry"].to_numpy()
    counts = shapely.get_num_coordinates(shapes)
    rows = np.flatnonzero(counts > limits.vertices).tolist()
    if not rows:
        return found
    reasons = {row: _reason(int(counts[row]), limits) for row in rows}
    frame = set_faults(found.frame.copy(), {**faults_of(found.frame), **reasons})
    kept = np.array(shapes, dtype=object)
    kept[rows] = None
    frame["geometry"] = kept
    return replace(found, frame=frame)


def _reason(count: int, limits: Limits) -> Text:
    remedy = how_to_raise("vertices", count)
    return Text(
        f"节点 {count} 个，超过上限 {limits.vertices}；{remedy.zh}",
        f"{count} points, more than the limit of {limits.vertices}; {remedy.en}",
    )
