"""The working CRS as the page projects in it: what page/geodesy.js needs to know of it.

A transverse Mercator on the datum of the map (CGCS2000 zones of 3 and 6 degrees, UTM) is given by
its parameters, where pyproj proves on sample points that they are all there is to it. Every other
CRS is a polynomial through control points over the plan, and the page says how far it is off.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.polynomial import chebyshev
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from gisplan.model import Dossier, Layer
from gisplan.render import words
from gisplan.render.webmap.layers import pair

Floats = npt.NDArray[np.float64]

EXACT = 0.001  # m; within it the parameters of a transverse Mercator say all
FINE = 0.005  # m; a polynomial this near is near enough
DEGREES = (4, 8, 12, 16)  # of the polynomials that are tried
MARGIN = 0.1  # of the plan's box, and 0.01 degrees, in which places are still told
_METHOD = "Transverse Mercator"
_PARAMETERS = {
    "Latitude of natural origin": "lat0",
    "Longitude of natural origin": "lon0",
    "Scale factor at natural origin": "scale",
    "False easting": "east",
    "False northing": "north",
}


def working_record(dossier: Dossier, layers: list[Layer]) -> dict[str, Any] | None:
    """Return how the page tells a place in the working CRS.

    Parameters
    ----------
    dossier : Dossier
        Whose run names the working CRS.
    layers : list of Layer
        What is drawn: over their box a polynomial is fitted where one is needed.

    Returns
    -------
    dict or None
        None where the working CRS is in degrees, is not known, or leads to no place.
    """
    name = dossier.run.working_crs
    if not name:
        return None
    try:
        crs = CRS.from_user_input(name)
        if not crs.is_projected:
            return None
        found = transverse_mercator(name)
        if found is None:
            box = _box(layers)
            found = None if box is None else fitted(name, box)
    except ProjError:  # no CRS that pyproj knows, or no way there
        return None
    return None if found is None else {"name": pair(words.crs_name(name)), **found}


@lru_cache(maxsize=8)
def transverse_mercator(name: str) -> dict[str, Any] | None:
    """Return the parameters of a transverse Mercator; None where they do not say all."""
    crs = CRS.from_user_input(name)
    way, ellipsoid = crs.coordinate_operation, crs.ellipsoid
    if way is None or ellipsoid is None or way.method_name != _METHOD:
        return None
    given = {_PARAMETERS[p.name]: float(p.value) for p in way.params if p.name in _PARAMETERS}
    if len(given) != len(_PARAMETERS) or not ellipsoid.inverse_flattening:
        return None
    given |= {"a": ellipsoid.semi_major_metre, "rf": ellipsoid.inverse_flattening}
    across, up = np.meshgrid(given["lon0"] + np.arange(-3.0, 3.1), np.arange(5.0, 60.0))
    lon, lat = across.ravel(), up.ravel()
    alone = Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=tmerc"
        f" +lat_0={given['lat0']} +lon_0={given['lon0']} +k={given['scale']}"
        f" +x_0={given['east']} +y_0={given['north']} +a={given['a']} +rf={given['rf']}"
    ).transform(lon, lat)
    off = np.hypot(*(np.array(alone) - np.array(_forth(name).transform(lon, lat))))
    return {"kind": "tm", **given} if off.max() <= EXACT else None


@lru_cache(maxsize=8)
def _forth(name: str) -> Transformer:
    return Transformer.from_crs("EPSG:4490", name, always_xy=True)


def fitted(name: str, box: tuple[float, float, float, float]) -> dict[str, Any] | None:
    """Return a polynomial for a box in degrees (west, south, east, north), and its error in m."""
    west, south, east, north = box
    forth = _forth(name)

    def places(u: Floats, v: Floats) -> list[Floats]:
        lon = (west + east + u * (east - west)) / 2
        lat = (south + north + v * (north - south)) / 2
        grid = np.meshgrid(lon, lat, indexing="ij")
        return [np.asarray(it) for it in forth.transform(*grid)]

    best: dict[str, Any] | None = None
    for degree in DEGREES:
        nodes = chebyshev.chebpts1(degree + 1)
        back = np.linalg.inv(chebyshev.chebvander(nodes, degree))
        tables = [back @ values @ back.T for values in places(nodes, nodes)]
        tries = np.linspace(-1, 1, 4 * degree + 3)
        off = [
            chebyshev.chebgrid2d(tries, tries, table) - values
            for table, values in zip(tables, places(tries, tries), strict=True)
        ]
        error = float(np.hypot(*off).max())
        if not np.isfinite(error):
            return best
        if best is None or error < best["error"]:
            rounded = [np.round(table, 6).tolist() for table in tables]
            best = {"kind": "fit", "box": list(box), "east": rounded[0], "north": rounded[1]}
            best["error"] = round(error, 4)
        if error <= FINE:
            break
    return best


def _box(layers: list[Layer]) -> tuple[float, float, float, float] | None:
    """Return the box of layers in degrees, with a margin; None where nothing has a place."""
    boxes = []
    for layer in layers:
        bounds = layer.frame.total_bounds if len(layer.frame) else np.full(4, np.nan)
        if not np.isfinite(bounds).all():
            continue
        back = Transformer.from_crs(layer.frame.crs or "EPSG:4490", "EPSG:4490", always_xy=True)
        boxes.append(back.transform_bounds(*bounds))
    found = np.array([box for box in boxes if np.isfinite(box).all()])
    if not len(found):
        return None
    low, high = found[:, :2].min(axis=0), found[:, 2:].max(axis=0)
    margin = MARGIN * (high - low) + 0.01
    west, south, east, north = np.concatenate([low - margin, high + margin]).round(6).tolist()
    return west, south, east, north
