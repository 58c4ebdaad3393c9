"""The floor area of buildings: as stated, else footprint times floors."""

from __future__ import annotations

import pandas as pd

from gisplan.catalogue.judgement import Tables

STATED, FROM_FOOTPRINT = "floor_area", "footprint_x_floors"


def floor_areas(tables: Tables) -> pd.DataFrame:
    """Return area_m2 and source of the floor area of each building, by fid.

    NaN and None where neither floor area nor floors are stated; 0 is none, because a shapefile
    cannot tell it from missing. The footprint is the stated one, else the measured one. Needs the
    measure `area`.
    """
    buildings = tables.attributes["building"]
    stated = _positive(buildings, "floor_area")
    measured = tables["area"]
    measured = measured[measured["layer"] == "building"].set_index("fid")["area_m2"]
    footprint = _positive(buildings, "footprint_area").fillna(measured.reindex(buildings.index))
    product = footprint * _positive(buildings, "floors")
    source = pd.Series(None, index=buildings.index, dtype=object)
    source = source.mask(product.notna(), FROM_FOOTPRINT).mask(stated.notna(), STATED)
    return pd.DataFrame({"area_m2": stated.fillna(product), "source": source})


def _positive(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame:
        return pd.Series(float("nan"), index=frame.index)
    numbers = pd.to_numeric(frame[name], errors="coerce").astype(float)
    return numbers.where(numbers > 0)
