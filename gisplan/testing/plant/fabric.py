"""Random units in the blocks of the towns, and the parcels, buildings and projects inside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplan.catalogue.codes import codelist
from gisplan.testing.plant.places import Places
from gisplan.testing.sample_blocks import SIZE, Cell, divide, house
from gisplan.testing.sample_mesh import on_grid
from gisplan.testing.sample_units import (
    PLACES,
    PROJECT_TYPES,
    TYPES,
    ellipsoid_area,
    project_shape,
)

HELD: tuple[Cell, ...] = ((1, 1), (3, 3))  # blocks without units: heritage, room to move
PARCELS, PAIRS, PROJECTS = 6, 3, 5  # blocks of a town with parcels, with two units, with a project
PARCELS_A_UNIT = 4
# 1207 has another name in each edition of the list: it tells which one is used
USES = ("070102", "070102", "0702", "0901", "0803", "080403", "1301", "1401", "1207", "1207")
_FLOORS = 3.0  # m
_MODES = {"M1": 0.08, "M2": 0.42, "M3": 0.28, "M5": 0.16, "M7": 0.06}


@dataclass
class Fabric:
    """Everything below the districts."""

    units: gpd.GeoDataFrame
    parcels: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    projects: gpd.GeoDataFrame


def make_fabric(rng: np.random.Generator, places: Places, year: int) -> Fabric:
    """Return units with what lies in them, all sound.

    year : the year in which the units are approved
    """
    units, faces = _units(rng, places, year)
    parcels = _parcels(rng, units, faces, places.crs)
    buildings = _buildings(rng, parcels, places.crs)
    units["area"] = ellipsoid_area(units.geometry.to_numpy(), places.crs)
    parcels["area"] = ellipsoid_area(parcels.geometry.to_numpy(), places.crs)
    parcels["floor_area"] = (parcels["far"] * parcels["area"]).round(2)
    _floor_areas(rng, units, buildings)
    _land(units, parcels)
    return Fabric(units, parcels, buildings, _projects(rng, units, year))


def _units(
    rng: np.random.Generator, places: Places, year: int
) -> tuple[gpd.GeoDataFrame, dict[str, Any]]:
    """Return the units, and the parcels' shapes of those that have some, by unit code."""
    rows: list[dict[str, Any]] = []
    faces: dict[str, Any] = {}
    for district, town in places.towns.items():
        cells = [(r, c) for r in range(SIZE) for c in range(SIZE) if (r, c) not in HELD]
        order = [cells[at] for at in rng.permutation(len(cells))]
        for n, cell in enumerate(order):
            block, key = town.blocks[cell], int(rng.integers(1 << 30))
            if n < PARCELS:
                faces[f"{district}-GX{len(_of(rows, district)) + 1:03d}"] = (
                    parts := divide(block, PARCELS_A_UNIT, key)
                )
                shapes = [on_grid(np.array([shapely.coverage_union_all(parts)]))[0]]
            else:
                shapes = list(divide(block, 2, key)) if n < PARCELS + PAIRS else [block]
            use = "parcels" if n < PARCELS else "project" if n >= len(cells) - PROJECTS else ""
            for shape in shapes:
                code = f"{district}-GX{len(_of(rows, district)) + 1:03d}"
                rows.append({"code": code, "parent": district, "_use": use, "geometry": shape})
    units = gpd.GeoDataFrame(rows, crs=places.crs)
    return _described(rng, units, places, year), faces


def _of(rows: list[dict[str, Any]], district: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["parent"] == district]


def _described(
    rng: np.random.Generator, units: gpd.GeoDataFrame, places: Places, year: int
) -> gpd.GeoDataFrame:
    n = len(units)
    names = dict(zip(places.districts["code"], places.districts["name"], strict=True))
    short = units["parent"].map(names).str.removesuffix("区").str.removesuffix("县")
    number = units.groupby("parent").cumcount()
    picked = [PLACES[at % len(PLACES)] for at in number]
    units["name"] = [f"{a}{b}{k + 1}号更新单元" for a, b, k in
                     zip(short, picked, number, strict=True)]  # fmt: skip
    # every other office writes the district's name beside the code
    telling = set(list(names)[::2])
    units["district_name"] = [names[d] if d in telling else None for d in units["parent"]]
    units["mode"] = rng.choice(list(_MODES), n, p=list(_MODES.values()))
    units["renewal_type"] = rng.choice(TYPES, n)
    units["far"] = rng.uniform(1.6, 2.8, n).round(1)
    units["height_cap"] = rng.choice([24.0, 36.0, 54.0, 80.0], n)
    units["height"] = units["height_cap"] - rng.choice([0.0, 3.0, 6.0], n)
    units["density"] = rng.uniform(26, 35, n).round(1)
    units["green_ratio"] = rng.choice([25.0, 30.0], n)
    units["old_town"] = [bool(flag) for flag in rng.random(n) < 0.2]
    units["land_use"] = rng.choice(["07", "0701", "08", "09"], n)
    units["rent_growth"] = rng.uniform(0.5, 4.8, n).round(1)
    units["resettled"] = rng.integers(20, 300, n).astype(float)
    units["resettled_near"] = (units["resettled"] * rng.uniform(0.52, 0.95, n)).apply(np.ceil)
    days = pd.Timestamp(f"{year}-02-10") + pd.to_timedelta(rng.integers(0, 220, n), "D")
    units["approved_on"] = days
    units["period_start"] = pd.Timestamp(f"{year}-01-01")
    units["period_end"] = pd.Timestamp(f"{year + 5}-12-31")
    units["version"], units["status"] = "V1.0", "批复"
    return units


def _parcels(
    rng: np.random.Generator, units: gpd.GeoDataFrame, faces: dict[str, Any], crs: str
) -> gpd.GeoDataFrame:
    rows = []
    for unit in units[units["_use"] == "parcels"].itertuples():
        for n, face in enumerate(faces[unit.code], start=1):
            far = round(float(rng.uniform(0.8, 1.0)) * (unit.far - 0.3), 1)
            rows.append(
                {
                    "code": f"{unit.code}-{n:02d}",
                    "name": f"{n:02d}号地块",
                    "parent": unit.code,
                    "mode": unit.mode,
                    # one of each kind of public land, so that a unit has what it must have
                    "land_use": str(rng.choice(USES)) if n > 1 else "0803",
                    "far": far,
                    "height": unit.height_cap - float(rng.choice([0.0, 3.0])),
                    "density": round(unit.density - float(rng.uniform(0, 4)), 1),
                    "green_ratio": unit.green_ratio + float(rng.choice([0.0, 5.0])),
                    "existing_far": round(far + float(rng.uniform(0, 0.5)), 1),
                    # every other parcel has a control of its own, not lower than what is planned
                    "far_cap": round(far + 0.2, 1) if n % 2 else None,
                    "geometry": face,
                }
            )
    parcels = gpd.GeoDataFrame(rows, crs=crs)
    uses = codelist("land_use")
    parcels["land_use_name"] = [uses[code].title.zh for code in parcels["land_use"]]
    return parcels


def _buildings(rng: np.random.Generator, parcels: gpd.GeoDataFrame, crs: str) -> gpd.GeoDataFrame:
    """Set a house on each parcel along its longer side, clear of its edges."""
    rows: list[dict[str, Any]] = []
    for parcel in parcels.itertuples():
        box = shapely.get_coordinates(shapely.minimum_rotated_rectangle(parcel.geometry))
        sides = sorted([box[1] - box[0], box[2] - box[1]], key=lambda v: -np.hypot(*v))
        angle = float(np.arctan2(sides[0][1], sides[0][0]))
        middle = shapely.get_coordinates(parcel.geometry.centroid)[0]
        size = [np.hypot(*side) * rng.uniform(0.2, 0.3) for side in sides]
        kind = str(rng.choice(["slab", "L", "court"]))
        shape = house(middle + sides[0] * 0.15, angle, size[0], size[1], kind)
        if not shapely.contains(shapely.buffer(parcel.geometry, -6), shape):
            continue
        floors = int(rng.choice([3, 6, 7, 11]))
        rows.append(
            {
                "code": f"{parcel.parent}-J{len(rows) + 1:03d}",
                "parent": parcel.parent,
                "floors": floors,
                "height": floors * _FLOORS,
                "year": int(rng.integers(1956, 2012)),
                "action": str(rng.choice(["留", "改"])),
                "geometry": shape,
            }
        )
    buildings = gpd.GeoDataFrame(rows, crs=crs)
    buildings["footprint_area"] = ellipsoid_area(buildings.geometry.to_numpy(), crs)
    buildings["floor_area"] = (buildings["footprint_area"] * buildings["floors"]).round(2)
    # the smallest house of a unit goes where that is a sixth of its floor area at most
    whole = buildings.groupby("parent")["floor_area"]
    smallest = whole.rank(method="first") == 1
    buildings.loc[smallest & (buildings["floor_area"] <= whole.transform("sum") / 6), "action"] = (
        "拆"
    )
    return buildings


def _floor_areas(
    rng: np.random.Generator, units: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame
) -> None:
    """Fill the floor areas of units: from their buildings where drawn, else within the policy."""
    n = len(units)
    existing = (units["area"] * rng.uniform(0.5, 1.4, n)).round(0)
    demolished = (existing * rng.uniform(0.03, 0.17, n)).round(0)
    altered = ((existing - demolished) * rng.uniform(0.2, 0.6, n)).round(0)
    drawn = buildings.pivot_table("floor_area", "parent", "action", "sum", fill_value=0.0)
    drawn = drawn.reindex(units["code"]).set_axis(units.index)
    there = drawn.notna().all(axis=1)
    units["existing_area"] = existing.where(~there, drawn.sum(axis=1)).round(2)
    units["demolish_area"] = demolished.where(~there, drawn.get("拆", 0.0)).round(2)
    units["altered_area"] = altered.where(~there, drawn.get("改", 0.0)).round(2)
    units["kept_area"] = (
        units["existing_area"] - units["demolish_area"] - units["altered_area"]
    ).round(2)
    units["illegal_area"] = (units["demolish_area"] * 0.1).round(2)
    # an old town is not to become denser
    most = np.where(units["old_town"], 0.95, 1.8)
    units["new_area"] = (units["demolish_area"] * most * rng.uniform(0.6, 1.0, n)).round(2)
    units["public_area"] = (units["new_area"] * 0.15).round(2)
    state_ratios(units)


def state_ratios(rows: pd.DataFrame) -> None:
    """Fill demolition share (%) and rebuild ratio from the floor areas beside them."""
    rows["demolish_share"] = (rows["demolish_area"] / rows["existing_area"] * 100).round(2)
    ratio = rows["new_area"] / rows["demolish_area"].where(rows["demolish_area"] > 0)
    rows["rebuild_ratio"] = ratio.round(2)


def _land(units: gpd.GeoDataFrame, parcels: gpd.GeoDataFrame) -> None:
    """State the land of each public class that a unit must have, and the floor area it may."""
    by_class = parcels.assign(kind=parcels["land_use"].str[:2])
    there = by_class.pivot_table("area", "parent", "kind", "sum").reindex(units["code"])
    for column, kind in (("service_land", "08"), ("utility_land", "13"), ("green_land", "14")):
        has = there[kind] if kind in there else pd.Series(np.nan, there.index)
        units[column] = (has * 0.9).round(2).to_numpy()
    cap = parcels.groupby("parent")["floor_area"].sum().reindex(units["code"]) * 1.25
    units["floor_area_cap"] = cap.round(0).to_numpy()


def _projects(rng: np.random.Generator, units: gpd.GeoDataFrame, year: int) -> gpd.GeoDataFrame:
    """Draw areas, lines and points, each in a unit of its own."""
    rows = []
    for n, unit in enumerate(units[units["_use"] == "project"].itertuples()):
        start = year + int(rng.integers(0, 3))
        existing = round(float(rng.uniform(4000, 30000)), 0)
        demolished = round(existing * float(rng.uniform(0.03, 0.17)), 0)
        kind = PROJECT_TYPES[n % len(PROJECT_TYPES)]
        rows.append(
            {
                "code": f"{unit.code}-P001",
                "name": unit.name.removesuffix("更新单元") + kind + "项目",
                "parent": unit.code,
                "mode": unit.mode,
                "project_type": kind,
                "task": str(1 + n % 16),
                "content": f"{kind}及配套",
                "invest": round(float(rng.uniform(300, 9000)), 1),
                "start_year": start,
                "end_year": start + int(rng.integers(1, 4)),
                "plan_year": start,
                "existing_area": existing,
                "demolish_area": demolished,
                "illegal_area": round(demolished * 0.1, 0),
                "new_area": round(demolished * float(rng.uniform(0.8, 1.8)), 0),
                "approved_on": pd.Timestamp(f"{year + 1}-03-01"),
                "geometry": project_shape(unit.geometry, n % 4, rng),
            }
        )
    projects = gpd.GeoDataFrame(rows, crs=units.crs)
    state_ratios(projects)
    return projects
