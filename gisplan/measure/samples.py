"""Places along lines and in areas at which heights are asked for."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.measure.heights import Numbers
from gisplan.measure.overlay import Shapes
from gisplan.measure.scene import Ints

FINEST_M = 0.5
MOST_ALONG, MOST_WITHIN = 1_000, 500  # places of one shape


def along_and_within(shapes: Shapes, step: float) -> tuple[Ints, Numbers]:
    """Return places on points, along lines and edges and in a grid within areas.

    Parameters
    ----------
    shapes : ndarray of shapes
        Points, lines, areas; none empty. Every vertex is a place.
    step : float
        Metres between places, about; wider where a shape would get over 1,000 of them along
        its lines and edges, or over 500 within.

    Returns
    -------
    row : ndarray of int
        Which shape each place belongs to.
    xy : ndarray, n x 2
    """
    dimension = shapely.get_dimensions(shapes)
    finest = max(step, FINEST_M)
    lines = np.where(dimension == 2, shapely.boundary(shapes), shapes)
    apart = np.maximum(finest, shapely.length(lines) / MOST_ALONG)
    coords, row = shapely.get_coordinates(shapely.segmentize(lines, apart), return_index=True)
    areas = np.flatnonzero(dimension == 2)
    inner, xy = _within(shapes[areas], finest)
    return np.concatenate([row, areas[inner]]), np.concatenate([coords, xy])


def _within(areas: Shapes, step: float) -> tuple[Ints, Numbers]:
    """Return the points of a square grid that lie in areas, each grid begun in its south-west."""
    if not len(areas):
        return np.zeros(0, dtype=np.int64), np.zeros((0, 2))
    west, south, east, north = shapely.bounds(areas).T
    wide, tall = east - west, north - south
    apart = np.maximum(step, np.sqrt(wide * tall / MOST_WITHIN))
    columns = np.maximum(1, np.ceil(wide / apart)).astype(np.int64)
    rows = np.maximum(1, np.ceil(tall / apart)).astype(np.int64)
    count = columns * rows
    owner = np.repeat(np.arange(len(areas)), count)
    number = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    x = west[owner] + (number % columns[owner] + 0.5) * apart[owner]
    y = south[owner] + (number // columns[owner] + 0.5) * apart[owner]
    inside: NDArray[np.bool_] = shapely.contains_xy(areas[owner], x, y)
    return owner[inside], np.column_stack([x, y])[inside]
