"""A raster cannot be used as it is (栅格不能直接使用).

What it checks: every raster of the plan against the land of the judged tier. Of heights: a unit of
height that nobody states and nothing proves, or that the other raster and the heights of buildings
contradict (feet taken for metres); and rasters that leave out part of the land. Of people, land
cover, vegetation and floods: no coordinate system, cells that cannot be read, no data on part of
the land or all of it, and several rasters where the city exam takes one.
Why it matters: heights in feet make a low building of a tower, and where no ground is known no view
can be judged; what a raster does not cover, the exam cannot compute. Neither is ever a pass.
Where the plan has no views nobody asks for the unit of heights: it is not checked.
Left to others: heights without CRS SRC104, or that lie elsewhere SRC105; a broken file SRC101.
Views under which cells have no data HER114.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.layers import raster_specs
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.heritage.actors import records

RULE = Rule(
    code="SRC112",
    name="raster-unfit",
    title=Text("栅格不能直接使用", "raster unfit"),
    severity=Severity.WARNING,
    measures=("grid", "raster_cover"),
    params={
        "min_share": Param(0.99, unit="share", why="a plan's rim may stand over the raster's edge"),
    },
    sources=("gisplan-proposal",),
    message=Text(
        "栅格 {feature}（{title}）没有写明高程单位，也无法由其他数据证实，其高程未使用",
        "raster {feature} ({title}) does not say the unit of its heights and nothing proves it; its"
        " heights were not used",
    ),
    remedy=Text(
        '核实后在 gisplan.toml 写明 unit = "m" 或 "ft"',
        'ask its author, then state unit = "m" or "ft" in gisplan.toml',
    ),
)
_CONTRADICTED = Text(
    "栅格 {feature}（{title}）的高程单位与其他数据矛盾：高程应乘以 {measure:.4g} 才与另一栅格和"
    "建筑高度相符，疑为英尺与米混淆，其高程未使用",
    "raster {feature} ({title}): the unit of its heights is contradicted; times {measure:.4g} they"
    " would agree with the other raster and with buildings, as if feet and metres were mixed up;"
    " its heights were not used",
)
_PARTIAL = Text(
    "栅格 {feature}（{title}）只覆盖规划范围的 {measure:.1%}，其余范围的视廊和高度无法判定",
    "raster {feature} ({title}) covers {measure:.1%} of the plan; in the rest views and heights"
    " cannot be judged",
)
_COMPLETE = Text(
    "补充覆盖全部规划范围的栅格；可声明几个文件",
    "add rasters that cover the whole plan; several files may be declared",
)
_NO_CRS = Text(
    "栅格 {feature}（{title}）没有坐标系，城市体检不能使用",
    "raster {feature} ({title}) has no CRS; the city exam cannot use it",
)
_STATE_CRS = Text(
    "核实后在 gisplan.toml 写明 crs；栅格的坐标系不作推测",
    "ask its author, then state crs in gisplan.toml: that of a raster is not guessed",
)
_BROKEN = Text(
    "栅格 {feature}（{title}）的部分像元无法读取，文件可能不完整，城市体检不能使用",
    "cells of raster {feature} ({title}) cannot be read, as if the file was cut short; the city"
    " exam cannot use it",
)
_AGAIN = Text("重新获取或导出该栅格", "get or export the raster again")
_ELSEWHERE = Text(
    "栅格 {feature}（{title}）在规划范围内没有数据，请核对其坐标系和文件",
    "raster {feature} ({title}) has no data on the land of the plan; check its CRS and the file",
)
_SPARSE = Text(
    "栅格 {feature}（{title}）只在规划范围 {measure:.1%} 的面积上有数据，"
    "其余范围的体检指标无法计算",
    "raster {feature} ({title}) has data on {measure:.1%} of the land of the plan; of the rest the"
    " exam computes nothing",
)
_FILL = Text(
    "换用覆盖全部规划范围的栅格，或补齐无数据的像元",
    "use a raster that covers the whole plan, or fill the cells without data",
)
_SEVERAL = Text(
    "{title}有 {count} 个栅格，城市体检只用一个，{feature} 等未使用",
    "{count} rasters of {title}: the city exam takes one, and {feature} is not used",
)
_JOIN = Text("请合并为一个栅格", "join them to one raster")
_NO_VIEWS = (
    "没有景观视廊，未检查高程单位；也没有其他栅格",
    "the plan has no views, so the unit of heights is not checked; and no other raster",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the rasters that are not certain, not whole, or not where the plan is."""
    heights, others = tables["grid"], tables["raster_cover"]
    if not len(heights) and not len(others):
        return skipped("没有栅格", "the plan has no raster")
    viewed = "view" in tables.attributes
    found = _of_heights(tables, params, viewed) + _of_others(tables, params)
    if not found and not viewed and not len(others):
        return skipped(*_NO_VIEWS)
    return judged(found)


def _of_heights(tables: Tables, params: Params, viewed: bool) -> list[dict[str, Any]]:
    rows = tables["grid"]
    partial = _once(rows[rows["share"].between(0, params.min_share, "neither")])
    found = [_offence(tables, row, "partial", row["share"], params.min_share, _PARTIAL, _COMPLETE)
             for row in records(partial)]  # fmt: skip
    if viewed:
        found += [
            _offence(tables, row, "unit-unknown") for row in records(rows[rows["how"] == "unknown"])
        ]
        found += [
            _offence(tables, row, "unit-contradicted", row["likely"], None, _CONTRADICTED)
            for row in records(rows[rows["how"] == "contradicted"])
        ]
    return found


def _of_others(tables: Tables, params: Params) -> list[dict[str, Any]]:
    rows = tables["raster_cover"]
    found = []
    for row in records(rows):
        least = params.min_share
        if row["how"] == "no_crs":
            found.append(_offence(tables, row, "no-crs", message=_NO_CRS, remedy=_STATE_CRS))
        elif row["how"] == "broken":
            found.append(_offence(tables, row, "broken", message=_BROKEN, remedy=_AGAIN))
        elif row["known"] is None:
            continue  # no land that it could cover
        elif row["known"] == 0:
            found.append(_offence(tables, row, "elsewhere", 0.0, least, _ELSEWHERE, _FILL))
        elif row["known"] < least:
            found.append(_offence(tables, row, "partial", row["known"], least, _SPARSE, _FILL))
    for row in records(_once(rows[rows["n_of_layer"] > 1])):
        one = _offence(tables, row, "several", message=_SEVERAL, remedy=_JOIN)
        one["params"]["count"] = int(row["n_of_layer"])
        found.append(one)
    return found


def _offence(
    tables: Tables,
    row: Mapping[str, Any],
    kind: str,
    measure: float | None = None,
    limit: float | None = None,
    message: Text | None = None,
    remedy: Text | None = None,
) -> dict[str, Any]:
    return {
        "layer": row["layer"],
        "feature": row["path"],
        "kind": kind,
        "measure": measure,
        "unit": "" if measure is None else "share",
        "limit": limit,
        "message": message,
        "remedy": remedy,
        "params": {"title": raster_specs()[row["layer"]].title},
    }


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a layer: its rasters cover the plan together."""
    return rows.drop_duplicates("layer")
