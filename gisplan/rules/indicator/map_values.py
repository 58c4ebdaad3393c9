"""What the map says for the rows of the indicator table that are computed from it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Tables
from gisplan.model import Text

COLUMNS = ("layer", "fid", "indicator", "name", "unit", "computed", "target", "actual", "why")


def map_values(tables: Tables) -> pd.DataFrame:
    """Return one row per indicator row with `computed`: what it states and what the map says.

    Returns
    -------
    DataFrame
        COLUMNS. `layer` and `fid` are the feature that the row is about, else the row itself.
        `actual` is in m2, or a number of children; NaN where `why` (Text) says that it is unknown.
    """
    table = tables.attributes.get("indicator")
    if table is None or "computed" not in tables.found["indicator"]:
        return pd.DataFrame(columns=list(COLUMNS))
    known = table[table["computed"].isin(["area", "children_area", "children_count"])]
    areas = tables["area"].set_index(["layer", "fid"])["area_m2"]
    rows = [_row(tables, areas, fid, row) for fid, row in known.iterrows()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(tables: Tables, areas: pd.Series, at: int, row: pd.Series) -> dict[str, Any]:
    entry: dict[str, Any] = {name: row.get(name) for name in COLUMNS}
    entry.update(layer="indicator", fid=at, actual=float("nan"), why=None)
    fid = _find(tables, row["tier"], row["code"])
    if fid is None:
        entry["why"] = Text("图上没有这个区域", "the map has no such area")
        return entry
    layer = str(row["tier"])
    entry.update(layer=layer, fid=fid)
    if pd.isna(row["target"]):
        entry["why"] = Text("没有目标值", "no target value")
    elif row["computed"] == "area":
        entry["actual"] = areas.get((layer, fid), float("nan"))
        if not entry["actual"] > 0:
            entry["why"] = Text("图形没有面积", "its shape has no area")
    else:
        _children(tables, areas, layer, fid, entry)
    return entry


def _children(
    tables: Tables, areas: pd.Series, layer: str, fid: int, entry: dict[str, Any]
) -> None:
    """Fill in the number or the areas of the children in the nearest lower layer."""
    parents = tables["parents"]
    names = [tier.name for tier in tables.tiers_present()] + ["parcel"]
    below = [name for name in names if name in set(parents["child_layer"])]
    child = next(
        (n for n in below if (parents[parents["child_layer"] == n]["parent_layer"] == layer).any()),
        None,
    )
    if child is None:
        entry["why"] = Text("没有下级图层", "the plan has no layer below it")
        return
    mine = (parents["child_layer"] == child) & (parents["parent_layer"] == layer)
    fids = parents[mine & (parents["parent_fid"] == fid)]["fid"]
    if tables.quarantined.get(child):
        entry["why"] = Text("有下级要素被隔离", "features below it were set aside")
    elif entry["computed"] == "children_count":
        entry["actual"] = float(len(fids))
    else:
        entry["actual"] = float(sum(areas.get((child, one), 0.0) for one in fids))


def _find(tables: Tables, layer: object, code: object) -> int | None:
    frame = tables.attributes.get(layer) if isinstance(layer, str) else None
    if frame is None or not isinstance(code, str):
        return None
    fids = frame.index[frame["code"] == code]
    return int(fids[0]) if len(fids) == 1 else None
