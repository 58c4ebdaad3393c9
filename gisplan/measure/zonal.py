"""Zonal statistics (分区统计): what a raster holds within each shape, exact at parts of cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.geotiff import opened
from gisplan.measure.overlay import Shapes
from gisplan.model import Raster
from gisplan.watch import working_on

Numbers = NDArray[np.float64]
Operation = str | Callable[[Any, Any], float]

CELLS_IN_MEMORY = 30_000_000  # of one read: 240 MB as floating-point numbers
# An edge of a shape is straight in its own CRS and a bow in that of the raster: longer edges get
# points between, so that the bow stays below a thousandth of a metre.
LONGEST_EDGE_M = 200.0


def zonal(
    raster: Raster, shapes: Shapes, crs: str, operations: Sequence[Operation]
) -> pd.DataFrame:
    """Return statistics of the cells of a raster in each shape.

    Parameters
    ----------
    raster : Raster
        Its band 1; read in windows, whatever its size. In any CRS: the shapes are brought to it.
    shapes : array of shapely geometry, shape (n,)
        Polygons in `crs`; what is no polygon, None or empty has no statistics.
    crs : str
        Of the shapes, in metres.
    operations : sequence of str or callable
        Operations of exactextract: `"sum"`, `"mean"`, `"max"`, ...; or a function of the values of
        the cells with data and of the part of each that lies in the shape.

    Returns
    -------
    DataFrame
        n rows. A column for each operation, NaN where the shape has no cell with data, numbered
        from 0 for functions in the order given; and `known`: the share of the shape that lies in
        cells with data, 0 to 1.

    Raises
    ------
    rasterio.errors.RasterioError
        A part of the file cannot be read.
    """
    from exactextract import exact_extract

    names = [name if isinstance(name, str) else str(n) for n, name in enumerate(operations)]
    areal = np.flatnonzero((shapely.get_dimensions(shapes) == 2) & ~shapely.is_empty(shapes))
    result = pd.DataFrame(np.nan, index=range(len(shapes)), columns=[*names, "known"])
    result["known"] = 0.0
    if not len(areal):
        return result
    fine = gpd.GeoSeries(shapely.segmentize(shapes[areal], LONGEST_EDGE_M), crs=crs)
    assert raster.crs is not None  # place_rasters leaves out the others
    placed = fine.to_crs(raster.crs)
    plain = [name for name in operations if isinstance(name, str)]
    with working_on(raster.path), opened(raster.source) as data:
        found = exact_extract(
            data,
            gpd.GeoDataFrame(geometry=placed),
            ["count", *[name for name in dict.fromkeys(plain) if name != "count"]],
            output="pandas",
            max_cells_in_memory=CELLS_IN_MEMORY,
        )
        for n, operation in enumerate(operations):
            if not isinstance(operation, str):
                own = exact_extract(
                    data,
                    gpd.GeoDataFrame(geometry=placed),
                    [_of_cells(operation)],
                    output="pandas",
                    max_cells_in_memory=CELLS_IN_MEMORY,
                )
                result.iloc[areal, n] = own.iloc[:, 0].to_numpy(dtype=float)
    for name in dict.fromkeys(plain):
        result.loc[areal, name] = found[name].to_numpy(dtype=float)
    a, b, _, d, e, _ = raster.transform
    cells = shapely.area(placed.array) / abs(a * e - b * d)
    known = found["count"].to_numpy(dtype=float)
    nothing = areal[known <= 0]
    result.iloc[nothing, : len(names)] = np.nan
    result.loc[areal, "known"] = np.clip(known / cells, 0.0, 1.0)
    return result


def _of_cells(function: Callable[[Any, Any], float]) -> Callable[[Any, Any], float]:
    """Return an operation for exactextract, NaN where no cell has data."""

    def operation(values: Any, parts: Any) -> float:
        values = np.ma.asarray(values)
        valid = ~np.ma.getmaskarray(values) & (parts > 0)
        if not valid.any():
            return float("nan")
        return float(function(np.asarray(values)[valid], np.asarray(parts)[valid]))

    return operation


def share_above(limit: float) -> Callable[[Numbers, Numbers], float]:
    """Return the operation that gives the share of the known cells above a limit."""

    def share(values: Numbers, parts: Numbers) -> float:
        return float(parts[values > limit].sum() / parts.sum())

    return share
