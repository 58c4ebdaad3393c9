"""Opposite edges cancel, by their coordinates, whatever the hash says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from measure_shapes import X, Y, square, tiling

from gisplan.measure import edges as module
from gisplan.measure.edges import Edges, cancel, directed_edges, join_edges, make_edges


def around(*shapes: Any, group: Any = 0) -> Edges:
    own = np.asarray(shapes, dtype=object)
    return directed_edges(own, np.zeros(len(own), dtype=np.int64) + group)


def rows(edges: Edges) -> list[tuple[complex, complex, int]]:
    return sorted(
        zip(edges.start.tolist(), edges.end.tolist(), edges.group.tolist(), strict=True),
        key=repr,
    )


def weighed(edges: Edges) -> float:
    """Return the area that edges go round, those with it on the right."""
    start, end = edges.start - (X + 1j * Y), edges.end - (X + 1j * Y)
    return float(-(start.conj() * end).imag.sum() / 2)


@pytest.fixture(params=["hash", "constant"])
def any_hash(request: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "constant":
        monkeypatch.setattr(
            module, "_edge_hash", lambda edges: np.zeros(len(edges.tail), dtype=np.uint64)
        )


def test_the_interior_is_on_the_right_whatever_way_rings_run() -> None:
    holed = shapely.difference(square(0, 0, 10), square(2, 2, 3))
    pair = shapely.MultiPolygon([holed, square(20, 0, 4)])
    for shape in (holed, shapely.reverse(holed), pair, shapely.normalize(pair)):
        assert weighed(around(shape)) == pytest.approx(shape.area)


def test_neighbours_leave_their_common_outline(any_hash: None) -> None:
    cells = tiling(5, 3)
    left = cancel(around(*cells))
    assert len(left.tail) == 20
    assert weighed(left) == pytest.approx(500 * 500)


def test_nothing_is_left_of_a_tiling_and_its_outline(any_hash: None) -> None:
    outline = shapely.coverage_union_all(tiling(5, 3))
    assert not len(cancel(join_edges([around(*tiling(5, 3)), around(outline).turned()])).tail)


def test_edges_of_two_groups_do_not_cancel(any_hash: None) -> None:
    both = around(square(0, 0, 10), square(10, 0, 10), group=np.array([0, 1]))
    assert len(cancel(both).tail) == 8
    one = make_edges(np.array([1 + 1j]), np.array([2 + 5j]), np.array([0]))
    other = make_edges(one.end, one.start, np.array([1]))
    assert len(cancel(join_edges([one, other])).tail) == 2


def test_edges_add_up(any_hash: None) -> None:
    one = make_edges(np.array([1 + 1j]), np.array([2 + 5j]), np.array([3]))
    thrice = join_edges([one, one, one, one.turned()])
    assert rows(cancel(thrice)) == [(1 + 1j, 2 + 5j, 3)] * 2
    assert not len(cancel(join_edges([one, one, one.turned(), one.turned()])).tail)


def test_edges_that_differ_in_the_last_bit_stay(any_hash: None) -> None:
    one = make_edges(np.array([1e7 + 1j]), np.array([1e7 + 9j]), np.array([0]))
    other = make_edges(np.array([1e7 + 9j]), np.array([np.nextafter(1e7, 2e7) + 1j]), one.group)
    assert len(cancel(join_edges([one, other])).tail) == 2


def test_a_minus_before_zero_makes_no_difference(any_hash: None) -> None:
    one = shapely.Polygon([(0.0, 0.0), (0.0, 5.0), (-5.0, 5.0), (-5.0, 0.0)])
    other = shapely.Polygon([(-0.0, -0.0), (5.0, -0.0), (5.0, 5.0), (-0.0, 5.0)])
    assert len(cancel(around(one, other)).tail) == 6


def test_vertices_that_are_there_twice_make_no_edge() -> None:
    doubled = shapely.Polygon([(0, 0), (0, 0), (5, 0), (5, 5), (5, 5), (0, 5)])
    assert len(around(doubled).tail) == 4


def test_no_shapes_no_edges() -> None:
    assert not len(cancel(around()).tail)
    assert not len(join_edges([]).tail)
    assert rows(around().turned()) == []


def test_rings_that_begin_elsewhere_than_in_the_west_run_as_well() -> None:
    needle = [(0, 0), (1e6, 1e-9), (2e6, 0), (1e6, 1)]
    for ring in ([(5, 0), (9, 4), (5, 9), (0, 4)], [(0, 0), (0, 5), (0, 9), (9, 9)], needle):
        for turn in range(4):
            shape = shapely.Polygon(ring[turn:] + ring[:turn])
            for own in (shape, shapely.reverse(shape)):
                assert rows(around(own)) == rows(around(shapely.normalize(shape)))
