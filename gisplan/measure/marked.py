"""Marks the cells of a raster (像元标记): 1 where something holds, 0 where not, else no data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gisplan.geotiff import opened
from gisplan.model import Raster
from gisplan.watch import working_on

NO_DATA = 255
STRIP = 1024  # rows at once
Marks = NDArray[np.uint8]
Marking = Callable[[NDArray[np.float64]], Marks]


def marked(raster: Raster, marks: Marking) -> Raster:
    """Return a raster of 0 and 1, as the bytes of a GeoTIFF: the mean over land is a share of it.

    Parameters
    ----------
    raster : Raster
        Its band 1, worked through in strips: the whole is never in memory.
    marks : callable
        Of cells as floating-point numbers, NaN where there is no data: 0, 1 or NO_DATA for each.
        What it says of a NaN is not used.
    """
    import rasterio
    from rasterio.windows import Window

    profile = {
        "driver": "GTiff",
        "width": raster.width,
        "height": raster.height,
        "count": 1,
        "dtype": "uint8",
        "crs": raster.crs,
        "transform": rasterio.Affine(*raster.transform),
        "nodata": NO_DATA,
        "tiled": True,
        "compress": "deflate",
    }
    with working_on(raster.path), opened(raster.source) as data, rasterio.MemoryFile() as memory:
        with memory.open(**profile) as out:
            for row in range(0, raster.height, STRIP):
                window = Window(0, row, raster.width, min(STRIP, raster.height - row))
                cells = data.read(1, window=window, masked=True).astype("float64").filled(np.nan)
                found = np.where(np.isnan(cells), NO_DATA, marks(cells)).astype("uint8")
                out.write(found, 1, window=window)
        source = memory.read()
    return replace(raster, source=source, nodata=float(NO_DATA), unit=None, metres=None)


def above(limit: float) -> Marking:
    """Return what marks the cells above a limit."""
    return lambda cells: (cells > limit).astype("uint8")


def among(chosen: tuple[int, ...], known: tuple[int, ...]) -> Marking:
    """Return what marks the cells of chosen codes; a code that is not known is no data."""

    def marks(cells: NDArray[np.float64]) -> Marks:
        found = np.isin(cells, chosen).astype("uint8")
        found[~np.isin(cells, known)] = NO_DATA
        return found

    return marks
