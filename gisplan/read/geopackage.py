"""Opens GeoPackages, and tells what GDAL would keep to itself."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gisplan.model import Note, Text
from gisplan.read.curves import draw_curves
from gisplan.read.dimensions import measure_notes
from gisplan.read.found import Found, object_column
from gisplan.read.geopackage_tables import (
    check_tables,
    column_names,
    counts,
    geometry_column,
    hidden_shapes,
    is_view,
    listed,
    look_at_blobs,
    other_values,
    questions,
    stored_among,
    user_tables,
)
from gisplan.read.record_counts import count_notes
from gisplan.read.request import Request, no_such_layer, once, told, unreadable
from gisplan.read.vector import Opened, in_degrees, layers_of, read_layer

_NUMBERS = {"OFTInteger", "OFTInteger64", "OFTReal"}
_DATES = {"OFTDate", "OFTDateTime"}
_UNREADABLE = Text("存储的图形无法解析", "the stored shape cannot be read")
_WAL = b"\x02\x02"  # bytes 18 and 19 of a database whose last changes stand in a second file


def _open(request: Request) -> Opened:
    """Check a GeoPackage; one with changes in a side file is copied, for SQLite would write."""
    path, space = request.path, request.space
    with path.open("rb") as file:
        head = file.read(100)
    if not head.startswith(b"SQLite format 3\0"):
        raise unreadable(
            path,
            "内容不是 GeoPackage（SQLite 文件头不符）",
            "this is no GeoPackage (no SQLite header)",
        )
    sides = [path.with_name(path.name + end) for end in ("-wal", "-journal")]
    sides = [side for side in sides if side.is_file()]
    target = path
    if sides or head[18:20] == _WAL:
        folder = space.folder()
        target = folder / "layer.gpkg"
        shutil.copyfile(path, target)
        for side in sides:
            shutil.copyfile(side, folder / side.name.replace(path.name, target.name))
    check_tables(request, target)
    return Opened("GPKG", path, target, (path, *sides))


def _opened(request: Request) -> Opened:
    return once(request, "gpkg", lambda: _open(request))


def _layers(request: Request) -> list[str]:
    """Return the layers that GDAL reads; ReadError with the reason where there are none."""
    opened = _opened(request)
    with questions(request, Path(opened.target)) as database:
        kinds = listed(database)
        tables = [name for name in user_tables(database) if kinds.get(name) != "tiles"]
        lost = [
            name
            for name, kind in kinds.items()
            if kind == "features" and geometry_column(database, name) is None
        ]
    if not tables:
        tiles = sum(kind not in {"features", "attributes", "aspatial"} for kind in kinds.values())
        raise unreadable(
            request.path,
            f"没有矢量图层（{tiles} 个瓦片或栅格集不读取）" if tiles else "里面没有图层",
            f"no vector layers ({tiles} sets of tiles or cells are not read)"
            if tiles
            else "it holds no layers",
        )
    if lost and set(lost) >= set(tables):
        raise unreadable(
            request.path,
            f"图层 {'、'.join(lost)} 没有登记图形列（gpkg_geometry_columns）",
            f"layers {', '.join(lost)} have no column of shapes (gpkg_geometry_columns)",
        )
    return layers_of(opened)


def geopackage_layers(request: Request) -> list[str | None]:
    """Return the layers and tables of a GeoPackage."""
    return list(once(request, "gpkg layers", lambda: _layers(request)))


def _recounted(request: Request, opened: Opened, table: str) -> Opened:
    """Return a copy in which GDAL counts the rows of a table itself.

    It reads as many as it remembers, and not one more.
    """
    target = request.space.folder() / "layer.gpkg"
    shutil.copyfile(opened.target, target)
    with closing(sqlite3.connect(target)) as link, link:
        link.execute("DELETE FROM gpkg_ogr_contents WHERE lower(table_name) = lower(?)", (table,))
    return replace(opened, target=target)


def _missing_tables(request: Request, known: list[str | None]) -> list[Note]:
    """Return the note on tables that are in the database and that GDAL does not show."""
    with questions(request, Path(_opened(request).target)) as database:
        kinds = listed(database)
        shown = {str(name).lower() for name in known}
        unseen = [name for name in user_tables(database) if name.lower() not in shown]
    if not unseen:
        return []
    tiles = [name for name in unseen if kinds.get(name) not in {None, "features", "attributes"}]
    others = [name for name in unseen if name not in tiles]
    names = "、".join([*others, *tiles][:8]), ", ".join([*others, *tiles][:8])
    return [
        told(
            "left_out",
            f"{len(unseen)} 个表不是可读的图层（瓦片，或未登记），未读取：{names[0]}",
            f"{len(unseen)} tables are no layers that can be read (tiles, or not registered) and "
            f"were left out: {names[1]}",
            count=len(unseen),
        )
    ]


def read_geopackage(request: Request) -> Found:
    """Read one layer or table of a GeoPackage as it is.

    Stored shapes that cannot be read have a reason, curves are drawn within a millimetre, and no
    row is missed because the database misremembers their number.

    Raises
    ------
    ReadError
        No GeoPackage, broken, no such layer, or a view that takes too long.
    """
    opened = _opened(request)
    known = geopackage_layers(request)
    layer = request.layer if request.layer is not None else next(iter(known), None)
    if layer is None or layer not in known:
        raise no_such_layer(request.path, layer, [name for name in known if name is not None])
    with questions(request, Path(opened.target)) as database:
        rows, believed = counts(database, layer)
        view = is_view(database, layer)
        column = geometry_column(database, layer)
        blobs = look_at_blobs(database, layer, column) if column is not None else None
    if believed is not None and believed != rows:
        opened = _recounted(request, opened, layer)

    def mend(fids: Any, geometries: Any, faults: dict[int, Text]) -> list[Note]:
        if blobs is None or column is None or view:
            return []
        notes = measure_notes(blobs.measured)
        if blobs.curved:
            notes += draw_curves(opened.target, layer, fids, geometries, in_degrees)
        lost = [row for row in np.flatnonzero(geometries == None).tolist() if row not in faults]  # noqa: E711
        if lost and len(geometries) - len(lost) - len(faults) < blobs.stored:
            with questions(request, Path(opened.target)) as database:
                held = stored_among(database, layer, column, [int(fids[row]) for row in lost])
            faults.update({row: _UNREADABLE for row in lost if int(fids[row]) in held})
        return notes

    def restore(fids: Any, columns: dict[str, pd.Series], kinds: dict[str, str]) -> None:
        if not view:
            _put_back(request, opened, layer, fids, columns, kinds)

    # rows of a view have no ids to be read by
    choose = None if view else request.choose
    found = read_layer(replace(opened, mend=mend, restore=restore, choose=choose), layer)
    notes = [*found.notes, *_missing_tables(request, known)]
    notes += count_notes({".gpkg": rows, "read": found.total})
    if "geometry" not in found.frame.columns:
        notes += _hidden(request, opened, layer)
    return replace(found, notes=tuple(notes))


def _hidden(request: Request, opened: Opened, table: str) -> list[Note]:
    """Return the notes on shapes in a table that is not registered as a layer."""
    with questions(request, Path(opened.target)) as database:
        names = hidden_shapes(database, table)
    return [
        told(
            "left_out",
            f"表 {table} 未登记为图层，列 {name} 中的图形未读取",
            f"table {table} is not registered as a layer; the shapes in its column {name} were "
            "not read",
        )
        for name in names
    ]


def _put_back(
    request: Request,
    opened: Opened,
    table: str,
    fids: Any,
    columns: dict[str, pd.Series],
    kinds: dict[str, str],
) -> None:
    """Put the text of cells back that are declared as numbers or dates and are none."""
    numbers = [name for name, kind in kinds.items() if kind in _NUMBERS]
    dates = [name for name, kind in kinds.items() if kind in _DATES]
    with questions(request, Path(opened.target)) as database:
        there = set(column_names(database, table))
        cells = list(
            other_values(
                database,
                table,
                [name for name in numbers if name in there],
                [name for name in dates if name in there],
            )
        )
    rows = {int(fid): row for row, fid in enumerate(fids)} if cells else {}
    changed: dict[str, Any] = {}
    for fid, name, value in cells:
        if fid in rows:
            if name not in changed:
                kept = columns[name].astype(object)
                changed[name] = kept.where(kept.notna(), None).to_numpy(copy=True)
            changed[name][rows[fid]] = value
    for name, values in changed.items():
        columns[name] = object_column(values)
