"""Tables `built`, `beyond` and `copy`: what control lines mean for buildings, actors, copies."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.measure.along import depth_off
from gisplan.measure.overlay import Shapes, difference, intersection, prepared, union
from gisplan.measure.pieces import Pieces, keep_dimension, split_pieces
from gisplan.measure.relate import related_pairs
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.tables import join_tables, make_table

LINES = "control_line"
BOUNDARY = "development_boundary"


def measure_built(scene: Scene) -> pd.DataFrame:
    """Return every pair of a building and a control line whose interiors meet."""
    if not (scene.has("building") and scene.has(LINES) and scene.asked(["building"])):
        return make_table("built")
    return related_pairs(scene, "building", LINES)


def measure_beyond(scene: Scene) -> pd.DataFrame:
    """Return what of each actor lies outside all development boundaries."""
    boundaries = _lines(scene, BOUNDARY)
    if not len(boundaries):
        return make_table("beyond")
    inside = union(_ordered(scene, boundaries))
    return join_tables("beyond", [_beyond(scene, actor, inside) for actor in scene.actors()])


def _beyond(scene: Scene, actor: str, inside: object) -> pd.DataFrame:
    shapes, dimension = scene.shapes(actor), scene.dimensions(actor)
    with prepared(inside):
        fids = np.flatnonzero((dimension >= 0) & ~shapely.covers(inside, shapes))
    if not len(fids):
        return make_table("beyond")
    whole = np.full(len(fids), inside, dtype=object)
    left = scene.workers.blocks(
        lambda one, other, own: keep_dimension(difference(one, other), own),
        shapes[fids],
        whole,
        dimension[fids],
    )
    pieces = split_pieces(left, scene.crs)
    thin = np.flatnonzero((dimension[fids] < 2) & ~shapely.is_empty(left))
    return join_tables(
        "beyond",
        [
            make_table(
                "beyond",
                {
                    "actor_layer": actor,
                    "fid": fids[pieces.row],
                    "piece": pieces.piece,
                    "area_m2": pieces.area_m2,
                    "width_m": pieces.width_m,
                    "length_m": 0.0,
                    "geometry": pieces.geometry,
                },
            ),
            make_table(
                "beyond",
                {
                    "actor_layer": actor,
                    "fid": fids[thin],
                    "piece": np.zeros(len(thin), dtype=np.int64),
                    "area_m2": np.zeros(len(thin)),
                    "width_m": np.zeros(len(thin)),
                    "length_m": shapely.length(left[thin]),
                    "geometry": left[thin],
                },
            ),
        ],
    )


def measure_copy(scene: Scene) -> pd.DataFrame:
    """Return how the lines of each tier are copied by the next tier that has such lines."""
    if not scene.has(LINES):
        return make_table("copy")
    frame = scene.layer(LINES).frame
    ranks = {tier.name: tier.rank for tier in scene.plan.chain}
    rank = np.array([ranks.get(str(name), -1) for name in frame["tier"]], dtype=np.int64)
    rank[scene.dimensions(LINES) != 2] = -1
    names = {tier.rank: tier.name for tier in scene.plan.chain}
    tables = []
    for kind in sorted({str(kind) for kind in frame["kind"].dropna()}):
        own = np.flatnonzero((frame["kind"] == kind).to_numpy(dtype=bool, na_value=False))
        levels = sorted(set(rank[own].tolist()) - {-1})
        for upper, lower in pairwise(levels):
            above, below = own[rank[own] == upper], own[rank[own] == lower]
            tables += _copied(scene, kind, above, below, (names[upper], names[lower]))
    return join_tables("copy", tables)


def _copied(
    scene: Scene, kind: str, above: Ints, below: Ints, tiers: tuple[str, str]
) -> list[pd.DataFrame]:
    """Return what is due, lost and added where the lower plans lie."""
    shapes, lower = scene.shapes(LINES), tiers[1]
    due = shapes[above]
    if scene.has(lower) and len(scene.areal(lower)):
        planned = union(_of_layer(scene, lower))
        due = intersection(due, np.full(len(due), planned, dtype=object))
    copies = union(_ordered(scene, below))
    originals = union(_ordered(scene, above))
    lost = difference(due, np.full(len(due), copies, dtype=object))
    added = difference(shapes[below], np.full(len(below), originals, dtype=object))
    tables = []
    for change, fids, left in (("due", above, due), ("lost", above, lost), ("added", below, added)):
        pieces = split_pieces(left, scene.crs)
        depth = np.full(len(pieces.row), np.nan)
        if change != "due":
            depth = depth_off(pieces, np.full(len(pieces.row), originals, dtype=object))
        tables.append(_pieces(kind, tiers, change, fids, pieces, depth))
    return tables


def _pieces(
    kind: str,
    tiers: tuple[str, str],
    change: str,
    fids: Ints,
    pieces: Pieces,
    depth: NDArray[np.float64],
) -> pd.DataFrame:
    return make_table(
        "copy",
        {
            "kind": kind,
            "upper": tiers[0],
            "lower": tiers[1],
            "change": change,
            "fid": fids[pieces.row],
            "piece": pieces.piece,
            "area_m2": pieces.area_m2,
            "width_m": pieces.width_m,
            "depth_m": depth,
            "geometry": pieces.geometry,
        },
    )


def _lines(scene: Scene, kind: str) -> Ints:
    """Return the fids of the areas of a kind of line."""
    if not scene.has(LINES) or "kind" not in scene.layer(LINES).frame:
        return np.empty(0, dtype=np.int64)
    kinds = scene.layer(LINES).frame["kind"]
    wanted: NDArray[np.bool_] = (kinds == kind).to_numpy(dtype=bool, na_value=False)
    return np.flatnonzero(wanted & (scene.dimensions(LINES) == 2))


def _ordered(scene: Scene, fids: Ints) -> Shapes:
    """Return shapes in the order of the layer: the last bits of a union depend on it."""
    return scene.shapes(LINES)[fids[np.argsort(scene.rank(LINES)[fids])]]


def _of_layer(scene: Scene, name: str) -> Shapes:
    fids = scene.areal(name)
    return scene.shapes(name)[fids[np.argsort(scene.rank(name)[fids])]]
