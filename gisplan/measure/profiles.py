"""What stands along a ray of sight today: ground, surface, and what is in the way."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.measure.heights import Flags, Numbers, sample
from gisplan.measure.overlay import Shapes
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.views import Views

Column = NDArray[Any]

PROFILE = 401  # places along the ray of a profile
SHOWN = 101  # of them that are handed on
CLEAR_M = 10.0  # what stands this near the eye, or the end, is not in the way
BODY_M = 5.0  # nor what is seen, with its steps and eaves


def ground_at(scene: Scene, xy: Numbers, factors: dict[str, float]) -> tuple[Numbers, Flags]:
    """Return the ground at places, in metres, and whether a raster covers them."""
    found = sample(scene, "terrain", xy[:, 0], xy[:, 1], between=True)
    return found.height * factors["terrain"], found.covered


def profiles(
    scene: Scene,
    views: Views,
    view: Ints,
    shared: Shapes,
    ends: Numbers,
    columns: dict[str, Column],
    factors: dict[str, float],
) -> dict[str, Column]:
    """Return what stands along the ray over the place of least room of each pair.

    Parameters
    ----------
    scene, views
        As measured.
    view : ndarray of int
        The view of each pair.
    shared : ndarray of shapes
        What each pair shares.
    ends : ndarray, n x 2
        Where each ray ends.
    columns : dict
        at_m, length_m, eye_m and end_m of each pair, NaN where unknown.
    factors : dict
        What the heights of each raster layer are multiplied by.

    Returns
    -------
    dict of str to ndarray
        from_m, to_m, existing_m, existing_at_m, profile: as the table `sight` has them.
    """
    n = len(view)
    eye = views.eye[view]
    part = np.linspace(0.0, 1.0, PROFILE)
    xy = (eye[:, None] + part[None, :, None] * (ends - eye)[:, None]).reshape(-1, 2)
    distance = part[None, :] * columns["length_m"][:, None]
    ground = ground_at(scene, xy, factors)[0].reshape(n, PROFILE)
    surface = sample(scene, "surface", xy[:, 0], xy[:, 1], between=False).height
    surface = (surface * factors.get("surface", np.nan)).reshape(n, PROFILE)
    rise = columns["end_m"] - columns["eye_m"]
    sight = columns["eye_m"][:, None] + part[None, :] * rise[:, None]
    over = np.where(_in_the_way(views, view, xy, distance), surface - sight, np.nan)
    most = np.where(np.isfinite(over), over, -np.inf).argmax(axis=1)
    highest = over[np.arange(n), most]
    rays = shapely.linestrings(np.stack([eye, ends], axis=1))
    coords, owner = shapely.get_coordinates(
        shapely.intersection(rays, shapely.buffer(shared, 1e-3)), return_index=True
    )
    away = np.hypot(*(coords - eye[owner]).T)
    start, stop = columns["at_m"].copy(), columns["at_m"].copy()
    np.minimum.at(start, owner, away)
    np.maximum.at(stop, owner, away)
    keep = slice(None, None, (PROFILE - 1) // (SHOWN - 1))
    profile = np.empty(n, dtype=object)
    profile[:] = list(np.stack([distance, ground, surface, sight], axis=2)[:, keep])
    return {
        "from_m": start,
        "to_m": stop,
        "existing_m": highest,
        "existing_at_m": np.where(np.isfinite(highest), distance[np.arange(n), most], np.nan),
        "profile": profile,
    }


def _in_the_way(views: Views, view: Ints, xy: Numbers, distance: Numbers) -> Flags:
    """Return where something may block a view: neither at the eye nor at what is seen."""
    length = distance[:, -1:]
    free = (distance >= CLEAR_M) & (distance <= length - CLEAR_M)
    body = np.repeat(views.body[view], distance.shape[1])
    seen = shapely.dwithin(shapely.points(xy), body, BODY_M).reshape(distance.shape)
    return np.asarray(free & ~seen)
