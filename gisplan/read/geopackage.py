"""Opens GeoPackages, and tells what GDAL would keep to itself."""

from __future__ import annotations

import shutil

from gisplan.read.found import Found
from gisplan.read.request import Request, once, unreadable
from gisplan.read.vector import Opened, layers_of, read_layer

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
    return Opened("GPKG", path, target, (path, *sides))


def geopackage_layers(request: Request) -> list[str | None]:
    """Return the layers and tables of a GeoPackage."""
    return list(layers_of(once(request, "gpkg", lambda: _open(request))))


def read_geopackage(request: Request) -> Found:
    """Read one layer or table of a GeoPackage as it is."""
    return read_layer(once(request, "gpkg", lambda: _open(request)), request.layer)
