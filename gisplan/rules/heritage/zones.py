"""Actors against heritage zones: which contacts there are, and what the matrix says of each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.matrix import Cell, ruling_for
from gisplan.catalogue.rule import Params
from gisplan.model import Ruling, Text
from gisplan.rules.heritage.actors import (
    ALL_MODES,
    Rows,
    actor_shares,
    column,
    known,
    no_level,
    no_mode,
    records,
    with_actors,
)
from gisplan.rules.heritage.offence import offence
from gisplan.rules.noise import counts

AREA = Text(
    "潜在冲突：{title} {who}（更新方式：{mode}）与{what} {other} 重叠 {measure:,.1f} 平方米，"
    "占其面积 {share:.1%}：{ruling_word}{condition}",
    "potential: {title} {who} ({mode}) overlaps {what} {other} by {measure:,.1f} m2,"
    " {share:.1%} of itself: {ruling_word}{condition}",
)
LINE = Text(
    "潜在冲突：{title} {who}（更新方式：{mode}）穿过{what} {other} {measure:,.1f} 米："
    "{ruling_word}{condition}",
    "potential: {title} {who} ({mode}) crosses {what} {other} for {measure:,.1f} m:"
    " {ruling_word}{condition}",
)
POINT = Text(
    "潜在冲突：{title} {who}（更新方式：{mode}）位于{what} {other} 内：{ruling_word}{condition}",
    "potential: {title} {who} ({mode}) lies within {what} {other}: {ruling_word}{condition}",
)
THIN = Text(
    "{title} {who}（更新方式：{mode}）与{what} {other} 相接，重叠 {measure:,.2f} 平方米，"
    "宽仅 {width:.2f} 米，未按冲突计，请核对边界",
    "{title} {who} ({mode}) touches {what} {other}: {measure:,.2f} m2, only {width:.2f} m wide;"
    " not counted as a conflict, check the boundary",
)
_THIN_ROUTE = Text("核对单元边界与保护区划界线", "check the boundary against the zone's")


def judge_zones(
    tables: Tables,
    params: Params,
    zones: Collection[str],
    modes: Collection[str] = ALL_MODES,
    unknown_kinds: bool = True,
) -> tuple[Rows, Rows]:
    """Return the offenders and what could not be judged for some zones and modes.

    Needs the measure `relate`, and `parents` where a ruling hangs on the share demolished. One
    offender per actor and zone. An actor without a mode is not judged, and none is where the kind
    of a zone that it meets is not known (unless `unknown_kinds` is false). A contact below both
    bounds of noise is a notice of the kind thin-contact, whatever the mode.
    """
    rows = _contacts(tables)
    wanted = with_actors(tables, rows[rows["zone"].isin(zones)])
    wanted = wanted.assign(thin=(wanted["shape"] == "area") & ~counts(wanted, params))
    shares = actor_shares(tables) if "Z10" in zones else {}
    offenders: Rows = []
    aside: Rows = []
    for row in records(wanted):
        if row["mode"] is None and not row["thin"]:
            aside.append(no_mode(row))
        elif row["mode"] in modes or (row["mode"] is None and "M1" in modes):
            _judge_contact(tables, row, shares, offenders, aside)
    if unknown_kinds:
        could = rows["zone"].isna() & ((rows["other_layer"] == "heritage_zone") | ("Z9" in zones))
        aside += [_no_kind(row) for row in records(rows[could])]
    return offenders, aside


def not_surveyed(tables: Tables) -> Rows:
    """Return the actors in old-town renewal areas (Z12), where a survey of relics is due first.

    Whether it was done stands in no layer, so the matrix cannot be applied to them.
    """
    rows = _contacts(tables)
    return [
        {
            "layer": row["actor_layer"],
            "fid": row["fid"],
            "why_zh": f"位于旧城区改建区域 {row['other']}，不可移动文物调查是否完成未知",
            "why_en": f"in old-town renewal area {row['other']}; whether relics were surveyed is"
            " not known",
        }
        for row in records(rows[rows["zone"] == "Z12"])
    ]


def _judge_contact(
    tables: Tables,
    row: dict[str, Any],
    shares: dict[tuple[str, int], float],
    offenders: Rows,
    aside: Rows,
) -> None:
    cell = ruling_for(row["zone"], row["level"], row["mode"] or "M6")
    if cell is None:
        return
    measures = {
        "area_m2": row["area_m2"],
        "share_of_unit": row["share_actor"],
        "share_of_zone": row["share_zone"],
        "width_m": row["width_m"],
        "length_m": row["length_m"],
    }
    if row["thin"]:
        notice = Cell(Ruling.NOTICE, cell.sources, _THIN_ROUTE)
        offenders.append(offence(tables, row, notice, THIN, "thin-contact", measures))
        return
    if cell.level_unknown:
        aside.append(no_level(row))
    if cell.condition is not None and cell.condition.share is not None:
        share = shares.get((row["actor_layer"], row["fid"]))
        if share is None:
            aside.append(_no_share(row))
        elif share > cell.condition.share and cell.condition.ruling is not None:
            cell = replace(cell, ruling=cell.condition.ruling)
        else:
            cell = replace(cell, condition=None)
    message = {"area": AREA, "line": LINE, "point": POINT}[row["shape"]]
    offenders.append(offence(tables, row, cell, message, "", measures))


def _contacts(tables: Tables) -> pd.DataFrame:
    """Return `relate` with what is known of each zone.

    Further columns: other_layer, other (label), other_name, zone (None: unknown), level (None:
    unknown), what (Text), shape (area, line or point), measure, unit, share, width.
    """
    relate = tables["relate"]
    parts = []
    for layer, group in relate.groupby("zone_layer", sort=True):
        zone = _kinds(tables, layer)
        level = _levels(tables, layer)
        parts.append(
            group.assign(
                other_layer=layer,
                other=tables.label(layer, group["zone_fid"]),
                other_name=list(column(tables, layer, "name").reindex(group["zone_fid"])),
                zone=list(zone.reindex(group["zone_fid"])),
                level=list(level.reindex(group["zone_fid"])),
            )
        )
    extra = ["other_layer", "other", "other_name", "zone", "level"]
    rows = pd.concat(parts) if parts else relate.assign(**dict.fromkeys(extra))
    area = rows["area_m2"].astype(float).fillna(0.0)
    length = rows["length_m"].astype(float).fillna(0.0)
    shape = pd.Series("point", index=rows.index, dtype=object)
    shape = shape.mask(length > 0, "line").mask(area > 0, "area")
    measure = pd.Series(0.0, index=rows.index).mask(length > 0, length).mask(area > 0, area)
    return rows.assign(
        shape=shape,
        measure=measure,
        unit=shape.map({"area": "m2", "line": "m", "point": ""}),
        share=rows["share_actor"].astype(float).fillna(0.0),
        width=rows["width_m"].astype(float).fillna(0.0),
        what=[_what(zone) for zone in rows["zone"]],
    ).reset_index(drop=True)


def _kinds(tables: Tables, layer: str) -> pd.Series:
    """Return the zone code of each feature; of the control lines only the purple ones are zones."""
    if layer == "control_line":
        kind = known(column(tables, layer, "kind"), "control_line")
        return kind.map(
            lambda code: "Z9" if code == "purple" else "" if isinstance(code, str) else None
        )
    return known(column(tables, layer, "zone"), "zone")


def _levels(tables: Tables, layer: str) -> pd.Series:
    """Return the level of each zone; where it states none, that of the body it protects."""
    level = known(column(tables, layer, "level"), "level")
    if "heritage_body" not in tables.attributes or layer != "heritage_zone":
        return level
    bodies = tables.attributes["heritage_body"]
    named = bodies[bodies["code"].notna() & bodies["level"].isin(codelist("level"))]
    of_body = named.drop_duplicates("code").set_index("code")["level"]
    found = column(tables, layer, "body").map(of_body).astype(object)
    level = level.where(level.notna(), found)
    return level.where(level.notna(), None)


def _what(zone: object) -> Text:
    entry = codelist("zone").get(str(zone))
    return entry.title if entry else Text("保护区划或者控制线", "zone or line")


def _no_share(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "layer": row["actor_layer"],
        "fid": row["fid"],
        "why_zh": f"拆除比例未知，{row['what'].zh} {row['other']} 内是否属于大拆大建无法判定",
        "why_en": f"the share demolished is not known, mass demolition in {row['other']} is open",
    }


def _no_kind(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "layer": row["actor_layer"],
        "fid": row["fid"],
        "why_zh": f"{row['what'].zh} {row['other']} 的类型未填写或者无法识别",
        "why_en": f"the kind of {row['what'].en} {row['other']} is missing or unknown",
    }


def has_purple_lines(tables: Tables) -> bool:
    """Return whether the plan has control lines of the kind purple."""
    if "control_line" not in tables.attributes:
        return False
    return bool((_kinds(tables, "control_line") == "Z9").any())
