"""Table `area`: how large every feature is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from gisplan.measure.scene import Scene
from gisplan.measure.tables import join_tables, make_table


def measure_area(scene: Scene) -> pd.DataFrame:
    """Return ellipsoidal area, the area in the CRS of the file, and length of every feature."""
    return join_tables(
        "area",
        [
            make_table(
                "area",
                {
                    "layer": name,
                    "fid": np.arange(len(scene.shapes(name))),
                    "area_m2": scene.areas(name),
                    "source_area_m2": scene.layer(name).frame["_source_area"].to_numpy(),
                    "length_m": shapely.length(scene.shapes(name)),
                },
            )
            for name in scene.spatial()
        ],
    )
