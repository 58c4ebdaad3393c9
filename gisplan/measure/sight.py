"""Table `sight`: how high may be built under protected views, by the straight line of sight."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.measure.heights import Numbers, cell_size
from gisplan.measure.overlay import Shapes, intersection
from gisplan.measure.pieces import keep_dimension, split_pieces
from gisplan.measure.profiles import Column, ground_at, profiles
from gisplan.measure.rays import Places, rays_to
from gisplan.measure.relate import find_pairs
from gisplan.measure.samples import along_and_within
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.tables import join_tables, make_table
from gisplan.measure.views import VIEW, Views, views_of


class Pairs(NamedTuple):
    """Actors and views that meet, and what they share."""

    fid: Ints
    view: Ints
    shared: Shapes


def measure_sight(scene: Scene, grid: pd.DataFrame) -> pd.DataFrame:
    """Return every pair of an actor and a view that it stands in.

    Buildings act where their action is to build. Curvature of the Earth is left out.
    """
    if not scene.has(VIEW):
        return make_table("sight")
    acting = scene.actors() + ["building"] * scene.has("building")
    return join_tables("sight", [_of_layer(scene, name, grid) for name in acting])


def _of_layer(scene: Scene, actor: str, grid: pd.DataFrame) -> pd.DataFrame:
    pairs = _pairs(scene, actor)
    n = len(pairs.fid)
    if not n:
        return make_table("sight")
    views = views_of(scene)
    factors = _factors(grid)
    why = _why(views, pairs, factors)
    columns: dict[str, Any] = {name: np.full(n, np.nan) for name in _NUMBERS}
    columns |= {"n_samples": 0, "n_unknown": 0, "profile": [None] * n, "why": list(why)}
    if np.isfinite(factors.get("terrain", np.nan)):
        columns |= _measured(scene, views, pairs, why, factors)
    return make_table(
        "sight",
        {
            **columns,
            "actor_layer": actor,
            "fid": pairs.fid,
            "view_fid": pairs.view,
            "area_m2": ellipsoidal_area(pairs.shared, scene.crs),
            "width_m": _width(scene, pairs.shared),
            "geometry": shapely.normalize(pairs.shared),
        },
    )


def _width(scene: Scene, shared: Shapes) -> Numbers:
    """Return the width of the widest piece of each shape; 0 of points and lines."""
    pieces = split_pieces(shared, scene.crs)
    width = np.zeros(len(shared))
    np.maximum.at(width, pieces.row, pieces.width_m)
    return width


_NUMBERS = (
    "allowed_m", "at_m", "length_m", "ground_m", "sight_m", "eye_m", "end_m", "high_ground_m",
    "from_m", "to_m", "existing_m", "existing_at_m",
)  # fmt: skip


def _pairs(scene: Scene, actor: str) -> Pairs:
    fid, view = find_pairs(scene, actor, VIEW)
    is_view = scene.dimensions(VIEW)[view] > 0
    if actor == "building":
        action = scene.layer(actor).frame["action"].to_numpy(dtype=object)
        is_view &= action[fid] == "build"
    fid, view = fid[is_view], view[is_view]
    lower = np.minimum(scene.dimensions(actor)[fid], scene.dimensions(VIEW)[view])
    shared = scene.workers.blocks(
        lambda one, other, dimension: keep_dimension(intersection(one, other), dimension),
        scene.shapes(actor)[fid],
        scene.shapes(VIEW)[view],
        lower,
    )
    real = ~shapely.is_empty(shared)
    return Pairs(fid[real], view[real], shared[real])


def _factors(grid: pd.DataFrame) -> dict[str, float]:
    """Return what the heights of each layer are multiplied by; NaN: their unit is not certain."""
    first = grid.drop_duplicates("layer").set_index("layer")["factor"]
    return {str(layer): float(factor) for layer, factor in first.items()}


def _why(views: Views, pairs: Pairs, factors: dict[str, float]) -> Shapes:
    """Return why no height can be told for a pair: a word for it, "" where one may be told."""
    why = views.why[pairs.view].copy()
    why[(why == "") & np.isnan(views.target_m[pairs.view])] = "target"
    if "terrain" not in factors:
        why[why == ""] = "terrain"
    elif np.isnan(factors["terrain"]):
        why[why == ""] = "unit"
    return why


def _measured(
    scene: Scene, views: Views, pairs: Pairs, why: Shapes, factors: dict[str, float]
) -> dict[str, Any]:
    """Return the columns of all pairs: the ground everywhere, rays where the view has them."""
    n = len(why)
    step = min(cell_size(raster, scene.crs) for raster in scene.plan.rasters["terrain"]) / 2
    owner, xy = along_and_within(pairs.shared, step)
    ground, covered = ground_at(scene, xy, factors)
    known = np.isfinite(ground)
    high = np.full(n, -np.inf)
    np.maximum.at(high, owner[known], ground[known])
    unknown = np.bincount(owner[~known], minlength=n)
    columns: dict[str, Any] = {
        "high_ground_m": np.where(np.isfinite(high), high, np.nan),
        "n_samples": np.bincount(owner, minlength=n),
        "n_unknown": unknown,
    }
    rays = np.flatnonzero(why == "")
    mine = np.isin(owner, rays)
    place = np.searchsorted(rays, owner[mine])
    found = _under_rays(scene, views, pairs, rays, place, xy[mine], ground[mine], factors)
    at_ends = np.bincount(owner[mine][found.pop("lost")], minlength=n) > 0
    outside = np.bincount(owner[~covered], minlength=n) > 0
    gaps = np.where(at_ends, "ends", np.where(outside, "outside", "nodata"))
    columns["why"] = list(np.where((why == "") & (at_ends | (unknown > 0)), gaps, why))
    for name, values in found.items():
        columns[name] = np.full(n, None if values.dtype == object else np.nan, dtype=values.dtype)
        columns[name][rays] = values
    return columns


def _under_rays(
    scene: Scene,
    views: Views,
    pairs: Pairs,
    rows: Ints,
    owner: Ints,
    xy: Numbers,
    ground: Numbers,
    factors: dict[str, float],
) -> dict[str, Column]:
    """Return the columns of pairs with rays, and `lost`: places whose ray has no height."""
    view = pairs.view[rows]
    places = rays_to(views, view, owner, xy)
    eye = ground_at(scene, views.eye[view], factors)[0] + views.eye_m[view]
    end = _ends(scene, views, view, places, factors) + views.target_m[view][owner]
    part = np.divide(places.at, places.length, out=np.zeros(len(owner)), where=places.length > 0)
    sight = eye[owner] + (end - eye[owner]) * part
    room = sight - ground
    worst = _lowest(room, places, len(rows))
    seen = worst >= 0
    at = np.where(seen, worst, 0)
    pick = {
        "allowed_m": room, "at_m": places.at, "length_m": places.length, "ground_m": ground,
        "sight_m": sight, "end_m": end,
    }  # fmt: skip
    columns = {name: np.where(seen, values[at], np.nan) for name, values in pick.items()}
    columns["eye_m"] = eye
    ends = np.where(seen[:, None], places.end[at], views.eye[view])
    columns |= profiles(scene, views, view, pairs.shared[rows], ends, columns, factors)
    columns["lost"] = np.isfinite(ground) & np.isnan(room)
    return columns


def _ends(
    scene: Scene, views: Views, view: Ints, places: Places, factors: dict[str, float]
) -> Numbers:
    """Return the ground at the end of each ray; that of a line is asked once."""
    cone = views.is_cone[view][places.pair]
    ground = ground_at(scene, views.end[view], factors)[0][places.pair]
    ground[cone] = ground_at(scene, places.end[cone], factors)[0]
    return ground


def _lowest(room: Numbers, places: Places, n: int) -> Ints:
    """Return the place of least room of each pair, the first along its ray; -1 where none."""
    out = np.full(n, -1, dtype=np.int64)
    known, owner = np.flatnonzero(np.isfinite(room)), places.pair
    x, y = places.xy[known].T
    rounded = np.round(room[known], 3)  # places of equal room: the same one in any order
    order = known[np.lexsort((y, x, np.round(places.at[known], 6), rounded, owner[known]))]
    mine, first = np.unique(owner[order], return_index=True)
    out[mine] = order[first]
    return out
