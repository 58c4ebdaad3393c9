"""The Gauss-Krüger and UTM zones that Chinese offices use, and the coordinates each can have."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from pyproj import Transformer

from gisplan.normalise.crs import CHINA, Extent

DATUMS = ("CGCS2000", "Xian 1980", "Beijing 1954", "WGS 84")  # likeliest first

# EPSG code of the first zone: datum, width in degrees, is the zone's number put before the easting
_FIRST = {
    ("CGCS2000", 3, True): 4513,
    ("CGCS2000", 3, False): 4534,
    ("CGCS2000", 6, True): 4491,
    ("CGCS2000", 6, False): 4502,
    ("Xian 1980", 3, True): 2349,
    ("Xian 1980", 3, False): 2370,
    ("Xian 1980", 6, True): 2327,
    ("Xian 1980", 6, False): 2338,
    ("Beijing 1954", 3, True): 2401,
    ("Beijing 1954", 3, False): 2422,
    ("Beijing 1954", 6, True): 21413,
    ("Beijing 1954", 6, False): 21453,
}
_NUMBERS = {3: range(25, 46), 6: range(13, 24)}
_UTM = range(49, 53)
# From 3° to 54° N; without a zone's number from 15° N, the Paracels: what would lie in the open
# sea south of them is the grid of some city.
_NORTHING = {True: (CHINA[1] * 110_500, CHINA[3] * 111_200), False: (1_658_000.0, 6_005_000.0)}
# How far from its central meridian a whole layer may lie (middle, ends), in degrees. Half the
# zone's width is the rule; a city or a province kept whole in one zone, even the neighbour's zone
# taken by mistake, is the practice.
_REACH = {3: (4.5, 6.0), 6: (5.0, 7.0)}


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone of one datum. `meridian` in degrees; `width` 3 or 6; `number` as it is printed."""

    epsg: int
    datum: str
    width: int
    number: int
    meridian: int
    prefix: bool

    @property
    def code(self) -> str:
        """The CRS as text."""
        return f"EPSG:{self.epsg}"

    @property
    def is_utm(self) -> bool:
        """Whether this is a zone of the Universal Transverse Mercator."""
        return self.datum == "WGS 84"

    def can_hold(self, extent: Extent) -> bool:
        """Return whether coordinates could be in this zone: x east, y north, in metres."""
        south, north = _NORTHING[self.prefix]
        if not (south <= extent.south and extent.north <= north):
            return False
        degree = 111_320 * math.cos(math.radians(extent.centre[1] / 111_000))
        west, east = ((x - self._false_easting) / degree for x in (extent.west, extent.east))
        middle, ends = _REACH[self.width]
        return (
            abs(west + east) / 2 <= middle
            and max(-west, east) <= ends
            and CHINA[0] - 1 <= self.meridian + (west + east) / 2 <= CHINA[2] + 1
        )

    def place(self, extent: Extent) -> Extent | None:
        """Return coordinates that the zone can hold in degrees, to some hundred metres.

        All zones of one kind are one projection put at another meridian, so they need one
        transformation, not two hundred.
        """
        west, south, east, north = extent
        to_degrees = _on_greenwich(0.9996 if self.is_utm else 1.0)
        metres = (west - self._false_easting, south, east - self._false_easting, north)
        west, south, east, north = to_degrees.transform_bounds(*metres, densify_pts=5)
        found = Extent(west + self.meridian, south, east + self.meridian, north)
        return found if all(map(math.isfinite, found)) else None

    @property
    def _false_easting(self) -> float:
        return 500_000 + (self.number * 1e6 if self.prefix else 0)


@cache
def _on_greenwich(scale: float) -> Transformer:
    metres = f"+proj=tmerc +lat_0=0 +lon_0=0 +k={scale} +x_0=0 +y_0=0 +ellps=GRS80 +units=m"
    return Transformer.from_crs(metres, "+proj=longlat +ellps=GRS80", always_xy=True)


@cache
def zone_of(code: str) -> Zone | None:
    """Return the zone that a CRS is, None where it is none of them."""
    return next((zone for zone in all_zones() if zone.code == code), None)


@cache
def all_zones() -> tuple[Zone, ...]:
    """Return every zone, likeliest first: 3° before 6° before UTM, CGCS2000 before old datums."""
    found = [
        Zone(
            first + number - _NUMBERS[width][0],
            datum,
            width,
            number,
            3 * number if width == 3 else 6 * number - 3,
            prefix,
        )
        for (datum, width, prefix), first in _FIRST.items()
        for number in _NUMBERS[width]
    ]
    found += [Zone(32600 + n, "WGS 84", 6, n, 6 * n - 183, False) for n in _UTM]
    return tuple(
        sorted(found, key=lambda z: (z.is_utm, z.width, DATUMS.index(z.datum), z.number, z.prefix))
    )
