"""Turns stored shapes into geometries, and says which ones cannot be."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from gisplan.model import Text

_SURFACE = Text(
    "图形是三维曲面（TIN、多面体），请导出为二维面",
    "a surface in space (TIN, polyhedron); export it as flat areas",
)
_REASONS = (
    ("Unknown WKB type 15", _SURFACE),
    ("Unknown WKB type 16", _SURFACE),
    ("Unknown WKB type 17", _SURFACE),
    ("closed linestring", Text("环未闭合", "a ring is not closed")),
    ("points in LinearRing", Text("环的节点不足", "a ring has too few points")),
    ("points in LineString", Text("线的节点不足", "a line has too few points")),
    ("point array must contain", Text("图形的节点不足", "a shape has too few points")),
)


def _reason(shape: bytes) -> Text:
    try:
        shapely.from_wkb(shape)
    except shapely.errors.GEOSException as error:
        message = str(error)
        for part, text in _REASONS:
            if part.lower() in message.lower():
                return text
        words = message.partition(": ")[2] or message
        return Text(f"图形无法解析（{words}）", f"the shape cannot be read ({words})")
    return Text("图形无法解析", "the shape cannot be read")


def from_wkb(shapes: Any) -> tuple[Any, dict[int, Text]]:
    """Return an array of geometries and, by row, why a shape could not become one.

    Shapes that are stored as nothing stay None without a reason: being empty is no fault of
    reading. A shape that cannot be built (ring not closed, of two points) is None with a reason.
    """
    with np.errstate(invalid="ignore"):  # a coordinate that is NaN is told when shapes are judged
        geometries = shapely.from_wkb(shapes, on_invalid="ignore")
    lost = [
        row
        for row in shapely.is_missing(geometries).nonzero()[0].tolist()
        if shapes[row] is not None
    ]
    return geometries, {row: _reason(shapes[row]) for row in lost}
