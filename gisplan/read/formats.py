"""Decides what a file is and who reads it. What is not on the list is not opened.

GDAL has a hundred drivers, some of which follow a file to other files or to the network. So a
file is opened only by its own driver, and only after its first bytes agree with its name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from gisplan.errors import ReadError
from gisplan.model import Text
from gisplan.read.dimensions import has_measures, height_notes, measure_notes
from gisplan.read.dxf import dxf_layers, read_dxf
from gisplan.read.flatgeobuf import read_flatgeobuf
from gisplan.read.found import Found
from gisplan.read.geodatabase import geodatabase_layers, read_geodatabase
from gisplan.read.geojson import read_json
from gisplan.read.geopackage import geopackage_layers, read_geopackage
from gisplan.read.kml import kml_layers, read_kml
from gisplan.read.mapinfo import read_mapinfo_mif, read_mapinfo_tab
from gisplan.read.parquet import read_parquet
from gisplan.read.paths import check_beside, check_regular
from gisplan.read.request import Choose, Request, unreadable
from gisplan.read.shapefile import read_shapefile
from gisplan.read.tables import read_csv, read_dbf
from gisplan.read.vertices import within_vertices
from gisplan.read.workbook import read_xlsx, sheets
from gisplan.read.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Format:
    """How files with an extension are read; `layers` where they may hold several.

    `whole` tells that all layers together make one, as the layers of a drawing do.
    """

    read: Callable[[Request], Found]
    layers: Callable[[Request], list[str | None]] | None = None
    whole: bool = False


_KML = Format(read_kml, kml_layers)
FORMATS: dict[str, Format] = {
    ".shp": Format(lambda r: read_shapefile(r.path, r.root, r.space, r.encoding)),
    ".gpkg": Format(read_geopackage, geopackage_layers),
    ".gdb": Format(read_geodatabase, geodatabase_layers),
    ".geojson": Format(read_json),
    ".json": Format(read_json),
    ".kml": _KML,
    ".kmz": _KML,
    ".dxf": Format(read_dxf, dxf_layers, whole=True),
    ".tab": Format(read_mapinfo_tab),
    ".mif": Format(read_mapinfo_mif),
    ".fgb": Format(read_flatgeobuf),
    ".parquet": Format(read_parquet),
    ".geoparquet": Format(read_parquet),
    ".csv": Format(lambda r: read_csv(r.path, r.encoding, r.space.limits)),
    ".tsv": Format(lambda r: read_csv(r.path, r.encoding, r.space.limits)),
    ".dbf": Format(lambda r: read_dbf(r.path, r.space, r.encoding)),
    ".xlsx": Format(
        lambda r: read_xlsx(r.path, r.layer, r.space.limits),
        lambda r: list(sheets(r.path, r.space.limits)),
    ),
}
READABLE = frozenset(FORMATS)
CONTAINERS = frozenset(name for name, format_ in FORMATS.items() if format_.layers is not None)
WHOLE = frozenset(name for name, format_ in FORMATS.items() if format_.whole)

# Files that a planner may expect to be read, and what to do about them.
ADVICE: dict[str, Text] = {
    **dict.fromkeys(
        (".rar", ".7z"), Text("请解压，或改压为 .zip", "unpack it, or pack it as .zip")
    ),
    **dict.fromkeys(
        (".mdb", ".gml", ".sqlite"),
        Text("请导出为 GeoPackage 或 Shapefile", "export it as GeoPackage or shapefile"),
    ),
    ".dwg": Text("请在 CAD 中另存为文本 DXF", "save it as a text DXF in the CAD program"),
    **dict.fromkeys((".xls", ".et", ".ods"), Text("请另存为 .xlsx", "save it as .xlsx")),
    **dict.fromkeys(
        (".tif", ".tiff"),
        Text(
            "高程栅格请在 gisplan.toml 中声明为 [layers.surface] 或 [layers.terrain]",
            "declare a raster of heights in gisplan.toml as [layers.surface] or [layers.terrain]",
        ),
    ),
    **dict.fromkeys((".img", ".asc", ".ecw"), Text("请另存为 GeoTIFF", "save it as GeoTIFF")),
    ".vrt": Text("不读取引用其他文件的格式", "formats that point to other files are not read"),
}


def _system_error(path: Path, error: OSError) -> ReadError:
    reason = error.strerror or str(error)
    return unreadable(path, f"无法打开（{reason}）", f"cannot be opened ({reason})")


def _format_of(path: Path) -> Format:
    """Return how a file is read; ReadError with advice where it is not."""
    extension = path.suffix.lower()
    found = FORMATS.get(extension)
    if found is not None and (path.is_dir() == (extension == ".gdb")):
        return found
    advice = ADVICE.get(extension)
    if advice is not None:
        raise unreadable(
            path, f"不支持 {extension}，{advice.zh}", f"{extension} is not read; {advice.en}"
        )
    named = extension or path.name
    raise unreadable(
        path,
        f"不支持 {named}，请用 Shapefile、GeoPackage、GeoJSON、CSV 或 XLSX",
        f"{named} is not read; use shapefile, GeoPackage, GeoJSON, CSV or XLSX",
    )


def inner_layers(path: Path, space: Workspace, root: Path | None = None) -> list[str | None]:
    """Return the layers or sheets inside a file, [None] for a format that holds one.

    Raises
    ------
    ReadError
        The file is not what its name says, or broken.
    """
    check_regular(path)
    extension = path.suffix.lower()
    if extension not in CONTAINERS or (extension == ".gdb" and not path.is_dir()):
        return [None]
    layers = FORMATS[extension].layers
    assert layers is not None
    check_beside(path, root or path.parent)
    try:
        return layers(Request(path, root or path.parent, space))
    except OSError as error:
        raise _system_error(path, error) from None


def read_source(
    path: Path,
    root: Path,
    space: Workspace,
    layer: str | None = None,
    encoding: str | None = None,
    choose: Choose | None = None,
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
    choose : callable, optional
        Says which records of a large GeoPackage are wanted, before their shapes are read.

    Raises
    ------
    ReadError
        The format is not read, the file is not what its name says, or nothing in it is readable.
    """
    check_regular(path)
    reader = _format_of(path)
    if path.suffix.lower() != ".shp":  # a shapefile can do without, and says so
        check_beside(path, root)
    try:
        found = reader.read(Request(path, root, space, layer, encoding, choose))
    except OSError as error:
        raise _system_error(path, error) from None
    except MemoryError:
        raise unreadable(path, "内存不足，请分幅提供", "out of memory; split the file") from None
    return within_vertices(_flat(path, found), space.limits)


def _flat(path: Path, found: Found) -> Found:
    """Return a source with notes on the heights and measures of its shapes."""
    if "geometry" not in found.frame.columns:
        return found
    notes = height_notes(found.frame["geometry"].to_numpy())
    if path.suffix.lower() == ".shp" and has_measures(path):
        notes += measure_notes(len(found.frame))
    return replace(found, notes=(*found.notes, *notes))


def digest(files: Iterable[Path]) -> str:
    """Return the SHA-256 over the bytes of files in the order of their names."""
    total = hashlib.sha256()
    for path in sorted(files, key=lambda path: path.name.lower()):
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                total.update(chunk)
    return total.hexdigest()
