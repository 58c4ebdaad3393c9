"""Mass demolition within a historic area (历史地段内大拆大建).

What it checks: where a unit meets the core or construction-control zone of a historic district (Z6,
Z7) or a historic city area (Z10), the floor area there of buildings to be demolished, less illegal
ones, over that of all buildings that stand there; and the area of parcels to be demolished and
rebuilt (M5) over what the unit and the zone share (kind cleared).
Why it matters: mass demolition is banned there; a district lives from its ordinary buildings.
Left to others: the share of a whole unit POL102 and, in Z10, HER104; single buildings HER101,
HER103 and HER104; purple lines HER109. GB 55035 states no number: the 20 % of 建科〔2021〕63号
within the zone, and half of the land, are this tool's reading. A unit without the floor area or the
action of a building that would decide it is not judged, nor one that demolishes and has no
building or parcel to tell where.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.matrix import Cell
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Ruling, Severity, Text
from gisplan.rules.floor_area import floor_areas
from gisplan.rules.heritage.actors import (
    ACTION,
    DEMOLISHING,
    HERITAGE_MEASURES,
    Rows,
    answer,
    records,
)
from gisplan.rules.heritage.doings import column, doings
from gisplan.rules.heritage.evidence import find_evidence
from gisplan.rules.heritage.figures import Figures, figures_of
from gisplan.rules.heritage.offence import STAGE_WORDS, offence
from gisplan.rules.heritage.zone_contacts import zone_contacts
from gisplan.rules.noise import NOISE_PARAMS, counts

_ZONES = ("Z6", "Z7", "Z10")

RULE = Rule(
    code="HER107",
    name="mass-demolition-in-historic-area",
    title=Text("历史地段内大拆大建", "mass demolition in a historic area"),
    severity=Severity.ERROR,
    measures=HERITAGE_MEASURES,
    needs=("judged", "heritage_zone", "building.action|parcel.mode"),
    params={
        **NOISE_PARAMS,
        "max_share": Param(
            0.20,
            unit="share",
            why="of the floor area in the zone, as 建科〔2021〕63号 has for a unit",
        ),
        "max_cleared": Param(0.50, unit="share", why="of the land in the zone; a proposal"),
        "tolerance": Param(
            1e-4, unit="share", why="0.01 percentage points: shares are stated to two decimals"
        ),
    },
    sources=("gb55035-2023", "jianke-2021-63", "gisplan-proposal"),
    message=Text(
        "{stage_word}{title} {who} 在{what} {other} 内拆除建筑面积 {gone:,.0f} 平方米，"
        "占区内现状的 {measure:.2%}，超过 {limit:.0%}，属于大拆大建：禁止",
        "{stage_word}{title} {who} demolishes {gone:,.0f} m2 of floor area in {what} {other},"
        " {measure:.2%} of what stands there, above {limit:.0%}: mass demolition is prohibited",
    ),
    remedy=Text(
        "减少区内拆除，改为保留、修缮或者小规模渐进式更新",
        "demolish less there: keep, repair, or renew in small steps",
    ),
)
_CLEARED = Text(
    "{stage_word}{title} {who} 在{what} {other} 内拆除重建的地块 {gone:,.0f} 平方米，"
    "占区内用地的 {measure:.2%}，超过 {limit:.0%}，属于成片拆除：禁止",
    "{stage_word}{title} {who} has {gone:,.0f} m2 of parcels to be demolished and rebuilt in {what}"
    " {other}, {measure:.2%} of its land there, above {limit:.0%}: prohibited as mass demolition",
)
_KEYS = ["fid", "other_layer", "other_fid"]


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the units that demolish too much of what stands in a historic area."""
    rows = zone_contacts(tables)
    rows = rows[(rows["actor_layer"] == tables.judged) & rows["zone"].isin(_ZONES)]
    rows = rows[(rows["shape"] == "area") & counts(rows, params)]
    rows = rows.assign(
        name=list(column(tables, tables.judged, "name").reindex(rows["fid"])),
        label=tables.label(tables.judged, rows["fid"]),
        mode=None,
        action=None,
    )
    figures, evidence = figures_of(tables), find_evidence(tables, params)
    floors, cleared = _floors(tables), _cleared(tables)
    plans = _plans_demolition(tables)
    offenders: Rows = []
    aside: Rows = []
    for row in records(rows):
        key = tuple(row[name] for name in _KEYS)
        least, most, gone = floors.get(key, (0.0, 0.0, 0.0))
        if least > params.max_share + params.tolerance:
            shown = {**row, "measure": least, "gone": gone, "limit": params.max_share}
            offenders.append(_offender(tables, shown, figures, RULE.message, ""))
        elif not most <= params.max_share + params.tolerance:
            aside.append(_open(row))
        elif key in evidence and evidence[key].reason == "no-data" and plans[row["fid"]]:
            aside.append(_nowhere(row))
        land = cleared.get(key, 0.0)
        if land / row["area_m2"] > params.max_cleared + params.tolerance:
            share = land / row["area_m2"]
            shown = {**row, "measure": share, "gone": land, "limit": params.max_cleared}
            offenders.append(_offender(tables, shown, figures, _CLEARED, "cleared"))
    return answer(tables, ["heritage_zone"], (offenders, aside))


def _plans_demolition(tables: Tables) -> pd.Series:
    """Return which units demolish something, by their floor areas, else by their mode."""
    frame = tables.attributes[tables.judged]
    gone = pd.to_numeric(column(tables, tables.judged, "demolish_area"), errors="coerce")
    by_mode = column(tables, tables.judged, "mode").isin(DEMOLISHING)
    return (gone.astype(float) > 0) | (gone.isna() & by_mode.reindex(frame.index))


def _inside(tables: Tables, layer: str) -> pd.DataFrame:
    rows = tables["inside"]
    own = (rows["actor_layer"] == tables.judged) & (rows["part_layer"] == layer)
    return rows[own & rows["areal"] & (rows["part_fid"] >= 0)]


def _floors(tables: Tables) -> dict[tuple[Any, ...], tuple[float, float, float]]:
    """Return the least and the largest share demolished that each contact may have, and m2.

    The largest is NaN where floor areas are missing and something is demolished, or may be.
    """
    rows = _inside(tables, "building")
    if rows.empty:
        return {}
    action = doings(tables, "building")["action"].reindex(rows["part_fid"])
    action = pd.Series(list(action), index=rows.index, dtype=object)
    illegal = column(tables, "building", "illegal").reindex(rows["part_fid"])
    area = floor_areas(tables)["area_m2"].reindex(rows["part_fid"]).to_numpy()
    stands = action != "build"
    counted = pd.Series([value is not True for value in illegal], index=rows.index)
    down = (action == "demolish") & counted & rows["certain"]
    maybe = (action.isna() | (action == "demolish")) & counted
    rows = rows.assign(area=area * rows["share_part"], down=down, maybe=maybe)[stands]
    found = {}
    for key, group in rows.groupby(_KEYS, sort=True):
        whole = group["area"].sum(skipna=False)
        gone = group.loc[group["down"], "area"].sum()
        if not group["maybe"].any():
            found[key] = (0.0, 0.0, 0.0)
        elif pd.isna(whole):
            found[key] = (0.0, whole, gone)
        else:
            most = group.loc[group["maybe"], "area"].sum()
            found[key] = (float(gone / whole), float(most / whole), float(gone))
    return found


def _cleared(tables: Tables) -> dict[tuple[Any, ...], float]:
    """Return the area of parcels to be demolished and rebuilt in each contact."""
    rows = _inside(tables, "parcel")
    if rows.empty:
        return {}
    modes = doings(tables, "parcel")["modes"].reindex(rows["part_fid"])
    rebuilt = pd.Series([value == ("M5",) for value in modes], index=rows.index)
    rows = rows[rebuilt & rows["certain"]]
    return dict(rows.groupby(_KEYS)["area_m2"].sum())


def _offender(
    tables: Tables, row: dict[str, Any], figures: Figures, message: Text, kind: str
) -> dict[str, Any]:
    """Return the offender of a contact; its figures come from buildings and parcels: confirmed."""
    measures = {
        "area_m2": row["area_m2"],
        "share_of_unit": row["share_actor"],
        "share_of_zone": row["share_zone"],
        **figures.of(row),
    }
    route = Text(RULE.remedy.zh, RULE.remedy.en)
    cell = Cell(Ruling.PROHIBITED, RULE.sources, route)
    found = offence(tables, {**row, "unit": "share"}, cell, message, kind, measures)
    found["measures"]["stage"] = ACTION
    found["params"].update(stage_word=STAGE_WORDS[ACTION], gone=row["gone"])
    return {**found, "limit": row["limit"]}


def _nowhere(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "layer": row["actor_layer"],
        "fid": row["fid"],
        "why_zh": f"规划有拆除，没有建筑和地块数据，"
        f"{row['what'].zh} {row['other']} 内拆除多少无法计算",
        "why_en": "it demolishes, and no building or parcel of it says how much of that is in"
        f" {row['what'].en} {row['other']}",
    }


def _open(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "layer": row["actor_layer"],
        "fid": row["fid"],
        "why_zh": f"{row['what'].zh} {row['other']} 内有建筑缺建筑面积或者处置方式，"
        "拆除比例无法计算",
        "why_en": f"buildings in {row['what'].en} {row['other']} state no floor area or action, so"
        " the share demolished is not known",
    }
