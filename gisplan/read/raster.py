"""Reads what a raster says of itself. No rule uses its cells yet, and the result says so."""

from __future__ import annotations

from pathlib import Path

from gisplan.errors import ReadError
from gisplan.model import Note

# By ending, and none that opens other files or the network.
DRIVERS = {".tif": "GTiff", ".tiff": "GTiff", ".asc": "AAIGrid", ".img": "HFA"}


def raster_note(layer: str, path: str, file: Path) -> Note:
    """Return the note that a raster was found and is not used.

    Raises
    ------
    ReadError
        It is not a raster of an allowed format, or it is cut short.
    """
    import rasterio
    from rasterio.errors import RasterioIOError

    unreadable = ReadError(
        "不是可读的栅格（支持 GeoTIFF、ASCII 网格、IMG）",
        "not a raster that can be read (GeoTIFF, ASCII grid, IMG)",
    )
    driver = DRIVERS.get(file.suffix.lower())
    if driver is None:
        raise unreadable
    try:
        with rasterio.open(file, driver=driver) as raster:
            detail = {
                "driver": raster.driver,
                "crs": None if raster.crs is None else raster.crs.to_string(),
                "width": raster.width,
                "height": raster.height,
                "nodata": raster.nodata,
            }
    except RasterioIOError as error:
        raise unreadable from error
    return Note("raster_not_used", layer, path, detail=detail)
