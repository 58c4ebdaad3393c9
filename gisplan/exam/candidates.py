"""Land that might be renewed (候选更新片区): old or ill-used; heritage on it comes first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gisplan.exam.study import Study
from gisplan.measure.housing import LandUse, find_land_use
from gisplan.measure.land_pieces import (
    covered_area,
    meeting,
    pieces_of,
    points_within,
    share_standing,
    south_west,
)
from gisplan.measure.overlay import Shapes

OLD_YEAR = 2000  # 老旧: what was built then or before
OLD_SHARE = 0.5  # of the floor area whose year is known
KINDS = {"residential": ("0701", "0703"), "commercial": ("09",), "industrial": ("1001",)}
COLUMNS = (
    "number", "kind", "level", "place", "parcels", "area_m2", "old_share", "low_efficiency",
    "bodies", "zones", "heritage_m2", "geometry",
)  # fmt: skip


def candidates(study: Study) -> pd.DataFrame:
    """Return the pieces of land that might be renewed, those with heritage first, then by size.

    A parcel counts where at least half of the floor area on it was built in 2000 or before, or
    where it is said to be of low efficiency; parcels of a kind that touch are one piece. Both
    figures are proposals of ours. Parcels without a land-use code, and parcels of whose buildings
    no year is known and of which nothing is said, are none.

    Returns
    -------
    DataFrame
        COLUMNS. `bodies` and `zones` name the heritage on the land, `heritage_m2` is the area of
        the land in zones or bodies; `place` is the district, else the lowest level, that it is in.
    """
    empty = pd.DataFrame(columns=list(COLUMNS))
    land = find_land_use(study.scene)
    if not isinstance(land, LandUse):
        return empty
    layer, codes = land.layer, land.codes
    frame = study.plan.layers[layer].frame
    shapes = study.scene.shapes(layer)
    old = _old_share(study, shapes)
    low = np.zeros(len(frame), dtype=bool)
    if "low_efficiency" in frame:
        low = frame["low_efficiency"].fillna(False).to_numpy(dtype=bool)
    chosen = (low | (old >= OLD_SHARE)) & (study.scene.dimensions(layer) == 2)
    chosen &= study.inside(points_within(shapes))
    rows: list[dict[str, Any]] = []
    for kind, prefixes in KINDS.items():
        mine = np.flatnonzero(chosen & codes.str.startswith(prefixes).to_numpy())
        pieces, of = pieces_of(shapes[mine])
        for n, shape in enumerate(pieces):
            own = mine[of == n]
            area = study.scene.areas(layer)[own]
            known = ~np.isnan(old[own])
            rows.append(
                {
                    "kind": kind,
                    "parcels": len(own),
                    "area_m2": float(area.sum()),
                    "old_share": float(np.average(old[own][known], weights=area[known]))
                    if known.any()
                    else None,
                    "low_efficiency": int(low[own].sum()),
                    "geometry": shape,
                }
            )
    if not rows:
        return empty
    table = pd.DataFrame(rows)
    pieces = np.asarray(table["geometry"].to_numpy(), dtype=object)
    table["bodies"] = _named(study, "heritage_body", pieces)
    table["zones"] = _named(study, "heritage_zone", pieces)
    table["heritage_m2"] = _heritage_area(study, pieces)
    level = next((n for n in ("district", *reversed(study.places)) if n in study.places), None)
    table["level"] = level
    table["place"] = ""
    if level is not None:
        home = study.locate(level, points_within(pieces))
        labels = np.append(study.places[level].labels, "")
        table["place"] = labels[home]
    west, south = south_west(pieces)
    order = np.lexsort((south, west, -table["area_m2"], -table["heritage_m2"]))
    table = table.iloc[order].reset_index(drop=True)
    table["number"] = np.arange(1, len(table) + 1)
    return table[list(COLUMNS)]


def _old_share(study: Study, parcels: Shapes) -> np.ndarray:
    """Return for each parcel the share of its known floor area that is old; NaN where unknown."""
    if not study.has("building"):
        return np.full(len(parcels), np.nan)
    frame = study.plan.layers["building"].frame
    year = frame["year"].to_numpy(dtype=float, na_value=np.nan)
    floor = frame["floor_area"].to_numpy(dtype=float, na_value=np.nan)
    weight = np.where(np.isnan(floor), study.scene.areas("building"), floor)
    known = ~np.isnan(year)
    return share_standing(
        parcels, study.scene.shapes("building")[known], weight[known], year[known] <= OLD_YEAR
    )


def _named(study: Study, layer: str, pieces: Shapes) -> list[list[str]]:
    found: list[list[str]] = [[] for _ in pieces]
    if not study.has(layer):
        return found
    frame = study.plan.layers[layer].frame
    names = frame["name"].where(frame["name"].notna(), frame["_label"]).astype(str).to_numpy()
    piece, feature = meeting(pieces, study.scene.shapes(layer))
    for n, name in sorted({(int(n), str(names[f])) for n, f in zip(piece, feature, strict=True)}):
        found[n].append(name)
    return found


def _heritage_area(study: Study, pieces: Shapes) -> np.ndarray:
    layers = [name for name in ("heritage_zone", "heritage_body") if study.has(name)]
    if not layers:
        return np.zeros(len(pieces))
    shapes = np.concatenate([study.scene.shapes(name) for name in layers])
    return covered_area(pieces, shapes, study.scene.crs)
