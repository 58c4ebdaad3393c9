"""Reads GeoPackage, GeoJSON and File Geodatabase layers."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplan.errors import ReadError
from gisplan.model import Note
from gisplan.read.bulk import BULK_ERRORS, bulk_read, list_layers
from gisplan.read.columns import whole_numbers
from gisplan.read.crs import identify
from gisplan.read.encoding import detect
from gisplan.read.found import FAULT_EN, FAULT_ZH, Found, object_column, set_faults, unique_names
from gisplan.read.geometry import from_wkb
from gisplan.read.records import field_types, read_records, stack
from gisplan.read.workspace import Workspace

_OURS = frozenset({"geometry", FAULT_ZH, FAULT_EN})
_WAL = b"\x02\x02"  # bytes 18 and 19 of a database whose last changes stand in a second file


@dataclass(frozen=True, slots=True)
class Opened:
    """A source made safe to open: `target` is what the bulk reader gets."""

    driver: str
    path: Path
    target: Path | str
    files: tuple[Path, ...]
    notes: tuple[Note, ...] = ()
    says_crs: bool = True  # False: the format's default is all there is


def _unreadable(path: Path, zh: str, en: str) -> ReadError:
    return ReadError(f"{path.name}：{zh}", f"{path.name}: {en}")


def open_geopackage(path: Path, space: Workspace) -> Opened:
    """Check a GeoPackage; one with changes in a side file is copied, for SQLite would write."""
    with path.open("rb") as file:
        head = file.read(100)
    if not head.startswith(b"SQLite format 3\0"):
        raise _unreadable(
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
    return Opened("GPKG", path, target, (path, *sides))


def open_geodatabase(path: Path) -> Opened:
    """Check a File Geodatabase folder."""
    files = tuple(sorted(file for file in path.iterdir() if file.is_file()))
    if not any(file.suffix.lower() == ".gdbtable" for file in files):
        raise _unreadable(
            path,
            "文件夹里没有 .gdbtable，不是 File Geodatabase",
            "no .gdbtable inside; this is no File Geodatabase",
        )
    return Opened("OpenFileGDB", path, path, files)


def open_geojson(path: Path, raw: bytes, space: Workspace) -> Opened:
    """Make a GeoJSON text safe to open: UTF-8, and pinned to its driver by prefix."""
    notes: tuple[Note, ...] = ()
    target = path
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        lines = [line for line in raw.split(b'"')[:200_000] if not line.isascii()]
        found = detect(lines) or "UTF-8"
        try:
            text = raw.decode(found)
        except UnicodeDecodeError:
            raise _unreadable(
                path,
                "文字既非 UTF-8 也非 GB18030，请转为 UTF-8",
                "text is neither UTF-8 nor GB18030; save it as UTF-8",
            ) from None
        target = space.folder() / "layer.geojson"
        target.write_text(text, encoding="utf-8")
        detail = {"declared": "UTF-8", "found": found, "from": "default"}
        notes = (Note("encoding_recovered", detail=detail),)
    # The prefix keeps every other driver's hands off the file, whatever its content says.
    says_crs = re.search(rb'"crs"\s*:\s*\{', raw) is not None
    return Opened("GeoJSON", path, f"GeoJSON:{target.resolve()}", (path,), notes, says_crs)


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
        raise _unreadable(
            opened.path, f"无法打开（{error}）", f"cannot be opened ({error})"
        ) from None


def _whole(values: Any, kind: str) -> bool:
    """Return whether a column of integers arrived with all its digits."""
    if kind != "OFTInteger64" or values.dtype.kind != "f":
        return True
    return not (np.abs(values[~np.isnan(values)]) > 2**53).any()


def _degrees(geometries: Any) -> bool:
    """Return whether coordinates can be longitude and latitude at all."""
    bounds = shapely.total_bounds(geometries)
    if np.isnan(bounds).all():
        return True
    return bool((np.abs(bounds) <= (360.0, 90.5, 360.0, 90.5)).all())


def _by_record(opened: Opened, layer: str | None) -> tuple[Any, ...]:
    target = Path(str(opened.target).removeprefix("GeoJSON:"))
    try:
        columns, shapes, faults = stack(*read_records(target, opened.driver, layer))
    except OSError as error:
        raise _unreadable(
            opened.path, f"无法读取（{error}）", f"cannot be read ({error})"
        ) from None
    return columns, shapes, faults


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
    columns: dict[str, pd.Series]
    crs: Any = None
    try:
        meta, _fids, shapes, values = bulk_read(opened.target, **options)
        crs = meta["crs"]
        kinds = list(meta["ogr_types"])
        if not all(_whole(column, kind) for column, kind in zip(values, kinds, strict=True)):
            raise ValueError("digits were lost")
        names = unique_names([str(name) for name in meta["fields"]], _OURS)
        columns = {
            name: whole_numbers(column, kind)
            for name, column, kind in zip(names, values, kinds, strict=True)
        }
        rows = len(values[0]) if values else len(shapes)
        spatial = meta["geometry_type"] is not None
        geometries, faults = from_wkb(shapes) if spatial else (None, {})
    except BULK_ERRORS:
        crs = _crs_alone(opened, layer, crs)
        stored, geometries, faults = _by_record(opened, layer)
        names = unique_names(list(stored), _OURS)
        columns = dict(zip(names, map(object_column, stored.values()), strict=True))
        rows, spatial = len(geometries), crs is not None or any(g is not None for g in geometries)
    frame = pd.DataFrame(columns, index=pd.RangeIndex(rows))
    label = None
    if spatial:
        known = identify(crs) if crs else None
        if not opened.says_crs and not _degrees(geometries):
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
        notes=opened.notes,
        types=field_types(
            Path(str(opened.target).removeprefix("GeoJSON:")), opened.driver, layer, None
        ),
    )


def _crs_alone(opened: Opened, layer: str | None, crs: Any) -> Any:
    """Return the CRS of a layer whose records the bulk reader refused."""
    if crs is not None:
        return crs
    options: dict[str, Any] = {} if layer is None else {"layer": layer}
    try:
        return bulk_read(opened.target, max_features=0, columns=[], **options)[0]["crs"]
    except BULK_ERRORS:
        return None


def load_json(path: Path, raw: bytes) -> Any:
    """Parse a JSON text; ReadError names line and column of what is wrong."""
    encoding = "utf-8-sig"
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        encoding = "gb18030"
    try:
        return json.loads(raw.decode(encoding))
    except json.JSONDecodeError as error:
        raise _unreadable(
            path,
            f"JSON 第 {error.lineno} 行第 {error.colno} 列有误（{error.msg}）",
            f"JSON is broken in line {error.lineno}, column {error.colno} ({error.msg})",
        ) from None
    except (UnicodeDecodeError, RecursionError):
        raise _unreadable(path, "不是有效的 JSON", "this is no valid JSON") from None
