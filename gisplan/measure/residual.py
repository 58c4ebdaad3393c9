r"""What the edges of a tier prove: which features overlap nothing, stay inside and leave no gap.

Let g be, at every point of a parent's surroundings, the number of its own children there, less
one inside the parent. The boundary of g is the sum of the children's directed edges less the
parent's own edges, and equal edges of opposite direction cancel (`gisplan.measure.edges`). A
function of bounded extent is fixed by its boundary: g(p) is what a ray from p crosses, rightward
edges less leftward ones. So

1. If no edge is left, g is 0 everywhere: every point of the parent lies in exactly one child and
   no child reaches out. No overlap, no gap, nothing outside, and the areas add up. This is exact:
   nothing is computed but equality of coordinates.
2. What is left, the residual, falls into parts that share no vertex. At every vertex as many edges
   arrive as leave (so it is for each ring, hence for any sum of rings): each part is closed and
   has its own g, which is 0 outside its box. g is the sum over the parts.
3. Inside a child the number of children is 1 at least, so g >= 0 there. Where g is 0 inside a
   child, it meets no sibling and lies in the parent. Where children overlap each other or reach
   outside, g >= 1. Where the parent has a gap, g is -1; it is nowhere less.

A part whose edges go round an area is a loop (`gisplan.measure.loops`): g is +1 or -1 there. A
loop of -1 is a gap, whole and to the vertex; one of +1 is land covered once too often or outside.
All other parts are tangles. A feature is *clean* if its interior meets no loop of +1, its box
meets the box of no edge of a tangle (so the g of the tangles is constant on it), and that constant
is 0. Then g <= 0 on it, and by 3 g = 0. All others are *open*: only they need geometric work.

 * Two children of one parent that overlap are both open: g >= 1 where they do. So are duplicates,
   the inner and the outer of nested twins, an arm through a neighbour and what it reaches.
 * An overlap and a gap do not hide each other: g is fixed by the residual, so it is 0 everywhere
   only if nothing is left. Equal edges cancel only between land that g counts the same.
 * Two children of different parents that overlap: if both are clean, each lies in its own parent,
   so the parents overlap. `gisplan.measure.coverage` adds the children of such parents.
 * A feature without a parent in the plan is open, and so is one that is not areal.
 * A tier without parents: g is the number of features, all parts are tangles, clean means 1.
 * A vertex that only one of two neighbours has (a T-junction) leaves three edges, and so open
   neighbours: nothing is lost, it only takes time.

Parents of which more than a fifth of the edges are left are *plain*: all of their children are
open. What is reported is measured by the same exact functions either way.

Shapes have to be valid: `gisplan.normalise.geometry` mends or sets aside what is not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.measure.edges import Edges, cancel, directed_edges, join_edges
from gisplan.measure.loops import Loops, all_tangled, lines_of, split_loops
from gisplan.measure.overlay import interiors_meet
from gisplan.measure.scene import Ints, Scene

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

BLOCK_VERTICES = 50_000  # a block of edges is sorted in the cache of a processor
MESSY = 0.2  # of the edges left: more, and telling clean features apart costs more than it saves


@dataclass(frozen=True)
class Residual:
    """What is left of the edges of a tier.

    open : by fid; may overlap another feature of its parent, or reach out of it
    parent_of : by fid; the parent, -1 where there is none
    plain : fids of parents of which too much is left
    loops : the parts of what is left of the other parents; their groups are the parents
    """

    open: Flags
    parent_of: Ints
    plain: Ints
    loops: Loops


def is_tier(scene: Scene, name: str) -> bool:
    """Tell whether a layer is a tier, so that its features may tile what is above."""
    return any(tier.name == name for tier in scene.tiers())


def measure_residual(scene: Scene, parents: pd.DataFrame, name: str) -> Residual:
    """Return what is left of the edges of a tier when those of its parents are taken away."""
    return scene.once(("residual", name), lambda: _residual(scene, parents, name))


def find_parents(scene: Scene, parents: pd.DataFrame, name: str) -> Ints:
    """Return the parent of each feature of a layer, by fid; -1 where there is none."""

    def parent_of() -> Ints:
        rows = parents[parents["child_layer"] == name]
        out = np.full(len(scene.shapes(name)), -1, dtype=np.int64)
        out[rows["fid"].to_numpy()] = rows["parent_fid"].to_numpy()
        return out

    return scene.once(("parent of", name), parent_of)


def _residual(scene: Scene, parents: pd.DataFrame, name: str) -> Residual:
    parent_of = find_parents(scene, parents, name)
    upper = scene.parent_layer(name)
    group = parent_of if upper else np.zeros(len(parent_of), dtype=np.int64)
    above = scene.areal(upper) if upper else np.zeros(1, dtype=np.int64)
    if scene.plain:
        every = np.ones(len(group), dtype=bool)
        return Residual(every, parent_of, above, split_loops(join_edges([])))
    kids = scene.areal(name)
    kids = kids[np.isin(group[kids], above)]
    left, total = _add_edges(scene, name, kids, group, len(scene.shapes(upper)) if upper else 1)
    if upper:
        outlines = directed_edges(scene.shapes(upper)[above], above)
        left = join_edges([left, outlines.turned()])
        total += np.bincount(outlines.group, minlength=len(total))
    left = cancel(left)
    plain = np.flatnonzero(np.bincount(left.group, minlength=len(total)) > MESSY * total)
    left = left.only(~np.isin(left.group, plain)).in_order()
    loops = split_loops(left) if upper else all_tangled(left)

    clean = np.zeros(len(group), dtype=bool)
    clean[kids] = ~np.isin(group[kids], plain)
    clean &= ~_over_loops(scene, name, group, loops)
    clean &= ~_in_tangles(scene, name, group, loops, g=0 if upper else 1)
    return Residual(~clean, parent_of, plain, loops)


def _add_edges(
    scene: Scene, name: str, kids: Ints, group: Ints, n_groups: int
) -> tuple[Edges, Ints]:
    """Return the sum of the edges of features, and how many edges each group had.

    In blocks of neighbours, which cancel most; what is left of the blocks is summed up later.
    """
    shapes = scene.shapes(name)
    kids = kids[np.lexsort((shapely.bounds(shapes[kids])[:, 0], group[kids]))]
    vertices = np.cumsum(shapely.get_num_coordinates(shapes[kids]))
    cuts = np.flatnonzero(np.diff(vertices // BLOCK_VERTICES)) + 1

    def add(fids: Ints) -> tuple[Edges, Ints]:
        edges = directed_edges(shapes[fids], group[fids])
        return cancel(edges), np.bincount(edges.group, minlength=n_groups)

    done = scene.workers.map(add, np.split(kids, cuts))
    return join_edges([left for left, _ in done]), np.sum([count for _, count in done], axis=0)


def _over_loops(scene: Scene, name: str, group: Ints, loops: Loops) -> Flags:
    """Tell which features share land with a loop of +1 of their group."""
    loop, fid = scene.tree(name).query(loops.extra)
    own = loops.extra_group[loop] == group[fid]
    loop, fid = loop[own], fid[own]
    met = scene.workers.blocks(interiors_meet, scene.shapes(name)[fid], loops.extra[loop])
    out = np.zeros(len(group), dtype=bool)
    out[fid[met]] = True
    return out


def _in_tangles(scene: Scene, name: str, group: Ints, loops: Loops, g: int) -> Flags:
    """Tell which features come near an edge of a tangle of their group, or lie where g differs."""
    tree, tangles = scene.tree(name), loops.tangles
    edge, fid = tree.query(lines_of(tangles))
    near = np.zeros(len(group), dtype=bool)
    near[fid[tangles.group[edge] == group[fid]]] = True
    # without an edge of a tangle in its box, g is the same all over the box: the sum of what each
    # part of the tangles has there, which is 0 outside the box of the part, for a part is closed
    part, fid = tree.query(loops.tangled)
    own = ~near[fid] & (loops.tangled_group[part] == group[fid])
    part, fid = part[own], fid[own]
    around = np.zeros(len(group), dtype=np.int64)
    boxes = shapely.bounds(scene.shapes(name)[fid])
    np.add.at(around, fid, _winding(tangles, loops.tangle_part, boxes, part))
    out: Flags = near | (around != g)
    return out


def _winding(edges: Edges, part_of: Ints, boxes: Floats, part: Ints) -> Ints:
    """Return g of a part of the edges in each box; no box meets the box of an edge of its part.

    g is what a ray to the east crosses. Every edge is wholly on one side of the lower left
    corner, so comparing coordinates is enough.
    """
    start, end = edges.start, edges.end
    low, high = np.minimum(start.imag, end.imag), np.maximum(start.imag, end.imag)
    west = np.minimum(start.real, end.real)
    # a tree of one line per edge, from low to high, at its part: which does a ray cross?
    spans = np.stack([part_of, low, part_of, high], axis=1).reshape(-1, 2, 2)
    rays = shapely.points(part.astype(float), boxes[:, 1])
    row, edge = shapely.STRtree(shapely.linestrings(spans)).query(rays)
    x, y = boxes[row, 0], boxes[row, 1]
    crossed = (low[edge] <= y) & (y < high[edge]) & (west[edge] > x)
    row, edge = row[crossed], edge[crossed]
    sign = np.where(end.imag < start.imag, 1, -1)[edge]
    return np.bincount(row, weights=sign, minlength=len(boxes)).astype(np.int64)
