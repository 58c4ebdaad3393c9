"""Heights of a raster at places: windows are read where they are asked for, never all of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from gisplan.geotiff import opened
from gisplan.measure.scene import Scene
from gisplan.model import Raster
from gisplan.watch import working_on

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

_NO_PART = 1e-9
TILE = 1024  # cells of a side that are read at once; 8 MiB as floating-point numbers
LOWEST_M, HIGHEST_M = -500.0, 9_000.0  # no city lies elsewhere: what is stored there is no height


class Sampled(NamedTuple):
    """Heights, NaN where unknown, and whether a raster covers the place at all."""

    height: Numbers
    covered: Flags


def sample(scene: Scene, layer: str, x: Numbers, y: Numbers, between: bool) -> Sampled:
    """Return the heights of a raster layer at places in the working CRS.

    Parameters
    ----------
    scene : Scene
        With any number of rasters in the layer; the first by path that knows a height gives it.
    layer : str
        surface or terrain.
    x, y : ndarray, n
        NaN is nowhere.
    between : bool
        Between the four cells around (ground), else that of the cell (buildings have walls).

    Returns
    -------
    Sampled
        In metres, by the unit that is stated; as stored where none is. Unknown in and beside a
        cell without data, outside, and where a part of the file is broken.
    """
    height = np.full(len(x), np.nan)
    covered = np.zeros(len(x), dtype=bool)
    for raster in scene.plan.rasters.get(layer, ()):
        open_places = np.flatnonzero(np.isnan(height) & np.isfinite(x) & np.isfinite(y))
        column, row = _cells(raster, scene.crs, x[open_places], y[open_places])
        inside = (column >= 0) & (row >= 0) & (column <= raster.width) & (row <= raster.height)
        covered[open_places[inside]] = True
        with working_on(raster.path):
            found = _read(raster, column[inside], row[inside], between)
        height[open_places[inside]] = _plausible(found * (raster.metres or 1.0))
    return Sampled(height, covered)


def cell_size(raster: Raster, crs: str) -> float:
    """Return the shorter side of a cell in the middle of a raster, in metres of the working CRS."""
    a, b, c, d, e, f = raster.transform
    column = raster.width / 2 + np.array([0.0, 1.0, 0.0])
    row = raster.height / 2 + np.array([0.0, 0.0, 1.0])
    to_plan = Transformer.from_crs(CRS.from_wkt(_wkt(raster)), CRS(crs), always_xy=True)
    x, y = to_plan.transform(a * column + b * row + c, d * column + e * row + f)
    return float(min(np.hypot(x[1] - x[0], y[1] - y[0]), np.hypot(x[2] - x[0], y[2] - y[0])))


def _wkt(raster: Raster) -> str:
    assert raster.crs is not None, "rasters without a CRS are no part of a plan"
    return CRS(raster.crs).to_wkt()


def _plausible(height: Numbers) -> Numbers:
    with np.errstate(invalid="ignore"):
        good = (height >= LOWEST_M) & (height <= HIGHEST_M)
    return np.where(good, height, np.nan)


def _cells(raster: Raster, crs: str, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    """Return places as columns and rows; 0.5 is the middle of the first cell."""
    to_raster = Transformer.from_crs(CRS(crs), CRS.from_wkt(_wkt(raster)), always_xy=True)
    east, north = to_raster.transform(x, y)
    a, b, c, d, e, f = raster.transform
    determinant = a * e - b * d
    east, north = np.asarray(east) - c, np.asarray(north) - f
    column = (e * east - b * north) / determinant
    row = (a * north - d * east) / determinant
    gone = ~(np.isfinite(column) & np.isfinite(row))
    return np.where(gone, -1.0, column), np.where(gone, -1.0, row)


def _read(raster: Raster, column: Numbers, row: Numbers, between: bool) -> Numbers:
    """Return the stored heights at columns and rows inside a raster, tile by tile."""
    out = np.full(len(column), np.nan)
    if not len(column):
        return out
    across = np.clip(column, 0, raster.width - 1e-9).astype(np.int64) // TILE
    down = np.clip(row, 0, raster.height - 1e-9).astype(np.int64) // TILE
    wide = raster.width // TILE + 1
    tile = down * wide + across
    order = np.argsort(tile, kind="stable")
    numbers, starts = np.unique(tile[order], return_index=True)
    with opened(raster.source) as data:
        for number, mine in zip(numbers.tolist(), np.split(order, starts[1:]), strict=True):
            top, left = number // wide * TILE, number % wide * TILE
            # one cell more on every side: heights between cells reach over the edge of a tile
            first_row, first_column = max(0, top - 1), max(0, left - 1)
            last_row = min(raster.height, top + TILE + 1)
            last_column = min(raster.width, left + TILE + 1)
            cells = _window(data, (first_row, last_row), (first_column, last_column))
            of = _between if between else _of_cell
            out[mine] = of(cells, column[mine] - first_column, row[mine] - first_row)
    return out


def _window(data: object, rows: tuple[int, int], columns: tuple[int, int]) -> Numbers:
    """Return the cells of a window, NaN where there is no data or the file is broken."""
    from rasterio.errors import RasterioError

    shape = (rows[1] - rows[0], columns[1] - columns[0])
    try:
        band = data.read(1, window=(rows, columns), masked=True)  # type: ignore[attr-defined]
    except (RasterioError, OSError):
        return np.full(shape, np.nan)
    scale, offset = data.scales[0], data.offsets[0]  # type: ignore[attr-defined]
    cells = np.ma.filled(band.astype(np.float64), np.nan)
    cells[~np.isfinite(cells)] = np.nan
    return np.asarray(cells * scale + offset)


def _of_cell(cells: Numbers, column: Numbers, row: Numbers) -> Numbers:
    i = np.clip(row.astype(np.int64), 0, cells.shape[0] - 1)
    j = np.clip(column.astype(np.int64), 0, cells.shape[1] - 1)
    return np.asarray(cells[i, j])


def _between(cells: Numbers, column: Numbers, row: Numbers) -> Numbers:
    """Return heights between the middles of four cells; in the outermost half cell the nearest."""
    x = np.clip(column - 0.5, 0, cells.shape[1] - 1)
    y = np.clip(row - 0.5, 0, cells.shape[0] - 1)
    j, i = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    right, below = np.minimum(j + 1, cells.shape[1] - 1), np.minimum(i + 1, cells.shape[0] - 1)
    u, v = x - j, y - i
    out = np.zeros(len(x))
    for r, c, weight in (
        (i, j, (1 - u) * (1 - v)),
        (i, right, u * (1 - v)),
        (below, j, (1 - u) * v),
        (below, right, u * v),
    ):
        # a cell without data counts only where it has a part in the height
        out += np.where(weight > _NO_PART, cells[r, c] * weight, 0.0)
    return out
