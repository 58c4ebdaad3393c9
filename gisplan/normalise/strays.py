"""Single features that lie elsewhere than their layer: each is told, the layer is kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from pyproj import CRS

from gisplan.model import Text
from gisplan.normalise.crs import Extent, crs_label, crs_text, degrees_of, use_of
from gisplan.normalise.crs_guess import guess_crs

_FAR = 2.0  # degrees from all else in the plan; neighbouring 3° zones lie 3° apart
_LARGE = 50.0  # times a typical feature: one of its vertices may lie elsewhere
_ORIGIN = 1e-6
_MOST_HINTS = 500  # of more strays it is only said that they are


def find_strays(
    shapes: np.ndarray, crs: CRS, own: Extent, places: Sequence[Extent]
) -> dict[int, Text]:
    """Return the features that cannot lie where their coordinates say, with the reason.

    Parameters
    ----------
    shapes : ndarray of shapes
        Of one source; what is None, empty or not finite is passed over.
    crs : CRS
        Of the source.
    own : Extent
        Robust extent of the source, in its own coordinates.
    places : sequence of Extent
        Where this source and the other layers of the plan lie, in degrees.

    Returns
    -------
    dict of int to Text
        Row -> reason: a vertex at 0, 0; one that the CRS cannot have, or that lies far outside the
        area it is made for; a feature more than 2° from everything else in the plan.
    """
    rows = _suspects(shapes, own)
    if not len(rows):
        return {}
    coords, owner = shapely.get_coordinates(shapes[rows], return_index=True)
    place = degrees_of(coords, crs)
    count = len(rows)
    origin = np.zeros(count, dtype=bool)
    if not (own.west <= 0 <= own.east and own.south <= 0 <= own.north):
        origin = _any(owner, (np.abs(coords) <= _ORIGIN).all(axis=1), count)
    nowhere = _any(owner, np.isnan(place[:, 0]), count)
    beyond = _any(owner, _is_outside(place, use_of(crs)), count)
    far = ~_any(owner, ~np.logical_and.reduce([_is_outside(place, p.grown(_FAR)) for p in places]),
                count) if places else np.zeros(count, dtype=bool)  # fmt: skip
    name = crs_label(crs_text(crs))
    found: dict[int, Text] = {}
    hinted = int((origin | nowhere | beyond | far).sum()) <= _MOST_HINTS
    for k in np.flatnonzero(origin | nowhere | beyond | far).tolist():
        points = coords[owner == k] if hinted else coords[:0]
        if origin[k]:
            reason = Text("含有坐标 (0, 0) 的顶点", "has a vertex at 0, 0")
        elif nowhere[k]:
            reason = Text(
                f"坐标不可能位于声明的坐标系 {name}",
                f"coordinates cannot be in the declared {name}",
            )
        elif beyond[k]:
            reason = Text(
                f"坐标远在声明的坐标系 {name} 的适用范围之外",
                f"coordinates lie far outside the area of the declared {name}",
            )
        else:
            lon, lat = place[owner == k].mean(axis=0)
            reason = Text(
                f"所在位置（约 {lon:.2f}, {lat:.2f}）与本图层及规划其他内容相距甚远",
                f"it lies (about {lon:.2f}, {lat:.2f}) far from its layer and all else in the plan",
            )
        found[int(rows[k])] = _hinted(reason, points, crs, places)
    return found


def _suspects(shapes: np.ndarray, own: Extent) -> np.ndarray:
    """Return the rows that lie outside the extent of their layer, or are very large."""
    bounds = shapely.bounds(shapes)
    with np.errstate(invalid="ignore"):
        inside = (bounds[:, :2] >= own[:2]).all(axis=1) & (bounds[:, 2:] <= own[2:]).all(axis=1)
        size = np.hypot(*(bounds[:, 2:] - bounds[:, :2]).T)
    finite = np.isfinite(size)
    typical = float(np.median(size[finite])) if finite.any() else 0.0
    return np.flatnonzero(finite & (~inside | (size > _LARGE * typical)))


def _any(owner: np.ndarray, flags: np.ndarray, count: int) -> np.ndarray:
    """Return for each feature whether one of its vertices is flagged."""
    return np.bincount(owner, weights=flags, minlength=count) > 0


def _is_outside(place: np.ndarray, box: Extent | None) -> np.ndarray:
    if box is None:
        return np.zeros(len(place), dtype=bool)
    with np.errstate(invalid="ignore"):
        within = (place >= box[:2]) & (place <= box[2:])
    return np.asarray(~within.all(axis=1))


def _hinted(reason: Text, points: np.ndarray, crs: CRS, places: Sequence[Extent]) -> Text:
    """Add to a reason how the coordinates would lie in their layer, where there is a way."""
    points = points[(np.abs(points) > _ORIGIN).any(axis=1)]
    if not len(points) or not places:
        return reason
    extent = Extent(*points.min(axis=0).tolist(), *points.max(axis=0).tolist())
    guess = guess_crs(extent, places[:1])
    if not guess.is_near:
        return reason
    code = next((code for code in guess.codes if code == crs_text(crs)), guess.codes[0])
    if guess.is_swapped:
        return Text(f"{reason.zh}；x 与 y 似乎颠倒了", f"{reason.en}; x and y seem to be exchanged")
    if code == crs_text(crs):
        return reason
    return Text(
        f"{reason.zh}；若按 {crs_label(code)} 则位于本图层范围内",
        f"{reason.en}; in {crs_label(code)} it would lie within its layer",
    )
