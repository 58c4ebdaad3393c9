"""What the area field of a file is in: square metres, another unit, planar instead of ellipsoidal.

IND113 reports what this finds, once for a file, and IND111 compares its features in those terms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.rule import Param, Params
from gisplan.rules.indicator.units import SUSPECTS, Suspect

DIAGNOSIS = {
    "unit_tol": Param(
        0.01, unit="ratio", why="units of area differ by a factor of 6.7 at least, tables by less"
    ),
    "most": Param(
        0.5,
        unit="share",
        why="more than half of the features betray it, or the total does",
    ),
    "steps": Param(
        3.0, unit="", why="rounding steps that plane and ellipsoid must differ by to be told apart"
    ),
    "engine_noise": Param(
        1e-6, unit="ratio", why="two ways to compute an area on the ellipsoid differ by 2e-7"
    ),
}
_FINEST = 4  # decimals that a table of areas has at most


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the areas of one file are in.

    factor : square metres of the unit; 1 where the field is in m2, as it should be
    unit : the unit where it is another one
    planar : it is the area in the plane of the file's CRS
    step : the last digit that the field is written to, in m2
    rows : the features that state an area, with `given` (m2) and `fits` (bool: it bears it out)
    """

    layer: str
    path: str
    factor: float
    unit: Suspect | None
    planar: bool
    step: float
    rows: pd.DataFrame


def stated_areas(tables: Tables) -> pd.DataFrame:
    """Return the areal features that state an area.

    An empty or zero area counts as not stated: a shapefile cannot tell these apart.

    Returns
    -------
    DataFrame
        layer, fid, area_m2, source_area_m2, stated, path, repaired (bool: mending the shape
        changed its area, which then proves nothing).
    """
    parts = []
    for layer, frame in tables["area"].groupby("layer", sort=True):
        if "area" not in tables.found.get(layer, ()):
            continue
        attributes = tables.attributes[layer].reindex(frame["fid"])
        values = pd.to_numeric(attributes["area"], errors="coerce").to_numpy(dtype=float)
        parts.append(frame.assign(stated=values, path=list(attributes["_path"])))
    if not parts:
        return tables["area"].iloc[:0].assign(stated=0.0, path="", repaired=False)
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[(rows["stated"].fillna(0) != 0) & (rows["area_m2"] > 0)]
    repaired = _repaired(tables)
    keys = zip(rows["layer"], rows["fid"], strict=True)
    return rows.assign(repaired=np.array([key in repaired for key in keys], dtype=bool))


def _repaired(tables: Tables) -> set[tuple[str, int]]:
    """Return the features whose repair changed their area."""
    found = set()
    rows: dict[str, dict[object, int]] = {}
    for note in tables.notes_of("invalid_geometry"):
        frame = tables.attributes.get(note.layer)
        if frame is None or not note.detail.get("repaired", True):
            continue
        if note.detail.get("area_before_m2") == note.detail.get("area_after_m2"):
            continue
        if note.layer not in rows:
            places = zip(frame["_path"], frame["_record"], strict=True)
            rows[note.layer] = dict(zip(places, map(int, frame.index), strict=True))
        fid = rows[note.layer].get((note.path, note.record))
        if fid is not None:
            found.add((note.layer, fid))
    return found


def meanings(rows: pd.DataFrame, params: Params) -> Iterator[Meaning]:
    """Yield what the area field of each file is in, in order of layer and path.

    Parameters
    ----------
    rows : DataFrame
        From `stated_areas`.
    params : Params
        With those of DIAGNOSIS. A file may be by one office and the next by another, so each is
        looked at alone; repaired shapes prove nothing and are left out of the totals.
    """
    for (layer, path), group in rows.groupby(["layer", "path"], sort=True):
        sound = group[~group["repaired"]]
        unit = _unit(sound, params)
        factor = unit.square_metres if unit else 1.0
        step = _step(group["stated"]) * factor
        given = group["stated"] * factor
        planar = _planar(sound, sound["stated"] * factor, step, params)
        reference = group["source_area_m2"] if planar else group["area_m2"]
        slack = (group["area_m2"] * params.unit_tol if not planar else 0.0) + step
        fits = (given - reference).abs() <= slack
        yield Meaning(
            str(layer), str(path), factor, unit, planar, step, group.assign(given=given, fits=fits)
        )


def _unit(sound: pd.DataFrame, params: Params) -> Suspect | None:
    """Return the unit that the total betrays, or more than half of the features do."""
    total = sound["area_m2"].sum()
    for unit in SUSPECTS:
        ratios = sound["stated"] * unit.square_metres / sound["area_m2"]
        each = ((ratios - 1).abs() <= params.unit_tol).mean() if len(sound) else 0.0
        whole = sound["stated"].sum() * unit.square_metres / total if total else 0.0
        if abs(whole - 1) <= params.unit_tol or each > params.most:
            return unit
    return None


def _planar(sound: pd.DataFrame, given: pd.Series, step: float, params: Params) -> bool:
    """Return whether most features that can tell state the planar area.

    Not the total: one area that is stated wrongly moves it by more than plane and ellipsoid differ.
    """
    apart = (sound["source_area_m2"] - sound["area_m2"]).abs()
    telling = apart > np.maximum(params.steps * step, params.engine_noise * sound["area_m2"])
    if not telling.any():
        return False
    off_plane = (given - sound["source_area_m2"]).abs()
    return bool((off_plane <= apart / 2)[telling].mean() > params.most)


def _step(stated: pd.Series) -> float:
    """Return the unit of the last digit that any of the values has: 0.01 for 812.4 and 3.25."""
    values = stated.to_numpy(dtype=float)
    for decimals in range(_FINEST):
        if np.all(np.abs(np.round(values, decimals) - values) <= 1e-9 * np.abs(values)):
            return float(10.0**-decimals)
    return float(10.0**-_FINEST)
