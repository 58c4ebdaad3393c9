"""What measures are worked out with: where all of it is equal, equal sections give equal tables."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import shapely


@cache
def versions() -> dict[str, str]:
    """Return the name and version of all that figures depend on, our own code by its content."""
    return {
        "gisplan": _installed(),
        "measures": _code(),
        "python": ".".join(platform.python_version_tuple()[:2]),
        "machine": platform.machine(),
        "geos": ".".join(map(str, shapely.geos_version)),
        "shapely": shapely.__version__,
        "proj": pyproj.proj_version_str,
        "numpy": np.__version__,
        "pandas": pd.__version__,
    }


def _installed() -> str:
    try:
        return version("gisplan")
    except PackageNotFoundError:
        return ""  # run from a folder: its code tells


def _code() -> str:
    """Return a hash of the measures as they are written: a version stays while they change."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
