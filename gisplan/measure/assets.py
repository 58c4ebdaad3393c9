"""Table `asset`: which heritage body each heritage zone belongs to."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pandas as pd

from gisplan.catalogue.codes import codelist, shared_words
from gisplan.measure.codes import clean_code
from gisplan.measure.scene import Scene
from gisplan.measure.tables import make_table

BODY, ZONE = "heritage_body", "heritage_zone"
_NOT_WORDS = re.compile(r"[\W_]+")


def measure_asset(scene: Scene) -> pd.DataFrame:
    """Return one row per heritage zone: the asset it is a zone of, and the body that this is."""
    if not scene.has(ZONE):
        return make_table("asset")
    frame = scene.layer(ZONE).frame
    declared = [clean_code(code) for code in _cells(frame, "body")]
    by_code, by_name, aside = _bodies(scene)
    asset, stem, body, how = [], [], [], []
    for code, name in zip(declared, _cells(frame, "name"), strict=True):
        stems = zone_stems(name)
        named = [by_name[stem] for stem in stems if stem in by_name]
        fid = by_code.get(code, -1) if code else (named or [-1])[0]
        asset.append(code or (_code_of(scene, fid) if fid >= 0 else stems[-1]))
        stem.append(stems[-1])
        body.append(fid)
        found = ("code" if code else "name") if fid >= 0 else ""
        how.append(found or ("aside" if code in aside else "unknown" if code else "none"))
    columns = {"asset": asset, "stem": stem, "body_fid": body, "how": how}
    return make_table("asset", {"zone_fid": np.arange(len(frame)), **columns})


def plain_name(name: object) -> str:
    """Return a name as it is compared: without blanks, brackets and punctuation, in one case."""
    return _NOT_WORDS.sub("", name).casefold() if isinstance(name, str) else ""


def zone_stems(name: object) -> list[str]:
    """Return what the thing may be called that a zone is of, the shortest name last.

    The plain name of the zone, and what is left of it without a word for its kind: 中街历史文化街区
    核心保护范围 may be a zone of 中街历史文化街区 or of 中街.
    """
    plain = plain_name(name)
    left = [plain.removesuffix(word) for word in _kind_words() if plain.endswith(word)]
    return sorted({plain, *left}, key=lambda stem: (-len(stem), stem))


@cache
def _kind_words() -> tuple[str, ...]:
    words = {
        plain_name(word)
        for code in codelist("zone").values()
        for word in (code.title.zh, code.title.en, *code.aliases)
    } | {plain_name(word) for word in shared_words("zone")}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def _bodies(scene: Scene) -> tuple[dict[str, int], dict[str, int], frozenset[str]]:
    """Return bodies by code (the first), by name (where only one has it), and codes set aside."""
    if not scene.has(BODY):
        return {}, {}, frozenset()
    layer, rank = scene.layer(BODY), scene.rank(BODY)
    order = np.argsort(rank)
    codes = [clean_code(code) for code in _cells(layer.frame, "code")]
    names = [plain_name(name) for name in _cells(layer.frame, "name")]
    by_code: dict[str, int] = {}
    owners: dict[str, list[int]] = {}
    for fid in order.tolist():
        by_code.setdefault(codes[fid], fid)
        owners.setdefault(names[fid], []).append(fid)
    by_name = {name: fids[0] for name, fids in owners.items() if name and len(fids) == 1}
    by_code.pop("", None)
    aside = layer.quarantine
    lost = frozenset() if aside is None else frozenset(clean_code(code) for code in aside["code"])
    return by_code, by_name, lost - {""}


def _cells(frame: pd.DataFrame, column: str) -> list[object]:
    return list(frame[column]) if column in frame else [None] * len(frame)


def _code_of(scene: Scene, fid: int) -> str:
    return clean_code(scene.layer(BODY).frame["code"].iloc[fid]) or str(scene.labels(BODY)[fid])
