"""Doubts about where a source lies: no CRS, or one that its coordinates contradict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyproj import CRS

from gisplan.model import LayerSpec, Note, RawLayer, Text
from gisplan.normalise.crs import Extent, crs_text
from gisplan.normalise.crs_guess import Guess, guess_crs

# A city kept whole in one 3° zone reaches 3° from its middle; twice that is another zone's land.
_BEYOND_USE = 6.0
_APART = 0.5  # degrees, some 50 km, from every other layer of the plan


@dataclass(frozen=True, slots=True)
class Placed:
    """A source with what is known of its place. Extents: in its own CRS, in degrees."""

    raw: RawLayer
    spec: LayerSpec
    crs: CRS | None
    own: Extent | None
    degrees: Extent | None


def crs_missing(item: Placed, placed: Sequence[Placed]) -> Note:
    """Return the note on a source without CRS, with those that its coordinates would fit."""
    assert item.own is not None
    guess = _guess(item, placed)
    return _note("crs_missing", item, guess.codes, guess.why)


def crs_contradicted(item: Placed, placed: Sequence[Placed]) -> Note | None:
    """Return a note where the coordinates as a whole are not in the declared CRS, else None.

    They are nowhere on Earth (metres read as degrees, x and y exchanged), far outside the area
    that the CRS is made for (another zone's prefix), or far from everything else in the plan.
    """
    if item.own is None or item.crs is None:
        return None
    guess = _guess(item, placed)
    candidates, why = [code for code in guess.codes if code != crs_text(item.crs)], guess.why
    if item.degrees is None:
        return _note("crs_contradicted", item, candidates, why)
    if _is_beyond_use(item.degrees, item.crs):
        return _note("crs_contradicted", item, candidates, why)
    if _is_apart(item, placed):
        why = Text(
            f"所在位置（约 {_place(item.degrees)}）与规划其他图层相距甚远",
            f"it lies (about {_place(item.degrees)}) far from the other layers of the plan",
        )
        return _note("crs_contradicted", item, candidates, why)
    return None


def _guess(item: Placed, placed: Sequence[Placed]) -> Guess:
    """Return the CRS that a source could be in, by its figures and by where the others lie."""
    assert item.own is not None
    others = [other for other in placed if other is not item and other.degrees]
    places = [other.degrees for other in others if other.degrees]
    return guess_crs(item.own, places, [crs_text(other.crs) for other in others if other.crs])


def _is_beyond_use(degrees: Extent, crs: CRS) -> bool:
    area = crs.area_of_use
    if area is None:
        return False
    return not degrees.meets(Extent(*area.bounds), within=_BEYOND_USE)


def _is_apart(item: Placed, placed: Sequence[Placed]) -> bool:
    """Return whether a source is away from all others, and these are not scattered themselves.

    Of two sources that lie apart, the one that is no tier is doubted: the chain is the plan.
    """
    assert item.degrees is not None
    others = [other for other in placed if other is not item and other.degrees]
    if not others or any(_meet(item, other) for other in others):
        return False
    if len(others) == 1:
        return item.spec.kind != "tier" and others[0].spec.kind == "tier"
    return any(_meet(one, other) for one in others for other in others if one is not other)


def _meet(one: Placed, other: Placed) -> bool:
    return bool(one.degrees and other.degrees and one.degrees.meets(other.degrees, within=_APART))


def _place(extent: Extent) -> str:
    x, y = extent.centre
    return f"{x:.2f}, {y:.2f}"


def _note(kind: str, item: Placed, candidates: list[str], why: Text) -> Note:
    detail = {
        "candidates": candidates,
        "why_zh": why.zh,
        "why_en": why.en,
        "extent": list(item.own or ()),
    }
    if item.crs is not None:
        detail["declared"] = item.crs.name
    return Note(kind, item.spec.name, item.raw.record.path, detail=detail)
