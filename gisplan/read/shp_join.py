"""Puts the shapes and the attributes of a shapefile together, record by record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from gisplan.model import Note, Text
from gisplan.read.attributes import Attributes
from gisplan.read.found import set_faults
from gisplan.read.shp_shapes import ShpShapes

_NO_SHAPE = Text("属性表有此记录而图形文件没有", "the record is in the table but has no shape")


def join(shapes: ShpShapes, table: Attributes | None) -> tuple[pd.DataFrame, Any]:
    """Put shapes and attributes of one record into one row; nothing of either is dropped.

    Rows that the table marks as deleted are left out, as every GIS does. A row whose record is
    not in the table has None, NaN and NaT.

    Returns
    -------
    tuple of DataFrame and ndarray
        Attributes, with the reasons why records could not be read whole, and geometries.
    """
    if table is None:
        frame = pd.DataFrame(index=pd.RangeIndex(len(shapes.fids)))
        return set_faults(frame, shapes.faults), shapes.geometries
    if np.array_equal(shapes.fids, table.fids):  # nearly always
        return set_faults(table.frame, shapes.faults), shapes.geometries
    deleted = np.setdiff1d(np.arange(table.records), table.fids)
    ids = np.setdiff1d(np.union1d(shapes.fids, table.fids), deleted)
    shape_at, table_at = _places(ids, shapes.fids), _places(ids, table.fids)
    known = np.empty(len(shapes.geometries) + 1, dtype=object)
    known[:-1] = shapes.geometries
    geometries = known[shape_at]  # -1 is the last: None
    faults = dict.fromkeys(np.flatnonzero(shape_at < 0).tolist(), _NO_SHAPE)
    row_of = {int(at): row for row, at in enumerate(shape_at) if int(at) in shapes.faults}
    faults |= {row_of[at]: fault for at, fault in shapes.faults.items() if at in row_of}
    columns = {name: _taken(column, table_at) for name, column in table.frame.items()}
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(ids)))
    return set_faults(frame, faults), geometries


def _places(ids: Any, of: Any) -> Any:
    """Return where each id is among others that are in order; -1 where it is not."""
    if not len(of):
        return np.full(len(ids), -1)
    place = np.minimum(np.searchsorted(of, ids), len(of) - 1)
    return np.where(of[place] == ids, place, -1)


def _taken(column: pd.Series, places: Any) -> pd.Series:
    """Return the cells at some places; null for -1."""
    missing = places < 0
    taken = column.iloc[np.maximum(places, 0)] if len(column) else column.reindex(places)
    taken = taken.reset_index(drop=True)
    if missing.any() and column.dtype.kind not in "fM":  # whole numbers stay whole
        taken = taken.astype(object)
        taken[missing] = None
    elif missing.any():
        taken[missing] = None  # NaN, NaT
    return taken


def by_row(notes: Sequence[Note], table: Attributes | None) -> list[Note]:
    """Return notes that name the row of the layer where they named the record of the table."""
    if table is None or not len(table.fids) or table.fids[-1] == len(table.fids) - 1:
        return list(notes)
    return [
        note
        if note.record is None
        else replace(note, record=int(np.searchsorted(table.fids, note.record)))
        for note in notes
    ]
