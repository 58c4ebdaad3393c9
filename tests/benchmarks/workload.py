"""Makes a plan of any size with planted defects, and the truth about them by construction.

Run: python -m tests.benchmarks.workload 100000 FOLDER

One mesh of cells (units) with noisy edges; the noise is the edge's, so neighbours agree vertex for
vertex. Districts, cities and the province are blocks of cells, their rings the edges around
them. Defects are planted by moving vertices of one edge of one unit, on cells that do not meet:
their areas follow from the vertices moved, by nothing that is measured here. Same seed, same bytes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

SEED = 20261126
WRITTEN = "2026-11-26T00:00:00.000Z"  # what a GeoPackage says of itself: equal plans, equal bytes
CRS = "EPSG:4550"  # CGCS2000 / 3-degree Gauss-Kruger CM 123E
ORIGIN = (420_000.0, 4_500_000.0)
CELL = 120.0  # m
INNER = 5  # vertices within an edge: 25 a unit
BLOCK = 30  # cells along the side of a district
CITY = (3, 4)  # districts of a city, down and across
HERITAGE = 0.01  # relics, each with two zones, to a unit
SHARE = 0.005  # of the units, for each kind of defect
MODES = ("保护传承", "整治提升", "微改造", "拆除重建")
PLAN = """[plan]
name = "基准测试（合成数据）"
working_crs = "{crs}"
lang = "zh"

{layers}
"""


@dataclass
class Truth:
    """What was planted: codes, and the rings of the land that each defect is about."""

    overlap: list[tuple[str, str, Any]] = field(default_factory=list)  # within a district
    spill: list[tuple[str, str, Any]] = field(default_factory=list)  # into the next district
    duplicate: list[tuple[str, str, Any]] = field(default_factory=list)
    gap: list[tuple[str, Any]] = field(default_factory=list)  # district, ring
    sliver: list[tuple[str, Any]] = field(default_factory=list)  # district, ring; 2 to 30 cm wide


@dataclass
class Mesh:
    """Cells by row and column: nodes, and the inner vertices of the edges between them."""

    nodes: np.ndarray  # (rows + 1, columns + 1, 2)
    across: np.ndarray  # (rows + 1, columns, INNER, 2), west to east
    up: np.ndarray  # (rows, columns + 1, INNER, 2), south to north

    @property
    def rows(self) -> int:
        """Cells down."""
        return len(self.up)

    @property
    def columns(self) -> int:
        """Cells across."""
        return self.across.shape[1]

    def rings(self) -> np.ndarray:
        """Return the closed clockwise ring of every cell, (cells, 25, 2)."""
        row, column = np.divmod(np.arange(self.rows * self.columns), self.columns)
        return np.concatenate(
            [
                self.nodes[row, column, None],
                self.up[row, column],
                self.nodes[row + 1, column, None],
                self.across[row + 1, column],
                self.nodes[row + 1, column + 1, None],
                self.up[row, column + 1, ::-1],
                self.nodes[row, column + 1, None],
                self.across[row, column, ::-1],
                self.nodes[row, column, None],
            ],
            axis=1,
        )

    def around(self, south: int, north: int, west: int, east: int) -> np.ndarray:
        """Return the closed clockwise ring around a block of cells."""

        def along(nodes: np.ndarray, inner: np.ndarray) -> np.ndarray:
            return np.concatenate([nodes[:-1, None], inner], axis=1).reshape(-1, 2)

        left = along(self.nodes[south : north + 1, west], self.up[south:north, west])
        top = along(self.nodes[north, west : east + 1], self.across[north, west:east])
        right = along(
            self.nodes[south : north + 1, east][::-1], self.up[south:north, east][::-1, ::-1]
        )
        bottom = along(
            self.nodes[south, west : east + 1][::-1], self.across[south, west:east][::-1, ::-1]
        )
        return np.concatenate([left, top, right, bottom, left[:1]])


def make_mesh(rows: int, columns: int, rng: np.random.Generator) -> Mesh:
    """Return a mesh with ragged edges and winding blocks, on a grid of a millimetre."""
    x, y = np.meshgrid(np.arange(columns + 1) * CELL, np.arange(rows + 1) * CELL)
    sway = 2 * np.pi / (BLOCK * CELL)
    x, y = (
        x + 60 * np.sin(1.7 * sway * y) + 25 * np.sin(4.1 * sway * y + 1),
        y + 60 * np.sin(1.3 * sway * x + 2) + 25 * np.sin(3.7 * sway * x),
    )
    nodes = np.stack([x, y], axis=-1) + rng.uniform(-0.12, 0.12, (rows + 1, columns + 1, 2)) * CELL
    across = _between(nodes[:, :-1], nodes[:, 1:], rng)
    up = _between(nodes[:-1], nodes[1:], rng)
    return Mesh(*(np.round(part + ORIGIN, 3) for part in (nodes, across, up)))


def _between(begin: np.ndarray, end: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    step = (np.arange(1, INNER + 1) / (INNER + 1))[:, None]
    line = begin[:, :, None] + (end - begin)[:, :, None] * step
    return line + rng.uniform(-0.2, 0.2, line.shape) * CELL / (INNER + 1)


class Planting:
    """Defects on the east edges of cells that have nothing to do with one another."""

    # Places in a ring of 25: the nodes of the east edge, and its inner vertices between them.
    NORTH, SOUTH = 2 * INNER + 2, 3 * INNER + 3
    EAST = slice(NORTH + 1, SOUTH)

    def __init__(self, mesh: Mesh, rings: np.ndarray, codes: Sequence[str]) -> None:
        self.mesh, self.rings, self.codes = mesh, rings, codes
        self.district = [code[:6] for code in codes]
        self.truth = Truth()

    def bump(self, cell: int, metres: float) -> np.ndarray:
        """Move the middle of an edge east (or west); return the ring of the land between."""
        at = self.NORTH + 1 + INNER // 2
        before = self.rings[cell, at - 1 : at + 2].copy()
        self.rings[cell, at] = np.round(before[1] + [metres, 0], 3)
        return np.concatenate([before, self.rings[cell, at][None], before[:1]])

    def pull(self, cell: int, metres: float) -> np.ndarray:
        """Move all inner vertices of an edge west; return the ring of the sliver between."""
        whole = slice(self.NORTH, self.SOUTH + 1)
        before = self.rings[cell, whole].copy()
        self.rings[cell, self.EAST] = np.round(before[1:-1] - [metres, 0], 3)
        return np.concatenate([before, self.rings[cell, self.EAST][::-1], before[:1]])

    def overlaps(self, cells: np.ndarray, rng: np.random.Generator) -> None:
        """Bump units into their neighbours: an overlap, or a spill where the district ends."""
        for cell, metres in zip(cells, rng.uniform(12, 22, len(cells)), strict=True):
            ring = self.bump(cell, metres)
            known = (
                self.truth.overlap
                if self.district[cell] == self.district[cell + 1]
                else self.truth.spill
            )
            known.append((self.codes[cell], self.codes[cell + 1], ring))

    def gaps(self, cells: np.ndarray, rng: np.random.Generator) -> None:
        """Bump units away from their neighbours."""
        for cell, metres in zip(cells, rng.uniform(12, 22, len(cells)), strict=True):
            self.truth.gap.append((self.district[cell], self.bump(cell, -metres)))

    def slivers(self, cells: np.ndarray, rng: np.random.Generator) -> None:
        """Pull edges away from their neighbours by 2 to 30 cm."""
        for cell, metres in zip(cells, rng.uniform(0.02, 0.3, len(cells)), strict=True):
            self.truth.sliver.append((self.district[cell], self.pull(cell, metres)))


def free_cells(mesh: Mesh, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return cells that do not meet: within districts, and at their east ends."""
    row, column = np.divmod(np.arange(mesh.rows * mesh.columns), mesh.columns)
    place = column % BLOCK
    apart = row % 3 == 1
    within = np.flatnonzero(apart & (column % 3 == 1) & (place != BLOCK - 2))
    ends = np.flatnonzero(apart & (place == BLOCK - 1) & (column != mesh.columns - 1))
    return rng.permutation(within), rng.permutation(ends)


def layout(count: int) -> tuple[int, int]:
    """Return how many districts down and across come nearest to a number of units."""
    districts = max(round(count / BLOCK**2), 2)
    down = max(int(np.sqrt(districts)), 1)
    return down, max(round(districts / down), 1)


def district_code(down: int, across: int, cities_across: int) -> str:
    """Return the code of a district by its place."""
    city = down // CITY[0] * cities_across + across // CITY[1] + 1
    within = down % CITY[0] * CITY[1] + across % CITY[1] + 1
    return f"21{city:02d}{within:02d}"


def make(
    count: int, clean: bool = False, junctions: float = 0.0, heritage: float = HERITAGE
) -> dict[str, Any]:
    """Return the layers of a plan as frames, and under "truth" what was planted.

    Parameters
    ----------
    count : int
        Units, about.
    clean : bool
        Plant nothing.
    junctions : float
        Share of the units that have a vertex on an edge which their neighbour lacks.
    heritage : float
        Relics to a unit; each has a core zone and a ring around it.
    """
    rng = np.random.default_rng(SEED)
    down, across = layout(count)
    mesh = make_mesh(down * BLOCK, across * BLOCK, rng)
    rings = mesh.rings()
    cities_across = -(-across // CITY[1])
    row, column = np.divmod(np.arange(len(rings)), mesh.columns)
    names = np.array(
        [[district_code(i, j, cities_across) for j in range(across)] for i in range(down)]
    )
    district = names[row // BLOCK, column // BLOCK]
    number = row % BLOCK * BLOCK + column % BLOCK + 1
    codes = [f"{where}-GX{n:03d}" for where, n in zip(district, number, strict=True)]
    planting = Planting(mesh, rings, codes)
    within, ends = free_cells(mesh, rng)
    share = 0 if clean else max(int(SHARE * len(rings)), 5)
    kinds = np.split(within[: 4 * share], 4) if share else [within[:0]] * 4
    planting.overlaps(kinds[0], rng)
    planting.gaps(kinds[1], rng)
    planting.slivers(kinds[2], rng)
    planting.overlaps(ends[:share], rng)
    units = shapely.polygons(rings)
    twins = _twins(kinds[3], district)
    planting.truth.duplicate += [(codes[cell], code, rings[cell]) for cell, code in twins]
    split = within[4 * share :][: int(junctions * len(rings))]
    units[split] = shapely.polygons(_with_junction(rings[split]))
    frame = {
        "code": [*codes, *(code for _, code in twins)],
        "parent": [*district, *(district[cell] for cell, _ in twins)],
        "mode": np.array(MODES)[rng.integers(0, len(MODES), len(rings) + len(twins))],
    }
    shapes = np.concatenate([units, units[[cell for cell, _ in twins]]]) if twins else units
    order = rng.permutation(len(shapes))
    layers: dict[str, Any] = {
        "unit": gpd.GeoDataFrame(frame, geometry=shapes, crs=CRS).iloc[order],
        **_upper(mesh, names),
        **_heritage(mesh, len(rings), heritage, rng),
    }
    return {**layers, "truth": planting.truth}


def _twins(cells: np.ndarray, district: np.ndarray) -> list[tuple[int, str]]:
    """Return which cells are there twice, and the codes of the second ones."""
    used: dict[str, int] = {}
    out = []
    for cell in cells:
        where = str(district[cell])
        used[where] = used.get(where, BLOCK**2) + 1
        if used[where] < 1000:
            out.append((int(cell), f"{where}-GX{used[where]:03d}"))
    return out


def _with_junction(rings: np.ndarray) -> np.ndarray:
    at = Planting.NORTH
    middle = np.round((rings[:, at] + rings[:, at + 1]) / 2, 3)
    return np.insert(rings, at + 1, middle, axis=1)


def _upper(mesh: Mesh, names: np.ndarray) -> dict[str, gpd.GeoDataFrame]:
    """Return districts, cities and the province: blocks of cells."""
    down, across = names.shape

    def block(rows: range, columns: range) -> shapely.Geometry:
        return shapely.polygons(
            mesh.around(
                rows.start * BLOCK, rows.stop * BLOCK, columns.start * BLOCK, columns.stop * BLOCK
            )
        )

    districts = [(i, j) for i in range(down) for j in range(across)]
    cities = [
        (range(i, min(i + CITY[0], down)), range(j, min(j + CITY[1], across)))
        for i in range(0, down, CITY[0])
        for j in range(0, across, CITY[1])
    ]
    code_of = [f"{names[rows.start, columns.start][:4]}00" for rows, columns in cities]
    return {
        "district": gpd.GeoDataFrame(
            {
                "code": [names[at] for at in districts],
                "parent": [f"{names[at][:4]}00" for at in districts],
            },
            geometry=[block(range(i, i + 1), range(j, j + 1)) for i, j in districts],
            crs=CRS,
        ),
        "city": gpd.GeoDataFrame(
            {"code": code_of, "parent": "210000"},
            geometry=[block(rows, columns) for rows, columns in cities],
            crs=CRS,
        ),
        "province": gpd.GeoDataFrame(
            {"code": ["210000"]}, geometry=[block(range(down), range(across))], crs=CRS
        ),
    }


def _heritage(
    mesh: Mesh, units: int, share: float, rng: np.random.Generator
) -> dict[str, gpd.GeoDataFrame]:
    """Return zones with a core and a ring around it, points, and buildings."""
    size = np.array([mesh.columns, mesh.rows]) * CELL

    def places(count: int) -> np.ndarray:
        return ORIGIN + rng.uniform(0.02, 0.98, (count, 2)) * size

    def circles(middle: np.ndarray, radius: np.ndarray, wobble: np.ndarray) -> np.ndarray:
        turn = np.linspace(0, 2 * np.pi, 25)[:-1]
        reach = radius[:, None] * (1 + 0.12 * np.sin(3 * turn + wobble[:, None]))
        ring = middle[:, None] + reach[..., None] * np.stack([np.cos(turn), np.sin(turn)], -1)
        ring = np.round(ring, 3)
        return np.concatenate([ring, ring[:, :1]], axis=1)

    count = max(int(share * units), 4)
    middle, radius, wobble = places(count), rng.uniform(50, 160, count), rng.uniform(0, 6, count)
    core = circles(middle, radius, wobble)
    outer = circles(middle, radius + rng.uniform(30, 90, count), wobble)
    rings = shapely.linearrings(core)
    control = shapely.polygons(shapely.linearrings(outer), holes=rings[:, None])
    body = [f"WW{i:06d}" for i in range(count)]
    zone = gpd.GeoDataFrame(
        {
            "code": [f"{code}-{kind}" for kind in ("1", "2") for code in body],
            "body": [*body, *body],
            "zone": ["Z2"] * count + ["Z3"] * count,
        },
        geometry=np.concatenate([shapely.polygons(core), control]),
        crs=CRS,
    )
    level = np.array(["national", "province", "city", "county"])[rng.integers(0, 4, count)]
    bodies = gpd.GeoDataFrame(
        {"code": body, "asset_class": "WW", "level": level},
        geometry=shapely.points(np.round(middle, 3)),
        crs=CRS,
    )
    houses = max(units, 20)
    corner = np.array([[-9, -6], [-9, 6], [9, 6], [9, -6], [-9, -6]])
    turn = rng.uniform(0, np.pi, houses)
    spin = np.stack([np.cos(turn), -np.sin(turn), np.sin(turn), np.cos(turn)], -1)
    walls = np.einsum("nij,kj->nki", spin.reshape(-1, 2, 2), corner)
    building = gpd.GeoDataFrame(
        {"code": [f"JZ{i:07d}" for i in range(houses)]},
        geometry=shapely.polygons(np.round(places(houses)[:, None] + walls, 3)),
        crs=CRS,
    )
    return {"heritage_zone": zone, "heritage_body": bodies, "building": building}


def write(layers: dict[str, Any], folder: Path) -> None:
    """Write a plan folder: a GeoPackage for each layer, `gisplan.toml`, and `truth.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": WRITTEN})
    told = []
    for name, frame in layers.items():
        if name == "truth":
            continue
        frame.to_file(folder / f"{name}.gpkg", layer=name, engine="pyogrio", driver="GPKG")
        extra = "\npartitions_parent = true" if name == "unit" else ""
        told.append(f'[layers.{name}]\npath = "{name}.gpkg"{extra}')
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    text = PLAN.format(crs=CRS, layers="\n\n".join(told))
    (folder / "gisplan.toml").write_text(text, encoding="utf-8")
    truth = json.dumps(vars(layers["truth"]), default=np.ndarray.tolist)
    (folder / "truth.json").write_text(truth, encoding="utf-8")


def main() -> None:
    """Write the plan that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clean", action="store_true", help="plant nothing")
    parser.add_argument("--junctions", type=float, default=0.0, help="share of units, as 0.02")
    parser.add_argument("--heritage", type=float, default=HERITAGE, help="relics to a unit")
    given = parser.parse_args()
    write(make(given.count, given.clean, given.junctions, given.heritage), given.folder)


if __name__ == "__main__":
    main()
