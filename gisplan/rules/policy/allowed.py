"""What the tiers above, and the guidance for its city, demand of a feature's renewal mode."""

from __future__ import annotations

from dataclasses import dataclass
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
    up = _parents_of(tables)
    guidance = _guidance(tables)
    tiers = {tier.name for tier in tables.tiers_present()}
    found: list[Demand] = []
    for layer in sorted(tiers):
        if "mode" not in tables.found[layer]:
            continue
        for fid in tables.attributes[layer].index:
            found += _of_feature(tables, (layer, int(fid)), up, guidance)
    return found


Key = tuple[str, int]


def _parents_of(tables: Tables) -> dict[Key, Key]:
    parents = tables["parents"]
    rows = parents[parents["parent_fid"] >= 0]
    children = zip(rows["child_layer"], rows["fid"].astype(int), strict=True)
    above = zip(rows["parent_layer"], rows["parent_fid"].astype(int), strict=True)
    return dict(zip(children, above, strict=True))


def _of_feature(
    tables: Tables, key: Key, up: dict[Key, Key], guidance: dict[str, tuple[str, ...]]
) -> list[Demand]:
    ancestors = []
    above = up.get(key)
    while above is not None and above not in ancestors:
        ancestors.append(above)
        above = up.get(above)
    found = []
    for upper in ancestors:
        modes = known_modes(_cell(tables, upper, "allowed_modes"))
        if modes:
            found.append(Demand(*key, "not-allowed", upper[0], _label(tables, upper), modes))
            break
    city = _city(tables, [key, *ancestors], guidance)
    if city is not None:
        found.append(Demand(*key, "guidance", "city_guidance", city, guidance[city]))
    if ancestors and (mode := _cell(tables, ancestors[0], "mode")) in codelist("mode"):
        upper = ancestors[0]
        found.append(Demand(*key, "more-intense", upper[0], _label(tables, upper), (str(mode),)))
    return found


def _city(tables: Tables, keys: list[Key], guidance: dict[str, tuple[str, ...]]) -> str | None:
    """Return the code of the guidance that a feature falls under, the most specific one."""
    codes = [str(_cell(tables, key, "code") or "") for key in keys]
    fits = [
        city
        for city in guidance
        if any(code == city or _under(code, admin_prefix(city)) for code in codes)
    ]
    return max(fits, key=lambda city: (len(admin_prefix(city)), city), default=None)


def _under(code: str, prefix: str) -> bool:
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


def _cell(tables: Tables, key: Key, name: str) -> Any:
    frame = tables.attributes[key[0]]
    if name not in frame:
        return None
    value = frame.at[key[1], name]
    return None if isinstance(value, float) and pd.isna(value) else value


def _label(tables: Tables, key: Key) -> str:
    return str(tables.attributes[key[0]].at[key[1], "_label"])
