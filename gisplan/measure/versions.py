"""What measures are worked out with: where all of it is equal, equal sections give equal tables."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import pandas as pd
import pyproj
import shapely

from gisplan.catalogue.ruleset import rule_set


@cache
def versions() -> dict[str, str]:
    """Return the name and version of all that figures depend on, our own code by its content."""
    return {
        "gisplan": _installed(),
        "rule_set": rule_set(),
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
