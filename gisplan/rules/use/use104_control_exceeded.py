"""A parcel, building or unit goes beyond its control (突破规划控制指标).

What it checks: floor area ratio, height and building density (容积率、建筑高度、建筑密度) of each
parcel are not above, and its green ratio (绿地率) is not below, the control: the parcel's own, else
that of its unit. So too the planned height of a unit, and of each building that is to be built,
against the height cap of the unit.
Why it matters: what may be built on a parcel is fixed by the detailed plan, and nobody below it may
add to it.
Left to others: the floor area of all parcels together USE105; caps of heritage zones HER105; a
density raised in an old town USE106. Where a value or the control is missing, or a percentage could
as well be a fraction, the feature is not judged; on open land no value is due. 0 counts as missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.use import parcels as shared

RULE = Rule(
    code="USE104",
    name="control-exceeded",
    title=Text("突破规划控制指标", "control exceeded"),
    severity=Severity.ERROR,
    measures=("parents", "area"),
    needs=("judged", "parcel|building|judged.height"),
    params={
        "far_tol": Param(0.005, why="floor area ratios are stated to two decimals"),
        "height_tol": Param(0.1, unit="m", why="heights are stated to a decimetre"),
        "percent_tol": Param(0.1, unit="percentage points", why="densities are stated to 0.1 %"),
        "open_land": shared.OPEN_LAND,
    },
    sources=("urban-rural-planning-law-2019#43", "transmission-chain"),
    message=Text(
        "{title} {who} 的{what} {measure:.6g}{sign}{word}控制值 {limit:.6g}{sign}（{origin}），"
        "相差 {difference:.6g}{sign}",
        "{title} {who}: {what} {measure:.6g}{sign} is {word} the control of {limit:.6g}{sign}"
        " ({origin}), {difference:.6g}{sign} off",
    ),
    remedy=Text(
        "将该指标调整到控制值以内，或者先按程序修改详细规划的控制指标",
        "bring the value within the control, or have the detailed plan changed first",
    ),
)


@dataclass(frozen=True, slots=True)
class _Check:
    """One quantity: its field, the parcel's own control, the unit's, and what it is called."""

    value: str
    own: str
    unit: str
    what: Text
    sign: str
    tolerance: str
    floor: bool = False  # the control is a lower bound


CHECKS = (
    _Check("far", "far_cap", "far", Text("容积率", "floor area ratio"), "", "far_tol"),
    _Check("height", "height_cap", "height_cap", Text("建筑高度", "height"), " m", "height_tol"),
    _Check("density", "density_cap", "density", Text("建筑密度", "density"), "%", "percent_tol"),
    _Check("green_ratio", "green_floor", "green_ratio", Text("绿地率", "green ratio"), "%",
           "percent_tol", floor=True),
)  # fmt: skip
_ABOVE, _BELOW = Text("高于", "above"), Text("低于", "below")
_OWN = Text("地块控制指标", "the parcel's own")
_SLACK = 1e-9  # 24.1 - 24.0 is not 0.1 to the last bit


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the parcels, buildings and units that go beyond a control."""
    parts = [_parcels(tables, check, params) for check in CHECKS]
    parts += [_heights(tables, params), _buildings(tables, params)]
    compared = [part for part in parts if part is not None]
    if not compared:
        return skipped(
            "没有可以与控制指标相比的容积率、高度、密度或者绿地率",
            "no floor area ratio, height, density or green ratio stands beside a control",
        )
    return judged(
        [row for offenders, _ in compared for row in offenders],
        [row for _, left in compared for row in left],
    )


Part = tuple[list[dict[str, Any]], list[dict[str, Any]]]


def _parcels(tables: Tables, check: _Check, params: Params) -> Part | None:
    """Hold one quantity of the parcels against the control; None where there is none of either."""
    layer, unit = shared.PARCEL, tables.judged
    if not shared.states(tables, layer, check.value):
        return None
    if not (shared.states(tables, layer, check.own) or shared.states(tables, unit, check.unit)):
        return None
    rows = shared.with_units(tables)
    (value, odd), (own, own_odd) = (
        _read(tables, check, layer, n) for n in (check.value, check.own)
    )
    above, above_odd = _read(tables, check, unit, check.unit)
    rows["value"], rows["own"] = value.reindex(rows.index), own.reindex(rows.index)
    rows["above"] = above.reindex(rows["unit_fid"]).to_numpy()
    rows["limit"] = rows["own"].fillna(rows["above"])
    theirs = above_odd.reindex(rows["unit_fid"], fill_value=False).to_numpy(dtype=bool)
    doubt = odd.reindex(rows.index) | own_odd.reindex(rows.index) | (theirs & rows["own"].isna())
    open_land = rows["land_use"].str.startswith(shared.classes(params.open_land) or ("-",))
    bare = rows["value"].isna() | rows["limit"].isna()
    off = (rows["limit"] - rows["value"]) if check.floor else (rows["value"] - rows["limit"])
    over = ~bare & ~doubt & (off > getattr(params, check.tolerance) + _SLACK)
    offenders = [
        {
            **_offence(tables, layer, fid, check, row, off[fid]),
            "related_layer": unit if row["unit"] else None,
            "related": row["unit"],
        }
        for fid, row in rows[over].iterrows()
    ]
    left = [shared.aside(layer, fid, _doubtful(check)) for fid in rows.index[doubt & ~bare]]
    left += [shared.aside(layer, fid, _missing(check)) for fid in rows.index[bare & ~open_land]]
    return offenders, left


def _read(tables: Tables, check: _Check, layer: str, column: str) -> tuple[pd.Series, pd.Series]:
    if check.sign == "%":
        return shared.percentages(tables, layer, column)
    values = shared.numbers(tables, layer, column)
    return values, pd.Series(False, index=values.index)


def _offence(
    tables: Tables, layer: str, fid: int, check: _Check, row: pd.Series, off: float
) -> dict[str, Any]:
    own = pd.notna(row["own"])
    unit = tables.specs[tables.judged].title
    origin = _OWN if own else Text(f"{unit.zh} {row['unit']}", f"{unit.en} {row['unit']}")
    return {
        "layer": layer,
        "fid": fid,
        "kind": check.value,
        "measure": float(row["value"]),
        "limit": float(row["limit"]),
        "unit": check.sign.strip(),
        "measures": {"difference": float(off)},
        "params": {
            "title": tables.specs[layer].title,
            "who": shared.who(row["label"], row["name"]),
            "what": check.what,
            "word": _BELOW if check.floor else _ABOVE,
            "sign": check.sign,
            "origin": origin,
            "difference": float(off),
        },
    }


def _missing(check: _Check) -> Text:
    return Text(
        f"缺少{check.what.zh}或者其控制指标", f"its {check.what.en} or the control is missing"
    )


def _doubtful(check: _Check) -> Text:
    return Text(
        f"{check.what.zh}可能是小数而不是百分数",
        f"its {check.what.en} may be a fraction and no percentage",
    )


def _heights(tables: Tables, params: Params) -> Part | None:
    """Hold the planned height of the units against their cap."""
    unit, check = tables.judged, CHECKS[1]
    if not all(shared.states(tables, unit, name) for name in ("height", "height_cap")):
        return None
    frame = tables.attributes[unit]
    rows = pd.DataFrame(
        {
            "label": frame["_label"],
            "name": frame["name"],
            "unit": frame["_label"],
            "value": shared.numbers(tables, unit, "height"),
            "limit": shared.numbers(tables, unit, "height_cap"),
            "own": float("nan"),
        }
    )
    return _compared(tables, unit, check, rows, params)


def _buildings(tables: Tables, params: Params) -> Part | None:
    """Hold the height of the buildings that are to be built against the cap of their unit."""
    unit, layer = tables.judged, "building"
    if not (shared.states(tables, unit, "height_cap") and shared.states(tables, layer, "height")):
        return None
    frame = tables.attributes[layer]
    parents = tables["parents"]
    mine = parents[(parents["child_layer"] == layer) & (parents["parent_fid"] >= 0)]
    mine = mine[mine["parent_layer"] == unit].set_index("fid")["parent_fid"]
    mine = mine[(frame["action"].reindex(mine.index) == "build").to_numpy()]
    rows = pd.DataFrame(
        {
            "label": frame["_label"].reindex(mine.index),
            "name": frame["name"].reindex(mine.index),
            "unit": pd.Series(tables.label(unit, mine), index=mine.index, dtype=object),
            "value": shared.numbers(tables, layer, "height").reindex(mine.index),
            "limit": pd.Series(
                shared.numbers(tables, unit, "height_cap").reindex(mine).to_numpy(), mine.index
            ),
            "own": float("nan"),
        }
    )
    return _compared(tables, layer, CHECKS[1], rows, params)


def _compared(
    tables: Tables, layer: str, check: _Check, rows: pd.DataFrame, params: Params
) -> Part:
    off = rows["value"] - rows["limit"]
    bare = rows["value"].isna() | rows["limit"].isna()
    offenders = []
    for fid, row in rows[off > params.height_tol + _SLACK].iterrows():
        entry = _offence(tables, layer, fid, check, row, off[fid])
        if layer != tables.judged:
            entry |= {"related_layer": tables.judged, "related": row["unit"]}
        offenders.append(entry)
    return offenders, [shared.aside(layer, fid, _missing(check)) for fid in rows.index[bare]]
