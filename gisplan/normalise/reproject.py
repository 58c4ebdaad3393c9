"""Shapes into the working CRS, edges and all."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.enums import TransformDirection
from pyproj.exceptions import ProjError
from pyproj.transformer import TransformerGroup

from gisplan.model import Text
from gisplan.normalise.crs import Extent, crs_text, same_crs, union
from gisplan.normalise.densify import densify, longest_edge

# One frame for a plan's purposes: they differ by less than a metre, and PROJ knows no operation
# between them (reliability.md, fact 5).
_ALIKE = ("world geodetic system 1984", "wgs 84", "wgs_1984", "china 2000", "china_2000")
_FAR = 1e9  # in any unit: nothing on Earth
_BALLPARK_M = 100.0  # Beijing 54 and Xi'an 80 lie some ten metres off, up to a hundred
_GOOD_M = 1.0


@dataclass(frozen=True, slots=True)
class Bridge:
    """The way from one CRS of the files to the working CRS.

    uncertain_m : by how much places may be off, in metres, because the datums differ and PROJ does
        no better (a grid that it lacks, or no transformation at all: some 100 m); None where
        that is a metre or less
    longest : longest edge that stays in its place, in units of the source
    """

    source: CRS
    target: CRS
    transformer: Transformer | None  # None: nothing to do
    uncertain_m: float | None
    longest: float

    @property
    def names(self) -> tuple[str, str]:
        """The two CRS as text."""
        return crs_text(self.source), crs_text(self.target)


@dataclass(frozen=True, slots=True)
class Moved:
    """Shapes in the working CRS, None where a shape is nowhere; the edge length kept, in metres."""

    shapes: np.ndarray
    lost: np.ndarray  # rows whose coordinates cannot be in the source CRS
    densified_m: float | None


def build_bridge(source: CRS, target: CRS, extents: Sequence[Extent]) -> Bridge:
    """Prepare the way between two CRS for layers with the given extents (in the source CRS)."""
    if same_crs(source, target):
        return Bridge(source, target, None, None, np.inf)
    with warnings.catch_warnings():  # a missing grid is not the reader's concern: see `uncertain_m`
        warnings.simplefilter("ignore")
        transformer = Transformer.from_crs(source, target, always_xy=True)
        place = union(extents)
        longest = np.inf
        if place is not None:
            longest = longest_edge(place, transformer, bool(source.is_geographic))
        return Bridge(source, target, transformer, uncertainty(source, target), longest)


def uncertainty(source: CRS, target: CRS) -> float | None:
    """Return by how much places may be off, in metres, after PROJ's best; None for a metre."""
    one, other = source.geodetic_crs, target.geodetic_crs
    if one is None or other is None:
        return _BALLPARK_M  # a local grid with no place on Earth
    if one.datum == other.datum or (_is_alike(one) and _is_alike(other)):
        return None
    try:
        Transformer.from_crs(source, target, always_xy=True, allow_ballpark=False)
    except ProjError:
        return _BALLPARK_M
    known = [
        found.accuracy
        for found in TransformerGroup(source, target, always_xy=True).transformers
        if found.accuracy is not None and found.accuracy >= 0
    ]
    if not known:  # PROJ knows a way, and lacks the grids for it
        return _BALLPARK_M
    return known[0] if known[0] > _GOOD_M else None


def _is_alike(crs: CRS) -> bool:
    name = crs.datum.name.casefold() if crs.datum else ""
    return any(word in name for word in _ALIKE)


def on_earth(shapes: np.ndarray, crs: CRS) -> np.ndarray:
    """Return whether each shape has coordinates that its CRS can have at all."""
    bounds = shapely.bounds(shapes)
    low, high = bounds[:, :2], bounds[:, 2:]
    limit = np.array((360.0, 90.0) if crs.is_geographic else (_FAR, _FAR)) + 1e-9
    return np.asarray((low >= -limit).all(axis=1) & (high <= limit).all(axis=1))


def move(shapes: np.ndarray, bridge: Bridge) -> Moved:
    """Bring shapes into the working CRS.

    Parameters
    ----------
    shapes : ndarray of shapes
        Two-dimensional and finite; None stays None.
    bridge : Bridge
        From `build_bridge`.

    Returns
    -------
    Moved
        Vertices equal before are equal after.
    """
    there = ~shapely.is_missing(shapes)
    lost = there & ~on_earth(shapes, bridge.source)
    if bridge.transformer is None:
        return Moved(_without(shapes, lost), lost, None)
    out = _without(shapes, lost)
    lost |= _is_astray(out, bridge)
    out = _without(out, lost)
    dense, kept = densify(out, bridge.longest)
    coords = shapely.get_coordinates(dense)
    x, y = bridge.transformer.transform(coords[:, 0], coords[:, 1])
    moved = shapely.set_coordinates(dense.copy(), np.column_stack([x, y]))
    broken = np.zeros(len(shapes), dtype=bool)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        broken = there & ~lost & ~_is_finite(moved)
        moved = _without(moved, broken)
    was_split = shapely.get_num_coordinates(dense).sum() > shapely.get_num_coordinates(out).sum()
    unit = 111_320.0 if bridge.source.is_geographic else 1.0
    return Moved(moved, lost | broken, round(kept * unit, 1) if was_split else None)


def _without(shapes: np.ndarray, gone: np.ndarray) -> np.ndarray:
    out = shapes.copy()
    out[gone] = None
    return out


def _is_astray(shapes: np.ndarray, bridge: Bridge) -> np.ndarray:
    """Return which shapes do not come back: PROJ wraps what lies far outside a projection."""
    assert bridge.transformer is not None
    bounds = shapely.bounds(shapes)
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    there = np.isfinite(x) & np.isfinite(y)
    forth = bridge.transformer.transform(x[there], y[there])
    back = bridge.transformer.transform(*forth, direction=TransformDirection.INVERSE)
    tolerance = 1e-5 if bridge.source.is_geographic else 1.0
    astray = np.zeros(len(shapes), dtype=bool)
    with np.errstate(invalid="ignore"):
        near = np.hypot(back[0] - x[there], back[1] - y[there]) <= tolerance
    astray[there] = ~near
    return astray


def _is_finite(shapes: np.ndarray) -> np.ndarray:
    coords, owner = shapely.get_coordinates(shapes, return_index=True)
    out = np.ones(len(shapes), dtype=bool)
    out[owner[~np.isfinite(coords).all(axis=1)]] = False
    return out


def are_equated(source: CRS, target: CRS) -> bool:
    """Return whether WGS 84 is taken for CGCS2000, or the other way round."""
    one, other = source.geodetic_crs, target.geodetic_crs
    if one is None or other is None or one.datum == other.datum:
        return False
    return _is_alike(one) and _is_alike(other)


def off_earth_reason(bridge: Bridge) -> Text:
    """Return why a shape that `move` lost was set aside."""
    name = bridge.names[0]
    name = name if len(name) < 40 else bridge.source.name
    return Text(
        f"坐标不可能位于声明的坐标系 {name}", f"coordinates cannot be in the declared {name}"
    )
