"""The sample's control lines: none of them touches a unit where it must not, as built here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gisplan.testing.sample_blocks import SLOTS, Cell, Town, blob, block_of
from gisplan.testing.sample_heritage import town_name
from gisplan.testing.sample_mesh import CRS, DISTRICTS, on_grid, stream


def make_lines(
    districts: gpd.GeoDataFrame,
    towns: Mapping[str, Town],
    built: Mapping[str, BaseGeometry],
    used: set[tuple[str, Cell]],
) -> gpd.GeoDataFrame:
    """Return development boundaries, parks, a river, farmland and ecological red lines.

    built : what each district's development boundary must hold
    used : cells of the street grids that heritage has taken; parks go into the others
    """
    rows: list[dict[str, Any]] = []
    for code, shape in built.items():
        around = shapely.buffer(shapely.buffer(shape, 420, quad_segs=3), -170, quad_segs=3)
        around = shapely.simplify(around, 8)
        rows.append(
            line_row(
                "development_boundary", f"CZ{code}", f"{town_name(code)}区城镇开发边界", around
            )
        )
    for code, town in towns.items():
        slot = next(slot for slot in SLOTS if (code, slot) not in used)
        park = shapely.buffer(block_of(town.cells[slot], 40), -20, join_style="mitre")
        rows.append(line_row("green", f"LX{code}", f"{town_name(code)}公园绿线", park))
    rows.append(line_row("blue", "LAN01", "示例河蓝线", _river(districts)))
    keep_off = shapely.buffer(
        shapely.union_all([*[row["geometry"] for row in rows], *built.values()]), 300
    )
    rows += _open_country(districts, keep_off)
    lines = gpd.GeoDataFrame(rows, crs=CRS)
    lines["geometry"] = on_grid(lines.geometry.to_numpy())
    return lines


def line_row(
    kind: str, code: str, name: str, shape: BaseGeometry, tier: str = "市级"
) -> dict[str, Any]:
    """Return the row of a line as the city's plan has it, or that of another tier."""
    names = {
        "development_boundary": "城镇开发边界",
        "green": "城市绿线",
        "blue": "城市蓝线",
        "permanent_farmland": "永久基本农田",
        "ecological_redline": "生态保护红线",
    }
    return {"code": code, "name": name, "kind": names[kind], "tier": tier, "geometry": shape}


def _river(districts: gpd.GeoDataFrame) -> BaseGeometry:
    """Return a river along the border between the upper and the middle row of districts."""
    rows = [
        districts.geometry[[DISTRICTS[code][2] == row for code in districts["code"]]].to_numpy()
        for row in (1, 2)
    ]
    shared = shapely.intersection(rows[0][:, None], rows[1][None, :]).ravel()
    shared = shared[shapely.length(shared) > 0]
    course = shapely.line_merge(shapely.union_all(shared))
    return shapely.simplify(shapely.buffer(course, 70, quad_segs=2), 5)


def _open_country(districts: gpd.GeoDataFrame, keep_off: BaseGeometry) -> list[dict[str, Any]]:
    """Return farmland and red lines in the open country of districts, clear of all else."""
    rng = stream(12)
    rows = []
    for n, district in enumerate(districts.itertuples()):
        free = shapely.difference(shapely.buffer(district.geometry, -400), keep_off)
        circle = shapely.get_coordinates(shapely.maximum_inscribed_circle(free, tolerance=50))
        radius = float(np.hypot(*(circle[1] - circle[0])))
        lumpy = blob(circle[0], radius * rng.uniform(0.75, 0.98), 300 + n, wobble=0.4, n=17)
        shape = shapely.buffer(shapely.buffer(lumpy, -radius / 7), radius / 9, quad_segs=3)
        kind = "ecological_redline" if n % 4 == 3 else "permanent_farmland"
        title = "生态保护红线" if n % 4 == 3 else "永久基本农田"
        prefix = "ST" if n % 4 == 3 else "NT"
        rows.append(
            line_row(
                kind, f"{prefix}{district.code}", f"{town_name(district.code)}区{title}", shape
            )
        )
    return rows
