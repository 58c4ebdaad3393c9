"""Doubts about where a source lies: no CRS, one that cannot be, or x and y exchanged.

What the file says stands, unless it cannot be. What it leaves open is settled only by proof: the
one reading that brings its vertices onto those of a layer whose place is known. All else is not
judged (docs/decisions/0005-a-place-is-stated-or-proved.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pyproj import CRS

from gisplan.model import LayerSpec, Note, RawLayer, Text
from gisplan.normalise.crs import CHINA, Extent, crs_label, crs_of, crs_text, fits, to_degrees
from gisplan.normalise.crs_guess import Guess, Reading, exchanged, guess_crs
from gisplan.normalise.crs_proof import Known, Met, another_zone, prove_reading
from gisplan.normalise.geometry import raw_shapes, with_axes_exchanged

_Detail = dict[str, Any]

_APART = 0.5  # degrees, some 50 km, from every other layer of the plan
NOT_STATED = Text("文件没有坐标系，位置未知", "the file has no CRS; its place is unknown")
_NOT_THERE = Text(
    "坐标与声明的坐标系 {name} 不符，位置未知",
    "the coordinates contradict the declared {name}; their place is unknown",
)
_TURNED = Text(
    "x 与 y 似乎颠倒，尚无可靠图层证实，位置未知",
    "x and y seem to be exchanged, which no known layer proves; the place is unknown",
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A source with what is known of its place. Extents: in its own CRS, in degrees.

    unfit : why nothing of it is judged; None where it is
    """

    raw: RawLayer
    spec: LayerSpec
    crs: CRS | None
    own: Extent | None
    degrees: Extent | None
    unfit: Text | None = None


def settle(placed: Sequence[Placed]) -> tuple[list[Placed], list[Note]]:
    """Return sources as they are to be judged, and a note on each whose place is in doubt.

    Parameters
    ----------
    placed : sequence of Placed
        Every source of a plan, as its file and the plan file say.

    Returns
    -------
    tuple of list of Placed and list of Note
        In the same order. A source without CRS has one where it was proved; one with x and y
        exchanged is put right where that was proved; one that cannot lie where it says is
        `unfit`. Notes: crs_missing, crs_confirmed, axes_exchanged, crs_contradicted.
    """
    stated = [replace(item, degrees=None) if _is_impossible(item) else item for item in placed]
    sure = [n for n, item in enumerate(stated) if item.degrees and not _is_apart(item, stated)]
    known = {n: _known(stated[n]) for n in sure if stated[n].raw.record.crs_from == "file"}
    made: list[Placed] = []
    notes: list[Note] = []
    for n, item in enumerate(stated):
        around = _Around(
            [stated[k] for k in sure if k != n], [known[k] for k in sorted(known) if k != n]
        )
        one, more = item, list[Note]()
        if item.own is None:
            pass
        elif item.crs is None:
            one, more = _without_crs(item, item.own, around)
        elif n in sure:
            one, more = _as_stated(item, item.own, item.crs, around)
        else:
            one, more = _contradicted(item, item.own, item.crs, around)
        made.append(one)
        notes += more
    return made, notes


@dataclass(frozen=True, slots=True)
class _Around:
    """The other sources whose place is sure, and those of them that can prove another's."""

    others: Sequence[Placed]
    known: Sequence[Known]

    @property
    def places(self) -> list[Extent]:
        return [other.degrees for other in self.others if other.degrees]

    def guess(self, own: Extent) -> Guess:
        used = [crs_text(other.crs) for other in self.others if other.crs]
        return guess_crs(own, self.places, used)

    def meets(self, place: Extent | None) -> bool:
        return place is not None and any(place.meets(o, within=_APART) for o in self.places)


def _known(item: Placed) -> Known:
    assert item.crs is not None
    assert item.degrees is not None
    shapes = raw_shapes(item.raw)
    return Known(item.spec, item.raw.record.path, shapes, item.crs, item.degrees)


def _without_crs(item: Placed, own: Extent, around: _Around) -> tuple[Placed, list[Note]]:
    guess = around.guess(own)
    met = None
    if guess.is_near:
        met = prove_reading(raw_shapes(item.raw), guess.readings, around.known)
    detail: _Detail = {"candidates": guess.codes, **_words(guess.why), "extent": list(own)}
    if met is None:
        notes = [_note("crs_missing", item, detail)]
        if guess.is_swapped:
            notes.append(_note("axes_exchanged", item, detail | {"confirmed": False}))
        return replace(item, unfit=NOT_STATED), notes
    proof = _evidence(met)
    notes = [_note("crs_confirmed", item, detail | {"chosen": met.reading.code} | _words(proof))]
    if met.reading.swapped:
        confirmed = {"confirmed": True, "declared": crs_label(met.reading.code)}
        notes.append(_note("axes_exchanged", item, detail | confirmed | _words(proof)))
    return _read_as(item, met, proof, crs_from="confirmed"), notes


def _as_stated(item: Placed, own: Extent, crs: CRS, around: _Around) -> tuple[Placed, list[Note]]:
    """Return a source that may lie where it says, unless known layers prove that it does not."""
    if not crs.is_projected or not around.known:
        return item, []
    shapes = raw_shapes(item.raw)
    stated = Reading(crs_text(crs))
    if prove_reading(shapes, [stated], around.known, quick=True) is not None:
        return item, []
    readings = [reading for reading in around.guess(own).readings if reading != stated]
    met = prove_reading(shapes, readings, around.known, quick=True)
    if met is not None and met.reading == replace(stated, swapped=True):
        return _put_right(item, own, crs, met)
    why = _evidence(met) if met else None
    code = met.reading.code if met else None
    if met is None:
        found = another_zone(shapes, stated, own, around.known)
        if found is not None:
            code, why = found
    if why is None or code is None:
        return item, []
    detail: _Detail = {
        "candidates": [code],
        **_words(why),
        "extent": list(own),
        "declared": crs.name,
    }
    return _left_out(item, crs), [_note("crs_contradicted", item, detail)]


def _contradicted(
    item: Placed, own: Extent, crs: CRS, around: _Around
) -> tuple[Placed, list[Note]]:
    """Return a source whose coordinates cannot be in its CRS, or lie far from all others."""
    turned = exchanged(own)
    place = to_degrees(turned, crs)
    detail: _Detail = {"declared": crs.name, "extent": list(own)}
    turned_fits = fits(place, crs) and (around.meets(place) or not around.places)
    if turned_fits and not _like_degrees(own, crs):
        reading = Reading(crs_text(crs), swapped=True)
        met = prove_reading(raw_shapes(item.raw), [reading], around.known)
        if met is not None:
            return _put_right(item, own, crs, met)
        detail |= {"candidates": [reading.code], "confirmed": False}
        detail |= _words(_turned_words(crs, around.meets(place)))
        notes = [_note("axes_exchanged", item, detail)]
        return replace(item, degrees=None, unfit=_TURNED), notes
    guess = around.guess(own)
    why = guess.why
    if item.degrees is not None:
        lon, lat = item.degrees.centre
        zh = f"所在位置（约 {lon:.2f}, {lat:.2f}）与规划其他图层相距甚远"
        en = f"it lies (about {lon:.2f}, {lat:.2f}) far from the other layers of the plan"
        why = Text(f"{zh}；{why.zh}", f"{en}; {why.en}") if guess.is_near else Text(zh, en)
    candidates = [code for code in guess.codes if code != crs_text(crs)]
    notes = [_note("crs_contradicted", item, detail | {"candidates": candidates} | _words(why))]
    return (item if item.degrees is not None else _left_out(item, crs)), notes


def _put_right(item: Placed, own: Extent, crs: CRS, met: Met) -> tuple[Placed, list[Note]]:
    """Return a source in its own CRS with x and y exchanged, which was proved."""
    proof = _evidence(met)
    detail: _Detail = {"declared": crs.name, "extent": list(own), "confirmed": True}
    detail |= {"candidates": [met.reading.code], **_words(proof)}
    right = _read_as(item, met, proof, crs_from=item.raw.record.crs_from)
    return right, [_note("axes_exchanged", item, detail)]


def _left_out(item: Placed, crs: CRS) -> Placed:
    reason = Text(*(text.format(name=crs_label(crs_text(crs))) for text in _NOT_THERE))
    return replace(item, degrees=None, unfit=reason)


def _read_as(item: Placed, met: Met, proof: Text, crs_from: str | None) -> Placed:
    """Return a source in the reading that was proved."""
    assert item.own is not None
    reading, raw, own = met.reading, item.raw, item.own
    if reading.swapped:
        raw, own = with_axes_exchanged(raw), exchanged(own)
    crs = crs_of(reading.code)
    record = replace(raw.record, crs=reading.code, crs_from=crs_from, crs_evidence=proof)
    return replace(
        item, raw=replace(raw, record=record), crs=crs, own=own, degrees=to_degrees(own, crs)
    )


def _is_impossible(item: Placed) -> bool:
    """Return whether coordinates cannot be in the CRS that is stated for them."""
    if item.crs is None or item.own is None:
        return False
    return _like_degrees(item.own, item.crs) or not fits(item.degrees, item.crs)


def _like_degrees(own: Extent, crs: CRS) -> bool:
    """Return whether coordinates are degrees of China, and metres by their CRS."""
    return bool(crs.is_projected) and (own.within(CHINA) or exchanged(own).within(CHINA))


def _is_apart(item: Placed, placed: Sequence[Placed]) -> bool:
    """Return whether a source is away from all others, and these are not scattered themselves.

    Of two sources that lie apart, the one that is no tier is doubted: the chain is the plan.
    """
    others = [other for other in placed if other is not item and other.degrees]
    if not others or any(_meet(item, other) for other in others):
        return False
    if len(others) == 1:
        return item.spec.kind != "tier" and others[0].spec.kind == "tier"
    return any(_meet(one, other) for one in others for other in others if one is not other)


def _meet(one: Placed, other: Placed) -> bool:
    return bool(one.degrees and other.degrees and one.degrees.meets(other.degrees, within=_APART))


def _evidence(met: Met) -> Text:
    label, known = crs_label(met.reading.code), met.known
    turned = Text("对调 x、y 并", "with x and y exchanged and ") if met.reading.swapped else None
    return Text(
        f"{turned.zh if turned else ''}按 {label} 读取时，抽查的 {met.of} 个界址点中有 {met.fit} 个"
        f"与图层“{known.spec.title.zh}”（{known.path}）的界址点重合（1 米以内）",
        f"read {turned.en if turned else ''}as {label}, {met.fit} of {met.of} sampled vertices lie"
        f" within 1 m of those of layer {known.spec.title.en} ({known.path})",
    )


def _turned_words(crs: CRS, meets: bool) -> Text:
    label = crs_label(crs_text(crs))
    zh, en = f"对调后位于 {label} 的适用范围内", f"put right, they lie where {label} is made for"
    if meets:
        return Text(f"{zh}，并与其他图层相遇", f"{en}, and meet the other layers")
    return Text(zh, en)


def _words(why: Text) -> _Detail:
    return {"why_zh": why.zh, "why_en": why.en}


def _note(kind: str, item: Placed, detail: _Detail) -> Note:
    return Note(kind, item.spec.name, item.raw.record.path, detail=detail)
