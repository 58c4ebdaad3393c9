"""Makes shapes of a table that holds coordinates or written shapes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplan.model import Note, Text
from gisplan.read.angles import numbers
from gisplan.read.found import Found, faults_of, set_faults
from gisplan.read.request import told
from gisplan.read.written_shapes import holds_shapes, written_shapes

_WRITTEN = (
    "wkt", "ewkt", "wkb", "geom", "the_geom", "geometry", "geometry_1", "geometry_wkt", "wkt_geom",
    "geom_wkt", "shape", "图形", "几何", "空间坐标",
)  # fmt: skip
_LON = ("经度", "东经", "lon", "lng", "long", "longitude")
_LAT = ("纬度", "北纬", "lat", "latitude")
# In surveying X is north; 横 and 东 are east whatever letter stands beside them.
_EAST = ("横坐标", "东坐标", "x坐标", "x", "point_x", "coord_x", "xcoord", "east", "easting")
_NORTH = ("纵坐标", "北坐标", "y坐标", "y", "point_y", "coord_y", "ycoord", "north", "northing")
# Where projected coordinates of China lie, without and with the number of the zone before them.
_NORTHINGS = (1.9e6, 6.0e6)
_EASTINGS = ((1.0e5, 9.0e5), (1.3e7, 4.7e7))


def _plain(name: Any) -> str:
    """Return a column's name without blanks, units and letter case: "经度（°）" -> 经度."""
    text = unicodedata.normalize("NFKC", str(name)).casefold()
    return re.sub(r"\([^)]*\)|\[[^\]]*\]|\s", "", text)


def _column(names: dict[str, str], words: tuple[str, ...], hanzi: str) -> str | None:
    """Return the column that is called by one of some words, or the one that holds a hanzi.

    横坐标Y is east for its hanzi, whatever its letter; 中心经度 is a longitude if it is the only.
    """
    found = next((names[word] for word in words if word in names), None)
    if found is not None:
        return found
    holding = [name for plain, name in names.items() if hanzi in plain]
    return holding[0] if len(holding) == 1 else None


def place_columns(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns that say where: (written,) or (x, y); nothing where there are none."""
    names = {_plain(name): str(name) for name in reversed(list(frame.columns))}
    for word in _WRITTEN:
        if word in names and holds_shapes(frame[names[word]]):
            return (names[word],)
    for x_words, x_hanzi, y_words, y_hanzi in (
        (_LON, "经度", _LAT, "纬度"),
        (_EAST[:2], "横坐标", _NORTH[:2], "纵坐标"),
        (_EAST, "横坐标", _NORTH, "纵坐标"),
    ):
        x, y = _column(names, x_words, x_hanzi), _column(names, y_words, y_hanzi)
        if x is not None and y is not None and x != y:
            return (x, y)
    return ()


def _swapped(x: Any, y: Any) -> bool:
    """Return whether x can only be north and y can only be east."""
    if not len(x):
        return False
    if np.abs(x).max() <= 90 and np.abs(y).min() > 90 and np.abs(y).max() <= 180:
        return True
    east = any(low <= y.min() and y.max() <= high for low, high in _EASTINGS)
    return bool(_NORTHINGS[0] <= x.min() and x.max() <= _NORTHINGS[1] and east)


def _points(frame: pd.DataFrame, names: tuple[str, ...]) -> tuple[Any, Any, list[Note]]:
    """Return points, which rows have no place though they say one, and what to say."""
    angles = _plain(names[0]) not in _EAST
    x, y = (numbers(frame[name], angles) for name in names)
    good = np.isfinite(x) & np.isfinite(y)
    notes = []
    if _swapped(x[good], y[good]):
        x, y = y, x
        notes.append(
            told(
                "axes_swapped",
                f"列 {names[0]} 是北向、{names[1]} 是东向（由数值判断），已对调",
                f"by their values column {names[0]} is north and {names[1]} is east; they were "
                "put the right way round",
            )
        )
    shapes = np.full(len(frame), None, dtype=object)
    shapes[good] = shapely.points(x[good], y[good])
    blank = np.ones(len(frame), dtype=bool)
    for name in names:
        blank &= frame[name].isna().to_numpy()
    return shapes, ~good & ~blank, notes


def placed(found: Found) -> Found | None:
    """Return a table with the shapes that its columns describe; None where none do so.

    A blank place is no shape; a place that cannot be read (text, half a pair, broken WKT) is no
    shape with a reason in the hidden columns. The CRS is that of EWKT and EWKB, else unknown: a
    table does not say it. Of X and Y, X is east unless the values can only be the other way round.
    """
    frame = found.frame
    columns = place_columns(frame)
    if not columns:
        return None
    faults = faults_of(frame)
    notes: list[Note] = []
    known = None
    if len(columns) == 1:
        shapes, known = written_shapes(frame[columns[0]])
        bad = frame[columns[0]].notna().to_numpy() & shapely.is_missing(shapes)
        reason = Text("WKT 或 WKB 无法解析", "the WKT or WKB cannot be read")
    else:
        shapes, bad, notes = _points(frame, columns)
        reason = Text("坐标不是数", "a coordinate is no number")
    for row in np.flatnonzero(bad).tolist():
        faults.setdefault(row, reason)
    # A row that is out of step has no place either: its coordinates may be another column's.
    shapes[list(faults)] = None
    out = gpd.GeoDataFrame(frame.copy(), geometry=shapes, crs=known[1] if known else None)
    return replace(
        found,
        frame=set_faults(out, faults),
        crs=known[0] if known else None,
        notes=(*found.notes, *notes),
    )
