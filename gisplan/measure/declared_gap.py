"""Table `declared_gap`: which uncovered piece each gap means that the plan declares as allowed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from gisplan.measure.scene import Scene
from gisplan.measure.tables import join_tables, make_table
from gisplan.model import AllowedGap

_COLUMNS = ["child_layer", "parent_layer", "scope", "parent_fid", "piece", "area_m2", "geometry"]


def measure_declared_gap(scene: Scene, uncovered: pd.DataFrame) -> pd.DataFrame:
    """Return the piece of each scope that each declared gap means."""
    gaps = scene.plan.config.allowed_gaps
    if not gaps:
        return make_table("declared_gap")
    degrees = np.asarray([gap.at for gap in gaps], dtype=float)
    from_degrees = Transformer.from_crs("EPSG:4490", scene.crs, always_xy=True)
    places = shapely.points(np.column_stack(from_degrees.transform(*degrees.T)))
    return join_tables(
        "declared_gap",
        [_meant(scene, uncovered, n, gap, places[n]) for n, gap in enumerate(gaps)],
    )


def _meant(
    scene: Scene, uncovered: pd.DataFrame, number: int, gap: AllowedGap, place: object
) -> pd.DataFrame:
    own = uncovered[(uncovered["child_layer"] == gap.layer) & _is_in(scene, uncovered, gap)]
    off = shapely.distance(own["geometry"].to_numpy(), place)
    own = own.assign(_apart=off > 0)[off <= gap.within]
    own = own.sort_values(["_apart", "area_m2"], ascending=[True, False], kind="stable")
    chosen = own.groupby("scope").head(1)
    return make_table(
        "declared_gap",
        {"number": number, **{name: chosen[name].to_numpy() for name in _COLUMNS}},
    )


def _is_in(scene: Scene, uncovered: pd.DataFrame, gap: AllowedGap) -> pd.Series:
    """Tell which pieces are of the parent that a declared gap names, of any where it names none."""
    if gap.parent is None:
        return pd.Series(True, index=uncovered.index)
    upper = scene.parent_layer(gap.layer)
    if not upper:
        return pd.Series(False, index=uncovered.index)
    named = np.flatnonzero(scene.labels(upper) == gap.parent)
    return uncovered["parent_fid"].isin(named) & (uncovered["parent_layer"] == upper)
