"""The sample's admin tiers: one planar mesh, so that every tier tiles the one above exactly."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

CRS = "EPSG:4529"
SEED = 20250601
GRID = 0.001  # m; every shape lies on this grid before anything is derived from it
CENTRE = (41_533_000.0, 4_629_000.0)  # about 123.4 E, 41.8 N

PROVINCE = ("210000", "辽宁省")
CITIES = {"210100": "沈阳市", "210400": "抚顺市", "210500": "本溪市"}
# code, name, and where the district lies: column and row of a 4 x 3 grid
DISTRICTS = {
    "210102": ("和平区", 0, 1),
    "210103": ("沈河区", 1, 1),
    "210104": ("大东区", 1, 2),
    "210105": ("皇姑区", 0, 2),
    "210402": ("新抚区", 2, 1),
    "210403": ("东洲区", 3, 1),
    "210404": ("望花区", 2, 2),
    "210411": ("顺城区", 3, 2),
    "210502": ("平山区", 1, 0),
    "210503": ("溪湖区", 0, 0),
    "210504": ("明山区", 2, 0),
    "210505": ("南芬区", 3, 0),
}
_SPACING = 3_600.0  # m between the seeds of the cells that make up districts
_DETAIL = 260.0  # m between the vertices of a boundary, about


def stream(*key: int) -> np.random.Generator:
    """Return a generator of its own for one purpose, so that edits elsewhere change nothing."""
    return np.random.default_rng([SEED, *key])


def make_admin() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return province, cities and districts (code, name, parent, geometry) that tile exactly."""
    codes = list(DISTRICTS)
    cells, owner = _cells()
    shapes = district_shapes(cells, owner, len(codes), lambda xy: xy + CENTRE)
    city_of = np.array([code[:4] + "00" for code in codes])
    districts = gpd.GeoDataFrame(
        {
            "code": codes,
            "name": [DISTRICTS[code][0] for code in codes],
            "parent": city_of,
        },
        geometry=shapes,
        crs=CRS,
    )
    joined = [shapely.coverage_union_all(shapes[city_of == city]) for city in CITIES]
    cities = gpd.GeoDataFrame(
        {"code": list(CITIES), "name": list(CITIES.values()), "parent": PROVINCE[0]},
        geometry=joined,
        crs=CRS,
    )
    province = gpd.GeoDataFrame(
        {"code": [PROVINCE[0]], "name": [PROVINCE[1]]},
        geometry=[shapely.coverage_union_all(np.array(joined))],
        crs=CRS,
    )
    return province, cities, districts


def _cells() -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Return Voronoi cells within a ragged outline, and the district that each belongs to."""
    rng = stream(1)
    x, y = np.meshgrid(np.arange(-8, 9), np.arange(-7, 8))
    seeds = np.column_stack([x.ravel(), y.ravel()]) + rng.uniform(-0.34, 0.34, (x.size, 2))
    seeds *= _SPACING
    cells = np.array(
        shapely.voronoi_polygons(shapely.MultiPoint(seeds), ordered=True).geoms, dtype=object
    )
    angle = np.arctan2(seeds[:, 1], seeds[:, 0])
    reach = 1 + 0.07 * np.sin(3 * angle + 0.6) + 0.05 * np.cos(5 * angle)
    inside = np.hypot(seeds[:, 0] / 6.43, seeds[:, 1] / 5.0) < _SPACING * reach
    places = np.array([[column - 1.5, row - 1.0] for _, column, row in DISTRICTS.values()])
    places = _SPACING * (places * (3.16, 3.06) + rng.uniform(-0.18, 0.18, places.shape))
    distance = np.hypot(*(seeds[inside, None, :] - places[None, :, :]).transpose(2, 0, 1))
    return cells[inside], distance.argmin(axis=1)


def district_shapes(
    cells: NDArray[np.object_],
    owner: NDArray[np.intp],
    count: int,
    move: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> NDArray[np.object_]:
    """Return one polygon a district: the cells' outer edges, each made ragged, and polygonised.

    move : takes the coordinates of the cells to those of the map
    """
    rough = np.array([shapely.coverage_union_all(cells[owner == i]) for i in range(count)])
    lines = [ragged(a, b) for a, b in _outer_edges(cells, owner)]
    faces = np.array(shapely.polygonize(lines).geoms, dtype=object)
    if len(faces) != count:
        raise ValueError(f"{len(faces)} faces for {count} districts: choose another seed")
    shared = shapely.area(shapely.intersection(faces[:, None], rough[None, :]))
    moved = shapely.transform(faces[shared.argmax(axis=0)], move)
    return on_grid(moved)


def _outer_edges(cells: NDArray[np.object_], owner: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the cell edges (n, 2, 2) that part two districts or a district and the outside."""
    xy, cell = shapely.get_coordinates(cells, return_index=True)
    xy = np.round(xy, 3)
    same = cell[1:] == cell[:-1]
    a, b, left = xy[:-1][same], xy[1:][same], owner[cell[:-1][same]]
    back = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    a[back], b[back] = b[back], a[back].copy()
    # an edge inside one district shows up twice with the same owner; one on a boundary does not
    edges, which, times = np.unique(
        np.column_stack([a, b]), axis=0, return_inverse=True, return_counts=True
    )
    which = which.ravel()
    lowest = np.full(len(edges), owner.max() + 1)
    highest = np.full(len(edges), -1)
    np.minimum.at(lowest, which, left)
    np.maximum.at(highest, which, left)
    return np.asarray(edges[(times == 1) | (lowest != highest)].reshape(-1, 2, 2))


def ragged(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    detail: float = _DETAIL,
    roughness: float = 0.14,
) -> shapely.LineString:
    """Return the line from a to b with fractal noise that depends on the two ends only."""
    if tuple(a) > tuple(b):
        return shapely.reverse(ragged(b, a, detail, roughness))
    rng = stream(2, *(int(v) & 0xFFFFFFFF for v in np.round(np.concatenate([a, b]) * 10)))
    line = np.array([a, b])
    for _ in range(max(1, round(np.log2(np.hypot(*(b - a)) / detail)))):
        step = np.diff(line, axis=0)
        normal = np.column_stack([-step[:, 1], step[:, 0]])
        middle = line[:-1] + step / 2 + normal * rng.uniform(-1, 1, (len(step), 1)) * roughness
        line = np.insert(line, np.arange(1, len(line)), middle, axis=0)
    return shapely.LineString(np.round(line, 3))


def on_grid(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the shapes with every coordinate on the 1 mm grid, rings in one order and start."""
    return np.asarray(shapely.normalize(shapely.set_precision(shapes, GRID)), dtype=object)
