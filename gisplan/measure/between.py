"""Table `between`: uncovered pieces, with the two neighbours that they lie between."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.measure.along import SHARED_M
from gisplan.measure.beside import layer_edges, segment_tree
from gisplan.measure.overlay import GRID_M, Shapes
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.tables import join_tables, make_table
from gisplan.measure.uncovered import ANY


def measure_between(scene: Scene, uncovered: pd.DataFrame) -> pd.DataFrame:
    """Return the uncovered pieces that two features of the tier or more lie along."""
    pieces = uncovered[uncovered["scope"] == ANY]
    tables = [_between(scene, str(child), own) for child, own in pieces.groupby("child_layer")]
    return join_tables("between", tables)


def _between(scene: Scene, child: str, pieces: pd.DataFrame) -> pd.DataFrame:
    # Where a child should end on its parent's outline a cut leaves a film of 1e-9 m, which hangs on
    # the piece and would count as outline; on a grid it has no width and is gone.
    shapes = np.asarray(shapely.set_precision(pieces["geometry"].to_numpy(), GRID_M), dtype=object)
    lines, piece = _edges(shapes)
    sides = _sides(scene, child, lines, piece)
    # the two that lie along a piece the furthest
    sides["rank"] = scene.rank(child)[sides["fid"].to_numpy()]
    sides = sides.sort_values(["piece", "along", "rank"], ascending=[True, False, True])
    two = sides.groupby("piece").head(2)
    two = two[two.groupby("piece")["fid"].transform("size") == 2].sort_values(["piece", "rank"])
    a, b = two.iloc[0::2], two.iloc[1::2]
    row = a["piece"].to_numpy()
    return make_table(
        "between",
        {
            **{
                name: pieces[name].to_numpy()[row]
                for name in ("child_layer", "parent_layer", "parent_fid", "piece")
            },
            "fid_a": a["fid"].to_numpy(),
            "fid_b": b["fid"].to_numpy(),
            "along_a_m": a["along"].to_numpy(),
            "along_b_m": b["along"].to_numpy(),
            "outline_m": shapely.length(shapes[row]),
            "largest_m": _largest(lines, a["edges"].to_list(), b["edges"].to_list()),
        },
    )


def _edges(shapes: Shapes) -> tuple[Shapes, Ints]:
    """Return the edges of areas as lines, and the area of each."""
    parts, whole = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    first = np.flatnonzero(ring[1:] == ring[:-1])
    lines = shapely.linestrings(np.stack([xy[first], xy[first + 1]], axis=1))
    return np.asarray(lines, dtype=object), whole[part[ring[first]]]


def _sides(scene: Scene, child: str, lines: Shapes, piece: Ints) -> pd.DataFrame:
    """Return for each piece and feature along it: piece, fid, along (m), edges (their numbers)."""
    middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    edge, segment = segment_tree(scene, child).query(
        middles, predicate="dwithin", distance=2 * GRID_M
    )
    fid = layer_edges(scene, child).fid[segment]
    met = pd.DataFrame({"piece": piece[edge], "fid": fid, "edge": edge}).drop_duplicates()
    met["length"] = shapely.length(lines)[met["edge"].to_numpy()]
    sides = met.groupby(["piece", "fid"], as_index=False).agg(
        along=("length", "sum"), edges=("edge", list)
    )
    return sides[sides["along"] > SHARED_M]


def _largest(lines: Shapes, a: list[list[int]], b: list[list[int]]) -> NDArray[np.float64]:
    """Return for each pair of sides how far a point of one lies off the other, at most."""
    if not a:
        return np.empty(0)
    sides = [_side(lines, edges) for edges in (a, b)]
    largest = np.zeros(len(a))
    for (points, pair, _), (_, _, other) in (sides, sides[::-1]):
        np.maximum.at(largest, pair, shapely.distance(points, other[pair]))
    return largest


def _side(lines: Shapes, edges: list[list[int]]) -> tuple[Shapes, Ints, Shapes]:
    """Return the points of sides (ends and middles of edges), the side of each, and its lines."""
    pair = np.repeat(np.arange(len(edges)), [len(own) for own in edges])
    own = lines[np.concatenate([np.asarray(one, dtype=np.int64) for one in edges])]
    points = np.concatenate(
        [shapely.line_interpolate_point(own, at, normalized=True) for at in (0.0, 0.5, 1.0)]
    )
    return points, np.tile(pair, 3), np.asarray(shapely.multilinestrings(own, indices=pair))
