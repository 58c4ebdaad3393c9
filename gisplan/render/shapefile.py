"""Writes shapefiles with Chinese fields that we, QGIS and ArcGIS read back.

A shapefile cannot hold long names, long texts or mixed shapes. What does not fit is cut where a
character ends, renamed so that no two are alike, or put into a file of its own; every such change
is returned and written into `<name>.fields.csv` beside the file, with the whole text.
"""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplan.errors import OutputError
from gisplan.render.dbf import MAX_BYTES, write_dbf
from gisplan.render.dbf_columns import Change, Column, fit_column, short_names
from gisplan.render.rows import neutral

Kind = Literal["point", "line", "area"]
ENCODINGS = ("GB18030", "UTF-8")  # those that hold every character there is
# shapely's numbers of geometry types
_KINDS: dict[int, Kind] = {
    0: "point",
    1: "line",
    2: "line",
    3: "area",
    4: "point",
    5: "line",
    6: "area",
}
_MULTIPART: dict[Kind, int] = {"point": 4, "line": 5, "area": 6}
_TYPES: dict[Kind, tuple[str, str]] = {
    "point": ("Point", "MultiPoint"),
    "line": ("LineString", "MultiLineString"),
    "area": ("Polygon", "MultiPolygon"),
}
_MULTI = {
    "point": shapely.multipoints,
    "line": shapely.multilinestrings,
    "area": shapely.multipolygons,
}
_ORDER: tuple[Kind, ...] = ("area", "line", "point")
# Indexes that other software leaves beside a shapefile; they would be of the former one.
INDEXES = (".qix", ".sbn", ".sbx", ".idm", ".ind", ".atx", ".shp.xml")


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: files (.shp), field names by full name, and each value that changed.

    `names` has a pair for each column, in order: two columns may share a name.
    """

    files: tuple[Path, ...]
    names: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]

    @property
    def renamed(self) -> dict[str, str]:
        """The columns whose name is another in the file."""
        return {full: short for full, short in self.names if full != short}

    @property
    def cuts(self) -> tuple[Change, ...]:
        """The texts that were too long."""
        return tuple(change for change in self.changes if change.why == "cut")


def by_kind(frame: gpd.GeoDataFrame) -> dict[Kind, gpd.GeoDataFrame]:
    """Return the rows with areas, lines and points apart, in this order; empty kinds are not there.

    A collection is parted: its row is in the file of each kind that it holds. Rows without a shape
    go with the first kind that there is.
    """
    shapes = np.asarray(frame.geometry.array, dtype=object)
    parts, rows = _single_parts(shapes)
    kinds, whole = _kinds(parts), _kinds(shapes)
    present = [kind for kind in _ORDER if (kinds == kind).any()] or [_ORDER[0]]
    placed = np.isin(np.arange(len(frame)), rows)
    out: dict[Kind, gpd.GeoDataFrame] = {}
    for kind in present:
        own = shapes.copy()
        own[whole != kind] = None
        parted = (kinds == kind) & (whole[rows] == "")
        held: dict[int, list[Any]] = {}
        for row, part in zip(rows[parted].tolist(), parts[parted], strict=True):
            held.setdefault(row, []).append(part)
        for row, some in held.items():
            own[row] = some[0] if len(some) == 1 else _MULTI[kind](some)
        keep = ~shapely.is_missing(own)
        if kind == present[0]:
            keep |= ~placed
        out[kind] = frame[keep].set_geometry(own[keep], crs=frame.crs)
    return out


def _single_parts(shapes: Any) -> tuple[Any, Any]:
    """Return the points, lines and areas that shapes consist of, and the row of each."""
    parts, rows = shapely.get_parts(shapes, return_index=True)
    while (shapely.get_type_id(parts) > 3).any():  # collections within collections
        parts, inner = shapely.get_parts(parts, return_index=True)
        rows = rows[inner]
    sound = ~shapely.is_empty(parts)
    return parts[sound], rows[sound]


def _kinds(shapes: Any) -> Any:
    """Return the kind of each shape; "" for a collection and for none."""
    return np.array([_KINDS.get(t, "") for t in shapely.get_type_id(shapes).tolist()], dtype=object)


def write_shapefile(
    frame: gpd.GeoDataFrame, path: Path, encoding: str = "GB18030", kind: Kind | None = None
) -> Written:
    """Write a layer as a shapefile, or as several where its shapes are of several kinds.

    Parameters
    ----------
    frame : GeoDataFrame
        Any columns, any shapes. Without a CRS there is no .prj. Empty shapes are written as null
        shapes, heights where all shapes have them.
    path : Path
        The .shp; `x.shp` becomes `x_area.shp`, `x_line.shp` and `x_point.shp` where shapes are
        mixed. Files of these names are replaced.
    encoding : str
        "GB18030", which ArcGIS in Chinese, QGIS and we read, or "UTF-8". Anything called GBK is
        GB18030: it has the same bytes, and the rare hanzi that GBK lacks.
    kind : str, optional
        "point", "line" or "area": write one file, with the name as it is, of what `by_kind` has
        of this kind. So written, a layer without rows has a type too.

    Returns
    -------
    Written
        The files, and everything that is not in them as it was.

    Raises
    ------
    OutputError
        A place that cannot be written, or more than a shapefile can hold.
    ValueError
        An encoding that does not hold every character.
    """
    encoding = {"GBK": "GB18030", "CP936": "GB18030", "UTF8": "UTF-8"}.get(
        encoding.upper(), encoding.upper()
    )
    if encoding not in ENCODINGS:
        raise ValueError(f"encoding {encoding}: write {' or '.join(ENCODINGS)}")
    parts = by_kind(frame)
    if kind is not None:
        parts = {kind: parts.get(kind, frame.iloc[:0])}
    names = [str(name) for name in frame.columns if name != frame.geometry.name]
    short = short_names(names, encoding)
    files, changes = [], []
    for one, rows in parts.items():
        target = path if len(parts) == 1 else path.with_name(f"{path.stem}_{one}.shp")
        changes += _write_one(rows, target, encoding, one, names, short)
        files.append(target)
    return Written(tuple(files), tuple(zip(names, short, strict=True)), tuple(changes))


def _write_one(
    frame: gpd.GeoDataFrame,
    path: Path,
    encoding: str,
    kind: Kind,
    names: Sequence[str],
    short: Sequence[str],
) -> list[Change]:
    values = frame.drop(columns=frame.geometry.name)
    columns = [
        fit_column(values.iloc[:, at], name, new, encoding)
        for at, (name, new) in enumerate(zip(names, short, strict=True))
    ]
    if not columns:  # a table without a field is none
        number = pd.Series(range(len(frame)), dtype="int64")
        columns = [fit_column(number, "id", "id", encoding)]
    shapes, flattened = _shapes(frame, kind)
    changes = [change for column in columns for change in column.changes]
    changes += [Change("geometry", row, "height", "", "Z") for row in flattened]
    for end in INDEXES:
        path.with_suffix(end).unlink(missing_ok=True)
    _write_shapes(shapes, path, kind, frame.crs)
    write_dbf(path.with_suffix(".dbf"), columns, len(frame), encoding)
    listed = _fields_csv(columns, changes)
    path.with_suffix(".fields.csv").write_bytes(listed.encode("utf-8-sig"))
    return changes


def _shapes(frame: gpd.GeoDataFrame, kind: Kind) -> tuple[Any, list[int]]:
    """Return shapes of one type, and the rows that lost their heights for it."""
    shapes = np.asarray(frame.geometry.array, dtype=object).copy()
    shapes[shapely.is_empty(shapes)] = None
    high = shapely.has_z(shapes)
    flattened: list[int] = []
    if high.any() and not high[~shapely.is_missing(shapes)].all():
        flattened = np.flatnonzero(high).tolist()
        shapes = shapely.force_2d(shapes)
    return shapes, flattened


def _write_shapes(shapes: Any, path: Path, kind: Kind, crs: Any) -> None:
    import pyogrio

    single, multi = _TYPES[kind]
    several = (shapely.get_type_id(shapes) == _MULTIPART[kind]).any()
    name = multi if several else single
    if shapely.has_z(shapes).any():
        name += " Z"
    if several and kind == "point":  # a file holds points or multipoints, never both
        shapes = np.array([_multipoint(shape) for shape in shapes], dtype=object)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that there is no CRS: so it is
            pyogrio.raw.write(
                path,
                geometry=shapely.to_wkb(shapes, flavor="iso"),
                field_data=[],
                fields=[],
                geometry_type=name,
                crs=None if crs is None else crs.to_wkt(),
                driver="ESRI Shapefile",
                encoding="UTF-8",
            )
    except RuntimeError as error:
        raise OutputError(
            f"{path.name}：无法写入（{error}）", f"{path.name}: cannot write ({error})"
        ) from error
    if path.stat().st_size > MAX_BYTES:
        raise OutputError(
            f"{path.name}：超过 2 GiB，Shapefile 放不下，请用 findings.gpkg",
            f"{path.name}: more than the 2 GiB that a shapefile can hold; use findings.gpkg",
        )


def _multipoint(shape: Any) -> Any:
    return (
        shape if shape is None or shape.geom_type == "MultiPoint" else shapely.multipoints([shape])
    )


_WHY = {
    "cut": "超长截断 cut",
    "no number": "不是有限数 no finite number",
    "characters": "字符无法写入 characters",
    "height": "只有部分图形有高程 only some shapes have heights",
}


def _fields_csv(columns: Sequence[Column], changes: Sequence[Change]) -> str:
    """Return full and short names, and below them each value that changed, whole."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["全称 field", "短名 short name", "类型 type", "宽度 width", "小数 decimals"])
    for column in columns:
        told = [column.name, column.short, column.type, column.width, column.decimals]
        writer.writerow([neutral(cell) for cell in told])
    if changes:
        writer.writerow([])
        writer.writerow(["全称 field", "记录 record", "改动 change", "文件中 kept", "原值 was"])
        for change in changes:
            row = (change.column, change.row + 1, _WHY[change.why], change.kept, change.was)
            writer.writerow([neutral(cell) for cell in row])
    return out.getvalue()
