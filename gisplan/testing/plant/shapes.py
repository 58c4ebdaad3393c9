"""Shapes for defects: teeth and splinters beside a unit, corners moved, places that are free."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.testing.plant.draft import Draft, Key, on_millimetre
from gisplan.testing.plant.targets import near

_GEODETIC = ("unit", "control_line", "heritage_zone", "heritage_body", "facility", "exam_problem")


def apart(draft: Draft, unit: Key, metres: float) -> bool:
    """Tell whether no other unit lies within so many metres of one."""
    return near(draft, "unit", draft.shape("unit", unit), metres) == [unit]


def sides(shape: Any) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Yield middle and outward direction of the sides of an area, the longest first."""
    ring = shapely.get_coordinates(shapely.orient_polygons(shapely.get_geometry(shape, 0)).exterior)
    step = np.diff(ring, axis=0)
    length = np.hypot(*step.T)
    for at in np.argsort(-length, kind="stable"):
        outward = np.array([step[at][1], -step[at][0]]) / length[at]  # to the right of the ring
        yield ring[at] + step[at] / 2, outward


def across(outward: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the direction along a side."""
    return np.array([-outward[1], outward[0]])


def square(centre: NDArray[np.float64], outward: NDArray[np.float64], size: float) -> Any:
    """Return a square set up along a direction."""
    a, b = outward * size / 2, across(outward) * size / 2
    return on_millimetre(
        shapely.Polygon([centre - a - b, centre + a - b, centre + a + b, centre - a + b])
    )


def triangle(
    base: NDArray[np.float64], outward: NDArray[np.float64], width: float, length: float
) -> Any:
    """Return a triangle that stands on a side; its foot reaches a little into it."""
    half = across(outward) * width / 2
    foot = base - outward * 0.5
    return shapely.Polygon([foot - half, base + outward * length, foot + half])


def circle_in(shape: Any) -> tuple[NDArray[np.float64], float]:
    """Return centre and radius of the largest circle in an area."""
    ends = shapely.get_coordinates(shapely.maximum_inscribed_circle(shape, tolerance=0.5))
    return ends[0], float(np.hypot(*(ends[1] - ends[0])))


def disc(centre: NDArray[np.float64], radius: float) -> Any:
    """Return a circle of twenty-four corners."""
    return on_millimetre(shapely.buffer(shapely.Point(centre), radius, quad_segs=6))


def sharpest(shape: Any) -> float:
    """Return the smallest angle of the corners of an area, in degrees."""
    least = 180.0
    for ring in shapely.get_rings(shape):
        xy = shapely.get_coordinates(ring)[:-1]
        one, other = np.roll(xy, 1, axis=0) - xy, np.roll(xy, -1, axis=0) - xy
        turn = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
        angle = np.degrees(np.arctan2(np.abs(turn), (one * other).sum(axis=1)))
        least = min(least, float(angle.min()))
    return least


def is_open_country(draft: Draft, shape: Any, metres: float) -> bool:
    """Tell whether nothing but the tiers above the units lies near."""
    return not any(near(draft, layer, shape, metres) for layer in _GEODETIC)


def moved(shape: Any, corner: NDArray[np.float64], to: NDArray[np.float64]) -> Any:
    """Return a shape with one corner at another place."""
    return shapely.transform(
        shape, lambda xy: np.where((xy == corner).all(axis=1)[:, None], np.round(to, 3), xy)
    )


def inward(shape: Any, corner: NDArray[np.float64], metres: float) -> NDArray[np.float64] | None:
    """Return the place so many metres inside an area from one of its corners, None if unclear.

    The corner is drawn towards the middle of its neighbours' ends and beyond, square to the line
    between them.
    """
    ring = shapely.get_coordinates(shapely.get_geometry(shape, 0).exterior)[:-1]
    at = np.flatnonzero((ring == corner).all(axis=1))
    if len(at) != 1:
        return None
    before, after = ring[at[0] - 1], ring[(at[0] + 1) % len(ring)]
    along = (after - before) / np.hypot(*(after - before))
    for square_to in (across(along), -across(along)):
        place = corner + square_to * metres
        way = shapely.LineString([corner + square_to * 0.5, place])
        if shapely.contains(shape, way):
            return np.asarray(np.round(place, 3))
    return None
