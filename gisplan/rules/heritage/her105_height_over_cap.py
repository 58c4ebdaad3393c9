"""Planned height above the cap of a heritage zone (规划高度超过保护区划高度控制).

What it checks: units, projects and parcels that state a planned height, against every heritage zone
with a height cap that they overlap. More than the tolerance above it is prohibited.
Why it matters: the cap keeps the scale of the district and the view of its landmarks.
Left to others: whether building is allowed at all HER101 to HER109. A zone without a cap demands
nothing here. An actor that builds (M3, M5, M6, M7 or unknown) without a height is not judged;
overlaps below the bounds of noise are left out and summed.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Filtered, Ruling, Severity, Text
from gisplan.rules.heritage.actors import column, records, with_actors
from gisplan.rules.heritage.offence import with_name
from gisplan.rules.noise import NOISE_PARAMS, counts

RULE = Rule(
    code="HER105",
    name="height-over-cap",
    title=Text("规划高度超过高度控制", "height over the cap"),
    severity=Severity.ERROR,
    measures=("relate",),
    needs=("judged", "heritage_zone.height_cap"),
    params={
        **NOISE_PARAMS,
        "tolerance": Param(0.1, unit="m", why="heights are stated to a decimetre"),
    },
    sources=("historic-cities-regulation-524#26", "gb55035-2023#5.2.4"),
    message=Text(
        "潜在冲突：{title} {who} 规划高度 {measure:.1f} 米，超过保护区划 {other} 的高度控制"
        " {limit:.1f} 米，超高 {excess:.1f} 米：禁止",
        "potential: {title} {who} is planned {measure:.1f} m high, {excess:.1f} m above the cap of"
        " {limit:.1f} m in {other}: prohibited",
    ),
    remedy=Text(
        "降低规划高度，或者调整范围避开该保护区划",
        "lower the planned height, or change the extent to keep out of the zone",
    ),
)
_BUILD_NOTHING = ("M1", "M2", "M4")
_SLACK = 1e-9  # 9.1 - 9.0 is not 0.1 to the last bit


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the actors that are planned higher than a zone that they overlap allows."""
    relate = tables["relate"]
    rows = relate[relate["zone_layer"] == "heritage_zone"]
    stated = [name for name in tables.attributes if "height" in tables.found[name]]
    actors = {tier.name for tier in tables.tiers_present()} | {"parcel"}
    if not actors & set(stated):
        return skipped("没有规划高度字段", "no field states a planned height")
    caps = _metres(column(tables, "heritage_zone", "height_cap"))
    if not caps.notna().any():
        return skipped("没有填写高度控制的保护区划", "no heritage zone states a height cap")
    rows = rows[rows["actor_layer"].isin(stated)]
    rows = rows.assign(limit=caps.reindex(rows["zone_fid"]).to_numpy(dtype=float))
    rows = rows[rows["limit"].notna()].reset_index(drop=True)
    thin = (rows["area_m2"] > 0) & ~counts(rows, params)
    noise = Filtered(int(thin.sum()), round(float(rows.loc[thin, "area_m2"].sum()), 3))
    rows = with_actors(tables, rows[~thin])
    rows = rows.assign(
        height=[
            _metres(column(tables, layer, "height"))[fid]
            for layer, fid in zip(rows["actor_layer"], rows["fid"], strict=True)
        ],
        other=tables.label("heritage_zone", rows["zone_fid"]),
        other_name=list(column(tables, "heritage_zone", "name").reindex(rows["zone_fid"])),
    )
    over = rows["height"] - rows["limit"] > params.tolerance + _SLACK
    silent = rows["height"].isna() & ~rows["mode"].isin(_BUILD_NOTHING)
    return judged(
        [_offender(tables, row) for row in records(rows[over])],
        [_no_height(row) for row in records(rows[silent])],
        noise,
    )


def _metres(values: pd.Series) -> pd.Series:
    """Return heights as numbers; 0 is none, because a shapefile cannot tell it from missing."""
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    return numbers.where(numbers > 0)


def _offender(tables: Tables, row: dict[str, Any]) -> dict[str, Any]:
    excess = row["height"] - row["limit"]
    return {
        "layer": row["actor_layer"],
        "fid": row["fid"],
        "related_layer": "heritage_zone",
        "related": row["other"],
        "measure": row["height"],
        "limit": row["limit"],
        "unit": "m",
        "measures": {"excess_m": excess, "area_m2": row["area_m2"], "stage": "screening"},
        "ruling": Ruling.PROHIBITED,
        "params": {
            "title": tables.specs[row["actor_layer"]].title,
            "who": with_name(row["label"], row["name"]),
            "other": with_name(row["other"], row["other_name"]),
            "name": row["name"] or "",
            "related_name": row["other_name"] or "",
            "excess": excess,
        },
        "geometry": row["geometry"],
    }


def _no_height(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "layer": row["actor_layer"],
        "fid": row["fid"],
        "why_zh": f"没有规划高度，是否超过 {row['other']} 的高度控制无法判定",
        "why_en": f"its planned height is not known, and {row['other']} has a height cap",
    }
