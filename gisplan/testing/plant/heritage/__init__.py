"""Plants heritage conflicts into random plans with a sound register, and lists what is due.

    sown = plant(seed=1, stage="acting")         # one conflict of every kind, each on its own unit
    sown.plan, sown.planted, sown.verdicts       # every finding due, and the verdict of every unit

A plan is planted three times over: with parcels and buildings that work where the unit meets
heritage (`acting`: confirmed), with such as do not (`idle`: a notice), and with none (`bare`:
potential). What is due comes from `law`, written by hand from the brief of the domain, and of views
from `straight`, not from the rules. `python -m gisplan.testing.plant.heritage` does so with thirty
plans and writes docs/recall-heritage.md.

A kind is a function in the file of its theme, registered for the code of its rule (`kinds`). It
takes a unit (`a_site`), draws heritage on it, lays out parcels and a building around that
(`lay_out`) and says what is due (`meets`). It must mean the same at every stage.
"""

from __future__ import annotations

from gisplan.testing.plant.heritage import bodies, figures, gaps, reaching, sights, zones
from gisplan.testing.plant.heritage.ground import STAGES, Ground, Sown, make_ground
from gisplan.testing.plant.heritage.kinds import KINDS, Kind
from gisplan.testing.plant.heritage.register import make_register

THEMES = (reaching, zones, bodies, figures, gaps, sights)

__all__ = ["KINDS", "STAGES", "THEMES", "Ground", "Kind", "Sown", "clean", "plant"]


def clean(seed: int, stage: str, districts: int | None = None) -> Sown:
    """Return a random plan with a sound heritage register, in which nobody meets heritage."""
    return make_ground(seed, stage, make_register, districts).finish()


def plant(seed: int, stage: str, districts: int | None = None) -> Sown:
    """Return a random plan with one conflict of every kind.

    Parameters
    ----------
    seed : int
        The same seed gives the same plan and, as far as `stage` allows, the same conflicts.
    stage : str
        One of STAGES.
    districts : int, optional
        How many to keep; None is all.

    Raises
    ------
    NoPlaceError
        The plan is too small for a kind.
    """
    ground = make_ground(seed, stage, make_register, districts)
    for kind in KINDS.values():
        ground.draft.by = kind.name
        kind.sow(ground)
    return ground.finish()
