"""A grid as Cloud-Optimized GeoTIFF: tiled, with overviews, its head first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gisplan.errors import OutputError

TILE = 128  # cells


def write_cog(
    cells: Any, west: float, north: float, cell_m: float, crs: str, nodata: float,
    path: Path, tags: Mapping[str, str],
) -> None:  # fmt: skip
    """Write one band; equal cells give equal bytes.

    Parameters
    ----------
    cells : array, shape (rows, columns)
        Rows from the north.
    west, north, cell_m : float
        Its upper left corner and the size of its cells, in the unit of the CRS.
    crs : str
    nodata : float
    path : Path
    tags : mapping of str to str
        What the values are; kept in the file.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    import rasterio
    from rasterio.errors import RasterioError
    from rasterio.transform import from_origin

    try:
        with (
            rasterio.Env(GDAL_PAM_ENABLED="NO", GDAL_NUM_THREADS="1"),
            rasterio.open(
                path, "w", driver="COG", width=cells.shape[1], height=cells.shape[0], count=1,
                dtype=str(cells.dtype), crs=crs, nodata=nodata,
                transform=from_origin(west, north, cell_m, cell_m), blocksize=TILE,
                compress="DEFLATE", predictor="YES", overview_resampling="AVERAGE",
                num_threads="1",
            ) as file,
        ):  # fmt: skip
            file.write(cells, 1)
            file.update_tags(**tags)
    except (RasterioError, OSError) as error:
        raise OutputError(
            f"{path.name}：无法写入（{error}），请检查权限和磁盘空间",
            f"{path.name}: cannot write ({error}); check permissions and disk space",
        ) from error
