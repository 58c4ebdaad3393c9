"""Rays of sight: how far places under a view are from the eye, and where their rays end."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely

from gisplan.measure.heights import Numbers
from gisplan.measure.overlay import Shapes
from gisplan.measure.scene import Ints
from gisplan.measure.views import Views

EDGE_M = 1e-3  # a ray along an edge of a cone is in it
TURN_MOST = 0.01  # radians, by which a ray is turned into its cone, however near its place


class Places(NamedTuple):
    """Places under views: which pair, where, how far from the eye, and where the ray ends."""

    pair: Ints
    xy: Numbers
    at: Numbers
    length: Numbers
    end: Numbers


def rays_to(views: Views, view: Ints, owner: Ints, xy: Numbers) -> Places:
    """Return for places under views how far they are from the eye, and where their ray ends."""
    eye, end = views.eye[view][owner], views.end[view][owner].copy()
    cone = views.is_cone[view][owner]
    end[cone] = _far_edge(views.shape, view[owner[cone]], eye[cone], xy[cone])
    length = np.hypot(*(end - eye).T)
    at = np.minimum(np.hypot(*(xy - eye).T), length)
    return Places(owner, xy, at, length, end)


def _far_edge(shapes: Shapes, cone: Ints, eye: Numbers, through: Numbers) -> Numbers:
    """Return where rays from the eye through places leave their cones for good."""
    if not len(cone):
        return eye.copy()
    each, at = np.unique(cone, return_inverse=True)
    bounds = shapely.bounds(shapes[each])
    reach = np.hypot(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]) + 1.0
    away = through - eye
    size = np.hypot(*away.T)
    unit = np.divide(away, size[:, None], out=np.zeros_like(away), where=size[:, None] > 0)
    rays = shapely.linestrings(np.stack([eye, eye + unit * reach[at, None]], axis=1))
    edges = shapely.boundary(shapes[each])[at]
    far = _farthest(rays, edges, eye, size)
    # A place on an edge may lie off it by rounding, and its ray leave the cone at once: then its
    # end is that of a ray turned into the cone by as much.
    rim = np.flatnonzero(shapely.dwithin(shapely.points(through), edges, EDGE_M))
    angle = np.minimum(EDGE_M / np.maximum(size[rim], EDGE_M), TURN_MOST)
    for turn in (angle, -angle):
        tips = eye[rim] + _turned(unit[rim], turn) * reach[at[rim], None]
        beside = shapely.linestrings(np.stack([eye[rim], tips], axis=1))
        beyond = _farthest(beside, edges[rim], eye[rim], size[rim])
        far[rim] = np.where(beyond - far[rim] > 20 * EDGE_M, beyond, far[rim])
    return np.asarray(eye + unit * far[:, None])


def _turned(directions: Numbers, angle: Numbers) -> Numbers:
    """Return directions (n, 2) turned by angles in radians."""
    (x, y), cos, sin = directions.T, np.cos(angle), np.sin(angle)
    return np.column_stack([x * cos - y * sin, x * sin + y * cos])


def _farthest(rays: Shapes, shapes: Shapes, eye: Numbers, least: Numbers) -> Numbers:
    """Return how far from the eye each ray still meets its shape."""
    met = shapely.intersection(rays, shapes)
    coords, owner = shapely.get_coordinates(met, return_index=True)
    far = least.copy()
    np.maximum.at(far, owner, np.hypot(*(coords - eye[owner]).T))
    return far
