"""Takes out of the environment what would change how files are read, load code or go online.

GDAL and PROJ take orders from environment variables: drivers to load, logs to write, servers to
ask, tolerance to broken shapes. A result may not depend on what another program left there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager

# Configuration of GDAL and of what it is made of. Windows installers of other GIS set GDAL_DATA,
# PROJ_LIB and the like for the whole machine, to files of another version.
_PREFIXES = (
    "GDAL_", "OGR_", "OSR_", "CPL_", "VSI_", "VSICURL_", "VSICRYPT_", "PROJ_", "SHAPE_", "SQLITE_",
    "OPENFILEGDB_", "GPKG_", "DXF_", "KML_", "LIBKML_", "GML_", "MITAB_", "CSV_", "GTIFF_", "GEOS_",
    "PYOGRIO_", "PYPROJ_", "FIONA_", "RASTERIO_",
)  # fmt: skip
_NAMES = frozenset({"CENTER_LONG", "USE_SPATIALITE", "SPATIALITE_SECURITY", "NO_PROXY"})

# Said outright, so that neither a file of settings nor a default says otherwise.
_FIXED = {
    "PROJ_NETWORK": "OFF",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    # A GeoJSON may say that its CRS is to be had at an address, and GDAL asks there. A proxy of a
    # kind that does not exist ends every such call before it leaves the machine.
    "GDAL_HTTP_PROXY": "none://nowhere",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
}


def cleaned(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without orders to GDAL, PROJ and their kin."""
    kept = {name: value for name, value in environ.items() if not _is_order(name)}
    return {**kept, **_FIXED}


def clean(environ: MutableMapping[str, str]) -> None:
    """Clean an environment in place."""
    for name in [name for name in environ if _is_order(name)]:
        del environ[name]
    environ.update(_FIXED)


@contextmanager
def clean_environment() -> Iterator[None]:
    """Clean the environment of this process for a while; it is as before afterwards."""
    changed = {name: value for name, value in os.environ.items() if _is_order(name)}
    clean(os.environ)
    try:
        yield
    finally:
        for name in _FIXED:
            os.environ.pop(name, None)
        os.environ.update(changed)


def _is_order(name: str) -> bool:
    upper = name.upper()
    return upper.startswith(_PREFIXES) or upper in _NAMES
