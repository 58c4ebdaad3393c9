"""USE: land use and intensity that the plan above does not allow."""

from __future__ import annotations

from gisplan.testing.plant.draft import Draft, Key, NoPlaceError, Row
from gisplan.testing.plant.kinds import plants
from gisplan.testing.plant.policy import state_ratios
from gisplan.testing.plant.targets import (
    Fits,
    a_parcel,
    a_unit,
    a_unit_with_parcels,
    always,
    is_there,
    near,
)

_PUBLIC = ("08", "13", "14")


def _a_private_parcel(draft: Draft) -> tuple[Key, Key]:
    """Claim a parcel that no public land is counted of."""
    return a_parcel(
        draft, lambda key: not str(draft.get("parcel", key, "land_use")).startswith(_PUBLIC)
    )


def _wrong_code(draft: Draft, code: str) -> None:
    parcel, _ = _a_private_parcel(draft)
    draft.set("parcel", parcel, land_use=code)
    draft.expect("USE101", "parcel", parcel, kind="land_use")


@plants("USE101")
def code_that_no_edition_has(draft: Draft) -> None:
    """Give a parcel a code that no edition has."""
    _wrong_code(draft, "0799")


@plants("USE101")
def code_of_the_former_standard(draft: Draft) -> None:
    """Give a parcel a code of the classification before."""
    _wrong_code(draft, "R2")


@plants("USE101")
def code_of_the_other_edition(draft: Draft) -> None:
    """Give a parcel a code that the edition of 2020 alone has."""
    _wrong_code(draft, "0603")


@plants("USE101")
def unit_of_an_unknown_use(draft: Draft) -> None:
    """Give a unit a dominant use that no edition has."""
    unit = a_unit(draft)
    draft.set("unit", unit, land_use="1888")
    draft.expect("USE101", "unit", unit, kind="land_use")


@plants("USE102")
def mine_in_a_town(draft: Draft) -> None:
    """Plan a mine where no zone of a town allows one."""
    from gisplan.catalogue.compatibility import Compatibility

    parcel, _ = _a_private_parcel(draft)
    if not draft.has("planning_zone"):
        raise NoPlaceError(f"{draft.by}: the plan has no planning zones")
    draft.set("parcel", parcel, land_use="1002")
    shape = draft.shape("parcel", parcel)
    for zone in near(draft, "planning_zone", shape, 0.0):
        known = Compatibility().zone(draft.get("planning_zone", zone, "zone"))
        common = draft.shape("planning_zone", zone).intersection(shape)
        if known is not None and common.area > 5 and common.area > 0.5 * common.length:
            draft.expect("USE102", "parcel", parcel, Row("planning_zone", zone), known.key)


@plants("USE103")
def less_public_land(draft: Draft) -> None:
    """Demand more land of a public class than the parcels of a unit hold."""
    fields = {"08": "service_land", "13": "utility_land", "14": "green_land"}

    def asked(key: Key) -> list[str]:
        return [kind for kind, name in fields.items() if is_there(draft.get("unit", key, name))]

    unit = a_unit_with_parcels(draft, lambda key: bool(asked(key)))
    kind = str(draft.rng.choice(asked(unit)))
    draft.set("unit", unit, **{fields[kind]: draft.get("unit", unit, fields[kind]) * 1.3})
    draft.expect("USE103", "unit", unit, kind=kind)


@plants("USE103")
def facility_that_is_missing(draft: Draft) -> None:
    """Demand a facility of a unit that nobody has drawn."""
    unit = a_unit(draft, lambda key: not is_there(draft.get("unit", key, "required_facilities")))
    draft.set("unit", unit, required_facilities="社区图书室")
    draft.expect("USE103", "unit", unit, kind="facility:社区图书室")


@plants("USE103")
def facility_that_is_too_small(draft: Draft) -> None:
    """Demand a facility of a unit that is larger than the one it has."""

    def sized(key: Key) -> bool:
        asked = draft.get("unit", key, "required_facilities")
        return is_there(asked) and any(":" in item for item in asked)

    unit = draft.pick("unit", sized, columns=("required_facilities",))
    word, _, size = draft.get("unit", unit, "required_facilities")[0].partition(":")
    draft.set("unit", unit, required_facilities=f"{word}:{float(size) * 2:.0f}")
    draft.expect("USE103", "unit", unit, kind=f"facility:{word}")


def _exceeds(draft: Draft, field: str, cap: str, by: float) -> None:
    """Let a parcel without a control of its own go beyond that of its unit."""

    def bound(key: Key) -> bool:
        own = {"far": "far_cap", "height": "height_cap"}.get(field, f"{field}_cap")
        free = not draft.has("parcel", own) or not is_there(draft.get("parcel", key, own))
        return free and is_there(draft.get("parcel", key, field))

    parcel, unit = a_parcel(draft, bound, _outside_old_towns(draft))
    draft.set("parcel", parcel, **{field: round(draft.get("unit", unit, cap) + by, 2)})
    if field == "far" and draft.has("parcel", "floor_area"):
        state_floor_area(draft, parcel, unit)
    draft.expect("USE104", "parcel", parcel, Row("unit", unit), field)


def _outside_old_towns(draft: Draft) -> Fits:
    if not draft.has("unit", "old_town"):
        return always
    return lambda key: not draft.get("unit", key, "old_town")


def state_floor_area(draft: Draft, parcel: Key, unit: Key) -> None:
    """State a parcel's floor area anew, and let the unit's cap leave room for all of them."""
    area = draft.area(draft.shape("parcel", parcel))
    draft.set("parcel", parcel, floor_area=round(draft.get("parcel", parcel, "far") * area, 2))
    total = sum(draft.get("parcel", key, "floor_area") for key in draft.children(unit)["parcel"])
    if draft.has("unit", "floor_area_cap"):
        cap = max(draft.get("unit", unit, "floor_area_cap"), round(total * 1.1))
        draft.set("unit", unit, floor_area_cap=cap)


@plants("USE104")
def parcel_too_dense(draft: Draft) -> None:
    """Plan a higher floor area ratio than the unit allows."""
    _exceeds(draft, "far", "far", 0.4)


@plants("USE104")
def parcel_too_high(draft: Draft) -> None:
    """Plan a parcel higher than the unit allows."""
    _exceeds(draft, "height", "height_cap", 6.0)


@plants("USE104")
def parcel_too_full(draft: Draft) -> None:
    """Plan a higher building density than the unit allows."""
    _exceeds(draft, "density", "density", 3.5)


@plants("USE104")
def parcel_not_green_enough(draft: Draft) -> None:
    """Plan a lower green ratio than the unit demands."""
    _exceeds(draft, "green_ratio", "green_ratio", -5.0)


@plants("USE104")
def parcel_beyond_its_own_control(draft: Draft) -> None:
    """Lower a parcel's own control below what is planned."""
    parcel, unit = a_parcel(draft, lambda key: is_there(draft.get("parcel", key, "far_cap")))
    draft.set("parcel", parcel, far_cap=round(draft.get("parcel", parcel, "far") - 0.3, 2))
    draft.expect("USE104", "parcel", parcel, Row("unit", unit), "far")


@plants("USE104")
def unit_too_high(draft: Draft) -> None:
    """Plan a unit higher than its cap."""
    unit = a_unit(draft)
    draft.set("unit", unit, height=draft.get("unit", unit, "height_cap") + 9.0)
    draft.expect("USE104", "unit", unit, kind="height")


@plants("USE104")
def new_building_too_high(draft: Draft) -> None:
    """Plan a new building in a courtyard, higher than the unit allows."""

    def has_house(key: Key) -> bool:
        return bool(draft.children(key)["building"])

    unit = a_unit_with_parcels(draft, has_house)
    like = draft.children(unit)["building"][0]
    shape = draft.shape("building", like)
    yard = shape.centroid.buffer(1.5, quad_segs=1)
    height = draft.get("unit", unit, "height_cap") + 12.0
    code = f"{draft.get('building', like, 'code')}N"
    building = draft.add("building", like, code=code, height=height, action="build", geometry=yard,
                         footprint_area=None, floor_area=None, floors=None)  # fmt: skip
    draft.expect("USE104", "building", building, Row("unit", unit), "height")


@plants("USE105")
def more_floor_area_than_the_unit_may(draft: Draft) -> None:
    """Lower a unit's cap on floor area below what its parcels hold."""
    unit = a_unit_with_parcels(
        draft, lambda key: is_there(draft.get("unit", key, "floor_area_cap"))
    )
    total = sum(draft.get("parcel", key, "floor_area") for key in draft.children(unit)["parcel"])
    draft.set("unit", unit, floor_area_cap=round(total * 0.9))
    draft.expect("USE105", "unit", unit)


@plants("USE106")
def old_town_built_up(draft: Draft) -> None:
    """Build half as much again as is demolished in an old town."""
    unit = a_unit(draft)
    demolished = draft.get("unit", unit, "existing_area") * 0.15
    draft.set(
        "unit",
        unit,
        old_town=True,
        demolish_area=round(demolished, 2),
        new_area=round(demolished * 1.5, 2),
    )
    draft.set("unit", unit, kept_area=_rest(draft, unit))
    state_ratios(draft, "unit", unit)
    draft.expect("USE106", "unit", unit)


def _rest(draft: Draft, unit: Key) -> float:
    existing, altered, demolished = (
        draft.get("unit", unit, name) for name in ("existing_area", "altered_area", "demolish_area")
    )
    return float(round(existing - altered - demolished, 2))


@plants("USE106")
def parcel_in_an_old_town_raised(draft: Draft) -> None:
    """Plan a parcel of an old town denser than it is."""
    parcel, unit = a_parcel(
        draft,
        lambda key: is_there(draft.get("parcel", key, "existing_far")),
        lambda key: draft.get("unit", key, "old_town") is True,
    )
    draft.set("parcel", parcel, existing_far=round(draft.get("parcel", parcel, "far") - 0.2, 2))
    draft.expect("USE106", "parcel", parcel, Row("unit", unit))
