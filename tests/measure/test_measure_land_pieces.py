"""Pieces of land: what touches is one; what stands on it, what covers it."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Point, box

from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.measure.land_pieces import covered_area, meeting, pieces_of, share_standing

X, Y, CRS = 41_500_000.0, 4_600_000.0, "EPSG:4529"


def shapes(*found):
    array = np.empty(len(found), dtype=object)
    array[:] = found
    return array


def at(west, south, east, north):
    return box(X + west, Y + south, X + east, Y + north)


def test_shapes_with_a_common_edge_are_one_piece_and_a_common_corner_joins_nothing():
    pieces, of = pieces_of(shapes(at(0, 0, 1, 1), at(1, 0, 2, 1), at(2, 1, 3, 2)))
    assert len(pieces) == 2
    assert of[0] == of[1] != of[2]
    assert sorted(shapely.area(pieces)) == [1, 2]


def test_no_shapes_make_no_pieces():
    pieces, of = pieces_of(shapes())
    assert (len(pieces), len(of)) == (0, 0)


@pytest.mark.parametrize("seed", range(40))
def test_random_squares_are_as_a_plain_search(seed):
    rng = np.random.default_rng(seed)
    corner = rng.integers(0, 12, (30, 2))
    land = shapes(*(at(x, y, x + 1, y + 1) for x, y in corner))
    _, of = pieces_of(land)
    # neighbours by a common edge or the same place, spread until nothing changes
    own = np.arange(len(land))
    apart = np.abs(corner[:, None] - corner[None, :]).sum(axis=2)
    for _ in range(len(land)):
        own = np.where(apart <= 1, own[None, :], own[:, None]).min(axis=1)
    same = own[:, None] == own[None, :]
    np.testing.assert_array_equal(of[:, None] == of[None, :], same)


def test_the_share_is_by_weight_and_nothing_where_nothing_stands():
    parcels = shapes(at(0, 0, 10, 10), at(10, 0, 20, 10), at(20, 0, 30, 10))
    things = shapes(at(1, 1, 2, 2), at(3, 3, 5, 5), at(11, 1, 12, 2), Point(X + 99, Y + 99))
    share = share_standing(
        parcels, things, np.array([1.0, 3.0, 0.0, 9.0]), np.array([True, False, True, True])
    )
    assert share[0] == 0.25
    assert np.isnan(share[1:]).all()  # of no weight, and empty


def test_pairs_that_meet_are_in_order():
    piece, shape = meeting(
        shapes(at(0, 0, 2, 2), at(5, 5, 6, 6)), shapes(at(5, 5, 9, 9), at(1, 1, 3, 3), Point(X, Y))
    )
    assert list(zip(piece.tolist(), shape.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 0)]


def test_what_two_areas_cover_together_counts_once_and_points_cover_nothing():
    pieces = shapes(at(0, 0, 10, 10), at(50, 50, 60, 60))
    cover = shapes(at(0, 0, 5, 10), at(4, 0, 6, 10), Point(X + 55, Y + 55), MultiPolygon())
    found = covered_area(pieces, cover, CRS)
    assert found[0] == pytest.approx(ellipsoidal_area(shapes(at(0, 0, 6, 10)), CRS)[0], rel=1e-9)
    assert found[1] == 0
