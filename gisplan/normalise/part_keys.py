"""Codes of raw rows as numbers that slips of writing do not change: what belongs to what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from gisplan.model import RawLayer, Tier
from gisplan.normalise.attributes import standard_attributes
from gisplan.normalise.chain import spec_of
from gisplan.normalise.codes import with_digits

NOTHING = np.empty(0, dtype=np.uint64)
BLANK = np.zeros(1, dtype=np.uint64)  # the key of an empty cell
_LONG = 4  # characters; a shorter code begins too many others by chance


def cells_of(
    raw: RawLayer, chain: Sequence[Tier], names: tuple[str, ...] = ("code", "parent", "name")
) -> dict[str, pd.Series]:
    """Return some standard fields of a source as they will be read; empty where it has none."""
    spec = spec_of(raw.source.layer, chain)
    nothing = pd.Series([None] * len(raw.frame), dtype=object)
    if spec is None:
        return dict.fromkeys(names, nothing)
    # a code that is in no list is a code all the same
    fields = {name: replace(own, codelist="") for name, own in spec.fields.items()}
    read = standard_attributes(raw, replace(spec, fields=fields), chain, None, only=names).frame
    return {name: read.get(name, nothing) for name in names}


def listed(raw: RawLayer, chain: Sequence[Tier], name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the keys of all codes in the lists of a field, and the row of each."""
    cells = cells_of(raw, chain, (name,))[name].reset_index(drop=True)
    each = cells[cells.notna()].explode()
    return keys_of(each), each.index.to_numpy(dtype=np.int64)


def key(text: str) -> str:
    """Return a code without what slips change: blanks, capitals, letters for digits, zeros."""
    return with_digits("".join(text.split()).upper().replace("L", "l")).lstrip("0")


def keys_of(column: pd.Series | Sequence[str]) -> np.ndarray:
    """Return a number for each cell, the same for codes that differ by slips; 0 where empty."""
    number, texts = pd.factorize(np.asarray(column, dtype=object))
    keys = np.array([key(str(text)) for text in texts], dtype=object)
    hashed = pd.util.hash_array(keys, categorize=False) if len(keys) else NOTHING
    return np.asarray(np.append(hashed, BLANK)[number])


def joined(*keys: np.ndarray) -> np.ndarray:
    """Return the keys that are in any of some, each once, in order, without that of nothing."""
    return np.setdiff1d(np.concatenate([NOTHING, *keys]), BLANK)


def passing(column: pd.Series, test: Callable[[str], bool]) -> np.ndarray:
    """Return for each cell what a test says of its text; False where there is none."""
    number, texts = pd.factorize(column.to_numpy(dtype=object))
    passed = np.array([*(bool(test(str(text))) for text in texts), False], dtype=bool)
    return np.asarray(passed[number])


def begins_with(label: str) -> Callable[[str], bool]:
    """Return the test whether a code begins with that of an area: with 2101 for 210100."""
    stem = key(label)
    if len(label) == 6 and label.isdigit():
        while stem.endswith("00"):
            stem = stem[:-2]
    if len(stem) < _LONG:
        return lambda text: text.startswith(label)
    return lambda text: key(text).startswith(stem)
