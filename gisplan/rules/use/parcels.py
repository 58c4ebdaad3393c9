"""What the rules on land use share: parcels with their units, classes of land use, percentages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.rule import Param
from gisplan.model import Text

# Land on which no floor area is due: a parcel of it that states none has none.
OPEN_LAND = Param(
    "12,14,16,17",
    why="roads, green and open space, reserved land and water: no building is due there",
)
PARCEL = "parcel"


def classes(text: str) -> tuple[str, ...]:
    """Return the land-use classes of a parameter: "12, 14" -> ("12", "14")."""
    return tuple(word.strip() for word in str(text).split(",") if word.strip())


def numbers(tables: Tables, layer: str, column: str) -> pd.Series:
    """Return a field as numbers by fid; 0 is none, because a shapefile cannot tell it apart."""
    frame = tables.attributes[layer]
    if column not in tables.found[layer]:
        return pd.Series(np.nan, index=frame.index)
    values = pd.to_numeric(frame[column], errors="coerce").astype(float)
    return values.where(values > 0)


def states(tables: Tables, layer: str, column: str) -> bool:
    """Tell whether a layer states a quantity of any of its features."""
    return layer in tables.attributes and bool(numbers(tables, layer, column).notna().any())


def percentages(tables: Tables, layer: str, column: str) -> tuple[pd.Series, pd.Series]:
    """Return a field as percentages, and which of its values could be either.

    A column of which no value is above 1 holds fractions. In another column a value up to 1 is
    doubtful: 0.35 between 20 and 40 is 35 % written otherwise, or a third of a per cent.
    """
    values = numbers(tables, layer, column)
    if values.notna().any() and values.max() <= 1:
        return values * 100, pd.Series(False, index=values.index)
    return values, values <= 1


def with_units(tables: Tables) -> pd.DataFrame:
    """Return the parcels with the units that they lie in.

    Returns
    -------
    DataFrame
        Index: fid. Columns: label, name, land_use ("" for none), area_m2, unit_fid (-1 where the
        unit is not known), unit (its label). Needs the measures `parents` and `area`.
    """
    frame = tables.attributes[PARCEL]
    parents = tables["parents"]
    rows = parents[(parents["child_layer"] == PARCEL) & (parents["parent_layer"] == tables.judged)]
    rows = rows.set_index("fid")
    area = tables["area"]
    areas = area[area["layer"] == PARCEL].set_index("fid")["area_m2"]
    here = frame.loc[rows.index]
    return pd.DataFrame(
        {
            "label": list(here["_label"]),
            "name": [text(value) for value in here["name"]],
            "land_use": [text(value) for value in here["land_use"]],
            "area_m2": areas.reindex(rows.index).to_numpy(dtype=float),
            "unit_fid": rows["parent_fid"].to_numpy(dtype=int),
            "unit": tables.label(tables.judged, rows["parent_fid"]),
        },
        index=rows.index,
    )


def text(value: object) -> str:
    """Return a cell as text, "" where it says nothing."""
    return value if isinstance(value, str) else ""


def who(label: str, name: object) -> str:
    """Return what a feature is called in a message."""
    return f"{label} {text(name)}".strip()


def aside(layer: str, fid: int, why: Text) -> dict[str, Any]:
    """Return a feature that a rule cannot judge, and why."""
    return {"layer": layer, "fid": int(fid), "why_zh": why.zh, "why_en": why.en}
