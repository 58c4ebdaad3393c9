"""Values that units, projects and parcels state beside the parts that they follow from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gisplan.catalogue.judgement import Tables
from gisplan.model import Text
from gisplan.rules.aside import set_aside
from gisplan.rules.demolition import demolition_share


@dataclass(frozen=True, slots=True)
class Check:
    """A stated quantity of a layer beside what its parts give; all by fid, NaN where unknown.

    `others`: further values that the parts may as well be read to give. `partial`: features of
    which some parts are stated and others are not.
    """

    layer: str
    kind: str
    what: Text
    how: Text
    unit: str
    stated: pd.Series
    actual: pd.Series
    tolerance: pd.Series
    partial: pd.Series
    others: tuple[pd.Series, ...] = ()


_SHARE = Text("拆除比例", "demolition share")
_RATIO = Text("拆建比", "rebuild ratio")
_EXISTING = Text("现状建筑面积", "existing floor area")
_GROSS = Text("建筑面积", "floor area")
_PARTS = Text("保留、改造、拆除之和", "what is kept, altered and demolished")
_BUILT = {  # field -> what it is called, what is to become of the buildings that it counts
    "existing_area": (_EXISTING, ""),
    "kept_area": (Text("保留建筑面积", "floor area kept"), "keep"),
    "altered_area": (Text("改造建筑面积", "floor area altered"), "alter"),
    "demolish_area": (Text("拆除建筑面积", "floor area demolished"), "demolish"),
}


def checks(tables: Tables, params: Any) -> Iterator[Check]:
    """Yield every stated value of the plan that has its parts beside it."""
    for layer in dict.fromkeys((tables.judged, "unit", "project")):
        if layer in tables.attributes:
            yield from _floor_areas(tables, layer, params)
    if "parcel" in tables.attributes:
        yield from _parcels(tables, params)
    if "building" in tables.attributes and tables.judged in tables.attributes:
        yield from _buildings(tables, params)


def _has(tables: Tables, layer: str, *columns: str) -> bool:
    return set(columns) <= set(tables.found[layer])


def _numbers(tables: Tables, layer: str, column: str) -> pd.Series:
    frame = tables.attributes[layer]
    if column not in frame:
        return pd.Series(np.nan, index=frame.index)
    return pd.to_numeric(frame[column], errors="coerce").astype(float)


def _floor_areas(tables: Tables, layer: str, params: Any) -> Iterator[Check]:
    existing, demolished = (_numbers(tables, layer, n) for n in ("existing_area", "demolish_area"))
    never = pd.Series(False, index=existing.index)
    if _has(tables, layer, "demolish_share", "existing_area", "demolish_area"):
        stated = _numbers(tables, layer, "demolish_share")
        fraction = bool(stated.notna().any()) and stated.max() <= 1
        share = demolished / existing.where(existing > 0) * 100
        yield Check(
            layer, "demolish_share", _SHARE,
            Text("拆除与现状建筑面积之比", "demolished over existing floor area"), "%",
            stated * 100 if fraction else stated, share,
            pd.Series(params.fraction_tol if fraction else params.percent_tol, existing.index),
            share.isna(), (demolition_share(tables.attributes[layer]) * 100,),
        )  # fmt: skip
    if _has(tables, layer, "rebuild_ratio", "new_area", "demolish_area"):
        new = _numbers(tables, layer, "new_area")
        ratio = new / demolished.where(demolished > 0)
        less = (new - _numbers(tables, layer, "public_area").fillna(0.0)) / demolished.where(
            demolished > 0
        )
        stated = _numbers(tables, layer, "rebuild_ratio")
        yield Check(
            layer, "rebuild_ratio", _RATIO,
            Text("新建与拆除建筑面积之比", "new over demolished floor area"), "",
            stated.where(stated > 0), ratio, pd.Series(params.ratio_tol, existing.index),
            ratio.isna() & (demolished != 0), (less,),
        )  # fmt: skip
    if _has(tables, layer, "existing_area", "kept_area", "altered_area", "demolish_area"):
        parts = pd.DataFrame(
            {n: _numbers(tables, layer, n) for n in ("kept_area", "altered_area", "demolish_area")}
        )
        told = (parts.fillna(0.0) != 0).any(axis=1)
        yield Check(
            layer, "existing_area", _EXISTING, _PARTS, "m2", existing.where((existing > 0) & told),
            parts.sum(axis=1, skipna=False), _area_tolerance(existing, params),
            parts.isna().any(axis=1) & told | never,
        )  # fmt: skip


def _parcels(tables: Tables, params: Any) -> Iterator[Check]:
    if not _has(tables, "parcel", "floor_area", "far"):
        return
    area = tables["area"]
    areas = area[area["layer"] == "parcel"].set_index("fid")["area_m2"]
    stated, ratio = _numbers(tables, "parcel", "floor_area"), _numbers(tables, "parcel", "far")
    areas = areas.reindex(stated.index)
    yield Check(
        "parcel", "floor_area", _GROSS,
        Text("容积率与地块面积之积", "floor area ratio times area"), "m2",
        stated.where(stated > 0), ratio.where(ratio > 0) * areas,
        params.far_tol * areas + params.abs_tol, ~(ratio > 0),
    )  # fmt: skip


def _area_tolerance(values: pd.Series, params: Any) -> pd.Series:
    return (values.abs() * params.rel_tol).clip(lower=params.abs_tol)


def _buildings(tables: Tables, params: Any) -> Iterator[Check]:
    """Yield the floor areas of units beside those of the buildings that stand in them."""
    unit = tables.judged
    rows = _standing(tables)
    index = tables.attributes[unit].index
    count = rows.groupby("unit").size().reindex(index).fillna(0.0)
    unknown = _any(rows, rows["floor"].isna(), index)
    aside = set_aside(tables, "building")
    undecided = unknown | _any(rows, rows["action"].isna(), index)
    for column, (what, action) in _BUILT.items():
        if not _has(tables, unit, column) or rows.empty:
            continue
        if action and not _has(tables, "building", "action"):
            continue
        mine = rows[rows["action"] == action] if action else rows
        sums = mine.groupby("unit")["floor"].sum().reindex(index).fillna(0.0)
        stated = _numbers(tables, unit, column).where(count > 0)
        if column != "demolish_area":  # nothing demolished is a statement, nothing kept is a gap
            stated = stated.where(stated > 0)
        open_ = undecided if action else unknown
        if aside:  # what was set aside could make up the rest
            open_ = open_ | (pd.Series(index.isin(list(aside)), index) & (sums < stated))
        yield Check(
            unit, f"building:{column}", what,
            Text("图上建筑合计", "the buildings on the map"), "m2", stated, sums.where(~open_),
            _area_tolerance(stated, params) + 0.005 * count, open_,
        )  # fmt: skip


def _any(rows: pd.DataFrame, flags: pd.Series, index: pd.Index) -> pd.Series:
    """Return for each unit whether any of its buildings is flagged."""
    return pd.Series(index.isin(rows.loc[flags, "unit"]), index)


def _standing(tables: Tables) -> pd.DataFrame:
    """Return the buildings that stand, with their unit: unit, action, floor (m2).

    Floor area is what is stated, else footprint times floors.
    """
    frame = tables.attributes["building"]
    parents = tables["parents"]
    mine = parents[(parents["child_layer"] == "building") & (parents["parent_fid"] >= 0)]
    mine = mine[mine["parent_layer"] == tables.judged].set_index("fid")["parent_fid"]
    area = tables["area"]
    drawn = area[area["layer"] == "building"].set_index("fid")["area_m2"].reindex(frame.index)
    stated, foot, floors = (
        _numbers(tables, "building", n) for n in ("floor_area", "footprint_area", "floors")
    )
    foot = foot.where(foot > 0).fillna(drawn.where(drawn > 0))
    floor = stated.where(stated > 0).fillna(foot * floors.where(floors > 0))
    action = frame["action"].where(frame["action"].notna(), None)
    rows = pd.DataFrame({"unit": mine, "action": action.reindex(mine.index),
                         "floor": floor.reindex(mine.index)})  # fmt: skip
    return rows[(rows["action"] != "build").fillna(True)]
