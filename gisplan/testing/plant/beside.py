"""The layers beside the tiers: control lines on two tiers, zones, heritage, facilities, exams."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplan.testing.plant.draft import on_millimetre
from gisplan.testing.plant.fabric import HELD, Fabric
from gisplan.testing.plant.places import Places
from gisplan.testing.sample_blocks import blob

KINDS = ("ecological_redline", "permanent_farmland", "green", "blue", "yellow", "hazard")
FACILITIES = ("幼儿园", "社区卫生站", "社区食堂")
OLDEST = 3  # years before the plan: an exam that is still fresh enough is one or two years old


def make_lines(
    rng: np.random.Generator, places: Places, units: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return lines of each kind as the cities have them, and the districts' copies."""
    rows: list[dict[str, Any]] = []
    for code, town in places.towns.items():
        shapes = units.geometry[units["parent"] == code].to_numpy()
        built = shapely.union_all(np.array([*shapes, *(town.cells[cell] for cell in HELD)]))
        around = shapely.buffer(shapely.buffer(built, 300, quad_segs=3), -120, quad_segs=3)
        shape = on_millimetre(shapely.simplify(around, 8))
        rows += _copies("development_boundary", f"KF{code}", shape, {code: shape})
    for city in places.cities["code"]:
        rows += _in_city(rng, places, city, [row["geometry"] for row in rows])
    return gpd.GeoDataFrame(rows, crs=places.crs)


def _in_city(
    rng: np.random.Generator, places: Places, city: str, taken: list[Any]
) -> list[dict[str, Any]]:
    """Return a line of each kind in the open country of a city; one lies across a border."""
    own = places.districts[places.districts["parent"] == city].set_index("code").geometry
    taken = [shapely.buffer(shape, 150) for shape in taken]
    rows: list[dict[str, Any]] = []
    for kind in KINDS:
        district = str(rng.choice(own.index))
        room = shapely.difference(shapely.buffer(own[district], -350), shapely.union_all(taken))
        circle = shapely.get_coordinates(shapely.maximum_inscribed_circle(room, tolerance=40))
        radius = min(float(np.hypot(*(circle[1] - circle[0]))), 420.0) * rng.uniform(0.6, 0.95)
        shape = blob(circle[0], radius, int(rng.integers(1 << 30)), wobble=0.3)
        taken.append(shapely.buffer(shape, 150))
        rows += _copies(kind, f"{kind[:2].upper()}{city}", shape, {district: shape})
    across = _across(own, taken)
    if across is not None:
        parts = {code: on_millimetre(shapely.intersection(across, own[code])) for code in own.index}
        parts = {code: part for code, part in parts.items() if part.area > 100}
        rows += _copies("blue", f"HE{city}", across, parts)
    return rows


def _across(own: Any, taken: list[Any]) -> Any:
    """Return a lake across the border of two districts, None where there is no room for one."""
    shapes = own.to_numpy()
    free = shapely.buffer(shapely.union_all(np.array(taken)), 260)
    for i, one in enumerate(shapes):
        for other in shapes[i + 1 :]:
            border = shapely.line_merge(shapely.intersection(one, other))
            if border.geom_type != "LineString" or border.length < 1500:
                continue
            middle = shapely.line_interpolate_point(border, 0.5, normalized=True)
            if not shapely.intersects(free, middle):
                lake = shapely.buffer(middle, 170, quad_segs=6)
                return on_millimetre(lake)
    return None


def _copies(kind: str, code: str, whole: Any, parts: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [{"code": code, "kind": kind, "tier": "市级", "name": code, "geometry": whole}]
    return rows + [
        {"code": f"{code}-{district}", "kind": kind, "tier": "区县", "name": code, "geometry": part}
        for district, part in parts.items()
    ]


def make_zones(places: Places) -> gpd.GeoDataFrame:
    """Return planning zones: the western and the eastern half of each town."""
    rows = []
    for code, town in places.towns.items():
        corners = shapely.MultiPoint(town.nodes.reshape(-1, 2))
        hull = shapely.buffer(shapely.convex_hull(corners), 60)
        west, south, _, north = hull.bounds
        left = shapely.box(west, south, hull.centroid.x, north)
        for half, zone in ((shapely.intersection(hull, left), "居住生活区"),
                           (shapely.difference(hull, left), "城镇发展区")):  # fmt: skip
            rows.append({"code": f"FQ{code}{zone[0]}", "zone": zone, "name": zone,
                         "geometry": on_millimetre(half)})  # fmt: skip
    return gpd.GeoDataFrame(rows, crs=places.crs)


def make_heritage(
    rng: np.random.Generator, places: Places, year: int
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]:
    """Return bodies in blocks that have no unit, their zones, and the published list."""
    bodies, zones = [], []
    levels = ("全国重点文物保护单位", "省级文物保护单位", "市级文物保护单位")
    for n, (district, town) in enumerate(places.towns.items()):
        code, middle = f"WW{n + 1:02d}", town.centre(HELD[0])
        key, level = int(rng.integers(1 << 30)), str(rng.choice(levels))
        named = pd.Timestamp(f"{year - 12}-05-{10 + n}")
        shared = {"level": level, "designated_on": named}
        bodies.append(
            {"code": code, "name": f"{district}第{n + 1}号旧址", "asset_class": "文物保护单位",
             **shared, "geometry": blob(middle, 18, key)}
        )  # fmt: skip
        inner, outer = blob(middle, 35, key + 35), blob(middle, 60, key + 60)
        ring = shapely.normalize(shapely.difference(outer, inner))
        for zone, kind, shape in (("保护范围", "Z2", inner), ("建设控制地带", "Z3", ring)):
            zones.append(
                {"code": f"{code}-{kind}", "name": f"{code}{zone}", "body": code, "zone": kind,
                 **shared, "approved_on": named + pd.Timedelta(days=int(rng.integers(60, 360))),
                 "height_cap": 12.0, "plan": "文物保护规划",
                 "geometry": shape}
            )  # fmt: skip
    frames = [gpd.GeoDataFrame(rows, crs=places.crs) for rows in (bodies, zones)]
    listed = pd.DataFrame(frames[0].drop(columns="geometry"))
    return frames[0], frames[1], listed


def make_facilities(rng: np.random.Generator, places: Places, fabric: Fabric) -> gpd.GeoDataFrame:
    """Set facilities into some units, which must have them."""
    units = fabric.units
    units["required_facilities"] = None
    rows: list[dict[str, Any]] = []
    for at in rng.choice(units.index, len(units) // 8, replace=False):
        kind, size = str(rng.choice(FACILITIES)), float(rng.integers(800, 3000))
        asked = f"{kind}:{size - 100:.0f}" if rng.random() < 0.5 else kind
        units.at[at, "required_facilities"] = asked
        rows.append(
            {"code": f"SS{len(rows) + 1:03d}", "name": f"{units.at[at, 'code']}{kind}",
             "facility_type": kind, "area": size,
             "geometry": shapely.point_on_surface(units.at[at, "geometry"])}
        )  # fmt: skip
    return gpd.GeoDataFrame(rows, crs=places.crs)


def make_problems(
    rng: np.random.Generator, places: Places, fabric: Fabric, year: int
) -> gpd.GeoDataFrame:
    """Set exam problems into some units, which take them up."""
    units = fabric.units
    units["problems"] = None
    rows: list[dict[str, Any]] = []
    for at in rng.choice(units.index, len(units) // 6, replace=False):
        code = f"TJ{len(rows) + 1:03d}"
        units.at[at, "problems"] = code
        rows.append(
            {"code": code, "name": "管网老化", "dimension": "城区", "indicator": "管网漏损率",
             "year": year - int(rng.integers(0, OLDEST)),
             "geometry": shapely.point_on_surface(units.at[at, "geometry"])}
        )  # fmt: skip
    return gpd.GeoDataFrame(rows, crs=places.crs)
