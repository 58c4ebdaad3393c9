"""Table `raster_cover`: on how much of the plan the rasters of the exam have data."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gisplan.catalogue.layers import raster_specs
from gisplan.measure.grid import LAYERS as OF_HEIGHTS
from gisplan.measure.scene import Scene
from gisplan.measure.tables import make_table
from gisplan.measure.zonal import zonal
from gisplan.model import Raster


def measure_raster_cover(scene: Scene) -> pd.DataFrame:
    """Return one row per raster that is not of heights, read from the plan's files or drawn."""
    listed: list[tuple[str, str, Raster | None]] = []
    for layer in raster_specs():
        if layer in OF_HEIGHTS:
            continue
        placed = {raster.path: raster for raster in scene.plan.rasters.get(layer, ())}
        read = {record.path for record in scene.plan.inputs if record.layer == layer}
        listed += [(layer, path, placed.get(path)) for path in sorted(read | set(placed))]
    found = [_looked_at(scene, raster) for _, _, raster in listed]
    layers = [layer for layer, _, _ in listed]
    return make_table(
        "raster_cover",
        {
            "layer": layers,
            "path": [path for _, path, _ in listed],
            "how": [how for how, _ in found],
            "known": [known for _, known in found],
            "n_of_layer": [layers.count(layer) for layer in layers],
        },
    )


def _looked_at(scene: Scene, raster: Raster | None) -> tuple[str, float]:
    """Return whether a raster can be read, and the part of the judged tier's land with data."""
    from rasterio.errors import RasterioError

    if raster is None:
        return "no_crs", np.nan
    if not scene.has(scene.judged):
        return "read", np.nan
    areal = scene.areal(scene.judged)
    area = scene.areas(scene.judged)[areal]
    if not area.sum() > 0:
        return "read", np.nan
    try:
        known = zonal(raster, scene.shapes(scene.judged)[areal], scene.crs, ["count"])["known"]
    except (RasterioError, OSError):  # a block of it is not there: the file was cut short
        return "broken", np.nan
    return "read", float(np.average(known.to_numpy(dtype=float), weights=area))
