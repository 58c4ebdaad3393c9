"""How well two layers fit onto each other: shared vertices, one outline, one inside the other.

All in metres, x east. What is counted are points and features of the probe, which is moved about;
the target stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import shapely

from gisplan.normalise.sample import few_rows, few_shapes

Move = Callable[[np.ndarray], np.ndarray]  # points (n, 2) -> points (n, 2)

_MOST_FEATURES = 20_000
_MOST_VERTICES = 60_000  # of a target; more are thinned
_PROBES = 800
_PROBE_FEATURES = 250
_PROBE_POINTS = 1500  # of those features
_INWARD = 0.9  # a feature is inside where its vertices, drawn a tenth to its middle, are


class Drawn:
    """The shapes of one source, as target and as probe. None and empty shapes are left out."""

    def __init__(self, shapes: np.ndarray) -> None:
        there = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
        self.shapes = there[few_shapes(there, _MOST_FEATURES)]
        self.vertices = np.unique(shapely.get_coordinates(self.shapes), axis=0)
        self._known: dict[tuple[str, Move], np.ndarray] = {}

    def about(self, west: float, south: float, east: float, north: float) -> Drawn:
        """Return what lies in a box; all of it, where most of it does."""
        low, high = (west, south), (east, north)
        within = np.asarray(((self.vertices >= low) & (self.vertices <= high)).all(axis=1))
        if 2 * within.sum() >= len(within):
            return self
        bounds = shapely.bounds(self.shapes)
        meets = (bounds[:, :2] <= high).all(axis=1) & (bounds[:, 2:] >= low).all(axis=1)
        part = Drawn(self.shapes[meets])
        part.vertices = self.vertices[within]
        return part

    def moved(self, what: str, moves: Sequence[Move], keep: bool) -> np.ndarray:
        """Return the probes, or the inner points, brought elsewhere: one after the other.

        `keep` is for moves that come again with another target: their points are made once.
        """
        points = self.probes if what == "probes" else self.inner[0]
        found = []
        for move in moves:
            known = self._known.get((what, move))
            if known is None:
                known = shapely.points(move(points))
                if keep:
                    self._known[what, move] = known
            found.append(known)
        return np.concatenate(found)

    @cached_property
    def probes(self) -> np.ndarray:
        """Some of the vertices."""
        return np.asarray(self.vertices[few_rows(self.vertices, _PROBES)])

    @cached_property
    def inner(self) -> tuple[np.ndarray, np.ndarray]:
        """Points within some of the features, and which feature (from 0) each belongs to."""
        shapes = self.shapes[few_shapes(self.shapes, _PROBE_FEATURES)]
        coords, owner = shapely.get_coordinates(shapes, return_index=True)
        middle = shapely.get_coordinates(shapely.centroid(shapes))[owner]
        points = middle + _INWARD * (coords - middle)
        kept = few_rows(points, _PROBE_POINTS)
        _, numbers = np.unique(owner[kept], return_inverse=True)
        return points[kept], numbers

    @cached_property
    def _vertex_tree(self) -> shapely.STRtree:
        kept = few_rows(self.vertices, _MOST_VERTICES)
        return shapely.STRtree(shapely.points(self.vertices[kept]))

    @cached_property
    def _edge_tree(self) -> shapely.STRtree:
        coords, owner = shapely.get_coordinates(
            shapely.get_parts(shapely.boundary(self._areas)), return_index=True
        )
        edges = np.stack([coords[:-1], coords[1:]], axis=1)[owner[1:] == owner[:-1]]
        edges = edges[few_rows(edges.reshape(-1, 4), _MOST_VERTICES)]
        return shapely.STRtree(shapely.linestrings(edges) if len(edges) else [])

    @cached_property
    def _areas(self) -> np.ndarray:
        areal = (shapely.get_dimensions(self.shapes) == 2) & shapely.is_valid(self.shapes)
        return np.asarray(self.shapes[areal])

    @cached_property
    def _area_tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._areas)

    @property
    def has_edges(self) -> bool:
        """Whether something can lie on an outline of this."""
        return len(self._edge_tree) > 0

    @property
    def has_areas(self) -> bool:
        """Whether something can lie inside this."""
        return len(self._areas) > 0


def shared_vertices(
    probe: Drawn, target: Drawn, moves: Sequence[Move], within: float, keep: bool = False
) -> np.ndarray:
    """Return, for each move, how many vertices of the probe come to a vertex of the target."""
    return _hits(target._vertex_tree, probe.moved("probes", moves, keep), within, len(moves))


def on_outline(
    probe: Drawn, target: Drawn, moves: Sequence[Move], within: float, keep: bool = False
) -> np.ndarray:
    """Return, for each move, how many vertices of the probe come to an edge of the target."""
    return _hits(target._edge_tree, probe.moved("probes", moves, keep), within, len(moves))


def inside(
    probe: Drawn, target: Drawn, moves: Sequence[Move], keep: bool = False
) -> list[np.ndarray]:
    """Return, for each move, which features of the probe come to lie inside a single area.

    Features are numbered as in `probe.inner`.
    """
    owner = probe.inner[1]
    points = probe.moved("inner", moves, keep)
    number, area = target._area_tree.query(points, predicate="within")
    move, point = np.divmod(number, len(owner))
    features, areas = int(owner.max()) + 1, len(target._areas)
    keys, count = np.unique((move * features + owner[point]) * areas + area, return_counts=True)
    place = keys // areas
    whole = np.unique(place[count == np.bincount(owner)[place % features]])
    return [whole[whole // features == k] % features for k in range(len(moves))]


def displacement(
    points: np.ndarray, target: Drawn, reach: float, cell: float
) -> tuple[np.ndarray, int]:
    """Return the one translation that brings most points to a vertex of the target.

    Parameters
    ----------
    points : ndarray (n, 2)
        Where the vertices of the probe are.
    target : Drawn
        What they are held against.
    reach : float
        The longest translation looked for.
    cell : float
        Translations that differ by less are one.

    Returns
    -------
    tuple of ndarray (2,) and int
        Mean translation, and how many points it brings to a vertex; zeros where there is none.
    """
    tree = target._vertex_tree
    number, vertex = tree.query(shapely.points(points), predicate="dwithin", distance=reach)
    if not len(number):
        return np.zeros(2), 0
    steps = shapely.get_coordinates(tree.geometries[vertex]) - points[number]
    best, most = np.zeros(2), 0
    for shift in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)):  # no edge splits every cell
        cells = np.floor(steps / cell + shift).astype(np.int64)
        votes = np.unique(np.column_stack([cells, number]), axis=0)
        names, counts = np.unique(votes[:, :2], axis=0, return_counts=True)
        if counts.max() > most:
            most = int(counts.max())
            best = steps[(cells == names[counts.argmax()]).all(axis=1)].mean(axis=0)
    return best, most


def _hits(tree: shapely.STRtree, points: np.ndarray, within: float, moves: int) -> np.ndarray:
    hit = np.unique(tree.query(points, predicate="dwithin", distance=within)[0])
    return np.bincount(hit // (len(points) // moves), minlength=moves)
