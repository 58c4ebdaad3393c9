"""Protected views as the layer `view` draws them: from where, to where, over what land.

A line is a view from its first vertex to its last; it must be straight, else nobody sees along it.
An area is a cone: the rays from its viewpoint to its far edge. Its viewpoint is the point of the
layer whose code its field `viewpoint` names, else the one point of the layer that lies in it or
within a metre of it, else its one corner under 60 degrees. Points are viewpoints and no views.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.measure.heights import Flags, Numbers
from gisplan.measure.overlay import Shapes
from gisplan.measure.scene import Ints, Scene

VIEW = "view"
EYE_M = 1.6  # of a person who stands; where the view states none
STRAIGHT_M = 1.0  # a bend of a line, at most; or the share of its length:
STRAIGHT_SHARE = 1e-3  # a line that is straight in degrees bends by 1.75 m in 10 km in the plane
AT_M = 1.0  # a viewpoint drawn at a cone
SHARP_DEG = 60.0


class Views(NamedTuple):
    """Every feature of the layer, by fid.

    shape : one line or one polygon; empty where it is no view
    eye, end : (n, 2), NaN where unknown; `end` of a cone is NaN, it has one for every ray
    eye_m, target_m : above the ground; NaN where the height of what is seen is not known
    why : bent, parts or viewpoint where the view has no rays; else ""
    body : shape of the heritage body that is seen; None
    """

    shape: Shapes
    is_cone: Flags
    eye: Numbers
    end: Numbers
    eye_m: Numbers
    target_m: Numbers
    why: NDArray[np.object_]
    body: Shapes


def views_of(scene: Scene) -> Views:
    """Return the views of a plan; it must have the layer."""
    return scene.once("views", lambda: _views(scene))


def _views(scene: Scene) -> Views:
    frame = scene.layer(VIEW).frame
    shapes = scene.shapes(VIEW)
    dimension = scene.dimensions(VIEW)
    whole, parts = _single(shapes, dimension)
    named = _named_point(scene, frame)
    eye, end, bent = _line_ends(whole, dimension == 1, named)
    cone = (dimension == 2) & ~parts
    eye[cone] = _cone_eyes(scene, whole, cone, named)[cone]
    why = np.full(len(shapes), "", dtype=object)
    why[cone & np.isnan(eye[:, 0])] = "viewpoint"
    why[bent] = "bent"
    why[parts] = "parts"
    body, body_m = _bodies(scene, frame)
    target = _numbers(frame, "target_height")
    eye_m = _numbers(frame, "eye_height")
    return Views(
        shape=whole,
        is_cone=dimension == 2,
        eye=eye,
        end=end,
        eye_m=np.where(np.isnan(eye_m), EYE_M, eye_m),
        target_m=np.where(np.isnan(target), body_m, target),
        why=why,
        body=body,
    )


def _numbers(frame: pd.DataFrame, column: str) -> Numbers:
    return np.asarray(pd.to_numeric(frame[column], errors="coerce"), dtype=float)


def _single(shapes: Shapes, dimension: Ints) -> tuple[Shapes, Flags]:
    """Return each view as one line or polygon, and which are several."""
    out = np.full(len(shapes), shapely.GeometryCollection(), dtype=object)
    lines, areas = dimension == 1, dimension == 2
    out[lines] = shapely.line_merge(shapes[lines])
    out[areas] = shapes[areas]
    several = (lines | areas) & (shapely.get_num_geometries(out) != 1)
    alone = (lines | areas) & ~several
    out[alone] = shapely.get_geometry(out[alone], 0)
    # a closed line has neither end
    several |= lines & ~several & shapely.is_closed(out)
    out[several] = shapes[several]
    return out, several


def _named_point(scene: Scene, frame: pd.DataFrame) -> Numbers:
    """Return the place of the viewpoint that each view names, NaN where it names none."""
    points = scene.dimensions(VIEW) == 0
    places = shapely.get_coordinates(shapely.centroid(scene.shapes(VIEW)[points]))
    codes = frame["code"][points]
    known = pd.DataFrame(places, index=codes.to_numpy(dtype=object), columns=["x", "y"])
    known = known[codes.notna().to_numpy() & ~known.index.duplicated(keep=False)]
    return np.asarray(known.reindex(frame["viewpoint"].to_numpy(dtype=object)), dtype=float)


def _line_ends(shapes: Shapes, lines: Flags, named: Numbers) -> tuple[Numbers, Numbers, Flags]:
    """Return the ends of lines, the named viewpoint first, and which lines bend."""
    n = len(shapes)
    eye, end = np.full((n, 2), np.nan), np.full((n, 2), np.nan)
    usable = lines & (shapely.get_type_id(shapes) == 1) & ~shapely.is_closed(shapes)
    eye[usable] = shapely.get_coordinates(shapely.get_point(shapes[usable], 0))
    end[usable] = shapely.get_coordinates(shapely.get_point(shapes[usable], -1))
    with np.errstate(invalid="ignore"):
        turned = np.hypot(*(end - named).T) < np.hypot(*(eye - named).T)
    eye[turned], end[turned] = end[turned], eye[turned].copy()
    bent = np.zeros(n, dtype=bool)
    chords = shapely.linestrings(np.stack([eye[usable], end[usable]], axis=1))
    slack = np.maximum(STRAIGHT_M, STRAIGHT_SHARE * shapely.length(chords))
    bent[usable] = shapely.hausdorff_distance(shapes[usable], chords) > slack
    return eye, end, bent


def _cone_eyes(scene: Scene, shapes: Shapes, cones: Flags, named: Numbers) -> Numbers:
    eye = named.copy()
    for found in (_drawn_points(scene, shapes, cones), _sharp_corners(shapes, cones)):
        eye = np.where(np.isnan(eye), found, eye)
    return eye


def _drawn_points(scene: Scene, shapes: Shapes, cones: Flags) -> Numbers:
    """Return the one point of the layer that lies at each cone."""
    out = np.full((len(shapes), 2), np.nan)
    points = np.flatnonzero(scene.dimensions(VIEW) == 0)
    fids = np.flatnonzero(cones)
    if not len(points) or not len(fids):
        return out
    tree = shapely.STRtree(scene.shapes(VIEW)[points])
    cone, point = tree.query(shapes[fids], predicate="dwithin", distance=AT_M)
    once = np.bincount(cone, minlength=len(fids))[cone] == 1
    centres = shapely.centroid(scene.shapes(VIEW)[points[point[once]]])
    out[fids[cone[once]]] = shapely.get_coordinates(centres)
    return out


def _sharp_corners(shapes: Shapes, cones: Flags) -> Numbers:
    """Return the one corner under 60 degrees of each cone that has just one."""
    out = np.full((len(shapes), 2), np.nan)
    fids = np.flatnonzero(cones)
    rings = shapely.get_exterior_ring(shapely.orient_polygons(shapes[fids]))
    coords, owner = shapely.get_coordinates(rings, return_index=True)
    if not len(coords):
        return out
    last = np.append(owner[1:] != owner[:-1], True)
    here, owner = coords[~last], owner[~last]  # a ring ends where it begins
    start = np.searchsorted(owner, owner)
    stop = np.searchsorted(owner, owner, side="right")
    place = np.arange(len(owner))
    before = here[np.where(place == start, stop - 1, place - 1)]
    after = here[np.where(place == stop - 1, start, place + 1)]
    one, two = before - here, after - here
    turn = np.arctan2(
        two[:, 0] * one[:, 1] - two[:, 1] * one[:, 0], (one * two).sum(axis=1)
    )  # from the next edge to the former one, through the inside of a ring that runs left
    angle = np.degrees(turn) % 360
    sharp = np.flatnonzero((angle > 0) & (angle < SHARP_DEG))
    alone = sharp[np.bincount(owner[sharp], minlength=len(fids))[owner[sharp]] == 1]
    out[fids[owner[alone]]] = here[alone]
    return out


def _bodies(scene: Scene, frame: pd.DataFrame) -> tuple[Shapes, Numbers]:
    """Return shape and height of the heritage body that each view names."""
    shape = np.full(len(frame), None, dtype=object)
    height = np.full(len(frame), np.nan)
    if not scene.has("heritage_body"):
        return shape, height
    bodies = scene.layer("heritage_body").frame
    fid = pd.Series(np.arange(len(bodies)), index=bodies["code"].to_numpy(dtype=object))
    fid = fid[bodies["code"].notna().to_numpy() & ~fid.index.duplicated(keep=False)]
    at = fid.reindex(frame["body"].to_numpy(dtype=object)).to_numpy(dtype=float)
    there = np.flatnonzero(~np.isnan(at))
    rows = at[there].astype(np.int64)
    shape[there] = scene.shapes("heritage_body")[rows]
    height[there] = _numbers(bodies, "height")[rows]
    return shape, height
