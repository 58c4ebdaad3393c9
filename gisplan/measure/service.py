"""Service radius (服务半径): how much of a piece of land lies within reach of a facility.

Land is decided whole where that is certain. The ball around the middle of its bounds holds it, so
land is inside where that ball is within the radius, and outside where its own distance is larger.
Only what is left is cut, by one facility after the other, nearest first.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.measure.overlay import Shapes, Workers

Floats = NDArray[np.float64]

# Sides of a quarter circle. A disc is drawn inside the true one: its edge is at most 8e-5 of the
# radius too near (4 cm at 500 m), its area 1e-4 too small.
QUARTER = 64


def unserved(
    land: Shapes, facilities: Shapes, radius: Floats, workers: Workers | None = None
) -> Shapes:
    """Return what of each piece of land lies within the radius of no facility.

    Parameters
    ----------
    land : array of shapely geometry, shape (n,)
        Polygons, or points that stand for people; projected, metres. None and empty stay.
    facilities : array of shapely geometry, shape (m,)
        Points, lines or polygons in the same CRS, wherever they lie: one outside the boundary of
        the study still serves. None and empty serve nobody.
    radius : array of float, shape (m,)
        Metres on the ground. NaN serves nobody.
    workers : Workers, optional
        Threads. The answer does not depend on them.

    Returns
    -------
    array of shapely geometry, shape (n,)
        Empty where all of the land is served; the land itself, the same object, where none is.

    Raises
    ------
    ValueError
        A radius is below zero.

    Source: 服务半径覆盖率 of the city exam (城市体检): land within the radius, of all land.
    """
    radius = np.asarray(radius, dtype=float)
    if (radius < 0).any():
        raise ValueError("a service radius below zero")
    workers = workers or Workers()
    rest = np.array(land, dtype=object)
    there = ~(shapely.is_missing(facilities) | shapely.is_empty(facilities) | np.isnan(radius))
    facilities, radius = facilities[there], radius[there]
    if not len(facilities) or not len(land):
        return rest
    by, of = shapely.STRtree(land).query(facilities, predicate="dwithin", distance=radius)

    west, south, east, north = shapely.bounds(land).T
    middle = shapely.points((west + east) / 2, (south + north) / 2)
    ball = np.hypot(east - west, north - south) / 2
    apart = workers.blocks(shapely.distance, facilities[by], middle[of])
    whole = np.zeros(len(land), dtype=bool)
    whole[of[apart + ball[of] <= radius[by]]] = True
    rest[whole] = shapely.Polygon()

    cut = ~whole[of]
    by, of, apart = by[cut], of[cut], apart[cut]
    order = np.lexsort((by, apart - radius[by], of))
    by, of = by[order], of[order]
    drawn, inverse = np.unique(by, return_inverse=True)
    discs = shapely.buffer(facilities[drawn], radius[drawn], quad_segs=QUARTER)
    turn = np.arange(len(of)) - np.searchsorted(of, of)  # 0 for the nearest facility of each land
    for n in range(turn.max(initial=-1) + 1):
        now = np.flatnonzero((turn == n) & ~shapely.is_empty(rest[of]))
        rest[of[now]] = workers.blocks(shapely.difference, rest[of[now]], discs[inverse[now]])
    return rest


def served_share(rest: Shapes, land: Shapes, area_m2: Floats, crs: str) -> Floats:
    """Return the share of each piece of land that is served, 0 to 1.

    Parameters
    ----------
    rest : array of shapely geometry, shape (n,)
        What is left of each piece, from `unserved`.
    land : array of shapely geometry, shape (n,)
        The pieces.
    area_m2 : array of float, shape (n,)
        Their ellipsoidal areas; NaN is the share of a piece without area.
    crs : str
        Of both.
    """
    untouched = np.fromiter((a is b for a, b in zip(rest, land, strict=True)), bool, len(land))
    left = np.where(untouched, area_m2, 0.0)
    cut = ~untouched & ~shapely.is_empty(rest)
    left[cut] = ellipsoidal_area(rest[cut], crs)
    share = np.full(len(land), np.nan)
    np.divide(left, area_m2, out=share, where=area_m2 > 0)
    return np.asarray(np.clip(1 - share, 0.0, 1.0))
