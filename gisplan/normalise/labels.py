"""What a feature is called in findings: its code, else its place, else its row."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from gisplan.model import LayerSpec
from gisplan.normalise.crs import crs_of

# rows of these tables are told apart by more than the code
_KEYS = {"indicator": ("tier", "code", "indicator"), "register": ("tier", "code", "version")}


def label_features(
    frame: pd.DataFrame, shapes: np.ndarray, records: np.ndarray, working_crs: str
) -> list[str]:
    """Return the label of each feature of a spatial layer.

    Parameters
    ----------
    frame : DataFrame
        With a column `code`, if the layer has one.
    shapes : ndarray
        In the working CRS; None where there is none.
    records : ndarray
        Row in the file, the last resort: two runs on other row orders then differ.
    working_crs : str
        Of the shapes.

    Returns
    -------
    list of str
        The code, else "@lon,lat" of a point inside, else "#row".
    """
    labels = _codes(frame)
    nameless = np.array([label is None for label in labels], dtype=bool)
    placed = np.flatnonzero(nameless & ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes))
    if len(placed):
        points = shapely.point_on_surface(shapes[placed])
        transformer = Transformer.from_crs(crs_of(working_crs), "EPSG:4490", always_xy=True)
        lon, lat = transformer.transform(shapely.get_x(points), shapely.get_y(points))
        for row, x, y in zip(placed.tolist(), lon, lat, strict=True):
            labels[row] = f"@{x:.5f},{y:.5f}"
    return [
        f"#{record}" if label is None else label
        for label, record in zip(labels, records.tolist(), strict=True)
    ]


def label_rows(frame: pd.DataFrame, spec: LayerSpec, records: np.ndarray) -> list[str]:
    """Return the label of each row of a table: "unit/210102-GX001/ZB01", a code, or "#row"."""
    keys = _KEYS.get(spec.name)
    if keys:
        parts = frame[list(keys)].astype(object).where(frame[list(keys)].notna(), "")
        joined = ["/".join(map(str, row)) for row in parts.itertuples(index=False)]
        labels = [text if text.strip("/") else None for text in joined]
    else:
        names = frame["name"] if "name" in frame else pd.Series([None] * len(frame), dtype=object)
        labels = [
            code if code is not None else (None if pd.isna(name) else str(name))
            for code, name in zip(_codes(frame), names.to_numpy(), strict=True)
        ]
    return [
        f"#{record}" if label is None else label
        for label, record in zip(labels, records.tolist(), strict=True)
    ]


def _codes(frame: pd.DataFrame) -> list[str | None]:
    if "code" not in frame:
        return [None] * len(frame)
    return [code if isinstance(code, str) and code else None for code in frame["code"].to_numpy()]
