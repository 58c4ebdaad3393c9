"""The sample's second look at heritage: what parcels, buildings and dates confirm or clear.

Runs after the meetings of units with heritage are written down; each step draws what is done in
one such unit, and writes down what a review must then say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gisplan.testing.sample_blocks import house
from gisplan.testing.sample_defects import RESERVED, Draft, Planted
from gisplan.testing.sample_heritage import Place
from gisplan.testing.sample_mesh import on_grid
from gisplan.testing.sample_units import ellipsoid_area

ELSEWHERE: Place = ("210103", (0, 2))  # in a control zone, with its works at the other end
LISTED: Place = ("210105", (2, 2))  # pulls down a historic building
CLEARING: Place = ("210502", (2, 3))  # pulls down what stands in a control zone
SURVEYED, NOT_SURVEYED_IN = "2024-10-31", "210411"
NEW = 1.2  # new floor area over demolished; policy allows 2


def plant_actions(draft: Draft) -> None:
    """Plant what is done on parcels and to buildings where units meet heritage."""
    _keep_the_districts(draft)
    _work_elsewhere(draft)
    _pull_down_a_listed_house(draft)
    _clear_a_control_zone(draft)
    _plan_a_hazardous_use(draft)
    _leave_out_a_survey(draft)


def _zone(draft: Draft, code: str) -> BaseGeometry:
    return next(row["geometry"] for row in draft.heritage.zones if row["code"] == code)


def _keep_the_districts(draft: Draft) -> None:
    """Let units in historic districts pull nothing down, so that nothing is left open there."""
    units = draft.fabric.units
    places = [m.unit for m in draft.heritage.meetings if m.related.endswith(("-Z6", "-Z7"))]
    for place in places:
        existing, altered = units.loc[[place], ["existing_area", "altered_area"]].to_numpy()[0]
        for column in ("demolish_area", "illegal_area", "new_area", "public_area"):
            units.at[place, column] = 0.0
        units.at[place, "kept_area"] = round(existing - altered, 2)


def _work_elsewhere(draft: Draft) -> None:
    """Draw the one parcel of a unit far from the zone that the unit reaches into."""
    unit = draft.fabric.units.at[ELSEWHERE, "geometry"]
    zone = _zone(draft, "JQ01-Z7")
    middle = shapely.get_coordinates(unit.centroid)[0]
    met = shapely.get_coordinates(shapely.intersection(unit, zone).centroid)[0]
    at = middle + (middle - met) * 0.4
    shape = shapely.intersection(
        shapely.buffer(shapely.Point(at), 60, cap_style="square"), shapely.buffer(unit, -20)
    )
    _add_parcel(draft, ELSEWHERE, shape, "070102")
    code = draft.fabric.units.at[ELSEWHERE, "code"]
    draft.planted = [
        replace(row, ruling="notice", note="进入街区建设控制地带，地块均在界外，未见建设行为")
        if (row.feature, row.related) == (code, "JQ01-Z7")
        else row
        for row in draft.planted
    ]


def _pull_down_a_listed_house(draft: Draft) -> None:
    meeting = next(m for m in draft.heritage.meetings if m.unit == LISTED)
    row = next(r for r in draft.heritage.buildings if r["code"] == meeting.related)
    code = _add_buildings(draft, LISTED, [(row["geometry"], 2, "拆")])[0]
    draft.planted.append(
        Planted("HER103", "building", code, meeting.related, "exception_only", "拟拆历史建筑")
    )


def _clear_a_control_zone(draft: Draft) -> None:
    unit, zone = draft.fabric.units.at[CLEARING, "geometry"], _zone(draft, "JQ02-Z7")
    middle = shapely.maximum_inscribed_circle(shapely.intersection(unit, zone), tolerance=0.1)
    at = shapely.get_coordinates(middle)[0]
    code = _add_buildings(draft, CLEARING, [(house(at, 0.0, 12, 8, "slab"), 3, "拆")])[0]
    unit_code = draft.fabric.units.at[CLEARING, "code"]
    draft.planted += [
        Planted("HER104", "building", code, "JQ02-Z7", "approval", "建设控制地带内拟拆建筑"),
        Planted("HER107", "unit", unit_code, "JQ02-Z7", "prohibited", "区内现状建筑全部拆除"),
    ]


def _plan_a_hazardous_use(draft: Draft) -> None:
    """Draw a parcel of heavy industry where a unit reaches into the control zone of a relic."""
    place = next(m.unit for m in draft.heritage.meetings if m.related == "WW03-Z3")
    unit = draft.fabric.units.at[place, "geometry"]
    shared = shapely.intersection(shapely.buffer(unit, -8), _zone(draft, "WW03-Z3"))
    code = _add_parcel(draft, place, shapely.buffer(shared, -2, join_style="mitre"), "100103")
    draft.planted += [
        Planted("HER104", "parcel", code, "WW03-Z3", "notice", "地块位于文物建设控制地带"),
        Planted(
            "HER104", "parcel", code, "WW03-Z3", "prohibited", "建设控制地带内规划三类工业用地"
        ),
    ]


def _leave_out_a_survey(draft: Draft) -> None:
    units = draft.fabric.units
    units["surveyed_on"] = SURVEYED
    taken = {*RESERVED, *draft.heritage.modes}
    place = next(
        place
        for place, row in units.iterrows()
        if place[0] == NOT_SURVEYED_IN and row["mode"] == "M5" and place not in taken
    )
    units.at[place, "surveyed_on"] = None
    draft.planted.append(
        Planted("HER106", "unit", units.at[place, "code"], "", "exception_only",
                "没有不可移动文物调查完成日期")
    )  # fmt: skip


def _add_parcel(draft: Draft, place: Place, shape: BaseGeometry, land_use: str) -> str:
    unit = draft.fabric.units.loc[[place]].iloc[0]
    parts = shapely.get_parts(on_grid(np.array([shape]))[0])
    largest = max(parts, key=shapely.area)
    row: dict[str, Any] = {
        "code": f"{unit['code']}-01",
        "name": "01号地块",
        "parent": unit["code"],
        "mode": unit["mode"],
        "land_use": land_use,
        "far": min(1.0, unit["far"]),
        "density": 20.0,
        "green_ratio": 35.0,
        "area": ellipsoid_area(np.array([largest]))[0],
        "geometry": largest,
    }
    new = gpd.GeoDataFrame([row], crs=draft.fabric.parcels.crs)
    draft.fabric.parcels = _joined(draft.fabric.parcels, new)
    return str(row["code"])


def _add_buildings(
    draft: Draft, place: Place, given: Sequence[tuple[BaseGeometry, int, str]]
) -> list[str]:
    """Add buildings to a unit, and as many that are kept as policy asks for; return their codes."""
    unit = draft.fabric.units.loc[[place]].iloc[0]
    middle = shapely.get_coordinates(unit["geometry"].centroid)[0]
    kept = [
        (house(middle + np.array(shift), 0.2, 44, 16, "slab"), 6, "留")
        for shift in ((-110.0, 40.0), (-110.0, -40.0), (20.0, 110.0))
    ]
    rows = [
        {
            "code": f"{unit['code']}-J{number:03d}",
            "parent": unit["code"],
            "floors": floors,
            "height": floors * 3.0,
            "year": "1985",
            "action": action,
            "geometry": shape,
        }
        for number, (shape, floors, action) in enumerate([*given, *kept], start=1)
    ]
    new = gpd.GeoDataFrame(rows, crs=draft.fabric.buildings.crs)
    new["footprint_area"] = ellipsoid_area(new.geometry.to_numpy())
    new["floor_area"] = np.round(new["footprint_area"] * new["floors"], 2)
    draft.fabric.buildings = _joined(draft.fabric.buildings, new)
    _sum_floors(draft, place, new)
    return list(new["code"])


def _sum_floors(draft: Draft, place: Place, buildings: gpd.GeoDataFrame) -> None:
    """Let the unit state what its buildings make together."""
    units = draft.fabric.units
    sums = buildings.groupby("action")["floor_area"].sum()
    demolished = float(sums.get("拆", 0.0))
    for column, value in (
        ("existing_area", float(buildings["floor_area"].sum())),
        ("kept_area", float(sums.get("留", 0.0))),
        ("altered_area", 0.0),
        ("demolish_area", demolished),
        ("illegal_area", 0.0),
        ("new_area", demolished * NEW),
        ("public_area", demolished * NEW * 0.15),
    ):
        units.at[place, column] = round(value, 2)


def _joined(rows: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.concat([rows, new], ignore_index=True), crs=rows.crs)
