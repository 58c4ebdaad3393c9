"""What each rule found on the built-in sample, as written down when the sample was last made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from gisplan.catalogue.home import load_toml
from gisplan.model import Outcome

FILE = "sample_outcomes.toml"


@dataclass(frozen=True, slots=True)
class SampleOutcome:
    """Outcome of a rule on the sample, and how many findings or features it is about."""

    outcome: Outcome
    count: int


@cache
def sample_outcomes() -> Mapping[str, SampleOutcome]:
    """Return the outcome of each rule on the sample, by code."""
    return {
        code: SampleOutcome(Outcome(row["outcome"]), row["count"])
        for code, row in load_toml(FILE).items()
    }
