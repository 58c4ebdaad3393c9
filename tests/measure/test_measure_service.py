"""What lies within a service radius, against circles on paper and a plain loop."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gisplan.measure.overlay import Workers
from gisplan.measure.service import unserved


def shapes(*found):
    array = np.empty(len(found), dtype=object)
    array[:] = found
    return array


def test_a_disc_inside_large_land_leaves_all_but_its_area():
    land = shapes(shapely.box(-1000, -1000, 1000, 1000))
    rest = unserved(land, shapes(shapely.Point(0, 0)), np.array([500.0]))
    served = 4e6 - shapely.area(rest)[0]
    assert served == pytest.approx(np.pi * 500**2, rel=2e-4)


def test_land_is_served_to_the_edge_of_the_radius_and_no_further():
    point = shapes(shapely.Point(0, 0))
    land = shapes(
        shapely.box(290, -1, 299, 1),  # all of it within 300 m
        shapely.box(300.001, -1, 310, 1),
        shapely.box(290, -1, 310, 1),
    )
    rest = unserved(land, point, np.array([300.0]))
    assert shapely.is_empty(rest[0])
    assert rest[1] is land[1]
    assert shapely.area(rest)[2] == pytest.approx(20.0, abs=0.2)


def test_a_facility_outside_the_land_serves_and_two_serve_together():
    land = shapes(shapely.box(0, -1, 100, 1))
    ends = shapes(shapely.Point(-10, 0), shapely.Point(110, 0))
    assert shapely.area(unserved(land, ends, np.array([40.0, 40.0])))[0] == pytest.approx(80, abs=1)
    assert shapely.is_empty(unserved(land, ends, np.array([70.0, 70.0])))[0]


def test_a_facility_with_land_of_its_own_serves_from_its_edge():
    park = shapes(shapely.box(0, 0, 100, 100))
    land = shapes(shapely.box(100, 40, 400, 60))
    rest = unserved(land, park, np.array([200.0]))
    assert shapely.area(rest)[0] == pytest.approx(100 * 20, abs=5)


@pytest.mark.parametrize(
    ("facility", "radius"),
    [(None, 100.0), (shapely.Point(), 100.0), (shapely.Point(0, 0), np.nan)],
)
def test_what_has_no_place_or_no_radius_serves_nobody(facility, radius):
    land = shapes(shapely.box(0, 0, 1, 1))
    assert unserved(land, shapes(facility), np.array([radius]))[0] is land[0]


def test_a_radius_below_zero_is_refused():
    with pytest.raises(ValueError, match="below zero"):
        unserved(shapes(shapely.box(0, 0, 1, 1)), shapes(shapely.Point(0, 0)), np.array([-1.0]))


@pytest.mark.parametrize("seed", range(5))
def test_random_towns_are_as_a_plain_union_of_discs(seed):
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 3000, (60, 2))
    land = shapely.box(*corner.T, *(corner + rng.uniform(10, 400, (60, 2))).T)
    at = shapely.points(rng.uniform(-300, 3300, (25, 2)))
    radius = rng.choice([150.0, 300.0, 500.0], 25)
    reach = shapely.union_all(shapely.buffer(at, radius, quad_segs=256))
    expected = shapely.area(shapely.difference(land, reach))
    found = shapely.area(unserved(land, at, radius))
    assert np.abs(found - expected).max() < 2e-4 * np.pi * 500**2 / 4
    threads = unserved(land, at, radius, Workers(3))
    assert shapely.equals_exact(unserved(land, at, radius), threads).all()
