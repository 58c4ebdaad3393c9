"""What a rule sees (`Tables`) and what it answers (`Judgement`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

import pandas as pd

from gisplan.model import AllowedGap, Exemption, Filtered, LayerSpec, Note, Text, Tier, Waiver

Made = TypeVar("Made")

# One row an offence. `fid` is the row of `layer`, -1 where no feature is meant (then `feature`
# says what is). `kind` tells defects of one code and one pair apart: it enters the fingerprint.
# None in severity, ruling, sources, remedy, message means: as the rule declares.
# `geometry` is the evidence in the working CRS, a shape or a list of shapes (the findings stage
# joins them); None means the feature's own shape.
COLUMNS: dict[str, object] = {
    "layer": "",
    "fid": -1,
    "feature": "",
    "related_layer": None,
    "related": None,
    "kind": "",
    "measure": None,
    "unit": "",
    "limit": None,
    "measures": None,  # dict of further figures
    "params": None,  # dict for the message; a Text value is put in the reader's language
    "severity": None,
    "ruling": None,
    "sources": None,  # tuple of references
    "message": None,  # Text template, where a kind needs its own words
    "remedy": None,
    "geometry": None,
    "route": None,  # dict: key of an approval route of the matrix, and the keys of its steps
}

# Why a rule was skipped that the caller left out. It is told apart from a rule that the plan
# gives nothing to judge: leaving a rule out proves nothing, so no unit is clear after it.
NOT_SELECTED = Text("本次未选此规则", "not selected in this run")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A rule's answer: offenders, and features that it could not judge (and why)."""

    offenders: pd.DataFrame
    not_judged: pd.DataFrame
    skipped: Text | None = None
    filtered: Filtered | None = None  # noise that was left out, where the rule filters any


def _frame(
    rows: pd.DataFrame | Sequence[Mapping[str, object]] | None, columns: Mapping[str, object]
) -> pd.DataFrame:
    if isinstance(rows, pd.DataFrame):
        given, n = {str(name): list(rows[name]) for name in rows}, len(rows)
    else:  # row by row: a frame would turn what one row leaves out, or says is None, into NaN
        listed = list(rows or [])
        names = {name: None for row in listed for name in row}
        given = {name: [row.get(name, columns.get(name)) for row in listed] for name in names}
        n = len(listed)
    extra = set(given) - set(columns)
    if extra:
        raise ValueError(f"unknown columns {sorted(extra)}")
    if not n:  # mostly: what a rule found nothing of
        return _empty(tuple(columns)).copy()
    index = pd.RangeIndex(n)
    return pd.DataFrame(
        {
            name: pd.Series(given.get(name, [default] * n), dtype=object, index=index)
            for name, default in columns.items()
        }
    )


@cache
def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})


NOT_JUDGED: dict[str, object] = {"layer": "", "fid": -1, "why_zh": "", "why_en": ""}


def judged(
    offenders: pd.DataFrame | Sequence[Mapping[str, object]] | None = None,
    not_judged: pd.DataFrame | Sequence[Mapping[str, object]] | None = None,
    filtered: Filtered | None = None,
) -> Judgement:
    """Return a judgement from rows that hold some of COLUMNS; the rest get their defaults."""
    return Judgement(_frame(offenders, COLUMNS), _frame(not_judged, NOT_JUDGED), filtered=filtered)


def skipped(zh: str, en: str) -> Judgement:
    """Return the judgement of a rule that this plan gives nothing to judge (未检查)."""
    return Judgement(_frame(None, COLUMNS), _frame(None, NOT_JUDGED), Text(zh, en))


@dataclass(frozen=True)
class Tables:
    """What the rules see: plain tables, no shapes but evidence, no files, no engine.

    measures : measure tables by name (gisplan.measure documents each)
    attributes : standard fields of each layer and table, without geometry; index fid
    found : fields that the source of each layer has
    labels : feature label by layer and fid (the `_label` column)
    quarantined : label -> of features set aside, by layer
    judged : name of the tier that verdicts are about
    chain_declared : the plan names its tiers itself, so each of them is due
    today : day of the run; what is declared up to a day expires by it, by None never
    ellipsoidal_due : the plan lies where areas are stated on the ellipsoid (working CRS CGCS2000)
    """

    chain: tuple[Tier, ...]
    specs: Mapping[str, LayerSpec]
    attributes: Mapping[str, pd.DataFrame]
    found: Mapping[str, frozenset[str]]
    quarantined: Mapping[str, frozenset[str]]
    notes: tuple[Note, ...]
    judged: str
    waivers: tuple[Waiver, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    allowed_gaps: tuple[AllowedGap, ...] = ()
    measures: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    chain_declared: bool = False
    ellipsoidal_due: bool = True
    today: dt.date | None = None
    _made: dict[Hashable, Any] = field(
        init=False, default_factory=dict, repr=False, compare=False
    )  # a changed copy of the tables begins anew

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.measures[name]

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what `make` gives, made at the first call with this key; nobody may change it."""
        if key not in self._made:
            self._made[key] = make()
        made: Made = self._made[key]
        return made

    def forget(self) -> None:
        """Let go of what was made: some of it holds these tables, and would keep them in memory."""
        self._made.clear()

    def label(self, layer: str, fids: pd.Series) -> list[str]:
        """Return the labels of features by layer and fid; "" for fid -1."""
        labels = self.attributes[layer]["_label"].reindex(fids.to_numpy()).astype(object)
        return [label if isinstance(label, str) else "" for label in labels.tolist()]

    def tier(self, name: str) -> Tier | None:
        """Return a tier of the chain by name."""
        return next((tier for tier in self.chain if tier.name == name), None)

    def tiers_present(self) -> list[Tier]:
        """Return the tiers that the plan has, top first."""
        return [tier for tier in self.chain if tier.name in self.attributes]

    def notes_of(self, *kinds: str) -> list[Note]:
        """Return the notes of some kinds, in order."""
        return [note for note in self.notes if note.kind in kinds]
