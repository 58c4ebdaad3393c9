"""GCJ-02 and BD-09: the shifted coordinates of Chinese web maps, by the formulas known to all.

Nobody published them: they were found out from the maps, and agree with these to some decimetres.
They serve to recognise a shifted layer, never to convert one that is judged.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_AXIS, _E2 = 6378245.0, 0.00669342162296594323  # Krassovsky 1940, which the formula uses
_TURNS = 3000.0 / 180.0 * np.pi
_INVERSE_STEPS = 3  # 0.2 mm (4.9 m after one, 31 mm after two)


def to_gcj02(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return longitudes and latitudes (WGS 84 or CGCS2000, degrees, in China) as GCJ-02 has them.

    Source: the formula of the public eviltransform; its three test vectors are tested.
    """
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    both = (np.sin(6 * np.pi * x) + np.sin(2 * np.pi * x)) * 40 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + both
    north += (20 * np.sin(np.pi * y) + 40 * np.sin(np.pi / 3 * y)) * 2 / 3
    north += (160 * np.sin(np.pi / 12 * y) + 320 * np.sin(np.pi / 30 * y)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + both
    east += (20 * np.sin(np.pi * x) + 40 * np.sin(np.pi / 3 * x)) * 2 / 3
    east += (150 * np.sin(np.pi / 12 * x) + 300 * np.sin(np.pi / 30 * x)) * 2 / 3
    phi = np.radians(lat)
    flat = 1 - _E2 * np.sin(phi) ** 2
    degrees_north = np.degrees(north / (_AXIS * (1 - _E2) / (flat * np.sqrt(flat))))
    degrees_east = np.degrees(east / (_AXIS / np.sqrt(flat) * np.cos(phi)))
    return lon + degrees_east, lat + degrees_north


def to_bd09(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return longitudes and latitudes (WGS 84 or CGCS2000, degrees, in China) as BD-09 has them."""
    x, y = to_gcj02(lon, lat)
    far = np.hypot(x, y) + 0.00002 * np.sin(y * _TURNS)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _TURNS)
    return far * np.cos(angle) + 0.0065, far * np.sin(angle) + 0.006


Shift = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
SHIFTS: dict[str, Shift] = {"GCJ-02": to_gcj02, "BD-09": to_bd09}


def without(shift: Shift, lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the longitudes and latitudes that a shift brings to the given ones.

    By fixed point: the shift hardly changes over its own length.
    """
    x, y = lon, lat
    for _ in range(_INVERSE_STEPS):
        moved = shift(x, y)
        x, y = x - (moved[0] - lon), y - (moved[1] - lat)
    return x, y
