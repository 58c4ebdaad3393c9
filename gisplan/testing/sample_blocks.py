"""The sample's urban blocks: a warped street grid in each district, its cells cut by streets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gisplan.testing.sample_mesh import on_grid, ragged, stream

Cell = tuple[int, int]  # row, column of the street grid

SIZE = 5  # cells a side
STREET = 16.0  # m, half the width of a street
SLOTS: tuple[Cell, ...] = ((1, 1), (1, 3), (3, 1), (3, 3))  # kept free: heritage, parks
CORNERS: tuple[Cell, ...] = ((0, 0), (0, 4), (4, 0), (4, 4))
HISTORIC: tuple[Cell, ...] = ((1, 1), (1, 2), (2, 1), (2, 2))  # a historic district takes four
SIDES = {"S": (-1, 0), "N": (1, 0), "W": (0, -1), "E": (0, 1)}


@dataclass(frozen=True)
class Town:
    """The street grid of one district: corner nodes, whole cells, and blocks between streets."""

    nodes: NDArray[np.float64]  # (SIZE + 1, SIZE + 1, 2)
    cells: dict[Cell, BaseGeometry]
    blocks: dict[Cell, BaseGeometry]
    angle: float  # of the streets, radians

    def centre(self, cell: Cell) -> NDArray[np.float64]:
        """Return the middle of a cell."""
        return np.asarray(shapely.get_coordinates(self.cells[cell].centroid)[0])

    def beside(self, slot: Cell, side: str, distance: float) -> NDArray[np.float64]:
        """Return the point in a free cell that lies `distance` from the block on that side."""
        row, column = slot
        up, right = SIDES[side]
        block = self.blocks[row + up, column + right]
        start = self.centre(slot)
        near = shapely.get_coordinates(shapely.shortest_line(shapely.Point(start), block))[1]
        away = (start - near) / np.hypot(*(start - near))
        return np.asarray(near + away * distance)


def make_town(district: BaseGeometry, number: int) -> Town:
    """Return the street grid in the widest place of a district."""
    rng = stream(3, number)
    circle = shapely.maximum_inscribed_circle(district, tolerance=10)
    middle = shapely.get_coordinates(circle)[0]
    angle = float(rng.uniform(-0.45, 0.45))
    steps = rng.uniform(540, 690, (2, SIZE))
    x, y = (np.concatenate([[0], np.cumsum(step)]) - step.sum() / 2 for step in steps)
    grid = np.stack(np.meshgrid(x, y), axis=-1) + rng.uniform(-38, 38, (SIZE + 1, SIZE + 1, 2))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    nodes = np.round(grid @ turn + middle, 3)
    cells = {(r, c): _cell(nodes, r, c) for r in range(SIZE) for c in range(SIZE)}
    blocks = {key: block_of(cell, rng.uniform(8, 26)) for key, cell in cells.items()}
    return Town(nodes, cells, blocks, angle)


def _cell(nodes: NDArray[np.float64], r: int, c: int) -> BaseGeometry:
    """Return one cell; its sides bend as the neighbour's do, since they hang on the nodes."""
    around = [nodes[r, c], nodes[r, c + 1], nodes[r + 1, c + 1], nodes[r + 1, c]]
    sides = [
        shapely.get_coordinates(ragged(a, b, detail=160, roughness=0.035))[:-1]
        for a, b in zip(around, around[1:] + around[:1], strict=True)
    ]
    return shapely.Polygon(np.vstack(sides))


def block_of(cell: BaseGeometry, chamfer: float) -> BaseGeometry:
    """Return the block in a cell: drawn back from the street, its corners cut."""
    core = shapely.buffer(cell, -STREET - chamfer, join_style="mitre")
    block = shapely.buffer(core, chamfer, quad_segs=1)
    return on_grid(np.array([shapely.simplify(block, 1.0)]))[0]


def blob(
    centre: NDArray[np.float64], radius: float, key: int, wobble: float = 0.12, n: int = 20
) -> BaseGeometry:
    """Return a lumpy round shape, all of it within `radius` of the centre."""
    rng = stream(4, key)
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    reach = radius * (1 - wobble * rng.uniform(0, 1, n))
    ring = np.column_stack([np.cos(angle), np.sin(angle)]) * reach[:, None] + centre
    return on_grid(np.array([shapely.Polygon(ring)]))[0]


def house(
    centre: NDArray[np.float64], angle: float, length: float, width: float, kind: str = "slab"
) -> BaseGeometry:
    """Return a building's footprint: a slab, an L, or a court with a yard."""
    a, b = length / 2, width / 2
    ring = {
        "slab": [(-a, -b), (a, -b), (a, b), (-a, b)],
        "L": [(-a, -b), (a, -b), (a, 0), (0, 0), (0, b), (-a, b)],
        "court": [(-a, -b), (a, -b), (a, b), (-a, b)],
    }[kind]
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    shell = np.array(ring) @ turn + centre
    holes = [(np.array(ring) * 0.5) @ turn + centre] if kind == "court" else []
    return on_grid(np.array([shapely.Polygon(shell, holes)]))[0]


def divide(block: BaseGeometry, pieces: int, key: int) -> NDArray[np.object_]:
    """Return parcels that tile a block, cut across the longer side again and again.

    Each cut is one line, noded with the others, so that neighbours share their vertices.
    """
    rng = stream(5, key)
    parts, cuts = [block], [shapely.boundary(block)]
    while len(parts) < pieces:
        parts.sort(key=shapely.area)
        largest = parts.pop()
        line = _cut(largest, float(rng.uniform(0.42, 0.58)))
        halves = shapely.polygonize([shapely.union(shapely.boundary(largest), line)])
        parts += shapely.get_parts(halves).tolist()
        # a little too long, so that it surely meets the line that it ends on; the end drops out
        cuts.append(shapely.intersection(line, shapely.buffer(largest, 0.01)))
    lines = shapely.union_all(cuts)
    faces = on_grid(np.array(shapely.polygonize([lines]).geoms, dtype=object))
    middle = shapely.get_coordinates(shapely.centroid(faces))
    return faces[np.lexsort((middle[:, 0], -middle[:, 1]))]


def _cut(part: BaseGeometry, share: float) -> BaseGeometry:
    """Return the line across the longer side of a part, at a share of its length."""
    box = shapely.get_coordinates(shapely.minimum_rotated_rectangle(part))
    first, second = box[1] - box[0], box[2] - box[1]
    if np.hypot(*first) >= np.hypot(*second):
        start, along, across = box[0], first, second
    else:
        start, along, across = box[1], second, -first
    at = start + along * share
    return shapely.LineString([at - across * 0.1, at + across * 1.1])
