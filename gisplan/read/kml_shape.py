"""Makes shapes of the geometry elements of KML."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import shapely

from gisplan.model import Text
from gisplan.read.kml_text import local

SHAPES = frozenset({"Point", "LineString", "LinearRing", "Polygon", "MultiGeometry"})
# Shapes of KML that are no shapes of a plan: tracks of a moving thing, models of buildings.
OTHER_SHAPES = frozenset({"Track", "MultiTrack", "Model"})


class ShapeError(ValueError):
    """A shape cannot be read; `text` says why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if local(child.tag) == name), None)


def _points(element: Element) -> Any:
    """Return coordinates as an array (n, 2) or (n, 3): longitude, latitude, height."""
    child = _child(element, "coordinates")
    text = "" if child is None else "".join(child.itertext())
    # "lon, lat" with a blank after the comma is one point to Google Earth too.
    tuples = re.sub(r"\s*,\s*", ",", text).split()
    if not tuples:
        raise ShapeError("没有坐标", "it has no coordinates")
    try:
        rows = [[float(part) for part in item.split(",")] for item in tuples]
    except ValueError:
        bad = next(item for item in tuples if not _is_point(item))
        raise ShapeError(f"坐标 {bad[:40]} 不是数", f"{bad[:40]} are no coordinates") from None
    if not all(2 <= len(row) <= 3 for row in rows):
        raise ShapeError("坐标缺经度或纬度", "a point lacks longitude or latitude")
    if all(len(row) == 3 for row in rows):
        return np.array(rows)
    return np.array([row[:2] for row in rows])


def _is_point(text: str) -> bool:
    try:
        return bool([float(part) for part in text.split(",")])
    except ValueError:
        return False


def _ring(element: Element | None) -> Any:
    ring = None if element is None else _child(element, "LinearRing")
    if ring is None:
        raise ShapeError("面缺少边界", "an area has no boundary")
    points = _points(ring)
    if not np.array_equal(points[0, :2], points[-1, :2]):
        raise ShapeError("环未闭合", "a ring is not closed")
    if len(points) < 4:
        raise ShapeError("环的节点不足", "a ring has too few points")
    return shapely.linearrings(points)


def _collect(parts: list[Any]) -> Any:
    """Return parts as one shape: a multi-part of one kind, or a collection."""
    kinds = {part.geom_type for part in parts}
    one = {"Point": "multipoints", "LineString": "multilinestrings", "Polygon": "multipolygons"}
    if len(kinds) == 1 and (maker := one.get(next(iter(kinds)))):
        return getattr(shapely, maker)(parts)
    return shapely.geometrycollections(parts)


def kml_shape(element: Element) -> Any:
    """Return one geometry element as a shape.

    Raises
    ------
    ShapeError
        A coordinate that is no number, a ring that is not closed, a kind that plans do not have.
    """
    kind = local(element.tag)
    if kind == "Point":
        return shapely.points(_points(element)[0])
    if kind in {"LineString", "LinearRing"}:
        points = _points(element)
        if len(points) < 2:
            raise ShapeError("线的节点不足", "a line has too few points")
        return shapely.linestrings(points)
    if kind == "Polygon":
        shell = _ring(_child(element, "outerBoundaryIs"))
        # By the schema one ring stands in each innerBoundaryIs; some writers put them all in one.
        inner = [ring for part in element if local(part.tag) == "innerBoundaryIs" for ring in part]
        holes = []
        for ring in inner:
            holder = Element("innerBoundaryIs")
            holder.append(ring)
            holes.append(_ring(holder))
        return shapely.polygons(shell, holes or None)
    if kind == "MultiGeometry":
        parts = [kml_shape(child) for child in element if is_shape(child)]
        return _collect(parts) if parts else None
    raise ShapeError(f"不读取 {kind} 类图形", f"shapes of the kind {kind} are not read")


def is_shape(element: Element) -> bool:
    """Return whether an element is a geometry, of a kind that is read or not."""
    return local(element.tag) in SHAPES | OTHER_SHAPES
