"""Reads shapes written into a cell: WKT, EWKT, WKB and EWKB in hexadecimal."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely

from gisplan.read.crs import identify

_WKT = r"(?i)\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINE|POLYGON|GEOM)"
_HEX = r"(?i)\s*0[01](?:[0-9a-f]{2}){8,}\s*"
_ENOUGH = 0.5  # of the cells: a column of names has none at all


def holds_shapes(column: pd.Series) -> bool:
    """Return whether at least half of what a column holds is a written shape."""
    texts = column.dropna().astype(str)
    if not len(texts):
        return False
    return bool((texts.str.match(_WKT) | texts.str.fullmatch(_HEX)).mean() >= _ENOUGH)


def written_shapes(column: pd.Series) -> tuple[Any, Any]:
    """Return shapes as an object array (None for what is none) and the CRS that they all name.

    The CRS is label and CRS, or None: not one of EWKT or EWKB, more than one, or an unknown one.
    """
    texts = column.astype(object)
    given = texts.notna().to_numpy()
    words = texts.astype(str).str.strip()
    srids = words.str.extract(r"(?i)^SRID=(\d+);", expand=False)
    bare = words.str.replace(r"(?i)^SRID=\d+;\s*", "", regex=True).to_numpy(dtype=object)
    binary = words.str.fullmatch(_HEX).to_numpy() & given
    shapes: Any = np.full(len(column), None, dtype=object)
    plain = given & ~binary
    shapes[plain] = shapely.from_wkt(bare[plain], on_invalid="ignore")
    shapes[binary] = shapely.from_wkb(bare[binary], on_invalid="ignore")
    found = {int(srid) for srid in srids[given].dropna()}
    found |= {int(srid) for srid in np.unique(shapely.get_srid(shapes[binary])) if srid > 0}
    unnamed = int((given & srids.isna().to_numpy() & ~binary).sum())
    if len(found) != 1 or unnamed:
        return shapes, None
    return shapes, identify(f"EPSG:{found.pop()}")
