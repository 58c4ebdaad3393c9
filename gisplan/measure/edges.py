"""Directed edges of areas, and what is left of them when opposite ones cancel."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.measure.overlay import Shapes

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Words = NDArray[np.uint64]
Places = NDArray[np.complex128]  # x + iy: a vertex is compared and moved as one number

_MIX = [np.uint64(k) for k in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93)]
_SHIFT = np.uint64(29)


class Edges(NamedTuple):
    """Directed edges: number k runs from points[tail[k]] to the point after it.

    points : array of complex, the vertices, -0.0 written as 0.0
    tail : array of int, length n
    group : array of int, length n; only edges of one group cancel
    """

    points: Places
    tail: Ints
    group: Ints

    @property
    def start(self) -> Places:
        """Where each edge begins."""
        return self.points[self.tail]

    @property
    def end(self) -> Places:
        """Where each edge ends."""
        return self.points[self.tail + 1]

    def only(self, chosen: Flags | Ints) -> Edges:
        """Return some of the edges, without the vertices of the others."""
        tail = self.tail[chosen]
        return make_edges(self.points[tail], self.points[tail + 1], self.group[chosen])

    def in_order(self) -> Edges:
        """Return the edges by group and place, so that nothing depends on how they were found."""
        start, end = self.start, self.end
        return self.only(np.lexsort((end.imag, end.real, start.imag, start.real, self.group)))

    def turned(self) -> Edges:
        """Return the edges in the opposite direction."""
        return make_edges(self.end, self.start, self.group)


def make_edges(start: Places, end: Places, group: Ints) -> Edges:
    """Return edges between pairs of places."""
    points = np.stack([start, end], axis=1).reshape(-1)
    return Edges(points, np.arange(0, len(points), 2), group)


def join_edges(parts: list[Edges]) -> Edges:
    """Return several sets of edges as one."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return make_edges(np.zeros(0, complex), np.zeros(0, complex), np.zeros(0, dtype=np.int64))
    shift = np.cumsum([0, *(len(part.points) for part in parts)])
    return Edges(
        np.concatenate([part.points for part in parts]),
        np.concatenate([part.tail + n for part, n in zip(parts, shift, strict=False)]),
        np.concatenate([part.group for part in parts]),
    )


def directed_edges(shapes: Shapes, group: Ints) -> Edges:
    """Return the edges of areas, each with the interior on its right.

    Parameters
    ----------
    shapes : array of polygons and multipolygons, valid, length n
    group : array of int, length n
        What the edges of each shape belong to.

    Returns
    -------
    Edges
        Without those of no length. The direction of the rings in `shapes` makes no difference.
    """
    simple = (shapely.get_type_id(shapes) == 3) & (shapely.get_num_interior_rings(shapes) == 0)
    if simple.all():
        return _edges_of_rings(shapes, group)
    shells = _edges_of_rings(shapes[simple], group[simple])
    parts, owner = shapely.get_parts(shapes[~simple], return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    wrong = shapely.is_ccw(rings) == (np.diff(part, prepend=-1) > 0)
    return join_edges([shells, _edges_of_rings(rings, group[~simple][owner[part]], wrong)])


def _edges_of_rings(rings: Shapes, group: Ints, wrong: Flags | None = None) -> Edges:
    """Return the edges of rings, the wrong ones turned round; or of polygons without holes."""
    if not len(rings):
        return join_edges([])
    size = shapely.get_num_coordinates(rings)
    end = np.cumsum(size)
    xy = shapely.get_coordinates(rings) + 0.0  # -0.0 + 0.0 is 0.0
    if wrong is None:
        wrong = _wrong_shells(rings, xy, end - size, end)
    turned = np.flatnonzero(wrong)
    points = xy.view(np.complex128)[:, 0]
    if len(turned):
        points = _turn_rings(points, end[turned] - size[turned], size[turned])
    within = np.ones(len(points), dtype=bool)
    within[end - 1] = False
    within[:-1] &= points[1:] != points[:-1]
    tail = np.flatnonzero(within)
    return Edges(points, tail, np.repeat(group, size)[tail])


def _wrong_shells(polygons: Shapes, xy: Floats, first: Ints, end: Ints) -> Flags:
    """Tell which polygons without holes run counter-clockwise.

    Normalised ones begin at their westernmost vertex, where the corner tells. Others are asked
    for their rings, which costs more than all the rest.
    """
    ahead, back = xy[first + 1] - xy[first], xy[end - 2] - xy[first]
    one, other = ahead[:, 0] * back[:, 1], ahead[:, 1] * back[:, 0]
    wrong = np.asarray(one > other)
    unsure = np.abs(one - other) <= 1e-9 * (np.abs(one) + np.abs(other))
    unsure |= xy[first, 0] != shapely.bounds(polygons)[:, 0]
    wrong[unsure] = shapely.is_ccw(shapely.get_exterior_ring(polygons[unsure]))
    return wrong


def _turn_rings(points: Places, first: Ints, size: Ints) -> Places:
    place = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    source = np.arange(len(points))
    source[np.repeat(first, size) + place] = np.repeat(first + size - 1, size) - place
    return points[source]


def cancel(edges: Edges) -> Edges:
    """Return what is left when edges of a group cancel those that run the opposite way.

    As a sum: an edge that is there three times, and once the other way, is left twice. Pairs are
    found by a hash and confirmed on the coordinates; what a hash does not pair (edges that are
    there more than twice, and edges that only share a hash) is summed up by coordinates alone.
    A poor hash costs time and changes nothing.
    """
    n = len(edges.tail)
    if not n:
        return edges
    key, number = sort_keys(_edge_hash(edges))
    same = key[1:] == key[:-1]
    before, after = np.append(False, same), np.append(same, False)
    first = np.flatnonzero(after[:-1] & ~before[:-1] & ~after[1:])
    a, b = edges.tail[number[first]], edges.tail[number[first + 1]]
    opposite = (edges.points[a] == edges.points[b + 1]) & (edges.points[a + 1] == edges.points[b])
    opposite &= edges.group[number[first]] == edges.group[number[first + 1]]
    gone = np.zeros(n, dtype=bool)
    gone[first[opposite]] = gone[first[opposite] + 1] = True
    alone = number[~(before | after)]
    unsure = number[(before | after) & ~gone]
    return join_edges([edges.only(np.sort(alone)), _sum_up(edges.only(np.sort(unsure)))])


def sort_keys(key: Words) -> tuple[Words, Ints]:
    """Return the leading bits of keys, sorted, and the place that each had.

    The number rides in the low bits: sorting words is many times faster than sorting indices.
    """
    bits = np.uint64(max(1, int(len(key) - 1).bit_length()))
    low = (np.uint64(1) << bits) - np.uint64(1)
    packed = (key & ~low) | np.arange(len(key), dtype=np.uint64)
    packed.sort()
    return packed >> bits, (packed & low).astype(np.int64)


def hash_places(points: Places) -> Words:
    """Return a hash of each place; its leading bits are the best."""
    words = np.ascontiguousarray(points).view(np.uint64).reshape(-1, 2)
    point = words[:, 0] * _MIX[0] + words[:, 1] * _MIX[1]
    point ^= point >> _SHIFT
    point *= _MIX[2]
    return point


def _edge_hash(edges: Edges) -> Words:
    """Return a hash of each edge and its group that does not depend on the direction."""
    point = hash_places(edges.points)
    edge = point[edges.tail] + point[edges.tail + 1]
    edge += edges.group.astype(np.uint64) * _MIX[1]
    edge ^= edge >> _SHIFT
    edge *= _MIX[0]
    return edge


def _sum_up(edges: Edges) -> Edges:
    """Return the sum of edges by their coordinates."""
    if not len(edges.tail):
        return edges
    start, end = edges.start, edges.end
    turned = (start.real > end.real) | ((start.real == end.real) & (start.imag > end.imag))
    low, high = np.where(turned, end, start), np.where(turned, start, end)
    columns = (high.imag, high.real, low.imag, low.real, edges.group)
    order = np.lexsort(columns)
    new = np.zeros(len(order), dtype=bool)
    new[0] = True
    for column in columns:
        new[1:] |= column[order][1:] != column[order][:-1]
    first = np.flatnonzero(new)
    total = np.add.reduceat(np.where(turned, -1, 1)[order], first)
    kept = np.repeat(order[first], np.abs(total))
    back = np.repeat(total < 0, np.abs(total))
    return make_edges(
        np.where(back, high[kept], low[kept]),
        np.where(back, low[kept], high[kept]),
        edges.group[kept],
    )
