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
_PROBES = 600
_PROBE_FEATURES = 200
_PROBE_POINTS = 1000  # of those features
_INWARD = 0.9  # a feature is inside where its vertices, drawn a tenth to its middle, are


class Drawn:
    """The shapes of one source, as target and as probe. None and empty shapes are left out."""

    def __init__(self, shapes: np.ndarray) -> None:
        there = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
        self.shapes = there[few_shapes(there, _MOST_FEATURES)]
        self.vertices = np.unique(shapely.get_coordinates(self.shapes), axis=0)
        self._known: dict[tuple[Move, bool], np.ndarray] = {}
        self._points: dict[tuple[Move, bool], np.ndarray] = {}

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

    def scaled(self, by: np.ndarray) -> Drawn:
        """Return the same with x and y multiplied."""
        return Drawn(shapely.transform(self.shapes, lambda points: points * by))

    def brought(self, move: Move, keep: bool, inner: bool = False) -> np.ndarray:
        """Return the probes, or the inner points, moved.

        `keep` is for moves that come again with another target: they are made once.
        """
        points = self.inner[0] if inner else self.probes
        if not keep:
            return move(points)
        if (move, inner) not in self._known:
            self._known[move, inner] = move(points)
        return self._known[move, inner]

    def drawn(self, moves: Sequence[Move], keep: bool, inner: bool = False) -> np.ndarray:
        """Return the probes, or the inner points, as points: of one move after the other."""
        found = []
        for move in moves:
            known = self._points.get((move, inner))
            if known is None:
                known = shapely.points(self.brought(move, keep, inner))
                if keep:
                    self._points[move, inner] = known
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
    def vertex_tree(self) -> shapely.STRtree:
        """The vertices, as points."""
        kept = few_rows(self.vertices, _MOST_VERTICES)
        return shapely.STRtree(shapely.points(self.vertices[kept]))

    @cached_property
    def cells(self) -> tuple[np.ndarray, np.ndarray]:
        """The square metres that hold vertices, as sorted numbers, and one vertex of each."""
        keys, first = np.unique(_keys(np.floor(self.vertices)), return_index=True)
        return keys, self.vertices[first]

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


def meeting(points: np.ndarray, target: Drawn) -> int:
    """Return how many points (n, 2) come within a metre of a vertex of the target."""
    keys, vertices = target.cells
    near = np.zeros(len(points), dtype=bool)
    cell = np.floor(points)
    for step in _NINE:
        wanted = _keys(cell + step)
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        apart = np.hypot(*(vertices[at] - points).T)
        near |= (keys[at] == wanted) & (apart <= 1.0)
    return int(near.sum())


def shared_vertices(
    probe: Drawn, target: Drawn, moves: Sequence[Move], keep: bool = False
) -> np.ndarray:
    """Return, for each move, how many vertices of the probe come to a vertex of the target."""
    return np.array([meeting(probe.brought(move, keep), target) for move in moves])


def on_outline(
    probe: Drawn, target: Drawn, moves: Sequence[Move], within: float, keep: bool = False
) -> np.ndarray:
    """Return, for each move, how many vertices of the probe come to an edge of the target."""
    return hits(target._edge_tree, probe.drawn(moves, keep), within, len(moves))


def inside(
    probe: Drawn, target: Drawn, moves: Sequence[Move], keep: bool = False
) -> list[np.ndarray]:
    """Return, for each move, which features of the probe come to lie inside a single area.

    Features are numbered as in `probe.inner`.
    """
    owner = probe.inner[1]
    points = probe.drawn(moves, keep, inner=True)
    number, area = target._area_tree.query(points, predicate="within")
    move, point = np.divmod(number, len(owner))
    features, areas = int(owner.max()) + 1, len(target._areas)
    keys, count = np.unique((move * features + owner[point]) * areas + area, return_counts=True)
    place = keys // areas
    whole = np.unique(place[count == np.bincount(owner)[place % features]])
    return [whole[whole // features == k] % features for k in range(len(moves))]


def _keys(cells: np.ndarray) -> np.ndarray:
    """Return one number for each square metre."""
    with np.errstate(invalid="ignore"):  # what is not finite agrees with nothing, and is told later
        whole = cells.astype(np.int64)
    return np.asarray((whole[:, 0] << 32) + whole[:, 1])


_NINE = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]


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
    tree = target.vertex_tree
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


def hits(tree: shapely.STRtree, points: np.ndarray, within: float, moves: int) -> np.ndarray:
    """Return how many of the points come near something: for each of the moves that made them."""
    hit = np.unique(tree.query(points, predicate="dwithin", distance=within)[0])
    return np.bincount(hit // (len(points) // moves), minlength=moves)
