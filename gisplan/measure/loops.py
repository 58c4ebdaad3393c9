"""The parts of a residual: closed sets of edges that share no vertex with each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.measure.edges import Edges, cancel, directed_edges, join_edges, make_edges
from gisplan.measure.overlay import Shapes

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Loops:
    """The parts of a residual, by what they enclose; see `gisplan.measure.residual`.

    gaps, gap_group : areas covered once too little, to the vertex, each in one piece
    extra, extra_group : areas covered once too often, or outside the parent
    tangles, tangle_part : edges of all other parts, and which part each is of
    tangled, tangled_group : the same, each part as one set of lines
    """

    gaps: Shapes
    gap_group: Ints
    extra: Shapes
    extra_group: Ints
    tangles: Edges
    tangle_part: Ints
    tangled: Shapes
    tangled_group: Ints


def split_loops(edges: Edges) -> Loops:
    """Take a residual apart.

    A part is a loop if its edges are, one for one, the edges of a valid area, and if its box
    meets no part of its group that is none, or one of the other sign: there g is its own alone.
    """
    part, group = _components(edges)
    lines = _lines_of_parts(edges, part)
    areas = _build_areas(lines)
    sign = _signs(edges, part, areas)
    a, b = shapely.STRtree(lines).query(lines)
    sign[a[(group[a] == group[b]) & (sign[a] != sign[b])]] = 0
    gap, extra, none = sign < 0, sign > 0, sign == 0
    gaps, row = shapely.get_parts(areas[gap], return_index=True)
    return Loops(
        gaps=gaps,
        gap_group=group[gap][row],
        extra=areas[extra],
        extra_group=group[extra],
        tangles=edges.only(none[part]),
        tangle_part=(np.cumsum(none) - 1)[part[none[part]]],
        tangled=lines[none],
        tangled_group=group[none],
    )


def all_tangled(edges: Edges) -> Loops:
    """Return a residual all of whose parts are tangles."""
    none, no_group = np.zeros(0, dtype=object), np.zeros(0, dtype=np.int64)
    part, group = _components(edges)
    lines = _lines_of_parts(edges, part)
    return Loops(none, no_group, none, no_group, edges, part, lines, group)


def lines_of(edges: Edges) -> Shapes:
    """Return each edge as a line."""
    ends = np.stack([edges.start, edges.end], axis=1)
    return np.asarray(shapely.linestrings(ends.view(np.float64).reshape(-1, 2, 2)), dtype=object)


def _lines_of_parts(edges: Edges, part: Ints) -> Shapes:
    """Return each part as one set of lines."""
    order = np.argsort(part, kind="stable")
    lines = shapely.multilinestrings(lines_of(edges.only(order)), indices=part[order])
    return np.asarray(lines, dtype=object)


def _components(edges: Edges) -> tuple[Ints, Ints]:
    """Return the part of each edge, and the group of each part.

    Edges of one group that share a vertex are of one part.
    """
    m = len(edges.tail)
    place, group = np.concatenate([edges.start, edges.end]), np.tile(edges.group, 2)
    order = np.lexsort((place.imag, place.real, group))
    new = np.ones(2 * m, dtype=bool)
    new[1:] = (place[order][1:] != place[order][:-1]) | (group[order][1:] != group[order][:-1])
    vertex = np.empty(2 * m, dtype=np.int64)
    vertex[order] = np.cumsum(new) - 1
    a, b = vertex[:m], vertex[m:]
    root = np.arange(new.sum())
    while (root[a] != root[b]).any():
        np.minimum.at(root, np.maximum(root[a], root[b]), np.minimum(root[a], root[b]))
        while (root[root] != root).any():
            root = root[root]
    _, first, part = np.unique(root[a], return_index=True, return_inverse=True)
    return part.astype(np.int64), edges.group[first]


def _build_areas(lines: Shapes) -> Shapes:
    """Return the area that each set of lines bounds; None where it bounds none."""
    try:
        return np.asarray(shapely.build_area(lines), dtype=object)
    except shapely.GEOSException:
        areas = np.full(len(lines), None, dtype=object)
        for i, line in enumerate(lines):
            try:
                areas[i] = shapely.build_area(line)
            except shapely.GEOSException:
                continue  # a tangle
        return areas


def _signs(edges: Edges, part: Ints, areas: Shapes) -> Ints:
    """Return +1 and -1 where the edges of a part go round a valid area, else 0."""
    n = len(areas)
    size = np.bincount(part, minlength=n)
    sound = np.flatnonzero(shapely.is_valid(areas) & ~shapely.is_empty(areas))
    around = directed_edges(areas[sound], sound)
    own = make_edges(edges.start, edges.end, part)
    as_many = np.bincount(around.group, minlength=n) == size

    def cancels(outline: Edges) -> Flags:
        left = cancel(join_edges([own, outline]))
        out: Flags = as_many & (np.bincount(left.group, minlength=n) == 0)
        return out

    return np.where(cancels(around.turned()), 1, np.where(cancels(around), -1, 0))
