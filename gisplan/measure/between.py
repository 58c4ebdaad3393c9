"""Table `between`: uncovered pieces, with the two neighbours that they lie between."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.measure.along import SHARED_M
from gisplan.measure.beside import edges_around
from gisplan.measure.overlay import GRID_M, Shapes
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.tables import join_tables, make_table
from gisplan.measure.uncovered import ANY

# The largest circle is found this exactly, or to this share of the mean width where that is more.
ON_LINE_M = 2 * GRID_M  # as near to a line counts as on it
CIRCLE_M, CIRCLE_SHARE = 0.05, 0.02


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
            "largest_m": _largest(
                pieces["geometry"].to_numpy()[row], pieces["width_m"].to_numpy()[row]
            ),
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
    """Return for each piece and feature along it: piece, fid, along (m)."""
    middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    edges = edges_around(scene, child, shapely.envelope(shapely.buffer(lines, ON_LINE_M)))
    edge, segment = shapely.STRtree(edges.lines()).query(
        middles, predicate="dwithin", distance=ON_LINE_M
    )
    fid = edges.fid[segment]
    met = pd.DataFrame({"piece": piece[edge], "fid": fid, "edge": edge}).drop_duplicates()
    met["length"] = shapely.length(lines)[met["edge"].to_numpy()]
    sides = met.groupby(["piece", "fid"], as_index=False).agg(along=("length", "sum"))
    return sides[sides["along"] > SHARED_M]


def _largest(shapes: Shapes, width: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the diameter of the largest circle in each shape."""
    tolerance = np.maximum(CIRCLE_M, width * CIRCLE_SHARE)
    circles = shapely.maximum_inscribed_circle(shapes, tolerance)
    return 2 * np.asarray(shapely.length(circles), dtype=float)
