"""The columns of every measure table, and the one way to make such a table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

FID = "int64"
NUMBER = "float64"
FLAG = "bool"
TEXT = "str"
ANY = "object"  # shapes, lists, and texts that may be None

_PIECE = {"piece": FID, "area_m2": NUMBER, "width_m": NUMBER}
_CHILD = {"child_layer": TEXT, "fid": FID, "parent_layer": TEXT}

_RELATED = {
    "actor_layer": TEXT,
    "fid": FID,
    "zone_layer": TEXT,
    "zone_fid": FID,
    "area_m2": NUMBER,
    "width_m": NUMBER,
    "share_actor": NUMBER,
    "share_zone": NUMBER,
    "length_m": NUMBER,
    "n_points": FID,
    "geometry": ANY,
}

_NEAR = {
    "actor_layer": TEXT,
    "fid": FID,
    "body_fid": FID,
    "distance_m": NUMBER,
    "inside": FLAG,
    "area_m2": NUMBER,
    "share_body": NUMBER,
    "share_actor": NUMBER,
    "centroid_inside": FLAG,
    "geometry": ANY,
}
_MET = {"actor_layer": TEXT, "fid": FID, "other_layer": TEXT, "other_fid": FID}

COLUMNS: dict[str, dict[str, str]] = {
    "service": {
        "layer": TEXT,
        "fid": FID,
        "facility": TEXT,
        "radius_m": NUMBER,
        "land_m2": NUMBER,
        "before": NUMBER,
        "after": NUMBER,
    },
    "area": {
        "layer": TEXT,
        "fid": FID,
        "area_m2": NUMBER,
        "source_area_m2": NUMBER,
        "length_m": NUMBER,
    },
    "parents": {**_CHILD, "declared": ANY, "parent_fid": FID, "how": TEXT},
    "nesting": {
        **_CHILD,
        "parent_fid": FID,
        "actual_fid": FID,
        "actual_share": NUMBER,
        "named_share": NUMBER,
    },
    "outside": {**_CHILD, "parent_fid": FID, **_PIECE, "depth_m": NUMBER, "geometry": ANY},
    "overlap": {"layer": TEXT, "fid_a": FID, "fid_b": FID, **_PIECE, "geometry": ANY},
    "duplicate": {"layer": TEXT, "fid_a": FID, "fid_b": FID, "area_m2": NUMBER, "geometry": ANY},
    "part": {
        "layer": TEXT,
        "fid": FID,
        "part": FID,
        "n_parts": FID,
        "area_m2": NUMBER,
        "width_m": NUMBER,
        "geometry": ANY,
    },
    "corner": {
        "layer": TEXT,
        "fid": FID,
        "corner": FID,
        "angle_deg": NUMBER,
        "edge_m": NUMBER,
        "shared": FLAG,
        "geometry": ANY,
    },
    "short_edge": {
        "layer": TEXT,
        "fid": FID,
        "edge": FID,
        "length_m": NUMBER,
        "shared": FLAG,
        "geometry": ANY,
    },
    "uncovered": {
        "child_layer": TEXT,
        "parent_layer": TEXT,
        "scope": TEXT,
        "parent_fid": FID,
        **_PIECE,
        "depth_m": NUMBER,
        "enclosed": FLAG,
        "geometry": ANY,
    },
    "between": {
        "child_layer": TEXT,
        "parent_layer": TEXT,
        "parent_fid": FID,
        "piece": FID,
        "fid_a": FID,
        "fid_b": FID,
        "along_a_m": NUMBER,
        "along_b_m": NUMBER,
        "outline_m": NUMBER,
        "largest_m": NUMBER,
    },
    "declared_gap": {
        "number": FID,
        "child_layer": TEXT,
        "parent_layer": TEXT,
        "scope": TEXT,
        "parent_fid": FID,
        "piece": FID,
        "area_m2": NUMBER,
        "geometry": ANY,
    },
    "relate": _RELATED,
    "beside": {
        "layer": TEXT,
        "fid": FID,
        "other_layer": TEXT,
        "other_fid": FID,
        "run": FID,
        "length_m": NUMBER,
        "distance_m": NUMBER,
        "inside": FLAG,
        "geometry": ANY,
    },
    "built": _RELATED,
    "beyond": {"actor_layer": TEXT, "fid": FID, **_PIECE, "length_m": NUMBER, "geometry": ANY},
    "copy": {
        "kind": TEXT,
        "upper": TEXT,
        "lower": TEXT,
        "change": TEXT,
        "fid": FID,
        **_PIECE,
        "depth_m": NUMBER,
        "geometry": ANY,
    },
    "near": _NEAR,
    "works": _RELATED,
    "struck": _NEAR,
    "contact": {
        **_MET,
        "certain": FLAG,
        "areal": FLAG,
        "covered": FLAG,
        "area_m2": NUMBER,
        "left_m2": NUMBER,
        "left_width_m": NUMBER,
    },
    "asset": {"zone_fid": FID, "asset": TEXT, "stem": TEXT, "body_fid": FID, "how": TEXT},
    "body_zone": {
        "zone_fid": FID,
        "body_fid": FID,
        "own": FLAG,
        "distance_m": NUMBER,
        "share_body": NUMBER,
    },
    "body_out": {
        "body_fid": FID,
        "kind": TEXT,
        "zone_fid": FID,
        "distance_m": NUMBER,
        "area_m2": NUMBER,
        "width_m": NUMBER,
        "geometry": ANY,
    },
    "body_pair": {
        "body_a": FID,
        "body_b": FID,
        "same_name": FLAG,
        "distance_m": NUMBER,
        "share_a": NUMBER,
        "share_b": NUMBER,
    },
    "split": {
        "asset": TEXT,
        "relation": TEXT,
        "inner_fid": FID,
        "outer_fid": FID,
        "other_layer": TEXT,
        "other_fid": FID,
        "area_m2": NUMBER,
        "width_m": NUMBER,
        "distance_m": NUMBER,
        "geometry": ANY,
    },
    "stand_in": {
        "body_fid": FID,
        "how": TEXT,
        "other_fid": FID,
        "distance_m": NUMBER,
        "geometry": ANY,
    },
    "shadow": {"actor_layer": TEXT, "fid": FID, "source": TEXT, "other_fid": FID},
    "grid": {
        "layer": TEXT,
        "path": TEXT,
        "how": TEXT,
        "factor": NUMBER,
        "likely": NUMBER,
        "share": NUMBER,
        "n_points": FID,
        "n_buildings": FID,
    },
    "raster_cover": {
        "layer": TEXT,
        "path": TEXT,
        "how": TEXT,
        "known": NUMBER,
        "n_of_layer": FID,
    },
    "sight": {
        "actor_layer": TEXT,
        "fid": FID,
        "view_fid": FID,
        "why": TEXT,
        "area_m2": NUMBER,
        "width_m": NUMBER,
        "allowed_m": NUMBER,
        "at_m": NUMBER,
        "length_m": NUMBER,
        "ground_m": NUMBER,
        "sight_m": NUMBER,
        "eye_m": NUMBER,
        "end_m": NUMBER,
        "high_ground_m": NUMBER,
        "from_m": NUMBER,
        "to_m": NUMBER,
        "existing_m": NUMBER,
        "existing_at_m": NUMBER,
        "n_samples": FID,
        "n_unknown": FID,
        "profile": ANY,
        "geometry": ANY,
    },
    "inside": {
        **_MET,
        "part_layer": TEXT,
        "part_fid": FID,
        "certain": FLAG,
        "areal": FLAG,
        "area_m2": NUMBER,
        "width_m": NUMBER,
        "share_part": NUMBER,
    },
    "plot": {"layer": TEXT, "fid": FID, "home_layer": TEXT, "home_fid": FID},
    "doubt": {
        "actor_layer": TEXT,
        "fid": FID,
        "other_layer": TEXT,
        "other_fid": FID,
        "other_label": TEXT,
        "why_zh": TEXT,
        "why_en": TEXT,
    },
    "unspoken": {
        "source_layer": TEXT,
        "actor_layer": TEXT,
        "fid": FID,
        "area_m2": NUMBER,
        "width_m": NUMBER,
        "share": NUMBER,
        "areal": FLAG,
        "geometry": ANY,
    },
    "located": {"layer": TEXT, "fid": FID, "home_layer": TEXT, "home_fid": FID},
    "handed": {
        "parent_layer": TEXT,
        "parent_code": TEXT,
        "indicator": TEXT,
        "child_layer": TEXT,
        "child": TEXT,
        "parent_fid": FID,
        "child_fid": FID,
        "parent_row": FID,
        "child_row": FID,
        "state": TEXT,
        "factor": NUMBER,
        "value": NUMBER,
        "weight": NUMBER,
    },
    "rollup": {
        "parent_layer": TEXT,
        "parent_fid": FID,
        "parent_code": TEXT,
        "indicator": TEXT,
        "parent_row": FID,
        "name": TEXT,
        "unit": TEXT,
        "nature": ANY,
        "requirement": ANY,
        "year": NUMBER,
        "target": NUMBER,
        "reserve": NUMBER,
        "rollup": TEXT,
        "child_layer": TEXT,
        "n_children": FID,
        "n_values": FID,
        "missing": ANY,
        "strange": ANY,
        "total": NUMBER,
        "done": NUMBER,
        "low": NUMBER,
        "high": NUMBER,
        "exact": NUMBER,
        "why": TEXT,
    },
}


def make_table(name: str, columns: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Return a measure table from its columns, sorted by the key columns.

    Parameters
    ----------
    name : str
        A table of COLUMNS.
    columns : mapping of str to array, list or scalar, optional
        A scalar stands for every row; None gives an empty table.

    Returns
    -------
    DataFrame
        The columns of COLUMNS, in order, with their types; RangeIndex. The columns up to the
        first number sort it (all texts and fids), so equal input gives equal bytes.
    """
    types = COLUMNS[name]
    columns = columns or {}
    rows = max((len(c) for c in columns.values() if not _scalar(c)), default=0)
    if not rows:
        return _empty(name).copy()
    index = pd.RangeIndex(rows)
    made = {}
    for column, dtype in types.items():
        given = columns[column]
        if _scalar(given):
            made[column] = pd.Series([given], dtype=object).astype(dtype).repeat(rows)
        elif isinstance(given, np.ndarray) and given.dtype != object:
            made[column] = pd.Series(given).astype(dtype)
        else:
            made[column] = pd.Series(list(given), dtype=object).astype(dtype)
        made[column].index = index
    same = {column for column in columns if _scalar(columns[column])}
    return _sort(name, pd.DataFrame(made, index=index), same)


@cache
def _empty(name: str) -> pd.DataFrame:
    return pd.DataFrame({c: pd.Series(dtype=dtype) for c, dtype in COLUMNS[name].items()})


def join_tables(name: str, tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return tables of one kind as one, sorted."""
    filled = [table for table in tables if len(table)]
    if not filled:
        return make_table(name)
    return _sort(name, pd.concat(filled, ignore_index=True))


def _sort(name: str, table: pd.DataFrame, same: Collection[str] = ()) -> pd.DataFrame:
    """Return a table sorted by its keys; `same` are texts that are equal in all rows."""
    keys: list[Any] = []
    for column, dtype in COLUMNS[name].items():
        if dtype == NUMBER:
            break
        if dtype == FID:
            keys.append(table[column].to_numpy())
        elif dtype == TEXT and column not in same:
            keys.append(pd.factorize(table[column], sort=True, use_na_sentinel=False)[0])
    order = np.lexsort(keys[::-1])
    if (np.diff(order) == 1).all():
        return table
    return table.take(order).reset_index(drop=True)


def _scalar(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float, bool))
