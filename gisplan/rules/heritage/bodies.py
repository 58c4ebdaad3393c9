"""Actors against listed bodies: which lie in them, which near, and what the matrix says."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.matrix import Cell, ruling_for
from gisplan.catalogue.rule import Param, Params
from gisplan.model import Ruling, Text
from gisplan.rules.heritage.actors import (
    Rows,
    column,
    known,
    no_level,
    no_mode,
    records,
    with_actors,
)
from gisplan.rules.heritage.offence import offence

BODY_PARAMS = {
    "min_share": Param(
        0.20,
        unit="share",
        why="of the body's footprint; with less, and its centroid outside, it is a notice",
    )
}
# Zones of the matrix that bodies stand for, and that HER102, 103, 108 and 111 report.
REPORTED = ("Z1", "Z4", "Z11", "Z13")

OVERLAP = Text(
    "潜在冲突：{title} {who}（更新方式：{mode}）与{what} {other} 本体重叠 {measure:,.1f} 平方米，"
    "占本体 {share:.1%}：{ruling_word}{condition}",
    "potential: {title} {who} ({mode}) overlaps {what} {other} by {measure:,.1f} m2,"
    " {share:.1%} of the body: {ruling_word}{condition}",
)
INSIDE = Text(
    "潜在冲突：{title} {who}（更新方式：{mode}）涉及{what} {other}：{ruling_word}{condition}",
    "potential: {title} {who} ({mode}) takes in {what} {other}: {ruling_word}{condition}",
)
PARTIAL = Text(
    "{title} {who}（更新方式：{mode}）与{what} {other} 的一角重叠 {measure:,.1f} 平方米，"
    "占本体 {share:.1%}，未按冲突计，请核对位置",
    "{title} {who} ({mode}) overlaps a corner of {what} {other}: {measure:,.1f} m2,"
    " {share:.1%} of the body; not counted as a conflict, check its place",
)
_PARTIAL_ROUTE = Text("核对保护对象的位置和基底", "check the place and footprint of the body")


def judge_bodies(
    tables: Tables, params: Params, zones: Collection[str], modes: Collection[str]
) -> tuple[Rows, Rows]:
    """Return the offenders and what could not be judged for bodies that stand for some zones.

    Needs the measures `near` and `area`. An actor without a mode is not judged, nor is one that
    takes in a body of unknown class. A body that lies in the actor only with a corner is a notice
    of the kind partial-overlap.
    """
    rows = body_contacts(tables, params.min_share)
    rows = rows[rows["contact"] != ""]
    offenders: Rows = []
    aside: Rows = []
    for row in records(rows):
        concerns = row["zone"] is None or row["zone"] in zones
        if not concerns or (row["mode"] is not None and row["mode"] not in modes):
            continue
        if row["mode"] is None:
            aside.append(no_mode(row))
        elif row["zone"] is None:
            aside.append(_no_class(row))
        elif (cell := ruling_for(row["zone"], row["level"], row["mode"])) is not None:
            if cell.level_unknown:
                aside.append(no_level(row))
            offenders.append(_offender(tables, row, cell))
    return offenders, aside


def _offender(tables: Tables, row: dict[str, Any], cell: Cell) -> dict[str, Any]:
    measures = {
        "area_m2": row["area_m2"],
        "share_of_body": row["share_body"],
        "distance_m": row["distance_m"],
    }
    if row["contact"] == "part":
        notice = Cell(Ruling.NOTICE, cell.sources, _PARTIAL_ROUTE)
        return offence(tables, row, notice, PARTIAL, "partial-overlap", measures)
    return offence(tables, row, cell, OVERLAP if row["measure"] else INSIDE, "", measures)


def body_contacts(tables: Tables, min_share: float) -> pd.DataFrame:
    """Return `near` with what is known of each body and of how it lies.

    Further columns: mode, name, label (of the actor), other_layer, other (label), other_name, zone
    (the matrix's zone that the body stands for, "" for none, None where its class is unknown),
    level (None: unknown), what (Text), contact (hit, part, "" for beside it), measure, unit, share.
    """
    near = tables["near"]
    body = near["body_fid"]
    if near.empty or "heritage_body" not in tables.attributes:
        extra = ("other_layer", "other", "other_name", "zone", "level", "what", "contact", "share")
        columns = dict.fromkeys((*extra, "measure", "unit"))
        return with_actors(tables, near.iloc[:0].assign(**columns))
    asset = known(column(tables, "heritage_body", "asset_class"), "asset_class")
    zone = asset.map(_zone)
    level = known(column(tables, "heritage_body", "level"), "level")
    level = level.where(asset != "WD", "unlisted")
    area = near["area_m2"].astype(float).fillna(0.0)
    rows = near.assign(
        other_layer="heritage_body",
        other=tables.label("heritage_body", body),
        other_name=list(column(tables, "heritage_body", "name").reindex(body)),
        zone=pd.Series(list(zone.reindex(body)), index=near.index, dtype=object),
        level=pd.Series(list(level.reindex(body)), index=near.index, dtype=object),
        what=[_what(code) for code in asset.reindex(body)],
        contact=_contact(tables, near, min_share),
        measure=area,
        unit="m2",
        share=near["share_body"].astype(float).fillna(0.0),
    )
    return with_actors(tables, rows)


def _contact(tables: Tables, near: pd.DataFrame, min_share: float) -> pd.Series:
    """Return how each body lies in its actor: hit, part (a corner of it), "" (beside it)."""
    areas = tables["area"].set_index(["layer", "fid"])["area_m2"]
    keys = pd.MultiIndex.from_arrays([near["actor_layer"], near["fid"]])
    # a line or a point has no share of a body: where it meets one, it goes through it
    areal = areas.reindex(keys).fillna(0.0).to_numpy() > 0
    share = near["share_body"].astype(float).fillna(0.0)
    hit = near["inside"] & (near["centroid_inside"] | (share >= min_share) | ~areal)
    contact = pd.Series("", index=near.index, dtype=object)
    return contact.mask(near["inside"] & (share > 0), "part").mask(hit, "hit")


def _zone(asset: object) -> str | None:
    """Return the zone of the matrix that a class stands for: "" none, None for an unknown class."""
    entry = codelist("asset_class").get(str(asset))
    return entry.extra["zone"] if entry else None


def _what(asset: object) -> Text:
    entry = codelist("asset_class").get(str(asset))
    return entry.title if entry else Text("类别不明的保护对象", "heritage body of unknown class")


def _no_class(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "layer": row["actor_layer"],
        "fid": row["fid"],
        "why_zh": f"保护对象 {row['other']} 的类别未填写或者无法识别",
        "why_en": f"the class of heritage body {row['other']} is missing or unknown",
    }
