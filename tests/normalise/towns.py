"""Small towns, drawn where the cities of Liaoning are."""

from __future__ import annotations

import numpy as np
import shapely
from pyproj import Transformer

CITIES = {
    "沈阳": (123.43, 41.80, "EPSG:4529"),
    "大连": (121.61, 38.91, "EPSG:4529"),
    "丹东": (124.39, 40.13, "EPSG:4529"),
    "朝阳": (120.45, 41.57, "EPSG:4528"),
}
SHENYANG = CITIES["沈阳"]


def rugged(shape):
    """Return a polygon whose edges wander, as drawn ones do; a shared edge wanders alike."""
    coords = shapely.get_coordinates(shapely.segmentize(shape, 180.0))
    phase = np.sin(coords * 0.0073 + coords[:, ::-1] * 0.0041)
    return shapely.Polygon(np.round(coords + 25 * phase, 3))


def town(city):
    """Return a small town: districts, units that share their edges, zones in units, monuments."""
    lon, lat, crs = city
    x, y = Transformer.from_crs("EPSG:4490", crs, always_xy=True).transform(lon, lat)
    rng = np.random.default_rng(11)
    xs = x + np.cumsum([0, 610, 720, 560, 830, 640, 770])  # no regular grid: no town is one
    ys = y + np.cumsum([0, 690, 580, 810, 620, 750, 600])
    cells = [shapely.box(xs[i], ys[j], xs[i + 1], ys[j + 1]) for i in range(6) for j in range(6)]
    units = [rugged(cell) for cell in cells]
    halves = [[units[6 * i + j] for i in range(a, a + 3) for j in range(b, b + 3)]
              for a in (0, 3) for b in (0, 3)]  # fmt: skip
    districts = [shapely.union_all(part) for part in halves]
    zones, bodies = [], []
    for unit in units[::2]:
        west, south, east, north = unit.bounds
        at = rng.uniform((west + 210, south + 210), (east - 210, north - 210))
        zones.append(shapely.Point(at).buffer(rng.uniform(90, 150), quad_segs=3))
        bodies.append(shapely.Point(at + rng.uniform(-40, 40, 2)))
    return {"district": districts, "unit": units, "heritage_zone": zones, "heritage_body": bodies}


def off(shapes, x, y):
    return list(shapely.transform(np.array(shapes), lambda points: points + np.array([x, y])))
