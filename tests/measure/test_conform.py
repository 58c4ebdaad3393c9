"""Outlines brought onto parents and neighbours, up to the tolerance and no further."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import Polygon, box

from gisplan.measure.conform import conform_layer

E, N = 41_500_000.0, 4_625_000.0
TOLERANCE = 0.1


def at(*shapes):
    moved = [shapely.transform(it, lambda xy: xy + np.array([E, N])) for it in shapes]
    return np.array(moved, dtype=object)


def faults(shapes) -> float:
    """Return the land that two share, and that none has of the parts' hull without holes."""
    whole = shapely.union_all(shapes)
    shared = sum(s.area for s in shapes) - whole.area
    return shared


@pytest.mark.parametrize(("gap", "closed"), [(0.05, True), (0.099, True), (0.11, False)])
def test_an_open_gap_closes_up_to_the_tolerance(gap: float, closed: bool) -> None:
    left = at(box(0, 0, 100, 100))[0]
    right = at(Polygon([(100 + gap, 0), (200, 0), (200, 100), (100 + gap, 100), (100 + gap, 50)]))[
        0
    ]
    out, refused = conform_layer(np.array([left, right]), {}, TOLERANCE)
    assert out[0].equals_exact(left, 0)
    assert not refused
    assert (out[1].distance(left) == 0) is closed
    assert shapely.union_all(out).area == pytest.approx(20_000 if closed else 20_000 - 100 * gap)


@pytest.mark.parametrize(("depth", "gone"), [(0.05, True), (0.3, False)])
def test_an_overlap_goes_up_to_the_tolerance(depth: float, gone: bool) -> None:
    shapes = at(box(0, 0, 100, 100), box(100 - depth, 0, 200, 100))
    out, _ = conform_layer(shapes, {}, TOLERANCE)
    assert faults(out) == pytest.approx(0 if gone else 100 * depth, abs=1e-3)


def test_children_follow_their_parent_also_at_its_corners() -> None:
    parent = at(Polygon([(0, 0), (100, 0.04), (200, 0), (200, 100), (0, 100)]))[0]
    shapes = at(box(0.03, 0, 100, 99.95), box(100, 0, 200.06, 100.02))
    out, _ = conform_layer(shapes, {0: parent, 1: parent}, TOLERANCE)
    assert shapely.union_all(out).symmetric_difference(parent).area < 0.1
    outside = shapely.union_all(out).difference(parent).area
    assert outside < 0.05
    moved = shapely.hausdorff_distance(shapely.boundary(out), shapely.boundary(shapes))
    assert (moved <= TOLERANCE + 1e-6).all()


def test_what_matches_already_is_left_to_the_last_bit_and_a_second_run_changes_nothing() -> None:
    rng = np.random.default_rng(3)
    nodes = rng.uniform(-20, 20, (6, 6, 2)) + np.stack(
        np.meshgrid(*[np.arange(6) * 120.0] * 2), axis=-1
    )
    corners = [nodes[:-1, :-1], nodes[:-1, 1:], nodes[1:, 1:], nodes[1:, :-1]]
    rings = np.stack(corners, axis=2).reshape(-1, 4, 2) + np.array([E, N])
    shapes = shapely.polygons(rings)
    out, refused = conform_layer(shapes, {}, TOLERANCE)
    assert shapely.equals_exact(out, shapes, 0).all()
    shaken = shapely.polygons(rings + rng.uniform(-0.03, 0.03, rings.shape))
    once, _ = conform_layer(shaken, {}, TOLERANCE)
    twice, _ = conform_layer(once, {}, TOLERANCE)
    assert faults(once) < faults(shaken) / 20
    assert shapely.equals_exact(once, twice, 0).all()
    assert not refused


def test_what_would_lose_a_part_or_a_hole_stays_and_is_told() -> None:
    thin = Polygon([(100.02, 0), (100.06, 0), (100.06, 100), (100.02, 100)])
    shapes = at(box(0, 0, 100, 100), thin, box(100.08, 0, 200, 100))
    out, refused = conform_layer(shapes, {}, TOLERANCE)
    assert out[1].equals_exact(shapes[1], 0)
    assert 1 in refused


def test_nothing_empty_lines_and_invalid_shapes_stay_as_they_are() -> None:
    bow = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    shapes = np.array([None, Polygon(), shapely.LineString([(0, 0), (1, 1)]), bow], dtype=object)
    out, refused = conform_layer(shapes, {}, TOLERANCE)
    assert out[0] is None
    assert [out[k].equals_exact(shapes[k], 0) for k in (1, 2, 3)] == [True] * 3
    assert refused == {}
    assert len(conform_layer(shapes[:0], {}, TOLERANCE)[0]) == 0


def test_holes_and_parts_follow_too() -> None:
    hole = box(40, 40, 60.05, 60)
    around = Polygon(box(0, 0, 100, 100).exterior.coords, [box(40, 40, 60, 60).exterior.coords])
    two = shapely.MultiPolygon([box(100.04, 0, 150, 50), box(300, 0, 350, 50)])
    out, _ = conform_layer(at(around, hole, two), {}, TOLERANCE)
    assert faults(out) < 1e-3
    assert out[2].distance(out[0]) == 0
    assert shapely.get_num_geometries(out[2]) == 2
