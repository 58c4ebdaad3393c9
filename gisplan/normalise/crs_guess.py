"""Which CRS could coordinates be in? For a file that does not say, or says what cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gisplan.model import Text
from gisplan.normalise.crs import CHINA, Extent, crs_of, to_degrees
from gisplan.normalise.crs_words import LOCAL, SWAPPED, describe
from gisplan.normalise.crs_zones import all_zones, zone_of

GLOBE = (-180.0, -90.0, 180.0, 90.0)
# Four datums, one window: the figures of a place differ by some hundred metres at most.
DEGREES = ("EPSG:4490", "EPSG:4326", "EPSG:4610", "EPSG:4214")
MERCATOR = "EPSG:3857"
_MERCATOR_CHINA = (8_126_000.0, 334_000.0, 15_140_000.0, 7_171_000.0)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to take coordinates: a CRS as text, and whether x and y are to be exchanged."""

    code: str
    swapped: bool = False


@dataclass(frozen=True, slots=True)
class Guess:
    """The readings that coordinates fit, likeliest first; none where nothing does. And why.

    is_near : the readings are those that bring the coordinates to where other layers lie
    """

    readings: tuple[Reading, ...]
    why: Text
    is_near: bool = False

    @property
    def codes(self) -> list[str]:
        """The CRS of the readings as text."""
        return [reading.code for reading in self.readings]

    @property
    def is_swapped(self) -> bool:
        """Whether the coordinates fit only with x and y exchanged."""
        return bool(self.readings) and all(reading.swapped for reading in self.readings)


def exchanged(extent: Extent) -> Extent:
    """Return an extent with x and y exchanged."""
    return Extent(extent.south, extent.west, extent.north, extent.east)


def guess_crs(extent: Extent, others: Sequence[Extent], used: Iterable[str] = ()) -> Guess:
    """Return the CRS that coordinates could be in, and why; nothing is ever assumed from it.

    Parameters
    ----------
    extent : Extent
        In the unknown CRS.
    others : sequence of Extent
        Where the other layers of the plan lie, in degrees. Where some reading brings the layer to
        one of them, only such readings are kept.
    used : iterable of str
        CRS of the other layers, as text: they are tried as well.

    Returns
    -------
    Guess
        Empty where nothing fits. A reading with x and y exchanged is given only where none as
        written fits, or none brings the layer to the others.
    """
    if others:
        used = {*used, DEGREES[1], MERCATOR}
    straight = _fitting(extent)
    straight += [code for code in _more(straight, used) if is_near(extent, code, others)]
    near = [code for code in straight if is_near(extent, code, others)]
    turned = _fitting(exchanged(extent))
    turned += [code for code in _more(turned, used) if is_near(exchanged(extent), code, others)]
    turned_near = [code for code in turned if is_near(exchanged(extent), code, others)]
    if near or (straight and not turned_near):
        why = describe(near or straight, narrowed=bool(near), apart=bool(others) and not near)
        return Guess(tuple(Reading(code) for code in near or straight), why, bool(near))
    if kept := turned_near or turned:
        why = describe(kept, narrowed=bool(turned_near), apart=bool(others) and not turned_near)
        why = Text(SWAPPED.zh + why.zh, SWAPPED.en + why.en)
        return Guess(tuple(Reading(code, swapped=True) for code in kept), why, bool(turned_near))
    if extent.within(GLOBE):  # degrees, but not of China: a site grid has such figures, too
        return Guess((Reading(DEGREES[1]),), describe([DEGREES[1]]))
    return Guess((), LOCAL)


def is_near(extent: Extent, code: str, others: Sequence[Extent]) -> bool:
    """Return whether a CRS brings coordinates to where some other layer lies."""
    if not others:
        return False
    zone = zone_of(code)
    if zone is None:
        place = to_degrees(extent, crs_of(code))
    else:
        place = zone.place(extent) if zone.can_hold(extent) else None
    return place is not None and any(place.meets(other) for other in others)


def _fitting(extent: Extent) -> list[str]:
    """Return the CRS of Chinese practice whose windows hold coordinates."""
    if extent.within(CHINA):
        return list(DEGREES)
    found = [zone.code for zone in all_zones() if zone.can_hold(extent)]
    if extent.within(_MERCATOR_CHINA):
        found.append(MERCATOR)
    return found


def _more(known: Sequence[str], used: Iterable[str]) -> list[str]:
    """Return the CRS of the other layers that the windows did not give, in order."""
    return sorted(set(used) - set(known))
