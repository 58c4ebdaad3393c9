"""GCJ-02 and BD-09 by the public formulas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisplan.normalise.gcj02 import SHIFTS, to_bd09, to_gcj02, without

M_LON, M_LAT = 111_320 * np.cos(np.radians(41)), 111_100  # metres in a degree, in Liaoning


def one(function, lon, lat):
    x, y = function(np.array([lon]), np.array([lat]))
    return float(x[0]), float(y[0])


@pytest.mark.parametrize(
    ("lat", "lon", "gcj_lat", "gcj_lon"),
    [  # the test vectors of the public eviltransform
        (31.1774276, 121.5272106, 31.17530398364597, 121.531541859215),
        (22.543847, 113.912316, 22.540796131694766, 113.9171764808363),
        (39.911954, 116.377817, 39.91334545536069, 116.38404722455657),
    ],
)
def test_the_public_vectors_of_gcj02_are_met(lat, lon, gcj_lat, gcj_lon):
    assert one(to_gcj02, lon, lat) == pytest.approx((gcj_lon, gcj_lat), abs=1e-12)


@pytest.mark.parametrize(
    ("lon", "lat", "east", "north"),
    [  # domain.md C.1
        (123.43, 41.80, 509, 270),  # Shenyang
        (121.61, 38.91, 428, 86),  # Dalian
        (124.39, 40.13, 497, 177),  # Dandong
        (120.45, 41.57, 473, 254),  # Chaoyang
    ],
)
def test_the_shift_in_liaoning_is_what_the_domain_brief_says(lon, lat, east, north):
    x, y = one(to_gcj02, lon, lat)
    metres = (x - lon) * 111_320 * np.cos(np.radians(lat)), (y - lat) * M_LAT
    assert metres == pytest.approx((east, north), abs=2)


def test_bd09_lies_some_hundred_metres_further():
    gcj, bd = one(to_gcj02, 123.43, 41.80), one(to_bd09, 123.43, 41.80)
    assert 600 < np.hypot((bd[0] - gcj[0]) * M_LON, (bd[1] - gcj[1]) * M_LAT) < 900


@pytest.mark.parametrize("system", SHIFTS)
@given(st.floats(74, 135), st.floats(18, 53))
def test_what_was_shifted_comes_back_within_a_centimetre(system, lon, lat):
    there = SHIFTS[system](np.array([lon]), np.array([lat]))
    x, y = without(SHIFTS[system], *there)
    assert abs(x[0] - lon) * M_LON < 0.01
    assert abs(y[0] - lat) * M_LAT < 0.01


@pytest.mark.parametrize("system", SHIFTS)
def test_in_liaoning_it_comes_back_within_two_millimetres(system):
    lon, lat = np.meshgrid(np.linspace(118.8, 125.8, 40), np.linspace(38.7, 43.5, 40))
    x, y = without(SHIFTS[system], *SHIFTS[system](lon, lat))
    assert np.abs(x - lon).max() * M_LON < 0.002
    assert np.abs(y - lat).max() * M_LAT < 0.002


@pytest.mark.parametrize("function", SHIFTS.values())
def test_nothing_makes_nothing(function):
    x, y = function(np.empty(0), np.empty(0))
    assert len(x) == len(y) == 0
