"""BND: borders that are not shared, places that belie codes, control lines lost and entered."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from gisplan.catalogue.codes import codelist
from gisplan.testing.plant import shapes as draw
from gisplan.testing.plant.draft import Draft, Key, NoPlaceError, Row, on_millimetre
from gisplan.testing.plant.kinds import plants
from gisplan.testing.plant.targets import (
    COUNTED,
    Fits,
    a_loose_unit,
    a_parcel,
    a_project,
    a_unit,
    a_unit_with_parcels,
    always,
    counted_house,
    free_code,
    is_there,
    near,
)
from gisplan.testing.plant.use import state_floor_area

_LINES = "control_line"


def _builds(draft: Draft, unit: Key) -> bool:
    mode = draft.get("unit", unit, "mode")
    return bool(codelist("mode")[mode].extra["builds"])


@plants("BND103")
def two_units_not_quite_joined(draft: Draft) -> None:
    """Draw a unit twenty centimetres back from the neighbour that it shares a border with."""

    def neighbour(key: Key) -> Key | None:
        shape = draft.shape("unit", key)
        for other in near(draft, "unit", shape, 0.01):
            if other != key and shapely.intersection(shape, draft.shape("unit", other)).length > 50:
                return other
        return None

    unit = a_loose_unit(draft, lambda key: neighbour(key) is not None, clear=10)
    other = neighbour(unit)
    if other is None:
        raise NoPlaceError(f"{draft.by}: no neighbour")
    wider = shapely.buffer(draft.shape("unit", other), 0.2, join_style="mitre")
    back = on_millimetre(shapely.difference(draft.shape("unit", unit), wider))
    draft.reshape("unit", unit, back)
    draft.expect("BND103", "unit", unit, Row("unit", other), either=True)


@plants("BND103")
def parcel_beside_its_units_line(draft: Draft) -> None:
    """Draw a parcel thirty centimetres back from the outline of its unit."""
    parcel, unit = a_parcel(draft)
    inner = shapely.buffer(draft.shape("unit", unit), -0.3, join_style="mitre")
    back = on_millimetre(shapely.intersection(draft.shape("parcel", parcel), inner))
    draft.reshape("parcel", parcel, back)
    state_floor_area(draft, parcel, unit)
    draft.expect("BND103", "parcel", parcel, Row("unit", unit))


@plants("BND104")
def unit_in_another_district(draft: Draft) -> None:
    """Give a unit code and parent of another district than it lies in."""
    others = [int(key) for key in draft.frames["district"].index]

    def mild(key: Key) -> bool:
        named = draft.has("unit", "district_name") and is_there(
            draft.get("unit", key, "district_name")
        )
        return draft.get("unit", key, "mode") == "M2" and not named

    unit = a_loose_unit(draft, mild)
    here = draft.parent("unit", "district", unit)
    there = next(
        int(key) for key in draft.rng.permutation(others)
        if key != here and not _is_summed(draft, int(key))
    )  # fmt: skip
    code = draft.get("district", there, "code")
    draft.set("unit", unit, code=free_code(draft, code), parent=code)
    draft.expect("BND104", "unit", unit, Row("district", here))


@plants("BND104")
def building_of_another_unit(draft: Draft) -> None:
    """Count a building to another unit than it stands in; neither unit's floor area is right."""
    unit = a_unit_with_parcels(draft, lambda key: counted_house(draft, key) is not None)
    building = counted_house(draft, unit)
    if building is None:
        raise NoPlaceError(f"{draft.by}: no house")
    field = COUNTED[draft.get("building", building, "action")]
    other = a_unit_with_parcels(
        draft,
        lambda key: counted_house(draft, key) is not None and draft.get("unit", key, field) > 0,
    )
    draft.set("building", building, parent=draft.get("unit", other, "code"))
    draft.expect("BND104", "building", building, Row("unit", unit))
    for key in (unit, other):
        for column in ("existing_area", field):
            draft.expect("IND112", "unit", key, kind=f"building:{column}")


def _is_summed(draft: Draft, district: Key) -> bool:
    """Tell whether the table states what the units of a district have on the map."""
    code = draft.get("district", district, "code")
    rows = draft.find("indicator", tier="district", code=code)
    return draft.has("indicator", "computed") and any(
        is_there(draft.get("indicator", row, "computed")) for row in rows
    )


def _a_copy(draft: Draft) -> tuple[Key, Key]:
    """Claim the line of a lower tier, and the one above that it is a copy of."""

    def original(key: Key) -> list[Key]:
        own = draft.shape(_LINES, key)
        return [
            other
            for other in draft.find(_LINES, kind=draft.get(_LINES, key, "kind"), tier="city")
            if draft.is_free(_LINES, other, "shape")
            and shapely.area(shapely.intersection(own, draft.shape(_LINES, other))) > 100
        ]

    def fits(key: Key) -> bool:
        lower = draft.get(_LINES, key, "tier") == "district"
        built = draft.get(_LINES, key, "kind") == "development_boundary"
        return lower and not built and len(original(key)) == 1

    line = draft.pick(_LINES, fits, "shape")
    upper = original(line)[0]
    draft.claim(_LINES, upper, "shape")
    return line, upper


@plants("BND105")
def copy_that_lost_ground(draft: Draft) -> None:
    """Cut a third off a district's copy of a control line."""
    line, upper = _a_copy(draft)
    shape = draft.shape(_LINES, line)
    west, south, east, north = shape.bounds
    rest = shapely.box(west + (east - west) / 3, south, east, north)
    draft.set(_LINES, line, geometry=on_millimetre(shapely.intersection(shape, rest)))
    draft.expect("BND105", _LINES, upper, kind="lost-district")


@plants("BND105")
def copy_that_gained_ground(draft: Draft) -> None:
    """Draw a district's copy of a control line twelve metres wider."""
    line, _ = _a_copy(draft)
    wider = shapely.buffer(draft.shape(_LINES, line), 12, join_style="mitre")
    draft.set(_LINES, line, geometry=on_millimetre(wider))
    draft.expect("BND105", _LINES, line, kind="added-district")


def _draw_line(draft: Draft, kind: str, shape: Any) -> list[Key]:
    """Add a control line of city and district."""
    rows = draft.find(_LINES, kind=kind)
    if not rows:
        raise NoPlaceError(f"{draft.by}: the plan has no line of kind {kind}")
    code = f"X{kind[:3].upper()}{len(draft.frames[_LINES])}"
    return [
        draft.add(_LINES, rows[0], code=f"{code}-{tier}", tier=tier, geometry=shape)
        for tier in ("city", "district")
    ]


def _line_over_a_unit(
    draft: Draft, code: str, kind: str, fits: Fits = always, says: str = ""
) -> None:
    unit = a_unit(draft, fits)
    centre, radius = draw.circle_in(draft.shape("unit", unit))
    for line in _draw_line(draft, kind, draw.disc(centre, radius / 2)):
        draft.expect(code, "unit", unit, Row(_LINES, line), says)


@plants("BND106")
def building_in_the_red_line(draft: Draft) -> None:
    """Draw an ecological red line into a unit that builds."""
    _line_over_a_unit(draft, "BND106", "ecological_redline", lambda key: _builds(draft, key))


@plants("BND106")
def upgrading_in_the_red_line(draft: Draft) -> None:
    """Draw an ecological red line into a unit that builds nothing."""
    _line_over_a_unit(
        draft, "BND106", "ecological_redline", lambda key: not _builds(draft, key), "other-mode"
    )


@plants("BND106")
def project_in_the_red_line(draft: Draft) -> None:
    """Draw an ecological red line around a project and the middle of its unit."""
    project, unit = a_project(draft)
    centre, radius = draw.circle_in(draft.shape("unit", unit))
    spot = draw.disc(centre, radius * 0.8)
    if not shapely.intersects(spot, draft.shape("project", project)):
        spot = draw.disc(shapely.get_coordinates(draft.shape("project", project))[0], 20)
        spot = on_millimetre(shapely.intersection(spot, draft.shape("unit", unit)))
    for line in _draw_line(draft, "ecological_redline", spot):
        for layer, key in (("unit", unit), ("project", project)):
            kind = "" if _builds(draft, unit) else "other-mode"
            draft.expect("BND106", layer, key, Row(_LINES, line), kind)


@plants("BND107")
def building_on_farmland(draft: Draft) -> None:
    """Draw permanent basic farmland into a unit that builds."""
    _line_over_a_unit(draft, "BND107", "permanent_farmland", lambda key: _builds(draft, key))


@plants("BND107")
def upgrading_on_farmland(draft: Draft) -> None:
    """Draw permanent basic farmland into a unit that builds nothing."""
    _line_over_a_unit(
        draft, "BND107", "permanent_farmland", lambda key: not _builds(draft, key), "other-mode"
    )


@plants("BND108")
def unit_outside_the_boundary(draft: Draft) -> None:
    """Take a unit that builds out of the development boundary."""

    def around(key: Key) -> list[Key]:
        shape = draft.shape("unit", key)
        return [
            line for line in draft.find(_LINES, kind="development_boundary")
            if shapely.intersects(draft.shape(_LINES, line), shape)
        ]  # fmt: skip

    def fits(key: Key) -> bool:
        lines = around(key)
        free = lines and all(draft.is_free(_LINES, line, "shape") for line in lines)
        return bool(free) and _builds(draft, key) and draw.apart(draft, key, 12)

    unit = a_unit(draft, fits)
    room = shapely.buffer(draft.shape("unit", unit), 4, join_style="mitre")
    for line in around(unit):
        draft.claim(_LINES, line, "shape")
        cut = shapely.difference(draft.shape(_LINES, line), room)
        draft.set(_LINES, line, geometry=on_millimetre(cut))
    draft.expect("BND108", "unit", unit)


def _line_over_a_parcel(draft: Draft, code: str, kind: str, allowed: tuple[str, ...]) -> None:
    """Draw a line into a parcel, clear of its buildings."""

    def other_use(key: Key) -> bool:
        use = draft.get("parcel", key, "land_use")
        return is_there(use) and not str(use).startswith(allowed)

    parcel, unit = a_parcel(draft, other_use)
    houses = [draft.shape("building", key) for key in draft.children(unit)["building"]]
    free = shapely.difference(
        draft.shape("parcel", parcel), shapely.buffer(shapely.union_all(np.array(houses)), 2)
    )
    centre, radius = draw.circle_in(free)
    for line in _draw_line(draft, kind, draw.disc(centre, radius * 0.7)):
        draft.expect(code, "parcel", parcel, Row(_LINES, line))


@plants("BND109")
def parcel_in_a_green_line(draft: Draft) -> None:
    """Draw a green line into a parcel that is no green."""
    _line_over_a_parcel(draft, "BND109", "green", ("14",))


@plants("BND110")
def parcel_in_a_blue_line(draft: Draft) -> None:
    """Draw a blue line into a parcel that is neither water nor green."""
    _line_over_a_parcel(draft, "BND110", "blue", ("05", "14", "17"))


@plants("BND110")
def house_that_stays_in_a_blue_line(draft: Draft) -> None:
    """Draw a blue line through a house that is to stay, on a parcel of another use."""

    def house(unit: Key) -> Key | None:
        for key in draft.children(unit)["building"]:
            spot = draw.disc(*_within(draft, key))
            parcel = [p for p in draft.children(unit)["parcel"]
                      if shapely.intersects(draft.shape("parcel", p), spot)]  # fmt: skip
            stays = draft.get("building", key, "action") in {"keep", "alter"}
            uses = [str(draft.get("parcel", p, "land_use")) for p in parcel]
            if stays and len(uses) == 1 and not uses[0].startswith(("05", "14", "17")):
                return key
        return None

    unit = a_unit_with_parcels(draft, lambda key: house(key) is not None)
    building = house(unit)
    if building is None:
        raise NoPlaceError(f"{draft.by}: no house")
    spot = draw.disc(*_within(draft, building))
    parcel = next(
        key for key in draft.children(unit)["parcel"]
        if shapely.intersects(draft.shape("parcel", key), spot)
    )  # fmt: skip
    for line in _draw_line(draft, "blue", spot):
        draft.expect("BND110", "building", building, Row(_LINES, line), "stays")
        draft.expect("BND110", "parcel", parcel, Row(_LINES, line))


def _within(draft: Draft, building: Key) -> tuple[Any, float]:
    centre, radius = draw.circle_in(draft.shape("building", building))
    return centre, radius * 0.9


@plants("BND110")
def new_house_in_a_blue_line(draft: Draft) -> None:
    """Plan a house on green land inside a blue line."""

    def green(key: Key) -> bool:
        return str(draft.get("parcel", key, "land_use")).startswith("14")

    parcel, unit = a_parcel(draft, green, lambda key: bool(draft.children(key)["building"]))
    houses = draft.children(unit)["building"]
    free = shapely.difference(
        draft.shape("parcel", parcel),
        shapely.buffer(shapely.union_all([draft.shape("building", key) for key in houses]), 3),
    )
    centre, radius = draw.circle_in(free)
    code = f"{draft.get('building', houses[0], 'code')}B"
    spot = draw.disc(centre, min(radius * 0.4, 8.0))
    house = draft.add("building", houses[0], code=code, action="build", height=6.0, geometry=spot)
    for line in _draw_line(draft, "blue", draw.disc(centre, radius * 0.8)):
        draft.expect("BND110", "building", house, Row(_LINES, line))


@plants("BND111")
def parcel_in_a_yellow_line(draft: Draft) -> None:
    """Draw a yellow line into a parcel that is no infrastructure."""
    _line_over_a_parcel(draft, "BND111", "yellow", ("12", "13"))


@plants("BND112")
def unit_in_a_hazard_line(draft: Draft) -> None:
    """Draw a hazard line into a unit."""
    _line_over_a_unit(draft, "BND112", "hazard")
