"""Table `uncovered`: what of a parent a tier leaves uncovered that should tile it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.measure.along import SHARED_M, depth_off, length_along
from gisplan.measure.overlay import difference, union
from gisplan.measure.pieces import Pieces, flatten, split_pieces
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.tables import join_tables, make_table

OWN, ANY = "own", "any"  # scopes: uncovered by the parent's own children, by any feature


def measure_uncovered(scene: Scene, parents: pd.DataFrame) -> pd.DataFrame:
    """Return the pieces of parents that their own children, and that all features leave."""
    tables = []
    for tier in scene.tiers():
        if tier.partitions_parent and tier.chained and len(scene.areal(tier.name)):
            parent = scene.parent_layer(tier.name)
            if parent:
                tables += _left_over(scene, parents, tier.name, parent)
            else:
                tables.append(_holes(scene, tier.name))
    return join_tables("uncovered", tables)


def _left_over(scene: Scene, parents: pd.DataFrame, child: str, parent: str) -> list[pd.DataFrame]:
    kids, rank = scene.shapes(child), scene.rank(child)
    dimensions = scene.dimensions(child)
    uppers, tree = scene.shapes(parent), scene.tree(child)
    fids = scene.areal(parent)
    # in the order of the layer: a union's last bits must not depend on the rows of a file
    fids = fids[np.argsort(scene.rank(parent)[fids])]

    rows = parents[parents["child_layer"] == child]
    parent_of = np.full(len(kids), -1)
    parent_of[rows["fid"].to_numpy()] = rows["parent_fid"].to_numpy()

    def without(shape: object, below: Ints) -> object:
        covered = union(kids[below[np.argsort(rank[below])]])
        return difference(np.asarray([shape], dtype=object), np.asarray([covered], dtype=object))[0]

    def left(fid: int) -> tuple[object, object]:
        below = tree.query(uppers[fid])
        below = below[dimensions[below] == 2]
        own = parent_of[below] == fid
        by_own = without(uppers[fid], below[own])
        return by_own, without(by_own, below[~own])

    beyond = np.empty((len(fids), 2), dtype=object)
    beyond[:] = scene.workers.map(left, [int(fid) for fid in fids]) or beyond
    tables = []
    for scope, shapes in zip((OWN, ANY), beyond.T, strict=True):
        pieces = split_pieces(shapes, scene.crs)
        owner = fids[pieces.row]
        enclosed = length_along(pieces.geometry, uppers[owner]) <= SHARED_M
        depth = depth_off(pieces, uppers[owner])
        tables.append(_table(child, parent, scope, owner, pieces, depth, enclosed))
    return tables


def _holes(scene: Scene, child: str) -> pd.DataFrame:
    """Return the holes in the union of a tier whose parents the plan does not have."""
    fids = scene.areal(child)
    fids = fids[np.argsort(scene.rank(child)[fids])]
    whole = union(scene.shapes(child)[fids])
    polygons, _ = flatten(np.asarray([whole], dtype=object))
    rings, owner = shapely.get_rings(polygons, return_index=True)
    inner = np.diff(owner, prepend=-1) == 0  # the first ring of each polygon is its shell
    filled = union(shapely.polygons(rings[inner]))
    # an island in a hole is not missing
    holes = difference(np.asarray([filled], dtype=object), np.asarray([whole], dtype=object))
    pieces = split_pieces(holes, scene.crs)
    n = len(pieces.row)
    depth, enclosed = np.full(n, np.inf), np.ones(n, dtype=bool)
    return _table(child, "", ANY, np.full(n, -1), pieces, depth, enclosed)


def _table(
    child: str,
    parent: str,
    scope: str,
    owner: Ints,
    pieces: Pieces,
    depth: NDArray[np.float64],
    enclosed: NDArray[np.bool_],
) -> pd.DataFrame:
    return make_table(
        "uncovered",
        {
            "child_layer": child,
            "parent_layer": parent,
            "scope": scope,
            "parent_fid": owner,
            "piece": pieces.piece,
            "area_m2": pieces.area_m2,
            "width_m": pieces.width_m,
            "depth_m": depth,
            "enclosed": enclosed,
            "geometry": pieces.geometry,
        },
    )
