"""Housing land (居住用地): the denominator of every coverage by services."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely

from gisplan.measure.scene import Ints, Scene
from gisplan.model import Text

LAYERS = ("exam_land", "parcel")  # the first that the plan has
FIELDS = ("existing_land_use", "land_use")  # the first that is filled in


class LandUse(NamedTuple):
    """The layer and field that tell the use of land, and what stands there, by fid."""

    layer: str
    field: str
    codes: pd.Series  # of str; "" where nothing is filled in


class Housing(NamedTuple):
    """Which pieces of land people live on."""

    layer: str
    field: str
    fids: Ints  # in the order of Scene.rank
    unknown: int  # pieces without a code, which are left out


def find_land_use(scene: Scene) -> LandUse | Text:
    """Return what tells the use of land, or why nothing does. Existing use goes before planned."""
    layer = next((name for name in LAYERS if scene.has(name) and len(scene.shapes(name))), None)
    if layer is None:
        return Text("没有用地图层（体检用地或更新地块）", "no layer of land use")
    frame = scene.layer(layer).frame
    used = next((name for name in FIELDS if name in frame and frame[name].notna().any()), None)
    if used is None:
        return Text("用地图层没有填写用地代码", "the layer of land has no land-use codes")
    return LandUse(layer, used, frame[used].fillna("").astype(str))


def find_housing(scene: Scene, codes: tuple[str, ...]) -> Housing | Text:
    """Return the land whose use begins with one of the codes, or why there is none.

    What is no area is left out.
    """
    land = find_land_use(scene)
    if not isinstance(land, LandUse):
        return land
    lived = land.codes.str.startswith(codes).to_numpy() & (scene.dimensions(land.layer) == 2)
    if not lived.any():
        listed = "、".join(codes)
        return Text(f"没有居住用地（{listed}）", f"no land for housing ({listed})")
    fids = np.flatnonzero(lived)
    fids = fids[np.argsort(scene.rank(land.layer)[fids], kind="stable")]
    return Housing(land.layer, land.field, fids, int((land.codes == "").sum()))


def points_in(scene: Scene, housing: Housing) -> np.ndarray:
    """Return a point inside each piece, which says where it lies."""
    return np.asarray(shapely.point_on_surface(scene.shapes(housing.layer)[housing.fids]))
