"""Target years are later than the parent's, or targets run to and fro (目标年限不协调).

What it checks: no area below has a target for a later year than the last one that its parent has
for the indicator; and the targets of an area for several years, with its base value before them,
only rise or only fall.
Why it matters: what is due below after the plan above has ended is no part of it, and a target
that turns round on its way is most often a slip.
Left to others: whether the values close IND102 to IND107; periods of plans TIM102; a year that
could not be read SCH103. A row without a year where others of the indicator have one is not judged.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.indicator import rows as shared

RULE = Rule(
    code="IND110",
    name="year-out-of-line",
    title=Text("目标年限不协调", "year out of line"),
    severity=Severity.WARNING,
    measures=("handed",),
    needs=("indicator", "indicator.year"),
    params={
        "rounding": Param(0.01, why="two values of two decimals each, in the table's own unit"),
    },
    sources=("transmission-chain", "gisplan-proposal"),
    message=Text(
        "{feature} 的指标“{indicator}”目标年为 {measure:.0f} 年，"
        "晚于上级 {related} 的 {limit:.0f} 年",
        "{feature}: {indicator} is due in {measure:.0f}, after {limit:.0f}, the year of {related}",
    ),
    remedy=Text(
        "将目标年限调整到上级目标年以内，并核对分期目标",
        "bring the target year within the parent's, and check the interim targets",
    ),
)
_TURNS = Text(
    "{feature} 的指标“{indicator}”分期目标有升有降：{steps}",
    "{feature}: the targets of {indicator} rise and fall: {steps}",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the indicators that are due too late, and those whose targets turn round."""
    table = shared.cells(tables)
    several = Counter(_key(row) for row in table.values() if pd.notna(row["year"]))
    if tables["handed"].empty and max(several.values(), default=0) < 2:
        return skipped(*shared.ONE_TIER)
    late, aside = _late(tables, table)
    return judged([*late, *_turning(tables, table, params)], aside)


def _late(
    tables: Tables, table: dict[int, dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the children that are due after their parent's last year for the indicator."""
    offenders, aside = [], []
    years = _years(table)
    names = ("parent_layer", "parent_code", "indicator", "child_layer", "child")
    firsts: dict[tuple[Any, ...], dict[str, Any]] = {}
    for pair in shared.pairs(tables):
        firsts.setdefault(tuple(pair[name] for name in names), pair)
    for pair in firsts.values():
        parent, child = table[pair["parent_row"]], table[pair["child_row"]]
        above, below = years[_key(parent)], years[_key(child)]
        if above and below and max(below) > max(above):
            offenders.append(_offender(tables, pair, parent, max(below), max(above)))
        elif bool(above) != bool(below):
            entry = {**child, "parent_layer": shared.TABLE, "parent_fid": pair["child_row"]}
            why = Text("上级或者本级没有目标年", "it or its parent has no target year")
            aside.append(shared.aside(entry, why))
    return offenders, aside


def _key(row: dict[str, Any]) -> tuple[str, str, str]:
    return shared.text(row["tier"]), shared.text(row["code"]), shared.text(row["indicator"])


def _years(table: dict[int, dict[str, Any]]) -> dict[tuple[str, str, str], list[float]]:
    found: dict[tuple[str, str, str], list[float]] = {}
    for row in table.values():
        years = found.setdefault(_key(row), [])
        if pd.notna(row["year"]):
            years.append(float(row["year"]))
    return found


def _offender(
    tables: Tables, pair: dict[str, Any], parent: dict[str, Any], year: float, last: float
) -> dict[str, Any]:
    upper = (pair["parent_layer"], pair["parent_fid"], pair["parent_code"])
    lower = {"parent_layer": pair["child_layer"], "parent_fid": pair["child_fid"],
             "parent_code": pair["child"]}  # fmt: skip
    return {
        **shared.end(lower),
        "related_layer": upper[0],
        "related": shared.label(tables, *upper),
        "kind": pair["indicator"],
        "measure": year,
        "limit": last,
        "params": {"indicator": shared.called(parent)},
    }


def _turning(
    tables: Tables, table: dict[int, dict[str, Any]], params: Params
) -> list[dict[str, Any]]:
    """Return the areas whose targets for an indicator both rise and fall over the years."""
    series: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in table.values():
        if pd.notna(row["year"]) and pd.notna(row["target"]) and all(_key(row)):
            series.setdefault(_key(row), []).append(row)
    offenders = []
    for key, rows in sorted(series.items()):
        rows.sort(key=lambda row: (row["year"], row["target"]))
        units = {shared.text(row["unit"]) for row in rows}
        if len(units) > 1 or len({row["year"] for row in rows}) < len(rows):
            continue  # SCH105 reports two rows for one year
        bases = {float(row["base"]) for row in rows if pd.notna(row["base"])}
        steps: list[tuple[float | None, float]] = [
            (None, base) for base in bases if len(bases) == 1
        ]
        steps += [(row["year"], float(row["target"])) for row in rows]
        changes = [after - before for (_, before), (_, after) in pairwise(steps)]
        slack = params.rounding * (1 + 1e-9)
        if any(c > slack for c in changes) and any(c < -slack for c in changes):
            named = next((row for row in rows if shared.text(row["name"])), rows[0])
            offenders.append(_turn(tables, key, named, steps))
    return offenders


def _turn(
    tables: Tables,
    key: tuple[str, str, str],
    row: dict[str, Any],
    steps: list[tuple[float | None, float]],
) -> dict[str, Any]:
    fid = shared.area_fid(tables, key[0], key[1])
    return {
        **shared.end({"parent_layer": key[0], "parent_fid": fid, "parent_code": key[1]}),
        "kind": f"turns:{key[2]}",
        "message": _TURNS,
        "params": {
            "indicator": shared.called(row),
            "steps": Text(
                " → ".join(f"{'基期' if y is None else f'{y:.0f}'} {v:.12g}" for y, v in steps),
                " → ".join(f"{'base' if y is None else f'{y:.0f}'} {v:.12g}" for y, v in steps),
            ),
        },
    }
