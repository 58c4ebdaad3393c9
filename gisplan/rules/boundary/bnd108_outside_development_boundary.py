"""Construction lies outside the urban development boundary (城镇开发边界).

What it checks: units, projects and parcels whose renewal mode builds, with land outside all
development boundaries of the plan. Those of another mode may lie there.
Why it matters: urban construction belongs inside the boundary; villages and single sites outside
need reasons of their own.
Left to others: the red line BND106, farmland BND107.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Filtered, Severity, Text
from gisplan.rules.boundary.entered import (
    answer,
    builds,
    no_lines,
    unknown,
    values,
    with_labels,
    words,
)
from gisplan.rules.noise import NOISE_PARAMS, counts
from gisplan.rules.notes import layer_title

RULE = Rule(
    code="BND108",
    name="outside-development-boundary",
    title=Text("建设超出城镇开发边界", "construction outside the development boundary"),
    severity=Severity.ERROR,
    message=Text(
        "{title} {feature} 超出城镇开发边界 {amount}",
        "{title} {feature} reaches {amount} outside the urban development boundary",
    ),
    remedy=Text(
        "调入城镇开发边界；属村庄建设或独立选址的，附依据并按例外说明处理",
        "draw it into the boundary; for a village or a single site give the grounds as a waiver",
    ),
    measures=("beyond",),
    needs=("control_line",),
    params=NOISE_PARAMS,
    sources=("land-regulation-2021#3", "transmission-chain"),
)
_ACTOR = ["actor_layer", "fid"]


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the actors of a building mode that reach outside by more than noise."""
    if (nothing := no_lines(tables, "development_boundary")) is not None:
        return nothing
    pieces = tables["beyond"]
    areal = pieces["area_m2"] > 0
    kept = (areal & counts(pieces, params)) | (~areal & (pieces["length_m"] >= params.min_width))
    kept |= ~areal & (pieces["length_m"] == 0)  # a point
    offenders, aside = [], []
    for key, group in pieces[kept].groupby(_ACTOR, sort=True):
        row = _summed(tables, key, group)
        building = builds(values(tables, row["actor_layer"], "mode")[row["fid"]])
        if building is None:
            aside.append(
                unknown(
                    row,
                    "更新方式未填写或者无法识别，其超出城镇开发边界的部分无法判定",
                    "its renewal mode is missing or unknown, and it reaches outside the "
                    "development boundary",
                )
            )
        elif building:
            offenders.append(_offender(tables, params, row))
    noise = pieces[~kept]
    filtered = Filtered(len(noise), round(float(noise["area_m2"].sum()), 3))
    return answer(offenders, aside, filtered)


def _summed(tables: Tables, key: Any, group: pd.DataFrame) -> dict[str, Any]:
    summed = {name: float(group[name].sum()) for name in ("area_m2", "length_m")}
    row = dict(zip(_ACTOR, key, strict=True))
    return with_labels(tables, {**row, **summed, "pieces": list(group["geometry"])})


def _offender(tables: Tables, params: Params, row: dict[str, Any]) -> dict[str, object]:
    areal = row["area_m2"] > 0
    return {
        "layer": row["actor_layer"],
        "fid": row["fid"],
        "measure": row["area_m2"] if areal else row["length_m"],
        "unit": "m2" if areal else "m",
        "limit": params.min_area if areal else params.min_width,
        "params": {"title": layer_title(tables, row["actor_layer"]), "amount": words(row)},
        "geometry": row["pieces"],
    }
