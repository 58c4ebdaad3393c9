"""What makes a row of a layer unique, and which codes are out of their tier's pattern."""

from __future__ import annotations

import re

import pandas as pd

from gisplan.catalogue.judgement import Tables

# A table has several rows of one area; these fields together tell them apart.
_TABLE_KEYS = {
    "indicator": ("tier", "code", "indicator", "year"),
    "register": ("tier", "code", "name", "version"),
    "city_guidance": ("code", "indicator"),
}


def key_fields(tables: Tables, layer: str) -> tuple[str, ...]:
    """Return the fields that together are the key of a layer; none where nothing is demanded.

    Nothing is demanded of layers whose code is not required (buildings, roads, control lines),
    nor where the source has no such field: SCH102 reports that.
    """
    code = tables.specs[layer].fields.get("code")
    if code is None or not code.required or "code" not in tables.found[layer]:
        return ()
    return _TABLE_KEYS.get(layer, ("code",))


def needed_fields(tables: Tables, layer: str) -> list[str]:
    """Return the key fields that every row must fill in."""
    fields = tables.specs[layer].fields
    return [
        name
        for name in key_fields(tables, layer)
        if fields[name].required and name in tables.found[layer]
    ]


def has_value(column: pd.Series) -> pd.Series:
    """Return which cells hold something: neither null nor blank text."""
    blank = column.map(lambda value: isinstance(value, str) and not value.strip())
    return column.notna() & ~blank.astype(bool)


def fits_pattern(tables: Tables, layer: str, code: str) -> bool:
    """Return whether a code is what its tier's codes look like; true where nothing is demanded."""
    tier = tables.tier(layer)
    pattern = tier.code_pattern if tier else None
    return pattern is None or re.search(pattern, code) is not None
