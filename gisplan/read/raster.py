"""Reads what a raster says of itself: where it lies, how large it is, what its numbers are in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gisplan.catalogue.units import conversion
from gisplan.errors import ReadError
from gisplan.geotiff import DRIVER, opened
from gisplan.model import InputRecord, LayerSource, Note, Raster, RawLayer
from gisplan.read.crs import identify, same_crs
from gisplan.read.formats import digest
from gisplan.read.limits import Limits, over
from gisplan.read.paths import is_inside
from gisplan.read.workspace import Workspace

EXTENSIONS = (".tif", ".tiff")
USED = ("surface", "terrain")
_WORLD = (".tfw", ".tifw", ".tiffw", ".wld")
_COLOURS = {"red", "green", "blue", "palette", "cyan", "magenta", "yellow"}
_CODED = ("landcover",)  # its cells are codes, and a palette says how to paint them
_MIB = 1024**2
_LONGEST = 40  # characters of a unit that are shown


def read_raster(
    source: LayerSource, path: Path, root: Path, space: Workspace
) -> tuple[RawLayer, list[Note]]:
    """Read the header of a raster.

    Parameters
    ----------
    source : LayerSource
        Its `crs` and `unit` hold where the file says none.
    path, root : Path
        The file, and the folder that nothing may lead out of.
    space : Workspace
        A file that it unpacked is kept as bytes: it is gone when reading ends.

    Raises
    ------
    ReadError
        It is no GeoTIFF, cut short, a picture, without a place, or over a limit.
    """
    from rasterio.errors import RasterioError

    if path.suffix.lower() not in EXTENSIONS:
        raise ReadError(
            f"{path.name}：栅格只读 GeoTIFF（.tif），请另存为 GeoTIFF",
            f"{path.name}: of rasters only GeoTIFF (.tif) is read; save it as GeoTIFF",
        )
    if (mask := _mask(path)) is not None:
        raise ReadError(
            f"{path.name}：{mask} 中的掩膜不读取，请把掩膜存入 TIFF，或者存为无数据值",
            f"{path.name}: the mask in {mask} is not read; save it inside the TIFF or as nodata",
        )
    try:
        with opened(path) as data:
            _check(path, source.layer, data, space.limits)
            raster, crs_from = _described(source, path, root, data)
            bands = int(data.count)
    except (RasterioError, OSError, ValueError, MemoryError) as error:
        raise ReadError(
            f"{path.name}：不是可读的 GeoTIFF，或者已损坏",
            f"{path.name}: not a GeoTIFF that can be read, or broken",
        ) from error
    notes = _notes(source, raster, bands)
    record = InputRecord(
        path=source.path,
        sha256=digest([path]),
        layer=source.layer,
        driver=DRIVER,
        count=raster.width * raster.height,
        crs=raster.crs,
        crs_from=crs_from,
    )
    if space.holds(path):
        size = path.stat().st_size
        if size > space.limits.raster:
            raise over(
                path.name,
                "raster_mib",
                size / _MIB,
                f"压缩包内的栅格 {size / _MIB:.0f} MiB，超过上限 {space.limits.raster_mib:g} MiB",
                f"a raster of {size / _MIB:.0f} MiB in an archive, over the limit of "
                f"{space.limits.raster_mib:g} MiB",
            )
        raster = replace(raster, source=path.read_bytes())
    return RawLayer(source, record, pd.DataFrame(), raster), notes


def _mask(path: Path) -> str | None:
    """Return the name of a mask that lies beside a raster: left out, it would make heights up."""
    wanted = f"{path.name}.msk".casefold()
    return next(
        (o.name for o in sorted(path.parent.iterdir()) if o.name.casefold() == wanted), None
    )


def _check(path: Path, layer: str, data: Any, limits: Limits) -> None:
    """Refuse what holds no figures, and what could not be read piece by piece."""
    kinds = {str(kind.name) for kind in data.colorinterp}
    if layer in _CODED:
        kinds -= {"palette"}
    if kinds & _COLOURS or "complex" in data.dtypes[0]:
        raise ReadError(
            f"{path.name}：是影像或图片，不是数值栅格",
            f"{path.name}: a picture, not a raster of figures",
        )
    rows, columns = data.block_shapes[0]
    block = rows * columns * max(1, _bytes(data)) / _MIB
    if block > limits.raster_mib:
        raise over(
            path.name,
            "raster_mib",
            block,
            f"一个分块有 {block:.0f} MiB，超过上限 {limits.raster_mib:g} MiB",
            f"one of its blocks has {block:.0f} MiB, over the limit of {limits.raster_mib:g} MiB",
        )


def _bytes(data: Any) -> int:
    """Return the bytes that one cell takes in a block."""
    interleaved = str(data.interleaving.name if data.interleaving else "").lower() == "pixel"
    return int(np.dtype(data.dtypes[0]).itemsize * (data.count if interleaved else 1))


def _described(source: LayerSource, path: Path, root: Path, data: Any) -> tuple[Raster, str | None]:
    """Return a raster, and who says its CRS: the file, else the plan."""
    found = identify(data.crs.to_wkt()) if data.crs else None
    declared = identify(source.crs) if source.crs else None
    known = found or declared
    unit, unit_from = _unit(source, data)
    factor = None if unit is None else conversion(unit, "m")
    raster = Raster(
        layer=source.layer,
        path=source.path,
        source=path.resolve(),
        crs=None if known is None else known[0],
        transform=_transform(path, root, data),
        width=int(data.width),
        height=int(data.height),
        nodata=None if data.nodata is None else float(data.nodata),
        unit=unit,
        unit_from=unit_from,
        metres=factor,
    )
    return raster, "file" if found else "declared" if declared else None


def _transform(path: Path, root: Path, data: Any) -> tuple[float, ...]:
    transform = tuple(float(value) for value in data.transform)[:6]
    if transform == (1.0, 0.0, 0.0, 0.0, 1.0, 0.0):
        transform = _world_file(path, root) or transform
    determinant = transform[0] * transform[4] - transform[1] * transform[3]
    finite = all(abs(value) < 1e12 for value in transform)
    if transform == (1.0, 0.0, 0.0, 0.0, 1.0, 0.0) or not finite or determinant == 0:
        raise ReadError(
            f"{path.name}：没有地理配准，请在 GIS 软件中配准后另存为 GeoTIFF",
            f"{path.name}: it has no place on the ground; georeference it and save it anew",
        )
    return transform


def _world_file(path: Path, root: Path) -> tuple[float, ...] | None:
    """Return the transform of the world file beside a TIFF, None where there is none."""
    for other in sorted(path.parent.iterdir()):
        same = other.stem.casefold() == path.stem.casefold()
        if not (same and other.suffix.lower() in _WORLD and is_inside(root, other)):
            continue
        try:
            words = other.read_bytes()[:1000].decode("ascii").split()
            a, d, b, e, x, y = (float(word) for word in words[:6])
        except (OSError, ValueError):
            return None
        return a, b, x - (a + b) / 2, d, e, y - (d + e) / 2  # it names the centre of the first cell
    return None


def _unit(source: LayerSource, data: Any) -> tuple[str | None, str | None]:
    """Return the unit of the heights and who says it: the plan, else the band, else the CRS."""
    if source.unit is not None:
        return source.unit.strip(), "declared"
    own = data.units[0] if data.units else None
    if own and own.strip():
        return own.strip()[:_LONGEST], "file"
    vertical = _vertical(data.crs.to_wkt()) if data.crs else None
    return (vertical, "file") if vertical else (None, None)


def _vertical(wkt: str) -> str | None:
    """Return the unit of the third axis of a CRS, None where it has none."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        axes = CRS.from_wkt(wkt).axis_info
    except CRSError:
        return None
    return str(axes[2].unit_name) if len(axes) > 2 else None


def _notes(source: LayerSource, raster: Raster, bands: int) -> list[Note]:
    notes = []
    declared = identify(source.crs) if source.crs else None
    if declared and raster.crs and not same_crs(declared[0], raster.crs):
        detail = {"declared": declared[0], "found": raster.crs}
        notes.append(Note("crs_contradicted", source.layer, source.path, detail=detail))
    if bands > 1:
        told = {
            "reason_zh": f"有 {bands} 个波段，只用第 1 个",
            "reason_en": f"it has {bands} bands, only the first is used",
        }
        notes.append(Note("left_out", source.layer, source.path, detail=told))
    if source.layer not in USED:
        notes.append(Note("raster_not_used", source.layer, source.path))
    return notes
