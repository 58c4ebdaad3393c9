"""Table `uncovered`: what of a parent a tier leaves uncovered that should tile it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.measure.along import SHARED_M, depth_off, length_along
from gisplan.measure.overlay import Shapes, difference, interiors_meet, union
from gisplan.measure.pieces import Pieces, flatten, split_pieces
from gisplan.measure.remainder import find_remainders
from gisplan.measure.residual import measure_residual
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.tables import join_tables, make_table

OWN, ANY = "own", "any"  # scopes: uncovered by the parent's own children, by any feature
# A vertex that was cut into an edge lies off it by the rounding of its coordinates, 1e-8 m, and a
# film or a spike that long remains. It is no land, and depends on the order of the cutting.
FILM_M = 1e-6


def measure_uncovered(scene: Scene, parents: pd.DataFrame) -> pd.DataFrame:
    """Return the pieces of parents that their own children, and that all features leave."""
    tables = []
    asked = scene.asked(tier.name for tier in scene.tiers())
    for tier in (tier for tier in scene.tiers() if tier.name in asked):
        if tier.partitions_parent and tier.chained and scene.has_areas(tier.name):
            parent = scene.parent_layer(tier.name)
            if parent:
                tables += _left_over(scene, parents, tier.name, parent)
            else:
                tables.append(_holes(scene, tier.name))
    return join_tables("uncovered", tables)


def _left_over(scene: Scene, parents: pd.DataFrame, child: str, parent: str) -> list[pd.DataFrame]:
    kids, rank = scene.shapes(child), scene.rank(child)
    uppers, tree = scene.shapes(parent), scene.tree(child)
    areal = scene.dimensions(child) == 2
    fids = np.flatnonzero((scene.dimensions(parent) == 2) & scene.mine(parent))
    # in the order of the layer: a union's last bits must not depend on the rows of a file
    fids = fids[np.argsort(scene.rank(parent)[fids])]
    residual = measure_residual(scene, parents, child)
    parent_of, loops = residual.parent_of, residual.loops
    if scene.plan.part is not None:  # where nothing was kept of a neighbour's, nothing is missing
        fids = fids[np.isin(fids, parent_of) | _is_part(scene, parent)[fids]]
    remainders = find_remainders(scene, child, residual)
    computed = {*residual.plain.tolist(), *loops.tangles.group.tolist()}

    def without(shape: object, below: Ints) -> object:
        covered = union(kids[below[np.argsort(rank[below])]])
        return difference(np.asarray([shape], dtype=object), np.asarray([covered], dtype=object))[0]

    def left_by_own(fid: int) -> object:
        gaps = loops.gaps[loops.gap_group == fid]
        if fid not in computed:
            return _areal(gaps)
        if fid not in remainders:
            below = tree.query(uppers[fid])
            return without(uppers[fid], below[areal[below] & (parent_of[below] == fid)])
        rest = shapely.multipolygons(remainders[fid])
        below = np.unique(tree.query(remainders[fid])[1])
        own = areal[below] & residual.open[below] & (parent_of[below] == fid)
        in_rest = interiors_meet(gaps, np.full(len(gaps), rest, dtype=object))
        return _areal(np.asarray([without(rest, below[own]), *gaps[~in_rest]], dtype=object))

    def left(fid: int) -> tuple[object, object]:
        by_own = left_by_own(fid)
        below = np.unique(tree.query(shapely.get_parts(by_own), predicate="intersects")[1])
        return by_own, without(by_own, below[areal[below] & (parent_of[below] != fid)])

    beyond = np.empty((len(fids), 2), dtype=object)
    beyond[:] = scene.workers.map(left, [int(fid) for fid in fids]) or beyond
    tables = []
    for scope, shapes in zip((OWN, ANY), beyond.T, strict=True):
        pieces = _split(shapes, scene.crs)
        owner = fids[pieces.row]
        enclosed = length_along(pieces.geometry, uppers[owner]) <= SHARED_M
        depth = depth_off(pieces, uppers[owner])
        tables.append(_table(child, parent, scope, owner, pieces, depth, enclosed))
    return tables


def _is_part(scene: Scene, parent: str) -> NDArray[np.bool_]:
    """Return which features of a layer are the area under review."""
    part, labels = scene.plan.part, scene.layer(parent).frame["_label"]
    label = part.label if part is not None and part.layer == parent else None
    return np.asarray(labels == label, dtype=bool)


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
    pieces = _split(holes, scene.crs)
    n = len(pieces.row)
    depth, enclosed = np.full(n, np.inf), np.ones(n, dtype=bool)
    return _table(child, "", ANY, np.full(n, -1), pieces, depth, enclosed)


def _split(shapes: Shapes, crs: str) -> Pieces:
    """Return the pieces that shapes consist of, without films and spikes."""
    parts, row = flatten(shapes)
    filmy = shapely.minimum_clearance(parts) < FILM_M
    parts[filmy] = shapely.set_precision(parts[filmy], FILM_M)
    parts, inner = flatten(parts)
    return split_pieces(_gather(parts, row[inner], len(shapes)), crs)


def _areal(shapes: Shapes) -> object:
    """Return the polygons of shapes that share no land as one shape."""
    parts, _ = flatten(shapes)
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == 3])


def _gather(parts: Shapes, row: Ints, n: int) -> Shapes:
    whole = np.full(n, None, dtype=object)
    shapely.geometrycollections(parts, indices=row, out=whole)
    return whole


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
