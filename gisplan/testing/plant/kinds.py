"""The kinds of defect that can be planted, each a function of the draft, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gisplan.testing.plant.draft import Draft

Sow = Callable[[Draft], None]


@dataclass(frozen=True)
class Kind:
    """One kind of defect: the rule that it is meant for, and the function that plants one."""

    name: str  # "TIM101 unit-before-district"
    code: str
    sow: Sow

    @property
    def does(self) -> str:
        """Return what is done, in a sentence."""
        return (self.sow.__doc__ or "").strip().splitlines()[0]


KINDS: dict[str, Kind] = {}


def plants(code: str) -> Callable[[Sow], Sow]:
    """Register a function that plants one defect for a rule; its name is that of the kind."""

    def register(sow: Sow) -> Sow:
        name = f"{code} {sow.__name__.strip('_').replace('_', '-')}"
        if name in KINDS:
            raise ValueError(f"two kinds are called {name}")
        KINDS[name] = Kind(name, code, sow)
        return sow

    return register
