"""Units of a parent and its children do not fit, or a ratio betrays that they do not (单位不一致).

What it checks: each child's unit converts into its parent's (公顷 and 亩 do, 公顷 and 户 do not);
and no value is off by just the factor that lies between two units: 10 000, 1 000 000, 15, 666.67,
100 for percentages. Looked at are the children together, one child beside its siblings, and a
value beside what it was assigned.
Why it matters: a value in another unit makes a sum that looks sound and is wrong by orders.
Left to others: whether sums and bounds hold, once units are sound, IND102 to IND107; an area field
in another unit IND113. A unit that nobody knows fits only itself. Where one side has a unit and the
other has none, nobody knows whether they fit, and the row is not judged.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.indicators import shortened
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.catalogue.units import known_unit
from gisplan.model import Severity, Text
from gisplan.rules.indicator import rows as shared
from gisplan.rules.indicator.suspects import Suspect, betrayed_assigned, suspects

RULE = Rule(
    code="IND108",
    name="unit-mismatch",
    title=Text("上下级指标单位不一致", "unit mismatch"),
    severity=Severity.ERROR,
    measures=("handed", "rollup"),
    needs=("indicator", "indicator.unit"),
    sources=("transmission-chain", "gisplan-proposal"),
    message=Text(
        "{feature} 的指标“{indicator}”以“{unit}”为单位，下级的单位与之不能换算：{children}",
        "{feature}: {indicator} is in {unit}; units below it do not convert into that: {children}",
    ),
    remedy=Text(
        "统一上下级的指标单位，并核对数值是否随之换算",
        "use units that convert into each other, and see that the values were converted too",
    ),
)
_SUSPECT = Text(
    "{feature} 的指标“{indicator}”疑似单位错误：目标 {limit:.12g}{unit_name}，下级合计或代表值"
    " {measure:.12g}{unit_name}，{children} 的值疑以“{other}”为单位",
    "{feature}: the unit of {indicator} is in doubt: its target is {limit:.12g}{unit_name}, the"
    " areas below make {measure:.12g}{unit_name}; probably in {other}: {children}",
)
_ASSIGNED = Text(
    "{feature} 的指标“{indicator}”疑似单位错误：上级下达 {limit:.12g}{unit_name}，"
    "上报 {measure:.12g}{unit_name}，疑以“{other}”为单位",
    "{feature}: the unit of {indicator} is in doubt: assigned {limit:.12g}{unit_name}, stated"
    " {measure:.12g}{unit_name}, probably in {other}",
)

_ASSIGNED_OTHER = Text(
    "{feature} 的指标“{indicator}”疑似单位错误：上报 {measure:.12g}{unit_name}，"
    "上级下达 {limit:.12g}，疑以“{other}”为单位",
    "{feature}: the unit of {indicator} is in doubt: it states {measure:.12g}{unit_name}, and was"
    " assigned {limit:.12g}, probably in {other}",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the indicators whose units do not fit, and those whose values betray another unit."""
    if tables["handed"].empty:
        return skipped(*shared.ONE_TIER)
    offenders, aside = _different(tables)
    return judged([*offenders, *_suspected(tables), *_against_assigned(tables)], aside)


def _different(tables: Tables) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the parents whose children have other units, and those where one has none."""
    table = shared.cells(tables)
    handed = tables["handed"]
    rows = handed[(handed["child_row"] >= 0) & handed["factor"].isna()]
    offenders, aside = [], []
    for at, children in rows.groupby("parent_row", sort=True):
        parent = table[at]
        unit = shared.text(parent["unit"])
        names = sorted(
            (child, shared.text(table[row]["unit"]))
            for child, row in zip(children["child"], children["child_row"], strict=True)
        )
        entry = {**children.iloc[0], **parent}
        other = [(child, theirs) for child, theirs in names if unit and theirs]
        if other:
            offenders.append(_offender(entry, unit, other))
        bare = [child for child, theirs in names if not (unit and theirs)]
        if bare:
            aside.append(shared.aside(entry, _bare(unit, bare)))
    return offenders, aside


def _offender(row: dict[str, Any], unit: str, children: list[tuple[str, str]]) -> dict[str, Any]:
    zh = shortened(f"{child}（{_unit(theirs).zh}）" for child, theirs in children).zh
    en = shortened(f"{child} ({_unit(theirs).en})" for child, theirs in children).en
    return {
        **shared.end(row),
        "related_layer": row["child_layer"],
        "kind": row["kind"],
        "params": {
            "indicator": shared.called(row),
            "unit": _unit(unit),
            "children": Text(zh, en),
        },
    }


def _unit(unit: str) -> Text:
    if known_unit(unit) is not None:
        return Text(unit, unit)
    return Text(f"{unit}，无法识别的单位", f"{unit}, a unit nobody knows")


def _bare(unit: str, children: list[str]) -> Text:
    names = shortened(children)
    if not unit:
        return Text("没有填写单位，而下级有单位", "it has no unit, and areas below it have one")
    return Text(f"下级没有填写单位：{names.zh}", f"{names.en} have no unit")


def _suspected(tables: Tables) -> list[dict[str, Any]]:
    found = suspects(tables)
    rollup = tables["rollup"]
    rollup = rollup.assign(kind=shared.kinds(rollup))
    rows = rollup[rollup["parent_row"].isin(list(found))].to_dict("records")
    return [_suspect(row, found[row["parent_row"]]) for row in rows]


def _suspect(row: dict[str, Any], suspect: Suspect) -> dict[str, Any]:
    unit = shared.text(row["unit"])
    return {
        **shared.end(row),
        "related_layer": row["child_layer"],
        "kind": f"suspected:{row['kind']}",
        "measure": row["done"],
        "limit": row["target"],
        "unit": unit,
        "measures": {"factor": suspect.factor, "ratio": row["done"] / row["target"]},
        "message": _SUSPECT,
        "params": {
            "indicator": shared.called(row),
            "unit_name": shared.unit_name(unit),
            "children": shortened(suspect.children),
            "other": suspect.unit,
        },
    }


def _against_assigned(tables: Tables) -> list[dict[str, Any]]:
    """Return the rows whose value is off what was assigned by the factor between two units."""
    if "assigned" not in tables.found[shared.TABLE]:
        return []
    pairs = {pair["child_row"]: pair for pair in shared.pairs(tables)}
    offenders = []
    for fid, row in shared.cells(tables).items():
        if fid not in pairs or pd.isna(row["assigned"]) or pd.isna(row["target"]):
            continue
        unit = shared.text(row["unit"])
        found = betrayed_assigned(float(row["target"]), float(row["assigned"]), unit)
        if found is None:
            continue
        pair = pairs[fid]
        place = (pair["parent_layer"], pair["parent_fid"], pair["parent_code"])
        lower = {"parent_layer": pair["child_layer"], "parent_fid": pair["child_fid"],
                 "parent_code": pair["child"]}  # fmt: skip
        offenders.append(
            {
                **shared.end(lower),
                "related_layer": place[0],
                "related": shared.label(tables, *place),
                "kind": f"assigned:{row['kind']}",
                "measure": float(row["target"]),
                "limit": float(row["assigned"]),
                "unit": unit,
                "measures": {"factor": found[0]},
                "message": _ASSIGNED_OTHER if found[2] else _ASSIGNED,
                "params": {
                    "indicator": shared.called(row),
                    "unit_name": shared.unit_name(unit),
                    "other": found[1],
                },
            }
        )
    return offenders
