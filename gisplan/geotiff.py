"""Opens a GeoTIFF and nothing but it: no file beside it, no other driver, no network."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from gisplan.surroundings import clean_environment

DRIVER = "GTiff"
# A raster may have its georeference, its masks and its statistics in files of the same name, and
# such files name further ones. Only what stands in the TIFF itself is read.
_ALONE = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_PAM_ENABLED": "NO",
    "GTIFF_GEOREF_SOURCES": "INTERNAL",
}


@contextmanager
def opened(source: Path | bytes) -> Iterator[Any]:
    """Open a GeoTIFF, on disk or in memory; the rasterio dataset is closed at the end.

    Raises
    ------
    RasterioError
        It is none, or broken.
    """
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning

    with ExitStack() as stack:
        stack.enter_context(clean_environment())
        stack.enter_context(rasterio.Env(**_ALONE))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        if isinstance(source, bytes):
            memory = stack.enter_context(rasterio.MemoryFile(source))
            yield stack.enter_context(memory.open(driver=DRIVER, sharing=False))
        else:
            yield stack.enter_context(rasterio.open(source, driver=DRIVER, sharing=False))
