"""What clean children leave of a parent: put together from whole edges, nothing is computed."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.measure.edges import Edges, cancel, directed_edges, join_edges
from gisplan.measure.loops import lines_of
from gisplan.measure.overlay import Shapes
from gisplan.measure.residual import Residual
from gisplan.measure.scene import Scene


def find_remainders(scene: Scene, child: str, residual: Residual) -> dict[int, Shapes]:
    """Return, for parents with tangles, what their clean children leave of them near the tangles.

    The edges of a parent less those of its clean children are those of its open children less
    the residual: few. The areas that they enclose count only if their edges are those edges, one
    for one; a parent where they are not is left out.
    """
    loops, group = residual.loops, residual.parent_of
    tangled = np.unique(loops.tangles.group)
    kids = scene.areal(child)
    kids = kids[residual.open[kids] & np.isin(group[kids], tangled)]
    edges = cancel(
        join_edges(
            [
                directed_edges(scene.shapes(child)[kids], group[kids]),
                loops.tangles.turned(),
                directed_edges(loops.extra, loops.extra_group).turned(),
                directed_edges(loops.gaps, loops.gap_group),
            ]
        )
    )
    edges = edges.only(np.isin(edges.group, tangled))
    edges = edges.only(np.argsort(edges.group, kind="stable"))
    faces, owner = _polygonize(scene, edges, tangled)
    number = np.arange(len(faces))
    around = directed_edges(faces, number)
    # of the two sides of an edge the one on its right
    wrong = np.bincount(around.group[~_is_in(around, edges)], minlength=len(faces)) > 0
    faces, owner = faces[~wrong], owner[~wrong]
    left = cancel(join_edges([directed_edges(faces, owner), edges.turned()]))
    sound = np.setdiff1d(tangled, left.group)
    # elsewhere is no gap but the loops
    face, part = shapely.STRtree(loops.tangled).query(faces)
    near = np.unique(face[owner[face] == loops.tangled_group[part]])
    faces, owner = faces[near], owner[near]
    return {int(parent): faces[owner == parent] for parent in sound}


def _polygonize(
    scene: Scene, edges: Edges, groups: NDArray[np.int64]
) -> tuple[Shapes, NDArray[np.int64]]:
    """Return the faces between the edges of each group, and the group of each face."""
    lines = lines_of(edges)
    first, last = (np.searchsorted(edges.group, groups, side) for side in ("left", "right"))
    spans = list(zip(first, last, strict=True))
    found = scene.workers.map(lambda span: shapely.polygonize(lines[slice(*span)]), spans)
    faces, row = shapely.get_parts(np.asarray(found, dtype=object), return_index=True)
    return faces, groups[row]


def _is_in(edges: Edges, others: Edges) -> NDArray[np.bool_]:
    """Tell which edges are, in their direction, among the others."""
    one, other = (np.stack([e.start, e.end], axis=1).view("V32")[:, 0] for e in (edges, others))
    return np.isin(one, other)
