"""A boundary that should be shared runs beside the other one.

What it checks: edges of tiers and parcels along the outline of their parent or of a neighbour,
nearer than the tolerance of boundaries and not on it. Each pair gets its profile: length off the
line, mean and largest distance, and how much of it lies inside the other.
Where the plan states a scale, the tolerance beside the parent is that of the coarser of the two.
Why it matters: such a strip is drawn from another source; each tool decides for itself whose it is.
Left to others: what is wider or larger is told as overlap GEO103, gap GEO104 or spill BND101, and
the tips of such a place with it: a run of outline that is mostly wider off is theirs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.by_scale import scale_measures, tolerance
from gisplan.rules.notes import layer_title

RULE = Rule(
    code="BND103",
    name="boundary-not-shared",
    title=Text("公共边界不重合", "boundary not shared"),
    severity=Severity.WARNING,
    message=Text(
        "{title} {feature} 有 {measure:,.1f} 米边界未与{other} {related} 重合，"
        "平均偏离 {mean:.3f} 米，最大 {largest:.3f} 米，{side}",
        "{measure:,.1f} m of the outline of {title} {feature} run beside {other} {related}, "
        "{mean:.3f} m off on average and {largest:.3f} m at most, {side}",
    ),
    remedy=Text(
        "以上级或先批准的边界为准重新捕捉",
        "snap it to the parent's line, or to the one approved first",
    ),
    measures=("beside",),
    params={
        "snap": Param(
            0.5,
            unit="m",
            why="agreement of boundaries at 1:500 to 1:2000; 2 m for cities, 10 m for provinces",
            scaled=True,
        ),
        "min_length": Param(5.0, unit="m", why="shorter stretches are corners"),
    },
    sources=("qc-practice", "gisplan-proposal"),
)
_PAIR = ["layer", "fid", "other_layer", "other_fid"]
_INSIDE = Text("在其内侧", "inside it")
_OUTSIDE = Text("在其外侧", "outside it")
_BOTH = Text("内外交错", "now inside and now outside it")


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the pairs whose outlines nearly agree, over some length."""
    if not tables.tiers_present() and "parcel" not in tables.attributes:
        return skipped("没有层级或地块图层", "no tier or parcel layer")
    beside = tables["beside"]
    metres = tolerance(params, beside["other_layer"], beside["layer"])
    metres = metres.where(beside["other_layer"] != beside["layer"], 0.0)
    near = _narrow(beside.assign(tolerance_m=metres), metres.clip(lower=params.snap))
    length = near.groupby(_PAIR, sort=True)["length_m"].sum()
    long = length[length >= params.min_length - 1e-6].index
    places = near.groupby(_PAIR).indices
    return judged(
        [_offender(tables, params, key, near.iloc[places[key]]) for key in long.to_list()]
    )


def _narrow(beside: pd.DataFrame, snap: pd.Series) -> pd.DataFrame:
    """Return the stretches within the tolerance but for those of runs that are mostly beyond it."""
    within = beside["distance_m"] <= snap + 1e-9
    run = [beside[name] for name in (*_PAIR, "run")]
    sign = beside["length_m"].where(within, -beside["length_m"])
    return beside[within & (sign.groupby(run).transform("sum") > 0)]


def _offender(
    tables: Tables, params: Params, key: tuple[Any, ...], rows: pd.DataFrame
) -> dict[str, object]:
    layer, fid, other, other_fid = key
    length = float(rows["length_m"].sum())
    mean = float(np.average(rows["distance_m"], weights=rows["length_m"]))
    largest = float(rows["distance_m"].max())
    inside = float(rows.loc[rows["inside"], "length_m"].sum())
    side = _INSIDE if inside == length else _OUTSIDE if inside == 0 else _BOTH
    return {
        "layer": layer,
        "fid": fid,
        "related_layer": other,
        "related": tables.attributes[other]["_label"][other_fid],
        "measure": round(length, 2),
        "unit": "m",
        "limit": params.min_length,
        "measures": {
            "mean_m": round(mean, 4),
            "max_m": round(largest, 4),
            "inside_m": round(inside, 2),
            **scale_measures({"tolerance_m": rows["tolerance_m"].max()}),
        },
        "params": {
            "title": layer_title(tables, layer),
            "other": layer_title(tables, other),
            "mean": mean,
            "largest": largest,
            "side": side,
        },
        "geometry": list(rows["geometry"]),
    }
