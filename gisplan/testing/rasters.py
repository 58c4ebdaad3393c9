"""Makes small GeoTIFFs of surfaces that a formula describes: planes, cones, walls.

A description, as the cases of rules write it:

    plane: [z, east, north]   # height at the drawing's base, and rise per metre east and north
    cones: [{at: [x, y], height: 50, slope: 1}]      # on top of it, falling by the slope
    walls: [{box: [0, 0, 10, 100], height: 30}]      # cells whose centre is in the box
    holes: [[0, 0, 10, 100]]  # cells without data
    box: [-500, -500, 500, 500]                      # what the raster covers
    cell: 10                  # metres
    unit: m                   # what it says of its heights; null: nothing
    factor: 1                 # what the numbers are multiplied by: 3.28084 writes feet

Places are metres east and north of the base; height is taken at the centre of each cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gisplan.catalogue.units import conversion
from gisplan.model import Raster

NODATA = -9999.0
KEYS = {"plane", "cones", "walls", "holes", "box", "cell", "unit", "factor"}

Heights = NDArray[np.float64]


def heights(described: Mapping[str, Any], x: Heights, y: Heights) -> Heights:
    """Return the heights that a description gives at some places; NaN in a hole."""
    z0, east, north = described.get("plane", (0.0, 0.0, 0.0))
    z = z0 + east * x + north * y
    for cone in described.get("cones", ()):
        distance = np.hypot(x - cone["at"][0], y - cone["at"][1])
        z = z + np.maximum(0.0, cone["height"] - cone["slope"] * distance)
    for wall in described.get("walls", ()):
        z = z + np.where(_inside(wall["box"], x, y), wall["height"], 0.0)
    for hole in described.get("holes", ()):
        z = np.where(_inside(hole, x, y), np.nan, z)
    return np.asarray(z * described.get("factor", 1.0))


def made_raster(
    layer: str, described: Mapping[str, Any], base: tuple[float, float], crs: str
) -> Raster:
    """Return a raster in memory, north up in the CRS of the base.

    Raises
    ------
    ValueError
        The description has an unknown part.
    """
    if set(described) - KEYS:
        raise ValueError(f"{layer}: no such part {sorted(set(described) - KEYS)}")
    west, south, east, north = described.get("box", (-500, -500, 500, 500))
    cell = described.get("cell", 10)
    wide, tall = round((east - west) / cell), round((north - south) / cell)
    x, y = np.meshgrid(
        west + cell * (np.arange(wide) + 0.5), north - cell * (np.arange(tall) + 0.5)
    )
    transform = (cell, 0.0, base[0] + west, 0.0, -cell, base[1] + north)
    unit = described.get("unit", "m")
    return Raster(
        layer=layer,
        path=f"{layer}.tif",
        source=written(heights(described, x, y), transform, crs),
        crs=crs,
        transform=transform,
        width=wide,
        height=tall,
        nodata=NODATA,
        unit=unit,
        unit_from=None if unit is None else "file",
        metres=None if unit is None else conversion(unit, "m"),
    )


def written(
    z: Heights,
    transform: tuple[float, ...],
    crs: str | None,
    unit: str | None = None,
    scale: float = 1.0,
    offset: float = 0.0,
    **options: Any,
) -> bytes:
    """Return numbers as a GeoTIFF; NaN becomes nodata. `options` are those of rasterio."""
    import rasterio
    from rasterio.transform import Affine

    profile = {"dtype": "float64", "nodata": NODATA, "count": 1, "driver": "GTiff", **options}
    with rasterio.MemoryFile() as memory:
        with memory.open(
            width=z.shape[1], height=z.shape[0], crs=crs, transform=Affine(*transform), **profile
        ) as data:
            data.write(np.where(np.isnan(z), NODATA, z).astype(profile["dtype"]), 1)
            data.scales, data.offsets = (scale,) * data.count, (offset,) * data.count
            if unit is not None:
                data.units = (unit,)
        return bytes(memory.read())


def _inside(box: tuple[float, float, float, float], x: Heights, y: Heights) -> NDArray[np.bool_]:
    west, south, east, north = box
    return np.asarray((x >= west) & (x <= east) & (y >= south) & (y <= north))
