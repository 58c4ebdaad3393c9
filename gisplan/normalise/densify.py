"""Points put on long edges, so that an edge straight in one CRS stays in place in another.

A straight edge in degrees is an arc in metres: 1.75 m off at 10 km (reliability.md, fact 1). Where
one neighbour has a vertex that the other lacks, that is a false overlap.
"""

from __future__ import annotations

import numpy as np
import shapely
from pyproj import Transformer

from gisplan.normalise.crs import Extent

TOLERANCE_M = 0.0005  # edges leave their place by less; two edges on one line differ by no more
_MOST_NEW = 3_000_000  # vertices for one layer
_MOST_PIECES = 100_000  # for one edge
_GRID = 7
_FAMILIES = ((1, 5), (3, 6))  # lines; polygons


def longest_edge(extent: Extent, transformer: Transformer, degrees: bool) -> float:
    """Return how long an edge may be, in units of the source CRS, to stay in its place.

    The sagitta of an edge grows with the square of its length. It is measured on a grid over the
    extent in eight directions, so the answer depends on the place only, not on the edges: two
    layers with one extent get equal points on an edge that they share.

    Returns
    -------
    float
        inf where edges stay straight, as between two forms of one projection.
    """
    probe = 0.02 if degrees else 2000.0
    x, y = np.meshgrid(
        np.linspace(extent.west, extent.east, _GRID), np.linspace(extent.south, extent.north, _GRID)
    )
    angles = np.arange(8) * np.pi / 8
    dx, dy = probe / 2 * np.cos(angles), probe / 2 * np.sin(angles)
    x, y = x.reshape(-1, 1), y.reshape(-1, 1)
    start = np.array(transformer.transform(x - dx, y - dy))
    end = np.array(transformer.transform(x + dx, y + dy))
    middle = np.array(transformer.transform(x + 0 * dx, y + 0 * dy))
    sagitta = np.hypot(*(middle - (start + end) / 2))
    sagitta = sagitta[np.isfinite(sagitta)]
    if not len(sagitta) or sagitta.max() < 1e-7:  # noise of the transformation itself
        return np.inf
    # a tenth to spare: between two grid points an edge may bend a little more
    return float(probe * np.sqrt(0.9 * TOLERANCE_M / sagitta.max()))


def densify(shapes: np.ndarray, longest: float) -> tuple[np.ndarray, float]:
    """Split the edges longer than `longest` into equal pieces.

    Parameters
    ----------
    shapes : ndarray of shapes
        Two-dimensional, finite; None stays None. Points have no edges.
    longest : float
        In the units of the shapes.

    Returns
    -------
    tuple of ndarray and float
        The shapes, and the length kept: larger than asked where more than three million points
        would have been added. No vertex is moved or removed, and an edge gets the same points
        bit for bit whichever way it runs.
    """
    if not np.isfinite(longest):
        return shapes, longest
    coords, owner = shapely.get_coordinates(shapes, return_index=True)
    step = np.hypot(*(coords[1:] - coords[:-1]).T)
    step[owner[1:] != owner[:-1]] = 0
    while np.minimum(step // longest, _MOST_PIECES).sum() > _MOST_NEW:
        longest *= 2
    long = np.unique(owner[:-1][step > longest])
    kinds = shapely.get_type_id(shapes)
    out = shapes.copy()
    for family in _FAMILIES:
        rows = long[np.isin(kinds[long], family)]
        if len(rows):
            out[rows] = _densify_family(shapes[rows], longest)
    mixed = long[np.isin(kinds[long], (2, 7))]  # rings alone, collections
    out[mixed] = shapely.segmentize(shapes[mixed], longest)
    return out, longest


def _densify_family(shapes: np.ndarray, longest: float) -> np.ndarray:
    kinds = shapely.get_type_id(shapes)
    kind, coords, offsets = shapely.to_ragged_array(shapes)
    parts = offsets[0] if offsets else np.array([0, len(coords)])
    is_last = np.zeros(len(coords), dtype=bool)
    is_last[parts[1:][np.diff(parts) > 0] - 1] = True
    after = np.append(coords[1:], coords[-1:], axis=0)
    length = np.hypot(*(after - coords).T)
    pieces = np.clip(np.ceil(length / longest), 1, _MOST_PIECES).astype(np.int64)
    pieces[is_last] = 1
    begin = np.concatenate([[0], np.cumsum(pieces)])
    edge = np.repeat(np.arange(len(coords)), pieces)
    nth = np.arange(begin[-1]) - begin[edge]
    # count from the smaller end: the neighbour's copy of the edge may run the other way
    a, b = coords[edge], after[edge]
    turned = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    low, high = np.where(turned[:, None], b, a), np.where(turned[:, None], a, b)
    count = np.where(turned, pieces[edge] - nth, nth)
    made = low + (high - low) * (count / pieces[edge])[:, None]
    made = np.where((nth == 0)[:, None], a, made)
    dense = shapely.from_ragged_array(kind, made, (begin[parts], *offsets[1:]))
    single = np.isin(kinds, (1, 3)) & (shapely.get_type_id(dense) >= 4)
    return np.asarray(np.where(single, shapely.get_geometry(dense, 0), dense))
