"""The sample's heritage: relics, historic districts and buildings, their zones, and who meets them.

Everything stands in cells of the street grids that hold no unit, so that a unit meets heritage
only where it is meant to; what is meant is written down as it is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gisplan.testing.sample_blocks import HISTORIC, SIDES, SLOTS, Cell, Town, blob, house
from gisplan.testing.sample_mesh import DISTRICTS, on_grid

Place = tuple[str, Cell | str]  # district code, and a cell of its grid or the name of an extra unit

LEVELS = {
    "national": "全国重点文物保护单位",
    "province": "省级文物保护单位",
    "city": "市级文物保护单位",
    "county": "县级文物保护单位",
}


@dataclass(frozen=True)
class Meeting:
    """A unit that heritage concerns: the rule that must say so, and with what ruling."""

    code: str
    unit: Place
    related: str
    ruling: str
    note: str


@dataclass
class Heritage:
    """Rows of the heritage layers, the modes that units must have, and what must be found."""

    relics: list[dict[str, Any]] = field(default_factory=list)
    buildings: list[dict[str, Any]] = field(default_factory=list)
    points: list[dict[str, Any]] = field(default_factory=list)
    zones: list[dict[str, Any]] = field(default_factory=list)
    modes: dict[Place, str] = field(default_factory=dict)
    core_units: dict[Place, BaseGeometry] = field(default_factory=dict)
    meetings: list[Meeting] = field(default_factory=list)
    used: set[tuple[str, Cell]] = field(default_factory=set)  # free cells that are taken


# name, level, district, slot, side of the nearest unit, distance of the body from that unit, radius
# of the protection zone and of the construction-control zone (0: none), mode of the unit
RELICS = (
    ("北塔旧址", "national", "210102", 0, "E", 170, 110, 220, "M3"),
    ("奉海铁路旧站房", "province", "210103", 3, "N", 170, 110, 220, "M5"),
    ("古城子旧矿务楼", "city", "210402", 0, "W", 170, 110, 220, "M1"),
    ("老虎台旧水塔", "county", "210404", 1, "E", 92, 130, 0, "M3"),
    ("湖屯关旧址", "city", "210503", 2, "S", 95, 130, 220, "M1"),
    ("南芬旧堡", "county", "210505", 3, "N", 270, 80, 160, None),
)
# ruling of a mode in a protection zone (Z2) and in a construction-control zone (Z3), domain D.3
RULING_Z2 = {"M1": "approval", "M3": "exception_only"}
RULING_Z3 = {"M1": "notice", "M3": "approval", "M5": "approval"}


def make_heritage(towns: Mapping[str, Town]) -> Heritage:
    """Return all heritage of the sample."""
    heritage = Heritage()
    for number, relic in enumerate(RELICS, start=1):
        _relic(heritage, towns, number, relic)
    _district(
        heritage,
        towns["210103"],
        "210103",
        "JQ01",
        "中街旧里历史文化街区",
        21,
        core=("M6", "prohibited"),
        ring={("W", 1): "M2", ("S", 2): "M3"},
    )
    _district(
        heritage,
        towns["210502"],
        "210502",
        "JQ02",
        "平山老街历史文化街区",
        22,
        core=("M2", "approval"),
        ring={("W", 2): "M3", ("E", 2): "M5"},
    )
    _historic_buildings(heritage, towns)
    _purple_lines(heritage, towns)
    return heritage


def _neighbour(slot: Cell, side: str) -> Cell:
    return slot[0] + SIDES[side][0], slot[1] + SIDES[side][1]


def _relic(
    heritage: Heritage, towns: Mapping[str, Town], number: int, relic: tuple[Any, ...]
) -> None:
    name, level, district, slot_number, side, distance, inner, outer, mode = relic
    town, slot = towns[district], SLOTS[slot_number]
    heritage.used.add((district, slot))
    code, centre = f"WW{number:02d}", town.beside(slot, side, distance)
    heritage.relics.append(
        {
            "code": code,
            "name": name,
            "asset_class": "文物保护单位",
            "level": LEVELS[level],
            "designated_on": f"{2003 + 3 * number}-05-10",
            "era": "清代" if number % 2 else "近现代",
            "address": f"{town_name(district)}（合成）",
            "geometry": house(centre, town.angle, 34, 24, "court" if number % 2 else "L"),
        }
    )
    zone = {"body": code, "level": LEVELS[level], "designated_on": f"{2004 + 3 * number}-03-01"}
    protected = blob(centre, inner, 100 + number, wobble=0.05)
    heritage.zones.append(
        {"code": f"{code}-Z2", "name": f"{name}保护范围", "zone": "保护范围", **zone,
         "geometry": protected}
    )  # fmt: skip
    unit = (district, _neighbour(slot, side))
    if mode:
        heritage.modes[unit] = mode
    if mode and distance < inner:
        heritage.meetings.append(
            Meeting("HER102", unit, f"{code}-Z2", RULING_Z2[mode], f"进入{name}保护范围")
        )
    if outer:
        ring = shapely.difference(blob(centre, outer, 200 + number, wobble=0.05), protected)
        heritage.zones.append(
            {"code": f"{code}-Z3", "name": f"{name}建设控制地带", "zone": "文保建控地带", **zone,
             "geometry": on_grid(np.array([ring]))[0]}
        )  # fmt: skip
    if mode and distance < outer:
        heritage.meetings.append(
            Meeting("HER104", unit, f"{code}-Z3", RULING_Z3[mode], f"进入{name}建设控制地带")
        )


def _district(
    heritage: Heritage, town: Town, district: str, code: str, name: str, key: int,
    core: tuple[str, str], ring: Mapping[tuple[str, int], str],
) -> None:  # fmt: skip
    """Draw a historic district over four cells: core, ring about it, and lobes of the ring."""
    heritage.used |= {(district, cell) for cell in HISTORIC}
    centre = town.nodes[2, 2]
    inside = blob(centre, 340, key, wobble=0.1, n=28)
    outside = blob(centre, 415, key + 10, wobble=0.1, n=28)
    rulings = {"M2": "consultation", "M3": "consultation", "M5": "approval"}
    for (side, lane), mode in ring.items():
        cell = {"W": (lane, 0), "E": (lane, 3), "S": (0, lane), "N": (3, lane)}[side]
        block = town.blocks[cell]
        sight = shapely.LineString([centre, shapely.get_coordinates(block.centroid)[0]])
        edge = shapely.intersection(sight, shapely.boundary(block))
        near = shapely.get_coordinates(edge)[0]
        into = (near - centre) / np.hypot(*(near - centre))
        tip = shapely.buffer(shapely.Point(near - into * 40), 75, quad_segs=3)
        lobe = shapely.convex_hull(shapely.union(blob(centre, 330, key), tip))
        outside = shapely.union(outside, lobe)
        heritage.modes[district, cell] = mode
        heritage.meetings.append(
            Meeting("HER104", (district, cell), f"{code}-Z7", rulings[mode],
                    f"进入{name}建设控制地带")
        )  # fmt: skip
    common = {
        "body": code,
        "level": "省级",
        "plan": f"{name}保护规划",
        "designated_on": "2016-09-01",
        "approved_on": "2017-06-30",
    }
    shapes = on_grid(np.array([inside, shapely.difference(outside, inside)]))
    for suffix, title, cap, shape in (
        ("Z6", "核心保护范围", 9.0, shapes[0]),
        ("Z7", "街区建控地带", 18.0, shapes[1]),
    ):
        heritage.zones.append(
            {"code": f"{code}-{suffix}", "name": f"{name}{title}", "zone": title, **common,
             "height_cap": cap, "geometry": shape}
        )  # fmt: skip
    mode, ruling = core
    heritage.core_units[district, "core"] = blob(centre, 200, key + 20, wobble=0.15, n=12)
    heritage.modes[district, "core"] = mode
    heritage.meetings.append(
        Meeting("HER101", (district, "core"), f"{code}-Z6", ruling, f"位于{name}核心保护范围")
    )
    # historic buildings between the unit in the core and the core's edge, far from the unit
    for step in range(4):
        angle = town.angle + 0.5 + step * 1.55
        at = centre + 272 * np.array([np.cos(angle), np.sin(angle)])
        _listed(heritage, at, town, f"{name[:2]}旧宅{step + 1}号", as_point=step < 3)


def _listed(
    heritage: Heritage, at: NDArray[np.float64], town: Town, name: str, as_point: bool
) -> str:
    """Add one historic building, as a point or as a footprint; return its code."""
    rows = heritage.points if as_point else heritage.buildings
    code = f"LJ{'D' if as_point else 'M'}{len(rows) + 1:02d}"
    shape = shapely.Point(np.round(at, 3)) if as_point else house(at, town.angle, 26, 14, "L")
    rows.append(
        {
            "code": code,
            "name": name,
            "asset_class": "历史建筑",
            "designated_on": f"{2015 + len(rows) % 6}-11-20",
            "era": ("民国", "近代", "现代")[len(rows) % 3],
            "geometry": shape,
        }
    )
    return code


def _historic_buildings(heritage: Heritage, towns: Mapping[str, Town]) -> None:
    """Draw historic buildings inside units, beside units, and far from any."""
    inside = (  # a middle cell: nothing else stands there
        ("210105", "M5", False, "HER103", "exception_only", "拆除重建单元内有历史建筑"),
        ("210411", "M4", True, "HER103", "exception_only", "拆除不建单元内有历史建筑"),
        ("210104", "M3", False, "HER108", "approval", "微改造单元内有历史建筑"),
        ("210504", "M2", True, "HER108", "approval", "整治提升单元内有历史建筑"),
    )
    for district, mode, as_point, rule, ruling, note in inside:
        town, unit = towns[district], (district, (2, 2))
        at = town.centre((2, 2)) + np.array([45.0, -30.0])
        body = _listed(heritage, at, town, f"{town_name(district)}旧楼", as_point)
        heritage.modes[unit] = mode
        heritage.meetings.append(Meeting(rule, unit, body, ruling, note))
    for district, slot, side, as_point in (("210403", 0, "E", False), ("210102", 3, "N", True)):
        town, unit = towns[district], (district, _neighbour(SLOTS[slot], side))
        at = town.beside(SLOTS[slot], side, 42 if not as_point else 33)
        body = _listed(heritage, at, town, f"{town_name(district)}旧宅", as_point)
        heritage.used.add((district, SLOTS[slot]))
        heritage.modes[unit] = "M2"
        heritage.meetings.append(Meeting("HER113", unit, body, "notice", "距历史建筑不足 50 米"))
    for district, slot, as_point in (
        ("210105", 0, False),
        ("210503", 0, False),
        ("210505", 0, True),
    ):
        town = towns[district]
        heritage.used.add((district, SLOTS[slot]))
        _listed(heritage, town.centre(SLOTS[slot]), town, f"{town_name(district)}旧仓", as_point)
    _listed_zone(heritage, towns["210402"])


def _listed_zone(heritage: Heritage, town: Town) -> None:
    """Draw a historic building with a protection zone (Z5) that reaches into a unit."""
    slot, unit = SLOTS[3], ("210402", _neighbour(SLOTS[3], "E"))
    at = town.beside(slot, "E", 90)
    body = _listed(heritage, at, town, "新抚旧医院", as_point=False)
    heritage.used.add(("210402", slot))
    heritage.zones.append(
        {
            "code": f"{body}-Z5",
            "name": "新抚旧医院保护范围",
            "zone": "历史建筑保护范围",
            "body": body,
            "designated_on": "2019-04-01",
            "geometry": blob(at, 130, 41, wobble=0.05),
        }
    )
    heritage.modes[unit] = "M5"
    heritage.meetings.append(
        Meeting("HER109", unit, f"{body}-Z5", "approval", "进入历史建筑保护范围")
    )


def _purple_lines(heritage: Heritage, towns: Mapping[str, Town]) -> None:
    """Draw purple lines around historic buildings that lie outside the historic districts."""
    for number, (district, slot, side, mode, ruling) in enumerate(
        (("210105", 2, "W", "M3", "consultation"), ("210411", 1, "E", "M5", "exception_only")),
        start=1,
    ):
        town, unit = towns[district], (district, _neighbour(SLOTS[slot], side))
        at = town.beside(SLOTS[slot], side, 110)
        heritage.used.add((district, SLOTS[slot]))
        body = _listed(heritage, at, town, f"{town_name(district)}旧校舍", as_point=True)
        heritage.zones.append(
            {
                "code": f"ZX{number:02d}",
                "name": f"{town_name(district)}城市紫线",
                "zone": "城市紫线",
                "body": body,
                "approved_on": "2021-02-01",
                "geometry": blob(at, 160, 50 + number, wobble=0.05),
            }
        )
        heritage.modes[unit] = mode
        heritage.meetings.append(Meeting("HER109", unit, f"ZX{number:02d}", ruling, "进入城市紫线"))


def town_name(district: str) -> str:
    """Return the short name of a district: 和平, 沈河 and so on."""
    return DISTRICTS[district][0].removesuffix("区")
