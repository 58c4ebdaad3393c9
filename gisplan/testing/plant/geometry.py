"""GEO: shapes that are invalid, empty, doubled, overlapping, splintered or of the wrong type."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from gisplan.testing.plant import shapes as draw
from gisplan.testing.plant.draft import Draft, Key, NoPlaceError, Row, on_millimetre, union
from gisplan.testing.plant.kinds import plants
from gisplan.testing.plant.targets import (
    a_loose_unit,
    a_parcel,
    a_project,
    a_unit_with_parcels,
    free_code,
    near,
)
from gisplan.testing.plant.use import state_floor_area

_STREET = 12.0  # m around a unit in which a part of it meets nobody


def a_free_standing_unit(draft: Draft) -> Key:
    """Claim a loose unit with a street all around it."""
    return a_loose_unit(draft, lambda key: draw.apart(draft, key, _STREET), clear=25)


@plants("GEO101")
def outline_crosses_itself(draft: Draft) -> None:
    """Exchange two corners of a unit."""
    unit = a_free_standing_unit(draft)
    draft.set("unit", unit, geometry=_crossed(draft.shape("unit", unit)))
    draft.expect("GEO101", "unit", unit)


def _crossed(shape: Any) -> Any:
    """Return the shape with two neighbouring corners exchanged so that its outline crosses."""
    ring = shapely.get_coordinates(shape.exterior)[:-1]
    for at in np.argsort(-np.hypot(*(np.roll(ring, -1, axis=0) - ring).T), kind="stable"):
        turned = ring.copy()
        pair = [at, (at + 1) % len(ring)]
        turned[pair] = turned[pair[::-1]]
        crossed = shapely.Polygon(turned)
        if not crossed.is_valid:
            return crossed
    raise ValueError("no two corners whose exchange makes the outline cross itself")


@plants("GEO101")
def hole_outside_the_outline(draft: Draft) -> None:
    """Give a control line a hole that lies across its outline."""
    line = draft.pick("control_line", lambda key: _is_simple(draft, key), "shape")
    shape = draft.shape("control_line", line)
    middle, outward = next(draw.sides(shape))
    hole = shapely.get_coordinates(draw.square(middle, outward, 0.6))
    draft.set("control_line", line, geometry=shapely.Polygon(shape.exterior, [hole]))
    draft.expect("GEO101", "control_line", line)


def _is_simple(draft: Draft, key: Key) -> bool:
    shape = draft.shape("control_line", key)
    return shape.geom_type == "Polygon" and not len(shape.interiors)


@plants("GEO101")
def outline_without_area(draft: Draft) -> None:
    """Draw a planning zone beside the towns whose corners all lie on one line: it is set aside."""
    like = draft.pick("planning_zone", aspect="like")
    start = shapely.get_coordinates(draft.shape("planning_zone", like))[0]
    line = start + np.array([[0, 0], [40, 0], [90, 0], [20, 0], [0, 0]])
    code = f"{draft.get('planning_zone', like, 'code')}-L"
    zone = draft.add("planning_zone", like, code=code, geometry=shapely.Polygon(line))
    draft.expect("GEO101", "planning_zone", zone)


@plants("GEO102")
def project_without_shape(draft: Draft) -> None:
    """Leave out the shape of a project."""
    project, _ = a_project(draft)
    draft.set("project", project, geometry=None)
    draft.expect("GEO102", "project", project)


@plants("GEO102")
def parcel_without_shape(draft: Draft) -> None:
    """Leave a parcel with an empty shape."""
    parcel, _ = a_parcel(draft)
    draft.set("parcel", parcel, geometry=shapely.Polygon())
    draft.expect("GEO102", "parcel", parcel)


@plants("GEO102")
def problem_without_shape(draft: Draft) -> None:
    """Leave out the place of an exam problem."""
    problem = draft.pick("exam_problem")
    draft.set("exam_problem", problem, geometry=None)
    draft.expect("GEO102", "exam_problem", problem)


def _tongue(one: Any, other: Any, deep: float, wide: float) -> Any:
    """Return a shape with a tongue that reaches into a neighbour."""
    ends = shapely.get_coordinates(shapely.shortest_line(shapely.centroid(one), other))
    way = (ends[1] - ends[0]) / np.hypot(*(ends[1] - ends[0]))
    line = shapely.LineString([ends[0], ends[1] + way * deep])
    return union(one, shapely.buffer(line, wide / 2, cap_style="flat"))


@plants("GEO103")
def unit_reaches_into_the_next(draft: Draft) -> None:
    """Draw a unit across the street and fifteen metres into the next one."""

    def reached(key: Key) -> tuple[Key, Any] | None:
        shape = draft.shape("unit", key)
        for other in near(draft, "unit", shape, 60):
            if other == key:
                continue
            longer = _tongue(shape, draft.shape("unit", other), 15, 40)
            touched = set(near(draft, "unit", longer, 1.0)) - {key}
            if touched == {other} and draw.sharpest(longer) > 20:
                return other, longer
        return None

    unit = a_loose_unit(draft, lambda key: reached(key) is not None, clear=60)
    found = reached(unit)
    if found is None:
        raise NoPlaceError(f"{draft.by}: no neighbour")
    draft.reshape("unit", unit, found[1])
    draft.expect("GEO103", "unit", unit, Row("unit", found[0]), either=True)


@plants("GEO103")
def parcel_reaches_into_the_next(draft: Draft) -> None:
    """Draw a parcel eight metres into its neighbour."""

    def reached(unit: Key) -> tuple[Key, Key, Any] | None:
        own = draft.children(unit)["parcel"]
        for key in own:
            shape = draft.shape("parcel", key)
            for other in own:
                border = shapely.intersection(shape, draft.shape("parcel", other))
                if other == key or border.length < 40:
                    continue
                middle = shapely.line_interpolate_point(
                    shapely.line_merge(border), 0.5, normalized=True
                )
                inside = shapely.intersection(
                    shapely.buffer(middle, 8, cap_style="square"), draft.shape("parcel", other)
                )
                longer = union(shape, inside)
                touched = set(near(draft, "parcel", inside, 0.5)) - {key, other}
                if longer.geom_type == "Polygon" and draw.sharpest(longer) > 20 and not touched:
                    return key, other, longer
        return None

    unit = a_unit_with_parcels(draft, lambda key: reached(key) is not None)
    found = reached(unit)
    if found is None:
        raise NoPlaceError(f"{draft.by}: no neighbour")
    parcel, other, shape = found
    draft.reshape("parcel", parcel, shape)
    state_floor_area(draft, parcel, unit)
    draft.expect("GEO103", "parcel", parcel, Row("parcel", other), either=True)


@plants("GEO103")
def two_projects_on_one_site(draft: Draft) -> None:
    """Draw a second project over half of an area that is one already, in the lists too."""

    def is_area(key: Key) -> bool:
        return bool(draft.shape("project", key).geom_type == "Polygon")

    project, _ = a_project(draft, is_area)
    code = draft.get("project", project, "code")
    other = code.replace("-P001", "-P002")
    half = shapely.box(*draft.shape("project", project).bounds)
    half = shapely.affinity.scale(half, 0.5, 1.0, origin="center")
    shape = on_millimetre(shapely.intersection(draft.shape("project", project), half))
    twin = draft.add("project", project, code=other, geometry=shape)
    for row in draft.find("item_list", code=code):
        draft.add("item_list", row, code=other)
    draft.expect("GEO103", "project", project, Row("project", twin), either=True)


@plants("GEO105")
def unit_drawn_twice(draft: Draft) -> None:
    """Draw a unit a second time under another code."""
    unit = a_loose_unit(draft)
    code = free_code(draft, draft.get("unit", unit, "parent"))
    name = f"{draft.get('unit', unit, 'name')}（二）"
    twin = draft.add("unit", unit, code=code, name=name)
    draft.expect("GEO105", "unit", unit, Row("unit", twin), either=True)


@plants("GEO105")
def building_drawn_twice(draft: Draft) -> None:
    """Draw a building a second time, as one to be built."""
    unit = a_unit_with_parcels(draft, lambda key: bool(draft.children(key)["building"]))
    building = draft.children(unit)["building"][0]
    code = f"{draft.get('building', building, 'code')}D"
    twin = draft.add("building", building, code=code, action="build", height=6.0)
    draft.expect("GEO105", "building", building, Row("building", twin), either=True)


@plants("GEO106")
def splinter_of_a_unit(draft: Draft) -> None:
    """Leave a splinter of half a square metre beside a unit; it then has two parts."""
    unit = a_free_standing_unit(draft)
    shape = draft.shape("unit", unit)
    middle, outward = next(draw.sides(shape))
    splinter = draw.square(middle + outward * 6, outward, 0.7)
    draft.reshape("unit", unit, shapely.MultiPolygon([shape, splinter]))
    draft.expect("GEO106", "unit", unit)
    draft.expect("GEO108", "unit", unit)


@plants("GEO106")
def splinter_of_a_line(draft: Draft) -> None:
    """Leave a strip of ten centimetres beside a control line."""
    line = draft.pick("control_line", lambda key: _is_simple(draft, key), "shape")
    shape = draft.shape("control_line", line)
    middle, outward = next(draw.sides(shape))
    side = draw.across(outward) * 4
    start = middle + outward * 5
    strip = on_millimetre(
        shapely.Polygon(
            [start - side, start + side, start + side + outward / 10, start - side + outward / 10]
        )
    )
    draft.set("control_line", line, geometry=shapely.MultiPolygon([shape, strip]))
    draft.expect("GEO106", "control_line", line)


@plants("GEO107")
def spike_of_a_unit(draft: Draft) -> None:
    """Let a spike of ten metres stand out of a unit."""
    unit = a_free_standing_unit(draft)
    shape = draft.shape("unit", unit)
    middle, outward = next(draw.sides(shape))
    draft.reshape("unit", unit, union(shape, draw.triangle(middle, outward, 1.2, 10)))
    draft.expect("GEO107", "unit", unit)


@plants("GEO107")
def notch_of_a_zone(draft: Draft) -> None:
    """Cut a notch like a spike into a protection zone."""
    zone = draft.pick("heritage_zone", aspect="shape")
    shape = draft.shape("heritage_zone", zone)
    middle, outward = next(draw.sides(shape))
    notch = draw.triangle(middle, -outward, 1.0, 9)
    cut = on_millimetre(shapely.difference(shape, notch))
    draft.set("heritage_zone", zone, geometry=cut)
    draft.expect("GEO107", "heritage_zone", zone)


@plants("GEO108")
def unit_in_two_parts(draft: Draft) -> None:
    """Add a second part of sixteen square metres to a unit, in the street."""
    unit = a_free_standing_unit(draft)
    shape = draft.shape("unit", unit)
    middle, outward = next(draw.sides(shape))
    part = draw.square(middle + outward * 6, outward, 4.0)
    draft.reshape("unit", unit, shapely.MultiPolygon([shape, part]))
    draft.expect("GEO108", "unit", unit)


@plants("GEO109")
def zone_drawn_as_a_line(draft: Draft) -> None:
    """Draw a protection zone as a line."""
    zone = draft.pick("heritage_zone")
    outline = draft.shape("heritage_zone", zone).exterior
    draft.set("heritage_zone", zone, geometry=shapely.LineString(outline.coords))
    draft.expect("GEO109", "heritage_zone", zone)


@plants("GEO109")
def building_drawn_as_a_point(draft: Draft) -> None:
    """Draw a building as a point."""
    unit = a_unit_with_parcels(draft, lambda key: bool(draft.children(key)["building"]))
    building = draft.children(unit)["building"][0]
    point = shapely.point_on_surface(draft.shape("building", building))
    draft.set("building", building, geometry=point)
    draft.expect("GEO109", "building", building)


@plants("GEO110")
def corner_drawn_twice(draft: Draft) -> None:
    """Draw a second vertex half a millimetre from a corner of a unit."""
    unit = a_free_standing_unit(draft)
    ring = shapely.get_coordinates(draft.shape("unit", unit).exterior)
    way = ring[2] - ring[1]
    twin = ring[1] + way / np.hypot(*way) * 0.0005
    doubled = shapely.Polygon(np.insert(ring, 2, twin, axis=0))
    draft.set("unit", unit, geometry=doubled)
    draft.expect("GEO110", "unit", unit)
