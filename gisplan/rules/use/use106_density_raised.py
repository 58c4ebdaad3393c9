"""More floor area than there is in an old town (老城区原有密度强度被突破).

What it checks: in an old town, the floor area ratio planned for a parcel is not above its existing
one, and a unit does not build more floor area than it demolishes. A unit is in an old town where it
says so (是否老城区), or where most of it lies in a historic city area or an old-town renewal area.
Why it matters: renewal of an old town is not to raise its density and intensity (防止大拆大建).
Left to others: the control of the detailed plan USE104; how much is built for what is demolished,
anywhere, POL103. Where a figure is missing, or a unit does not say whether it is in an old town, it
is not judged.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.use import parcels as shared

RULE = Rule(
    code="USE106",
    name="density-raised",
    title=Text("突破老城区原有密度强度", "density raised in an old town"),
    severity=Severity.WARNING,
    measures=("parents", "area", "relate"),
    needs=("judged",),
    params={
        "far_tol": Param(0.005, why="floor area ratios are stated to two decimals"),
        "zones": Param(
            "Z10,Z12", why="zone kinds that are old towns: historic city, old-town area"
        ),
        "share": Param(0.5, unit="share", why="a unit lies in an old town with most of its area"),
    },
    sources=("jianke-2021-63",),
    message=Text(
        "{title} {who} 位于老城区，容积率由现状 {limit:.3g} 提高到 {measure:.3g}（{origin}）",
        "{title} {who} lies in an old town; its floor area ratio rises from {limit:.3g} to"
        " {measure:.3g} ({origin})",
    ),
    remedy=Text(
        "按不突破原有密度强度调整方案；确需提高的，写明理由作例外说明",
        "keep to the existing intensity, or give reasons for an exception",
    ),
)
_PARCEL = Text("地块规划容积率", "the ratio planned for the parcel")
_UNIT = Text("新建多于拆除", "more is built than demolished")
_UNKNOWN = Text("未填写是否位于老城区", "it does not say whether it lies in an old town")
_NO_FIGURE = Text(
    "位于老城区，缺少现状、拆除或者新建建筑面积",
    "it lies in an old town, and existing, demolished or new floor area is missing",
)
_NO_RATIO = Text(
    "位于老城区，缺少现状或者规划容积率",
    "it lies in an old town, and its existing or planned floor area ratio is missing",
)
_FIGURES = ("existing_area", "demolish_area", "new_area")


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the units and parcels in an old town whose floor area ratio rises."""
    old = _old_town(tables, params)
    if old is None:
        return skipped(
            "没有老城区的信息：单元无“是否老城区”，也没有历史城区或者旧城区",
            "nothing says where an old town is: no field of the units, no such zone",
        )
    unit = tables.judged
    told = [name for name in _FIGURES if name in tables.found[unit]]
    parcels = shared.states(tables, shared.PARCEL, "existing_far")
    if len(told) < len(_FIGURES) and not parcels:
        return skipped(
            "没有现状、拆除、新建建筑面积，也没有现状容积率",
            "nothing says how much floor area there is, is demolished and is built",
        )
    offenders: list[dict[str, Any]] = []
    aside = [shared.aside(unit, fid, _UNKNOWN) for fid in old.index[old.isna()]]
    inside = old[old.eq(True)].index
    if len(told) == len(_FIGURES):
        _units(tables, inside, params, offenders, aside)
    if parcels:
        _parcels(tables, inside, params, offenders, aside)
    return judged(offenders, aside)


def _old_town(tables: Tables, params: Params) -> pd.Series | None:
    """Return whether each unit lies in an old town, None where it is not told; None if nobody says.

    A zone that covers most of a unit tells as much as the unit itself.
    """
    unit = tables.judged
    frame = tables.attributes[unit]
    said = "old_town" in tables.found[unit] and bool(frame["old_town"].notna().any())
    kinds = shared.classes(params.zones)
    zones = tables.attributes.get("heritage_zone")
    chosen = [] if zones is None else list(zones.index[zones["zone"].isin(list(kinds))])
    if not said and not chosen:
        return None
    old = frame["old_town"].astype(object) if said else pd.Series(False, frame.index, dtype=object)
    old = old.where(old.notna(), None)
    relate = tables["relate"]
    rows = relate[(relate["actor_layer"] == unit) & (relate["zone_layer"] == "heritage_zone")]
    rows = rows[rows["zone_fid"].isin(chosen) & (rows["share_actor"] >= params.share)]
    old[old.index.isin(rows["fid"])] = True
    return old


def _units(
    tables: Tables,
    inside: pd.Index,
    params: Params,
    offenders: list[dict[str, Any]],
    aside: list[dict[str, Any]],
) -> None:
    unit = tables.judged
    frame = tables.attributes[unit].loc[inside]
    area = tables["area"]
    areas = area[area["layer"] == unit].set_index("fid")["area_m2"].reindex(inside)
    existing, demolished, built = (
        pd.to_numeric(frame[name], errors="coerce").astype(float) for name in _FIGURES
    )
    before = existing.where(existing > 0) / areas
    after = before + (built - demolished) / areas
    for fid in inside[(after - before > params.far_tol * (1 + 1e-6)).to_numpy()]:
        offenders.append(_offender(tables, unit, fid, before[fid], after[fid], _UNIT))
    aside += [shared.aside(unit, fid, _NO_FIGURE) for fid in inside[after.isna().to_numpy()]]


def _parcels(
    tables: Tables,
    inside: pd.Index,
    params: Params,
    offenders: list[dict[str, Any]],
    aside: list[dict[str, Any]],
) -> None:
    layer = shared.PARCEL
    rows = shared.with_units(tables)
    rows = rows[rows["unit_fid"].isin(list(inside))]
    before = shared.numbers(tables, layer, "existing_far").reindex(rows.index)
    after = shared.numbers(tables, layer, "far").reindex(rows.index)
    for fid in rows.index[after - before > params.far_tol + 1e-9]:
        related = {"related_layer": tables.judged, "related": rows["unit"][fid]}
        entry = _offender(tables, layer, fid, before[fid], after[fid], _PARCEL)
        offenders.append({**entry, **related})
    aside += [
        shared.aside(layer, fid, _NO_RATIO) for fid in rows.index[before.isna() | after.isna()]
    ]


def _offender(
    tables: Tables, layer: str, fid: int, before: float, after: float, origin: Text
) -> dict[str, Any]:
    frame = tables.attributes[layer]
    return {
        "layer": layer,
        "fid": fid,
        "measure": float(after),
        "limit": float(before),
        "measures": {"difference": float(after - before)},
        "params": {
            "title": tables.specs[layer].title,
            "who": shared.who(frame["_label"][fid], frame["name"][fid]),
            "origin": origin,
        },
    }
