"""Which CRS could coordinates be in? For a file that does not say, or says what cannot be."""

from __future__ import annotations

from collections.abc import Sequence

from gisplan.model import Text
from gisplan.normalise.crs import CHINA, Extent, crs_of, to_degrees

_NORTHING = (330_000.0, 6_000_000.0)  # from 3° to 54° N
_EASTING = (250_000.0, 750_000.0)  # a whole city kept in one 3° zone reaches this far
_ZONES_3 = range(25, 46)
_ZONES_6 = range(13, 24)


def guess_crs(extent: Extent, others: Sequence[Extent]) -> tuple[list[str], Text]:
    """Return the CRS that coordinates could be in, and why; nothing is ever assumed from it.

    Parameters
    ----------
    extent : Extent
        In the unknown CRS.
    others : sequence of Extent
        Where the other layers of the plan lie, in degrees: among the zones without prefix only
        those that bring the layer near them are kept.

    Returns
    -------
    tuple of list of str and Text
        EPSG codes, likeliest first, empty where nothing fits; the reason.
    """
    swapped = Extent(extent.south, extent.west, extent.north, extent.east)
    codes, why = _straight(extent, others)
    if codes:
        return codes, why
    codes, _ = _straight(swapped, others)
    if codes and not extent.within((-180, -90, 180, 90)):
        return codes, Text(
            "x 与 y 似乎颠倒了（北坐标在前）；对调后适用所列坐标系",
            "x and y seem to be exchanged (northing first); put right, the listed CRS fit",
        )
    return [], why


def _straight(extent: Extent, others: Sequence[Extent]) -> tuple[list[str], Text]:
    if extent.within(CHINA):
        return ["EPSG:4490", "EPSG:4326"], Text(
            "坐标是中国范围内的经纬度（4490、4326 或 GCJ-02，仅凭数值无法区分）",
            "longitude and latitude in China (4490, 4326 or GCJ-02; the figures cannot tell)",
        )
    if extent.within((-180, -90, 180, 90)):
        return ["EPSG:4326"], Text("坐标像经纬度", "coordinates look like longitude and latitude")
    if not (_NORTHING[0] <= extent.south and extent.north <= _NORTHING[1]):
        return [], _LOCAL
    zone = int(extent.centre[0] // 1e6)
    low, high = extent.west - zone * 1e6, extent.east - zone * 1e6
    if not (_EASTING[0] <= low and high <= _EASTING[1]):
        return [], _LOCAL
    if zone in _ZONES_3:
        return [f"EPSG:{4488 + zone}"], Text(
            f"东坐标带有 3 度带带号 {zone}", f"the easting begins with the 3° zone {zone}"
        )
    if zone in _ZONES_6:
        return [f"EPSG:{4478 + zone}"], Text(
            f"东坐标带有 6 度带带号 {zone}", f"the easting begins with the 6° zone {zone}"
        )
    if zone != 0:
        return [], _LOCAL
    fitting = [
        f"EPSG:{4509 + n}" for n in _ZONES_3 if not others or _is_near(extent, 4509 + n, others)
    ]
    return fitting, Text(
        "像不带带号的 3 度带高斯-克吕格坐标，带号须由其他图层或行政区判定",
        "looks like a 3° Gauss-Kruger zone without prefix; other layers or the district tell which",
    )


_LOCAL = Text(
    "不在任何常用坐标系的范围内，可能是地方独立坐标系，请索取 .prj 或转换参数",
    "fits no usual CRS; perhaps a local grid: ask for the .prj or for its parameters",
)


def _is_near(extent: Extent, epsg: int, others: Sequence[Extent]) -> bool:
    place = to_degrees(extent, crs_of(f"EPSG:{epsg}"))
    return place is not None and any(place.meets(other) for other in others)
