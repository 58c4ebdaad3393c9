"""Features that a kind may take: units by what lies in them, parcels, projects, areas above."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely

from gisplan.testing.plant.draft import Draft, Key, NoPlaceError

Fits = Callable[[Key], bool]


def always(_: Key) -> bool:
    """Fit whatever it is."""
    return True


def a_unit(draft: Draft, fits: Fits = always) -> Key:
    """Claim a unit in which nothing else lies and that no list names."""
    listed = _listed(draft)
    inside = _units_with(draft, "parcel", "building", "project")

    def quiet(key: Key) -> bool:
        code = draft.get("unit", key, "code")
        return code not in listed and code not in inside and fits(key)

    return draft.pick("unit", quiet)


def a_loose_unit(draft: Draft, fits: Fits = always, clear: float | None = None) -> Key:
    """Claim a quiet unit whose shape or district may change: no sum is worked out from it.

    clear : metres around it in which nothing may have been planted; what lies there is claimed too
    """
    summed = _summed(draft)

    def around(key: Key) -> list[Key]:
        if clear is None:
            return []
        return [other for other in near(draft, "unit", draft.shape("unit", key), clear)
                if other != key]  # fmt: skip

    def loose(key: Key) -> bool:
        if draft.get("unit", key, "parent") in summed or needs_facility(draft, key):
            return False
        return fits(key) and all(draft.is_free("unit", other) for other in around(key))

    key = a_unit(draft, loose)
    for other in around(key):
        draft.claim("unit", other)
    return key


def needs_facility(draft: Draft, unit: Key) -> bool:
    """Tell whether a unit must have facilities, which would be lost if it moved."""
    return draft.has("unit", "required_facilities") and is_there(
        draft.get("unit", unit, "required_facilities")
    )


def a_unit_with_parcels(draft: Draft, fits: Fits = always) -> Key:
    """Claim a unit that is divided into parcels; what lies in it is claimed with it."""
    there = _units_with(draft, "parcel")
    return draft.pick("unit", lambda key: draft.get("unit", key, "code") in there and fits(key))


def a_parcel(draft: Draft, fits: Fits = always, unit_fits: Fits = always) -> tuple[Key, Key]:
    """Claim a parcel and its unit; return both keys."""

    def some(key: Key) -> bool:
        return unit_fits(key) and any(map(fits, draft.children(key)["parcel"]))

    unit = a_unit_with_parcels(draft, some)
    return next(key for key in draft.children(unit)["parcel"] if fits(key)), unit


def a_project(draft: Draft, fits: Fits = always) -> tuple[Key, Key]:
    """Claim a project and its unit; return both keys."""

    def some(key: Key) -> bool:
        return any(map(fits, draft.children(key)["project"]))

    there = _units_with(draft, "project")
    unit = draft.pick("unit", lambda key: draft.get("unit", key, "code") in there and some(key))
    return next(key for key in draft.children(unit)["project"] if fits(key)), unit


def near(draft: Draft, layer: str, shape: Any, distance: float) -> list[Key]:
    """Return the keys of the rows of a layer within a distance of a shape, in order."""
    frame = draft.frames.get(layer)
    if frame is None:
        return []
    shapes = frame["geometry"].to_numpy(dtype=object)
    within = shapely.dwithin(shapes, shape, distance)
    return [int(key) for key in frame.index[np.asarray(within, dtype=bool)]]


def is_there(cell: Any) -> bool:
    """Tell whether a cell holds something."""
    return isinstance(cell, list | tuple) or (cell is not None and cell == cell and cell != "")


def free_code(draft: Draft, district: str) -> str:
    """Return a code of a unit of a district that no unit has."""
    taken = set(draft.frames["unit"]["code"])
    return next(code for n in range(999, 0, -1) if (code := f"{district}-GX{n:03d}") not in taken)


def other_admin(draft: Draft, digits: int = 6) -> str:
    """Return the code of a district that exists and that the plan does not have.

    Raises
    ------
    NoPlaceError
        The plan has them all.
    """
    from gisplan.catalogue.codes import codelist

    known = set(draft.frames["district"]["code"])
    codes = [code for code in codelist("admin") if code not in known and not code.endswith("00")]
    if not codes:
        raise NoPlaceError(f"{draft.by}: the plan has every district")
    return str(draft.rng.choice(codes))[:digits]


def _summed(draft: Draft) -> set[Any]:
    """Return the areas whose indicators are worked out from the map."""
    if not draft.has("indicator", "computed"):
        return set()
    rows = draft.frames["indicator"]
    return set(rows.loc[rows["computed"].notna(), "code"])


def _units_with(draft: Draft, *layers: str) -> set[Any]:
    return {
        code for layer in layers if draft.has(layer, "parent")
        for code in draft.frames[layer]["parent"]
    }  # fmt: skip


def _listed(draft: Draft) -> set[Any]:
    return set(draft.frames["item_list"]["code"]) if draft.has("item_list", "code") else set()


# What is done to a building -> the field of its unit that counts its floor area.
COUNTED = {"keep": "kept_area", "alter": "altered_area", "demolish": "demolish_area"}


def counted_house(draft: Draft, unit: Key) -> Key | None:
    """Return the first building of a unit whose floor area the unit counts; None for none."""
    found = draft.children(unit)["building"]
    return next((key for key in found if draft.get("building", key, "action") in COUNTED), None)
