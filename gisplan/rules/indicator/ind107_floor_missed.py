"""An area misses a bottom line that each area must meet (下级未达底线指标).

What it checks: indicators that the parent holds each child to (逐项): the child's own target keeps
the parent's bound. So too a largest value (最大值) that may be at most the target, and a smallest
(最小值) that must be at least it; other largest and smallest values are held against it together.
Why it matters: a bottom line is met by everybody or by nobody; no neighbour can make up for it.
Left to others: sums IND102 to IND104; means IND106; a row that is not there IND101. A child without
a value, or in a unit that does not convert, is not judged.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.indicators import BOUNDS
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.indicator import rows as shared
from gisplan.rules.indicator.suspects import suspects

RULE = Rule(
    code="IND107",
    name="floor-missed",
    title=Text("下级未达底线指标", "floor missed"),
    severity=Severity.ERROR,
    measures=("rollup", "handed"),
    needs=("indicator", "indicator.rollup"),
    params={
        "points": Param(0.01, unit="percentage points", why="shares are stated to two decimals"),
        "rounding": Param(0.005, why="half the last digit of two-decimal tables"),
    },
    sources=("transmission-chain", "approval-system-practice"),
    message=Text(
        "{feature} 的指标“{indicator}”为 {measure:.12g}{unit_name}，"
        "上级 {related} 要求每个下级{word} {limit:.12g}{unit_name}，"
        "相差 {difference:.12g}{unit_name}",
        "{feature}: {indicator} is {measure:.12g}{unit_name}, and {related} demands"
        " {word} {limit:.12g}{unit_name} of each area below it, {difference:.12g}{unit_name} off",
    ),
    remedy=Text(
        "将该指标调整到上级底线以内；底线指标不得由其他地区代为弥补",
        "bring the value within the parent's bound; no other area can make up for it",
    ),
)
_TOGETHER = Text(
    "{feature} 的指标“{indicator}”要求下级{method}{word} {limit:.12g}{unit_name}，"
    "实为 {measure:.12g}{unit_name}，相差 {difference:.12g}{unit_name}",
    "{feature}: the {method} of {indicator} below it must be {word} {limit:.12g}{unit_name} and is"
    " {measure:.12g}{unit_name}, {difference:.12g}{unit_name} off",
)
_METHODS = {"max": Text("最大值", "largest value"), "min": Text("最小值", "smallest value")}
_EACH = {("max", "at_most"), ("min", "at_least")}


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the areas that miss a bound which each must keep."""
    rollup = tables["rollup"]
    if rollup.empty:
        return skipped(*shared.ONE_TIER)
    rollup = rollup.assign(kind=shared.kinds(rollup))
    rows = rollup[rollup["rollup"].isin(["each", "max", "min"])]
    rows = rows[~rows["parent_row"].isin(list(suspects(tables)))]
    held = dict(iter(tables["handed"].groupby("parent_row", sort=True)))
    offenders: list[dict[str, Any]] = []
    aside: list[dict[str, Any]] = []
    for row in rows.to_dict("records"):
        demand = row["requirement"]
        if pd.isna(row["target"]) or demand not in BOUNDS or not row["n_children"]:
            aside.append(shared.aside(row))
        elif row["rollup"] == "each" or (row["rollup"], demand) in _EACH:
            for child in held[row["parent_row"]].to_dict("records"):
                _one(tables, row, child, params, offenders, aside)
        elif row["why"] or row["missing"]:
            aside.append(shared.aside(row))
        else:
            off = shared.misses(row["done"], demand, row["target"])
            if off is not None and off > _slack(row, params):
                offenders.append(_together(row, off))
    return judged(offenders, aside)


def _one(
    tables: Tables,
    row: dict[str, Any],
    child: dict[str, Any],
    params: Params,
    offenders: list[dict[str, Any]],
    aside: list[dict[str, Any]],
) -> None:
    """Judge one child; what an anticipatory row lacks is said of the parent, not of the child."""
    place = {
        "parent_layer": child["child_layer"],
        "parent_fid": child["child_fid"],
        "parent_code": child["child"],
    }
    if child["state"] != "value":
        why = Text(f"缺少 {child['child']} 可比的值", f"{child['child']} has no value to compare")
        light = shared.severity_of(row["nature"]) is not None
        aside.append(shared.aside(row if light else {**row, **place}, why))
        return
    off = shared.misses(child["value"], row["requirement"], row["target"])
    if off is None or off <= _slack(row, params):
        return
    upper = (row["parent_layer"], row["parent_fid"], row["parent_code"])
    figures = _figures(row, child["value"], off)
    related = {"related_layer": upper[0], "related": shared.label(tables, *upper)}
    offenders.append({**figures, **shared.end(place), **related})


def _together(row: dict[str, Any], off: float) -> dict[str, Any]:
    figures = _figures(row, row["done"], off)
    words = {**figures["params"], "method": _METHODS[row["rollup"]]}
    related = {"related_layer": row["child_layer"]}
    return {**figures, **shared.end(row), **related, "message": _TOGETHER, "params": words}


def _figures(row: dict[str, Any], value: float, off: float) -> dict[str, Any]:
    unit = shared.text(row["unit"])
    return {
        "kind": row["kind"],
        "measure": value,
        "limit": row["target"],
        "unit": unit,
        "measures": {"difference": off},
        "params": {
            "indicator": shared.called(row),
            "unit_name": shared.unit_name(unit),
            "difference": off,
            "word": shared.WORDS[row["requirement"]],
        },
        "severity": shared.severity_of(row["nature"]),
    }


def _slack(row: dict[str, Any], params: Params) -> float:
    return shared.tolerance(row["unit"], params.points, params.rounding) * (1 + 1e-9)
