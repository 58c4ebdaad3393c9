"""How much of each child lies in which parent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.measure.overlay import Shapes, intersection
from gisplan.measure.pieces import extent, keep_dimension
from gisplan.measure.scene import Ints, Scene


@dataclass(frozen=True)
class Shares:
    """Where the features of a child layer lie, by fid.

    best : the parent with the largest share of the child, -1 when it meets none
    share : that share of the child (of its area, length or points)
    covered : pairs (child, parent) as one number, where the child lies wholly in the parent
    """

    best: Ints
    share: NDArray[np.float64]
    covered: Ints
    n_parents: int

    def covers(self, child: Ints, parent: Ints) -> NDArray[np.bool_]:
        """Tell for each pair whether the child lies wholly in the parent."""
        return np.isin(child * self.n_parents + parent, self.covered)


def measure_shares(scene: Scene, child: str, parent: str) -> Shares:
    """Return where the features of one layer lie among the areas of another."""
    return scene.once(("shares", child, parent), lambda: _shares(scene, child, parent))


def _shares(scene: Scene, child: str, parent: str) -> Shares:
    kids, dimensions = scene.shapes(child), scene.dimensions(child)
    uppers, areal = scene.shapes(parent), scene.areal(parent)
    rank = scene.rank(parent)
    best = np.full(len(kids), -1, dtype=np.int64)
    share = np.zeros(len(kids))

    # The parent is the prepared side: one large shape against many small ones.
    above, below = scene.tree(child).query(uppers[areal], predicate="covers")
    above = areal[above]
    order = np.lexsort((rank[above], below))
    inside, first = np.unique(below[order], return_index=True)
    best[inside] = above[order][first]
    share[inside] = 1.0
    covered = below * len(uppers) + above

    # Only what no parent covers needs real set operations.
    up, down = scene.tree(child).query(uppers[areal], predicate="intersects")
    left = best[down] < 0
    up, down = areal[up[left]], down[left]
    part = _shared(scene, kids[down], uppers[up], dimensions[down])
    # rounded: two halves of one child are equal, and rank decides between them
    order = np.lexsort((rank[up], -np.round(part, 9), down))
    order = order[part[order] > 0]
    open_kids, first = np.unique(down[order], return_index=True)
    best[open_kids] = up[order][first]
    share[open_kids] = part[order][first]
    return Shares(best, share, covered, len(uppers))


def share_of(scene: Scene, child: str, parent: str, fids: Ints, named: Ints) -> NDArray[np.float64]:
    """Return the share of each child that lies in the parent beside it; NaN where that is -1."""
    shares = measure_shares(scene, child, parent)
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
