"""Parts, corners and short edges of outlines."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely
from measure_shapes import X, Y, layer, square

from gisplan.measure.engine import measure_plan
from gisplan.testing.plans import make_plan


def table(name: str, *shapes: object, other: object = None) -> pd.DataFrame:
    layers = {"unit": layer(list(shapes))}
    if other is not None:
        layers["heritage_zone"] = layer([other])
    return measure_plan(make_plan(layers), [name], "unit")[name]


def wedge(width: float) -> shapely.Polygon:
    return shapely.Polygon([(X, Y), (X + 100, Y), (X + 100, Y + width)])


def test_a_large_feature_of_one_part_has_no_row_and_one_of_two_has_both() -> None:
    two = shapely.MultiPolygon([square(0, 0, 50), square(100, 0, 60)])
    parts = table("part", square(500, 0, 50), two)
    assert parts["fid"].tolist() == [1, 1]
    assert parts["n_parts"].tolist() == [2, 2]
    assert sorted(parts["area_m2"]) == pytest.approx([2500, 3600], rel=1e-3)


@pytest.mark.parametrize(("side", "listed"), [(10.6, 0), (10.5, 1)])
def test_narrow_parts_are_listed(side: float, listed: int) -> None:
    # mean width 2A/P of 200 m x 10.5 m is 9.98 m
    tall = shapely.box(X, Y, X + 200, Y + side)
    assert len(table("part", tall)) == listed


def test_corners_have_their_angle_and_the_shorter_edge() -> None:
    corners = table("corner", wedge(5.0))
    assert corners["angle_deg"].tolist() == pytest.approx([2.8624], abs=1e-4)
    assert corners["edge_m"].tolist() == pytest.approx([100.0])
    assert corners["geometry"][0].equals(shapely.Point(X, Y))


@pytest.mark.parametrize("start", range(3))
@pytest.mark.parametrize("reverse", [False, True])
def test_start_and_direction_of_a_ring_change_nothing(start: int, reverse: bool) -> None:
    ring = [(X, Y), (X + 100, Y), (X + 100, Y + 5)]
    ring = ring[start:] + ring[:start]
    shape = shapely.Polygon(ring[::-1] if reverse else ring)
    corners = table("corner", shape)
    assert corners["angle_deg"].tolist() == pytest.approx([2.8624], abs=1e-4)


def test_corners_of_holes_count() -> None:
    hole = [(X + 50, Y + 50), (X + 90, Y + 50), (X + 90, Y + 52)]
    corners = table("corner", shapely.Polygon(square(0, 0, 200).exterior.coords, [hole]))
    assert len(corners) == 1


def test_a_vertex_that_another_layer_has_is_shared() -> None:
    zone = shapely.Polygon([(X, Y), (X - 50, Y), (X, Y + 50)])
    assert table("corner", wedge(5.0), other=zone)["shared"].tolist() == [True]


def test_a_vertex_that_only_its_own_feature_has_is_not_shared() -> None:
    passing = shapely.Polygon([(X, Y - 50), (X, Y + 50), (X - 50, Y)])  # an edge through the tip
    assert table("corner", wedge(5.0), other=passing)["shared"].tolist() == [False]


def test_edges_of_no_length_are_listed_once_each() -> None:
    shape = shapely.Polygon([(X, Y), (X, Y), (X + 50, Y), (X + 50.05, Y), (X + 50, Y + 50)])
    edges = table("short_edge", shape)
    assert sorted(edges["length_m"]) == pytest.approx([0, 0.05], abs=1e-6)


def test_edges_of_a_tenth_of_a_metre_are_out_of_reach() -> None:
    shape = shapely.Polygon([(X, Y), (X + 50, Y), (X + 50.11, Y), (X + 50, Y + 50)])
    assert table("short_edge", shape).empty
