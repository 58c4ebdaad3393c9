"""Reads a layer whose arcs GDAL draws as chords, finely enough."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pyogrio
import shapely

TOLERANCE_M = 0.001  # by how much a chord may leave its arc
TOLERANCE_DEGREES = 1e-8  # the same, where coordinates are longitude and latitude
_COARSE, _FINE = 4.0, 1.0  # degrees of arc to one chord; the first is GDAL's own
_FINEST = 0.01  # 1 mm at a radius of 260 km
_OPTION = "OGR_ARC_STEPSIZE"


def _with_step(read: Callable[[], Any], step: float) -> Any:
    pyogrio.set_gdal_config_options({_OPTION: f"{step:.6f}"})
    try:
        return read()
    finally:
        pyogrio.set_gdal_config_options({_OPTION: None})


def _largest_radius(coarse: Any, fine: Any) -> float:
    """Return the radius of the largest arc, by how far its chords were off.

    coarse, fine : arrays of the same shapes, drawn in chords of 4 and of 1 degree.
    """
    lines = np.where(shapely.get_dimensions(coarse) == 2, shapely.boundary(coarse), coarse)
    shapely.prepare(lines)
    coordinates, owner = shapely.get_coordinates(fine, return_index=True)
    off = float(shapely.distance(lines[owner], shapely.points(coordinates)).max())
    return off / (1 - math.cos(math.radians(_COARSE / 2)))


def step_for(radius: float, tolerance: float) -> float:
    """Return the degrees of arc to one chord that keep it within a tolerance of its arc."""
    if radius <= tolerance:
        return _COARSE
    step = 2 * math.degrees(math.acos(1 - tolerance / radius))
    return max(_FINEST, min(_COARSE, step))


def read_arcs(
    read: Callable[[], Any], shapes_of: Callable[[Any], Any], in_degrees: Callable[[Any], bool]
) -> tuple[Any, Any]:
    """Return what a reader returns when arcs are drawn finely enough, and which shapes have any.

    Parameters
    ----------
    read : callable
        Reads the layer through GDAL.
    shapes_of : callable
        Returns the shapes of what was read: array of geometries.
    in_degrees : callable
        Returns whether an array of geometries is in longitude and latitude.
    """
    coarse = _with_step(read, _COARSE)
    fine = _with_step(read, _FINE)
    before, after = shapes_of(coarse), shapes_of(fine)
    differ = shapely.get_num_coordinates(before) != shapely.get_num_coordinates(after)
    if not differ.any():
        return coarse, differ
    radius = _largest_radius(before[differ], after[differ])
    tolerance = TOLERANCE_DEGREES if in_degrees(after) else TOLERANCE_M
    # A tenth of it is left for what the measured radius may be short of.
    step = step_for(radius, 0.9 * tolerance)
    return (fine if step >= _FINE else _with_step(read, step)), differ
