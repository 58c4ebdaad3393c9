"""What of a feature keeps clear of zones and bodies, and which buildings stand in them.

Measured on demand, after judging: only then is known which contacts are to be cleared.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.measure.overlay import Shapes, Workers, difference, intersection
from gisplan.measure.pieces import split_pieces
from gisplan.measure.scene import Ints, Scene
from gisplan.model import Plan

MARGIN_M = 0.5  # the least width that counts as a contact: what keeps this far away has none
POINT_MARGIN_M = 10.0  # around what is drawn as a point, whose footprint is not known
NOISE_M2, NOISE_WIDTH_M = 1.0, 0.5  # crumbs of the outline that nobody would draw
CLEARANCE = ("actor_layer", "fid", "area_m2", "left_m2", "n_parts", "n_holes", "geometry")
STANDING = ("actor_layer", "fid", "other_layer", "other_fid", "building_fid", "geometry")


def measure_clearance(plan: Plan, judged: str, asked: pd.DataFrame, jobs: int = 1) -> pd.DataFrame:
    """Return what is left of each feature without all that it is asked to keep clear of.

    Parameters
    ----------
    asked : DataFrame
        Columns actor_layer, fid, other_layer, other_fid: the contacts to be cleared.

    Returns
    -------
    DataFrame
        CLEARANCE, one row per areal actor, sorted. left_m2 is 0 and the shape empty where nothing
        is left. Areas on the ellipsoid. The outline keeps MARGIN_M from areas and lines and
        POINT_MARGIN_M from points; parts below both bounds of noise are dropped.
    """
    scene = Scene(plan, judged, Workers(jobs))
    parts = []
    for layer, group in asked.groupby("actor_layer", sort=True):
        areal = scene.dimensions(str(layer))[group["fid"].to_numpy()] == 2
        if areal.any():
            parts.append(_left(scene, str(layer), group[areal]))
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in CLEARANCE})
    return pd.concat(parts, ignore_index=True)


def _left(scene: Scene, layer: str, asked: pd.DataFrame) -> pd.DataFrame:
    fids, group = np.unique(asked["fid"].to_numpy(dtype=np.int64), return_inverse=True)
    acting = scene.shapes(layer)[fids]
    kept_off = _united(_widened(scene, asked), group, len(fids))
    left, parts = _without_crumbs(difference(acting, kept_off), scene.crs)
    return pd.DataFrame(
        {
            "actor_layer": layer,
            "fid": fids,
            "area_m2": scene.areas(layer)[fids],
            "left_m2": ellipsoidal_area(left, scene.crs),
            "n_parts": parts,
            "n_holes": _holes(left) - _holes(acting),
            "geometry": pd.Series(left, dtype=object),
        }
    )


def _widened(scene: Scene, asked: pd.DataFrame) -> Shapes:
    """Return the shapes that are to be kept clear of, each widened by its margin."""
    out = np.empty(len(asked), dtype=object)
    for name in asked["other_layer"].unique():
        here = np.flatnonzero(asked["other_layer"].to_numpy() == name)
        fids, back = np.unique(asked["other_fid"].to_numpy()[here], return_inverse=True)
        point = scene.dimensions(name)[fids] == 0
        margin = np.where(point, POINT_MARGIN_M, MARGIN_M)
        out[here] = scene.workers.blocks(shapely.buffer, scene.shapes(name)[fids], margin)[back]
    return out


def _united(shapes: Shapes, group: Ints, groups: int) -> Shapes:
    order = np.argsort(group, kind="stable")
    held = shapely.geometrycollections(shapes[order], indices=group[order])
    return np.asarray(shapely.union_all(held.reshape(groups, 1), axis=1), dtype=object)


def _without_crumbs(shapes: Shapes, crs: str) -> tuple[Shapes, NDArray[np.int64]]:
    """Return shapes without their parts that are noise, and how many parts each has."""
    pieces = split_pieces(shapes, crs)
    real = (pieces.area_m2 >= NOISE_M2) & (pieces.width_m >= NOISE_WIDTH_M)
    row, count = np.unique(pieces.row[real], return_counts=True)
    out = np.full(len(shapes), shapely.MultiPolygon(), dtype=object)
    parts = np.zeros(len(shapes), dtype=np.int64)
    if len(row):
        inverse = np.searchsorted(row, pieces.row[real])
        out[row] = shapely.multipolygons(pieces.geometry[real], indices=inverse)
        parts[row] = count
        one = row[count == 1]
        out[one] = shapely.get_geometry(out[one], 0)
    return out, parts


def _holes(shapes: Shapes) -> NDArray[np.int64]:
    parts, row = shapely.get_parts(shapes, return_index=True)
    holes = np.zeros(len(shapes), dtype=np.int64)
    np.add.at(holes, row, shapely.get_num_interior_rings(parts))
    return holes


def measure_standing(plan: Plan, judged: str, asked: pd.DataFrame, jobs: int = 1) -> pd.DataFrame:
    """Return the buildings that stand in what an actor shares with a zone or body.

    Parameters
    ----------
    asked : DataFrame
        As for `measure_clearance`.

    Returns
    -------
    DataFrame
        STANDING, sorted; the geometry is the building's. A building that only touches is none.
    """
    scene = Scene(plan, judged, Workers(jobs))
    empty = pd.DataFrame({name: pd.Series(dtype=object) for name in STANDING})
    if not scene.has("building") or asked.empty:
        return empty
    acting, others = np.empty(len(asked), dtype=object), np.empty(len(asked), dtype=object)
    for end, shapes in (("actor", acting), ("other", others)):
        names = asked[f"{end}_layer"].to_numpy()
        fids = asked["fid" if end == "actor" else "other_fid"].to_numpy()
        for name in np.unique(names.astype(str)):
            here = names == name
            shapes[here] = scene.shapes(name)[fids[here]]
    shared = intersection(acting, others)
    row, building = scene.tree("building").query(shared, predicate="intersects")
    touching = shapely.touches(shared[row], scene.shapes("building")[building])
    row, building = row[~touching], building[~touching]
    found = asked.iloc[row][["actor_layer", "fid", "other_layer", "other_fid"]]
    found = found.assign(building_fid=building)
    found["geometry"] = pd.Series(scene.shapes("building")[building], found.index, dtype=object)
    keys = list(STANDING[:-1])
    return found.drop_duplicates(keys).sort_values(keys, ignore_index=True)
