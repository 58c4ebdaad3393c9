"""Holds what a review found against what was planted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gisplan.model import Plan
from gisplan.pipeline import review
from gisplan.testing.plant.draft import Planted
from gisplan.testing.plant.sow import Sown

FAMILIES = ("SCH", "GEO", "BND", "IND", "USE", "LST", "TIM", "POL")


@dataclass
class Tally:
    """What became of one rule: findings due, found, and others that are false."""

    planted: int = 0
    found: int = 0
    others: int = 0

    @property
    def recall(self) -> float:
        """Return the share of what was planted that was found."""
        return self.found / self.planted if self.planted else float("nan")

    @property
    def precision(self) -> float:
        """Return the share of the findings that were planted."""
        all_found = self.found + self.others
        return self.found / all_found if all_found else float("nan")


@dataclass
class Score:
    """The tallies of all rules, and the findings that were missed or are false."""

    rules: dict[str, Tally] = field(default_factory=dict)
    missed: list[Planted] = field(default_factory=list)
    false: list[dict[str, Any]] = field(default_factory=list)

    @property
    def total(self) -> Tally:
        """Return the tallies of all rules together."""
        rows = self.rules.values()
        return Tally(*(sum(getattr(t, n) for t in rows) for n in ("planted", "found", "others")))

    def add(self, other: Score) -> None:
        """Take another score in."""
        for code, tally in other.rules.items():
            own = self.rules.setdefault(code, Tally())
            own.planted += tally.planted
            own.found += tally.found
            own.others += tally.others
        self.missed += other.missed
        self.false += other.false


def findings_of(plan: Plan, select: Sequence[str] = FAMILIES) -> list[dict[str, Any]]:
    """Return the findings of a review as rows."""
    return [dict(row) for row in review(plan, select=select).findings.to_dict("records")]


def score(sown: Sown, select: Sequence[str] = FAMILIES) -> Score:
    """Review a plan with defects and compare, finding by finding."""
    return compare(sown.planted, findings_of(sown.plan, select))


def compare(planted: Iterable[Planted], findings: Iterable[dict[str, Any]]) -> Score:
    """Pair planted and found by code, kind, layer, feature and related; by ruling where said."""
    result = Score()
    due = sorted(planted, key=lambda one: one.ruling == "")  # those that say more come first
    left = Counter(map(_key, rows := list(findings)))
    ruled = {(_key(row), str(row["ruling"] or "")) for row in rows}
    for one in due:
        tally = result.rules.setdefault(one.code, Tally())
        tally.planted += 1
        key = (one.code, one.kind, one.layer, one.feature, one.related)
        if left[key] and (not one.ruling or (key, one.ruling) in ruled):
            left[key] -= 1
            tally.found += 1
        else:
            result.missed.append(one)
    for row in rows:
        key = _key(row)
        if left[key]:
            left[key] -= 1
            result.rules.setdefault(key[0], Tally()).others += 1
            result.false.append(row)
    return result


def _key(row: dict[str, Any]) -> tuple[str, str, str, str, str]:
    return (row["code"], row["kind"] or "", row["layer"], row["feature"], row["related"] or "")
