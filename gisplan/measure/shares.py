"""How much of each child lies in which parent."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.measure.coverage import find_settled
from gisplan.measure.overlay import Shapes, intersection
from gisplan.measure.pieces import extent, keep_dimension
from gisplan.measure.residual import find_parents
from gisplan.measure.scene import Ints, Scene


@dataclass(frozen=True)
class Shares:
    """Where the features of a child layer lie, by fid.

    best : the parent with the largest share of the child, -1 when it meets none
    share : that share of the child (of its area, length or points)
    home : the parent that the child is proved to lie in wholly, and in no other; -1 otherwise
    covered : of all other children, pairs (child, parent) as one number, where the child lies
        wholly in the parent
    """

    best: Ints
    share: NDArray[np.float64]
    home: Ints
    covered: Ints
    n_parents: int

    def covers(self, child: Ints, parent: Ints) -> NDArray[np.bool_]:
        """Tell for each pair whether the child lies wholly in the parent."""
        out: NDArray[np.bool_] = self.home[child] == parent
        rest = np.flatnonzero(~out)
        out[rest] = np.isin(child[rest] * self.n_parents + parent[rest], self.covered)
        return out


def measure_shares(scene: Scene, parents: pd.DataFrame, child: str, parent: str) -> Shares:
    """Return where the features of one layer lie among the areas of another, their parents'."""

    def shares() -> Shares:
        settled = find_settled(scene, parents, child)
        home = np.where(settled, find_parents(scene, parents, child), -1)
        some = _shares(scene, child, parent, np.flatnonzero(~settled & scene.mine(child)))
        best, share = np.where(settled, home, some.best), np.where(settled, 1.0, some.share)
        return replace(some, best=best, share=share, home=home)

    return scene.once(("shares", child, parent), shares)


def best_parents(scene: Scene, child: str, parent: str, fids: Ints) -> Ints:
    """Return the area of a layer with the largest share of each child, -1 where it meets none."""
    return _shares(scene, child, parent, fids).best[fids]


def _shares(scene: Scene, child: str, parent: str, fids: Ints) -> Shares:
    """Return where some features of a layer lie; -1 and 0 for the others."""
    kids, dimensions = scene.shapes(child), scene.dimensions(child)
    uppers, areal = scene.shapes(parent), scene.areal(parent)
    rank = scene.rank(parent)
    tree = scene.tree(child) if len(fids) == len(kids) else shapely.STRtree(kids[fids])
    best = np.full(len(kids), -1, dtype=np.int64)
    share = np.zeros(len(kids))

    # The parent is the prepared side: one large shape against many small ones.
    above, below = tree.query(uppers[areal], predicate="covers")
    above, below = areal[above], fids[below]
    order = np.lexsort((rank[above], below))
    inside, first = np.unique(below[order], return_index=True)
    best[inside] = above[order][first]
    share[inside] = 1.0
    covered = below * len(uppers) + above

    # Only what no parent covers needs real set operations.
    up, down = tree.query(uppers[areal], predicate="intersects")
    up, down = areal[up], fids[down]
    left = best[down] < 0
    up, down = up[left], down[left]
    part = _shared(scene, kids[down], uppers[up], dimensions[down])
    # rounded: two halves of one child are equal, and rank decides between them
    order = np.lexsort((rank[up], -np.round(part, 9), down))
    order = order[part[order] > 0]
    open_kids, first = np.unique(down[order], return_index=True)
    best[open_kids] = up[order][first]
    share[open_kids] = part[order][first]
    return Shares(best, share, np.full(len(kids), -1), covered, len(uppers))


def share_of(
    scene: Scene, shares: Shares, child: str, parent: str, fids: Ints, named: Ints
) -> NDArray[np.float64]:
    """Return the share of each child that lies in the parent beside it; NaN where that is -1."""
    out = np.full(len(fids), np.nan)
    known = np.flatnonzero(named >= 0)
    fid, upper = fids[known], named[known]
    value = np.where(shares.covers(fid, upper), 1.0, np.nan)
    value = np.where(shares.best[fid] == upper, shares.share[fid], value)
    rest = np.flatnonzero(np.isnan(value))
    value[rest] = _shared(
        scene,
        scene.shapes(child)[fid[rest]],
        scene.shapes(parent)[upper[rest]],
        scene.dimensions(child)[fid[rest]],
    )
    out[known] = value
    return out


def _shared(scene: Scene, kids: Shapes, uppers: Shapes, dimension: Ints) -> NDArray[np.float64]:
    def work(kids: Shapes, uppers: Shapes, dimension: Ints) -> NDArray[np.float64]:
        shared = keep_dimension(intersection(kids, uppers), dimension)
        whole = extent(kids, dimension)
        return np.minimum(extent(shared, dimension) / np.where(whole > 0, whole, 1.0), 1.0)

    return scene.workers.blocks(work, kids, uppers, dimension)


def point_inside(scene: Scene, child: str, parent: str, fids: Ints, uppers: Ints) -> Shapes:
    """Tell for each pair whether a point on the child lies in the parent."""
    points = shapely.point_on_surface(scene.shapes(child)[fids])
    return np.asarray(shapely.intersects(scene.shapes(parent)[uppers], points))
