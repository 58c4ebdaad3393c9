from __future__ import annotations

import math

import numpy as np
import pytest
import shapely

from gisplan.read.curves import linear

EAST, NORTH = 41_500_000.0, 4_600_000.0


def off(points, centre, radius):
    """Return by how much the middles of chords are inside a circle."""
    middles = (points[1:] + points[:-1]) / 2
    return radius - np.hypot(*(middles - np.array(centre)).T)


def arc_text(radius, start, middle, end, turn=1):
    words = [
        f"{EAST + radius * math.cos(a)!r} {NORTH + radius * math.sin(a)!r}"
        for a in (start, middle, end)
    ]
    return f"CIRCULARSTRING ({','.join(words[::turn])})"


@pytest.mark.parametrize("radius", [0.3, 5.0, 120.0, 4_000.0])
@pytest.mark.parametrize(
    ("start", "middle", "end"),
    [(0.0, 0.4, 1.0), (3.0, 3.5, 4.0), (0.1, 3.0, 6.0), (6.0, 3.0, 0.1), (1.0, 0.4, 0.0)],
)
def test_an_arc_is_within_a_millimetre_and_passes_its_points(radius, start, middle, end):
    line = linear(arc_text(radius, start, middle, end), 0.001)
    points = shapely.get_coordinates(line)
    gap = off(points, (EAST, NORTH), radius)
    assert gap.min() >= -1e-6
    assert gap.max() <= 0.001 + 1e-6
    assert line.length == pytest.approx(radius * abs(end - start), rel=1e-3)
    for angle in (start, middle, end):
        place = shapely.Point(EAST + radius * math.cos(angle), NORTH + radius * math.sin(angle))
        assert shapely.distance(place, shapely.MultiPoint(points)) < 1e-6


def test_an_arc_has_the_same_points_whichever_way_it_runs():
    one = shapely.get_coordinates(linear(arc_text(75.0, 0.2, 1.1, 2.4), 0.001))
    other = shapely.get_coordinates(linear(arc_text(75.0, 0.2, 1.1, 2.4, turn=-1), 0.001))
    assert np.array_equal(one, other[::-1])


def test_a_whole_circle_is_an_area():
    text = f"CURVEPOLYGON (CIRCULARSTRING ({EAST} {NORTH},{EAST + 200} {NORTH},{EAST} {NORTH}))"
    shape = linear(text, 0.001)
    assert shape.is_valid
    assert shape.area == pytest.approx(math.pi * 100**2, rel=1e-4)


def test_three_points_in_line_are_a_line():
    assert linear("CIRCULARSTRING (0 0,1 1,2 2)", 0.001).wkt == "LINESTRING (0 0, 1 1, 2 2)"
    assert linear("CIRCULARSTRING (0 0,0 0,2 2)", 0.001).wkt == "LINESTRING (0 0, 0 0, 2 2)"


def test_compound_rings_holes_and_many_parts():
    ring = "COMPOUNDCURVE ((0 0,10 0),CIRCULARSTRING (10 0,15 5,10 10),(10 10,0 10,0 0))"
    half = 100 + math.pi * 25 / 2
    one = linear(f"CURVEPOLYGON ({ring},(2 2,3 2,3 3,2 3,2 2))", 0.001)
    assert (one.geom_type, len(one.interiors)) == ("Polygon", 1)
    assert one.area == pytest.approx(half - 1, rel=1e-3)
    many = linear(
        f"MULTISURFACE (CURVEPOLYGON ({ring}),((20 0,30 0,30 10,20 0),(28 1,29 1,29 2,28 1)))",
        0.001,
    )
    assert (many.geom_type, len(many.geoms)) == ("MultiPolygon", 2)
    assert many.area == pytest.approx(half + 50 - 0.5, rel=1e-3)
    lines = linear("MULTICURVE ((0 0,1 1),CIRCULARSTRING (0 0,1 1,2 0))", 0.001)
    assert (lines.geom_type, len(lines.geoms)) == ("MultiLineString", 2)
    mixed = linear(f"GEOMETRYCOLLECTION (CURVEPOLYGON ({ring}),LINESTRING (0 0,1 1))", 0.001)
    assert mixed.geom_type == "GeometryCollection"


def test_heights_and_measures_are_left_out():
    flat = linear("CIRCULARSTRING (0 0,1 1,2 0)", 0.001)
    assert linear("CIRCULARSTRING Z (0 0 7,1 1 7,2 0 7)", 0.001) == flat
    assert linear("CIRCULARSTRING ZM (0 0 7 1,1 1 7 1,2 0 7 1)", 0.001) == flat


@pytest.mark.parametrize(
    "text", ["", "CURVEPOLYGON EMPTY", "CIRCULARSTRING (0 0", "CURVEPOLYGON ((0 0,1 1))", "x"]
)
def test_what_is_no_curve_is_said(text):
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the parser ran into
        linear(text, 0.001)
