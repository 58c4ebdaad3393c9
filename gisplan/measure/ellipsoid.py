r"""Areas on the ellipsoid (椭球面积), of whole arrays of shapes at once.

The Chinese survey rule (国土调查办发〔2008〕32号) adds up trapezoids between parallels. Each of
them is the closed formula

    S = a² / 2 · (q(B2) - q(B1)) · (mean longitude of the edge - L0)

with q the authalic function of the ellipsoid, of which the rule gives the series to the tenth
power of e. That is the shoelace formula in the plane of (longitude, q), and it is what is done
here, with q in closed form and the constants of the ellipsoid of the CRS.

One thing is added. An edge is a straight line on the map that it was drawn on, and a bow in the
plane of (longitude, q): 4 mm off at 500 m, and a triangle with edges of 500 m is wrong by 1e-5.
So edges take a third point, half-way on the drawn line, and count as the parabola through the
three.

A small shape is quicker done the other way round: m2 on the ellipsoid to one m2 on the map is
nearly the same all over it, and exactly linear to the first order, so its value at the centroid
times the area on the map is the area sought. What is left is of second order, (size / radius of
the earth)² / 12.

`tests/measure/test_measure_ellipsoid.py` measures what is left of both: under 1e-8 of the area of
the same shape densified to 1 m, from 20 m to 20 km, and 1e-6 of an area of 1 m2 in a strip of 1 cm.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

Floats = NDArray[np.float64]

# Longer edges are cut: the parabola is off by 1e-9 of the square of the edge at this length
# and grows with its third power.
MAX_EDGE_M = 5_000.0
# Shorter edges are taken as straight: the bow holds under 2e-6 m2.
MIN_BOW_M = 5.0
# Polygons up to this extent are small: their areas are off by 1e-9 at most.
SMALL_M = 500.0
# Half the distance over which the scale of a map is taken: 1e-10 of it, in truncation and digits.
STEP_M = 50.0
# Vertices in one go, so that the memory does not grow with the layer.
BLOCK = 500_000


@lru_cache(maxsize=32)
def _geographic(crs: str) -> tuple[float, float, Transformer]:
    """Return semi-major axis, eccentricity and the transformer to longitude and latitude."""
    own = CRS.from_user_input(crs)
    geographic = own.geodetic_crs
    ellipsoid = own.ellipsoid
    if geographic is None or ellipsoid is None:
        raise ValueError(f"{own.name}: a CRS without an ellipsoid has no ellipsoidal area")
    a, b = ellipsoid.semi_major_metre, ellipsoid.semi_minor_metre
    to_degrees = Transformer.from_crs(own, geographic, always_xy=True)
    return a, float(np.sqrt((a * a - b * b) / (a * a))), to_degrees


def authalic_q(latitude: Floats, e: float) -> Floats:
    """Return q of a latitude in radians: the area from the equator is a²/2 · q per radian."""
    sine = np.sin(latitude)
    if e == 0.0:
        return 2.0 * sine
    return (1.0 - e * e) * (sine / (1.0 - (e * sine) ** 2) + np.arctanh(e * sine) / e)


def ellipsoidal_area(geometries: NDArray[np.object_], crs: str) -> Floats:
    """Return the area of each shape on the ellipsoid, in m2.

    Parameters
    ----------
    geometries : array of shapely shapes, length n
        Polygons and multipolygons, also inside collections; edges are straight in `crs`. Lines,
        points, None and empty shapes have no area: 0.
    crs : str
        The CRS of the coordinates, x first.

    Returns
    -------
    array of float, length n
    """
    geometries = np.asarray(geometries, dtype=object)
    total = np.zeros(len(geometries))
    if not len(geometries):
        return total
    block = np.cumsum(shapely.get_num_coordinates(geometries)) // BLOCK
    starts = np.flatnonzero(np.diff(block, prepend=-1))
    for start, stop in zip(starts, [*starts[1:], len(geometries)], strict=True):
        total[start:stop] = _areas(geometries[start:stop], crs)
    return total


def _areas(geometries: NDArray[np.object_], crs: str) -> Floats:
    polygons, owner = _polygons(geometries)
    areas = np.zeros(len(polygons))
    centre = shapely.centroid(_free_of_grid(polygons))
    x, y = shapely.get_x(centre), shapely.get_y(centre)
    west, south, east, north = shapely.bounds(polygons).T
    # the centroid of a shape that crosses itself may lie anywhere
    inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    small = inside & (np.maximum(east - west, north - south) <= SMALL_M)
    areas[small] = shapely.area(polygons[small]) * areal_scale(x[small], y[small], crs)
    areas[~small] = _by_rings(polygons[~small], crs)
    return np.bincount(owner, weights=areas, minlength=len(geometries)).astype(np.float64)


def _polygons(geometries: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Return the polygons in some shapes, and the shape that each is in."""
    single = (shapely.get_type_id(geometries) == 3) & ~shapely.is_empty(geometries)
    if single.all():  # mostly: parts would be copies
        return geometries, np.arange(len(geometries))
    parts, owner = shapely.get_parts(geometries, return_index=True)
    # twice: a collection may hold a multipolygon
    parts, inner = shapely.get_parts(parts, return_index=True)
    areal = (shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)
    return parts[areal], owner[inner[areal]]


def _free_of_grid(polygons: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return polygons whose centroids are not put onto a grid that they carry with them."""
    carrying = shapely.get_precision(polygons) > 0
    if carrying.any():
        polygons = polygons.copy()
        polygons[carrying] = shapely.set_precision(polygons[carrying], 0, mode="pointwise")
    return polygons


def areal_scale(x: Floats, y: Floats, crs: str) -> Floats:
    """Return how many m2 on the ellipsoid one m2 of the map is, at points of the map.

    Parameters
    ----------
    x, y : array of float, length n
        East and north in `crs`, metres.
    crs : str

    Returns
    -------
    array of float, length n
    """
    a, e, to_degrees = _geographic(crs)
    n, h = len(x), STEP_M
    points_x, points_y = np.concatenate([x - h, x + h, x, x]), np.concatenate([y, y, y - h, y + h])
    lon, lat = to_degrees.transform(points_x, points_y)
    u = np.asarray(lon).reshape(4, n)
    v = authalic_q(np.radians(lat), e).reshape(4, n)
    east, north = np.radians(_around(u[1] - u[0])), np.radians(_around(u[3] - u[2]))
    scale: Floats = np.abs(east * (v[3] - v[2]) - north * (v[1] - v[0])) * (a * a / (8 * h * h))
    return scale


def _by_rings(polygons: NDArray[np.object_], crs: str) -> Floats:
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    if not len(rings):
        return np.zeros(len(polygons))
    signs = np.where(np.diff(polygon, prepend=-1) > 0, 1.0, -1.0)  # the first ring is the shell
    areas = signs * _ring_areas(rings, crs)
    return np.bincount(polygon, weights=areas, minlength=len(polygons)).astype(np.float64)


def _ring_areas(rings: NDArray[np.object_], crs: str) -> Floats:
    a, e, to_degrees = _geographic(crs)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    start = np.flatnonzero(ring[1:] == ring[:-1])  # one entry per edge
    tail, head, ring = xy[start], xy[start + 1], ring[start]
    tail, head, ring = _cut_long_edges(tail, head, ring)
    long = np.flatnonzero(np.hypot(*(head - tail).T) > MIN_BOW_M)
    middle = (tail[long] + head[long]) / 2

    # The head of an edge is the tail of the next one, that of the last one the first tail.
    points = np.concatenate([tail, middle])
    lon, lat = to_degrees.transform(points[:, 0], points[:, 1])
    q = authalic_q(np.radians(lat), e)
    first = np.flatnonzero(np.diff(ring, prepend=-1) > 0)
    origin = np.repeat(first, np.diff([*first, len(ring)]))
    origin = np.concatenate([origin, origin[long]])
    # From the ring's first point, else the product of two large numbers hides a small area.
    u = np.radians(_around(np.asarray(lon) - np.asarray(lon)[origin]))
    v = q - q[origin]
    n = len(tail)
    following = np.arange(1, n + 1)
    following[np.append(first[1:], n) - 1] = first
    u1, v1 = u[following], v[following]
    twice = u[:n] * v1 - u1 * v[:n]
    # the parabola over the chord: 4/3 of the triangle through its middle
    du, dv = u[n:] - u[long], v[n:] - v[long]
    twice[long] += 4 / 3 * (du * (v1[long] - v[long]) - dv * (u1[long] - u[long]))
    sums = np.bincount(ring, weights=twice, minlength=len(rings))
    return np.abs(sums) * (a * a / 4)


def _around(degrees: Floats) -> Floats:
    return np.where(np.abs(degrees) > 180.0, degrees - np.sign(degrees) * 360.0, degrees)


def _cut_long_edges(
    tail: Floats, head: Floats, ring: NDArray[np.int64]
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    length = np.hypot(*(head - tail).T)
    if not (length > MAX_EDGE_M).any():
        return tail, head, ring
    number = np.maximum(np.ceil(length / MAX_EDGE_M), 1).astype(np.int64)
    step = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    whole = np.repeat(number, number)[:, None]
    tail, head = np.repeat(tail, number, axis=0), np.repeat(head, number, axis=0)
    reach = head - tail
    here = tail + reach * (step[:, None] / whole)
    # the last piece ends where its edge does: what else is in the array changes no bit
    last = step[:, None] + 1 == whole
    there = np.where(last, head, tail + reach * ((step[:, None] + 1) / whole))
    return here, there, np.repeat(ring, number)
