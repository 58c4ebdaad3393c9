"""Table `located`: in which unit each facility lies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from gisplan.measure.scene import Scene
from gisplan.measure.tables import make_table

LAYER = "facility"


def measure_located(scene: Scene) -> pd.DataFrame:
    """Return the feature of the judged tier that each facility lies in."""
    home = scene.judged
    if not (scene.has(LAYER) and scene.has(home)):
        return make_table("located")
    points = shapely.point_on_surface(scene.shapes(LAYER))
    fid, unit = scene.tree(home).query(points, predicate="intersects")
    order = np.lexsort([scene.rank(home)[unit], fid])
    fid, unit = fid[order], unit[order]
    first = np.flatnonzero(np.diff(fid, prepend=-1))
    return make_table(
        "located",
        {"layer": LAYER, "fid": fid[first], "home_layer": home, "home_fid": unit[first]},
    )
