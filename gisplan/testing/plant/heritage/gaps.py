"""A register that contradicts itself (HER110), and what lacks its zones or plan (HER112)."""

from __future__ import annotations

from typing import Any

import shapely

from gisplan.testing.plant.draft import Row, on_millimetre
from gisplan.testing.plant.heritage.bodies import free_square
from gisplan.testing.plant.heritage.ground import BARE, Ground
from gisplan.testing.plant.heritage.kinds import plants
from gisplan.testing.plant.heritage.law import LEVEL_NAMES
from gisplan.testing.plant.heritage.register import PLAN, district, relic, ring
from gisplan.testing.plant.heritage.sites import a_site, beside, box
from gisplan.testing.plant.shapes import disc

_RELIC, _UNGRADED = "文物保护单位", "未定级不可移动文物"


def _contradicts(ground: Ground, layer: str, key: int, other: Row | str, kind: str) -> None:
    ground.expect("HER110", layer, key, other, kind)


@plants("HER110")
def historic_building_that_is_a_relic(ground: Ground) -> None:
    """Register one house as historic building and as ungraded relic."""
    place = ground.spot()
    building, _ = ground.body("历史建筑", disc(place, 12))
    relic_key, _ = ground.body(_UNGRADED, disc(beside(place, 2), 12))
    _contradicts(ground, "heritage_body", building, Row("heritage_body", relic_key), "two-classes")


@plants("HER110")
def relic_registered_twice(ground: Ground) -> None:
    """Register one ungraded relic under two codes, 40 m apart."""
    place = ground.spot()
    level = LEVEL_NAMES["unlisted"]
    first, _ = ground.body(_UNGRADED, disc(place, 8), level)
    second, _ = ground.body(_UNGRADED, disc(beside(place, 56), 8), level)
    name = ground.draft.get("heritage_body", first, "name")
    ground.draft.set("heritage_body", second, name=name)
    _contradicts(ground, "heritage_body", first, Row("heritage_body", second), "registered-twice")


@plants("HER110")
def relic_outside_its_zone(ground: Ground) -> None:
    """Move a relic out of its protection zone: no unit within 500 m is clear."""
    place = ground.spot()
    body, z2, _ = relic(ground, place, "county")
    moved = disc(beside(place, 52), 7)
    ground.draft.set("heritage_body", body, geometry=moved)
    _contradicts(ground, "heritage_body", body, Row("heritage_zone", z2), "outside-zone/Z2")
    ground.misplaced.append(moved)


@plants("HER110")
def zones_of_two_relics_swapped(ground: Ground) -> None:
    """Swap the zones of two relics: no unit within 500 m of either is clear."""
    draft = ground.draft
    own = [relic(ground, ground.spot(), "city") for _ in range(2)]
    codes = [draft.get("heritage_body", body, "code") for body, _, _ in own]
    for (_, z2, z3), (other, _, _), code in zip(own, own[::-1], codes[::-1], strict=True):
        draft.set("heritage_zone", z2, body=code)
        draft.set("heritage_zone", z3, body=code)
        _contradicts(ground, "heritage_zone", z2, Row("heritage_body", other), "wrong-body")
        ground.misplaced.append(draft.shape("heritage_body", other))


@plants("HER110")
def zone_of_another_class(ground: Ground) -> None:
    """Give an ungraded relic the protection zone of a historic building."""
    place = ground.spot()
    body, code = ground.body(_UNGRADED, disc(place, 12))
    zone = ground.zone("Z5", disc(place, 40), body=code)
    _contradicts(ground, "heritage_zone", zone, Row("heritage_body", body), "wrong-class")


@plants("HER110")
def zone_of_an_unknown_body(ground: Ground) -> None:
    """Draw a protection zone whose body the register does not have."""
    zone = ground.zone("Z2", disc(ground.spot(), 40), body="WW999")
    _contradicts(ground, "heritage_zone", zone, "", "unknown-body")


@plants("HER110")
def zone_without_a_body(ground: Ground) -> None:
    """Draw the protection zone of a historic building around nothing."""
    zone = ground.zone("Z5", disc(ground.spot(), 40))
    _contradicts(ground, "heritage_zone", zone, "", "no-body")


@plants("HER110")
def zones_of_a_relic_overlap(ground: Ground) -> None:
    """Let the construction-control zone of a relic cover its protection zone too."""
    place = ground.spot()
    _, z2, z3 = relic(ground, place, "province")
    ground.draft.set("heritage_zone", z3, geometry=disc(place, 65))
    _contradicts(ground, "heritage_zone", z2, Row("heritage_zone", z3), "zones-overlap")


@plants("HER110")
def gap_in_the_zones_of_a_relic(ground: Ground) -> None:
    """Leave a hole in the construction-control zone of a relic."""
    place = ground.spot()
    _, z2, z3 = relic(ground, place, "province")
    hole = ring(ground.draft.shape("heritage_zone", z3), disc(beside(place, 52), 5))
    ground.draft.set("heritage_zone", z3, geometry=hole)
    _contradicts(ground, "heritage_zone", z2, Row("heritage_zone", z3), "zones-gap")


@plants("HER110")
def zones_of_a_relic_apart(ground: Ground) -> None:
    """Let the construction-control zone of a relic lie 5 m from its protection zone."""
    place = ground.spot()
    _, z2, z3 = relic(ground, place, "province")
    away = box(beside(place, 55), 20, 60)
    ground.draft.set("heritage_zone", z3, geometry=away)
    _contradicts(ground, "heritage_zone", z2, Row("heritage_zone", z3), "zones-apart")


@plants("HER110")
def purple_line_that_differs(ground: Ground) -> None:
    """Let the purple line of a historic district reach beyond its zones."""
    place = ground.spot()
    z6, _ = district(ground, place, with_body=False)
    draft = ground.draft
    line = int(draft.frames["control_line"].index.max())
    more = shapely.union(draft.shape("control_line", line), box(beside(place, 66), 20, 20))
    draft.set("control_line", line, geometry=on_millimetre(more))
    _contradicts(ground, "heritage_zone", z6, Row("control_line", line), "outline-differs")


@plants("HER110")
def point_off_its_building(ground: Ground) -> None:
    """Draw a historic building as a point, 40 m from the only building there."""
    place = ground.spot()
    point: Any = on_millimetre(shapely.Point(place))
    body, _ = ground.body("历史建筑", point)
    if ground.stage != BARE:
        code = ground.next_code("J")
        house = ground.add("building", box(beside(place, 46), 12, 12), code=code, action="留",
                           floor_area=200.0)  # fmt: skip
        other = Row("building", house)
        _contradicts(ground, "heritage_body", body, other, "point-off-footprint")


@plants("HER112")
def relic_without_zones(ground: Ground) -> None:
    """Draw a relic without zones in the street beside a unit: none within 100 m is clear."""
    site = a_site(ground, lambda key: free_square(ground, key) is not None)
    body, _ = ground.body(_RELIC, shape := free_square(ground, site.unit), LEVEL_NAMES["county"])
    site.lay_out(shapely.intersection(shapely.buffer(shape, 20), ground.shape(site.unit)))
    ground.expect("HER112", "heritage_body", body, "", "Z2/Z3")
    ground.zoneless.append(shape)


@plants("HER112")
def relic_without_control_zone(ground: Ground) -> None:
    """Draw a relic with a protection zone only: a notice, which leaves no unit open."""
    body, _, z3 = relic(ground, ground.spot(), "national")
    ground.draft.drop("heritage_zone", [z3])
    ground.expect("HER112", "heritage_body", body, "", "Z3")


@plants("HER112")
def district_without_plan(ground: Ground) -> None:
    """Draw a historic district whose zones name no protection plan."""
    z6, z7 = district(ground, ground.spot(), with_body=False)
    for zone in (z6, z7):
        ground.draft.set("heritage_zone", zone, plan=None)
    ground.expect("HER112", "heritage_zone", z6, "", "plan")


@plants("HER112")
def district_without_control_zone(ground: Ground) -> None:
    """Draw the core zone of a historic district alone."""
    name = ground.next_code("古街")
    zone = ground.zone("Z6", disc(ground.spot(), 40), f"{name}核心保护范围", plan=PLAN)
    ground.expect("HER112", "heritage_zone", zone, "", "Z7")


@plants("HER112")
def area_without_zone(ground: Ground) -> None:
    """Draw a historic city area or world heritage as a body, without its zone."""
    name = str(ground.rng.choice(["历史城区", "世界文化遗产"]))
    body, _ = ground.body(name, disc(ground.spot(), 30))
    kind = {"历史城区": "Z10", "世界文化遗产": "Z14"}[name]
    ground.expect("HER112", "heritage_body", body, "", kind)
