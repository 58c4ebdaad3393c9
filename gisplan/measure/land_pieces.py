"""Pieces of land: what touches is one; what stands and lies on it."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.measure.overlay import Shapes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def pieces_of(shapes: Shapes) -> tuple[Shapes, Ints]:
    """Return the pieces that shapes make where those that touch are one, and whose each is.

    Returns
    -------
    pieces : array of shapely geometry
        Polygons, normalised.
    piece : array of int, shape (n,)
        The number of the piece that each shape is part of; of a shape of several parts that of a
        point within it.
    """
    if not len(shapes):
        return np.empty(0, dtype=object), np.empty(0, dtype=np.int64)
    pieces = shapely.normalize(shapely.get_parts(shapely.union_all(shapes)))
    shape, piece = shapely.STRtree(pieces).query(
        shapely.point_on_surface(shapes), predicate="intersects"
    )
    found = np.full(len(shapes), -1, dtype=np.int64)
    found[shape[::-1]] = piece[::-1]  # on a common corner the first
    return np.asarray(pieces, dtype=object), found


def points_within(shapes: Shapes) -> Shapes:
    """Return a point within each shape, which says where it lies."""
    return np.asarray(shapely.point_on_surface(shapes), dtype=object)


def south_west(shapes: Shapes) -> tuple[Floats, Floats]:
    """Return the western and the southern end of each shape."""
    bounds = shapely.bounds(shapes)
    return bounds[:, 0], bounds[:, 1]


def share_standing(
    parcels: Shapes, things: Shapes, weight: Floats, chosen: NDArray[np.bool_]
) -> Floats:
    """Return of the weight of the things in each parcel the share of the chosen ones.

    A thing is where a point within it lies. NaN where a parcel has none, or none of any weight.
    """
    thing, parcel = shapely.STRtree(parcels).query(
        shapely.point_on_surface(things), predicate="intersects"
    )
    total = np.bincount(parcel, weight[thing], len(parcels))
    mine = np.bincount(parcel, weight[thing] * chosen[thing], len(parcels))
    share: Floats = np.divide(mine, total, out=np.full(len(parcels), np.nan), where=total > 0)
    return share


def meeting(pieces: Shapes, shapes: Shapes) -> tuple[Ints, Ints]:
    """Return the pairs of a piece and a shape that meet, in order."""
    piece, shape = shapely.STRtree(shapes).query(pieces, predicate="intersects")
    order = np.lexsort((shape, piece))
    return piece[order], shape[order]


def covered_area(pieces: Shapes, shapes: Shapes, crs: str) -> Floats:
    """Return how much of each piece lies in any of the areas, in m2 on the ellipsoid."""
    areas = shapes[shapely.get_dimensions(shapes) == 2]
    met = np.unique(meeting(pieces, areas)[1])
    whole = shapely.union_all(areas[met]) if len(met) else shapely.Polygon()
    return ellipsoidal_area(np.asarray(shapely.intersection(pieces, whole), dtype=object), crs)
