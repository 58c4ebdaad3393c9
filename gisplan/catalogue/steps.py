"""The steps of the approval routes of `layers/matrix.toml`, in the order of the law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from gisplan.catalogue.home import load_toml
from gisplan.model import Text

KINDS = (
    "survey",
    "assessment",
    "archaeology",
    "consultation",
    "expert_review",
    "notice",
    "consent",
    "approval",
    "permit",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is due before the works, and of whom.

    `order`: the law asks for a lower one first; equal ones may run side by side. `sources` are
    the articles that ask for it; none means those of the ruling it is due under.
    """

    key: str
    order: int
    kind: str
    who: Text
    act: Text
    sources: tuple[str, ...]
    notice_days: int | None = None


@cache
def steps() -> Mapping[str, Step]:
    """Return every step by key."""
    return {
        key: Step(
            key=key,
            order=entry["order"],
            kind=entry["kind"],
            who=Text(entry["who"]["zh"], entry["who"]["en"]),
            act=Text(entry["act"]["zh"], entry["act"]["en"]),
            sources=tuple(entry["sources"]),
            notice_days=entry.get("notice_days"),
        )
        for key, entry in load_toml("matrix.toml")["step"].items()
    }
