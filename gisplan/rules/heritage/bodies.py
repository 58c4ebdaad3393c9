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
from gisplan.rules.heritage.actors import Rows, no_level, no_mode, records, with_actors
from gisplan.rules.heritage.doings import column, known
from gisplan.rules.heritage.evidence import Evidence, find_evidence
from gisplan.rules.heritage.figures import Figures, figures_of
from gisplan.rules.heritage.offence import NO_ACTION, NO_ACTION_ROUTE, offence

BODY_PARAMS = {
    "min_share": Param(
        0.20,
        unit="share",
        why="of the body's footprint, or of what acts on it; with less, and the body's centroid"
        " outside, it is a notice",
    )
}
# Zones of the matrix that bodies stand for, and that HER102, 103, 108 and 111 report.
REPORTED = ("Z1", "Z4", "Z11", "Z13")

OVERLAP = Text(
    "{stage_word}{title} {who}（{how}）与{what} {other} 本体重叠 {measure:,.1f} 平方米，"
    "占本体 {share:.1%}：{ruling_word}{condition}",
    "{stage_word}{title} {who} ({how}) overlaps {what} {other} by {measure:,.1f} m2,"
    " {share:.1%} of the body: {ruling_word}{condition}",
)
INSIDE = Text(
    "{stage_word}{title} {who}（{how}）涉及{what} {other}：{ruling_word}{condition}",
    "{stage_word}{title} {who} ({how}) takes in {what} {other}: {ruling_word}{condition}",
)
PARTIAL = Text(
    "{title} {who}（{how}）与{what} {other} 的一角重叠 {measure:,.1f} 平方米，"
    "占本体 {share:.1%}，未按冲突计，请核对位置",
    "{title} {who} ({how}) overlaps a corner of {what} {other}: {measure:,.1f} m2,"
    " {share:.1%} of the body; not counted as a conflict, check its place",
)
SUSPECTED = Text(
    "{title} {who}（{how}）距{what} {other} 的点位最近，相距 {distance:.1f} 米，"
    "疑似为同一建筑，请核实",
    "{title} {who} ({how}) is nearest to the point of {what} {other}, {distance:.1f} m away; it may"
    " be that building, check it",
)
_SUSPECTED_ROUTE = Text(
    "核实该建筑是否为保护对象；是的，不得擅自迁移、拆除",
    "find out whether the building is the listed one; if so it may not be moved or demolished",
)
_PARTIAL_ROUTE = Text("核对保护对象的位置和基底", "check the place and footprint of the body")


def judge_bodies(
    tables: Tables, params: Params, zones: Collection[str], modes: Collection[str]
) -> tuple[Rows, Rows]:
    """Return the offenders and what could not be judged for bodies that stand for some zones.

    Needs HERITAGE_MEASURES. An actor without a mode is not judged, nor is one that takes in a body
    of unknown class. A body that lies in the actor only with a corner is a notice of the kind
    partial-overlap, one in a unit that shows nothing to be done to it of the kind no-action. A body
    drawn as a point beside the nearest building is a notice of the kind suspected and not judged.
    """
    rows = body_contacts(tables, params.min_share)
    rows = rows[rows["contact"] != ""]
    figures, evidence = figures_of(tables), find_evidence(tables, params)
    offenders: Rows = []
    aside: Rows = []
    for row in records(rows):
        concerns = row["zone"] is None or row["zone"] in zones
        if not concerns or (row["mode"] is not None and row["mode"] not in modes):
            continue
        shown = None
        if row["actor_layer"] == tables.judged:
            shown = evidence.get((row["fid"], row["other_layer"], row["other_fid"]))
        nothing_done = shown is not None and shown.nothing_done
        if row["zone"] is None and row["mode"] is not None:
            aside.append(_no_class(row))
        elif row["mode"] is None and not (nothing_done and "M1" in modes and row["zone"]):
            aside.append(no_mode(row))
        elif (cell := ruling_for(row["zone"], row["level"], row["mode"] or "M6")) is not None:
            if cell.level_unknown and not nothing_done:
                aside.append(no_level(row))
            if row["contact"] == "suspected":
                aside.append(_suspected(row))
            offenders.append(_offender(tables, row, cell, figures, shown))
    return offenders, aside


def _offender(
    tables: Tables, row: dict[str, Any], cell: Cell, figures: Figures, shown: Evidence | None
) -> dict[str, Any]:
    measures = {
        "area_m2": row["area_m2"],
        "share_of_body": row["share_body"],
        "share_of_unit": row["share_actor"],
        **figures.of(row),
        "distance_m": row["distance_m"],
    }
    if row["contact"] == "part":
        notice = Cell(Ruling.NOTICE, cell.sources, _PARTIAL_ROUTE)
        return offence(tables, row, notice, PARTIAL, "partial-overlap", measures)
    if row["contact"] == "suspected":
        notice = Cell(Ruling.NOTICE, cell.sources, _SUSPECTED_ROUTE)
        return offence(tables, row, notice, SUSPECTED, "suspected", measures)
    if shown is not None and shown.nothing_done:
        notice = Cell(Ruling.NOTICE, cell.sources, NO_ACTION_ROUTE)
        return offence(tables, row, notice, NO_ACTION, "no-action", measures, shown)
    message = OVERLAP if row["measure"] else INSIDE
    return offence(tables, row, cell, message, "", measures, shown)


def body_contacts(tables: Tables, min_share: float, buildings: bool = True) -> pd.DataFrame:
    """Return `near`, and `struck` of buildings, with what is known of each body and how it lies.

    Further columns: mode, name, label (of the actor), other_layer, other_fid, other (label),
    other_name, zone (the matrix's zone that the body stands for, "" for none, None where its class
    is unknown), level (None: unknown), what (Text), contact (hit, part, suspected, "" for beside
    it), measure, unit, share.
    """
    key = ("body_contacts", min_share, buildings)
    return tables.once(key, lambda: _body_contacts(tables, min_share, buildings))


def _body_contacts(tables: Tables, min_share: float, buildings: bool) -> pd.DataFrame:
    both = [tables["near"], *([tables["struck"]] if buildings else [])]
    near = pd.concat([rows for rows in both if len(rows)] or both[:1], ignore_index=True)
    body = near["body_fid"]
    if near.empty or "heritage_body" not in tables.attributes:
        extra = ("other_layer", "other_fid", "other", "other_name", "zone", "level", "what")
        columns = dict.fromkeys((*extra, "contact", "share", "measure", "unit"))
        return with_actors(tables, near.iloc[:0].assign(**columns))
    asset = known(column(tables, "heritage_body", "asset_class"), "asset_class")
    zone = asset.map(_zone)
    level = known(column(tables, "heritage_body", "level"), "level")
    level = level.where(asset != "WD", "unlisted")
    area = near["area_m2"].astype(float).fillna(0.0)
    rows = near.assign(
        other_layer="heritage_body",
        other_fid=body,
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
    """Return how each body lies in its actor: hit, part (a corner of it), suspected, "" (beside).

    The share is that of the body or of the actor, whichever is larger: who works wholly within a
    large relic works on it. A building is suspected that is the nearest to a body drawn as a point.
    """
    areas = tables["area"].set_index(["layer", "fid"])["area_m2"]
    keys = pd.MultiIndex.from_arrays([near["actor_layer"], near["fid"]])
    # a line or a point has no share of a body: where it meets one, it goes through it
    areal = areas.reindex(keys).fillna(0.0).to_numpy() > 0
    share = near["share_body"].astype(float).fillna(0.0)
    shares = near[["share_body", "share_actor"]].astype(float).fillna(0.0).max(axis=1)
    hit = near["inside"] & (near["centroid_inside"] | (shares >= min_share) | ~areal)
    contact = pd.Series("", index=near.index, dtype=object)
    contact = contact.mask(near["inside"] & (share > 0), "part").mask(hit, "hit")
    return contact.mask(_suspects(tables, near), "suspected")


def _suspects(tables: Tables, near: pd.DataFrame) -> pd.Series:
    """Return the nearest buildings to bodies that are points and lie in no building."""
    area = tables["area"]
    area = area[area["layer"] == "heritage_body"].set_index("fid")
    point = (area["area_m2"].fillna(0.0) == 0) & (area["length_m"].fillna(0.0) == 0)
    by_building = near["actor_layer"] == "building"
    distance = near["distance_m"].where(by_building)
    nearest = distance == distance.groupby(near["body_fid"]).transform("min")
    return by_building & nearest & ~near["inside"] & near["body_fid"].map(point).astype(bool)


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


def _suspected(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "layer": row["actor_layer"],
        "fid": row["fid"],
        "why_zh": f"与{row['what'].zh} {row['other']} 疑似对应，该对象只有点位，须核实",
        "why_en": f"it may be {row['what'].en} {row['other']}, which is drawn as a point",
    }
