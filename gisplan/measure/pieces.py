"""Pieces of evidence: the parts of a shape of one dimension, in an order of their own."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.measure.overlay import Shapes

HAIR_M = 0.02
WIDEST_NOISE_M = 10.0  # wider pieces are no noise at any scale of plan


class Pieces(NamedTuple):
    """Areal pieces: the row each comes from, its number in that row, its figures and shape."""

    row: NDArray[np.int64]
    piece: NDArray[np.int64]
    area_m2: NDArray[np.float64]
    width_m: NDArray[np.float64]
    geometry: Shapes


def flatten(shapes: Shapes) -> tuple[Shapes, NDArray[np.int64]]:
    """Return the simple parts of shapes (also of nested collections) and the row of each."""
    parts, row = shapely.get_parts(shapes, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    return parts, row[inner]


def split_pieces(shapes: Shapes, crs: str) -> Pieces:
    """Return the polygons that shapes consist of; lines, points and zero areas are dropped.

    Normalised, and numbered in the order that `shapely.normalize` gives them, which depends on
    the coordinates alone.
    """
    parts, row = flatten(shapely.normalize(np.asarray(shapes, dtype=object)))
    kept = (shapely.get_type_id(parts) == 3) & (shapely.area(parts) > 0)
    parts, row = parts[kept], row[kept]
    return Pieces(
        row=row,
        piece=number_rows(row),
        area_m2=ellipsoidal_area(parts, crs),
        width_m=mean_width(parts),
        geometry=parts,
    )


def mean_width(polygons: Shapes) -> NDArray[np.float64]:
    """Return the mean width 2A/P of polygons in metres, hairs left out.

    Two shapes along a common edge whose points differ by a millimetre share, besides their overlap,
    a hair as long as the edge. It has no land, but its length would make any overlap look thin: of
    128 m2, 8 m wide, a hair of 250 m left a mean width of 0.48 m. So where what is narrower than
    2 cm holds a tenth of the outline, the width is that of the rest.
    """
    length = shapely.length(polygons)
    width = 2 * shapely.area(polygons) / length
    thin = np.flatnonzero((width < WIDEST_NOISE_M) & (width > HAIR_M))
    rest = shapely.buffer(polygons[thin], -HAIR_M / 2, join_style="mitre")
    rest = shapely.buffer(rest, HAIR_M / 2, join_style="mitre")
    around = shapely.length(rest)
    hairy = (around > 0) & (around < 0.9 * length[thin])
    width[thin[hairy]] = 2 * shapely.area(rest[hairy]) / around[hairy]
    return np.asarray(width, dtype=float)


def keep_dimension(shapes: Shapes, dimension: NDArray[np.int64]) -> Shapes:
    """Return each shape without its parts of another dimension, normalised.

    Two areas that overlap here and touch there share a collection of polygons, lines and points;
    only the polygons are the overlap. Nothing left: an empty collection.
    """
    shapes = np.asarray(shapes, dtype=object)
    # Most shapes are of one dimension throughout; only collections need taking apart.
    mixed = np.flatnonzero(shapely.get_type_id(shapes) == 7)
    out = shapes.copy()
    if len(mixed):
        parts, row = flatten(shapes[mixed])
        right = shapely.get_dimensions(parts) == dimension[mixed][row]
        parts, row = parts[right], row[right]
        for i, index in enumerate(mixed):
            own = parts[row == i]
            out[index] = own[0] if len(own) == 1 else shapely.union_all(own)
    wrong = shapely.get_dimensions(out) != dimension
    out[wrong] = shapely.GeometryCollection()
    return np.asarray(shapely.normalize(out), dtype=object)


def extent(shapes: Shapes, dimension: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how much there is of each shape: area, length or number of points, by dimension.

    Planar: for shares and for telling the larger of two. Shapes of another dimension: 0.
    """
    own = shapely.get_dimensions(shapes)
    amount = np.select(
        [dimension == 2, dimension == 1],
        [shapely.area(shapes), shapely.length(shapes)],
        shapely.get_num_coordinates(shapes),
    )
    return np.where(own == dimension, amount, 0.0)


def number_rows(row: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return 0, 1, 2 … within each run of equal rows."""
    first = np.flatnonzero(np.diff(row, prepend=-1))
    return np.arange(len(row)) - np.repeat(first, np.diff([*first, len(row)]))
