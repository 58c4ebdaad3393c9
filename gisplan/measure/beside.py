"""Table `beside`: edges that run beside an edge of the parent or a neighbour, and not on it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.measure.overlay import Shapes, prepared
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.tables import join_tables, make_table

REACH_M = 10.0  # the boundary tolerance of a provincial plan
ON_LINE_M = 1e-3
STEP_M = 5.0  # edges are looked at in stretches of this length at most
PARALLEL = 0.3  # sine of the angle between a stretch and the edge beside it: 17 degrees

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Edges(NamedTuple):
    """Edges of the areas of a layer: ends, and the feature of each."""

    start: Floats
    end: Floats
    fid: Ints

    def only(self, chosen: Flags | Ints) -> Edges:
        """Return some of the edges."""
        return Edges(self.start[chosen], self.end[chosen], self.fid[chosen])

    def lines(self) -> Shapes:
        """Return each edge as a line."""
        return np.asarray(shapely.linestrings(np.stack([self.start, self.end], axis=1)))


def measure_beside(scene: Scene, parents: pd.DataFrame) -> pd.DataFrame:
    """Return the stretches of edges that nearly follow the parent's or a neighbour's outline."""
    tables = []
    chained = {tier.name for tier in scene.plan.chain if tier.chained} | {"parcel"}
    names = [name for name in (*(t.name for t in scene.tiers()), "parcel") if scene.has(name)]
    for name in scene.asked(names):
        loose = _loose(scene, name)
        if scene.layer(name).spec.disjoint:
            tables.append(_beside(scene, name, loose, name, None))
        parent = scene.parent_layer(name) if name in chained else ""
        if parent:
            rows = parents[parents["child_layer"] == name]
            of = np.full(len(scene.shapes(name)), -1, dtype=np.int64)
            of[rows["fid"].to_numpy()] = rows["parent_fid"].to_numpy()
            free = loose.only(~_is_in(loose, layer_edges(scene, parent)))
            tables.append(_beside(scene, name, free, parent, of))
    return join_tables("beside", tables)


def layer_edges(scene: Scene, name: str) -> Edges:
    """Return the edges of the areas of a layer."""

    def edges() -> Edges:
        fids = scene.areal(name)
        parts, row = shapely.get_parts(scene.shapes(name)[fids], return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        within = (ring[1:] == ring[:-1]) & (xy[1:] != xy[:-1]).any(axis=1)
        return Edges(xy[:-1][within], xy[1:][within], fids[row[part[ring[:-1][within]]]])

    return scene.once(("edges", name), edges)


def _keys(edges: Edges) -> pd.DataFrame:
    """Return the ends of edges so that direction makes no difference."""
    turned = (edges.start[:, 0] > edges.end[:, 0]) | (
        (edges.start[:, 0] == edges.end[:, 0]) & (edges.start[:, 1] > edges.end[:, 1])
    )
    low = np.where(turned[:, None], edges.end, edges.start)
    high = np.where(turned[:, None], edges.start, edges.end)
    return pd.DataFrame(np.hstack([low, high]))


def _loose(scene: Scene, name: str) -> Edges:
    """Return the edges asked for that no other feature of the layer has, vertex for vertex."""

    def loose() -> Edges:
        edges = layer_edges(scene, name)
        shared = _keys(edges).duplicated(keep=False).to_numpy()
        return edges.only(~shared & scene.mine(name)[edges.fid])

    return scene.once(("loose", name), loose)


def _is_in(edges: Edges, others: Edges) -> Flags:
    """Return which edges are among the others."""
    n = len(others.fid)
    both = pd.concat([_keys(others), _keys(edges)], ignore_index=True)
    return np.asarray(both.duplicated(keep="first").to_numpy()[n:], dtype=bool)


def _beside(
    scene: Scene, name: str, loose: Edges, other: str, parent_of: Ints | None
) -> pd.DataFrame:
    """Return the stretches beside `other`: neighbours (of a higher rank), or the own parent."""
    low = np.minimum(loose.start, loose.end) - REACH_M
    high = np.maximum(loose.start, loose.end) + REACH_M
    boxes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    edges = edges_around(scene, other, boxes)
    tree = shapely.STRtree(edges.lines())
    rank = scene.rank(name)

    def near(of: Edges, shapes: Any) -> tuple[Ints, Ints]:
        """Return pairs of an edge and one of those meant that comes within reach of it."""
        one, edge = tree.query(shapes, predicate="dwithin", distance=REACH_M)
        if parent_of is None:
            meant = rank[of.fid[one]] < rank[edges.fid[edge]]
        else:
            meant = parent_of[of.fid[one]] == edges.fid[edge]
        return one[meant], edge[meant]

    # whole edges first: a coast has no neighbour, and need not be cut up
    pieces = _cut(loose.only(np.unique(near(loose, loose.lines())[0])))
    middle = (pieces.start + pieces.end) / 2
    piece, edge = near(pieces, shapely.points(middle))
    distance = shapely.distance(
        shapely.points(middle[piece]),
        edges.only(edge).lines(),
    )
    # Of each stretch and feature the nearest edge. What faces a corner is as near to two edges:
    # it runs beside neither, unless both go its way.
    parallel = _parallel(pieces, piece, edges, edge)
    order = np.lexsort((edge, parallel, np.round(distance, 7), edges.fid[edge], piece))
    piece, edge = piece[order], edge[order]
    distance, parallel = distance[order], parallel[order]
    first = np.ones(len(piece), dtype=bool)
    owner = edges.fid[edge]
    first[1:] = (piece[1:] != piece[:-1]) | (owner[1:] != owner[:-1])
    off = first & (distance > ON_LINE_M) & parallel
    piece, owner, distance = piece[off], owner[off], distance[off]
    run = _runs(pieces, piece, owner)
    lines = pieces.only(piece).lines()
    shapes = scene.shapes(other)
    with prepared(shapes[np.unique(owner)]):
        inside = shapely.contains_xy(shapes[owner], middle[piece])
    return make_table(
        "beside",
        {
            "layer": name,
            "fid": pieces.fid[piece],
            "other_layer": other,
            "other_fid": owner,
            "run": run,
            "length_m": shapely.length(lines),
            "distance_m": distance,
            "inside": inside,
            "geometry": shapely.normalize(lines),
        },
    )


def _runs(pieces: Edges, piece: Ints, owner: Ints) -> Ints:
    """Return a number for each run of stretches that follow on each other, by pair of features."""
    order = np.lexsort((piece, owner))
    piece, owner = piece[order], owner[order]
    fid = pieces.fid[piece]
    pair, new = np.ones(len(piece), dtype=bool), np.ones(len(piece), dtype=bool)
    pair[1:] = (owner[1:] != owner[:-1]) | (fid[1:] != fid[:-1])
    new[1:] = pair[1:] | (pieces.start[piece[1:]] != pieces.end[piece[:-1]]).any(axis=1)
    number = np.cumsum(new) - 1
    first = np.flatnonzero(pair)
    run = np.empty(len(piece), dtype=np.int64)
    run[order] = number - np.repeat(number[first], np.diff([*first, len(piece)]))
    return run


def edges_around(scene: Scene, name: str, boxes: Shapes) -> Edges:
    """Return the edges of the features whose boxes meet some boxes.

    Most features of a tidy layer have nothing beside them, and an index of all edges is dear.
    """
    edges = layer_edges(scene, name)
    around = np.zeros(len(scene.shapes(name)), dtype=bool)
    around[scene.tree(name).query(boxes)[1]] = True
    return edges.only(around[edges.fid])


def _cut(edges: Edges) -> Edges:
    """Return edges in stretches of at most STEP_M."""
    count = np.maximum(np.ceil(np.hypot(*(edges.end - edges.start).T) / STEP_M), 1).astype(np.int64)
    row = np.repeat(np.arange(len(count)), count)
    number = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    step = (edges.end - edges.start)[row] / count[row][:, None]
    start = edges.start[row] + step * number[:, None]
    end = edges.start[row] + step * (number + 1)[:, None]
    last = number + 1 == count[row]
    end[last] = edges.end[row[last]]
    return Edges(start, end, edges.fid[row])


def _parallel(one: Edges, a: Ints, other: Edges, b: Ints) -> Flags:
    u, v = one.end[a] - one.start[a], other.end[b] - other.start[b]
    across = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
    return np.asarray(across <= PARALLEL * np.hypot(*u.T) * np.hypot(*v.T), dtype=bool)
