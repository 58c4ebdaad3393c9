"""Tables `part`, `corner` and `short_edge`: what is odd about the outline of single features."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.measure.overlay import Shapes
from gisplan.measure.pieces import mean_width, number_rows
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.tables import join_tables, make_table

# How far the tables reach; a rule's own bounds lie below.
PART_AREA_M2, PART_WIDTH_M = 100.0, 10.0
CORNER_DEG = 30.0
EDGE_M = 0.1
SAME_M = 1e-3  # vertices that agree to this are one vertex

Floats = NDArray[np.float64]


def outlined(scene: Scene) -> list[str]:
    """Return the layers whose outlines are looked at: tiers, parcels, zones and lines."""
    others = ("parcel", "heritage_zone", "control_line")
    return [tier.name for tier in scene.tiers()] + [name for name in others if scene.has(name)]


def measure_part(scene: Scene) -> pd.DataFrame:
    """Return the small and narrow parts of areas, and every part of a feature of several."""
    return join_tables("part", [_parts(scene, name) for name in scene.asked(outlined(scene))])


def _parts(scene: Scene, name: str) -> pd.DataFrame:
    fids = _mine(scene, name)
    parts, row = shapely.get_parts(scene.shapes(name)[fids], return_index=True)
    count = np.bincount(row, minlength=len(fids))[row]
    planar = shapely.area(parts)
    width = mean_width(parts)
    listed = (count > 1) | (planar < PART_AREA_M2) | (width < PART_WIDTH_M)
    number = number_rows(row)
    return make_table(
        "part",
        {
            "layer": name,
            "fid": fids[row[listed]],
            "part": number[listed],
            "n_parts": count[listed],
            "area_m2": ellipsoidal_area(parts[listed], scene.crs),
            "width_m": width[listed],
            "geometry": parts[listed],
        },
    )


def _mine(scene: Scene, name: str) -> Ints:
    return np.flatnonzero((scene.dimensions(name) == 2) & scene.mine(name))


class _Outline(NamedTuple):
    """Vertices of the rings of a layer's areas, in order; `ring` and `fid` of each."""

    xy: Floats
    ring: Ints
    fid: Ints


def _outline(scene: Scene, name: str) -> _Outline:
    def vertices() -> _Outline:
        fids = _mine(scene, name)
        parts, row = shapely.get_parts(scene.shapes(name)[fids], return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        return _Outline(xy, ring, fids[row[part[ring]]])

    return scene.once(("outline", name), vertices)


def measure_short_edge(scene: Scene) -> pd.DataFrame:
    """Return the edges that are next to nothing long."""
    names = scene.asked(outlined(scene))
    return join_tables("short_edge", [_short_edges(scene, name) for name in names])


def _short_edges(scene: Scene, name: str) -> pd.DataFrame:
    outline = _outline(scene, name)
    length = np.hypot(*np.diff(outline.xy, axis=0).T)
    inside = outline.ring[1:] == outline.ring[:-1]
    at = np.flatnonzero(inside & (length < EDGE_M))
    points = shapely.points(outline.xy[at])
    fid = outline.fid[at]
    return make_table(
        "short_edge",
        {
            "layer": name,
            "fid": fid,
            "edge": number_rows(fid),
            "length_m": length[at],
            "shared": _shared(scene, name, fid, points),
            "geometry": points,
        },
    )


def measure_corner(scene: Scene) -> pd.DataFrame:
    """Return the sharp corners of outlines, inward ones too."""
    return join_tables("corner", [_corners(scene, name) for name in scene.asked(outlined(scene))])


def _corners(scene: Scene, name: str) -> pd.DataFrame:
    xy, ring, fid = _outline(scene, name)
    # a vertex drawn twice has no corner of its own
    new = np.ones(len(xy), dtype=bool)
    new[1:] = (ring[1:] != ring[:-1]) | (xy[1:] != xy[:-1]).any(axis=1)
    xy, ring, fid = xy[new], ring[new], fid[new]
    # rings are closed: the last vertex is the first
    last = np.ones(len(xy), dtype=bool)
    last[:-1] = ring[1:] != ring[:-1]
    xy, ring, fid = xy[~last], ring[~last], fid[~last]
    before, after = _around(ring)
    one, other = xy[before] - xy, xy[after] - xy
    lengths = np.hypot(*one.T), np.hypot(*other.T)
    across = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    along = (one * other).sum(axis=1)
    angle = np.degrees(np.arctan2(np.abs(across), along))
    at = np.flatnonzero(angle < CORNER_DEG)
    points = shapely.points(xy[at])
    return make_table(
        "corner",
        {
            "layer": name,
            "fid": fid[at],
            "corner": number_rows(fid[at]),
            "angle_deg": angle[at],
            "edge_m": np.minimum(*lengths)[at],
            "shared": _shared(scene, name, fid[at], points),
            "geometry": points,
        },
    )


def _around(ring: Ints) -> tuple[Ints, Ints]:
    """Return the index of the vertex before and after each vertex, round its ring."""
    n = len(ring)
    index = np.arange(n)
    if not n:
        return index, index
    first = np.flatnonzero(np.diff(ring, prepend=-1))
    end = np.append(first[1:], n) - 1
    before, after = index - 1, index + 1
    before[first] = end
    after[end] = first
    return before, after


def _shared(scene: Scene, name: str, fid: Ints, points: Shapes) -> NDArray[np.bool_]:
    """Tell which vertices another feature, of this layer or another, has as well."""
    found = np.zeros(len(points), dtype=bool)
    if not len(points):
        return found
    for other in outlined(scene):
        at, near = scene.tree(other).query(points, predicate="dwithin", distance=SAME_M)
        apart = (near != fid[at]) if other == name else np.ones(len(at), dtype=bool)
        apart &= ~found[at] & (scene.dimensions(other)[near] == 2)
        at, near = at[apart], near[apart]
        features, which = np.unique(near, return_inverse=True)
        vertices = shapely.extract_unique_points(scene.shapes(other)[features])
        shapely.prepare(vertices)
        found[at[shapely.dwithin(vertices[which], points[at], SAME_M)]] = True
    return found
