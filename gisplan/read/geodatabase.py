"""Opens File Geodatabases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import shapely

from gisplan.model import Note, Text
from gisplan.read.bulk import is_measured
from gisplan.read.curves import draw_curves
from gisplan.read.dimensions import measure_notes
from gisplan.read.found import Found
from gisplan.read.request import Request, no_such_layer, unreadable
from gisplan.read.vector import Opened, in_degrees, layers_of, read_layer


def _open(request: Request) -> Opened:
    """Check a File Geodatabase folder."""
    path = request.path
    files = tuple(sorted(file for file in path.iterdir() if file.is_file()))
    if not any(file.suffix.lower() == ".gdbtable" for file in files):
        raise unreadable(
            path,
            "文件夹里没有 .gdbtable，不是 File Geodatabase",
            "no .gdbtable inside; this is no File Geodatabase",
        )
    return Opened("OpenFileGDB", path, path, files)


def geodatabase_layers(request: Request) -> list[str | None]:
    """Return the layers and tables of a File Geodatabase."""
    return list(layers_of(_open(request)))


def read_geodatabase(request: Request) -> Found:
    """Read one layer or table of a File Geodatabase as it is."""
    opened = _open(request)
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

    return read_layer(replace(opened, mend=mend), layer)
