"""What a finding tells besides its overlap: bodies, buildings, distances and heights."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from gisplan.catalogue.judgement import Tables
from gisplan.rules.floor_area import floor_areas
from gisplan.rules.heritage.doings import column, doings

NAMES = 20  # names of bodies in one finding; their number is told in full
_PAIR = ["actor_layer", "fid", "other_layer", "other_fid"]

Measures = dict[str, Any]


def figures_of(tables: Tables) -> Figures:
    """Return the further figures of the contacts of a plan, worked out once."""
    return tables.once("figures", lambda: Figures(tables))


class Figures:
    """The further figures of contacts.

    Needs the measures `near`, `struck`, `inside`, `area`, `parents` and `plot`.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._bodies = _bodies(tables)
        self._buildings = _buildings(tables)
        self._heights = {
            layer: metres(column(tables, layer, "height")) for layer in tables.attributes
        }
        self._caps = (
            metres(column(tables, "heritage_zone", "height_cap"))
            if "heritage_zone" in tables.attributes
            else pd.Series(dtype=float)
        )

    def of(self, row: dict[str, Any]) -> Measures:
        """Return the figures of a contact: actor_layer, fid, other_layer, other_fid."""
        actor = row["actor_layer"], row["fid"]
        contact = (*actor, row["other_layer"], row["other_fid"])
        return {
            **self._bodies.get(actor, {}),
            **self._buildings.get(contact, {}),
            **self._height(row),
        }

    def _height(self, row: dict[str, Any]) -> Measures:
        height = self._heights[row["actor_layer"]].get(row["fid"])
        # of a building that is not to be built it is the height of today
        planned = row["actor_layer"] != "building" or row["action"] == "build"
        found = {} if pd.isna(height) or not planned else {"height_m": float(height)}
        zone = row["other_layer"] == "heritage_zone"
        cap = self._caps.get(row["other_fid"]) if zone else None
        if cap is not None and not pd.isna(cap):
            found["height_cap_m"] = float(cap)
            if "height_m" in found:
                found["excess_m"] = max(found["height_m"] - float(cap), 0.0)
        return found


def metres(values: pd.Series) -> pd.Series:
    """Return heights as numbers; 0 is none, because a shapefile cannot tell it from missing."""
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    return numbers.where(numbers > 0)


def _bodies(tables: Tables) -> dict[tuple[str, int], Measures]:
    """Return distance to the nearest body, and the bodies inside, by actor."""
    near = pd.concat([tables["near"], tables["struck"]], ignore_index=True)
    if near.empty:
        return {}
    classes = column(tables, "heritage_body", "asset_class")
    levels = column(tables, "heritage_body", "level")
    kinds = {
        fid: f"{asset}/{levels[fid]}" if asset == "WW" and levels[fid] else str(asset or "unknown")
        for fid, asset in classes.items()
    }
    names = column(tables, "heritage_body", "name")
    names = names.where(names.notna(), tables.attributes["heritage_body"]["_label"])
    bodies, distance = near["body_fid"].to_numpy(), near["distance_m"].to_numpy(dtype=float)
    within = near["inside"].to_numpy(dtype=bool)
    found: dict[tuple[str, int], Measures] = {}
    for (layer, fid), at in near.groupby(["actor_layer", "fid"]).indices.items():
        inside = bodies[at[within[at]]].tolist()
        figures: Measures = {"distance_m": float(np.fmin.reduce(distance[at]))}
        if inside:
            counted = Counter(kinds[body] for body in inside)
            figures["n_bodies"] = len(inside)
            figures["bodies"] = dict(sorted(counted.items()))
            figures["body_names"] = sorted(str(names[body]) for body in inside)[:NAMES]
        found[str(layer), int(fid)] = figures
    return found


def _buildings(tables: Tables) -> dict[tuple[Any, ...], Measures]:
    """Return how many buildings lie in a contact, and the floor area there that is demolished.

    Of a building across the edge the share that lies inside. The floor area is left out where one
    of those to be demolished states neither it nor its floors.
    """
    rows = tables["inside"]
    rows = rows[(rows["part_layer"] == "building") & (rows["part_fid"] >= 0)]
    if rows.empty:
        return {}
    floors = floor_areas(tables).reindex(rows["part_fid"])
    action = doings(tables, "building")["action"].reindex(rows["part_fid"])
    down = (action == "demolish").to_numpy(dtype=bool, na_value=False)
    said = action.notna().to_numpy()
    floor = floors["area_m2"].to_numpy() * rows["share_part"].to_numpy()
    source = floors["source"].to_numpy()
    found: dict[tuple[Any, ...], Measures] = {}
    for key, at in rows.groupby(_PAIR).indices.items():
        gone = at[down[at]]
        figures: Measures = {"n_buildings": len(at), "n_demolished": len(gone)}
        if len(gone) and not np.isnan(floor[gone]).any():
            figures["demolish_area_m2"] = float(floor[gone].sum())
            figures["floor_area_from"] = "+".join(sorted(set(source[gone])))
        elif not len(gone) and said[at].all():
            figures["demolish_area_m2"] = 0.0
        found[key] = figures
    return found
