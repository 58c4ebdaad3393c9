"""Reads a layer record by record (fiona), so that one broken record costs only itself.

The bulk reader gives up on a whole file where one record is broken. This one is slow and only
used then; it also tells the types of fields as the format puts them.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gisplan.model import Text

_LOST = Text("记录损坏，无法读取", "the record is broken and cannot be read")


def field_types(path: Path, driver: str, layer: str | None, encoding: str | None) -> dict[str, str]:
    """Return the fields of a layer with types and widths: {"DYBH": "str:20"}; empty if unknown."""
    import fiona
    from fiona.errors import FionaError

    options = {"encoding": encoding} if encoding else {}
    try:
        with (
            warnings.catch_warnings(action="ignore"),  # of nameless fields: the notes say it
            fiona.open(
                path, layer=layer, driver=driver, enabled_drivers=[driver], **options
            ) as source,
        ):
            return dict(source.schema["properties"])
    except (FionaError, OSError, UnicodeError, ValueError, AttributeError):
        return {}  # types are an extra of `inspect`; the data are read without them


def _shape(stored: Any) -> tuple[Any, Text | None]:
    if stored is None:
        return None, None
    try:
        return shapely.geometry.shape(stored), None
    except (shapely.errors.ShapelyError, ValueError, TypeError, AttributeError) as error:
        return None, Text(f"图形无法解析（{error}）", f"the shape cannot be read ({error})")


def read_records(
    path: Path, driver: str, layer: str | None = None, encoding: str | None = None
) -> tuple[dict[int, dict[str, Any]], dict[int, Any], dict[int, Text]]:
    """Return attributes and geometries by record id, and why broken records are broken.

    Raises
    ------
    OSError
        Not even the layer can be opened (FionaError and DriverError are such), or counted.
    """
    import fiona
    from fiona.errors import FionaError

    attributes: dict[int, dict[str, Any]] = {}
    geometries: dict[int, Any] = {}
    faults: dict[int, Text] = {}
    options = {"encoding": encoding} if encoding else {}
    try:
        source = fiona.open(path, layer=layer, driver=driver, enabled_drivers=[driver], **options)
    except (FionaError, ValueError) as error:  # ValueError: a source without a layer
        raise OSError(str(error)) from None
    with source:
        names = list(source.schema["properties"])
        try:
            total = len(source)
        except TypeError as error:  # a text that is cut short has no number of records
            raise OSError(str(error)) from None
        first = 0 if driver in {"ESRI Shapefile", "GeoJSON"} else 1
        seen = 0
        record_id = first
        # Ids of a GeoPackage may have gaps: look on until all are found, within reason.
        while seen < total and record_id < first + 2 * total + 1000:
            geometries[record_id] = None
            try:
                record = source.get(record_id)
            # What a broken record raises depends on driver and damage: each is the record's end,
            # and none may cost the others.
            except Exception:  # noqa: BLE001
                attributes[record_id] = dict.fromkeys(names)
                faults[record_id] = _LOST
                seen += 1
            else:
                if record is None:
                    del geometries[record_id]
                else:
                    attributes[record_id] = dict(record.properties)
                    shape, fault = _shape(record.geometry)
                    geometries[record_id] = shape
                    if fault:
                        faults[record_id] = fault
                    seen += 1
            record_id += 1
    return attributes, geometries, faults


def stack(
    attributes: dict[int, dict[str, Any]], geometries: dict[int, Any], faults: dict[int, Text]
) -> tuple[dict[str, list[Any]], Any, dict[int, Text]]:
    """Return what `read_records` gave as columns in the order of the records."""
    ids = sorted(attributes)
    names = list(next(iter(attributes.values()), {}))
    columns = {name: [attributes[key].get(name) for key in ids] for name in names}
    shapes = np.empty(len(ids), dtype=object)
    shapes[:] = [geometries.get(key) for key in ids]
    rows = {row: faults[key] for row, key in enumerate(ids) if key in faults}
    return columns, shapes, rows
