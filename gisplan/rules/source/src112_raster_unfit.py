"""A raster of heights cannot be used as it is (高程栅格不能直接使用).

What it checks: surface and terrain rasters whose unit of height nobody states and nothing proves;
whose stated unit the other raster and the heights of buildings contradict (feet taken for metres);
and rasters that leave out part of the judged tier.
Why it matters: heights in feet make a low building of a tower, and where no ground is known no view
can be judged: neither is ever a pass.
Where the plan has no views nobody asks for heights, and this is not checked.
Left to others: no CRS SRC104; a raster that lies elsewhere SRC105; a broken file SRC101. Views
under which cells have no data HER114.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.heritage.actors import records

RULE = Rule(
    code="SRC112",
    name="raster-unfit",
    title=Text("高程栅格不能直接使用", "raster unfit"),
    severity=Severity.WARNING,
    measures=("grid",),
    needs=("view",),
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


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the rasters of heights that are not certain, or not whole."""
    rows = tables["grid"]
    if not len(rows):
        return skipped("没有高程栅格", "the plan has no raster of heights")
    found: list[dict[str, Any]] = []
    for kind, chosen, column, message, remedy in (
        ("unit-unknown", rows["how"] == "unknown", None, None, None),
        ("unit-contradicted", rows["how"] == "contradicted", "likely", _CONTRADICTED, None),
        (
            "partial",
            rows["share"].between(0, params.min_share, "neither"),
            "share",
            _PARTIAL,
            _COMPLETE,
        ),
    ):
        for row in records(_once(rows[chosen]) if kind == "partial" else rows[chosen]):
            found.append(
                {
                    "layer": row["layer"],
                    "feature": row["path"],
                    "kind": kind,
                    "measure": None if column is None else row[column],
                    "unit": "" if column is None else "share",
                    "limit": params.min_share if kind == "partial" else None,
                    "message": message,
                    "remedy": remedy,
                    "params": {"title": tables.specs[row["layer"]].title},
                }
            )
    return judged(found)


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a layer: its rasters cover the plan together."""
    return rows.drop_duplicates("layer")
