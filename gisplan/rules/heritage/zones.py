"""Actors against heritage zones: what the matrix says of each contact."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.matrix import Cell, ruling_for
from gisplan.catalogue.rule import Params
from gisplan.model import Ruling, Text
from gisplan.rules.heritage.actors import (
    ALL_MODES,
    Rows,
    actor_shares,
    no_level,
    no_mode,
    records,
    with_actors,
)
from gisplan.rules.heritage.evidence import Evidence, find_evidence
from gisplan.rules.heritage.figures import Figures, figures_of
from gisplan.rules.heritage.offence import (
    NO_ACTION,
    NO_ACTION_AREA,
    NO_ACTION_ROUTE,
    offence,
)
from gisplan.rules.heritage.zone_contacts import zone_contacts
from gisplan.rules.noise import counts

AREA = Text(
    "{stage_word}{title} {who}（{how}）与{what} {other} 重叠 {measure:,.1f} 平方米，"
    "占其面积 {share:.1%}：{ruling_word}{condition}",
    "{stage_word}{title} {who} ({how}) overlaps {what} {other} by {measure:,.1f} m2,"
    " {share:.1%} of itself: {ruling_word}{condition}",
)
LINE = Text(
    "{stage_word}{title} {who}（{how}）穿过{what} {other} {measure:,.1f} 米："
    "{ruling_word}{condition}",
    "{stage_word}{title} {who} ({how}) crosses {what} {other} for {measure:,.1f} m:"
    " {ruling_word}{condition}",
)
POINT = Text(
    "{stage_word}{title} {who}（{how}）位于{what} {other} 内：{ruling_word}{condition}",
    "{stage_word}{title} {who} ({how}) lies within {what} {other}: {ruling_word}{condition}",
)
THIN = Text(
    "{title} {who}（{how}）与{what} {other} 相接，重叠 {measure:,.2f} 平方米，"
    "宽仅 {width:.2f} 米，未按冲突计，请核对边界",
    "{title} {who} ({how}) touches {what} {other}: {measure:,.2f} m2, only {width:.2f} m wide;"
    " not counted as a conflict, check the boundary",
)
_THIN_ROUTE = Text("核对单元边界与保护区划界线", "check the boundary against the zone's")


@dataclass(slots=True)
class _Court:
    """What the contacts of one rule are judged by, and what has been found."""

    tables: Tables
    figures: Figures
    evidence: dict[tuple[Any, ...], Evidence]
    shares: dict[tuple[str, int], float]
    offenders: Rows = field(default_factory=list)
    aside: Rows = field(default_factory=list)

    def evidence_of(self, row: dict[str, Any]) -> Evidence | None:
        if row["actor_layer"] != self.tables.judged:
            return None
        return self.evidence.get((row["fid"], row["other_layer"], row["other_fid"]))


def judge_zones(
    tables: Tables,
    params: Params,
    zones: Collection[str],
    modes: Collection[str] = ALL_MODES,
    unknown_kinds: bool = True,
) -> tuple[Rows, Rows]:
    """Return the offenders and what could not be judged for some zones and modes.

    Needs HERITAGE_MEASURES. One offender per actor and zone. An actor without a mode is not judged,
    and none is where the kind of a zone that it meets is not known (unless `unknown_kinds` is
    false). A contact below both bounds of noise is a notice of the kind thin-contact, whatever the
    mode; one of a unit in which nothing is shown to be done is a notice of the kind no-action.
    """
    rows = zone_contacts(tables)
    wanted = with_actors(tables, rows[rows["zone"].isin(zones)])
    wanted = wanted.assign(thin=(wanted["shape"] == "area") & ~counts(wanted, params))
    shares = actor_shares(tables) if "Z10" in zones else {}
    court = _Court(tables, figures_of(tables), find_evidence(tables, params), shares)
    for row in records(wanted):
        _judge_contact(court, row, modes)
    if unknown_kinds:
        could = rows["zone"].isna() & ((rows["other_layer"] == "heritage_zone") | ("Z9" in zones))
        court.aside += [_no_kind(row) for row in records(with_actors(tables, rows[could]))]
    return court.offenders, court.aside


def _judge_contact(court: _Court, row: dict[str, Any], modes: Collection[str]) -> None:
    evidence = court.evidence_of(row)
    nothing_done = evidence is not None and evidence.nothing_done
    if row["mode"] is None and not (row["thin"] or nothing_done):
        court.aside.append(no_mode(row))
        return
    mine = row["mode"] in modes or (row["mode"] is None and "M1" in modes)
    cell = ruling_for(row["zone"], row["level"], row["mode"] or "M6") if mine else None
    if cell is None:
        return
    measures = {
        "area_m2": row["area_m2"],
        "share_of_unit": row["share_actor"],
        "share_of_zone": row["share_zone"],
        "width_m": row["width_m"],
        "length_m": row["length_m"],
        **court.figures.of(row),
    }
    if row["thin"]:
        notice = Cell(Ruling.NOTICE, cell.sources, _THIN_ROUTE)
        found = offence(court.tables, row, notice, THIN, "thin-contact", measures)
    elif nothing_done:
        notice = Cell(Ruling.NOTICE, cell.sources, NO_ACTION_ROUTE)
        words = NO_ACTION_AREA if row["shape"] == "area" else NO_ACTION
        found = offence(court.tables, row, notice, words, "no-action", measures, evidence)
    else:
        cell = _settled(court, row, cell)
        message = {"area": AREA, "line": LINE, "point": POINT}[row["shape"]]
        found = offence(court.tables, row, cell, message, "", measures, evidence)
    court.offenders.append(found)


def _settled(court: _Court, row: dict[str, Any], cell: Cell) -> Cell:
    """Return a cell with its condition decided, where a share decides it."""
    if cell.level_unknown:
        court.aside.append(no_level(row))
    if cell.condition is None or cell.condition.share is None:
        return cell
    share = court.shares.get((row["actor_layer"], row["fid"]))
    if share is None:
        court.aside.append(_no_share(row))
        return cell
    if share > cell.condition.share and cell.condition.ruling is not None:
        return replace(cell, ruling=cell.condition.ruling)
    return replace(cell, condition=None)


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
