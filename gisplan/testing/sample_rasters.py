"""The rasters of the sample's exam: vegetation, floods, terrain, land cover, by formulas."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from gisplan.testing.sample_mesh import CRS

Numbers = NDArray[np.float64]
Bounds = tuple[float, float, float, float]

CELL_M, CELL_DEGREES = 200.0, 0.0025  # land cover comes in degrees, the others in the plan's CRS
BEYOND_M = 1_000.0
NO_DATA = -9999.0
FILES: Mapping[str, str] = {
    "ndvi": "植被指数.tif", "flood_depth": "积水深度.tif", "terrain": "地形高程.tif",
    "landcover": "土地覆盖.tif",
}  # fmt: skip
_TREES, _GRASS, _CROPS, _BUILT, _WATER = 10, 30, 40, 50, 80  # of ESA WorldCover


def write_rasters(folder: Path, bounds: Bounds, towns: Numbers) -> None:
    """Write the four rasters over the bounds of the province.

    towns : (n, 2) coordinates of the middles of the towns, around which land is built on
    """
    west, south, east, north = bounds
    x = np.arange(west - BEYOND_M, east + BEYOND_M, CELL_M) + CELL_M / 2
    y = np.arange(north + BEYOND_M, south - BEYOND_M, -CELL_M) - CELL_M / 2
    x, y = (grid.ravel() for grid in np.meshgrid(np.round(x), np.round(y)))
    away = _away(x, y, towns)
    place = (float(x.min() - CELL_M / 2), float(y.max() + CELL_M / 2), CELL_M)
    wide = len(np.unique(x))
    green = np.round(np.clip(0.12 + away / 6_000, 0.12, 0.7) / 0.02) * 0.02
    depth = np.round(np.clip(0.6 - np.abs(away - 500) / 400, 0.0, None) / 0.05) * 0.05
    hills = np.round(40 + 260 * np.clip((away - 3_500) / 2_000, 0, 1) ** 2 * _waves(x, y))
    for name, cells, unit in (("ndvi", green, None), ("flood_depth", depth, "m"),
                              ("terrain", hills, "m")):  # fmt: skip
        _write(folder / FILES[name], cells.reshape(-1, wide), place, CRS, "float32", NO_DATA, unit)
    _write_cover(folder / FILES["landcover"], (x, y), towns)


def _write_cover(path: Path, around: tuple[Numbers, Numbers], towns: Numbers) -> None:
    there = Transformer.from_crs(CRS, "EPSG:4490", always_xy=True)
    back = Transformer.from_crs("EPSG:4490", CRS, always_xy=True)
    longitude, latitude = there.transform(*around)
    west = np.floor(longitude.min() / CELL_DEGREES) * CELL_DEGREES
    north = np.ceil(latitude.max() / CELL_DEGREES) * CELL_DEGREES
    columns = int(np.ceil((longitude.max() - west) / CELL_DEGREES))
    rows = int(np.ceil((north - latitude.min()) / CELL_DEGREES))
    lon, lat = np.meshgrid(
        west + (np.arange(columns) + 0.5) * CELL_DEGREES,
        north - (np.arange(rows) + 0.5) * CELL_DEGREES,
    )
    x, y = back.transform(lon.ravel(), lat.ravel())
    away, waves = _away(x, y, towns), _waves(x, y)
    cells = np.select(
        [waves < 0.04, away < 1_200, away < 2_000, waves > 0.6],
        [_WATER, np.where(waves > 0.5, _TREES, _BUILT), np.where(waves > 0.4, _GRASS, _BUILT),
         _TREES],
        _CROPS,
    )  # fmt: skip
    _write(path, cells.reshape(rows, columns), (west, north, CELL_DEGREES), "EPSG:4490", "uint8",
           0.0, None)  # fmt: skip


def _away(x: Numbers, y: Numbers, towns: Numbers) -> Numbers:
    """Return how far each place is from the middle of the nearest town, metres."""
    far = [np.hypot(x - town[0], y - town[1]) for town in towns]
    return np.asarray(np.min(far, axis=0))


def _waves(x: Numbers, y: Numbers) -> Numbers:
    """Return a smooth pattern from 0 to 1."""
    return np.asarray(0.5 + 0.25 * (np.sin(x / 1_700) + np.cos(y / 1_300 + x / 5_000)))


def _write(
    path: Path,
    cells: NDArray[np.generic],
    place: tuple[float, float, float],
    crs: str,
    kind: str,
    nodata: float,
    unit: str | None,
) -> None:
    import rasterio
    from rasterio.transform import from_origin

    west, north, size = place
    path.unlink(missing_ok=True)
    with rasterio.open(
        path, "w", driver="GTiff", width=cells.shape[1], height=cells.shape[0], count=1,
        dtype=kind, crs=crs, nodata=nodata, transform=from_origin(west, north, size, size),
        compress="deflate", predictor=3 if kind == "float32" else 2, tiled=True, blockxsize=128,
        blockysize=128,
    ) as file:  # fmt: skip
        if unit is not None:
            file.units = (unit,)
        file.write(cells.astype(kind), 1)
