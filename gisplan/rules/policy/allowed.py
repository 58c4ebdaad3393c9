"""What the tiers above, and the guidance for its city, demand of a feature's renewal mode."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Tables
from gisplan.rules.codes import admin_prefix


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand on the mode of one feature; `kind` is not-allowed, guidance or more-intense."""

    layer: str
    fid: int
    kind: str
    related_layer: str
    related: str
    allowed: tuple[str, ...]  # for more-intense: the parent's mode


def demands(tables: Tables) -> list[Demand]:
    """Return every demand on features of tiers that have a mode, sorted by layer and fid.

    The modes that a tier allows hold for its children; where it names none, those of the next
    tier above that does. The guidance of a city holds for what lies in it.
    """
    above = _Above(tables)
    tiers = {tier.name for tier in tables.tiers_present()}
    return [
        demand
        for layer in sorted(tiers)
        if "mode" in tables.found[layer]
        for fid in tables.attributes[layer].index
        for demand in above.demands_on((layer, int(fid)))
    ]


Key = tuple[str, int]


class _Above:
    """What lies above each feature, and what it demands. Siblings share the answer."""

    def __init__(self, tables: Tables) -> None:
        self._cells = {
            tier.name: {
                name: _by_fid(tables.attributes[tier.name], name)
                for name in ("code", "mode", "allowed_modes", "_label")
            }
            for tier in tables.tiers_present()
        }
        self._up = _parents_of(tables)
        self._guidance = _guidance(tables)
        self._shared: dict[Key | None, list[Demand]] = {}

    def demands_on(self, key: Key) -> list[Demand]:
        """Return the demands on the mode of one feature."""
        parent = self._up.get(key)
        if parent not in self._shared:
            self._shared[parent] = list(self._of_parent(parent))
        found = [replace(demand, layer=key[0], fid=key[1]) for demand in self._shared[parent]]
        city = self._city([key, *self._line(parent)]) if self._guidance else None
        if city is not None:
            found.append(Demand(*key, "guidance", "city_guidance", city, self._guidance[city]))
        return found

    def _of_parent(self, parent: Key | None) -> Iterator[Demand]:
        """Yield what the parent, and those above it, demand of all the parent's children."""
        if parent is None:
            return
        for upper in self._line(parent):
            modes = known_modes(self._cell(upper, "allowed_modes"))
            if modes:
                yield Demand("", -1, "not-allowed", upper[0], self._label(upper), modes)
                break
        mode = self._cell(parent, "mode")
        if mode in codelist("mode"):
            yield Demand("", -1, "more-intense", parent[0], self._label(parent), (str(mode),))

    def _line(self, key: Key | None) -> list[Key]:
        """Return a feature and those above it, the nearest first."""
        line: list[Key] = []
        while key is not None and key not in line:
            line.append(key)
            key = self._up.get(key)
        return line

    def _city(self, keys: list[Key]) -> str | None:
        """Return the code of the guidance that a feature falls under, the most specific one."""
        codes = [str(self._cell(key, "code") or "") for key in keys]
        fits = [
            city
            for city in self._guidance
            if any(code == city or _under(code, admin_prefix(city)) for code in codes)
        ]
        return max(fits, key=lambda city: (len(admin_prefix(city)), city), default=None)

    def _cell(self, key: Key, name: str) -> Any:
        # NaN is no text and no list, so nothing here takes it for a value
        value = self._cells.get(key[0], {}).get(name, {}).get(key[1])
        return value if isinstance(value, str | list | tuple) else None

    def _label(self, key: Key) -> str:
        return str(self._cell(key, "_label") or "")


def _by_fid(frame: pd.DataFrame, name: str) -> dict[int, Any]:
    if name not in frame:
        return {}
    return dict(zip(frame.index.tolist(), frame[name].astype(object).tolist(), strict=True))


def _parents_of(tables: Tables) -> dict[Key, Key]:
    parents = tables["parents"]
    rows = parents[parents["parent_fid"] >= 0].astype(object)
    children = zip(rows["child_layer"].tolist(), rows["fid"].tolist(), strict=True)
    above = zip(rows["parent_layer"].tolist(), rows["parent_fid"].tolist(), strict=True)
    return dict(zip(children, above, strict=True))


def _under(code: str, prefix: str) -> bool:
    """Return whether a code that begins with an administrative one lies under a prefix of it."""
    return len(prefix) < 6 and code[:6].isdigit() and len(code) >= 6 and code.startswith(prefix)


def _guidance(tables: Tables) -> dict[str, tuple[str, ...]]:
    """Return the modes that the guidance allows, by city code; a city has one row an indicator."""
    table = tables.attributes.get("city_guidance")
    if table is None:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for code, cell in zip(table["code"], table["allowed_modes"], strict=True):
        modes = known_modes(cell)
        if isinstance(code, str) and modes:
            found[code] = tuple(sorted({*found.get(code, ()), *modes}))
    return found


def known_modes(cell: Any) -> tuple[str, ...]:
    """Return the modes of a list field that the code list knows, sorted."""
    items = cell if isinstance(cell, list | tuple) else []
    return tuple(sorted({item for item in items if item in codelist("mode")}))
