"""Shapes made to keep a program busy: each has an answer within seconds."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
import shapely

from gisplan.normalise.codes import clean_codes
from gisplan.normalise.dates import clean_dates
from gisplan.normalise.free_text import clean_text
from gisplan.normalise.numbers import clean_numbers
from gisplan.normalise.repair import pessimistic_shape, repair, takes_hull
from gisplan.normalise.tangle import is_tangled


def thrown(count, seed=1):
    return shapely.Polygon(np.random.default_rng(seed).uniform(0, 1000, (count, 2)))


def circle(count, cross=()):
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    xy = np.column_stack([np.cos(angle), np.sin(angle)]) * 1000
    for at in cross:
        xy[[at, at + 5]] = xy[[at + 5, at]]
    return shapely.Polygon(xy)


def test_a_few_crossings_are_no_tangle_whatever_the_size():
    assert not is_tangled(thrown(20))
    assert not is_tangled(thrown(60))
    assert not is_tangled(circle(20_000, cross=[100, 9_000]))
    ring = circle(5_000).exterior
    assert not is_tangled(shapely.Polygon(ring, [ring]))  # drawn twice


@pytest.mark.parametrize("count", [300, 3_000])
def test_vertices_thrown_at_random_are_a_tangle(count):
    began = time.process_time()
    shape = thrown(count)
    assert is_tangled(shape)
    mended = repair(shape)
    assert mended.shape is None
    assert mended.refusal is not None
    assert pessimistic_shape(shape).equals(shapely.convex_hull(shape))
    assert time.process_time() - began < 5


def test_a_tangle_in_one_place_of_a_large_shape_is_found():
    large = np.array(circle(20_000).exterior.coords)
    knot = np.random.default_rng(2).uniform(990, 1000, (400, 2)) * (1, 0)
    knot[:, 1] = np.random.default_rng(3).uniform(-5, 5, 400)
    shape = shapely.Polygon(np.concatenate([large[:1], knot, large[1:]]))
    assert is_tangled(shape)


def test_a_large_shape_that_crosses_itself_once_is_mended():
    began = time.process_time()
    shape = circle(20_000, cross=[100])
    mended = repair(shape)
    assert mended.shape is not None
    assert mended.shape.is_valid
    assert takes_hull(shape)  # it has many vertices
    assert pessimistic_shape(shape).covers(mended.shape)
    assert time.process_time() - began < 10


def test_many_holes_and_parts_are_no_tangle():
    corners = [(x, y) for x in range(60) for y in range(50)]
    holes = [shapely.box(x + 0.2, y + 0.2, x + 0.8, y + 0.8).exterior for x, y in corners]
    assert not is_tangled(shapely.Polygon(shapely.box(0, 0, 60, 50).exterior, holes))
    parts = [shapely.box(x + 0.2, y + 0.2, x + 0.8, y + 0.8) for x, y in corners]
    assert not is_tangled(shapely.MultiPolygon(parts))


@pytest.mark.parametrize(
    "text", ["1" * 300_000 + "x", "1," * 150_000, "2024-" * 60_000, "约" * 300_000]
)
def test_a_long_text_is_no_number_and_no_date_at_once(text):
    began = time.process_time()
    column = pd.Series([text, "12", "2024-07-06"], dtype=object)
    numbers, remarks = clean_numbers(column, "m2")
    assert np.isnan(numbers[0])
    assert numbers[1] == 12
    assert 0 in [remark.row for remark in remarks]
    dates, remarks = clean_dates(column)
    assert np.isnat(dates[0])
    assert 0 in [remark.row for remark in remarks]
    assert clean_text(column).spread()[0] == text
    assert clean_codes(column)[0].spread()[1] == "12"
    assert time.process_time() - began < 3
