"""Zones on a unit: HER101, HER104, HER109 and HER111."""

from __future__ import annotations

import pandas as pd
import shapely

from gisplan.testing.plant.draft import Key, NoPlaceError, Row, on_millimetre
from gisplan.testing.plant.heritage.ground import ACTING, IDLE, Ground
from gisplan.testing.plant.heritage.kinds import plants
from gisplan.testing.plant.heritage.law import LEVEL_NAMES, LEVELS, ruling
from gisplan.testing.plant.heritage.register import (
    PLAN,
    listed_building,
    purple_line,
    ring,
)
from gisplan.testing.plant.heritage.sites import a_site
from gisplan.testing.plant.shapes import disc
from gisplan.testing.plant.targets import a_project


@plants("HER101")
def core_zone_in_a_unit(ground: Ground) -> None:
    """Draw a historic district in a unit: core, control zone and purple line."""
    site = a_site(ground)
    inner, outer = disc(site.middle, 50), disc(site.middle, 80)
    name = ground.next_code("里巷")
    z6 = ground.zone("Z6", inner, f"{name}核心保护范围", plan=PLAN)
    z7 = ground.zone("Z7", ring(outer, inner), f"{name}建设控制地带", plan=PLAN)
    line = purple_line(ground, outer)
    site.lay_out(outer, site.plot(20, 8, 8))
    site.old_houses(site.plot(-20, 20, 16))
    site.meets("Z6", "heritage_zone", z6, house=True)
    site.meets("Z7", "heritage_zone", z7)
    site.meets("Z9", "control_line", line, house=True)


@plants("HER104")
def zone_that_stands_alone(ground: Ground) -> None:
    """Draw a coordination zone, a historic city area or a buffer of world heritage in a unit."""
    _alone(ground, str(ground.rng.choice(["Z8", "Z10", "Z14"])))


@plants("HER109")
def purple_line_as_a_zone(ground: Ground) -> None:
    """Draw a purple line in a unit, as a zone of the register."""
    _alone(ground, "Z9")


@plants("HER111")
def area_of_underground_relics(ground: Ground) -> None:
    """Draw an area of underground relics in a unit of which no dates are known."""
    _alone(ground, "Z11")


@plants("HER103")
def relic_drawn_as_a_zone(ground: Ground) -> None:
    """Draw a relic of any level as a zone of the register, in a unit."""
    _alone(ground, "Z1", str(ground.rng.choice([*LEVELS, "unlisted"])))


@plants("HER108")
def listed_building_drawn_as_a_zone(ground: Ground) -> None:
    """Draw a historic building or industrial heritage as a zone of the register, in a unit."""
    _alone(ground, str(ground.rng.choice(["Z4", "Z13"])))


def _alone(ground: Ground, kind: str, level: str | None = None) -> None:
    site = a_site(ground)
    shape = disc(site.middle, 55)
    zone = ground.zone(kind, shape, level=LEVEL_NAMES[level] if level else None)
    site.lay_out(shape, site.plot(20, 8, 8))
    site.old_houses(site.plot(-20, 20, 16))
    site.meets(kind, "heritage_zone", zone, level, house=True)


@plants("HER104")
def unit_without_a_mode(ground: Ground) -> None:
    """Draw a historic city area in a unit that states no mode: it is not judged."""
    site = a_site(ground)
    ground.draft.set("unit", site.unit, mode=None)
    zone = ground.zone("Z10", shape := disc(site.middle, 55))
    site.lay_out(shape)
    if site.stage == IDLE:
        other = Row("heritage_zone", zone)
        ground.expect("HER104", "unit", site.unit, other, "no-action", "notice")
        return
    ground.open.add(site.unit)
    if site.stage == ACTING:
        ground.draft.set("parcel", _there(site.parcel), mode=None)


@plants("HER109")
def project_within_a_purple_line(ground: Ground) -> None:
    """Draw a purple line around a project, whose unit has neither parcels nor buildings."""
    draft = ground.draft
    project, unit = a_project(draft)
    around = shapely.buffer(draft.shape("project", project), 30)
    line = purple_line(ground, on_millimetre(shapely.intersection(around, ground.shape(unit))))
    for layer, key in (("project", project), ("unit", unit)):
        due = ruling("Z9", draft.get(layer, key, "mode"))
        ground.expect("HER109", layer, key, Row("control_line", line), "", due)


@plants("HER109")
def protection_zone_of_a_historic_building(ground: Ground) -> None:
    """Draw a historic building with its protection zone in a unit."""
    site = a_site(ground)
    body, zone = listed_building(ground, site.middle)
    site.lay_out(disc(site.middle, 40), site.plot(30, 8, 8))
    site.meets("Z4", "heritage_body", body)
    site.meets("Z5", "heritage_zone", zone, house=True)


@plants("HER104")
def mass_demolition_in_a_historic_city(ground: Ground) -> None:
    """Draw a historic city area in a unit that demolishes a third of what stands."""
    site = a_site(ground, modes=("M4", "M5"))
    draft = ground.draft
    draft.set("unit", site.unit, existing_area=9000.0, demolish_area=3000.0, illegal_area=0.0,
              new_area=3000.0, kept_area=6000.0, altered_area=0.0, demolish_share=33.33,
              rebuild_ratio=1.0)  # fmt: skip
    zone = ground.zone("Z10", shape := disc(site.middle, 55))
    site.lay_out(shape)
    other = Row("heritage_zone", zone)
    if site.stage == IDLE:
        ground.expect("HER104", "unit", site.unit, other, "no-action", "notice")
        return
    ground.expect("HER104", "unit", site.unit, other, "", "prohibited")
    if site.stage == ACTING:
        ground.expect("HER104", "parcel", _there(site.parcel), other, "", "prohibited")
        if site.mode == "M5":
            ground.expect("HER107", "unit", site.unit, other, "cleared", "prohibited")


@plants("HER111")
def archaeology_done_in_time(ground: Ground) -> None:
    """Draw underground relics in a unit whose archaeology was done before the land went over."""
    _dated(ground, "done", archaeology_on=f"{ground.year - 2}-05-01")


@plants("HER111")
def land_transferred_without_archaeology(ground: Ground) -> None:
    """Draw underground relics in a unit whose land went over before archaeology was done."""
    _dated(ground, "missed")


def _dated(ground: Ground, kind: str, **dates: str) -> None:
    site = a_site(ground, modes=("M5", "M6", "M7"))
    days = {name: pd.Timestamp(day) for name, day in dates.items()}
    gone = pd.Timestamp(f"{ground.year - 1}-05-01")
    ground.draft.set("unit", site.unit, transfer_on=gone, **days)
    zone = ground.zone("Z11", shape := disc(site.middle, 55))
    site.lay_out(shape, site.plot(20, 8, 8))
    other = Row("heritage_zone", zone)
    if site.stage == IDLE:
        ground.expect("HER111", "unit", site.unit, other, "no-action", "notice")
        return
    actors = [("unit", site.unit)]
    if site.stage == ACTING:
        actors += [("parcel", _there(site.parcel)), ("building", _there(site.house))]
    for layer, key in actors:
        ruling = "notice" if kind == "done" else "approval"
        ground.expect("HER111", layer, key, other, kind, ruling, blocks=kind == "missed")


def _there(key: Key | None) -> Key:
    if key is None:
        raise NoPlaceError("the site has no such feature")
    return key
