"""Bodies on a unit or beside it: HER102, HER103, HER108, HER111 and HER113."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from gisplan.testing.plant.draft import Key, Row, on_millimetre
from gisplan.testing.plant.heritage.ground import ACTING, BARE, Ground
from gisplan.testing.plant.heritage.kinds import plants
from gisplan.testing.plant.heritage.law import (
    ACTIONS,
    LEVEL_NAMES,
    LEVELS,
    ZONE_OF_CLASS,
    rule_of,
    ruling,
)
from gisplan.testing.plant.heritage.register import relic
from gisplan.testing.plant.heritage.sites import Site, a_site, beside, touched
from gisplan.testing.plant.shapes import disc, sides

_ALTERING, _DEMOLISHING = ("M1", "M2", "M3", "M7"), ("M4", "M5", "M6")
_ZONELESS = ("未定级不可移动文物", "历史建筑", "工业遗产", "传统风貌建筑")  # bodies that need none


def _relic_in_a_unit(ground: Ground, modes: tuple[str, ...], level: str | None) -> None:
    site = a_site(ground, modes=modes)
    body, z2, z3 = relic(ground, site.middle, level)
    _uncap(ground, z2, z3)
    site.lay_out(disc(site.middle, 65), site.plot(30, 8, 8))
    site.meets("Z1", "heritage_body", body, level)
    site.meets("Z2", "heritage_zone", z2, level, house=True)
    site.meets("Z3", "heritage_zone", z3, level)
    if level is None and site.stage != "idle":
        ground.open.add(site.unit)


def _uncap(ground: Ground, *zones: Key) -> None:
    for zone in zones:
        ground.draft.set("heritage_zone", zone, height_cap=None)


@plants("HER102")
def relic_in_a_unit_that_alters(ground: Ground) -> None:
    """Draw a relic of any level, with its zones, in a unit that alters."""
    _relic_in_a_unit(ground, _ALTERING, str(ground.rng.choice(LEVELS)))


@plants("HER103")
def relic_in_a_unit_that_demolishes(ground: Ground) -> None:
    """Draw a relic of any level, with its zones, in a unit that demolishes or builds."""
    _relic_in_a_unit(ground, _DEMOLISHING, str(ground.rng.choice(LEVELS)))


@plants("HER102")
def relic_of_unknown_level(ground: Ground) -> None:
    """Draw a relic without level, with its zones, in a unit."""
    _relic_in_a_unit(ground, ("M1", "M3", "M5"), None)


def _body_in_a_unit(ground: Ground, names: tuple[str, ...], modes: tuple[str, ...]) -> None:
    site = a_site(ground, modes=modes)
    name = str(ground.rng.choice(names))
    zone, level = ZONE_OF_CLASS[name], "unlisted" if name == "未定级不可移动文物" else None
    shape = disc(site.middle, 12)
    body, _ = ground.body(name, shape, LEVEL_NAMES["unlisted"] if level else None)
    site.lay_out(shape, site.plot(0, 18, 14))  # the building that is the body
    if ruling(zone, site.mode, level):
        site.meets(zone, "heritage_body", body, level, house=True)
    else:
        site.notice("HER113", "heritage_body", body, "inside")


@plants("HER103")
def listed_body_in_a_unit_that_demolishes(ground: Ground) -> None:
    """Draw a body of any class that needs no zones in a unit that demolishes or builds."""
    _body_in_a_unit(ground, _ZONELESS, _DEMOLISHING)


@plants("HER102")
def ungraded_relic_in_a_unit_that_alters(ground: Ground) -> None:
    """Draw an ungraded relic in a unit that alters."""
    _body_in_a_unit(ground, _ZONELESS[:1], _ALTERING)


@plants("HER108")
def listed_building_in_a_unit_that_alters(ground: Ground) -> None:
    """Draw a historic building, industrial heritage or the like in a unit that alters."""
    _body_in_a_unit(ground, _ZONELESS[1:], _ALTERING)


@plants("HER111")
def underground_relics_in_a_unit(ground: Ground) -> None:
    """Draw listed underground relics in a unit, with no zone of theirs."""
    _body_in_a_unit(ground, ("地下文物埋藏区",), (*_ALTERING, *_DEMOLISHING))


@plants("HER103")
def corner_of_a_listed_body(ground: Ground) -> None:
    """Let a listed body reach into a unit with a tenth of its footprint."""
    site = a_site(ground, lambda key: _across(ground, key) is not None)
    shape = _across(ground, site.unit)
    name = str(ground.rng.choice(_ZONELESS))
    zone, level = ZONE_OF_CLASS[name], "unlisted" if name == "未定级不可移动文物" else None
    body, _ = ground.body(name, shape, LEVEL_NAMES["unlisted"] if level else None)
    site.lay_out(shapely.intersection(shape, ground.shape(site.unit)))
    if ruling(zone, site.mode, level):
        site.notice(rule_of(zone, site.mode), "heritage_body", body, "partial-overlap")
    else:
        site.notice("HER113", "heritage_body", body, "inside")


def _across(ground: Ground, unit: Key) -> Any:
    """Return a square of 20 m that has 2 m in a unit and meets no other, None for nowhere."""
    return _square(ground, unit, -2.0, {unit})


def _square(ground: Ground, unit: Key, apart: float, meets: set[Key]) -> Any:
    shape = ground.shape(unit)
    for middle, outward in sides(shape):
        bar = shapely.LineString([middle + outward * apart, middle + outward * (apart + 20)])
        body = on_millimetre(shapely.buffer(bar, 10, cap_style="flat"))
        # the side is straight for as long as the square is broad
        right = abs(shapely.intersection(body, shape).area - max(-apart, 0.0) * 20) < 0.1
        if right and set(touched(ground.draft, body)) == meets and not _works(ground, body):
            return body
    return None


def free_square(ground: Ground, unit: Key) -> Any:
    """Return a square of 20 m in the street, 3 m from a unit, None where there is no room."""
    return _square(ground, unit, 3.0, set())


def _works(ground: Ground, shape: Any) -> bool:
    """Return whether a project lies there."""
    projects = ground.draft.frames["project"]["geometry"].to_numpy(dtype=object)
    return bool(np.any(shapely.intersects(projects, shape)))


@plants("HER113")
def listed_body_beside_a_unit(ground: Ground) -> None:
    """Draw a listed body in the street, 3 m from a unit."""
    site = a_site(ground, lambda key: free_square(ground, key) is not None)
    name = str(ground.rng.choice(_ZONELESS))
    ground.body(name, shape := free_square(ground, site.unit))
    site.lay_out(_nearest(ground, site, shape))


def _nearest(ground: Ground, site: Site, shape: Any) -> Any:
    """Return the land of a unit within 20 m of a shape."""
    return shapely.intersection(shapely.buffer(shape, 20), ground.shape(site.unit))


@plants("HER113")
def ancient_tree_in_a_unit(ground: Ground) -> None:
    """Draw an ancient tree in a unit: a notice, and not judged where its mode builds."""
    site = a_site(ground)
    shape = disc(site.middle, 6)
    body, _ = ground.body("古树名木", shape)
    site.lay_out(shape)
    if site.mode in (*_DEMOLISHING, "M7"):
        ground.open.add(site.unit)
    site.notice("HER113", "heritage_body", body, "inside")


@plants("HER103")
def building_that_may_be_a_listed_one(ground: Ground) -> None:
    """Draw a historic building as a point, in a unit, 8 m from a building."""
    site = a_site(ground)
    body, _ = ground.body("历史建筑", shapely.Point(np.round(beside(site.middle, 16), 3)))
    site.lay_out(disc(site.middle, 20), site.plot(0, 16, 12))
    site.meets("Z4", "heritage_body", body)
    if site.stage == BARE:
        return
    house = site.house
    assert house is not None
    ground.expect("HER110", "heritage_body", body, Row("building", house), "footprint-assumed")
    if site.stage == ACTING:
        mode = ACTIONS[site.mode][1]
        other = Row("heritage_body", body)
        ground.expect(rule_of("Z4", mode), "building", house, other, "suspected", "notice")
        ground.open.add(site.unit)
