"""Reads a layer through GDAL, from a source that was made safe to open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplan.model import Note, Text
from gisplan.read.bulk import BULK_ERRORS, bounds_of, bulk_read, layer_info, list_layers
from gisplan.read.columns import whole_numbers
from gisplan.read.crs import identify
from gisplan.read.found import FAULT_EN, FAULT_ZH, Found, object_column, set_faults, unique_names
from gisplan.read.geometry import from_wkb
from gisplan.read.records import field_types, read_records, stack
from gisplan.read.request import Choose, unreadable

_WHOLE = 20_000  # records; a layer with fewer is read as a whole
_OURS = frozenset({"geometry", FAULT_ZH, FAULT_EN})


@dataclass(frozen=True, slots=True)
class Opened:
    """A source made safe to open: `target` is what the bulk reader gets."""

    driver: str
    path: Path
    target: Path | str
    files: tuple[Path, ...]
    notes: tuple[Note, ...] = ()
    says_crs: bool = True  # False: the format's default is all there is
    encoding: str | None = None  # of its texts, where GDAL does not know it itself
    # Gets record ids, shapes and faults as read, mends them in place, and returns what to say.
    mend: Callable[[Any, Any, dict[int, Text]], list[Note]] | None = None
    # Gets record ids, columns and their OGR types; puts back in place what GDAL made nothing of.
    restore: Callable[[Any, dict[str, pd.Series], dict[str, str]], None] | None = None
    choose: Choose | None = None  # may be asked which records are wanted


def layers_of(opened: Opened) -> list[str]:
    """Return the names of the layers and tables in a source.

    Raises
    ------
    ReadError
        The source cannot be opened.
    """
    try:
        return [name for name, _kind in list_layers(opened.target)]
    except BULK_ERRORS as error:
        raise unreadable(
            opened.path, f"无法打开（{error}）", f"cannot be opened ({error})"
        ) from None


def _whole(values: Any, kind: str) -> bool:
    """Return whether a column of integers arrived with all its digits."""
    if kind != "OFTInteger64" or values.dtype.kind != "f":
        return True
    return not (np.abs(values[~np.isnan(values)]) > 2**53).any()


def in_degrees(geometries: Any) -> bool:
    """Return whether coordinates can be longitude and latitude at all."""
    if not len(geometries):
        return True
    bounds = shapely.total_bounds(geometries)
    if np.isnan(bounds).all():
        return True
    return bool((np.abs(bounds) <= (360.0, 90.5, 360.0, 90.5)).all())


def _by_record(opened: Opened, layer: str | None, why: Exception) -> tuple[Any, ...]:
    """Read record by record what the bulk reader gave up on; `why` is what it gave up with."""
    target = Path(str(opened.target).removeprefix("GeoJSON:"))
    try:
        records = read_records(target, opened.driver, layer, opened.encoding)
    except OSError:
        records = {}, {}, {}
    if not records[0]:  # nothing, where the bulk reader found something to give up on
        raise unreadable(
            opened.path,
            f"已损坏或不完整，无法读取（{why}）",
            f"broken or cut short, and cannot be read ({why})",
        )
    return (sorted(records[0]), *stack(*records))


def read_layer(opened: Opened, layer: str | None = None) -> Found:
    """Read one layer of a source as it is.

    Raises
    ------
    ReadError
        Not one record of it can be read.
    """
    options: dict[str, Any] = {} if layer is None else {"layer": layer}
    if opened.driver == "GeoJSON":
        options["DATE_AS_STRING"] = "YES"  # "2024-01-02" is what the file says, a text
    if opened.encoding is not None:
        options["encoding"] = opened.encoding
    columns: dict[str, pd.Series]
    crs: Any = None
    chosen = None
    try:
        if opened.choose is not None:
            chosen = _chosen(opened, options)
        if chosen is not None:
            options["fids"] = chosen.fids
        meta, fids, shapes, values = bulk_read(opened.target, **options)
        crs = meta["crs"]
        kinds = list(meta["ogr_types"])
        if not all(_whole(column, kind) for column, kind in zip(values, kinds, strict=True)):
            raise ValueError("digits were lost")
        names = unique_names([str(name) for name in meta["fields"]], _OURS)
        columns = {
            name: whole_numbers(column, kind)
            for name, column, kind in zip(names, values, kinds, strict=True)
        }
        if opened.restore is not None:
            opened.restore(fids, columns, dict(zip(names, kinds, strict=True)))
        rows = len(values[0]) if values else len(shapes)
        spatial = meta["geometry_type"] is not None
        geometries, faults = from_wkb(shapes) if spatial else (None, {})
    # IndexError: a header that is cut short leaves the bulk reader without fields.
    except (*BULK_ERRORS, IndexError) as error:
        chosen = None
        crs = _crs_alone(opened, layer, crs)
        fids, stored, geometries, faults = _by_record(opened, layer, error)
        names = unique_names(list(stored), _OURS)
        columns = dict(zip(names, map(object_column, stored.values()), strict=True))
        rows, spatial = len(geometries), crs is not None or any(g is not None for g in geometries)
    notes = opened.notes
    if spatial and opened.mend is not None:
        notes = (*notes, *opened.mend(fids, geometries, faults))
    frame = pd.DataFrame(columns, index=pd.RangeIndex(rows))
    label = None
    if spatial:
        known = identify(crs) if crs else None
        if not opened.says_crs and not in_degrees(geometries):
            known = None  # longitude and latitude by default, but these are metres
        label = known[0] if known else None
        frame = gpd.GeoDataFrame(frame, geometry=geometries, crs=known[1] if known else None)
    return Found(
        driver=opened.driver,
        frame=set_faults(frame, faults),
        files=opened.files,
        encoding="UTF-8",
        encoding_from="format",
        crs=label,
        crs_is_default=not opened.says_crs,
        notes=notes,
        types=field_types(
            Path(str(opened.target).removeprefix("GeoJSON:")), opened.driver, layer, opened.encoding
        ),
        rows=None if chosen is None else chosen.rows,
        total=rows if chosen is None else chosen.total,
    )


class _Chosen(NamedTuple):
    """The records that are wanted: their ids, their places in the file, and how many there are."""

    fids: Any
    rows: Any
    total: int


def _chosen(opened: Opened, options: dict[str, Any]) -> _Chosen | None:
    """Ask which records are wanted, by their columns and bounds; None where most of them are.

    Their shapes are not read for that, so that a large layer need not fit into memory.
    """
    about = layer_info(opened.target, **options)
    if opened.choose is None or about["features"] < _WHOLE or about["geometry_type"] is None:
        return None
    try:
        meta, fids, _shapes, values = bulk_read(opened.target, read_geometry=False, **options)
        same, bounds = bounds_of(opened.target, options.get("layer"))
    except BULK_ERRORS:  # whoever reads all of it says what is broken
        return None
    if not np.array_equal(fids, same):
        return None
    names = unique_names([str(name) for name in meta["fields"]], _OURS)
    kinds = list(meta["ogr_types"])
    columns = {
        name: whole_numbers(column, kind)
        for name, column, kind in zip(names, values, kinds, strict=True)
    }
    if opened.restore is not None:
        opened.restore(fids, columns, dict(zip(names, kinds, strict=True)))
    known = identify(meta["crs"]) if meta["crs"] else None
    wanted = opened.choose(pd.DataFrame(columns), known[0] if known else None, bounds)
    if wanted is None or 2 * wanted.sum() > len(wanted):
        return None
    return _Chosen(fids[wanted], np.flatnonzero(wanted), len(fids))


def _crs_alone(opened: Opened, layer: str | None, crs: Any) -> Any:
    """Return the CRS of a layer whose records the bulk reader refused."""
    if crs is not None:
        return crs
    options: dict[str, Any] = {} if layer is None else {"layer": layer}
    try:
        return layer_info(opened.target, **options)["crs"]
    except (*BULK_ERRORS, IndexError):
        return None
