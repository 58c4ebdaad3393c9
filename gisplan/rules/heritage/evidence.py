"""Whether action data show that a unit does nothing where it meets heritage (domain.md D.3).

A mode of a unit is that of the whole; what is done in a zone is shown by its parcels and buildings.
That nothing is done there is shown only where no parcel, building or project in the contact acts,
none there is of unknown mode or uncertain shape, and either the contact lies on land that is stated
to be kept, or the works of the unit's mode are located in parcels of it elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.rule import Params
from gisplan.model import Text
from gisplan.rules.heritage.doings import ACTION_LAYERS, ACTS, KEPT, column, doings, known, unit_of
from gisplan.rules.noise import counts

_KEYS = ["fid", "other_layer", "other_fid"]
_IN_UNIT = 0.5  # share of a parcel in its unit below which it shows nothing of it

KEPT_HERE, ELSEWHERE = "kept", "elsewhere"
_NOTES = {
    "action-inside": None,
    "project-inside": Text("该范围内有更新项目", "a project lies there"),
    "mode-unknown": Text(
        "该范围内有更新方式未知的地块，未经核实", "a parcel there states no mode: not confirmed"
    ),
    "action-unknown": Text(
        "该范围内有处置方式未知的建筑，未经核实", "a building there states no action: not confirmed"
    ),
    "in-doubt": Text(
        "该范围内有图形存疑或者已隔离的要素，未经核实",
        "what lies there is of uncertain shape or was set aside: not confirmed",
    ),
    "works-not-located": Text(
        "单元的更新方式未落实到地块，未经核实", "no parcel of it has its mode: not confirmed"
    ),
    "bare-ground": Text(
        "只有建筑处置方式，空地上的建设未知，缺更新地块数据",
        "buildings alone do not show what is built on empty ground: parcels are missing",
    ),
    "no-data": Text(
        "缺更新地块和建筑的行为数据，未经核实",
        "no parcel or building of it says what is done: not confirmed",
    ),
}
_ORDER = tuple(_NOTES)
_SEEN = ("action-inside", "mode-unknown", "action-unknown")  # said of what lies in the contact


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the action data show of one contact, why, and which layers say nothing of the unit."""

    reason: str
    missing: tuple[str, ...] = ()

    @property
    def nothing_done(self) -> bool:
        """Whether nothing is done there."""
        return self.reason in (KEPT_HERE, ELSEWHERE)

    @property
    def note(self) -> Text | None:
        """Why the contact stays potential, in words."""
        return _NOTES.get(self.reason)


def find_evidence(tables: Tables, params: Params) -> dict[tuple[Any, ...], Evidence]:
    """Return the evidence on each contact of the judged tier, by fid, other_layer, other_fid.

    Needs the measures `contact`, `inside`, `parents`, `plot` and `nesting`.
    """
    key = ("evidence", params.min_area, params.min_width)
    return tables.once(key, lambda: _find(tables, params))


def _find(tables: Tables, params: Params) -> dict[tuple[Any, ...], Evidence]:
    contacts = tables["contact"]
    contacts = contacts[contacts["actor_layer"] == tables.judged]
    if contacts.empty:
        return {}
    open_ones = _open(tables, params)
    units = _units(tables)
    modes = known(column(tables, tables.judged, "mode"), "mode")
    left = contacts.rename(columns={"area_m2": "whole_m2", "left_m2": "area_m2"})
    bare = counts(left.rename(columns={"left_width_m": "width_m"}), params)
    contacts = contacts.assign(bare=bare | ~contacts["areal"])
    found = {}
    for row in contacts.to_dict("records"):
        key = tuple(row[name] for name in _KEYS)
        unit = units.get(row["fid"], _Unit())
        reason = open_ones.get(key) or ("" if row["certain"] else "in-doubt")
        if reason not in _SEEN and not unit.layers:
            reason = "no-data"
        found[key] = Evidence(reason or _closed(row, unit, modes.get(row["fid"])), unit.missing)
    return found


@dataclass(slots=True)
class _Unit:
    """What the parcels and buildings of a unit say."""

    modes: set[str] = field(default_factory=set)  # of its parcels
    layers: set[str] = field(default_factory=set)  # that say anything

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(name for name in ACTION_LAYERS if name not in self.layers)


def _closed(row: dict[str, Any], unit: _Unit, mode: Any) -> str:
    """Return the reason for a contact in which nothing is seen to be done."""
    if row["covered"] or not row["bare"]:
        return KEPT_HERE
    if "parcel" in unit.layers:
        return ELSEWHERE if mode in unit.modes else "works-not-located"
    return "bare-ground"


def _open(tables: Tables, params: Params) -> dict[tuple[Any, ...], str]:
    """Return the contacts in which something is done, or may be, and the first reason of each."""
    rows = tables["inside"]
    rows = rows[rows["actor_layer"] == tables.judged]
    rows = rows[~(rows["areal"] & rows["certain"]) | counts(rows, params)]
    reasons = pd.concat([_reasons(tables, layer, g) for layer, g in rows.groupby("part_layer")] or
                        [pd.Series(dtype=object)])  # fmt: skip
    rows = rows.assign(reason=reasons.reindex(rows.index))
    rows = rows[rows["reason"].notna()]
    rows = rows.assign(order=rows["reason"].map(_ORDER.index)).sort_values("order", kind="stable")
    first = rows.drop_duplicates(_KEYS)
    keys = zip(*(first[name].tolist() for name in _KEYS), strict=True)
    return dict(zip(keys, first["reason"], strict=True))


def _reasons(tables: Tables, layer: str, rows: pd.DataFrame) -> pd.Series:
    """Return what each part of a contact leaves open, None for what is kept."""
    if layer not in ACTION_LAYERS:
        reasons = pd.Series("project-inside", index=rows.index, dtype=object)
        return reasons.mask(~rows["certain"], "in-doubt")
    unsaid = "mode-unknown" if layer == "parcel" else "action-unknown"
    words = {ACTS: "action-inside", KEPT: None}
    states = doings(tables, layer)["state"].reindex(rows["part_fid"])
    reasons = pd.Series([words.get(s, unsaid) for s in states], index=rows.index, dtype=object)
    return reasons.mask(~rows["certain"], "in-doubt")


def _units(tables: Tables) -> dict[int, _Unit]:
    """Return what the parcels and buildings of each unit say, by its fid."""
    found: dict[int, _Unit] = {}
    for layer in ACTION_LAYERS:
        if layer not in tables.attributes:
            continue
        done = doings(tables, layer).assign(unit=unit_of(tables, layer))
        done = done[(done["state"] != "unknown") & _lies_in_it(tables, layer, done.index)]
        done = done[done["unit"].notna()]
        for unit, modes in zip(done["unit"].astype(int), done["modes"], strict=True):
            one = found.setdefault(unit, _Unit())
            one.layers.add(layer)
            if layer == "parcel":
                one.modes.update(modes)
    return found


def _lies_in_it(tables: Tables, layer: str, index: pd.Index) -> pd.Series:
    """Return whether each feature lies in the unit that it is said to belong to."""
    rows = tables["nesting"]
    share = rows[rows["child_layer"] == layer].set_index("fid")["named_share"]
    return share.reindex(index).fillna(0.0) >= _IN_UNIT
