"""Facilities that a unit must have: what is asked, and what is there."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any, NamedTuple

import pandas as pd

from gisplan.catalogue.codes import code_lookup
from gisplan.catalogue.judgement import Tables
from gisplan.rules.use import parcels as shared

LAYER = "facility"


class Demand(NamedTuple):
    """A facility that is asked for: a word or a land-use code, and its least size in m2.

    `least`: 0 for any size, NaN where it cannot be read. `land_use`: the code that a parcel of it
    has, "" where the word names none.
    """

    word: str
    least: float
    land_use: str


def demands(cell: Any) -> list[Demand]:
    """Return what a list such as ["幼儿园:1800", "080601"] asks for."""
    found = []
    for item in cell if isinstance(cell, list | tuple) else []:
        word, _, size = str(item).partition(":")
        word = word.strip()
        codes = code_lookup("land_use")
        land_use = codes.get(word.casefold()) or codes.get(f"{word}用地".casefold(), "")
        if word:
            found.append(Demand(word, _number(size), land_use))
    return found


class Stock:
    """The facilities and parcels of each unit, with their sizes."""

    def __init__(self, tables: Tables, parcels: pd.DataFrame) -> None:
        self._parcels: dict[int, list[tuple[str, float]]] = defaultdict(list)
        for unit, code, area in zip(
            parcels["unit_fid"], parcels["land_use"], parcels["area_m2"], strict=True
        ):
            self._parcels[int(unit)].append((code, float(area)))
        self._facilities: dict[int, list[tuple[str, float]]] = defaultdict(list)
        frame = tables.attributes.get(LAYER)
        if frame is None:
            return
        area = tables["area"]
        drawn = area[area["layer"] == LAYER].set_index("fid")["area_m2"].reindex(frame.index)
        sizes = shared.numbers(tables, LAYER, "area").fillna(drawn.fillna(0.0))
        located = tables["located"]
        for fid, unit in zip(located["fid"], located["home_fid"], strict=True):
            row = frame.loc[fid]
            words = f"{shared.text(row['facility_type'])} {shared.text(row['name'])}".casefold()
            self._facilities[int(unit)].append((words, float(sizes[fid])))

    def largest(self, unit: int, demand: Demand) -> float | None:
        """Return the size of the largest facility of a kind in a unit, None where it has none.

        A facility counts by its type or name, a parcel by its land use. A facility without a size
        is 0 m2: it is there, and nobody knows how large.
        """
        word = demand.word.casefold()
        sizes = [size for words, size in self._facilities[unit] if word in words]
        if demand.land_use:
            sizes += [
                area for code, area in self._parcels[unit] if code.startswith(demand.land_use)
            ]
        return max(sizes, default=None)


def _number(text: str) -> float:
    """Return a size, 0 where none is asked for, NaN where it cannot be read."""
    plain = text.strip().removesuffix("m2").removesuffix("㎡").removesuffix("平方米").strip()
    try:
        return float(plain or 0)
    except ValueError:
        return math.nan
