"""The one door to the bulk reader (pyogrio): drivers were chosen before, warnings stay quiet."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pyogrio

# What pyogrio raises where GDAL gives up on a whole layer; the record reader takes over then.
BULK_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.GeometryError,
    pyogrio.errors.CRSError,
    ValueError,  # UnicodeDecodeError is one
    RuntimeError,
)


def bulk_read(path: Path | str, **options: Any) -> tuple[dict[str, Any], Any, Any, list[Any]]:
    """Return meta, record ids, shapes as WKB and columns of one layer.

    GDAL's warnings (winding order, unclosed rings) are facts that are found again in the shapes,
    where they are counted by feature.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        meta, fids, shapes, columns = pyogrio.raw.read(path, return_fids=True, **options)
    return meta, fids, shapes, list(columns)


def bounds_of(path: Path | str, layer: str | None = None) -> tuple[Any, Any]:
    """Return record ids and the bounds (n, 4) of the shapes; NaN where there is none.

    They are those of the shapes themselves: an index of the file may be out of date.
    """
    fids, bounds = pyogrio.read_bounds(path, layer=layer)
    return fids, bounds.T


def layer_info(path: Path | str, **options: Any) -> dict[str, Any]:
    """Return what a layer says of itself (fields, crs, features), without reading records."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dict(pyogrio.read_info(path, **options))


def is_measured(path: Path | str, layer: str | None = None) -> bool:
    """Return whether the shapes of a layer have measures (M), which the bulk reader leaves out."""
    options = {} if layer is None else {"layer": layer}
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        pyogrio.read_info(path, **options)
    return any("Measured" in str(warning.message) for warning in said)


def list_layers(path: Path | str) -> list[tuple[str, str | None]]:
    """Return name and geometry type (None for a table) of each layer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [(str(name), kind) for name, kind in pyogrio.list_layers(path)]
