"""An area's own value misses what it was assigned from above (未落实上级下达值).

What it checks: the target of every indicator row against the value that the tier above assigned to
the area (上级下达数值), by the row's own requirement, else by that of its parent's row.
Why it matters: the sum over all areas can close while one of them leaves its share to the others.
Left to others: sums IND102 to IND104; a ratio that betrays another unit IND108. A row without an
assigned value is not demanded anything here. Without a requirement, or with a range, and where a
number could not be read, it is not judged.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.indicators import BOUNDS, NO_BOUND
from gisplan.catalogue.judgement import Judgement, Tables, judged
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.indicator import rows as shared
from gisplan.rules.indicator.suspects import betrayed_assigned

RULE = Rule(
    code="IND105",
    name="assigned-value-missed",
    title=Text("未落实上级下达值", "assigned value missed"),
    severity=Severity.ERROR,
    measures=("handed",),
    needs=("indicator.assigned",),
    params={
        "abs_tol": Param(0.01, why="two values of two decimals each, in the table's own unit"),
        "rel_tol": Param(1e-6, unit="ratio", why="floating-point noise of large figures"),
    },
    sources=("approval-system-practice", "transmission-chain"),
    message=Text(
        "{feature} 的指标“{indicator}”上级下达值为（{word}）{limit:.12g}{unit_name}，"
        "上报 {measure:.12g}{unit_name}，差值 {difference:+.12g}{unit_name}",
        "{feature}: {indicator} was assigned {limit:.12g}{unit_name} ({word}) and states"
        " {measure:.12g}{unit_name}, {difference:+.12g}{unit_name} off",
    ),
    remedy=Text(
        "按上级下达值落实该指标，或者先按程序调整上级的分解方案",
        "meet the value assigned, or have the tier above change its allocation first",
    ),
)
_UNREAD = Text("目标值或者上级下达值无法读取", "its target or assigned value could not be read")
_NO_TARGET = Text("有上级下达值而没有目标值", "it was assigned a value and has no target")


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the rows whose target misses the assigned value by more than the tolerance."""
    unread = shared.unread(tables, "assigned", "target")
    above = {pair["child_row"]: pair for pair in shared.pairs(tables)}
    table = shared.cells(tables)
    offenders: list[dict[str, Any]] = []
    aside: list[dict[str, Any]] = []
    for fid, row in table.items():
        if pd.isna(row["assigned"]) and fid not in unread:
            continue
        parent = table[above[fid]["parent_row"]] if fid in above else {}
        entry = {**row, **_place(tables, row, above.get(fid))}
        demand = (
            row["requirement"] if shared.text(row["requirement"]) else parent.get("requirement")
        )
        why = _unclear(row, demand, fid in unread)
        if why is not None:
            aside.append(shared.aside(entry, why))
        elif _off(row, demand, params):
            nature = row["nature"] if shared.text(row["nature"]) else parent.get("nature")
            offenders.append(_offender(tables, entry, above.get(fid), str(demand), nature))
    return judged(offenders, aside)


def _place(tables: Tables, row: dict[str, Any], pair: dict[str, Any] | None) -> dict[str, Any]:
    """Return the area of a row in the columns that name a parent elsewhere."""
    tier, code = shared.text(row["tier"]), shared.text(row["code"])
    fid = shared.area_fid(tables, tier, code) if pair is None else pair["child_fid"]
    return {"parent_layer": tier or shared.TABLE, "parent_fid": fid, "parent_code": code}


def _unclear(row: dict[str, Any], demand: object, unread: bool) -> Text | None:
    if unread:
        return _UNREAD
    if pd.isna(row["target"]):
        return _NO_TARGET
    return None if demand in BOUNDS else NO_BOUND


def _off(row: dict[str, Any], demand: object, params: Params) -> bool:
    target, assigned = float(row["target"]), float(row["assigned"])
    off = shared.misses(target, demand, assigned)
    slack = max(params.abs_tol, params.rel_tol * abs(assigned)) * (1 + 1e-9)
    return off is not None and off > slack and not betrayed_assigned(target, assigned, row["unit"])


def _offender(
    tables: Tables, row: dict[str, Any], pair: dict[str, Any] | None, demand: str, nature: object
) -> dict[str, Any]:
    unit = shared.text(row["unit"])
    difference = float(row["target"]) - float(row["assigned"])
    related = {}
    if pair is not None:
        place = (pair["parent_layer"], pair["parent_fid"], pair["parent_code"])
        related = {"related_layer": place[0], "related": shared.label(tables, *place)}
    return {
        **shared.end(row),
        **related,
        "kind": row["kind"],
        "measure": float(row["target"]),
        "limit": float(row["assigned"]),
        "unit": unit,
        "measures": {"difference": difference},
        "params": {
            "indicator": shared.called(row),
            "unit_name": shared.unit_name(unit),
            "difference": difference,
            "word": shared.WORDS[demand],
        },
        "severity": shared.severity_of(nature),
    }
