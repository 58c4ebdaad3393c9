"""Which land use goes with which planning zone: `layers/land_use_matrix.toml`, or a plan's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from gisplan.catalogue.home import load_toml
from gisplan.model import Text

GRADES = ("main", "compatible", "restricted", "forbidden")


@dataclass(frozen=True, slots=True)
class Zone:
    """A planning zone: its key, what it is called, and the grade of each code that it names."""

    key: str
    title: Text
    grades: Mapping[str, str]

    def grade(self, code: str) -> str:
        """Return the grade of a land use: that of the longest code named that it begins with."""
        for length in range(len(code), 1, -1):
            if code[:length] in self.grades:
                return self.grades[code[:length]]
        return "restricted"


class Compatibility:
    """The zones by every name that they go by.

    Parameters
    ----------
    rows : iterable of (zone, land-use code, grade)
        A plan's own table: comes before the proposal, code by code, and may name new zones.
    """

    def __init__(self, rows: Iterable[tuple[str, str, str]] = ()) -> None:
        self._zones = dict(_proposal())
        own: dict[str, dict[str, str]] = {}
        for name, code, grade in rows:
            if grade in GRADES:
                own.setdefault(_plain(name), {})[code] = grade
        for name, grades in own.items():
            known = self._zones.get(name)
            key, title = (known.key, known.title) if known else (name, Text(name, name))
            zone = Zone(key, title, {**(known.grades if known else {}), **grades})
            for word in [word for word, z in self._zones.items() if z.key == key] or [name]:
                self._zones[word] = zone

    def zone(self, name: object) -> Zone | None:
        """Return the zone that a name stands for, None where nobody knows it."""
        return self._zones.get(_plain(name)) if isinstance(name, str) else None

    def zone_of(self, land_use: str) -> Zone | None:
        """Return the one zone whose main use a code is (07 -> residential), None for none or more.

        The nearest code counts: 0703 is of the rural zone, though 07 is of the residential one.
        """
        for length in range(len(land_use), 1, -1):
            code = land_use[:length]
            found = {z.key: z for z in self._zones.values() if z.grades.get(code) == "main"}
            if found:
                return next(iter(found.values())) if len(found) == 1 else None
        return None


@cache
def _proposal() -> Mapping[str, Zone]:
    found: dict[str, Zone] = {}
    for key, entry in load_toml("land_use_matrix.toml")["zone"].items():
        grades = {code: grade for grade in GRADES for code in entry.get(grade, ())}
        zone = Zone(key, Text(entry["zh"], entry["en"]), grades)
        for word in (key, entry["zh"], entry["en"], *entry.get("aliases", ())):
            found[_plain(word)] = zone
    return found


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()
