"""Tables `overlap` and `duplicate`: features of one layer that lie on each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.measure.edges import hash_places, sort_keys
from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.measure.overlay import Shapes, interiors_meet, intersection
from gisplan.measure.pieces import extent, split_pieces
from gisplan.measure.residual import is_tier, measure_residual
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.tables import join_tables, make_table

SAME_M = 1e-3  # shapes that agree to this are one shape


def measure_duplicate(scene: Scene) -> pd.DataFrame:
    """Return the pairs of features of one layer that have the same shape."""
    names = [tier.name for tier in scene.tiers()]
    names += [name for name in ("parcel", "building") if scene.has(name)]
    return join_tables("duplicate", [_duplicates(scene, name) for name in scene.asked(names)])


def measure_overlap(scene: Scene, parents: pd.DataFrame, duplicate: pd.DataFrame) -> pd.DataFrame:
    """Return the pieces that two features of a layer share though they should not."""
    names = [name for name in scene.spatial() if scene.layer(name).spec.disjoint]
    tables = [_overlaps(scene, parents, name, duplicate) for name in scene.asked(names)]
    return join_tables("overlap", tables)


def _overlaps(
    scene: Scene, parents: pd.DataFrame, name: str, duplicate: pd.DataFrame
) -> pd.DataFrame:
    shapes = scene.shapes(name)
    a, b = find_meeting(scene, parents, name)
    twins = duplicate[duplicate["layer"] == name]
    n = len(shapes)
    single = scene.mine(name)[a] & ~np.isin(
        a * n + b, twins["fid_a"].to_numpy() * n + twins["fid_b"].to_numpy()
    )
    a, b = a[single], b[single]
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


def find_meeting(scene: Scene, parents: pd.DataFrame, name: str) -> tuple[Ints, Ints]:
    """Return the pairs of areas of a layer that share land, once, in the order of the layer.

    Those of which neither is asked for are left out.
    """

    def pairs() -> tuple[Ints, Ints]:
        shapes, mine = scene.shapes(name), scene.mine(name)
        a, b = _suspects(scene, parents, name)
        asked = mine[a] | mine[b]
        a, b = a[asked], b[asked]
        # Nearly all neighbours only touch. Telling so is several times cheaper than overlaying
        # them; `overlaps` would miss a feature that lies wholly in another.
        real = scene.workers.blocks(interiors_meet, shapes[a], shapes[b])
        return a[real], b[real]

    return scene.once(("meeting", name), pairs)


def _suspects(scene: Scene, parents: pd.DataFrame, name: str) -> tuple[Ints, Ints]:
    """Return the pairs of areas that may share land; proof in `gisplan.measure.residual`."""
    areal = scene.dimensions(name) == 2
    if not is_tier(scene, name):
        return _pairs(scene, name, areal)  # parcels and zones tile nothing
    residual = measure_residual(scene, parents, name)
    a, b = _pairs(scene, name, areal & ~find_settled(scene, parents, name))
    may = residual.open[a] & residual.open[b]
    may |= residual.parent_of[a] != residual.parent_of[b]
    return a[may], b[may]


def find_settled(scene: Scene, parents: pd.DataFrame, name: str) -> NDArray[np.bool_]:
    """Return which features of a layer are proved to lie in their own parent alone; by fid.

    They share no land with each other either. Of a tier without parents: that share no land.
    """
    if not is_tier(scene, name):
        return np.zeros(len(scene.shapes(name)), dtype=bool)
    residual = measure_residual(scene, parents, name)
    upper = scene.parent_layer(name)
    if not upper:
        return ~residual.open
    # where parents lie on each other, so may their children
    crossed = np.unique(find_meeting(scene, parents, upper))
    return ~residual.open & ~np.isin(residual.parent_of, crossed)


def _pairs(scene: Scene, name: str, chosen: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return the pairs of areas whose boxes meet, of which one or both are chosen."""
    shapes, rank = scene.shapes(name), scene.rank(name)
    fids = np.flatnonzero(chosen)
    row, other = scene.tree(name).query(shapes[fids])
    one = fids[row]
    # a pair that is found from both sides counts once
    once = (scene.dimensions(name)[other] == 2) & (one != other)
    once &= ~chosen[other] | (rank[one] < rank[other])
    one, other = one[once], other[once]
    turned = rank[one] > rank[other]
    one, other = np.where(turned, other, one), np.where(turned, one, other)
    order = np.lexsort((rank[other], rank[one]))
    return one[order], other[order]


def _duplicates(scene: Scene, name: str) -> pd.DataFrame:
    shapes, dimensions = scene.shapes(name), scene.dimensions(name)
    a, b = _alike(scene, name)
    mine = scene.mine(name)[a]
    a, b = a[mine], b[mine]
    same = _same_shape(shapes[a], shapes[b], dimensions[a])
    a, b = a[same], b[same]
    return make_table(
        "duplicate",
        {
            "layer": name,
            "fid_a": a,
            "fid_b": b,
            "area_m2": ellipsoidal_area(shapes[a], scene.crs),
            "geometry": shapely.normalize(shapes[a]),
        },
    )


def _alike(scene: Scene, name: str) -> tuple[Ints, Ints]:
    """Return the pairs of features of one dimension whose boxes agree and meet, in order."""
    rank, dimensions = scene.rank(name), scene.dimensions(name)
    bounds = shapely.bounds(scene.shapes(name))
    one, other = _near_corners(bounds[:, :2])
    a, b = np.where(rank[one] < rank[other], (one, other), (other, one))
    alike = (np.abs(bounds[a] - bounds[b]) <= SAME_M).all(axis=1)
    alike &= dimensions[a] == dimensions[b]
    alike &= (bounds[a, :2] <= bounds[b, 2:]).all(axis=1)
    alike &= (bounds[b, :2] <= bounds[a, 2:]).all(axis=1)
    a, b = a[alike], b[alike]
    order = np.lexsort((rank[b], rank[a]))
    return a[order], b[order]


def _near_corners(xy: NDArray[np.float64]) -> tuple[Ints, Ints]:
    """Return pairs of points, once: all that differ by SAME_M at most, and a few others.

    Two such points lie in one cell of a grid twice as wide as that, or of one of the three that
    are moved by half a cell. A sort by cell puts them beside each other.
    """
    n = len(xy)
    found = [np.zeros(0, dtype=np.int64)]
    for shift in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)):
        cell = np.floor(xy / (2 * SAME_M) + shift).view(np.complex128)[:, 0]
        key, order = sort_keys(hash_places(cell))
        here = np.arange(n)
        for step in range(1, n):
            here = here[here + step < n]
            here = here[key[here] == key[here + step]]
            if not len(here):
                break
            pair = np.sort(np.stack([order[here], order[here + step]]), axis=0)
            found.append(pair[0] * n + pair[1])
    one, other = np.divmod(np.unique(np.concatenate(found)), n)
    return one, other


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
