"""Words that several kinds of heritage zone go by, told apart by what they are drawn around."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist, shared_words
from gisplan.model import Layer, Note

BODY, ZONE = "heritage_body", "heritage_zone"
_Key = tuple[str, int | None]


def settle_kinds(layers: Mapping[str, Layer], notes: Sequence[Note]) -> list[Note]:
    """Put the kind in the place of a word that several kinds share, where it can be told.

    建设控制地带 is drawn around relics (Z3) and around districts (Z7). The class of the zone's own
    body tells which; else the other zones of the same body, else those of the same file, where
    they are all of one sort. Changes the `zone` column of the frame.

    Returns
    -------
    list of Note
        The notes, less unknown_code_value of what was told, and one kind_settled for each file,
        word and kind. A word that stays open names the kinds that it may mean.
    """
    layer = layers.get(ZONE)
    words = shared_words("zone")
    if layer is None or "zone" not in layer.found:
        return list(notes)
    frame = layer.frame
    kinds = {fid: _kind(layers, frame, fid) for fid in frame.index[frame["zone"].isin(list(words))]}
    told: dict[_Key, str] = {}
    said: Counter[tuple[str, str, str]] = Counter()
    for fid, kind in kinds.items():
        if kind:
            path, record, word = frame.loc[fid, ["_path", "_record", "zone"]]
            told[path, int(record)] = kind
            said[path, word, kind] += 1
    for fid, kind in kinds.items():
        if kind:
            frame.loc[fid, "zone"] = kind
    kept = [
        _named(note, words)
        for note in notes
        if not (_of_a_word(note, words) and (note.path, note.record) in told)
    ]
    return kept + [_settled(*key, n) for key, n in sorted(said.items())]


def _kind(layers: Mapping[str, Layer], frame: pd.DataFrame, fid: Any) -> str:
    """Return which of the kinds that share a zone's word is meant, "" where it stays open."""
    row = frame.loc[fid]
    possible = shared_words("zone")[row["zone"]]
    if isinstance(row["body"], str):
        of_body = _fitting(possible, _classes(layers, row["body"]))
        if of_body:
            return of_body
        beside = _fitting(possible, _drawn_around(frame["zone"][frame["body"] == row["body"]]))
        if beside:
            return beside
    return _fitting(possible, _drawn_around(frame["zone"][frame["_path"] == row["_path"]]))


def _fitting(possible: Sequence[str], classes: set[str]) -> str:
    """Return the only kind that is drawn around some of the classes, "" for none or several."""
    fits = [kind for kind in possible if _classes_of(kind) & classes]
    return fits[0] if len(fits) == 1 else ""


def _classes(layers: Mapping[str, Layer], body: str) -> set[str]:
    if BODY not in layers:
        return set()
    frame = layers[BODY].frame
    return set(frame["asset_class"][frame["code"] == body].dropna())


def _drawn_around(kinds: pd.Series) -> set[str]:
    known = [kind for kind in kinds.dropna().unique() if kind in codelist("zone")]
    return set().union(*(_classes_of(kind) for kind in known))


def _classes_of(kind: str) -> set[str]:
    return set(filter(None, codelist("zone")[kind].extra["classes"].split("|")))


def _of_a_word(note: Note, words: Mapping[str, object]) -> bool:
    here = note.kind == "unknown_code_value" and (note.layer, note.column) == (ZONE, "zone")
    return here and note.detail["value"] in words


def _named(note: Note, words: Mapping[str, Sequence[str]]) -> Note:
    """Return a note on a word that stays open with the kinds that it may mean."""
    if not _of_a_word(note, words):
        return note
    titles = [codelist("zone")[kind].title for kind in words[note.detail["value"]]]
    means = {
        "means_zh": "、".join(title.zh for title in titles),
        "means_en": " or ".join(title.en for title in titles),
    }
    return replace(note, detail={**note.detail, **means})


def _settled(path: str, word: str, kind: str, count: int) -> Note:
    title = codelist("zone")[kind].title
    detail = {
        "reason_zh": f"{count} 个区划的类型写作“{word}”，按所属保护对象或者同一文件的其他区划取为"
        f"{title.zh}",
        "reason_en": f"{count} zones of the kind {word} taken as {title.en}, by their body or the"
        " other zones of the file",
    }
    return Note("kind_settled", ZONE, path, column="zone", detail=detail)
