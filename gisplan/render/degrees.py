"""Shapes of the plan in longitude and latitude, as findings have them."""

from __future__ import annotations

import numpy as np
import shapely
from pyproj import CRS, Transformer


def in_degrees(shapes: np.ndarray, working_crs: str) -> np.ndarray:
    """Return shapes of the working CRS in its geographic base, rounded to nine decimals.

    The result is called EPSG:4490: CGCS2000, WGS 84 and ETRS89 are treated as equal, as in the
    findings. None stays None; a shape whose place cannot be computed becomes None.
    """
    crs = CRS.from_user_input(working_crs)
    base = crs.geodetic_crs or CRS.from_epsg(4490)
    project = Transformer.from_crs(crs, base.to_2d(), always_xy=True)

    def move(xy: np.ndarray) -> np.ndarray:
        return np.round(np.column_stack(project.transform(xy[:, 0], xy[:, 1])), 9)

    out = np.asarray(shapely.transform(shapes, move), dtype=object)
    out[~np.isfinite(shapely.bounds(out)).all(axis=1)] = None
    return out
