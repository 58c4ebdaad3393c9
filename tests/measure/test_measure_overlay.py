"""Whether interiors meet, for shapes of every kind."""

from __future__ import annotations

import itertools

import numpy as np
import shapely
from measure_shapes import line, point, square

from gisplan.measure.overlay import interiors_meet

SHAPES = [
    square(0, 0, 10),
    square(10, 0, 10),  # beside the first
    square(2, 2, 3),  # in it
    square(2, 2, 3).boundary,
    square(5, 5, 10),  # over its corner
    square(10, 10, 5),  # at its corner
    shapely.difference(square(0, 0, 10), square(2, 2, 3)),
    shapely.MultiPolygon([square(-9, 0, 9), square(9, 9, 1)]),
    line((0, 0), (10, 10)),
    line((0, 0), (0, 10)),  # along its side
    line((-5, 5), (5, 5)),
    line((10, 10), (20, 20)),
    point(5, 5),
    point(0, 5),
    point(0, 0),
    shapely.MultiPoint([point(0, 0), point(3, 3)]),
    shapely.Polygon(),
    None,
]


def test_interiors_meet_as_the_pattern_of_the_standard_says() -> None:
    pairs = np.asarray([*itertools.product(SHAPES, SHAPES)], dtype=object)
    wanted = shapely.relate_pattern(pairs[:, 0], pairs[:, 1], "T********")
    assert interiors_meet(pairs[:, 0], pairs[:, 1]).tolist() == wanted.tolist()
    assert 50 < wanted.sum() < len(pairs) - 50
