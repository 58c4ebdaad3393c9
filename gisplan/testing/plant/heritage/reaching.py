"""Zones that reach into a unit from elsewhere: HER102, HER104, HER109, and what is noise."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.testing.plant.draft import Key, on_millimetre
from gisplan.testing.plant.heritage.ground import Ground
from gisplan.testing.plant.heritage.kinds import plants
from gisplan.testing.plant.heritage.law import LEVELS
from gisplan.testing.plant.heritage.law import ruling as ruling_of
from gisplan.testing.plant.heritage.register import (
    district,
    purple_line,
    relic,
)
from gisplan.testing.plant.heritage.sites import Site, a_site, touched
from gisplan.testing.plant.shapes import sides

_WIDE = 20.0  # m
_FAR = 450.0  # m from a place to a unit
_TIP = 30.0  # m that a zone reaches into a unit


@plants("HER102")
def protection_zone_reaches_in(ground: Ground) -> None:
    """Let the protection zone of a relic that stands elsewhere reach into a unit."""
    _relic_reaches(ground, "Z2", _TIP)


@plants("HER104")
def control_zone_of_a_relic_reaches_in(ground: Ground) -> None:
    """Let the construction-control zone of a relic that stands elsewhere reach into a unit."""
    _relic_reaches(ground, "Z3", _TIP)


@plants("HER102")
def protection_zone_only_touches(ground: Ground) -> None:
    """Let the protection zone of a relic overlap a unit by a third of a metre."""
    _relic_reaches(ground, "Z2", 0.3)


def _relic_reaches(ground: Ground, kind: str, depth: float) -> None:
    place, site, arm = _arm(ground, depth)
    _, z2, z3 = relic(ground, place, str(ground.rng.choice(LEVELS)))
    draft = ground.draft
    grown, other = (z2, z3) if kind == "Z2" else (z3, z2)
    shape = shapely.union(draft.shape("heritage_zone", grown), arm)
    if kind == "Z3":
        shape = shapely.difference(shape, draft.shape("heritage_zone", other))
    else:
        rest = shapely.difference(draft.shape("heritage_zone", other), arm)
        draft.set("heritage_zone", other, geometry=on_millimetre(rest))
    draft.set("heritage_zone", grown, geometry=on_millimetre(shape), height_cap=None)
    _contact(site, kind, "heritage_zone", grown, arm, depth)


@plants("HER104")
def control_zone_of_a_district_reaches_in(ground: Ground) -> None:
    """Let control zone and purple line of a historic district reach into a unit."""
    place, site, arm = _arm(ground, _TIP)
    z6, z7 = district(ground, place, with_body=False)
    draft = ground.draft
    line = int(draft.frames["control_line"].index.max())
    grown = shapely.union(draft.shape("control_line", line), arm)
    core = draft.shape("heritage_zone", z6)
    draft.set("control_line", line, geometry=on_millimetre(grown))
    rest = on_millimetre(shapely.difference(grown, core))
    draft.set("heritage_zone", z7, geometry=rest)
    _contact(site, "Z7", "heritage_zone", z7, arm, _TIP)
    site.meets("Z9", "control_line", line)


@plants("HER109")
def purple_line_only_touches(ground: Ground) -> None:
    """Let a purple line overlap a unit by a third of a metre."""
    site = a_site(ground, lambda key: _strip(ground, key, 10.0, 0.3) is not None)
    strip = _strip(ground, site.unit, 10.0, 0.3)
    line = purple_line(ground, strip)
    _contact(site, "Z9", "control_line", line, strip, 0.3)


@plants("HER104")
def coordination_zone_at_the_bounds_of_noise(ground: Ground) -> None:
    """Let a coordination zone overlap a unit by what just counts as more than noise."""
    site = a_site(ground, lambda key: _strip(ground, key, 10.0, 0.6) is not None)
    strip = _strip(ground, site.unit, 10.0, 0.6)
    zone = ground.zone("Z8", strip)
    _contact(site, "Z8", "heritage_zone", zone, strip, 0.6)


def _contact(site: Site, kind: str, layer: str, key: Key, shape: Any, depth: float) -> None:
    """Lay out a unit that a zone reaches into, and expect what is due."""
    site.lay_out(shapely.intersection(shape, site.ground.shape(site.unit)))
    if depth >= 0.5:
        site.meets(kind, layer, key)
    elif ruling_of(kind, site.mode):
        code = {"Z2": "HER102", "Z3": "HER104", "Z9": "HER109"}[kind]
        site.notice(code, layer, key, "thin-contact")


def _arm(ground: Ground, depth: float) -> tuple[NDArray[np.float64], Site, Any]:
    """Take a place and a unit, and draw an arm from one into the other, which meets no other."""
    found: dict[Key, tuple[NDArray[np.float64], Any]] = {}

    def fits(unit: Key) -> bool:
        for place in ground.spots:
            arm = _arm_to(ground, place, unit, depth)
            if arm is not None:
                found[unit] = place, arm
                return True
        return False

    site = a_site(ground, fits)
    place, arm = found[site.unit]
    ground.spots = [spot for spot in ground.spots if spot is not place]
    return place, site, arm


def _arm_to(ground: Ground, place: NDArray[np.float64], unit: Key, depth: float) -> Any:
    shape = ground.shape(unit)
    if shapely.distance(shape, shapely.Point(place)) > _FAR:
        return None
    for middle, outward in sides(shape):
        if np.dot(place - middle, outward) < _WIDE:
            continue
        # square to the side, so that it overlaps by the same depth all along
        foot = _bar(middle - outward * depth, middle + outward * 10)
        way = shapely.buffer(shapely.LineString([place, middle + outward * 10]), 6)
        arm = on_millimetre(shapely.union(foot, way))
        inside = shapely.intersection(arm, shape)
        if touched(ground.draft, arm) == [unit] and abs(inside.area - _WIDE * depth) < 0.05:
            return arm
    return None


def _strip(ground: Ground, unit: Key, out: float, depth: float) -> Any:
    """Return a square across the edge of a unit that meets no other, None where there is none."""
    shape = ground.shape(unit)
    for middle, outward in sides(shape):
        strip = on_millimetre(_bar(middle - outward * depth, middle + outward * out))
        inside = shapely.intersection(strip, shape)
        if touched(ground.draft, strip) == [unit] and abs(inside.area - _WIDE * depth) < 0.05:
            return strip
    return None


def _bar(start: Any, end: Any) -> Any:
    """Return a bar of 20 m between two points."""
    return shapely.buffer(shapely.LineString([start, end]), _WIDE / 2, cap_style="flat")
