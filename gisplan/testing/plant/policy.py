"""POL: modes, shares and ratios that the plan above or renewal policy does not allow."""

from __future__ import annotations

from gisplan.testing.plant.draft import Draft, Key, NoPlaceError, Row
from gisplan.testing.plant.kinds import plants
from gisplan.testing.plant.targets import Fits, a_project, a_unit, always


def _allowed(draft: Draft, unit: Key) -> tuple[set[str], set[str], Row, str]:
    """Return what district and guidance allow a unit, the district, and the city's code."""
    district = draft.parent("unit", "district", unit)
    city = draft.get("district", district, "parent")
    rows = [
        key
        for key in draft.find("city_guidance", code=city)
        if isinstance(draft.get("city_guidance", key, "allowed_modes"), list | tuple)
    ]
    guided = set(draft.get("city_guidance", rows[0], "allowed_modes")) if rows else set()
    own = set(draft.get("district", district, "allowed_modes") or ())
    return own, guided, Row("district", district), city


@plants("POL101")
def mode_that_the_district_forbids(draft: Draft) -> None:
    """Give a unit a mode that its city's guidance allows, and its district does not."""

    def extra(key: Key) -> list[str]:
        own, guided, _, _ = _allowed(draft, key)
        return sorted(guided - own)

    unit = a_unit(draft, lambda key: bool(extra(key)))
    _, _, district, _ = _allowed(draft, unit)
    draft.set("unit", unit, mode=extra(unit)[0])
    draft.expect("POL101", "unit", unit, district, "not-allowed")


@plants("POL101")
def mode_that_the_guidance_forbids(draft: Draft) -> None:
    """Give a unit a mode that its district allows, and the guidance for its city does not."""

    def extra(key: Key) -> list[str]:
        own, guided, _, _ = _allowed(draft, key)
        return sorted(own - guided) if guided else []

    unit = a_unit(draft, lambda key: bool(extra(key)))
    _, _, _, city = _allowed(draft, unit)
    draft.set("unit", unit, mode=extra(unit)[0])
    draft.expect("POL101", "unit", unit, city, "guidance")


@plants("POL101")
def project_stronger_than_its_unit(draft: Draft) -> None:
    """Let a project rebuild in a unit that is only to be upgraded."""
    project, unit = a_project(draft, lambda key: draft.get("project", key, "mode") in {"M1", "M2"})
    draft.set("project", project, mode="M3")
    for row in draft.find("item_list", code=draft.get("project", project, "code")):
        draft.set("item_list", row, mode="M3")
    draft.expect("POL101", "project", project, Row("unit", unit), "more-intense")


def state_ratios(draft: Draft, layer: str, key: Key) -> None:
    """State demolition share and rebuild ratio anew from the floor areas of a row."""
    existing, demolished, new = (
        draft.get(layer, key, name) for name in ("existing_area", "demolish_area", "new_area")
    )
    if draft.has(layer, "demolish_share"):
        draft.set(layer, key, demolish_share=round(demolished / existing * 100, 2))
    if draft.has(layer, "rebuild_ratio"):
        draft.set(layer, key, rebuild_ratio=round(new / demolished, 2))


def demolish(draft: Draft, layer: str, key: Key, share: float) -> None:
    """Demolish a share of what stands, all of it legal, and build no more than that again."""
    existing = draft.get(layer, key, "existing_area")
    demolished = round(existing * share)
    draft.set(layer, key, demolish_area=demolished, illegal_area=0.0, new_area=demolished * 0.5)
    if draft.has(layer, "kept_area"):
        altered = draft.get(layer, key, "altered_area")
        kept = max(existing - demolished - altered, 0.0)
        draft.set(layer, key, kept_area=kept, altered_area=existing - demolished - kept)
    if draft.has(layer, "public_area"):
        draft.set(layer, key, public_area=0.0)
    state_ratios(draft, layer, key)


@plants("POL102")
def unit_cleared_by_a_third(draft: Draft) -> None:
    """Demolish a third of a unit."""
    unit = a_unit(draft)
    demolish(draft, "unit", unit, 0.34)
    draft.expect("POL102", "unit", unit)


@plants("POL102")
def project_cleared_by_a_quarter(draft: Draft) -> None:
    """Demolish a quarter of what a project concerns."""
    project, _ = a_project(draft)
    demolish(draft, "project", project, 0.25)
    draft.expect("POL102", "project", project)


def _builds_much(draft: Draft, layer: str, key: Key) -> None:
    demolished = draft.get(layer, key, "demolish_area")
    draft.set(layer, key, new_area=round(demolished * 2.6, 2))
    state_ratios(draft, layer, key)
    draft.expect("POL103", layer, key)


def a_unit_outside_old_towns(draft: Draft, fits: Fits = always) -> Key:
    """Claim a quiet unit that says that it lies in no old town."""
    return a_unit(draft, lambda key: not draft.get("unit", key, "old_town") and fits(key))


@plants("POL103")
def unit_rebuilt_larger(draft: Draft) -> None:
    """Build 2.6 times what a unit demolishes."""
    _builds_much(draft, "unit", a_unit_outside_old_towns(draft))


@plants("POL103")
def project_rebuilt_larger(draft: Draft) -> None:
    """Build 2.6 times what a project demolishes."""
    _builds_much(draft, "project", a_project(draft)[0])


@plants("POL104")
def resettled_far_away(draft: Draft) -> None:
    """Resettle two in five nearby."""
    unit = a_unit(draft)
    draft.set("unit", unit, resettled=250.0, resettled_near=100.0)
    draft.expect("POL104", "unit", unit)


@plants("POL105")
def rents_of_a_unit_grow(draft: Draft) -> None:
    """Let the rents of a unit grow by 6.5 % a year."""
    unit = a_unit(draft)
    draft.set("unit", unit, rent_growth=6.5)
    draft.expect("POL105", "unit", unit)


@plants("POL105")
def rents_of_a_city_grow(draft: Draft) -> None:
    """Let the rents of a city grow by 8 % a year."""
    city = draft.pick("city", aspect="rents", columns=("rent_growth",))
    draft.set("city", city, rent_growth=8.0)
    draft.expect("POL105", "city", city)


@plants("POL106")
def unit_beyond_its_band(draft: Draft) -> None:
    """Let a unit's floor area ratio lie above the band of its city's class."""
    unit = a_unit(draft)
    _, _, _, city = _allowed(draft, unit)
    rows = draft.find("city_guidance", code=city, indicator="far")
    if not rows:
        raise NoPlaceError(f"{draft.by}: the guidance has no band of the floor area ratio")
    draft.set("unit", unit, far=draft.get("city_guidance", rows[0], "high") + 0.7)
    draft.expect("POL106", "unit", unit, city, "far")


@plants("POL106")
def city_below_its_band(draft: Draft) -> None:
    """Raise the lower bound of an indicator above what the city itself has in the table."""

    def own(key: Key) -> list[Key]:
        code, indicator = (draft.get("city_guidance", key, n) for n in ("code", "indicator"))
        return draft.find("indicator", tier="city", code=code, indicator=indicator)

    row = draft.pick("city_guidance", lambda key: bool(own(key)))
    city, indicator = (draft.get("city_guidance", row, n) for n in ("code", "indicator"))
    draft.set("city_guidance", row, low=draft.get("indicator", own(row)[0], "target") + 1.0)
    draft.expect("POL106", "indicator", city, city, indicator)


@plants("POL107")
def project_without_task(draft: Draft) -> None:
    """Leave out the key task of a project."""
    project, _ = a_project(draft)
    draft.set("project", project, task=None)
    draft.expect("POL107", "project", project, kind="none")


@plants("POL107")
def task_that_does_not_exist(draft: Draft) -> None:
    """Give a project the key task 27."""
    project, _ = a_project(draft)
    draft.set("project", project, task="27")
    draft.expect("POL107", "project", project, kind="unknown")
