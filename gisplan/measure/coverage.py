"""Tables `overlap` and `duplicate`: features of one layer that lie on each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.measure.overlay import Shapes, interiors_meet, intersection
from gisplan.measure.pieces import extent, split_pieces
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.tables import join_tables, make_table

SAME_M = 1e-3  # shapes that agree to this are one shape


def measure_duplicate(scene: Scene) -> pd.DataFrame:
    """Return the pairs of features of one layer that have the same shape."""
    names = [tier.name for tier in scene.tiers()]
    names += [name for name in ("parcel", "building") if scene.has(name)]
    return join_tables("duplicate", [_duplicates(scene, name) for name in names])


def measure_overlap(scene: Scene, duplicate: pd.DataFrame) -> pd.DataFrame:
    """Return the pieces that two features of a layer share though they should not."""
    names = [name for name in scene.spatial() if scene.layer(name).spec.disjoint]
    return join_tables("overlap", [_overlaps(scene, name, duplicate) for name in names])


def _overlaps(scene: Scene, name: str, duplicate: pd.DataFrame) -> pd.DataFrame:
    shapes = scene.shapes(name)
    a, b = _neighbours(scene, name)
    both = (scene.dimensions(name)[a] == 2) & (scene.dimensions(name)[b] == 2)
    twins = duplicate[duplicate["layer"] == name]
    n = len(shapes)
    both &= ~np.isin(a * n + b, twins["fid_a"].to_numpy() * n + twins["fid_b"].to_numpy())
    a, b = a[both], b[both]
    # Nearly all neighbours only touch. Telling so is several times cheaper than overlaying them;
    # `overlaps` would miss a feature that lies wholly in another.
    real = scene.workers.blocks(interiors_meet, shapes[a], shapes[b])
    a, b = a[real], b[real]
    pieces = split_pieces(scene.workers.blocks(intersection, shapes[a], shapes[b]), scene.crs)
    return make_table(
        "overlap",
        {
            "layer": name,
            "fid_a": a[pieces.row],
            "fid_b": b[pieces.row],
            "piece": pieces.piece,
            "area_m2": pieces.area_m2,
            "width_m": pieces.width_m,
            "geometry": pieces.geometry,
        },
    )


def _duplicates(scene: Scene, name: str) -> pd.DataFrame:
    shapes, dimensions = scene.shapes(name), scene.dimensions(name)
    a, b = _neighbours(scene, name)
    bounds = shapely.bounds(shapes)
    alike = (np.abs(bounds[a] - bounds[b]) <= SAME_M).all(axis=1)
    alike &= dimensions[a] == dimensions[b]
    a, b = a[alike], b[alike]
    same = _same_shape(shapes[a], shapes[b], dimensions[a])
    a, b = a[same], b[same]
    return make_table(
        "duplicate",
        {
            "layer": name,
            "fid_a": a,
            "fid_b": b,
            "area_m2": scene.areas(name)[a],
            "geometry": shapely.normalize(shapes[a]),
        },
    )


def _neighbours(scene: Scene, name: str) -> tuple[Ints, Ints]:
    """Return every pair of features whose boxes meet, once, in the order of the layer."""

    def pairs() -> tuple[Ints, Ints]:
        shapes, rank = scene.shapes(name), scene.rank(name)
        one, other = scene.tree(name).query(shapes)
        ordered = rank[one] < rank[other]
        one, other = one[ordered], other[ordered]
        order = np.lexsort((rank[other], rank[one]))
        return one[order], other[order]

    return scene.once(("neighbours", name), pairs)


def _same_shape(a: Shapes, b: Shapes, dimension: Ints) -> NDArray[np.bool_]:
    """Tell for each pair of equal boxes and dimension whether the shapes agree to 1 mm.

    No vertex may lie further than that from the other shape; and because shapes may connect the
    same vertices otherwise, what they do not share may be no more than a film of 1 mm.
    Vertices on straight edges, starts and directions of rings make no difference.
    """
    near = np.asarray(shapely.hausdorff_distance(a, b)) <= SAME_M * np.sqrt(2)
    same: NDArray[np.bool_] = near & (dimension < 2)
    rest = np.flatnonzero(near & (dimension == 2))
    a, b, dimension = a[rest], b[rest], dimension[rest]
    shared = extent(intersection(a, b), dimension)
    unshared = shapely.area(a) + shapely.area(b) - 2 * shared
    same[rest] = unshared <= SAME_M * shapely.length(a)
    return same
