"""Which areas of the indicator table lie below an area."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pandas as pd

from gisplan.measure.codes import clean_code, is_under, lookup, stem
from gisplan.measure.parents import parent_codes
from gisplan.measure.scene import Scene


class Family:
    """Tells which areas lie below an area, by the layers where the plan has them, else by code.

    Areas are known by the stem of their code here: 2101 and 210100 are one city.
    """

    def __init__(
        self, scene: Scene, parents: pd.DataFrame, listed: Iterable[tuple[str, str]]
    ) -> None:
        self._scene = scene
        self._up = {
            str(name): (str(group["parent_layer"].iloc[0]), group["parent_fid"].to_numpy())
            for name, group in parents.groupby("child_layer", sort=True)
        }
        self._listed: dict[str, dict[str, str]] = defaultdict(dict)
        for tier, code in listed:
            if code:
                self._listed[tier].setdefault(stem(code), code)
        self._below: dict[tuple[str, str], dict[int, dict[str, str]]] = {}
        self._placed: dict[tuple[str, str], set[str]] = {}
        self._codes: dict[str, tuple[dict[str, int], dict[str, int]]] = {}

    def fid(self, tier: str, code: str) -> int:
        """Return the feature that an area of the table is, -1 where the plan has none."""
        if not self._scene.has(tier):
            return -1
        if tier not in self._codes:
            codes = parent_codes(self._scene, tier)
            self._codes[tier] = codes, {stem(own): fid for own, fid in codes.items()}
        found = lookup(code, *self._codes[tier])
        return -1 if found is None else found

    def children(self, tier: str, code: str, child: str) -> dict[str, str]:
        """Return the areas of a lower tier below an area, each -> the label to name it by."""
        out: dict[str, str] = {}
        placed: set[str] = set()
        if self._scene.has(child):
            by_parent = self._descendants(child, tier)
            fid = self.fid(tier, code)
            if fid >= 0:
                out |= by_parent.get(fid, {})
            placed = self._placed[child, tier]
            out = self._set_aside(child, code) | out
        # What the table alone names belongs by its code.
        for own, listed in self._listed[child].items():
            if own not in placed and own not in out and is_under(listed, code):
                out[own] = listed
        return dict(sorted(out.items()))

    def _descendants(self, child: str, tier: str) -> dict[int, dict[str, str]]:
        """Return fid of the upper area -> the features below it."""
        if (child, tier) not in self._below:
            frame = self._scene.layer(child).frame
            labels = self._scene.labels(child)
            below: dict[int, dict[str, str]] = defaultdict(dict)
            for fid, code in enumerate(frame["code"]):
                upper = self._ancestor(child, fid, tier)
                if upper >= 0:
                    below[upper][stem(clean_code(code)) or str(labels[fid])] = str(labels[fid])
            self._below[child, tier] = below
            self._placed[child, tier] = {own for found in below.values() for own in found}
        return self._below[child, tier]

    def _ancestor(self, layer: str, fid: int, wanted: str) -> int:
        while layer in self._up and fid >= 0:
            layer, above = self._up[layer]
            fid = int(above[fid])
            if layer == wanted:
                return fid
        return -1

    def _set_aside(self, child: str, code: str) -> dict[str, str]:
        """Return the quarantined areas whose code says that they lie below an area."""
        aside = self._scene.layer(child).quarantine
        if aside is None:
            return {}
        rows = zip(aside["code"], aside["_label"], strict=True)
        named = [(clean_code(own), str(label)) for own, label in rows]
        return {stem(own): label for own, label in named if is_under(own, code)}
