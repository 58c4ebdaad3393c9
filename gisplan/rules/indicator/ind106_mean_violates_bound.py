"""The weighted mean of the children's ratios misses the parent's bound (加权平均不满足上级要求).

What it checks: shares and rates that are rolled up by weighted mean (加权平均), each child with its
weight, against the parent's target. A share or rate that the table says is summed is a warning:
percentages never add up.
Why it matters: a mean of percentages without weights says nothing, and a sum of them still less.
Left to others: sums IND102 to IND104; a bound that each child must meet IND107; values that betray
another unit IND108. Without weights the rule speaks where every child alone settles it, whatever
the weights; else, and where a child has no value, the row is not judged.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.indicator import rows as shared
from gisplan.rules.indicator.suspects import suspects

RULE = Rule(
    code="IND106",
    name="mean-violates-bound",
    title=Text("下级加权平均不满足上级要求", "mean violates bound"),
    severity=Severity.ERROR,
    measures=("rollup", "handed"),
    needs=("indicator", "indicator.rollup"),
    params={
        "points": Param(0.01, unit="percentage points", why="shares are stated to two decimals"),
        "rounding": Param(0.005, why="half the last digit of two-decimal tables, for rates"),
    },
    sources=("transmission-chain", "approval-system-practice"),
    message=Text(
        "{feature} 的指标“{indicator}”要求{word} {limit:.12g}{unit_name}，{n} 个下级{how}"
        " {measure:.6g}{unit_name}，相差 {difference:.6g}{unit_name}",
        "{feature}: {indicator} must be {word} {limit:.12g}{unit_name}, {how} of the {n} children"
        " is {measure:.6g}{unit_name}, {difference:.6g}{unit_name} off",
    ),
    remedy=Text(
        "调整下级指标值，或者先按程序调整上级要求；汇总方式应为加权平均并填写权重",
        "change the children's values or have the parent's bound changed first; the roll-up of a"
        " ratio is a weighted mean, with weights",
    ),
)
_SUMMED = Text(
    "{feature} 的指标“{indicator}”以{unit_name} 为单位，汇总方式却是求和：百分比和比率不能相加",
    "{feature}: {indicator} is in{unit_name} and yet rolled up as a sum: ratios do not add up",
)
_MEAN = Text("加权平均为", "the weighted mean")
_BEST = Text("（无论权重如何）最接近要求的为", "whatever the weights, the nearest")


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the parents whose children's mean misses the bound, and ratios that are summed."""
    rollup = tables["rollup"]
    if rollup.empty:
        return skipped(*shared.ONE_TIER)
    rollup = rollup.assign(kind=shared.kinds(rollup))
    offenders = [_summed(row) for row in rollup[rollup["why"] == "ratio"].to_dict("records")]
    aside: list[dict[str, Any]] = []
    left, unread = suspects(tables), shared.unread(tables, "target", "weight")
    for row in rollup[rollup["rollup"] == "weighted_mean"].to_dict("records"):
        if row["parent_row"] in left:
            continue
        open_ = row["missing"] or row["parent_row"] in unread or pd.isna(row["target"])
        value = float("nan") if open_ else _value(row)
        off = shared.misses(value, row["requirement"], row["target"])
        if off is None or off != off:
            aside.append(shared.aside(row))
        elif off > _slack(row, params):
            offenders.append(_offender(row, value, off))
        elif row["why"] and not _settled(row, params):
            aside.append(shared.aside(row))
    return judged(offenders, aside)


def _value(row: dict[str, Any]) -> float:
    """Return the mean; without weights the child's value that comes nearest to the bound."""
    if row["why"] != "no_weight":
        return float(row["done"])
    if row["requirement"] == "at_most":
        return float(row["low"])
    if row["requirement"] == "at_least":
        return float(row["high"])
    return float(min(max(row["target"], row["low"]), row["high"]))


def _settled(row: dict[str, Any], params: Params) -> bool:
    """Tell whether the children keep the bound whatever their weights."""
    ends = (row["low"], row["high"])
    off = [shared.misses(value, row["requirement"], row["target"]) for value in ends]
    return all(o is not None and o <= _slack(row, params) for o in off)


def _slack(row: dict[str, Any], params: Params) -> float:
    return shared.tolerance(row["unit"], params.points, params.rounding) * (1 + 1e-9)


def _offender(row: dict[str, Any], value: float, off: float) -> dict[str, Any]:
    unit = shared.text(row["unit"])
    return {
        **shared.end(row),
        "related_layer": row["child_layer"],
        "kind": row["kind"],
        "measure": value,
        "limit": row["target"],
        "unit": unit,
        "measures": {"difference": off, "lowest": row["low"], "highest": row["high"]},
        "params": {
            "indicator": shared.called(row),
            "unit_name": shared.unit_name(unit),
            "difference": off,
            "n": row["n_values"],
            "word": shared.WORDS[row["requirement"]],
            "how": _BEST if row["why"] else _MEAN,
        },
        "severity": shared.severity_of(row["nature"]),
    }


def _summed(row: dict[str, Any]) -> dict[str, Any]:
    unit = shared.text(row["unit"])
    return {
        **shared.end(row),
        "related_layer": row["child_layer"],
        "kind": f"summed:{row['kind']}",
        "unit": unit,
        "severity": Severity.WARNING,
        "message": _SUMMED,
        "params": {"indicator": shared.called(row), "unit_name": shared.unit_name(unit)},
    }
