"""A stated value is not the value on the map (图数不一致).

What it checks: the area field of every areal layer against the area on the ellipsoid (椭球面积),
and rows of the indicator table that say what they are computed from: the area of a feature, the
areas of its children together, or how many children it has.
Why it matters: totals are added up from tables while land is taken on the map.
Left to others: a planar area IND113; sums of indicators IND102 to IND104; a shape whose repair
changed its area GEO101. An empty or zero area counts as not stated: a shapefile cannot tell these
apart. An area that betrays another unit is reported here, and the message says which unit.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.indicator.map_values import map_values
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
    stated = _stated(tables)
    rows = map_values(tables)
    if stated.empty and rows.empty:
        return skipped(
            "没有面积字段，也没有图上计算的指标",
            "no area field and no indicator that is computed from the map",
        )
    answers = [_fields(tables, stated, params), _rows(rows, params)]
    return judged(
        [row for offenders, _ in answers for row in offenders],
        [row for _, aside in answers for row in aside],
    )


def _stated(tables: Tables) -> pd.DataFrame:
    """Return the areal features that state an area: layer, fid, stated, area_m2, source_area_m2."""
    parts = []
    for layer, frame in tables["area"].groupby("layer", sort=True):
        if "area" not in tables.found.get(layer, ()):
            continue
        values = pd.to_numeric(tables.attributes[layer]["area"], errors="coerce")
        parts.append(frame.assign(stated=values.reindex(frame["fid"]).to_numpy(dtype=float)))
    if not parts:
        return tables["area"].iloc[:0].assign(stated=[])
    rows = pd.concat(parts)
    return rows[(rows["stated"].fillna(0) != 0) & (rows["area_m2"] > 0)]


def _fields(
    tables: Tables, rows: pd.DataFrame, params: Params
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    tolerance = (rows["area_m2"] * params.rel_tol).clip(lower=params.abs_tol)
    off = (rows["stated"] - rows["area_m2"]).abs() > tolerance
    planar = (rows["stated"] - rows["source_area_m2"]).abs() <= tolerance
    rows = rows[off & ~planar]
    repaired = _repaired(tables)
    mended = pd.Series(
        [key in repaired for key in zip(rows["layer"], rows["fid"], strict=True)],
        index=rows.index,
        dtype=bool,
    )
    aside = [
        {
            "layer": row["layer"],
            "fid": row["fid"],
            "why_zh": "图形经过修复，面积不作比对",
            "why_en": "the shape was repaired, its area proves nothing",
        }
        for row in rows[mended].to_dict("records")
    ]
    return [_field(row, params) for row in rows[~mended].to_dict("records")], aside


def _field(row: dict[str, Any], params: Params) -> dict[str, Any]:
    stated, actual = float(row["stated"]), float(row["area_m2"])
    unit = suspected_unit(stated, actual)
    hint = Text(f"，疑以{unit[0]}为单位", f", probably in {unit[1]}") if unit else Text("", "")
    return {
        "layer": row["layer"],
        "fid": row["fid"],
        "measure": stated,
        "limit": actual,
        "unit": "m2",
        "measures": {"difference": stated - actual, "ratio": stated / actual},
        "params": {"difference": stated - actual, "hint": hint},
    }


def _repaired(tables: Tables) -> set[tuple[str, int]]:
    """Return the features whose repair changed their area."""
    found = set()
    for note in tables.notes_of("invalid_geometry"):
        frame = tables.attributes.get(note.layer)
        if frame is None or not note.detail.get("repaired", True):
            continue
        if note.detail.get("area_before_m2") == note.detail.get("area_after_m2"):
            continue
        same = (frame["_path"] == note.path) & (frame["_record"] == note.record)
        if note.record is None:
            same = frame["_label"] == note.feature
        found |= {(note.layer, int(fid)) for fid in frame.index[same]}
    return found


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
