"""Plants defects into a clean plan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from gisplan.model import Plan
from gisplan.testing.plant.draft import Draft, NoPlaceError, Planted
from gisplan.testing.plant.kinds import KINDS, Kind


class Sown(NamedTuple):
    """A plan with defects; `planted` lists every finding due, `refused` what had no place."""

    plan: Plan
    planted: tuple[Planted, ...]
    refused: tuple[str, ...]


def plant(plan: Plan, seed: int, kinds: Iterable[str] | None = None, n: int = 1) -> Sown:
    """Plant n defects of every kind into a clean plan.

    Parameters
    ----------
    plan : Plan
        Without findings and with nothing set aside; left unchanged.
    seed : int
        Chooses the features; the same seed gives the same defects.
    kinds : iterable of str, optional
        Names of kinds, or beginnings of them ("TIM", "GEO101"); None is all.
    n : int
        Defects of each kind.

    Returns
    -------
    Sown
        The plan, what a review must find in it, and what found no place, with the reason.
    """
    draft = Draft.of(plan, np.random.default_rng([seed, 2]))
    refused = []
    for kind in [kind for kind in chosen(kinds) for _ in range(n)]:
        draft.by = kind.name
        try:
            kind.sow(draft)
        except NoPlaceError as error:
            refused.append(str(error))
    made, planted = draft.finish()
    return Sown(made, planted, tuple(refused))


def chosen(kinds: Iterable[str] | None) -> list[Kind]:
    """Return the kinds meant, in the order of their registration.

    Raises
    ------
    KeyError
        A name begins no kind.
    """
    if kinds is None:
        return list(KINDS.values())
    wanted = tuple(kinds)
    for name in wanted:
        if not any(known.startswith(name) for known in KINDS):
            raise KeyError(f"no kind of defect begins with {name}")
    return [kind for kind in KINDS.values() if kind.name.startswith(wanted)]
