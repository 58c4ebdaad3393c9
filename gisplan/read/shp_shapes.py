"""Reads the shapes of a .shp, and says which records hold none that anybody could draw."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from gisplan.model import Text
from gisplan.read.bulk import BULK_ERRORS, bulk_read
from gisplan.read.geometry import from_wkb
from gisplan.read.runs import sound_runs
from gisplan.read.shp_index import ShpIndex

_LOST = Text("图形记录损坏，无法读取", "the record of the shape is broken and cannot be read")
_AREAS = (5, 15, 25)
_LINES = (3, 13, 23)
_MULTI_POINTS = (8, 18, 28)
_MULTI_POLYGON = 6


@dataclass(slots=True)
class ShpShapes:
    """Shapes by record number (from 0), and by position why some are none."""

    geometries: Any
    fids: Any
    faults: dict[int, Text]


def read_shapes(path: Path, index: ShpIndex) -> ShpShapes:
    """Read all shapes of a .shp that has a sound index beside it and no .dbf.

    A record that is broken is None with a reason, a null shape is None without.
    """
    count = len(index.offsets)

    def read(begin: int, many: int) -> Any:
        return bulk_read(path, columns=[], skip_features=begin, max_features=many)[1:3]

    stored = np.full(count, None, dtype=object)
    try:
        fids, shapes = bulk_read(path, columns=[])[1:3] if count else ([], [])
        stored[np.asarray(fids, dtype=np.int64)] = shapes
    except BULK_ERRORS:
        for _begin, (fids, shapes) in sound_runs(read, count)[0]:
            stored[fids] = shapes
    geometries, faults = from_wkb(stored)
    missing = np.flatnonzero(pd.isna(stored))
    faults.update(
        dict.fromkeys(missing[_hold_points(path, index.offsets[missing])].tolist(), _LOST)
    )
    _restore_holes(geometries)
    return ShpShapes(geometries, np.arange(count), faults)


def _hold_points(path: Path, offsets: Any) -> Any:
    """Return which records say that they hold a shape, and not one of no points."""
    if not len(offsets):
        return np.zeros(0, dtype=bool)
    content = np.memmap(path, dtype=np.uint8, mode="r")

    def number(at: Any) -> Any:
        bytes_of = content[np.minimum(at[:, None] + np.arange(4), len(content) - 1)]
        return bytes_of.astype(np.int64) @ (1, 1 << 8, 1 << 16, 1 << 24)

    kinds = number(offsets + 8)
    points = number(offsets + 8 + np.where(np.isin(kinds, _MULTI_POINTS), 36, 40))
    counted = np.isin(kinds, (*_AREAS, *_LINES, *_MULTI_POINTS))
    return (kinds != 0) & ~(counted & (points == 0))


def _restore_holes(geometries: Any) -> None:
    """Put rings that are holes by their direction back into the shape that they are no hole of.

    GDAL makes a polygon of a hole that lies outside or across its shell, and nobody would hear of
    it. In a .shp shells run clockwise; a shape of which all rings run the other way is left alone.
    """
    several = np.flatnonzero(shapely.get_type_id(geometries) == _MULTI_POLYGON)
    if not len(several):
        return
    parts, owner = shapely.get_parts(geometries[several], return_index=True)
    is_hole = shapely.is_ccw(shapely.get_exterior_ring(parts))
    shells = np.bincount(owner[~is_hole], minlength=len(several))
    holes = np.bincount(owner[is_hole], minlength=len(several))
    begin = np.searchsorted(owner, np.arange(len(several) + 1))
    for at in np.flatnonzero((shells > 0) & (holes > 0)).tolist():
        mine = slice(begin[at], begin[at + 1])
        outer, inner = parts[mine][~is_hole[mine]], parts[mine][is_hole[mine]]
        largest = int(np.argmax(shapely.area(outer)))
        rings = [*outer[largest].interiors, *(part.exterior for part in inner)]
        outer[largest] = shapely.Polygon(outer[largest].exterior, rings)
        whole = outer[0] if len(outer) == 1 else shapely.multipolygons(outer)
        geometries[several[at]] = whole
