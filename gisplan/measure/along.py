"""How much of a piece runs along an outline, and how far off the outline it reaches."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.measure.overlay import Shapes, prepared
from gisplan.measure.pieces import Pieces

# A cut across an edge makes a vertex that is off the edge by the rounding of a coordinate,
# 1e-8 m; so "on the edge" is this near.
ON_EDGE_M = 1e-6
SHARED_M = 1e-3  # a shorter shared length is a point
THIN_M = 0.1  # pieces narrower than this have no depth: they are films, and there are many


def length_along(pieces: Shapes, areas: Shapes) -> NDArray[np.float64]:
    """Return for each piece the length of its outline that runs along the outline of its area.

    Not by intersecting the two lines: after a cut a collinear edge is off by 1e-8 m and shares
    points only.
    """
    if not len(pieces):
        return np.zeros(0)
    near = shapely.buffer(shapely.envelope(pieces), 10 * ON_EDGE_M, cap_style="square")
    with prepared(areas):
        border = ~shapely.contains_properly(areas, near)  # most holes lie well inside
    length = np.zeros(len(pieces))
    length[border] = _length_along(pieces[border], areas[border], near[border])
    return length


def _length_along(pieces: Shapes, areas: Shapes, near: Shapes) -> NDArray[np.float64]:
    outlines = shapely.intersection(shapely.boundary(areas), near)
    shapely.prepare(outlines)  # dwithin looks an edge up in its index; distance would not
    lines, piece = shapely.get_parts(shapely.boundary(pieces), return_index=True)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    edge = np.flatnonzero(line[1:] == line[:-1])
    tail, head, owner = xy[edge], xy[edge + 1], piece[line[edge]]
    along = np.ones(len(edge), dtype=bool)
    for place in (tail, (tail + head) / 2, head):
        along &= shapely.dwithin(outlines[owner], shapely.points(place), ON_EDGE_M)
    length = np.where(along, np.hypot(*(head - tail).T), 0.0)
    return np.asarray(np.bincount(owner, weights=length, minlength=len(pieces)))


def depth_off(pieces: Pieces, areas: Shapes) -> NDArray[np.float64]:
    """Return how far the two lines that bound each piece lie apart on average, in metres.

    One is the stretch of its outline that runs along the outline of its area, the other one is
    the rest: the area of the piece by the shorter of the two. A strip between the lines is as
    deep as it is wide, a spike or a slit as deep as it is long. Infinite where there is but one
    line: a piece that lies apart, or one bounded by the outline alone. NaN for films (THIN_M).
    """
    depth = np.full(len(pieces.row), np.nan)
    broad = np.flatnonzero(pieces.width_m >= THIN_M)
    shapes = pieces.geometry[broad]
    along = length_along(shapes, areas[broad])
    shorter = np.minimum(along, shapely.length(shapes) - along)
    apart = shapely.area(shapes) / np.maximum(shorter, SHARED_M)
    depth[broad] = np.where(shorter > SHARED_M, apart, np.inf)
    return depth
