"""IND: figures that do not close down the chain, or that the map or their parts contradict."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely

from gisplan.testing.plant.draft import Draft, Key, NoPlaceError, Row
from gisplan.testing.plant.kinds import plants
from gisplan.testing.plant.policy import a_unit_outside_old_towns
from gisplan.testing.plant.targets import (
    COUNTED,
    a_parcel,
    a_project,
    a_unit,
    a_unit_with_parcels,
    counted_house,
    is_there,
)

_TABLE = "indicator"
_BINDING, _LIGHT = "binding", "anticipatory"
RowFits = Callable[[Key], bool]


def _rows(draft: Draft, tier: str, indicator: str) -> list[Key]:
    return draft.find(_TABLE, tier=tier, indicator=indicator)


def _area(draft: Draft, row: Key) -> Row:
    """Return the feature that a row is about."""
    tier, code = draft.get(_TABLE, row, "tier"), draft.get(_TABLE, row, "code")
    return Row(tier, draft.find(tier, code=code)[0])


def _below(draft: Draft, row: Key, tier: str = "district") -> list[Key]:
    """Return the rows of the areas right below, of the same indicator."""
    code, indicator = draft.get(_TABLE, row, "code"), draft.get(_TABLE, row, "indicator")
    areas = {draft.get(tier, key, "code") for key in draft.find(tier, parent=code)}
    return [key for key in _rows(draft, tier, indicator) if draft.get(_TABLE, key, "code") in areas]


def _handed(
    draft: Draft, rollup: str, requirement: str | None = None, fits: RowFits = lambda row: True
) -> Key:
    """Claim a city's row that is rolled up in a way, with the rows of its districts."""

    def fitting(row: Key) -> bool:
        below = _below(draft, row)
        return (
            draft.get(_TABLE, row, "tier") == "city"
            and draft.get(_TABLE, row, "rollup") == rollup
            and requirement in (None, draft.get(_TABLE, row, "requirement"))
            and len(below) > 1
            and all(draft.is_free(_TABLE, key) for key in below)
            and fits(row)
        )

    row = draft.pick(_TABLE, fitting)
    for key in _below(draft, row):
        draft.claim(_TABLE, key)
    return row


def _sum(draft: Draft, rows: list[Key]) -> float:
    return float(sum(draft.get(_TABLE, key, "target") for key in rows))


def _expect(draft: Draft, code: str, row: Key, kind: str = "", related: Row | str = "") -> None:
    area, indicator = _area(draft, row), draft.get(_TABLE, row, "indicator")
    draft.expect(code, area.layer, area.key, related, f"{kind}{indicator}")


def _plain(draft: Draft) -> RowFits:
    """Fit rows that no formula, assigned value or map speaks of, here or below."""
    told = {
        word
        for cell in (draft.frames[_TABLE]["formula"] if draft.has(_TABLE, "formula") else [])
        if is_there(cell)
        for word in str(cell).split()
    }

    def fits(row: Key) -> bool:
        if draft.get(_TABLE, row, "indicator") in told:
            return False
        return not any(
            draft.has(_TABLE, column) and is_there(draft.get(_TABLE, key, column))
            for column in ("assigned", "computed", "formula")
            for key in [row, *_below(draft, row)]
        )

    return fits


@plants("IND111")
def sum_of_units_in_the_table(draft: Draft) -> None:
    """State less than the units of a district have on the map."""
    row = draft.pick(
        _TABLE, lambda key: is_there(draft.get(_TABLE, key, "computed")), columns=("computed",)
    )
    draft.set(_TABLE, row, target=round(draft.get(_TABLE, row, "target") - 3.5, 2))
    _expect(draft, "IND111", row, "indicator:")


@plants("IND101")
def row_that_a_district_lacks(draft: Draft) -> None:
    """Strike a binding row from a district."""
    row = _handed(draft, "each", fits=lambda key: draft.get(_TABLE, key, "nature") == _BINDING)
    draft.drop(_TABLE, [_below(draft, row)[0]])
    _expect(draft, "IND101", row)


@plants("IND101")
def row_without_target(draft: Draft) -> None:
    """Leave a binding row of a district without its target."""
    row = _handed(
        draft, "weighted_mean", fits=lambda key: draft.get(_TABLE, key, "nature") == _BINDING
    )
    draft.set(_TABLE, _below(draft, row)[-1], target=None)
    _expect(draft, "IND101", row)


@plants("IND102")
def quota_exceeded(draft: Draft) -> None:
    """Lower a city's quota a twentieth below what its districts sum to."""
    row = _handed(draft, "sum", "at_most")
    draft.set(_TABLE, row, target=round(_sum(draft, _below(draft, row)) * 0.95, 2))
    _expect(draft, "IND102", row)


@plants("IND102")
def reserve_eaten_into(draft: Draft) -> None:
    """Let the province hold more in reserve than its cities leave of the quota."""

    def provincial(row: Key) -> bool:
        values = [draft.get(_TABLE, row, name) for name in ("tier", "rollup", "requirement")]
        return values == ["province", "sum", "at_most"]

    row = draft.pick(_TABLE, provincial, "reserve")
    cities = _rows(draft, "city", draft.get(_TABLE, row, "indicator"))
    left = draft.get(_TABLE, row, "target") - _sum(draft, cities)
    for key in cities:  # what the cities are allowed makes up the sum
        draft.claim(_TABLE, key)
    draft.set(_TABLE, row, reserve=round(max(left, 0.0) + 25.0, 2))
    _expect(draft, "IND102", row)


@plants("IND103")
def floor_not_reached(draft: Draft) -> None:
    """Raise a city's floor a twentieth above what its districts sum to."""
    row = _handed(draft, "sum", "at_least", _plain(draft))
    draft.set(_TABLE, row, target=round(_sum(draft, _below(draft, row)) * 1.05, 2))
    _expect(draft, "IND103", row)


@plants("IND104")
def sum_that_does_not_close(draft: Draft) -> None:
    """Take 80 off what a city holds in reserve."""
    row = _handed(draft, "sum", "equal")
    draft.set(_TABLE, row, reserve=(draft.get(_TABLE, row, "reserve") or 0.0) - 80.0)
    _expect(draft, "IND104", row)


@plants("IND105")
def less_than_assigned(draft: Draft) -> None:
    """Assign a district a fifth more than it takes up."""
    row = draft.pick(
        _TABLE, lambda key: is_there(draft.get(_TABLE, key, "assigned")), columns=("assigned",)
    )
    draft.set(_TABLE, row, assigned=round(draft.get(_TABLE, row, "target") * 1.2, 2))
    area = _area(draft, row)
    _expect(draft, "IND105", row, related=Row("city", draft.parent(area.layer, "city", area.key)))


@plants("IND106")
def mean_below_the_bound(draft: Draft) -> None:
    """Raise a city's bound above each of its districts."""
    row = _handed(draft, "weighted_mean", "at_least")
    most = max(draft.get(_TABLE, key, "target") for key in _below(draft, row))
    draft.set(_TABLE, row, target=round(most + 1.5, 2))
    _expect(draft, "IND106", row)


@plants("IND106")
def shares_that_are_summed(draft: Draft) -> None:
    """Roll a city's share up as a sum."""
    row = _handed(draft, "each", fits=lambda key: draft.get(_TABLE, key, "unit") == "%")
    draft.set(_TABLE, row, rollup="sum")
    _expect(draft, "IND106", row, "summed:")


@plants("IND107")
def bottom_line_missed(draft: Draft) -> None:
    """Let a district miss what each must meet."""
    row = _handed(draft, "each", "at_least")
    child = _below(draft, row)[0]
    draft.set(_TABLE, child, target=round(draft.get(_TABLE, row, "target") - 7.0, 2))
    _expect(draft, "IND107", child, related=_area(draft, row))


@plants("IND107")
def largest_value_too_large(draft: Draft) -> None:
    """Let a district go beyond the largest value that its city allows."""
    row = _handed(draft, "max", "at_most")
    child = _below(draft, row)[0]
    draft.set(_TABLE, child, target=round(draft.get(_TABLE, row, "target") + 20.0, 2))
    _expect(draft, "IND107", child, related=_area(draft, row))


@plants("IND107")
def smallest_value_not_small_enough(draft: Draft) -> None:
    """Let the smallest value below a city lie above what it may be at most."""
    row = _handed(draft, "min", "at_most")
    least = min(draft.get(_TABLE, key, "target") for key in _below(draft, row))
    draft.set(_TABLE, row, target=round(least - 4.0, 2))
    _expect(draft, "IND107", row)


@plants("IND108")
def unit_of_another_quantity(draft: Draft) -> None:
    """Count a district's households in hectares."""
    row = _handed(draft, "sum", fits=_plain(draft))
    unit = draft.get(_TABLE, row, "unit")
    other = "公顷" if unit != "公顷" else "户"
    draft.set(_TABLE, _below(draft, row)[0], unit=other)
    _expect(draft, "IND108", row)


@plants("IND108")
def districts_in_square_metres(draft: Draft) -> None:
    """Write the values of a city's districts in square metres where hectares are due."""
    fits = _plain(draft)
    row = _handed(
        draft, "sum", fits=lambda key: draft.get(_TABLE, key, "unit") == "公顷" and fits(key)
    )
    for key in _below(draft, row):
        draft.set(_TABLE, key, target=draft.get(_TABLE, key, "target") * 1e4)
    _expect(draft, "IND108", row, "suspected:")


@plants("IND108")
def value_in_another_unit_than_assigned(draft: Draft) -> None:
    """Assign a district its value in square metres where hectares are due."""
    row = draft.pick(
        _TABLE,
        lambda key: (
            is_there(draft.get(_TABLE, key, "assigned"))
            and draft.get(_TABLE, key, "unit") == "公顷"
        ),
        columns=("assigned",),
    )
    draft.set(_TABLE, row, assigned=draft.get(_TABLE, row, "target") * 1e4)
    area = _area(draft, row)
    city = Row("city", draft.parent(area.layer, "city", area.key))
    _expect(draft, "IND108", row, "assigned:", city)


def _softened(draft: Draft, field: str, value: str, rollup: str, requirement: str) -> None:
    row = _handed(
        draft, rollup, requirement, lambda key: draft.get(_TABLE, key, "nature") == _BINDING
    )
    child = _below(draft, row)[0]
    draft.set(_TABLE, child, **{field: value})
    _expect(draft, "IND109", child, f"{field}:", _area(draft, row))


@plants("IND109")
def binding_made_anticipatory(draft: Draft) -> None:
    """Make a binding indicator anticipatory in a district."""
    _softened(draft, "nature", _LIGHT, "max", "at_most")


@plants("IND109")
def cap_made_a_floor(draft: Draft) -> None:
    """Turn at most into at least in a district."""
    _softened(draft, "requirement", "at_least", "min", "at_most")


@plants("IND109")
def cap_on_a_share_raised(draft: Draft) -> None:
    """Raise a cap that is not rolled up in a district."""
    row = _handed(draft, "none", "at_most", lambda key: draft.get(_TABLE, key, "unit") == "%")
    child = _below(draft, row)[0]
    draft.set(_TABLE, child, target=draft.get(_TABLE, row, "target") + 6.0)
    _expect(draft, "IND109", child, "bound:", _area(draft, row))


@plants("IND110")
def due_after_the_city(draft: Draft) -> None:
    """Let an indicator be due in a district five years after its city."""
    row = _handed(draft, "sum", fits=_plain(draft))
    child = _below(draft, row)[-1]
    draft.set(_TABLE, child, year=draft.get(_TABLE, child, "year") + 5)
    _expect(draft, "IND110", child, related=_area(draft, row))


@plants("IND110")
def target_that_rises_and_falls(draft: Draft) -> None:
    """Set an interim target above the last one."""

    def series(key: Key) -> list[Key]:
        code, indicator = (draft.get(_TABLE, key, name) for name in ("code", "indicator"))
        return draft.find(_TABLE, code=code, indicator=indicator) if is_there(indicator) else []

    def fits(key: Key) -> bool:
        rows = series(key)
        return len(rows) > 1 and key == min(rows, key=lambda k: draft.get(_TABLE, k, "year"))

    row = draft.pick(_TABLE, fits)
    last = max(series(row), key=lambda key: draft.get(_TABLE, key, "year"))
    draft.claim(_TABLE, last)
    draft.set(_TABLE, row, target=draft.get(_TABLE, last, "target") + 8.0)
    _expect(draft, "IND110", row, "turns:")


@plants("IND111")
def stated_area_of_a_unit(draft: Draft) -> None:
    """State a unit 6 % larger than it is drawn."""
    unit = a_unit(draft)
    draft.set("unit", unit, area=round(draft.get("unit", unit, "area") * 1.062, 2))
    draft.expect("IND111", "unit", unit)


@plants("IND111")
def stated_area_of_a_parcel(draft: Draft) -> None:
    """State a parcel 3 % smaller than it is drawn."""
    parcel, _ = a_parcel(draft)
    draft.set("parcel", parcel, area=round(draft.get("parcel", parcel, "area") * 0.97, 2))
    draft.expect("IND111", "parcel", parcel)


@plants("IND112")
def stated_demolition_share(draft: Draft) -> None:
    """State half the share that is demolished."""
    unit = a_unit(draft, lambda key: draft.get("unit", key, "demolish_share") > 4)
    draft.set("unit", unit, demolish_share=round(draft.get("unit", unit, "demolish_share") / 2, 2))
    draft.expect("IND112", "unit", unit, kind="demolish_share")


@plants("IND112")
def stated_rebuild_ratio(draft: Draft) -> None:
    """State a lower rebuild ratio than the floor areas of a project give."""
    project, _ = a_project(draft, lambda key: draft.get("project", key, "rebuild_ratio") > 0.6)
    ratio = draft.get("project", project, "rebuild_ratio")
    draft.set("project", project, rebuild_ratio=round(ratio - 0.4, 2))
    draft.expect("IND112", "project", project, kind="rebuild_ratio")


@plants("IND112")
def parts_that_do_not_add_up(draft: Draft) -> None:
    """Keep more floor area than is left."""
    unit = a_unit_outside_old_towns(draft)
    draft.set("unit", unit, kept_area=draft.get("unit", unit, "kept_area") + 2500.0)
    draft.expect("IND112", "unit", unit, kind="existing_area")


@plants("IND112")
def floor_area_of_a_parcel(draft: Draft) -> None:
    """State a tenth less floor area than ratio and area of a parcel give."""
    parcel, _ = a_parcel(draft, lambda key: is_there(draft.get("parcel", key, "floor_area")))
    floor = draft.get("parcel", parcel, "floor_area")
    draft.set("parcel", parcel, floor_area=round(floor * 0.9, 2))
    draft.expect("IND112", "parcel", parcel, kind="floor_area")


@plants("IND112")
def buildings_that_are_not_counted(draft: Draft) -> None:
    """Draw a building twice as high as its unit has counted it."""
    unit = a_unit_with_parcels(draft, lambda key: counted_house(draft, key) is not None)
    building = counted_house(draft, unit)
    if building is None:
        raise NoPlaceError(f"{draft.by}: no building")
    draft.set("building", building, floor_area=draft.get("building", building, "floor_area") * 2)
    field = COUNTED[draft.get("building", building, "action")]
    for kind in ("existing_area", field):
        draft.expect("IND112", "unit", unit, kind=f"building:{kind}")


@plants("IND112")
def formula_that_gives_another_value(draft: Draft) -> None:
    """State more than the formula of an indicator gives in a district."""
    row = draft.pick(
        _TABLE,
        lambda key: (
            is_there(draft.get(_TABLE, key, "formula"))
            and draft.get(_TABLE, key, "tier") == "district"
        ),
        columns=("formula",),
    )
    draft.set(_TABLE, row, target=round(draft.get(_TABLE, row, "target") + 4.0, 2))
    _expect(draft, "IND112", row, "formula:")


def _units_in_a_file(draft: Draft, count: int) -> list[Key]:
    """Claim some quiet units, of which a file of their own is made."""
    return [a_unit(draft) for _ in range(count)]


@plants("IND113")
def file_in_hectares(draft: Draft) -> None:
    """Let one office send its units with areas in hectares."""
    units = _units_in_a_file(draft, 4)
    for unit in units:
        draft.set("unit", unit, area=round(draft.get("unit", unit, "area") / 1e4, 4))
    draft.expect("IND113", "unit", draft.move_to_file("unit", units), kind="unit:ha")


@plants("IND113")
def file_of_planar_areas(draft: Draft) -> None:
    """Let one office send its units with areas in the plane."""
    units = _units_in_a_file(draft, 4)
    planar = {unit: round(float(shapely.area(draft.shape("unit", unit))), 2) for unit in units}
    true = [draft.get("unit", unit, "area") for unit in units]
    if abs(np.sum(list(planar.values())) - np.sum(true)) < 1.0:
        raise NoPlaceError(f"{draft.by}: plane and ellipsoid agree here")
    for unit, area in planar.items():
        draft.set("unit", unit, area=area)
    draft.expect("IND113", "unit", draft.move_to_file("unit", units), kind="planar")
