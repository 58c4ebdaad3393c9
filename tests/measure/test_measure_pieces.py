"""The mean width that tells noise from an overlap, with and without hairs."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gisplan.measure.pieces import mean_width


def width(*points):
    return float(mean_width(np.array([shapely.Polygon(points)], dtype=object))[0])


def test_a_plain_strip_has_the_width_of_two_areas_over_its_outline():
    assert width((0, 0), (100, 0), (100, 0.6), (0, 0.6)) == 2 * 60 / 201.2


@pytest.mark.parametrize("hair", [0.0001, 0.015])
def test_a_hair_along_the_common_edge_does_not_make_an_overlap_thin(hair):
    """An overlap of 16 by 8 m with a hair of 250 m on either side."""
    found = width(
        (-250, 0), (0, 0), (16, 0), (266, 0), (266, hair), (16, hair), (16, 8), (0, 8), (0, hair),
        (-250, hair),
    )  # fmt: skip
    assert found == pytest.approx(2 * 128 / 48, rel=0.02)


def test_a_sliver_with_a_hair_stays_a_sliver():
    found = width((0, 0), (100, 0), (400, 0), (400, 0.001), (100, 0.001), (100, 0.3), (0, 0.3))
    assert found == pytest.approx(0.3, rel=0.02)


def test_what_is_all_hair_keeps_its_width():
    assert width((0, 0), (100, 0), (100, 0.01), (0, 0.01)) == pytest.approx(0.01, rel=1e-3)


def test_strips_wider_than_a_hair_are_no_hairs():
    """Half the outline is a strip of 5 cm: land, which counts."""
    arm = width((0, 0), (20, 0), (120, 0), (120, 0.05), (20, 0.05), (20, 8), (0, 8))
    assert arm == pytest.approx(2 * 165 / 256, rel=1e-3)
