"""Table `uncovered`: what of a parent a tier leaves uncovered that should tile it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.measure.overlay import Shapes, difference, union
from gisplan.measure.pieces import Pieces, flatten, split_pieces
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.tables import join_tables, make_table

# A cut across a parent's edge makes a vertex that is off the edge by the rounding of a
# coordinate, 1e-8 m; so "on the edge" is this near.
ON_EDGE_M = 1e-6
SHARED_M = 1e-3  # a shorter shared length is a point


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
        enclosed = ~_meets_outline(pieces.geometry, uppers[owner])
        tables.append(_table(child, parent, scope, owner, pieces, enclosed))
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
    return _table(child, "", ANY, np.full(n, -1), pieces, np.ones(n, dtype=bool))


def _meets_outline(pieces: Shapes, uppers: Shapes) -> NDArray[np.bool_]:
    """Tell for each piece whether it runs along the outline of its parent.

    Not by intersecting the two lines: after a cut a collinear edge is off by 1e-8 m and shares
    points only.
    """
    met = np.zeros(len(pieces), dtype=bool)
    if not len(pieces):
        return met
    near = shapely.buffer(shapely.envelope(pieces), 10 * ON_EDGE_M, cap_style="square")
    outlines = shapely.intersection(shapely.boundary(uppers), near)
    shapely.prepare(outlines)  # dwithin looks an edge up in its index; distance would not
    lines, piece = shapely.get_parts(shapely.boundary(pieces), return_index=True)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    edge = np.flatnonzero(line[1:] == line[:-1])
    tail, head, owner = xy[edge], xy[edge + 1], piece[line[edge]]
    along = np.ones(len(edge), dtype=bool)
    for place in (tail, (tail + head) / 2, head):
        along &= shapely.dwithin(outlines[owner], shapely.points(place), ON_EDGE_M)
    length = np.where(along, np.hypot(*(head - tail).T), 0.0)
    return np.bincount(owner, weights=length, minlength=len(pieces)) > SHARED_M


def _table(
    child: str,
    parent: str,
    scope: str,
    owner: Ints,
    pieces: Pieces,
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
            "enclosed": enclosed,
            "geometry": pieces.geometry,
        },
    )
