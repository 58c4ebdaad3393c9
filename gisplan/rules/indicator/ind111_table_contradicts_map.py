"""A stated value is not the value on the map (图数不一致).

What it checks: the area field of every areal layer against the area on the ellipsoid (椭球面积),
and rows of the indicator table that say what they are computed from: the area of a feature, the
areas of its children together, or how many children it has.
Why it matters: totals are added up from tables while land is taken on the map.
Left to others: a file whose area field is in another unit or planar IND113, and its features are
compared in those terms here; sums of indicators IND102 to IND104; a shape whose repair changed its
area GEO101. An empty or zero area counts as not stated: a shapefile cannot tell these apart. Single
areas in another unit or in the plane are reported here, and the message says so.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.indicator.map_values import map_values
from gisplan.rules.indicator.stated_areas import DIAGNOSIS, Meaning, meanings, stated_areas
from gisplan.rules.indicator.units import square_metres, suspected_unit

RULE = Rule(
    code="IND111",
    name="table-contradicts-map",
    title=Text("图数不一致", "table contradicts map"),
    severity=Severity.ERROR,
    measures=("area", "parents"),
    params={
        "abs_tol": Param(1.0, unit="m2", why="areas are stated to 0.01 m2, edges to centimetres"),
        "rel_tol": Param(
            1e-4,
            unit="ratio",
            why="below 3.9e-4, what a planar area is off at the edge of a 3-degree zone",
        ),
        "rounding": Param(
            0.005, unit="", why="half the last digit of two-decimal tables, in the table's unit"
        ),
        **DIAGNOSIS,
    },
    sources=("approval-system-practice", "ellipsoidal-area"),
    message=Text(
        "{feature} 的面积字段为 {measure:.2f} 平方米，图上椭球面积为 {limit:.2f} 平方米，"
        "相差 {difference:+.2f} 平方米{hint}",
        "{feature} states {measure:.2f} m2, its area on the ellipsoid is {limit:.2f} m2,"
        " {difference:+.2f} m2 off{hint}",
    ),
    remedy=Text(
        "按椭球面积重算面积字段，或者核对图形",
        "compute the stated value anew on the ellipsoid, or check the shape",
    ),
)
_INDICATOR = Text(
    "{feature} 的指标“{indicator}”为 {measure:.12g}{unit_name}，"
    "图上计算为 {actual:.12g}{unit_name}，相差 {difference:+.12g}{unit_name}",
    "{feature}: {indicator} is {measure:.12g}{unit_name} in the table and {actual:.12g}{unit_name}"
    " on the map, {difference:+.12g}{unit_name} off",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return area fields and indicator rows that differ from the map by more than the tolerance."""
    stated = stated_areas(tables)
    rows = map_values(tables)
    if stated.empty and rows.empty:
        return skipped(
            "没有面积字段，也没有图上计算的指标",
            "no area field and no indicator that is computed from the map",
        )
    answers = [_fields(stated, params), _rows(rows, params)]
    return judged(
        [row for offenders, _ in answers for row in offenders],
        [row for _, aside in answers for row in aside],
    )


def _fields(
    rows: pd.DataFrame, params: Params
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    offenders, aside = [], []
    for meaning in meanings(rows, params):
        found = meaning.rows
        # a field that IND113 reports is compared in the terms that it is in
        actual = found["source_area_m2"] if meaning.planar else found["area_m2"]
        tolerance = (found["area_m2"] * params.rel_tol).clip(lower=params.abs_tol)
        if meaning.unit is not None:
            tolerance = tolerance.clip(lower=meaning.step / 2)
        off = ~((found["given"] - actual).abs() <= tolerance)
        aside += [_repaired(row) for row in found[off & found["repaired"]].to_dict("records")]
        offenders += [
            _field(row, meaning, params)
            for row in found[off & ~found["repaired"]].to_dict("records")
        ]
    return offenders, aside


def _repaired(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "layer": row["layer"],
        "fid": row["fid"],
        "why_zh": "图形经过修复，面积不作比对",
        "why_en": "the shape was repaired, its area proves nothing",
    }


def _field(row: dict[str, Any], meaning: Meaning, params: Params) -> dict[str, Any]:
    given, actual = float(row["given"]), float(row["area_m2"])
    return {
        "layer": row["layer"],
        "fid": row["fid"],
        "measure": given,
        "limit": actual,
        "unit": "m2",
        "measures": {"difference": given - actual, "ratio": given / actual},
        "params": {"difference": given - actual, "hint": _hint(row, meaning, params)},
    }


def _hint(row: dict[str, Any], meaning: Meaning, params: Params) -> Text:
    """Return what a single stated area betrays: another unit than its file's, the plane."""
    if meaning.unit is not None:
        name, stated = meaning.unit.title, row["stated"]
        return Text(
            f"（按{name.zh}计，填写值 {stated:.12g}）", f" (taken as {name.en}: {stated:.12g})"
        )
    unit = suspected_unit(row["given"], row["area_m2"], params.unit_tol)
    if unit is not None:
        return Text(f"，疑以{unit.title.zh}为单位", f", probably in {unit.title.en}")
    if abs(row["given"] - row["source_area_m2"]) <= params.abs_tol:
        return Text("，疑为平面面积", ", probably the area in the plane")
    return Text("", "")


def _rows(rows: pd.DataFrame, params: Params) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    offenders, aside = [], []
    for row in rows.to_dict("records"):
        name = row["name"] if isinstance(row["name"], str) else row["indicator"]
        counted = row["computed"] == "children_count"
        factor = 1.0 if counted else square_metres(row["unit"])
        why = row["why"] or (
            None if factor else Text("单位不是面积单位", "its unit is no unit of area")
        )
        if why is not None:
            aside.append(_aside(row, name, why))
            continue
        actual = float(row["actual"]) / float(factor or 1.0)
        difference = float(row["target"]) - actual
        tolerance = 0.5 if counted else _tolerance(actual, float(factor or 1.0), params)
        if abs(difference) <= tolerance:
            continue
        unit = row["unit"] if isinstance(row["unit"], str) else "" if counted else "m2"
        offenders.append(
            {
                "layer": row["layer"],
                "fid": row["fid"],
                "kind": f"indicator:{row['indicator']}",
                "measure": float(row["target"]),
                "limit": actual,
                "unit": unit,
                "measures": {"difference": difference},
                "message": _INDICATOR,
                "params": {
                    "indicator": name,
                    "unit_name": f" {unit}" if unit else "",
                    "actual": round(actual, 4),
                    "difference": round(difference, 4),
                },
            }
        )
    return offenders, aside


def _tolerance(actual: float, factor: float, params: Params) -> float:
    return float(max(params.abs_tol / factor, params.rel_tol * actual, params.rounding))


def _aside(row: dict[str, Any], name: str, why: Text) -> dict[str, Any]:
    return {
        "layer": row["layer"],
        "fid": row["fid"],
        "why_zh": f"指标“{name}”：{why.zh}",
        "why_en": f"indicator {name}: {why.en}",
    }
