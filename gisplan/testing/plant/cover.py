"""GEO104, BND101, BND102: tiers that do not tile the one above, or reach beyond it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.model import AllowedGap
from gisplan.testing.plant import shapes as draw
from gisplan.testing.plant.draft import Draft, Key, NoPlaceError, Row, on_millimetre
from gisplan.testing.plant.kinds import plants
from gisplan.testing.plant.targets import a_loose_unit, a_project, is_there, near
from gisplan.testing.sample_blocks import blob

_DEEP = 60.0  # m by which a corner of a border is moved
_QUIET = {"M1", "M2", "M4"}  # modes that build nothing


@plants("GEO104")
def hole_in_a_district(draft: Draft) -> None:
    """Cut a hole of fifty metres into a district; its city is then not covered."""
    places: dict[Key, tuple[Key, Any]] = {}

    def fits(city: Key) -> bool:
        for district in draft.find("district", parent=draft.get("city", city, "code")):
            for hole in _holes(draft, district):
                places[city] = district, hole
                return True
        return False

    city = draft.pick("city", fits, "cover")
    district, hole = places[city]
    cut = shapely.difference(draft.shape("district", district), hole)
    draft.set("district", district, geometry=cut)
    draft.expect("GEO104", "city", city)
    draft.expect("BND102", "city", city)


@plants("BND113")
def hole_that_is_declared(draft: Draft) -> None:
    """Cut a hole into a district and declare it as allowed: neither gap nor uncovered land."""
    places: dict[Key, Any] = {}

    def fits(district: Key) -> bool:
        places[district] = next(_holes(draft, district), None)
        return places[district] is not None

    district = draft.pick("district", fits, "hole")
    hole = places[district]
    cut = shapely.difference(draft.shape("district", district), hole)
    draft.set("district", district, geometry=cut)
    at = draft.degrees(hole.centroid)
    city = draft.parent("district", "city", district)
    code = draft.get("city", city, "code")
    draft.declare(AllowedGap("district", at, draft.area(hole) * 1.5, "海域", "示例市规划局", code))
    draft.expect("BND113", "city", city, kind=f"{at[0]:.5f},{at[1]:.5f}")


@plants("SCH110")
def declared_gap_that_is_not_there(draft: Draft) -> None:
    """Declare a gap as allowed where a district has none."""
    district = draft.pick("district", lambda key: any(_holes(draft, key)), "no hole")
    at = draft.degrees(shapely.point_on_surface(next(_holes(draft, district))))
    draft.declare(AllowedGap("district", at, 5000.0, "水库", "示例市规划局"))
    draft.expect("SCH110", "", f"district {at[0]:g},{at[1]:g}", kind="no-gap")


def _holes(draft: Draft, district: Key) -> Iterator[Any]:
    """Yield circles in the open country of a district."""
    shape = draft.shape("district", district)
    west, south, east, north = shape.bounds
    for _ in range(200):
        hole = draw.disc(draft.rng.uniform([west, south], [east, north]), 25)
        inside = shapely.contains(shape, shapely.buffer(hole, 200))
        if inside and draw.is_open_country(draft, hole, 60):
            yield hole


@plants("GEO104")
def gap_between_two_districts(draft: Draft) -> None:
    """Draw one of two neighbours back from a corner of their border."""
    places: dict[Key, tuple[Key, Key, Any, Any]] = {}

    def fits(city: Key) -> bool:
        own = draft.find("district", parent=draft.get("city", city, "code"))
        for district in own:
            for other, corner, place in _shared_corners(draft, city, district, own):
                places[city] = district, other, corner, place
                return True
        return False

    city = draft.pick("city", fits, "cover")
    district, other, corner, place = places[city]
    back = draw.moved(draft.shape("district", district), corner, place)
    draft.set("district", district, geometry=back)
    draft.expect("GEO104", "district", district, Row("district", other), either=True)
    draft.expect("BND102", "city", city)


def _shared_corners(
    draft: Draft, city: Key, district: Key, own: list[Key]
) -> Iterator[tuple[Key, Any, Any]]:
    """Yield neighbours of a district in its city, a corner shared with each, and where to draw it.

    No third district has the corner.
    """
    shape, outline = draft.shape("district", district), draft.shape("city", city).boundary
    for corner in _corners(draft, shape):
        point = shapely.Point(corner)
        touched = [key for key in near(draft, "district", point, 0.01) if key != district]
        if len(touched) == 1 and touched[0] in own and not shapely.dwithin(outline, point, 700):
            place = draw.inward(shape, corner, _DEEP)
            if place is not None and draw.is_open_country(draft, point, 150):
                yield touched[0], corner, place


@plants("BND102")
def province_drawn_back(draft: Draft) -> None:
    """Draw a city and its district back from the border of the province."""
    province = draft.pick("province", aspect="cover")
    for district, corner in _outer_corners(draft):
        shape = draft.shape("district", district)
        place = draw.inward(shape, corner, _DEEP)
        if place is not None:
            city = draft.parent("district", "city", district)
            outer = draft.shape("city", city)
            draft.set("city", city, geometry=draw.moved(outer, corner, place))
            draft.set("district", district, geometry=draw.moved(shape, corner, place))
            draft.claim("border", tuple(corner))
            draft.expect("BND102", "province", province)
            return
    raise NoPlaceError(f"{draft.by}: no corner of the outer border is free")


@plants("BND101")
def district_beyond_its_city(draft: Draft) -> None:
    """Draw a corner of a district out over the border of city and province."""
    for district, corner in _outer_corners(draft):
        shape = draft.shape("district", district)
        place = draw.inward(shape, corner, _DEEP)
        if place is not None and draft.is_free("district", district, "beyond"):
            outside = draw.moved(shape, corner, 2 * corner - place)
            if not outside.is_valid or draw.sharpest(outside) < 12:
                continue
            draft.claim("district", district, "beyond")
            draft.claim("border", tuple(corner))
            draft.set("district", district, geometry=outside)
            city = Row("city", draft.parent("district", "city", district))
            draft.expect("BND101", "district", district, city)
            return
    raise NoPlaceError(f"{draft.by}: no corner of the outer border is free")


def _corners(draft: Draft, shape: Any) -> list[NDArray[np.float64]]:
    ring = shapely.get_coordinates(shapely.get_geometry(shape, 0).exterior)[:-1]
    return [ring[at] for at in draft.rng.permutation(len(ring))]


def _outer_corners(draft: Draft) -> Iterator[tuple[Key, NDArray[np.float64]]]:
    """Yield districts and corners of theirs on the outer border, away from other districts."""
    shapes = draft.frames["district"]["geometry"]
    keys = [int(key) for key in shapes.index]
    outline = shapely.union_all(draft.frames["province"]["geometry"].to_numpy()).boundary
    taken = [key for layer, key, _ in draft.touched if layer == "border"]
    for at in draft.rng.permutation(len(keys)):
        district = keys[int(at)]
        others = shapely.union_all(shapes.drop(index=district).to_numpy())
        for corner in _corners(draft, shapes[district]):
            point = shapely.Point(corner)
            if not shapely.dwithin(outline, point, 1e-6) or shapely.dwithin(others, point, 900):
                continue
            away = all(np.hypot(*(np.array(other) - corner)) > 1500 for other in taken)
            if away and draw.is_open_country(draft, point, 200):
                yield district, corner


@plants("BND101")
def unit_over_the_border(draft: Draft) -> None:
    """Move a unit to the border of its district, so that a third of it lies in the next one."""

    def quiet(key: Key) -> bool:
        return draft.get("unit", key, "mode") in _QUIET

    unit = a_loose_unit(draft, quiet)
    district = draft.parent("unit", "district", unit)
    shape = draft.shape("district", district)
    frame = draft.frames["district"]
    for key in frame.index:
        if key == district:
            continue
        border = shapely.line_merge(shapely.intersection(shape, frame.at[key, "geometry"]))
        if border.geom_type != "LineString" or border.length < 1500:
            continue
        for share in draft.rng.uniform(0.3, 0.7, 20):
            middle = shapely.line_interpolate_point(border, float(share), normalized=True)
            moved = _over(shape, middle, int(draft.rng.integers(1 << 30)))
            inside = shapely.intersection(moved, shape).area / moved.area
            if 0.6 < inside < 0.85 and draw.is_open_country(draft, moved, 60):
                draft.reshape("unit", unit, moved)
                draft.expect("BND101", "unit", unit, Row("district", district))
                return
    raise NoPlaceError(f"{draft.by}: no border in open country")


def _over(district: Any, middle: Any, key: int) -> Any:
    """Return a lumpy shape that lies mostly in a district, around a point of its border."""
    centre = shapely.get_coordinates(middle)[0]
    into = shapely.get_coordinates(shapely.centroid(district))[0] - centre
    return blob(centre + into / np.hypot(*into) * 25, 70, key)


@plants("BND101")
def project_out_of_its_unit(draft: Draft) -> None:
    """Shift a project so that a part of it lies outside its unit."""

    def shifted(key: Key) -> Any:
        shape = draft.shape("project", key)
        if shape.geom_type != "Polygon":
            return None
        unit = draft.shape("unit", draft.parent("project", "unit", key))
        way = draw.circle_in(shape)[0] - draw.circle_in(unit)[0]
        if np.hypot(*way) < 1:
            return None
        for metres in range(10, 90, 10):
            step = way / np.hypot(*way) * metres
            there = on_millimetre(shapely.transform(shape, lambda xy, by=step: xy + by))
            share = shapely.difference(there, unit).area / there.area
            if 0.03 < share < 0.3:
                return there
        return None

    project, unit = a_project(draft, lambda key: is_there(shifted(key)))
    draft.set("project", project, geometry=shifted(project))
    draft.expect("BND101", "project", project, Row("unit", unit))
