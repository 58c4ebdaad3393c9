"""Says that heights and measures are left out: a plan is judged on the plane."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gisplan.model import Note
from gisplan.read.request import told


def height_notes(geometries: Any) -> list[Note]:
    """Return the note that shapes have heights; none where each is 0, which says nothing.

    geometries : ndarray of shapes, None among them.
    """
    rows = np.flatnonzero(shapely.has_z(geometries))
    if not len(rows):
        return []
    coordinates, owner = shapely.get_coordinates(
        geometries[rows], include_z=True, return_index=True
    )
    high = np.isfinite(coordinates[:, 2]) & (coordinates[:, 2] != 0)
    count = len(np.unique(owner[high]))
    if not count:
        return []
    return [
        told(
            "z_dropped",
            f"{count} 个图形带高程（Z），只按平面审查",
            f"{count} shapes have heights (Z) and are judged on the plane",
            count=count,
        )
    ]


def measure_notes(count: int) -> list[Note]:
    """Return the note that so many shapes have measures (M)."""
    if not count:
        return []
    return [
        told(
            "m_dropped",
            f"{count} 个图形带测量值（M），未使用",
            f"{count} shapes have measures (M), which are not used",
            count=count,
        )
    ]


def has_measures(path: Path) -> bool:
    """Return whether a .shp is of a kind that is made for measures (PointM and the like)."""
    with path.open("rb") as file:
        file.seek(32)
        return int.from_bytes(file.read(4), "little") in {21, 23, 25, 28}
