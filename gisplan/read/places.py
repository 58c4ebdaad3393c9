"""Makes shapes of a table that holds coordinates or WKT."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplan.model import Text
from gisplan.read.found import faults_of, set_faults

_X = ("lon", "lng", "long", "longitude", "经度", "东经", "x", "x坐标", "横坐标")
_Y = ("lat", "latitude", "纬度", "北纬", "y", "y坐标", "纵坐标")
_SHAPE = r"(?i)(SRID=\d+;)?(MULTI)?(POINT|LINE|POLYGON|GEOM)"
_WKT = ("wkt", "geom", "the_geom", "geometry_1", "shape", "图形")


def _column(frame: pd.DataFrame, words: tuple[str, ...]) -> str | None:
    names = {str(name).strip().casefold(): str(name) for name in frame.columns}
    return next((names[word] for word in words if word in names), None)


def place_columns(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns that say where: (wkt,) or (x, y); nothing where there are none."""
    wkt = _column(frame, _WKT)
    if wkt is not None:
        texts = frame[wkt].dropna().astype(str).str.strip()
        if len(texts) and texts.str.match(_SHAPE).all():
            return (wkt,)
    for x_words, y_words in ((_X[:6], _Y[:4]), (_X[6:], _Y[4:])):
        x, y = _column(frame, x_words), _column(frame, y_words)
        if x is not None and y is not None:
            return (x, y)
    return ()


def with_places(frame: pd.DataFrame) -> pd.DataFrame | None:
    """Return a table with the shapes that its columns describe; None where none do so.

    A blank place is no shape; a place that cannot be read (text, half a pair, broken WKT) is no
    shape with a reason in the hidden columns. The CRS stays unknown: a table does not say it.
    """
    columns = place_columns(frame)
    if not columns:
        return None
    faults = faults_of(frame)
    if len(columns) == 1:
        texts = frame[columns[0]]
        given = texts.notna().to_numpy()
        words = texts.astype(str).str.replace(r"^SRID=\d+;", "", regex=True).to_numpy(dtype=object)
        geometries: Any = np.full(len(frame), None, dtype=object)
        geometries[given] = shapely.from_wkt(words[given], on_invalid="ignore")
        bad = given & shapely.is_missing(geometries)
        reason = Text("WKT 无法解析", "the WKT cannot be read")
    else:
        raw = [frame[name] for name in columns]
        x, y = (pd.to_numeric(_decimal(column), errors="coerce") for column in raw)
        good = (np.isfinite(x) & np.isfinite(y)).to_numpy()
        geometries = np.full(len(frame), None, dtype=object)
        geometries[good] = shapely.points(x[good].to_numpy(float), y[good].to_numpy(float))
        blank = raw[0].isna() & raw[1].isna()
        bad = ~good & ~blank.to_numpy()
        reason = Text("坐标不是数", "a coordinate is no number")
    for row in np.flatnonzero(bad).tolist():
        faults.setdefault(row, reason)
    # A row that is out of step has no place either: its coordinates may be another column's.
    geometries[list(faults)] = None
    out = gpd.GeoDataFrame(frame.copy(), geometry=geometries, crs=None)
    return set_faults(out, faults)


def _decimal(column: pd.Series) -> pd.Series:
    """Return text with a decimal comma ("6,95") as text with a point; the rest as it is."""
    words = column.astype(object)
    return words.map(
        lambda value: value.strip().replace(",", ".") if isinstance(value, str) else value
    )
