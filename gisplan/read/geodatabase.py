"""Opens File Geodatabases."""

from __future__ import annotations

from gisplan.read.found import Found
from gisplan.read.request import Request, unreadable
from gisplan.read.vector import Opened, layers_of, read_layer


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
    return read_layer(_open(request), request.layer)
