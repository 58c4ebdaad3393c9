"""Opens File Geodatabases."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import shapely

from gisplan.model import Note, Text
from gisplan.read.bulk import is_measured
from gisplan.read.curves import draw_curves
from gisplan.read.dimensions import measure_notes
from gisplan.read.found import Found
from gisplan.read.paths import LEADS_OUT, is_inside
from gisplan.read.request import Request, no_such_layer, once, unreadable
from gisplan.read.vector import Opened, in_degrees, layers_of, read_layer
from gisplan.read.workspace import Workspace

# The files of a geodatabase. With others beside them GDAL may take the folder for theirs: with a
# shapefile inside, it reads the shapefile.
_PARTS = re.compile(
    r"gdb|timestamps|a[0-9a-f]{8}\.([\w]+\.)*(gdbtable|gdbtablx|gdbindexes|freelist|horizon|atx|spx)",
    re.IGNORECASE,
)


def _open(request: Request) -> Opened:
    """Check a File Geodatabase folder; strangers in it are not looked at."""
    path = request.path
    found = sorted(file for file in path.iterdir() if file.is_file())
    files = tuple(file for file in found if _PARTS.fullmatch(file.name))
    if not any(file.suffix.lower() == ".gdbtable" for file in files):
        raise unreadable(
            path,
            "文件夹里没有 .gdbtable，不是 File Geodatabase",
            "no .gdbtable inside; this is no File Geodatabase",
        )
    outside = next((file.name for file in files if not is_inside(request.root, file)), None)
    if outside is not None:
        raise unreadable(path, f"{outside} {LEADS_OUT.zh}", f"{outside} {LEADS_OUT.en}")
    strangers = [file for file in found if file not in files and file.suffix.lower() != ".lock"]
    folders = [child for child in path.iterdir() if child.is_dir()]
    if not strangers and not folders:
        return Opened("OpenFileGDB", path, path, files)
    target = request.space.folder() / "layer.gdb"
    target.mkdir()
    for file in files:
        Workspace.put(file, target / file.name)
    return Opened("OpenFileGDB", path, target, files)


def _opened(request: Request) -> Opened:
    return once(request, "gdb", lambda: _open(request))


def geodatabase_layers(request: Request) -> list[str | None]:
    """Return the layers and tables of a File Geodatabase."""
    return list(layers_of(_opened(request)))


def read_geodatabase(request: Request) -> Found:
    """Read one layer or table of a File Geodatabase as it is."""
    opened = _opened(request)
    known = layers_of(opened)
    layer = request.layer if request.layer is not None else next(iter(known), None)
    if layer is None or layer not in known:
        raise no_such_layer(request.path, layer, known)
    name = layer

    def mend(fids: Any, geometries: Any, _faults: dict[int, Text]) -> list[Note]:
        measured = len(fids) if is_measured(opened.target, name) else 0
        if not (shapely.get_dimensions(geometries) >= 1).any():
            return measure_notes(measured)
        curves = draw_curves(opened.target, name, fids, geometries, in_degrees)
        return [*measure_notes(measured), *curves]

    found = read_layer(replace(opened, mend=mend), layer)
    cut = "" if len(found.frame) else _cut_table(opened.files)
    if not cut and not len(found.frame) and not found.fields:
        cut = ".gdbtablx"  # with a broken index GDAL finds not even the fields
    if cut:
        raise unreadable(
            request.path,
            f"图层 {layer} 没有读到记录，而 {cut} 已损坏或被截断，请重新复制",
            f"no record of layer {layer} was read, and {cut} is broken or cut short; copy it again",
        )
    return found


def _cut_table(files: tuple[Path, ...]) -> str:
    """Return the first table that is shorter than it says of itself; "" where there is none.

    GDAL takes the layer of such a table for one without records.
    """
    for file in files:
        if file.suffix.lower() == ".gdbtable":
            with file.open("rb") as table:
                head = table.read(40)
            if len(head) < 40 or int.from_bytes(head[24:32], "little") > file.stat().st_size:
                return file.name
    return ""
