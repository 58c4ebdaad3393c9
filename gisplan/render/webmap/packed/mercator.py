"""Places as integers of the map's own projection.

The unit is a hundredth of a metre of Web Mercator on the sphere of radius 6,378,137 m, which is
what Leaflet draws in; x counts eastwards from Greenwich, y *southwards* from the equator, as
pixels do. Leaflet's pixels at a zoom are these integers times a factor plus an offset and nothing
else. Rounding moves a vertex by at most 0.005 m of the projection on each axis, and a metre of
the projection is at most a metre on the ground. Every longitude from -180 to 180 fits 32 bits.
Beyond 85.05 degrees north or south, where Leaflet ends, places stand at its edge.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

RADIUS = 6_378_137.0
PER_METRE = 100
LIMIT = np.pi * RADIUS * PER_METRE  # of both axes, in units
_SLICE = 1_000_000  # vertices at once: keeps the working memory small
_THREADS = 2

Floats = npt.NDArray[np.float64]


def to_units(coordinates: Floats, crs: Any) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    """Return places in units of the map.

    Parameters
    ----------
    coordinates : array, (n, 2)
        East and north, or longitude and latitude.
    crs : CRS or None
        What they are in; None means EPSG:4490.

    Returns
    -------
    units : array of int32, (n, 2)
        0 where a place is not finite.
    finite : array of bool, n
    """
    forth = None if crs is None else Transformer.from_crs(crs, "EPSG:4490", always_xy=True)
    units = np.zeros((len(coordinates), 2), dtype=np.int32)
    finite = np.zeros(len(coordinates), dtype=bool)

    def one_slice(start: int) -> None:
        part = slice(start, start + _SLICE)
        lon, lat = coordinates[part, 0], coordinates[part, 1]
        if forth is not None:
            lon, lat = forth.transform(lon, lat)
        finite[part] = np.isfinite(lon) & np.isfinite(lat)
        x = np.radians(lon) * (RADIUS * PER_METRE)
        with np.errstate(invalid="ignore", divide="ignore"):
            y = np.arctanh(np.sin(np.radians(lat))) * (-RADIUS * PER_METRE)
        for axis, values in enumerate((x, y)):
            inside = np.clip(values, -LIMIT, LIMIT)
            units[part, axis] = np.rint(np.where(finite[part], inside, 0))

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(one_slice, range(0, len(coordinates), _SLICE)))
    return units, finite
