"""Tells shapes that cross themselves so often that mending them would take minutes."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

# Edges whose boxes meet, beyond what an edge usually meets: its neighbours, and those of a ring
# drawn twice. 200 vertices thrown at random have 8000 such pairs, and mending took GEOS 3 s;
# 400 have four times as many and took over a minute.
_MOST_PAIRS = 4000
_USUAL = 8
_FEW = 60  # edges that cannot have so many
_SAMPLE = 64
_CHUNK = 1000


def is_tangled(shape: BaseGeometry) -> bool:
    """Return whether the edges of a shape meet each other too often for it to be mended."""
    low, high = _edge_boxes(shape)
    if len(low) <= _FEW:
        return False
    some = np.linspace(0, len(low) - 1, _SAMPLE).astype(np.int64)
    meets = [((low <= high[i]) & (high >= low[i])).all(axis=1).sum() for i in some.tolist()]
    if (float(np.mean(meets)) - _USUAL) * len(low) / 2 > 10 * _MOST_PAIRS:
        return True  # beyond doubt; to count them all would take as long
    boxes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    tree = shapely.STRtree(boxes)
    pairs = 0.0
    for begin in range(0, len(boxes), _CHUNK):
        ours, _theirs = tree.query(boxes[begin : begin + _CHUNK])
        pairs += np.maximum(np.bincount(ours) - _USUAL, 0).sum() / 2
        if pairs > _MOST_PAIRS:
            return True
    return False


def _edge_boxes(shape: BaseGeometry) -> tuple[Any, Any]:
    """Return the lower and the upper corners of the boxes of all edges."""
    parts = shapely.get_parts(shape)
    rings = shapely.get_rings(parts[shapely.get_dimensions(parts) == 2])
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    inside = ring[1:] == ring[:-1]
    begin, end = coords[:-1][inside], coords[1:][inside]
    return np.minimum(begin, end), np.maximum(begin, end)
