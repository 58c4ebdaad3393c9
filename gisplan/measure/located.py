"""Tables `located` and `plot`: in which unit a facility lies, in which parcel a building."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from gisplan.measure.scene import Scene
from gisplan.measure.tables import make_table


def measure_located(scene: Scene) -> pd.DataFrame:
    """Return the feature of the judged tier that each facility lies in."""
    return _homes(scene, "located", "facility", scene.judged)


def measure_plot(scene: Scene) -> pd.DataFrame:
    """Return the parcel that each building lies in."""
    return _homes(scene, "plot", "building", "parcel")


def _homes(scene: Scene, table: str, layer: str, home: str) -> pd.DataFrame:
    if not (scene.has(layer) and scene.has(home) and scene.asked([layer])):
        return make_table(table)
    mine = np.flatnonzero(scene.mine(layer))
    points = shapely.point_on_surface(scene.shapes(layer)[mine])
    row, found = scene.tree(home).query(points, predicate="intersects")
    fid = mine[row]
    order = np.lexsort([scene.rank(home)[found], fid])
    fid, found = fid[order], found[order]
    first = np.flatnonzero(np.diff(fid, prepend=-1))
    return make_table(
        table,
        {"layer": layer, "fid": fid[first], "home_layer": home, "home_fid": found[first]},
    )
