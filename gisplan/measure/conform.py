"""Outlines brought onto those they should share: vertices are moved and added, never far.

What nearly follows another outline is made to follow it: a vertex that lies within a tolerance of
it goes to its nearest vertex within the tolerance, else onto its line; a vertex of it that lies
within the tolerance of an edge is added to the edge. So an overlap or a gap narrower than the
tolerance is gone, whether it is open at its ends or not, and what is wider stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gisplan.measure.overlay import Shapes

ON_M = 1e-3  # what is as near as this lies on it
PASSES = 4  # what is moved may leave a neighbour behind, which then follows
Floats = NDArray[np.float64]


def conform_layer(
    shapes: Shapes, parents: Mapping[int, BaseGeometry], tolerance: float
) -> tuple[Shapes, dict[int, float]]:
    """Bring the areas of a layer that tiles the land onto their parents and onto one another.

    Parameters
    ----------
    shapes : array of polygons or multipolygons, n
        In a metric CRS. A later one follows an earlier one, and all follow their parents. What is
        None, empty, invalid or no area stays as it is.
    parents : mapping of int to geometry
        Place of a child -> the area that it should fill with its siblings.
    tolerance : float
        Metres that a vertex may be moved.

    Returns
    -------
    tuple of array and dict
        The shapes; and the largest move in metres, by place, of those that could not be kept valid
        within the tolerance and stand as they were.
    """
    out = shapes.copy()
    sound = (shapely.get_dimensions(shapes) == 2) & shapely.is_valid(shapes)
    places = np.flatnonzero(sound & ~shapely.is_empty(shapes))
    refused: dict[int, float] = {}
    for _ in range(PASSES):
        suspects = _suspects(out, places, parents, tolerance)
        tree = shapely.STRtree(out[places])
        moved = False
        for place in suspects:
            near = places[tree.query(out[place], predicate="dwithin", distance=tolerance)]
            earlier = [shapely.boundary(out[k]) for k in near[near < place]]
            above = [shapely.boundary(parents[place])] if place in parents else []
            new = conform(out[place], [*above, *earlier], tolerance)
            if new is None or new.equals_exact(out[place], 0.0):
                continue
            shift = float(shapely.hausdorff_distance(new.boundary, shapes[place].boundary))
            if _is_sound(new, shapes[place]) and shift <= tolerance + ON_M:
                out[place], moved = new, True
                refused.pop(place, None)
            else:
                refused[place] = shift
        if not moved:
            break
    return out, refused


def _suspects(
    shapes: Shapes, places: NDArray[np.int64], parents: Mapping[int, BaseGeometry], tolerance: float
) -> list[int]:
    """Return the places of areas that do not match a neighbour, or lie near their parent's line."""
    faults = shapely.coverage_invalid_edges(shapes[places], gap_width=tolerance)
    found = set(places[~shapely.is_empty(faults)].tolist())
    children = np.array([place for place in places.tolist() if place in parents], dtype=np.int64)
    if len(children):
        above = np.empty(len(children), dtype=object)
        above[:] = [parents[place] for place in children.tolist()]
        near = shapely.dwithin(shapely.boundary(above), shapes[children], tolerance)
        found |= set(children[near].tolist())
    return sorted(found)


def _is_sound(new: BaseGeometry, old: BaseGeometry) -> bool:
    rings = (shapely.get_num_geometries, lambda g: len(shapely.get_rings(shapely.get_parts(g))))
    return bool(shapely.is_valid(new)) and all(count(new) == count(old) for count in rings)


def conform(
    shape: BaseGeometry, lines: list[BaseGeometry], tolerance: float
) -> BaseGeometry | None:
    """Return an area whose outline follows some lines where it nearly does; None without lines.

    A vertex that lies on a vertex of them stays.
    """
    if not lines:
        return None
    guides = shapely.union_all(lines) if len(lines) == 1 else shapely.geometrycollections(lines)
    around = shapely.buffer(shapely.envelope(shape), 2 * tolerance)
    guides = shapely.intersection(shapely.multilinestrings(_strings(guides)), around)
    corners = np.unique(shapely.get_coordinates(shapely.multilinestrings(_strings(guides))), axis=0)
    corners = corners[shapely.dwithin(shapely.points(corners), shape.boundary, tolerance)]
    if shapely.is_empty(guides):
        return shape
    parts = []
    for part in shapely.get_parts(shape):
        rings = [_ring(ring, guides, corners, tolerance) for ring in shapely.get_rings(part)]
        if any(len(ring) < 4 for ring in rings):
            return shapely.Polygon()
        parts.append(shapely.Polygon(rings[0], rings[1:]))
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _strings(shape: BaseGeometry) -> Shapes:
    parts = shapely.get_parts(shapely.get_parts(shape))
    parts = parts[shapely.get_type_id(parts) == 1]
    return np.asarray(parts, dtype=object)


def _ring(ring: BaseGeometry, guides: BaseGeometry, corners: Floats, tolerance: float) -> Floats:
    xy = shapely.get_coordinates(ring)[:-1]
    points = shapely.points(xy)
    new = xy.copy()
    distance = shapely.distance(points, guides)
    off = np.flatnonzero((distance > ON_M) & (distance <= tolerance))
    if len(off):
        new[off] = shapely.get_coordinates(shapely.shortest_line(guides, points[off]))[0::2]
    if len(corners):
        nearest, reach = _nearest(xy, corners)
        turned = (reach > ON_M) & (reach <= tolerance)
        new[turned] = nearest[turned]
    xy = new
    xy = xy[(xy != np.roll(xy, 1, axis=0)).any(axis=1)]
    if len(corners) and len(xy) > 2:
        xy = _with_corners(xy, corners, tolerance)
    return np.vstack([xy, xy[:1]])


def _nearest(xy: Floats, corners: Floats) -> tuple[Floats, Floats]:
    tree = shapely.STRtree(shapely.points(corners))
    found = tree.nearest(shapely.points(xy))
    return corners[found], np.hypot(*(corners[found] - xy).T)


def _with_corners(xy: Floats, corners: Floats, tolerance: float) -> Floats:
    """Add the corners that lie within the tolerance of an edge, and are no vertex yet, to it."""
    start, end = xy, np.roll(xy, -1, axis=0)
    edges = shapely.linestrings(np.stack([start, end], axis=1))
    points = shapely.points(corners)
    points = points[shapely.distance(points, shapely.multipoints(xy)) > ON_M]
    edge, corner = shapely.STRtree(points).query(edges, predicate="dwithin", distance=tolerance)
    if not len(edge):
        return xy
    along = shapely.line_locate_point(edges[edge], points[corner], normalized=True)
    away = shapely.distance(edges[edge], points[corner])
    inside = (along > 0) & (along < 1) & (away > ON_M)
    edge, corner, along, away = edge[inside], corner[inside], along[inside], away[inside]
    # a corner near two edges belongs to the nearer one
    order = np.lexsort((edge, away, corner))
    edge, corner, along = edge[order], corner[order], along[order]
    first = np.append(True, corner[1:] != corner[:-1])[: len(corner)]
    edge, corner, along = edge[first], corner[first], along[first]
    order = np.lexsort((along, edge))
    added = shapely.get_coordinates(points[corner[order]])
    return np.insert(xy, edge[order] + 1, added, axis=0)
