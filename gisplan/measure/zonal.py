"""Zonal statistics (分区统计): what a raster holds within each shape, exact at parts of cells."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplan.geotiff import opened
from gisplan.measure.overlay import Shapes
from gisplan.model import Raster
from gisplan.watch import working_on

CELLS_IN_MEMORY = 30_000_000  # of one read: 240 MB as floating-point numbers
# An edge of a shape is straight in its own CRS and a bow in that of the raster: longer edges get
# points between, so that the bow stays below a thousandth of a metre.
LONGEST_EDGE_M = 200.0


def zonal(raster: Raster, shapes: Shapes, crs: str, operations: Sequence[str]) -> pd.DataFrame:
    """Return statistics of the cells of a raster in each shape.

    Parameters
    ----------
    raster : Raster
        Its band 1; read in windows, whatever its size. In any CRS: the shapes are brought to it.
    shapes : array of shapely geometry, shape (n,)
        Polygons in `crs`; what is no polygon, None or empty has no statistics.
    crs : str
        Of the shapes, in metres.
    operations : sequence of str
        Operations of exactextract that it works out piece by piece: `"sum"`, `"mean"`, `"max"`.

    Returns
    -------
    DataFrame
        n rows. A column for each operation, NaN where the shape has no cell with data; and
        `known`: the share of the shape that lies in cells with data, 0 to 1.

    Raises
    ------
    rasterio.errors.RasterioError
        A part of the file cannot be read.
    """
    from exactextract import exact_extract

    names = list(dict.fromkeys(operations))
    areal = np.flatnonzero((shapely.get_dimensions(shapes) == 2) & ~shapely.is_empty(shapes))
    result = pd.DataFrame(np.nan, index=range(len(shapes)), columns=[*names, "known"])
    result["known"] = 0.0
    if not len(areal):
        return result
    fine = gpd.GeoSeries(shapely.segmentize(shapes[areal], LONGEST_EDGE_M), crs=crs)
    assert raster.crs is not None  # place_rasters leaves out the others
    placed = fine.to_crs(raster.crs)
    with working_on(raster.path), opened(raster.source) as data:
        found = exact_extract(
            data,
            gpd.GeoDataFrame(geometry=placed),
            ["count", *(name for name in names if name != "count")],
            output="pandas",
            max_cells_in_memory=CELLS_IN_MEMORY,
        )
    for name in names:
        result.loc[areal, name] = found[name].to_numpy(dtype=float)
    a, b, _, d, e, _ = raster.transform
    cells = shapely.area(placed.array) / abs(a * e - b * d)
    known = found["count"].to_numpy(dtype=float)
    nothing = areal[known <= 0]
    result.iloc[nothing, : len(names)] = np.nan
    result.loc[areal, "known"] = np.clip(known / cells, 0.0, 1.0)
    return result
