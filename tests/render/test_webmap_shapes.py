"""Shapes as lists of integers."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

from gisplan.render.webmap.shapes import pack, places, same_place, to_degrees


def shapes(*items: object) -> np.ndarray:
    out = np.empty(len(items), dtype=object)
    out[:] = items
    return out


def rings(packed: dict) -> list[np.ndarray]:
    xy = np.cumsum(np.array(packed["d"]).reshape(-1, 2), axis=0)
    return np.split(xy, np.cumsum(packed["n"])[:-1])


def turn(ring: np.ndarray) -> float:
    x, y = ring[:, 0].astype(float), ring[:, 1].astype(float)
    return float(np.sign(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])))


def test_parts_know_their_feature_kind_and_rings() -> None:
    holed = Polygon(box(0, 0, 4, 4).exterior.coords, [box(1, 1, 2, 2).exterior.coords])
    packed = pack(
        shapes(
            MultiPolygon([holed, box(5, 5, 6, 6)]),
            None,
            LineString([(0, 0), (1, 1), (2, 0)]),
            MultiPoint([(0, 0), (1, 1)]),
            GeometryCollection([Point(3, 3), MultiPolygon([box(0, 0, 1, 1)])]),
        )
    )
    assert packed["f"] == [0, 0, 2, 3, 3, 4, 4]
    assert packed["k"] == [2, 2, 1, 0, 0, 0, 2]
    assert packed["r"] == [2, 1, 1, 1, 1, 1, 1]
    assert packed["n"] == [5, 5, 5, 3, 1, 1, 1, 5]


def test_holes_run_against_their_shell_whatever_the_file_had() -> None:
    shell, hole = box(0, 0, 4, 4).exterior.coords, box(1, 1, 2, 2).exterior.coords
    for one in (list(shell), list(shell)[::-1]):
        for other in (list(hole), list(hole)[::-1]):
            outer, inner = rings(pack(shapes(Polygon(one, [other]))))
            assert turn(outer) == -turn(inner) != 0


def test_a_vertex_is_kept_to_a_ten_millionth_of_a_degree() -> None:
    packed = pack(shapes(Point(123.45678904, 41.00000006)))
    assert rings(packed)[0].tolist() == [[1234567890, 410000001]]


def test_nothing_packs_to_nothing() -> None:
    empty = {"f": [], "k": [], "r": [], "n": [], "d": []}
    assert pack(shapes()) == empty
    assert pack(shapes(None, Polygon())) == empty


def test_a_shape_without_finite_place_becomes_none() -> None:
    series = gpd.GeoSeries([Point(41_533_000, 4_629_000), Point(np.inf, 0), None], crs="EPSG:4529")
    found = to_degrees(series)
    assert [shape is None for shape in found] == [False, True, True]
    assert abs(found[0].x - 123.4) < 0.1
    assert abs(found[0].y - 41.8) < 0.1


def test_places_lie_on_the_shape() -> None:
    bent = Polygon([(0, 0), (4, 0), (4, 4), (3, 4), (3, 1), (0, 1)])
    line = LineString([(0, 0), (2, 0)])
    found = places(shapes(bent, line, None))
    assert bent.covers(Point(found[0] / 1e7, found[1] / 1e7))
    assert found[2:] == [10_000_000, 0, None, None]


def test_same_place_is_strict_enough_to_tell_a_sliver() -> None:
    unit = box(123, 41, 123.01, 41.01)
    sliver = box(123, 41, 123.01, 41.0000005)
    found = same_place(shapes(unit, unit, sliver), shapes(unit.reverse(), sliver, unit))
    assert found.tolist() == [True, False, False]
