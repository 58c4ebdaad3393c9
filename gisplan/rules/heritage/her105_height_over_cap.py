"""Planned height above the cap of a heritage zone (规划高度超过保护区划高度控制).

What it checks: units, projects and parcels that state a planned height, and new buildings (action
build), against every heritage zone with a height cap that they overlap. More than the tolerance
above it is prohibited.
Why it matters: the cap keeps the scale of the district and the view of its landmarks.
Left to others: whether building is allowed at all HER101 to HER109. A zone without a cap demands
nothing here. An actor that builds (M3, M5, M6, M7 or unknown) without a height is not judged;
overlaps below the bounds of noise are left out and summed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.matrix import Cell
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Filtered, Ruling, Severity, Text
from gisplan.rules.heritage.actors import HERITAGE_MEASURES, records, with_actors
from gisplan.rules.heritage.doings import column
from gisplan.rules.heritage.evidence import Evidence, find_evidence
from gisplan.rules.heritage.figures import metres
from gisplan.rules.heritage.offence import offence
from gisplan.rules.heritage.zone_contacts import zone_contacts
from gisplan.rules.noise import NOISE_PARAMS, counts

RULE = Rule(
    code="HER105",
    name="height-over-cap",
    title=Text("规划高度超过高度控制", "height over the cap"),
    severity=Severity.ERROR,
    measures=HERITAGE_MEASURES,
    needs=("judged", "heritage_zone.height_cap"),
    params={
        **NOISE_PARAMS,
        "tolerance": Param(0.1, unit="m", why="heights are stated to a decimetre"),
    },
    sources=("historic-cities-regulation-524#26", "gb55035-2023#5.2.4"),
    message=Text(
        "{stage_word}{title} {who} 规划高度 {measure:.1f} 米，超过保护区划 {other} 的高度控制"
        " {limit:.1f} 米，超高 {excess:.1f} 米：禁止{condition}",
        "{stage_word}{title} {who} is planned {measure:.1f} m high, {excess:.1f} m above the cap of"
        " {limit:.1f} m in {other}: prohibited{condition}",
    ),
    remedy=Text(
        "降低规划高度，或者调整范围避开该保护区划",
        "lower the planned height, or change the extent to keep out of the zone",
    ),
)
_ROUTE = Text(
    "降低规划高度，或者调整范围避开该保护区划",
    "lower the planned height, or change the extent to keep out of the zone",
)
_NO_ACTION = Text(
    "{title} {who} 规划高度 {measure:.1f} 米，保护区划 {other} 的高度控制 {limit:.1f} 米，"
    "该范围内未见建设行为",
    "{title} {who} is planned {measure:.1f} m high, the cap in {other} is {limit:.1f} m;"
    " no works are seen there",
)
Found = dict[tuple[Any, ...], Evidence]
_BUILD_NOTHING = ("M1", "M2", "M4")
_SLACK = 1e-9  # 9.1 - 9.0 is not 0.1 to the last bit


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the actors that are planned higher than a zone that they overlap allows."""
    actors = [*(tier.name for tier in tables.tiers_present()), "parcel"]
    # the height of a building that stands is no planned one
    actors += ["building"] if _builds_any(tables) else []
    stated = [name for name in actors if "height" in tables.found.get(name, ())]
    if not stated:
        return skipped("没有规划高度字段", "no field states a planned height")
    caps = metres(column(tables, "heritage_zone", "height_cap"))
    if not caps.notna().any():
        return skipped("没有填写高度控制的保护区划", "no heritage zone states a height cap")
    rows = zone_contacts(tables)
    rows = rows[(rows["other_layer"] == "heritage_zone") & rows["actor_layer"].isin(stated)]
    rows = rows.assign(limit=caps.reindex(rows["zone_fid"]).to_numpy(dtype=float))
    rows = with_actors(tables, rows[rows["limit"].notna()])
    rows = rows[(rows["actor_layer"] != "building") | (rows["action"] == "build")]
    thin = (rows["area_m2"] > 0) & ~counts(rows, params)
    noise = Filtered(int(thin.sum()), round(float(rows.loc[thin, "area_m2"].sum()), 3))
    rows = rows[~thin]
    heights = {layer: metres(column(tables, layer, "height")) for layer in stated}
    pairs = zip(rows["actor_layer"], rows["fid"], strict=True)
    rows = rows.assign(height=[heights[layer][fid] for layer, fid in pairs])
    over = rows["height"] - rows["limit"] > params.tolerance + _SLACK
    silent = rows["height"].isna() & ~rows["mode"].isin(_BUILD_NOTHING)
    evidence = find_evidence(tables, params)
    return judged(
        [_offender(tables, row, _shown(tables, row, evidence)) for row in records(rows[over])],
        [
            _no_height(row)
            for row in records(rows[silent])
            if not _nothing_done(_shown(tables, row, evidence))
        ],
        noise,
    )


def _builds_any(tables: Tables) -> bool:
    if "building" not in tables.attributes:
        return False
    return bool((column(tables, "building", "action") == "build").any())


def _shown(tables: Tables, row: dict[str, Any], evidence: Found) -> Evidence | None:
    if row["actor_layer"] != tables.judged:
        return None
    return evidence.get((row["fid"], "heritage_zone", row["zone_fid"]))


def _nothing_done(shown: Evidence | None) -> bool:
    return shown is not None and shown.nothing_done


def _offender(tables: Tables, row: dict[str, Any], shown: Evidence | None) -> dict[str, Any]:
    excess = row["height"] - row["limit"]
    cell = Cell(Ruling.PROHIBITED, RULE.sources, _ROUTE)
    message, kind = RULE.message, ""
    if _nothing_done(shown):
        cell, message, kind = replace(cell, ruling=Ruling.NOTICE), _NO_ACTION, "no-action"
    measures = {
        "height_m": row["height"],
        "height_cap_m": row["limit"],
        "excess_m": excess,
        "area_m2": row["area_m2"],
    }
    row = {**row, "measure": row["height"], "unit": "m"}
    found = offence(tables, row, cell, message, kind, measures, shown)
    found["params"]["excess"] = excess
    return {**found, "limit": row["limit"]}


def _no_height(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "layer": row["actor_layer"],
        "fid": row["fid"],
        "why_zh": f"没有规划高度，是否超过 {row['other']} 的高度控制无法判定",
        "why_en": f"its planned height is not known, and {row['other']} has a height cap",
    }
