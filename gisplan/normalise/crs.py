"""The working CRS: one projected, metric CRS for the whole plan."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Proj, Transformer
from pyproj.enums import TransformDirection
from pyproj.exceptions import CRSError, ProjError

from gisplan.errors import PlanError
from gisplan.model import PlanConfig, RawLayer
from gisplan.normalise.sample import few_shapes

CHINA = (73.0, 3.0, 136.0, 54.0)  # lon, lat; 3° zones 25 to 45
FALLBACK = "EPSG:4529"  # a plan of tables only has no place; Liaoning's middle zone
_PREFIXED_ZONE = 4488  # EPSG of the 3° zone n with prefix, less n (domain.md C.1)
_TRUE_SCALE = 0.01  # more than 1 % off (Web Mercator: 30 % and more), and metres are no metres


class Extent(NamedTuple):
    """Where something lies; in degrees unless said otherwise."""

    west: float
    south: float
    east: float
    north: float

    @property
    def centre(self) -> tuple[float, float]:
        """The middle: x, y."""
        return (self.west + self.east) / 2, (self.south + self.north) / 2

    def within(self, other: Sequence[float]) -> bool:
        """Return whether this lies inside the other."""
        west, south, east, north = other
        return bool(
            west <= self.west and south <= self.south and self.east <= east and self.north <= north
        )

    def grown(self, by: float) -> Extent:
        """Return what reaches further on every side."""
        return Extent(self.west - by, self.south - by, self.east + by, self.north + by)

    def meets(self, other: Extent, within: float = 0.0) -> bool:
        """Return whether the two have a point in common, or nearly."""
        return (
            self.west <= other.east + within
            and other.west <= self.east + within
            and self.south <= other.north + within
            and other.south <= self.north + within
        )


def union(extents: Sequence[Extent]) -> Extent | None:
    """Return the extent of several; None of none."""
    if not extents:
        return None
    table = np.array(extents)
    return Extent(*table[:, :2].min(axis=0).tolist(), *table[:, 2:].max(axis=0).tolist())


def robust_extent(shapes: np.ndarray) -> Extent | None:
    """Return the extent of shapes in their own CRS, without the strays.

    One feature at 0, 0 or at 1e300 must not decide where a plan lies: shapes whose middle is more
    than ten interquartile ranges (and ten extents of a typical feature) from the rest are left out.
    """
    bounds = shapely.bounds(shapes)
    bounds = bounds[np.isfinite(bounds).all(axis=1) & (np.abs(bounds) < 1e9).all(axis=1)]
    if not len(bounds):
        return None
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2
    low, half, high = np.quantile(middle, [0.25, 0.5, 0.75], axis=0)
    size = np.median(bounds[:, 2:] - bounds[:, :2], axis=0)
    kept = bounds[(np.abs(middle - half) <= 10 * (high - low) + 10 * size).all(axis=1)]
    kept = kept if len(kept) else bounds[:1]
    return Extent(*kept[:, :2].min(axis=0).tolist(), *kept[:, 2:].max(axis=0).tolist())


def to_degrees(extent: Extent, crs: CRS) -> Extent | None:
    """Return an extent in degrees, None where it lies nowhere on Earth."""
    if crs.is_geographic:
        found = extent
    elif np.isnan(degrees_of(np.array([extent.centre]), crs)).any():
        return None  # PROJ wraps what lies far outside a projection round the Earth
    else:
        found = Extent(*_to_wgs84(crs.to_wkt()).transform_bounds(*extent, densify_pts=21))
    return found if np.isfinite(found).all() and found.within((-180, -90, 180, 90)) else None


def degrees_of(points: np.ndarray, crs: CRS) -> np.ndarray:
    """Return points (n, 2) in degrees; NaN where they lie nowhere, or do not come back."""
    if crs.is_geographic:
        out = points.astype(float, copy=True)
        tall = np.array((360.0, 90.0)) + 1e-9
        out[(np.abs(points) > tall).any(axis=1)] = np.nan
        return out
    to = _to_wgs84(crs.to_wkt())
    x, y = points[:, 0], points[:, 1]
    out = np.column_stack(to.transform(x, y))
    back = np.column_stack(to.transform(out[:, 0], out[:, 1], direction=TransformDirection.INVERSE))
    with np.errstate(invalid="ignore"):
        gone = ~(np.hypot(*(back - points).T) <= 1.0)
    out[gone] = np.nan
    return out


_SAMPLE = 2000  # features by which a layer is looked at
BEYOND_USE = 6.0  # a city kept whole in one 3° zone reaches 3° from its middle; twice that


def use_of(crs: CRS) -> Extent | None:
    """Return where coordinates of a CRS may lie, generously; None where it does not say."""
    area = crs.area_of_use
    return None if area is None else Extent(*area.bounds).grown(BEYOND_USE)


@cache
def _to_wgs84(wkt: str) -> Transformer:
    return Transformer.from_crs(CRS.from_wkt(wkt), CRS.from_epsg(4326), always_xy=True)


def fits(degrees: Extent | None, crs: CRS) -> bool:
    """Return whether a place lies where a CRS is made for, or nearly."""
    use = use_of(crs)
    return degrees is not None and (use is None or degrees.meets(use))


def extents_of(shapes: np.ndarray, crs: CRS | None) -> tuple[Extent | None, Extent | None]:
    """Return where shapes lie, in their own CRS and in degrees, whatever strays there are.

    Where they cannot lie in the CRS as a whole, but half of them or more can, it is these that
    the extents are of.
    """
    own = robust_extent(shapes)
    if own is None or crs is None:
        return own, None
    good = _can_be(shapes, crs, few_shapes(shapes, _SAMPLE))
    if not good.all():
        good = _can_be(shapes, crs, np.arange(len(shapes)))
        if 2 * good.sum() >= len(shapes):
            own = robust_extent(shapes[good]) or own
    return own, to_degrees(own, crs)


def _can_be(shapes: np.ndarray, crs: CRS, rows: np.ndarray) -> np.ndarray:
    """Return whether some shapes lie, by their middle, where a CRS is made for."""
    bounds = shapely.bounds(shapes[rows])
    place = degrees_of((bounds[:, :2] + bounds[:, 2:]) / 2, crs)
    west, south, east, north = use_of(crs) or (-360.0, -90.0, 360.0, 90.0)
    with np.errstate(invalid="ignore"):
        return np.asarray(((place >= (west, south)) & (place <= (east, north))).all(axis=1))


def has_place(crs: CRS) -> bool:
    """Return whether a CRS says where on Earth its coordinates are; a site grid does not."""
    if not (crs.is_geographic or crs.is_projected):
        return False
    try:
        _to_wgs84(crs.to_wkt())
    except ProjError:
        return False
    return True


def horizontal(crs: CRS) -> CRS:
    """Return a CRS without heights."""
    if crs.is_compound:
        return horizontal(crs.sub_crs_list[0])
    return crs.to_2d() if len(crs.axis_info) > 2 else crs


def crs_of(text: str) -> CRS:
    """Return the CRS that a text means.

    Raises
    ------
    PlanError
        It means none.
    """
    try:
        return horizontal(CRS.from_user_input(text))
    except CRSError:
        raise PlanError(
            f"无法识别坐标系“{text}”，请写成 EPSG:4529 这样的形式",
            f"{text!r} is no coordinate reference system; write it like EPSG:4529",
        ) from None


def crs_text(crs: CRS) -> str:
    """Return a CRS as "EPSG:4529" where it has such a code, else as WKT."""
    code = crs.to_epsg(min_confidence=100)
    return f"EPSG:{code}" if code else str(crs.to_wkt())


def crs_label(text: str) -> str:
    """Return how a message names a CRS: its code, else the name that its definition gives."""
    return text if text.startswith("EPSG:") else crs_of(text).name


def same_crs(one: CRS, other: CRS) -> bool:
    """Return whether two CRS place coordinates alike, x being east in both."""
    return bool(one.equals(other, ignore_axis_order=True))


def own_crs(raw: RawLayer) -> CRS | None:
    """Return the CRS of a source without heights: the file's, else the declared one."""
    column = getattr(raw.frame, "_geometry_column_name", None) or "geometry"
    found = None
    if column in raw.frame.columns:
        found = getattr(raw.frame[column], "crs", None)
    if found is None:
        found = raw.source.crs
    if found is None:
        return None
    crs = crs_of(found) if isinstance(found, str) else horizontal(CRS.from_user_input(found))
    return crs if has_place(crs) else None


def choose_working_crs(
    config: PlanConfig, lowest: Sequence[tuple[CRS, Extent]], extents: Sequence[Extent]
) -> str:
    """Choose the CRS in which a plan is measured.

    Parameters
    ----------
    config : PlanConfig
        What it declares wins.
    lowest : sequence of CRS and Extent
        The files of the lowest tier (of every layer, where the plan has no tier), with extents in
        degrees.
    extents : sequence of Extent
        Every layer, in degrees.

    Returns
    -------
    str
        "EPSG:4529": in China the CGCS2000 3° zone of the lowest tier's middle, with prefix.
        Elsewhere the lowest tier's own projected CRS in metres, else the UTM zone.

    Raises
    ------
    PlanError
        The declared CRS is none, or is not projected in metres.
    """
    if config.working_crs is not None:
        return _declared(config.working_crs, config)
    place = union([extent for _, extent in lowest]) or union(list(extents))
    if place is None:
        return FALLBACK
    lon, lat = place.centre
    if all(extent.within(CHINA) for extent in extents):
        return f"EPSG:{_PREFIXED_ZONE + round(lon / 3)}"
    own = {crs_text(crs): crs for crs, _ in lowest if is_metric(crs, lon, lat)}
    if own:
        return min(own)
    box = gpd.GeoSeries([shapely.box(*place)], crs="EPSG:4326")
    return crs_text(CRS.from_user_input(box.estimate_utm_crs()))


def is_metric(crs: CRS, lon: float, lat: float) -> bool:
    """Return whether a metre in a CRS is a metre on the ground, x east and y north."""
    if not crs.is_projected or not _is_in_metres(crs):
        return False
    factors = Proj(crs).get_factors(lon, lat)
    scales = (factors.meridional_scale, factors.parallel_scale)
    return all(abs(scale - 1) <= _TRUE_SCALE for scale in scales)


def _is_in_metres(crs: CRS) -> bool:
    axes = crs.axis_info[:2]
    return {axis.direction for axis in axes} == {"east", "north"} and all(
        axis.unit_conversion_factor == 1.0 for axis in axes
    )


def _declared(text: str, config: PlanConfig) -> str:
    crs = crs_of(text)
    if not crs.is_projected or not _is_in_metres(crs):
        name = config.file.name if config.file else "gisplan.toml"
        line = config.lines.get("plan.working_crs")
        zh, en = (f"{name} 第 {line} 行", f"{name} line {line}") if line else (name, name)
        raise PlanError(
            f"{zh}：working_crs = “{text}” 不是以米为单位的投影坐标系，请改用例如 EPSG:4529",
            f"{en}: working_crs = {text!r} is not projected in metres; take for example EPSG:4529",
        )
    return crs_text(crs)
