"""Where a finding is: its evidence joined, in EPSG:4490, rounded so that bytes are repeatable."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS, Transformer

from gisplan.findings.merge import Draft
from gisplan.model import Layer, Plan

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

DECIMALS = 9  # of evidence, in degrees: 0.1 mm
PLACE_DECIMALS = 7  # of `at` and `bbox`: 1 cm


class Shapes:
    """Finds the shapes of a layer's features by row or by label, also of those set aside."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._spatial = "geometry" in layer.frame.columns

    @cached_property
    def _by_label(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        frame = self._layer.frame
        if self._spatial:
            for label, shape in zip(frame["_label"], frame["geometry"].array, strict=True):
                found.setdefault(label, []).append(shape)
        aside = self._layer.quarantine
        if aside is not None:
            for label, shape in zip(aside["_label"], aside["geometry"], strict=True):
                found.setdefault(label, []).append(shape)
        return found

    def of(self, fids: Sequence[int], label: str) -> list[Any]:
        """Return the shapes of some rows, or, without rows, of all features with a label."""
        if fids and self._spatial:
            return [self._layer.frame["geometry"].array[fid] for fid in fids]
        return self._by_label.get(label, [])


def gather(plan: Plan, drafts: Sequence[Draft]) -> np.ndarray:
    """Return one shape per draft in the working CRS, or None where the place is unknown.

    The evidence of a draft is joined; a draft without evidence has the shapes of its features.
    """
    homes = {name: Shapes(layer) for name, layer in plan.layers.items()}
    out = np.empty(len(drafts), dtype=object)
    for row, draft in enumerate(drafts):
        shapes = draft["shapes"]
        if not shapes and draft["layer"] in homes:
            shapes = homes[draft["layer"]].of(draft["fids"], draft["feature"])
        out[row] = _join(shapes)
    return out


def _join(shapes: Sequence[Any]) -> BaseGeometry | None:
    kept = [shape for shape in shapes if shape is not None and not shape.is_empty]
    if len(kept) < 2:
        return kept[0] if kept else None
    try:
        return shapely.union_all(kept)
    except shapely.GEOSException:  # invalid evidence cannot be dissolved, only put together
        return shapely.GeometryCollection(sorted(kept, key=lambda shape: shape.wkb))


def to_degrees(shapes: np.ndarray, working_crs: str) -> np.ndarray:
    """Return shapes in longitude and latitude, normalised and rounded; None stays None.

    The target is the geographic base of the working CRS, and is called EPSG:4490: CGCS2000,
    WGS 84 and ETRS89 differ by less than what a plan is drawn to. A shape whose place cannot be
    computed becomes None.
    """
    crs = CRS.from_user_input(working_crs)
    base = crs.geodetic_crs or CRS.from_epsg(4490)
    project = Transformer.from_crs(crs, base.to_2d(), always_xy=True)

    def move(xy: np.ndarray) -> np.ndarray:
        moved = np.column_stack(project.transform(xy[:, 0], xy[:, 1]))
        return np.round(moved, DECIMALS) + 0.0  # no negative zero

    moved = shapely.normalize(shapely.transform(shapes, move))
    bounds = shapely.bounds(moved)
    lost = ~np.isfinite(bounds).all(axis=1)
    out = np.asarray(moved, dtype=object).copy()
    out[lost] = None
    return out


def places(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[list[float] | None]]:
    """Return longitude, latitude and bounding box of a point on each shape; NaN and None for none.

    The point lies on the shape, not beside it as a centroid may.
    """
    points = np.empty(len(shapes), dtype=object)
    points[:] = [_point_on(shape) for shape in shapes]
    lon = np.round(shapely.get_x(points), PLACE_DECIMALS)
    lat = np.round(shapely.get_y(points), PLACE_DECIMALS)
    bounds = np.round(shapely.bounds(shapes), PLACE_DECIMALS)
    boxes = [row.tolist() if np.isfinite(row).all() else None for row in bounds]
    return lon, lat, boxes


def _point_on(shape: BaseGeometry | None) -> BaseGeometry | None:
    if shape is None:
        return None
    try:
        return shape.point_on_surface()
    except shapely.GEOSException:  # invalid evidence: any of its vertices is on it
        return shapely.Point(shapely.get_coordinates(shape)[0])
