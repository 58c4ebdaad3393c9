"""The sample's renewal units, and the parcels, buildings and projects inside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Geod, Transformer

from gisplan.testing.sample_blocks import CORNERS, HISTORIC, SIZE, SLOTS, Town, divide, house
from gisplan.testing.sample_heritage import Heritage, Place, town_name
from gisplan.testing.sample_mesh import CRS, DISTRICTS, on_grid, ragged, stream

HISTORIC_DISTRICTS = ("210103", "210502")
PARCEL_UNITS_A_DISTRICT = {"210102": 6, "210103": 6, "210104": 6, "210105": 7}
PARCELS_A_UNIT = 12
BUILDINGS = 400
MODE_NAMES = {  # offices write the mode in words
    "M1": "保护传承",
    "M2": "整治提升",
    "M3": "微改造",
    "M4": "拆除不建",
    "M5": "拆除重建",
    "M6": "新建扩建",
    "M7": "必要基础设施和公共服务设施建设",
}
TYPES = ("老旧小区改造", "老旧厂区改造", "老旧街区改造", "城中村改造", "低效用地盘活")
PROJECT_TYPES = ("老旧管网改造", "老旧小区改造", "道路桥梁", "园林绿化", "片区更新")
PLACES = ("北市", "南市", "工人村", "红旗", "建设", "光明", "和睦", "胜利", "团结", "前进", "站前",
          "河沿", "文化宫", "铁路里", "新华", "百鸟", "向阳", "长江", "泰山", "岭西")  # fmt: skip
LAND_USES = ("070102", "070102", "070102", "0702", "0901", "080403", "0803", "1401", "120803")
_GEOD = Geod(a=6378137.0, rf=298.257222101)  # CGCS2000


@cache
def _to_degrees(crs: str) -> Transformer:
    return Transformer.from_crs(crs, "EPSG:4490", always_xy=True)


def ellipsoid_area(shapes: NDArray[np.object_], crs: str = CRS) -> NDArray[np.float64]:
    """Return areas on the CGCS2000 ellipsoid, m2, to two decimals."""
    project = _to_degrees(crs).transform
    degrees = shapely.transform(shapes, lambda xy: np.column_stack(project(*xy.T)))
    turned = shapely.orient_polygons(degrees)
    return np.array([round(abs(_GEOD.geometry_area_perimeter(s)[0]), 2) for s in turned])


@dataclass
class Fabric:
    """Units with what lies in them; `units` is indexed by place, the others by row."""

    units: gpd.GeoDataFrame
    parcels: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    projects: gpd.GeoDataFrame


def make_fabric(towns: Mapping[str, Town], heritage: Heritage, reserved: set[Place]) -> Fabric:
    """Return units, parcels, buildings and projects, all sound.

    reserved : units that get neither parcels nor projects, since something is planted on them
    """
    units = _units(towns, heritage)
    quiet = ~units.index.isin(list(reserved | set(heritage.modes)))
    parcels = _parcels(units, quiet)
    buildings = _buildings(parcels)
    _floor_areas(units, buildings)
    return Fabric(units, parcels, buildings, _projects(units, quiet))


def _units(towns: Mapping[str, Town], heritage: Heritage) -> gpd.GeoDataFrame:
    places: list[Place] = []
    shapes = []
    for district, town in towns.items():
        free = {*SLOTS, *CORNERS, *(HISTORIC if district in HISTORIC_DISTRICTS else ())}
        cells = [(r, c) for r in range(SIZE) for c in range(SIZE) if (r, c) not in free]
        places += [(district, cell) for cell in cells]
        shapes += [town.blocks[cell] for cell in cells]
        if (district, "core") in heritage.core_units:
            places.append((district, "core"))
            shapes.append(heritage.core_units[district, "core"])
    units = gpd.GeoDataFrame(
        {"parent": [district for district, _ in places]},
        geometry=shapes,
        crs=CRS,
        index=pd.Index(places, tupleize_cols=False),
    )
    number = units.groupby("parent").cumcount() + 1
    units["code"] = [f"{d}-GX{n:03d}" for d, n in zip(units["parent"], number, strict=True)]
    rng = stream(6)
    names = [PLACES[(7 * n + int(d[4:])) % len(PLACES)] for d, n in
             zip(units["parent"], number, strict=True)]  # fmt: skip
    units["name"] = [f"{town_name(d)}区{name}更新单元" for d, name in
                     zip(units["parent"], names, strict=True)]  # fmt: skip
    drawn = rng.choice(["M1", "M2", "M3", "M4", "M5", "M7"], len(units),
                       p=[0.06, 0.47, 0.27, 0.04, 0.12, 0.04])  # fmt: skip
    units["mode"] = [heritage.modes.get(place, mode)
                     for place, mode in zip(places, drawn, strict=True)]  # fmt: skip
    units["renewal_type"] = rng.choice(TYPES, len(units))
    units["far"] = np.round(rng.uniform(1.2, 2.8, len(units)), 1)
    units["height_cap"] = rng.choice([24.0, 36.0, 54.0, 80.0], len(units))
    units["density"] = np.round(rng.uniform(22, 35, len(units)), 1)
    units["green_ratio"] = rng.choice([25.0, 30.0, 35.0], len(units))
    days = pd.Timestamp("2025-02-10") + pd.to_timedelta(rng.integers(0, 220, len(units)), "D")
    units["approved_on"] = days.strftime("%Y-%m-%d")
    units["period_start"], units["period_end"] = "2025-01-01", "2030-12-31"
    units["version"], units["status"] = "V1.0", "批复"
    units["responsible"] = [f"{town_name(d)}区城市更新局" for d in units["parent"]]
    units["existing_area"] = np.round(units.area * rng.uniform(0.5, 1.4, len(units)), 0)
    return units


def _parcels(units: gpd.GeoDataFrame, quiet: NDArray[np.bool_]) -> gpd.GeoDataFrame:
    """Divide quiet units of one city; each takes the outline that its parcels have together."""
    rows: list[dict[str, Any]] = []
    rng = stream(7)
    for district, wanted in PARCEL_UNITS_A_DISTRICT.items():
        chosen = units.index[quiet & (units["parent"] == district).to_numpy()][:wanted]
        for place in chosen:
            unit = units.loc[[place]].iloc[0]
            code, mode = unit["code"], unit["mode"]
            faces = divide(unit["geometry"], PARCELS_A_UNIT, int(code[:6] + code[-3:]))
            units.at[place, "geometry"] = on_grid(np.array([shapely.coverage_union_all(faces)]))[0]
            rows += [
                {
                    "code": f"{code}-{n:02d}",
                    "name": f"{n:02d}号地块",
                    "parent": code,
                    "mode": mode,
                    "land_use": str(rng.choice(LAND_USES)),
                    # within what the unit allows
                    "far": min(round(float(rng.uniform(0.8, 2.4)), 1), unit["far"]),
                    "density": min(round(float(rng.uniform(20, 34)), 1), unit["density"]),
                    "green_ratio": max(float(rng.choice([25, 30, 35])), unit["green_ratio"]),
                    "geometry": face,
                }
                for n, face in enumerate(faces, start=1)
            ]
    return gpd.GeoDataFrame(rows, crs=CRS)


def _buildings(parcels: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Set one or two houses on each parcel along its longer side, clear of its edges."""
    rng = stream(8)
    rows: list[dict[str, Any]] = []
    for parcel in parcels.itertuples():
        box = shapely.get_coordinates(shapely.minimum_rotated_rectangle(parcel.geometry))
        sides = sorted([box[1] - box[0], box[2] - box[1]], key=lambda v: -np.hypot(*v))
        long, short = np.hypot(*sides[0]), np.hypot(*sides[1])
        angle = float(np.arctan2(sides[0][1], sides[0][0]))
        middle = shapely.get_coordinates(parcel.geometry.centroid)[0]
        room = shapely.buffer(parcel.geometry, -6)
        for shift in (-0.22, 0.22):
            kind = str(rng.choice(["slab", "slab", "L", "court"]))
            length, width = long * rng.uniform(0.26, 0.36), short * rng.uniform(0.3, 0.55)
            shape = house(middle + sides[0] * shift, angle, length, width, kind)
            if not shapely.contains(room, shape):
                continue
            floors = int(rng.choice([3, 6, 6, 7, 11, 18]))
            rows.append(
                {
                    "parent": parcel.parent,
                    "floors": floors,
                    "height": round(floors * 3.0, 1),
                    "year": str(rng.integers(1956, 2012)),
                    "action": str(rng.choice(["留", "改"])),
                    "geometry": shape,
                }
            )
    keep = np.sort(stream(9).permutation(len(rows))[:BUILDINGS])
    buildings = gpd.GeoDataFrame([rows[i] for i in keep], crs=CRS)
    number = buildings.groupby("parent").cumcount() + 1
    codes = zip(buildings["parent"], number, strict=True)
    buildings.insert(0, "code", [f"{unit}-J{n:03d}" for unit, n in codes])
    buildings["footprint_area"] = ellipsoid_area(buildings.geometry.to_numpy())
    buildings["floor_area"] = np.round(buildings["footprint_area"] * buildings["floors"], 2)
    # the smallest houses of a unit go, an eighth of its floor area at most: policy allows a fifth
    ranked = buildings.sort_values(["parent", "floor_area"])
    whole = ranked.groupby("parent")["floor_area"]
    small = ranked.index[whole.cumsum() <= whole.transform("sum") / 8]
    buildings.loc[small, "action"] = "拆"
    return buildings


def _floor_areas(units: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> None:
    """Fill the floor areas of units: from their buildings where drawn, else within the policy."""
    rng = stream(10)
    share = {"M1": 0.0, "M2": 0.02, "M3": 0.05, "M4": 0.16, "M5": 0.18, "M6": 0.08, "M7": 0.04}
    demolished = units["mode"].map(share) * rng.uniform(0.6, 1.0, len(units))
    units["demolish_area"] = np.round(units["existing_area"] * demolished, 0)
    units["altered_area"] = np.round(
        (units["existing_area"] - units["demolish_area"]) * rng.uniform(0.2, 0.6, len(units)), 0
    )
    drawn = buildings.pivot_table("floor_area", "parent", "action", "sum", fill_value=0.0)
    places = units.index[units["code"].isin(drawn.index)]
    sums = drawn.loc[units.loc[places, "code"]]
    for column, action in (("demolish_area", "拆"), ("altered_area", "改")):
        units.loc[places, column] = np.round(sums[action].to_numpy(), 2)
    units.loc[places, "existing_area"] = np.round(sums.sum(axis=1).to_numpy(), 2)
    units["kept_area"] = np.round(
        units["existing_area"] - units["demolish_area"] - units["altered_area"], 2
    )
    units["illegal_area"] = np.round(units["demolish_area"] * 0.1, 2)
    units["new_area"] = np.round(units["demolish_area"] * rng.uniform(0.8, 1.7, len(units)), 2)
    units["public_area"] = np.round(units["new_area"] * 0.15, 2)


def _projects(units: gpd.GeoDataFrame, quiet: NDArray[np.bool_]) -> gpd.GeoDataFrame:
    """Draw five projects a district: three areas, a line and a point, in units of their own."""
    rng = stream(11)
    rows: list[dict[str, Any]] = []
    for district in DISTRICTS:
        ours = units[quiet & (units["parent"] == district).to_numpy()]
        for n, unit in enumerate(ours.iloc[-5:].itertuples()):
            start = int(rng.integers(2025, 2028))
            rows.append(
                {
                    "code": f"{unit.code}-P001",
                    "name": unit.name.removesuffix("更新单元") + PROJECT_TYPES[n] + "项目",
                    "parent": unit.code,
                    "mode": unit.mode,
                    "project_type": PROJECT_TYPES[n],
                    "task": str(1 + (int(district[4:]) + n) % 16),
                    "content": f"{PROJECT_TYPES[n]}及配套",
                    "invest": round(float(rng.uniform(300, 9000)), 1),
                    "start_year": start,
                    "end_year": int(start + rng.integers(1, 4)),
                    "plan_year": start,
                    "geometry": project_shape(unit.geometry, n, rng),
                }
            )
    return gpd.GeoDataFrame(rows, crs=CRS)


def project_shape(unit: Any, n: int, rng: np.random.Generator) -> Any:
    """Return the place of a project in its unit: a point (n 3), a line (n 2), else an area."""
    middle = shapely.get_coordinates(unit.centroid)[0]
    if n == 3:
        return shapely.Point(np.round(middle + rng.uniform(-40, 40, 2), 3))
    angle = rng.uniform(0, np.pi)
    along = np.array([np.cos(angle), np.sin(angle)])
    if n == 2:
        return ragged(middle - along * 180, middle + along * 180, detail=30, roughness=0.06)
    inner = shapely.buffer(unit, -25, join_style="mitre")
    across = np.array([-along[1], along[0]])
    half = shapely.Polygon([middle - along * 900, middle + along * 900,
                            middle + along * 900 + across * 900,
                            middle - along * 900 + across * 900])  # fmt: skip
    return on_grid(np.array([shapely.intersection(inner, half)]))[0]
