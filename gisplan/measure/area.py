"""Table `area`: how large every feature is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.tables import join_tables, make_table


def measure_area(scene: Scene) -> pd.DataFrame:
    """Return ellipsoidal area, the area in the CRS of the file, and length of every feature."""
    return join_tables(
        "area",
        [
            _areas(scene, name, np.flatnonzero(scene.mine(name)))
            for name in scene.asked(scene.spatial())
        ],
    )


def _areas(scene: Scene, name: str, fid: Ints) -> pd.DataFrame:
    shapes = scene.shapes(name)[fid]
    return make_table(
        "area",
        {
            "layer": name,
            "fid": fid,
            "area_m2": scene.workers.blocks(
                lambda block: ellipsoidal_area(block, scene.crs), shapes
            ),
            "source_area_m2": scene.layer(name).frame["_source_area"].to_numpy()[fid],
            "length_m": shapely.length(shapes),
        },
    )
