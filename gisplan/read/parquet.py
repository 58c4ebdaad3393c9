"""Reads GeoParquet, and Parquet tables."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplan.errors import ReadError
from gisplan.read.crs import identify
from gisplan.read.found import FAULT_EN, FAULT_ZH, Found, object_column, set_faults, unique_names
from gisplan.read.geometry import from_wkb
from gisplan.read.request import Request, unreadable
from gisplan.read.tables import check_size
from gisplan.read.vector import in_degrees

_MAGIC = b"PAR1"
_OURS = frozenset({"geometry", FAULT_ZH, FAULT_EN})
_INDEX = re.compile(r"__index_level_\d+__")  # what pandas writes its row labels as
_GUESSED = ("geometry", "geom", "wkb_geometry")  # of a file that does not say
_DEFAULT_CRS = "EPSG:4326"  # longitude and latitude, where the file does not say


def _library(path: Path) -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise unreadable(
            path,
            '读取 Parquet 需要 pyarrow，请运行 pip install "gisplan[parquet]"',
            'Parquet needs pyarrow; run pip install "gisplan[parquet]"',
        ) from None
    return pyarrow, pyarrow.parquet


def _check(path: Path) -> None:
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(max(0, size - 4))
        tail = file.read(4)
    if head != _MAGIC:
        raise unreadable(
            path, "内容不是 Parquet（文件头不符）", "this is no Parquet (its first bytes differ)"
        )
    if size < 12 or tail != _MAGIC:
        raise unreadable(path, "在末尾被截断，请重新复制", "cut short at its end; copy it again")


def _geo(path: Path, metadata: Any) -> dict[str, Any]:
    """Return what the file says of its shapes; an empty mapping where it says nothing."""
    raw = (metadata or {}).get(b"geo")
    if raw is None:
        return {}
    try:
        said = json.loads(raw)
        column = said["primary_column"]
        return {"column": str(column), **said["columns"][column]}
    except (ValueError, KeyError, TypeError):
        raise unreadable(
            path, "geo 元数据有误，无法确定图形列", "its geo metadata are broken"
        ) from None


def _crs(geo: dict[str, Any]) -> Any:
    """Return the definition of the CRS; None where the file says that it is not known."""
    if not geo:
        return None
    crs = geo.get("crs", _DEFAULT_CRS)
    if isinstance(crs, dict) and crs.get("id") == {"authority": "OGC", "code": "CRS84"}:
        return _DEFAULT_CRS  # the same but for the order of axes; here x is always east
    return crs if crs is None or isinstance(crs, str) else json.dumps(crs, sort_keys=True)


def _plain(value: Any) -> Any:
    """Return a cell; what is nested becomes JSON text, bytes become hexadecimal."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return None if value == "" else value


def _column(arrow: Any, column: Any) -> pd.Series:
    if column.null_count == 0 and (
        arrow.types.is_integer(column.type) or arrow.types.is_floating(column.type)
    ):
        return pd.Series(column.to_numpy())
    return object_column([_plain(value) for value in column.to_pylist()])


def _shapes(path: Path, table: Any, geo: dict[str, Any]) -> tuple[Any, dict[int, Any]]:
    column = table.column(geo["column"])
    if str(geo.get("encoding", "WKB")).upper() != "WKB":
        shapes = gpd.read_parquet(path, columns=[geo["column"]]).geometry.to_numpy()
        return np.array(shapes, dtype=object), {}
    stored = np.empty(len(column), dtype=object)
    stored[:] = column.to_pylist()
    return from_wkb(stored)


def _is_binary(arrow: Any, kind: Any) -> bool:
    return bool(arrow.types.is_binary(kind) or arrow.types.is_large_binary(kind))


def read_parquet(request: Request) -> Found:
    """Read a Parquet file: the primary column of shapes of a GeoParquet, or a table.

    Raises
    ------
    ReadError
        No Parquet, broken or cut short, more than the limit of a table when unpacked, or pyarrow
        is not installed.
    """
    path = request.path
    _check(path)
    arrow, parquet = _library(path)
    try:
        with parquet.ParquetFile(path) as file:
            groups = range(file.metadata.num_row_groups)
            size = sum(file.metadata.row_group(group).total_byte_size for group in groups)
            check_size(path, request.space.limits, size)
            geo = _geo(path, file.schema_arrow.metadata)
            table = file.read()
        names = list(table.column_names)
        guessed = next((name for name in _GUESSED if name in names), None)
        if not geo and guessed and _is_binary(arrow, table.schema.field(guessed).type):
            geo = {"column": guessed, "crs": None}
        covering = geo.get("covering", {}).get("bbox", {}).get("xmin", [None])[0]
        kept = [
            name
            for name in names
            if name not in {geo.get("column"), covering} and not _INDEX.fullmatch(name)
        ]
        columns = {
            unique: _column(arrow, table.column(name))
            for unique, name in zip(unique_names(kept, _OURS), kept, strict=True)
        }
        frame = pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows))
        shapes, faults = _shapes(path, table, geo) if geo else (None, {})
    except ReadError:
        raise
    # A damaged file makes the reader raise whatever its parts run into.
    except (arrow.ArrowException, OSError, ValueError, KeyError, TypeError, IndexError) as error:
        why = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise unreadable(
            path, f"已损坏，无法读取（{why}）", f"broken; cannot be read ({why})"
        ) from None
    label = None
    default = bool(geo) and "crs" not in geo
    if geo:
        definition = _crs(geo)
        known = identify(definition) if definition else None
        if default and not in_degrees(shapes):
            known = None
        label = known[0] if known else None
        frame = gpd.GeoDataFrame(frame, geometry=shapes, crs=known[1] if known else None)
    types = {str(field.name): str(field.type) for field in table.schema if field.name in kept}
    return Found(
        driver="Parquet",
        frame=set_faults(frame, faults),
        files=(path,),
        encoding="UTF-8",
        encoding_from="format",
        crs=label,
        crs_is_default=default,
        types=types,
    )
