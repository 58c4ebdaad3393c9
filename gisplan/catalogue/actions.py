"""Which renewal mode an action on a building or parcel is judged by (`layers/matrix.toml`)."""

from __future__ import annotations

from functools import cache

from gisplan.catalogue.home import load_toml
from gisplan.catalogue.matrix import ruling_for
from gisplan.model import Ruling

KEEP = "keep"


@cache
def modes_of(action: str, own: str | None) -> tuple[str, ...]:
    """Return the modes that an action may be judged by; none where nothing is done.

    Parameters
    ----------
    action : str
        Code of `layers/codes/action.csv`.
    own : str or None
        Mode of the parcel or unit that the building stands in, None where it is not known.

    Raises
    ------
    KeyError
        No such action.
    """
    entry = load_toml("matrix.toml")["action"][action]
    if own in entry.get("own", {}):
        return (entry["own"][own],)
    return tuple(entry["modes"])


@cache
def strictest_mode(modes: tuple[str, ...], zone: str, level: str | None) -> str:
    """Return the mode with the strictest ruling in a zone, the first of equals."""
    order = [*Ruling]

    def rank(mode: str) -> int:
        cell = ruling_for(zone, level, mode)
        return len(order) if cell is None else order.index(cell.ruling)

    return min(modes, key=rank)
