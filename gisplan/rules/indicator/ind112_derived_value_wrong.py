"""A stated value is not what its parts give (推算值与填报值不符).

What it checks: demolition share and rebuild ratio (拆除比例、拆建比) against the floor areas beside
them, under either reading of the documents; existing floor area against what is kept, altered and
demolished; the floor area of a parcel against its ratio times its area; the floor areas of a unit
against the buildings on the map; and indicators with a formula (计算公式) against the indicators
that it names, within the rounding of all of them.
Why it matters: limits are checked on the ratios that a plan states; a ratio that its own floor
areas do not give hides what is demolished and built.
Left to others: whether a ratio is allowed POL102, POL103; areas against the map IND111. Where parts
are stated in part, or a formula cannot be worked out, it is not judged; a building without floor
area counts with footprint times floors.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.catalogue.units import known_unit
from gisplan.model import Severity, Text
from gisplan.rules.indicator import rows as shared
from gisplan.rules.indicator.derived import Check, checks
from gisplan.rules.indicator.formula import FormulaError, Interval, evaluate

RULE = Rule(
    code="IND112",
    name="derived-value-wrong",
    title=Text("推算值与填报值不符", "derived value wrong"),
    severity=Severity.ERROR,
    measures=("area", "parents"),
    params={
        "abs_tol": Param(1.0, unit="m2", why="areas are stated to 0.01 m2, edges to centimetres"),
        "rel_tol": Param(1e-4, unit="ratio", why="below what a planar area is off"),
        "percent_tol": Param(0.05, unit="percentage points", why="shares are stated to 0.1 %"),
        "fraction_tol": Param(0.5, unit="percentage points", why="fractions of two decimals"),
        "ratio_tol": Param(0.01, why="ratios are stated to two decimals"),
        "far_tol": Param(0.005, why="floor area ratios are stated to two decimals"),
        "rounding": Param(0.005, why="half the last digit of two-decimal tables"),
    },
    sources=("renewal-plan-guide-2025-46", "gisplan-proposal"),
    message=Text(
        "{title} {who} 的{what}填报为 {measure:.4g}{sign}，按{how}应为 {limit:.4g}{sign}，"
        "相差 {difference:+.3g}{sign}",
        "{title} {who}: the {what} is stated as {measure:.4g}{sign}, by {how} it is"
        " {limit:.4g}{sign}, {difference:+.3g}{sign} off",
    ),
    remedy=Text(
        "核对各分项，按分项重算该值", "check the parts, and work the value out from them anew"
    ),
)
_AREA = Text(
    "{title} {who} 的{what}填报为 {measure:,.2f} 平方米，按{how}应为 {limit:,.2f} 平方米，"
    "相差 {difference:+,.2f} 平方米",
    "{title} {who}: the {what} is stated as {measure:,.2f} m2, by {how} it is {limit:,.2f} m2,"
    " {difference:+,.2f} m2 off",
)
_FORMULA = Text(
    "{feature} 的指标“{indicator}”为 {measure:.12g}{unit_name}，按公式 {formula} 应为"
    " {limit:.6g}{unit_name}，相差 {difference:+.6g}{unit_name}",
    "{feature}: {indicator} is {measure:.12g}{unit_name}, its formula {formula} gives"
    " {limit:.6g}{unit_name}, {difference:+.6g}{unit_name} off",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the values that their parts do not give."""
    found = list(checks(tables, params))
    table = tables.attributes.get(shared.TABLE)
    formulas = table is not None and "formula" in tables.found[shared.TABLE]
    if not found and not formulas:
        return skipped(
            "没有可以由分项推算的值，也没有带公式的指标",
            "no value stands beside its parts, and no indicator has a formula",
        )
    offenders: list[dict[str, Any]] = []
    aside: list[dict[str, Any]] = []
    for check in found:
        _judge_check(tables, check, offenders, aside)
    if formulas:
        _judge_formulas(tables, params, offenders, aside)
    return judged(offenders, aside)


def _judge_check(
    tables: Tables, check: Check, offenders: list[dict[str, Any]], aside: list[dict[str, Any]]
) -> None:
    slack = check.tolerance * (1 + 1e-6) + 1e-9
    off = (check.stated - check.actual).abs() > slack
    for other in check.others:
        off &= ~((check.stated - other).abs() <= slack)
    for fid in check.stated.index[off]:
        offenders.append(_offender(tables, check, fid))
    open_ = check.stated.notna() & check.actual.isna() & check.partial
    what, how = check.what, check.how
    aside += [
        {
            "layer": check.layer,
            "fid": int(fid),
            "why_zh": f"{what.zh}的分项不全，无法按{how.zh}推算",
            "why_en": f"parts of the {what.en} are missing ({how.en})",
        }
        for fid in check.stated.index[open_]
    ]


def _offender(tables: Tables, check: Check, fid: int) -> dict[str, Any]:
    frame = tables.attributes[check.layer]
    stated, actual = float(check.stated[fid]), float(check.actual[fid])
    name = shared.text(frame["name"][fid]) if "name" in frame else ""
    return {
        "layer": check.layer,
        "fid": int(fid),
        "kind": check.kind,
        "measure": stated,
        "limit": actual,
        "unit": check.unit,
        "measures": {"difference": stated - actual},
        "message": _AREA if check.unit == "m2" else None,
        "params": {
            "title": tables.specs[check.layer].title,
            "who": f"{frame['_label'][fid]} {name}".strip(),
            "what": check.what,
            "how": check.how,
            "sign": check.unit,
            "difference": stated - actual,
        },
    }


def _judge_formulas(
    tables: Tables, params: Params, offenders: list[dict[str, Any]], aside: list[dict[str, Any]]
) -> None:
    table = shared.cells(tables)
    areas: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in table.values():
        areas.setdefault((shared.text(row["tier"]), shared.text(row["code"])), []).append(row)
    for fid, row in table.items():
        formula = shared.text(row["formula"])
        if not formula or pd.isna(row["target"]):
            continue
        entry = {**row, "parent_layer": shared.TABLE, "parent_fid": fid}
        here = areas[shared.text(row["tier"]), shared.text(row["code"])]
        try:
            due = _due(formula, row, here, params.rounding)
        except FormulaError as error:
            why = Text(f"公式 {formula} 无法计算（{error}）", f"{formula} gives nothing ({error})")
            aside.append(shared.aside(entry, why))
            continue
        slack = params.rounding * (1 + 1e-9)
        if not due.low - slack <= float(row["target"]) <= due.high + slack:
            offenders.append(_against_formula(tables, row, formula, (due.low + due.high) / 2))


def _due(
    formula: str, row: dict[str, Any], here: list[dict[str, Any]], rounding: float
) -> Interval:
    """Return what the other indicators of an area make of a row's formula, in the row's unit."""

    def value(code: str) -> Interval:
        rows = [r for r in here if r["indicator"] == code and pd.notna(r["target"])]
        same = [r for r in rows if r["year"] == row["year"] or pd.isna(row["year"])]
        fitting = same or [r for r in rows if pd.isna(r["year"])]
        if len(fitting) != 1:
            raise FormulaError(code)
        size = _size(fitting[0]["unit"])
        target = float(fitting[0]["target"])
        return Interval((target - rounding) * size, (target + rounding) * size)

    codes = [shared.text(r["indicator"]) for r in here if r["indicator"] != row["indicator"]]
    found = evaluate(formula, codes, value)
    size = _size(row["unit"])
    return Interval(found.low / size, found.high / size)


def _size(unit: object) -> float:
    known = known_unit(shared.text(unit))
    return 1.0 if known is None else known.size


def _against_formula(
    tables: Tables, row: dict[str, Any], formula: str, due: float
) -> dict[str, Any]:
    tier, code = shared.text(row["tier"]), shared.text(row["code"])
    unit = shared.text(row["unit"])
    place = {
        "parent_layer": tier,
        "parent_fid": shared.area_fid(tables, tier, code),
        "parent_code": code,
    }
    return {
        **shared.end(place),
        "kind": f"formula:{row['kind']}",
        "measure": float(row["target"]),
        "limit": due,
        "unit": unit,
        "measures": {"difference": float(row["target"]) - due},
        "message": _FORMULA,
        "severity": shared.severity_of(row["nature"]),
        "params": {
            "indicator": shared.called(row),
            "unit_name": shared.unit_name(unit),
            "formula": formula,
            "difference": float(row["target"]) - due,
        },
    }
