"""Gaps that the plan declares as allowed ([[allowed_gaps]]): which hold, and why others do not."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from gisplan.catalogue.judgement import Tables
from gisplan.model import AllowedGap, Text

_PIECE = ["child_layer", "parent_layer", "scope", "parent_fid", "piece"]
_LEAST_M2 = 1.0  # less is noise (the `min_area` of the rules), and no gap to be allowed
_SLACK = 1 + 1e-6

_EXPIRED = Text("已过期（有效至 {until}）", "it expired on {until}")
_NO_GAP = Text("该处没有空隙", "there is no gap at its place")
_LARGER = Text(
    "空隙已达 {area:,.1f} ㎡，超过声明的 {limit:,.1f} ㎡",
    "the gap has {area:,.1f} m2 by now, more than the {limit:,.1f} m2 declared",
)


class Declared(NamedTuple):
    """A declared gap: its pieces in `declared_gap`, and why it does not hold, if it does not."""

    gap: AllowedGap
    name: str
    pieces: pd.DataFrame
    void: str  # "" where it holds, else expired, no-gap or larger
    why: Text


def declared_gaps(tables: Tables) -> list[Declared]:
    """Return every gap that the plan declares, in the order of the file."""
    found = tables["declared_gap"]
    found = found[found["area_m2"] >= _LEAST_M2]
    out = []
    for number, gap in enumerate(tables.allowed_gaps):
        pieces = found[found["number"] == number]
        void, why = _void(tables, gap, pieces)
        place = f"{gap.at[0]:g},{gap.at[1]:g}"
        name = " ".join(word for word in (gap.layer, gap.parent, place) if word)
        out.append(Declared(gap, name, pieces, void, why))
    return out


def without_allowed(tables: Tables, pieces: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the pieces of `uncovered` that no declared gap allows, and those that one does."""
    allowed = [gap.pieces[_PIECE] for gap in declared_gaps(tables) if not gap.void]
    if not allowed:
        return pieces, pieces.iloc[:0]
    keys = pd.MultiIndex.from_frame(pd.concat(allowed))
    hit = pd.MultiIndex.from_frame(pieces[_PIECE]).isin(keys)
    return pieces[~hit], pieces[hit]


def _void(tables: Tables, gap: AllowedGap, pieces: pd.DataFrame) -> tuple[str, Text]:
    if gap.until is not None and tables.today is not None and gap.until < tables.today:
        return "expired", Text(*(text.format(until=gap.until.isoformat()) for text in _EXPIRED))
    if pieces.empty:
        return "no-gap", _NO_GAP
    area = float(pieces["area_m2"].max())
    if area > gap.max_area * _SLACK:
        return "larger", Text(*(text.format(area=area, limit=gap.max_area) for text in _LARGER))
    return "", Text("", "")
