"""Decides what a file is and who reads it. What is not on the list is not opened.

GDAL has a hundred drivers, some of which follow a file to other files or to the network. So a
file is opened only by its own driver, and only after its first bytes agree with its name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from gisplan.errors import ReadError
from gisplan.model import Text
from gisplan.read.found import Found, NoDataError
from gisplan.read.paths import check_regular
from gisplan.read.shapefile import read_shapefile
from gisplan.read.tables import check_size, json_records, read_csv, read_dbf, read_json_table
from gisplan.read.vector import (
    Opened,
    layers_of,
    load_json,
    open_geodatabase,
    open_geojson,
    open_geopackage,
    read_layer,
)
from gisplan.read.vertices import within_vertices
from gisplan.read.workbook import read_xlsx, sheets
from gisplan.read.workspace import Workspace

SPATIAL = {".shp", ".gpkg", ".geojson", ".json", ".gdb"}
TABLES = {".csv", ".tsv", ".xlsx", ".dbf"}
READABLE = SPATIAL | TABLES
CONTAINERS = {".gpkg", ".gdb", ".xlsx"}  # hold several layers or sheets

# Files that a planner may expect to be read, and what to do about them.
ADVICE: dict[str, Text] = {
    **dict.fromkeys(
        (".rar", ".7z"), Text("请解压，或改压为 .zip", "unpack it, or pack it as .zip")
    ),
    **dict.fromkeys(
        (".dwg", ".dxf", ".kml", ".kmz", ".tab", ".mif", ".mdb", ".gml"),
        Text("请导出为 GeoPackage 或 Shapefile", "export it as GeoPackage or shapefile"),
    ),
    **dict.fromkeys((".xls", ".et", ".ods"), Text("请另存为 .xlsx", "save it as .xlsx")),
    **dict.fromkeys(
        (".tif", ".tiff", ".img"), Text("此版本不读栅格", "this version reads no rasters")
    ),
    ".vrt": Text("不读取引用其他文件的格式", "formats that point to other files are not read"),
}
_FEATURES = re.compile(
    rb'"type"\s*:\s*"(FeatureCollection|Feature|(Multi)?(Point|LineString|Polygon)|GeometryCol'
    rb'lection)"'
)


def _unreadable(path: Path, zh: str, en: str) -> ReadError:
    return ReadError(f"{path.name}：{zh}", f"{path.name}: {en}")


def _json(path: Path, space: Workspace) -> Opened | Found:
    """Open a JSON text as GeoJSON, or read it as a list of records."""
    check_size(path, space.limits)
    raw = path.read_bytes()
    bare = raw.lstrip(b"\xef\xbb\xbf \t\r\n")
    if bare[:1] not in (b"{", b"["):
        raise _unreadable(path, "内容不是 JSON", "this is no JSON")
    if bare[:1] == b"{" and _FEATURES.search(raw):
        opened = open_geojson(path, raw, space)
        try:
            layers_of(opened)
        except ReadError:
            load_json(path, raw)  # names line and column where the text is broken
            raise
        return opened
    records = json_records(load_json(path, raw))
    if records is None:
        raise NoDataError(
            f"{path.name}：JSON 里既无 GeoJSON 要素也无记录列表",
            f"{path.name}: the JSON holds neither GeoJSON features nor a list of records",
        )
    return read_json_table(path, records)


def _open(path: Path, space: Workspace) -> Opened | Found | None:
    """Open what may hold several layers; None for formats that hold one."""
    extension = path.suffix.lower()
    if extension == ".gpkg":
        return open_geopackage(path, space)
    if extension == ".gdb" and path.is_dir():
        return open_geodatabase(path)
    if extension in {".json", ".geojson"}:
        return _json(path, space)
    return None


def _system_error(path: Path, error: OSError) -> ReadError:
    reason = error.strerror or str(error)
    return _unreadable(path, f"无法打开（{reason}）", f"cannot be opened ({reason})")


def inner_layers(path: Path, space: Workspace) -> list[str | None]:
    """Return the layers or sheets inside a file, [None] for a format that holds one.

    Raises
    ------
    ReadError
        The file is not what its name says, or broken.
    """
    check_regular(path)
    extension = path.suffix.lower()
    try:
        if extension == ".xlsx":
            return list(sheets(path, space.limits))
        if extension in CONTAINERS:
            opened = _open(path, space)
            if isinstance(opened, Opened):
                return list(layers_of(opened))
    except OSError as error:
        raise _system_error(path, error) from None
    return [None]


def _read(
    path: Path, root: Path, space: Workspace, layer: str | None, encoding: str | None
) -> Found:
    extension = path.suffix.lower()
    try:
        if extension == ".shp":
            return read_shapefile(path, root, space, encoding)
        if extension in {".csv", ".tsv"}:
            return read_csv(path, encoding, space.limits)
        if extension == ".xlsx":
            return read_xlsx(path, layer, space.limits)
        if extension == ".dbf":
            return read_dbf(path, space, encoding)
        opened = _open(path, space)
        if isinstance(opened, Found):
            return opened
        if opened is not None:
            return read_layer(opened, layer)
    except OSError as error:
        raise _system_error(path, error) from None
    except MemoryError:
        raise _unreadable(path, "内存不足，请分幅提供", "out of memory; split the file") from None
    advice = ADVICE.get(extension)
    if advice is None:
        named = extension or path.name
        raise _unreadable(
            path,
            f"不支持 {named}，请用 Shapefile、GeoPackage、GeoJSON、CSV 或 XLSX",
            f"{named} is not read; use shapefile, GeoPackage, GeoJSON, CSV or XLSX",
        )
    raise _unreadable(
        path, f"不支持 {extension}，{advice.zh}", f"{extension} is not read; {advice.en}"
    )


def read_source(
    path: Path,
    root: Path,
    space: Workspace,
    layer: str | None = None,
    encoding: str | None = None,
) -> Found:
    """Read one layer of one file as it is.

    Parameters
    ----------
    path : Path
        The file, or the folder of a File Geodatabase.
    root : Path
        Folder that nothing beside the file may lead out of.
    space : Workspace
        Where copies are put when the file must be mended or unpacked first.
    layer : str, optional
        Layer or sheet inside.
    encoding : str, optional
        Encoding as declared.

    Raises
    ------
    ReadError
        The format is not read, the file is not what its name says, or nothing in it is readable.
    """
    check_regular(path)
    return within_vertices(_read(path, root, space, layer, encoding), space.limits)


def digest(files: Iterable[Path]) -> str:
    """Return the SHA-256 over the bytes of files in the order of their names."""
    total = hashlib.sha256()
    for path in sorted(files, key=lambda path: path.name.lower()):
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                total.update(chunk)
    return total.hexdigest()
