"""Shapes as a few flat lists of integers: what the map page draws from.

Coordinates are degrees times 10^7, each vertex as the difference from the one before. That is
exact to a centimetre, loses no vertex, and takes a third of the bytes of GeoJSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

SCALE = 10_000_000
_KIND = np.array([0, 1, 1, 2])  # point, line, ring, polygon -> point, line, polygon
_SINGLE = 3  # the largest type of a shape that has no parts
Shapes = npt.NDArray[np.object_]


def to_degrees(shapes: gpd.GeoSeries) -> Shapes:
    """Return shapes in EPSG:4490 (longitude, latitude); None where there is no finite place."""
    moved = shapes if shapes.crs is None else shapes.to_crs("EPSG:4490")
    out: Shapes = shapely.force_2d(np.asarray(moved.array, dtype=object))
    finite = np.isfinite(shapely.bounds(out)).all(axis=1)
    out[~finite] = None
    return out


def pack(shapes: Shapes) -> dict[str, Any]:
    """Return shapes as lists of integers.

    Parameters
    ----------
    shapes : array of geometries or None, n
        Points, lines and polygons, single, multi or collected; longitude first.

    Returns
    -------
    dict
        f: feature of each part (ascending); k: its kind, 0 point, 1 line, 2 polygon; r: its
        number of rings; n: vertices of each ring; d: x and y of each vertex in turn, as
        differences. Outer rings run one way and holes the other, so that a nonzero fill is right.
    """
    strings = strings_of(shapes)
    xy = np.rint(shapely.get_coordinates(strings.lines) * SCALE).astype(np.int64)
    return {
        "f": strings.feature.tolist(),
        "k": strings.kind.tolist(),
        "r": np.bincount(strings.part, minlength=len(strings.kind)).tolist(),
        "n": shapely.get_num_coordinates(strings.lines).tolist(),
        "d": np.diff(xy, axis=0, prepend=np.zeros((1, 2), np.int64)).ravel().tolist(),
    }


@dataclass(frozen=True, slots=True)
class Strings:
    """Shapes taken apart: `lines` are rings, lines and points, `part` tells whose.

    `feature` (ascending) and `kind` (0 point, 1 line, 2 polygon) are of the parts. Outer rings
    run one way and holes the other.
    """

    feature: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int64]
    lines: Shapes
    part: npt.NDArray[np.int64]


def strings_of(shapes: Shapes) -> Strings:
    """Take shapes apart; None and empty ones have no parts."""
    parts, feature = shapely.get_parts(shapes, return_index=True)
    if (shapely.get_type_id(parts) > _SINGLE).any():
        parts, inner = shapely.get_parts(parts, return_index=True)  # multis within collections
        feature = feature[inner]
    solid = ~shapely.is_empty(parts)
    parts, feature = shapely.orient_polygons(parts[solid]), feature[solid]
    kinds = _KIND[shapely.get_type_id(parts)]

    areal = np.flatnonzero(kinds == 2)
    rings, of_areal = shapely.get_rings(parts[areal], return_index=True)
    plain = np.flatnonzero(kinds != 2)
    if not len(plain):
        return Strings(feature, kinds, rings, of_areal)
    owner = np.concatenate([areal[of_areal], plain])
    lines = np.concatenate([rings, parts[plain]])
    order = np.argsort(owner, kind="stable")
    return Strings(feature, kinds, lines[order], owner[order])


def places(shapes: Shapes) -> list[int | None]:
    """Return a point on each shape as x and y in turn, degrees times 10^7; None for no shape."""
    points = shapely.point_on_surface(shapes)
    lines = np.isin(shapely.get_type_id(shapes), (1, 2))
    points[lines] = shapely.line_interpolate_point(shapes[lines], 0.5, normalized=True)
    xy = np.column_stack([shapely.get_x(points), shapely.get_y(points)]).ravel()
    return [None if np.isnan(value) else round(value * SCALE) for value in xy]


def same_place(one: Shapes, other: Shapes) -> npt.NDArray[np.bool_]:
    """Return which shapes are the same to the eye: equal bounds and area within a millionth."""
    bounds = np.isclose(shapely.bounds(one), shapely.bounds(other), rtol=0, atol=2e-8).all(axis=1)
    areas = np.isclose(shapely.area(one), shapely.area(other), rtol=1e-6, atol=0)
    return np.asarray(bounds & areas)
