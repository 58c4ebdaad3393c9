"""Figures and dates of a unit: heights, demolition, land use and the survey of relics."""

from __future__ import annotations

import pandas as pd

from gisplan.testing.plant.draft import Row
from gisplan.testing.plant.heritage.ground import ACTING, BARE, IDLE, Ground
from gisplan.testing.plant.heritage.kinds import plants
from gisplan.testing.plant.heritage.law import ruling
from gisplan.testing.plant.heritage.register import relic
from gisplan.testing.plant.heritage.sites import Site, a_site
from gisplan.testing.plant.shapes import disc
from gisplan.testing.plant.targets import a_project

_HAZARDOUS = "100103"  # class-three industrial land


def _under_a_cap(ground: Ground, excess: float) -> tuple[Site, Row]:
    site = a_site(ground)
    height = ground.draft.get("unit", site.unit, "height")
    zone = ground.zone("Z8", shape := disc(site.middle, 55), height_cap=round(height - excess, 2))
    site.lay_out(shape, site.plot(20, 8, 8))
    site.meets("Z8", "heritage_zone", zone, house=True)
    return site, Row("heritage_zone", zone)


@plants("HER105")
def higher_than_the_cap(ground: Ground) -> None:
    """Cap the height in a coordination zone at four metres less than a unit plans."""
    site, other = _under_a_cap(ground, 4.0)
    if site.stage == IDLE:
        ground.expect("HER105", "unit", site.unit, other, "no-action", "notice")
        return
    ground.expect("HER105", "unit", site.unit, other, "", "prohibited")
    if site.stage == ACTING:
        assert site.parcel is not None
        ground.expect("HER105", "parcel", site.parcel, other, "", "prohibited")


@plants("HER105")
def new_building_higher_than_the_cap(ground: Ground) -> None:
    """Build a house higher than the cap of a coordination zone, in a unit that keeps below it."""
    site = a_site(ground, modes=("M6",))
    ground.draft.set("unit", site.unit, height=9.0)
    zone = ground.zone("Z8", shape := disc(site.middle, 55), height_cap=9.0)
    site.lay_out(shape, site.plot(20, 8, 8))
    site.meets("Z8", "heritage_zone", zone, house=True)
    if site.stage != BARE:
        assert site.house is not None
        ground.draft.set("building", site.house, height=15.0)
    if site.stage == ACTING:
        assert site.house is not None
        other = Row("heritage_zone", zone)
        ground.expect("HER105", "building", site.house, other, "", "prohibited")


@plants("HER105")
def as_high_as_the_cap_allows(ground: Ground) -> None:
    """Cap the height at what a unit plans, less the tolerance: nothing is due for it."""
    _under_a_cap(ground, 0.1)


@plants("HER106")
def survey_of_relics_missing(ground: Ground) -> None:
    """Leave out when the relics of a unit were surveyed."""
    site = a_site(ground)
    ground.draft.set("unit", site.unit, surveyed_on=None)
    site.lay_out(disc(site.middle, 20))
    ground.expect("HER106", "unit", site.unit, "", "", ruling("Z12", site.mode))


@plants("HER106")
def project_starts_before_the_survey(ground: Ground) -> None:
    """Let a project start two years before the relics of its unit are surveyed."""
    draft = ground.draft
    project, unit = a_project(draft)
    start = int(draft.get("project", project, "start_year"))
    draft.set("unit", unit, surveyed_on=pd.Timestamp(f"{start + 2}-06-01"))
    due = ruling("Z12", draft.get("project", project, "mode"))
    ground.expect("HER106", "project", project, "", "late", due)


@plants("HER107")
def mass_demolition_in_a_control_zone(ground: Ground) -> None:
    """Demolish two in five of the floor area in a historic city area, an eighth of the unit's."""
    site = a_site(ground, modes=("M4",))
    zone = ground.zone("Z10", shape := disc(site.middle, 55))
    site.lay_out(shape, site.plot(20, 8, 8))
    site.meets("Z10", "heritage_zone", zone, house=True)
    if site.stage == BARE:
        return
    site.building(site.plot(-20, 12, 8), "留", 450.0)
    if site.stage == ACTING:
        other = Row("heritage_zone", zone)
        ground.expect("HER107", "unit", site.unit, other, "", "prohibited")


@plants("HER107")
def demolition_as_much_as_is_allowed(ground: Ground) -> None:
    """Demolish a fifth of the floor area in a historic city area: nothing is due for it."""
    site = a_site(ground, modes=("M4",))
    zone = ground.zone("Z10", shape := disc(site.middle, 55))
    site.lay_out(shape, site.plot(20, 8, 8))
    site.meets("Z10", "heritage_zone", zone, house=True)
    if site.stage != BARE:
        site.building(site.plot(-20, 12, 8), "留", 1200.0)


@plants("HER104")
def hazardous_use_in_a_historic_city(ground: Ground) -> None:
    """Plan class-three industry in a unit that meets a historic city area."""
    site = a_site(ground)
    ground.draft.set("unit", site.unit, land_use=_HAZARDOUS)
    zone = ground.zone("Z10", shape := disc(site.middle, 55))
    site.lay_out(shape, site.plot(20, 8, 8))
    site.old_houses(site.plot(-20, 20, 16))
    site.meets("Z10", "heritage_zone", zone, house=True)
    _hazard(site, "HER104", zone)


@plants("HER102")
def hazardous_use_beside_a_relic(ground: Ground) -> None:
    """Plan class-three industry in a unit with a relic and its zones."""
    site = a_site(ground)
    ground.draft.set("unit", site.unit, land_use=_HAZARDOUS)
    body, z2, z3 = relic(ground, site.middle, "county")
    for zone in (z2, z3):
        ground.draft.set("heritage_zone", zone, height_cap=None)
    site.lay_out(disc(site.middle, 65), site.plot(30, 8, 8))
    site.meets("Z1", "heritage_body", body, "county")
    site.meets("Z2", "heritage_zone", z2, house=True)
    site.meets("Z3", "heritage_zone", z3)
    _hazard(site, "HER102", z2)
    _hazard(site, "HER104", z3)


def _hazard(site: Site, code: str, zone: int) -> None:
    """Expect what a hazardous use is: prohibited, whatever is done there."""
    expect, other = site.ground.expect, Row("heritage_zone", zone)
    expect(code, "unit", site.unit, other, "hazardous-use", "prohibited")
    if site.stage == ACTING:
        assert site.parcel is not None
        site.ground.draft.set("parcel", site.parcel, land_use=_HAZARDOUS)
        expect(code, "parcel", site.parcel, other, "hazardous-use", "prohibited")


@plants("HER102")
def land_of_relics_recoded(ground: Ground) -> None:
    """Plan shops on a parcel that is land of relics today."""
    site = a_site(ground)
    site.lay_out(disc(site.middle, 20))
    if site.parcel is not None:
        ground.draft.set("parcel", site.parcel, existing_land_use="1504", land_use="0901")
        ground.expect("HER102", "parcel", site.parcel, "", "relic-land-recoded", "consultation")
