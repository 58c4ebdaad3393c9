"""Table `parents`: who is whose parent, and how that is known."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from gisplan.measure.codes import Prefixes, clean_code, lookup, stem
from gisplan.measure.overlay import Shapes
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.shares import best_parents, point_inside
from gisplan.measure.tables import join_tables, make_table
from gisplan.model import Tier

# A prefix that nobody declared may be chance (parent 1, child 11): at least this share of the
# children must also lie where their prefix says.
AGREEMENT = 0.5


def measure_parents(scene: Scene) -> pd.DataFrame:
    """Return the parent of every feature that should have one; see `gisplan.measure`."""
    return join_tables(
        "parents", [_of_layer(scene, name, scene.parent_layer(name)) for name in scene.children()]
    )


def _of_layer(scene: Scene, child: str, parent: str) -> pd.DataFrame:
    frame = scene.layer(child).frame
    n = len(frame)
    stated = frame["parent"].astype(object).tolist() if "parent" in frame else [""] * n
    declared = [clean_code(value) or None for value in stated]
    how = np.full(n, "none", dtype=object)
    fid = np.full(n, -1, dtype=np.int64)
    if parent:
        _join_declared(scene, child, parent, declared, fid, how)
        by_code = _join_codes(scene, child, parent, fid, how)
        _join_overlaps(scene, child, parent, fid, how, by_code)
    return make_table(
        "parents",
        {
            "child_layer": child,
            "fid": np.arange(n),
            "parent_layer": parent,
            "declared": declared,
            "parent_fid": fid,
            "how": how,
        },
    )


def parent_codes(scene: Scene, parent: str) -> dict[str, int]:
    """Return the codes of a layer -> fid; -1 for a feature that was quarantined.

    Of features with the same code (SCH105 reports them) the first in the order of the layer.
    """
    layer = scene.layer(parent)
    codes = {}
    if layer.quarantine is not None:
        codes = {clean_code(code): -1 for code in layer.quarantine["code"]}
    if "code" in layer.frame:
        own = [clean_code(code) for code in layer.frame["code"].astype(object).tolist()]
        codes |= {own[fid]: int(fid) for fid in np.argsort(scene.rank(parent))[::-1]}
    codes.pop("", None)
    return codes


def _join_declared(
    scene: Scene, child: str, parent: str, declared: list[str | None], fid: Ints, how: Shapes
) -> None:
    codes = parent_codes(scene, parent)
    stems = {stem(code): fid for code, fid in codes.items()}
    others = _OtherLayers(scene, child, parent)
    answers: dict[str, tuple[int, str]] = {}  # siblings declare the same
    for named in {code for code in declared if code is not None}:
        found = lookup(named, codes, stems)
        if found is not None:
            answers[named] = (found, "declared")
        else:
            answers[named] = (-1, "elsewhere" if others.may_hold(named) else "unknown")
    for row, code in enumerate(declared):
        if code is not None:
            fid[row], how[row] = answers[code]


class _OtherLayers:
    """Tells whether a declared parent belongs to another layer than the one of the parents."""

    def __init__(self, scene: Scene, child: str, parent: str) -> None:
        chain = scene.plan.chain
        ranks = {tier.name: tier.rank for tier in chain}
        low = ranks.get(child, len(chain))
        high = ranks.get(parent, -1)
        self._parent = next((tier for tier in chain if tier.name == parent), None)
        above = [tier for tier in chain if tier.rank < low and tier.name != parent]
        self._lacking = [
            tier
            for tier in above
            if not scene.has(tier.name) and (tier.code_pattern or tier.rank > high)
        ]
        holding = [tier.name for tier in above if scene.has(tier.name)]
        if child == "building" and scene.has("parcel"):
            holding.append("parcel")
        self._codes = {code for name in holding for code in parent_codes(scene, name)}

    def may_hold(self, code: str) -> bool:
        if code in self._codes:
            return True
        if self._parent and self._parent.code_pattern and _fits(self._parent, code):
            return False  # it reads like a code of the parents' own tier, and is none of theirs
        return any(tier.code_pattern is None or _fits(tier, code) for tier in self._lacking)


def _fits(tier: Tier, code: str) -> bool:
    return re.search(tier.code_pattern or "", code) is not None


def _join_codes(scene: Scene, child: str, parent: str, fid: Ints, how: Shapes) -> set[int]:
    """Fill in parents by code prefix; return the rows that this settled."""
    frame = scene.layer(child).frame
    rows = np.flatnonzero(np.isin(how, ["none", "elsewhere"]))
    if "code" not in frame or not len(rows):
        return set()
    codes = parent_codes(scene, parent)
    prefixes = Prefixes(codes)
    own = [clean_code(code) for code in frame["code"]]
    found = {int(row): prefixes.find(own[row]) for row in rows}
    if not _nested(scene, child) and not _prefixes_hold(scene, child, parent, found, codes):
        return set()
    settled = {row: code for row, code in found.items() if code is not None}
    for row, code in settled.items():
        fid[row] = codes[code]
        how[row] = "code" if how[row] == "none" else how[row]
    return set(settled)


def _nested(scene: Scene, child: str) -> bool:
    return any(tier.name == child and tier.nested_codes for tier in scene.plan.chain)


def _prefixes_hold(
    scene: Scene, child: str, parent: str, found: dict[int, str | None], codes: dict[str, int]
) -> bool:
    """Tell whether codes are built on the parents' though nobody said so (709 in district 7)."""
    if any(code is None for code in found.values()):
        return False
    rows = np.asarray([row for row, code in found.items() if codes[str(code)] >= 0], dtype=np.int64)
    if not len(rows):
        return False
    uppers = np.asarray([codes[str(found[row])] for row in rows], dtype=np.int64)
    return bool(point_inside(scene, child, parent, rows, uppers).mean() >= AGREEMENT)


def _join_overlaps(
    scene: Scene, child: str, parent: str, fid: Ints, how: Shapes, by_code: set[int]
) -> None:
    """Fill in parents by largest overlap, where neither field nor code told.

    A parent that is known by code and lies in quarantine stays -1: the neighbour that the child
    pokes into is not its parent.
    """
    rows = [
        row for row in np.flatnonzero(np.isin(how, ["none", "elsewhere"])) if row not in by_code
    ]
    if not rows:
        return
    best = best_parents(scene, child, parent, np.asarray(rows))
    for row, found in zip(rows, best, strict=True):
        fid[row] = found
        how[row] = "overlap" if how[row] == "none" and found >= 0 else how[row]
