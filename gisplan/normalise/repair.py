"""Invalid areas: mended where the two ways of mending agree; and what they could mean at most."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gisplan.model import Text
from gisplan.normalise.tangle import is_tangled

DISAGREEMENT = 0.2  # of the larger area: more, and nobody can tell what was drawn
_HULL_OVER = 5000  # vertices; noding 500 crossing edges took 2 s
_PLACE = re.compile(r"\[(\S+) (\S+)\]")
_REASONS = {
    "Self-intersection": "自相交",
    "Ring Self-intersection": "环自相交",
    "Hole lies outside shell": "孔洞在外环之外",
    "Nested holes": "孔洞相互嵌套",
    "Holes are nested": "孔洞相互嵌套",
    "Nested shells": "外环相互嵌套",
    "Interior is disconnected": "内部不连通",
    "Duplicate Rings": "重复的环",
    "Too few points in geometry component": "点数过少",
    "Invalid Coordinate": "坐标无效",
    "Ring is not closed": "环未闭合",
}


@dataclass(frozen=True, slots=True)
class Repair:
    """What became of one invalid shape. `shape` is None where it was beyond repair.

    `least` is what both ways of mending agree on: the smallest land that was surely meant.
    """

    shape: BaseGeometry | None
    reason: Text  # what was wrong with it
    refusal: Text | None  # why it was not mended
    place: BaseGeometry | None  # where it is wrong
    before_m2: float
    after_m2: float | None
    least: BaseGeometry | None = None


def repair(shape: BaseGeometry) -> Repair:
    """Mend an invalid shape, or say why not.

    Areas are mended by structure (shells joined, holes taken away) and checked against mending
    by linework: they agree on a bow-tie, and disagree on a hole that equals its shell.
    """
    reason = _reason(shape)
    place = _place(shape)
    before = float(shape.area)
    if shapely.get_dimensions(shape) != 2:
        refusal = Text("线长为零", "a line of no length")
        return Repair(None, reason, refusal, place, before, None)
    if is_tangled(shape):
        refusal = Text(
            "自相交处太多，无法可靠修复；请重新绘制",
            "it crosses itself too often to be mended; draw it anew",
        )
        return Repair(None, reason, refusal, place, before, None)
    try:
        mended = areal_part(shapely.make_valid(shape, method="structure", keep_collapsed=False))
        check = areal_part(shapely.make_valid(shape))
    except shapely.errors.GEOSException as error:
        said = str(error).splitlines()[0]
        refusal = Text(f"几何库无法修复（{said}）", f"the geometry library fails ({said})")
        return Repair(None, reason, refusal, place, before, None)
    areas = [0.0 if part is None else float(part.area) for part in (mended, check)]
    if abs(areas[0] - areas[1]) > DISAGREEMENT * max(areas):
        refusal = Text(
            f"两种修复方法得到的面积相差过大（{areas[0]:.1f} 与 {areas[1]:.1f} 平方米）",
            f"two ways of mending give {areas[0]:.1f} and {areas[1]:.1f} m²",
        )
        return Repair(None, reason, refusal, place, before, None)
    if mended is None or areas[0] == 0:
        refusal = Text("修复后没有面积", "no area is left of it")
        return Repair(None, reason, refusal, place, before, None)
    both = None if check is None else areal_part(shapely.intersection(mended, check))
    least = shapely.Polygon() if both is None else both
    return Repair(shapely.normalize(mended), reason, None, place, before, areas[0], least)


def areal_part(shape: BaseGeometry) -> BaseGeometry | None:
    """Return the polygons of a shape as one shape, None where it has none."""
    return part_of(shape, 2)


def part_of(shape: BaseGeometry, dimension: int) -> BaseGeometry | None:
    """Return the parts of a shape that have a dimension (2, 1 or 0), None where it has none."""
    parts = shapely.get_parts(shape)
    while (shapely.get_type_id(parts) == 7).any():
        parts = shapely.get_parts(parts)
    if any(shapely.get_type_id(parts) >= 4):
        parts = shapely.get_parts(parts)
    kept = parts[(shapely.get_dimensions(parts) == dimension) & ~shapely.is_empty(parts)]
    if not len(kept):
        return None
    if len(kept) == 1:
        return kept[0]
    join = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)[dimension]
    return join(kept)


def pessimistic_shape(shape: BaseGeometry) -> BaseGeometry:
    """Return the largest shape that an invalid one could mean.

    Every ring filled and every face of the linework, with the lines themselves; the convex hull
    of what has over 5000 vertices or crosses itself too often. What does not touch this does not
    touch what was meant.
    """
    if takes_hull(shape):
        return shapely.convex_hull(shape)
    if shapely.get_dimensions(shape) < 1:
        return shapely.normalize(shape)
    try:
        lines = shapely.node(_linework(shape))
        faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
        # a line inside the faces adds nothing; one that dangles does
        filled = shapely.union_all(faces)
        loose = lines if filled.is_empty else shapely.difference(lines, filled)
        whole = filled if loose.is_empty else shapely.union(filled, loose)
    except shapely.errors.GEOSException:
        return shapely.convex_hull(shape)
    return shapely.normalize(shapely.convex_hull(shape) if whole.is_empty else whole)


def takes_hull(shape: BaseGeometry) -> bool:
    """Return whether the hull stands in for what a shape could mean: the faces take too long."""
    return bool(shapely.get_num_coordinates(shape) > _HULL_OVER) or is_tangled(shape)


def _linework(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shape)
    while (shapely.get_type_id(parts) == 7).any():
        parts = shapely.get_parts(parts)
    parts = shapely.get_parts(parts)
    polygons = parts[shapely.get_dimensions(parts) == 2]
    lines = parts[shapely.get_dimensions(parts) == 1]
    rings = shapely.get_rings(polygons)
    return shapely.multilinestrings(
        [shapely.linestrings(shapely.get_coordinates(line)) for line in np.append(rings, lines)]
    )


def _reason(shape: BaseGeometry) -> Text:
    english = str(shapely.is_valid_reason(shape)).partition("[")[0].strip()
    return Text(_REASONS.get(english, english), english)


def _place(shape: BaseGeometry) -> BaseGeometry | None:
    found = _PLACE.search(str(shapely.is_valid_reason(shape)))
    if not found:
        return None
    x, y = float(found[1]), float(found[2])
    return shapely.Point(x, y) if np.isfinite([x, y]).all() else None
