"""The kinds of conflict that can be planted, each a function of the ground, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gisplan.testing.plant.heritage.ground import Ground

Sow = Callable[[Ground], None]


@dataclass(frozen=True)
class Kind:
    """One kind of conflict: the rule that it is meant for, and the function that plants one."""

    name: str
    code: str
    sow: Sow
    does: str  # what it does, a sentence


KINDS: dict[str, Kind] = {}


def plants(code: str) -> Callable[[Sow], Sow]:
    """Register a function that plants one conflict for a rule; its name is that of the kind."""

    def register(sow: Sow) -> Sow:
        name = f"{code} {sow.__name__.replace('_', '-')}"
        if name in KINDS:
            raise ValueError(f"two kinds are called {name}")
        KINDS[name] = Kind(name, code, sow, (sow.__doc__ or "").partition("\n")[0])
        return sow

    return register
