"""Slope (坡度) of a terrain model, worked out in strips: the whole is never in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from pyproj import CRS

from gisplan.geotiff import opened
from gisplan.model import Raster
from gisplan.watch import working_on

STRIP = 1024  # rows at once


def slope_raster(terrain: Raster) -> Raster:
    """Return a raster of slopes in degrees, as the bytes of a GeoTIFF; nodata is -1.

    Parameters
    ----------
    terrain : Raster
        Heights with a known unit, north up. Cells are taken as metres of the CRS, or of the
        parallel through each row where the CRS is in degrees.

    Returns
    -------
    Raster
        The same grid. Central differences (Horn needs more neighbours and says the same on a
        plane); a cell beside one without data, or at the edge, has none.
    """
    import rasterio
    from rasterio.windows import Window

    wide, tall = terrain.width, terrain.height
    a, _, _, _, e, top = terrain.transform
    crs = CRS.from_user_input(terrain.crs)
    with working_on(terrain.path), opened(terrain.source) as data, rasterio.MemoryFile() as memory:
        profile = {
            "driver": "GTiff",
            "width": wide,
            "height": tall,
            "count": 1,
            "dtype": "float32",
            "crs": terrain.crs,
            "transform": rasterio.Affine(*terrain.transform),
            "nodata": -1.0,
            "tiled": True,
            "compress": "deflate",
        }
        with memory.open(**profile) as out:
            for row in range(0, tall, STRIP):
                rows = min(STRIP, tall - row)
                first, last = max(row - 1, 0), min(row + rows + 1, tall)
                heights = data.read(1, window=Window(0, first, wide, last - first), masked=True)
                known = heights.astype("float64").filled(np.nan) * (terrain.metres or 1.0)
                padded = np.full((rows + 2, wide + 2), np.nan)
                start = first - (row - 1)
                padded[start : start + len(known), 1:-1] = known
                step_x: Any = abs(a)
                step_y: Any = abs(e)
                if crs.is_geographic:
                    latitude = np.radians(top + (row + np.arange(rows) + 0.5) * e)
                    step_y = np.full(rows, abs(e) * 111_132.0)[:, None]
                    step_x = (abs(a) * 111_320.0 * np.cos(latitude))[:, None]
                dx = (padded[1:-1, 2:] - padded[1:-1, :-2]) / (2 * step_x)
                dy = (padded[2:, 1:-1] - padded[:-2, 1:-1]) / (2 * step_y)
                angle = np.degrees(np.arctan(np.hypot(dx, dy)))
                angle[np.isnan(padded[1:-1, 1:-1])] = np.nan
                cells = np.nan_to_num(angle, nan=-1.0).astype("float32")
                out.write(cells, 1, window=Window(0, row, wide, rows))
        source = memory.read()
    return replace(terrain, source=source, nodata=-1.0, unit="degree", metres=None)
