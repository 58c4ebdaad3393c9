"""Heat (热力): how many points lie around every place, as a grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.measure.overlay import Shapes

RADIUS_M = 500.0  # of the kernel; a proposal of ours: about ten minutes on foot
CELLS_OF_RADIUS = 10  # a point is moved to the middle of its cell, by less than a tenth of it
MOST_CELLS = 4096  # along a side: beyond it the cells and the radius grow
NO_DATA = -9999.0


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid in a metric CRS, north up, its rows from the north."""

    cells: NDArray[np.float32]  # points per km2; NO_DATA outside the land
    west: float
    north: float
    cell_m: float
    radius_m: float
    points: int


def heat(points: Shapes, land: Shapes) -> Grid:
    """Return how many points per km2 lie around the middle of every cell.

    The kernel is quartic, and each point counts one in all: the sum over a grid that reaches far
    enough, times the area of a cell, is the number of points. What a point spreads beyond the
    land is not moved back into it.

    Parameters
    ----------
    points : array of shapely geometry
        What counts; of a line or an area a point within it, of None or empty nothing.
    land : array of shapely geometry
        Where the grid has data: cells whose middle lies in one of these polygons, all in the
        metric CRS of the points.
    """
    from rasterio.features import geometry_mask
    from rasterio.transform import from_origin
    from scipy.signal import oaconvolve

    west, south, east, north = shapely.total_bounds(land)
    cell, radius = _sizes(max(east - west, north - south))
    # whole numbers of cells from the origin of the CRS: two runs of one place fit cell on cell
    west, north = np.floor(west / cell) * cell, np.ceil(north / cell) * cell
    width = int(np.ceil((east - west) / cell))
    height = int(np.ceil((north - south) / cell))
    there = ~(shapely.is_missing(points) | shapely.is_empty(points))
    at = shapely.get_coordinates(shapely.point_on_surface(points[there]))
    reach = CELLS_OF_RADIUS  # points beyond the edge count too
    column = np.floor((at[:, 0] - west) / cell).astype(np.int64) + reach
    row = np.floor((north - at[:, 1]) / cell).astype(np.int64) + reach
    shape = (height + 2 * reach, width + 2 * reach)
    near = (column >= 0) & (row >= 0) & (column < shape[1]) & (row < shape[0])
    count = np.zeros(shape)
    np.add.at(count, (row[near], column[near]), 1.0)
    spread = oaconvolve(count, _kernel(reach), mode="same")[reach:-reach, reach:-reach]
    # the transform leaves crumbs of 1e-16: rounded, so that the bytes are the same everywhere
    density = np.round(np.maximum(spread, 0.0) / (cell * cell) * 1e6, 4) + 0.0
    outside = geometry_mask(
        list(land), (height, width), from_origin(west, north, cell, cell), all_touched=False
    )
    cells = np.where(outside, NO_DATA, density).astype(np.float32)
    return Grid(cells, float(west), float(north), cell, radius, int(near.sum()))


def _sizes(side: float) -> tuple[float, float]:
    """Return the size of cells and the radius of the kernel, metres."""
    cell = RADIUS_M / CELLS_OF_RADIUS
    while side / cell > MOST_CELLS:
        cell *= 2
    return cell, cell * CELLS_OF_RADIUS


def _kernel(reach: int) -> NDArray[np.float64]:
    """Return the quartic kernel on cells, its sum one."""
    steps = np.arange(-reach, reach + 1)
    squared = (steps[:, None] ** 2 + steps[None, :] ** 2) / reach**2
    weights: NDArray[np.float64] = np.where(squared < 1, (1 - squared) ** 2, 0.0)
    weights /= weights.sum()
    return weights
