"""Draws true curves (arcs of a database) as chords, finely enough and alike from both sides.

The bulk reader draws them too, in chords of four degrees: 6 cm off at a radius of 100 m. So the
shapes that have curves are asked for again as text, and drawn here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gisplan.model import Note
from gisplan.read.arcs import TOLERANCE_DEGREES, TOLERANCE_M, step_for
from gisplan.read.bulk import BULK_ERRORS, bulk_read
from gisplan.read.request import told

_KINDS = ("CIRCULARSTRING", "COMPOUNDCURVE", "CURVEPOLYGON", "MULTICURVE", "MULTISURFACE")
_TOKEN = re.compile(r"[A-Z]+|[(),]|[-+0-9.eE]+|nan|inf", re.IGNORECASE)
_AT_ONCE = 500  # features in one query
_UNTYPED = {"MULTISURFACE": "POLYGON", "POLYGON": "LINESTRING"}  # else LINESTRING

Parsed = tuple[str, list[Any]]  # kind and what it is made of: coordinates or further shapes


def _parse(tokens: list[str], at: int, kind: str) -> tuple[Parsed, int]:
    """Return the shape whose bracket opens at a token, and where it ends."""
    if tokens[at].upper() == "EMPTY":
        return (kind, []), at + 1
    at += 1
    parts: list[Any] = []
    while tokens[at] != ")":
        if tokens[at] == ",":
            at += 1
        elif tokens[at] == "(":
            part, at = _parse(tokens, at, _UNTYPED.get(kind, "LINESTRING"))
            parts.append(part)
        elif tokens[at][0].isalpha() and tokens[at].lower() not in {"nan", "inf"}:
            part, at = _typed(tokens, at)
            parts.append(part)
        else:
            point = []
            while tokens[at] not in {",", ")"}:
                point.append(float(tokens[at]))
                at += 1
            parts.append(point[:2])
    return (kind, parts), at + 1


def _typed(tokens: list[str], at: int) -> tuple[Parsed, int]:
    kind = tokens[at].upper()
    at += 1
    while tokens[at].upper() in {"Z", "M", "ZM"}:
        at += 1
    return _parse(tokens, at, kind)


def _arc(first: Any, middle: Any, last: Any, tolerance: float) -> Any:
    """Return an arc through three points as points (n, 2), the same ones whichever way it runs."""
    if tuple(last) < tuple(first):
        return _arc(last, middle, first, tolerance)[::-1]
    a, b = first - middle, last - middle
    cross = 2 * (a[0] * b[1] - a[1] * b[0])
    if np.array_equal(first, last):
        centre = a / 2  # a whole circle: the middle is across
    elif abs(cross) <= 1e-10 * math.hypot(*a) * math.hypot(*b):
        return np.array([first, middle, last])
    else:
        aa, bb = a @ a, b @ b
        centre = np.array([b[1] * aa - a[1] * bb, a[0] * bb - b[0] * aa]) / cross
    radius = float(np.hypot(*centre))
    angles = [math.atan2(p[1] - centre[1], p[0] - centre[0]) for p in (a, np.zeros(2), b)]
    turn = -1.0 if cross > 0 else 1.0  # counter-clockwise is 1
    step = math.radians(step_for(radius, tolerance))
    out = [first]
    for start, end, point in ((angles[0], angles[1], middle), (angles[1], angles[2], last)):
        sweep = (turn * (end - start)) % (2 * math.pi)
        count = max(1, math.ceil(sweep / step))
        inner = start + turn * sweep * np.arange(1, count) / count
        points = np.column_stack([np.cos(inner), np.sin(inner)]) * radius + centre + middle
        out += [*points, point]
    return np.array(out)


def _line(shape: Parsed, tolerance: float) -> Any:
    """Return a curve as points (n, 2)."""
    kind, parts = shape
    if kind == "COMPOUNDCURVE":
        pieces = [_line(part, tolerance) for part in parts]
        return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])
    points = np.array(parts, dtype=float)
    if kind != "CIRCULARSTRING":
        return points
    pieces = [
        _arc(points[i], points[i + 1], points[i + 2], tolerance)
        for i in range(0, len(points) - 2, 2)
    ]
    return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])


def _shape(shape: Parsed, tolerance: float) -> Any:
    kind, parts = shape
    if kind in {"MULTISURFACE", "MULTICURVE", "GEOMETRYCOLLECTION", "MULTIPOLYGON"}:
        inside = [_shape(part, tolerance) for part in parts]
        maker = {
            "MULTICURVE": shapely.multilinestrings,
            "GEOMETRYCOLLECTION": shapely.geometrycollections,
        }.get(kind, shapely.multipolygons)
        return maker(inside)
    if kind in {"CURVEPOLYGON", "POLYGON"}:
        rings = [shapely.linearrings(_line(part, tolerance)) for part in parts]
        return shapely.polygons(rings[0], rings[1:] or None)
    return shapely.linestrings(_line(shape, tolerance))


def linear(text: str, tolerance: float) -> Any:
    """Return a curve written as WKT as a shape of straight lines, without Z and M.

    Parameters
    ----------
    text : str
        CIRCULARSTRING, COMPOUNDCURVE, CURVEPOLYGON, MULTICURVE, MULTISURFACE.
    tolerance : float
        By how much a chord may leave its arc, in the units of the coordinates.

    Raises
    ------
    ValueError
        No such text.
    """
    try:
        shape, _end = _typed(_TOKEN.findall(text), 0)
        return _shape(shape, tolerance)
    except (IndexError, TypeError, shapely.errors.ShapelyError) as error:
        raise ValueError(str(error)) from None


def draw_curves(
    target: Path | str, layer: str, fids: Any, geometries: Any, in_degrees: Callable[[Any], bool]
) -> list[Note]:
    """Draw the curves of a layer anew, in place; the note says how many and how well.

    Parameters
    ----------
    target : Path or str
        What the bulk reader opened.
    layer : str
        Name of the layer.
    fids, geometries : ndarray
        As read; geometries change.
    in_degrees : callable
        Returns whether geometries are in longitude and latitude.
    """
    quoted = layer.replace("\\", "\\\\").replace('"', '\\"')
    kinds = ", ".join(f"'{kind}'" for kind in _KINDS)
    query = f'SELECT FID FROM "{quoted}" WHERE OGR_GEOMETRY IN ({kinds})'
    try:
        _meta, found, _shapes, _columns = _ask(target, query)
    except BULK_ERRORS:
        return []  # a layer that the bulk reader cannot go through: its records are told one by one
    if not len(found):
        return []
    tolerance = TOLERANCE_DEGREES if in_degrees(geometries) else TOLERANCE_M
    rows = {int(fid): row for row, fid in enumerate(fids)}
    drawn = 0
    for start in range(0, len(found), _AT_ONCE):
        some = ", ".join(str(int(fid)) for fid in found[start : start + _AT_ONCE])
        query = f'SELECT OGR_GEOM_WKT FROM "{quoted}" WHERE FID IN ({some})'
        _meta, ids, _shapes, columns = _ask(target, query)
        for fid, text in zip(ids, columns[0], strict=True):
            row = rows.get(int(fid))
            if row is None:
                continue
            try:
                geometries[row] = linear(text, tolerance)
            except ValueError:
                continue  # as the bulk reader drew it
            drawn += 1
    coarse = len(found) - drawn
    notes = [
        told(
            "curves_linearised",
            f"{drawn} 个图形含曲线，已化为折线，偏差不超过 1 mm",
            f"{drawn} shapes have curves, which became chords that are off by at most 1 mm",
            count=drawn,
        )
    ]
    if coarse:
        notes.append(
            told(
                "curves_linearised",
                f"{coarse} 个图形含曲线，按每 4 度一段化为折线，偏差未知",
                f"{coarse} shapes have curves, which became chords of 4 degrees; by how much they "
                "are off is not known",
                count=coarse,
            )
        )
    return notes if drawn else notes[1:]


def _ask(target: Path | str, query: str) -> tuple[Any, ...]:
    return bulk_read(target, sql=query, sql_dialect="OGRSQL", read_geometry=False)
