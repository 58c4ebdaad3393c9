"""Where raw features lie, as boxes: in or near the area under review, or nowhere in the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from gisplan.model import Plan, RawLayer
from gisplan.normalise.crs import Extent, own_crs

AROUND = 2000.0  # metres: more than any rule reaches, and than a map in another datum lies off
_MOST_BOXES = 100


class Lies(NamedTuple):
    """Which features meet the boxes that are asked for, and which have no place in the plan."""

    near: np.ndarray
    lost: np.ndarray


def where(
    raw: RawLayer, bounds: np.ndarray, boxes: Sequence[Extent], plan: Extent, crs: CRS
) -> Lies | None:
    """Return where the features of a source lie; None where nobody knows its CRS.

    Parameters
    ----------
    raw : RawLayer
        The source.
    bounds : ndarray of float, (n, 4)
        Of its shapes, in its own CRS; NaN of what has no place.
    boxes, plan : Extent
        In `crs`: what is asked for, and where the plan lies.
    crs : CRS
        Metric.
    """
    own = own_crs(raw)
    moved = [None if own is None else _moved(box, crs, own) for box in (plan, *boxes)]
    if any(box is None for box in moved):
        return None
    with np.errstate(invalid="ignore"):
        inside, *near = (_meets(bounds, box) for box in moved)
    return Lies(np.logical_or.reduce(near), ~inside)


def boxes_of(bounds: np.ndarray, raw: RawLayer, crs: CRS) -> list[Extent]:
    """Return boxes around some features of a source; one around all where they are many."""
    own = own_crs(raw)
    if not len(bounds) or own is None:
        return []
    if len(bounds) > _MOST_BOXES:
        bounds = np.append(bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0))[np.newaxis]
    found = [_moved(Extent(*box), own, crs) for box in np.unique(bounds, axis=0).tolist()]
    return [Extent(*box).grown(AROUND) for box in found if box is not None]


def extent_of(plan: Plan) -> Extent:
    """Return where the tiers of a plan lie, in its working CRS."""
    bounds = np.array(
        [
            layer.frame.geometry.total_bounds
            for layer in plan.layers.values()
            if layer.tier is not None and len(layer.frame)
        ]
    )
    return Extent(*bounds[:, :2].min(axis=0).tolist(), *bounds[:, 2:].max(axis=0).tolist())


def _meets(bounds: np.ndarray, box: Any) -> np.ndarray:
    west, south, east, north = bounds.T
    found = (west <= box[2]) & (box[0] <= east) & (south <= box[3]) & (box[1] <= north)
    return np.asarray(found, dtype=bool)


def _moved(box: Extent, source: CRS, target: CRS) -> tuple[float, ...] | None:
    try:
        to = Transformer.from_crs(source, target, always_xy=True)
        found = to.transform_bounds(*box, densify_pts=21)
    except ProjError:
        return None
    return found if np.isfinite(found).all() and found[0] <= found[2] else None
