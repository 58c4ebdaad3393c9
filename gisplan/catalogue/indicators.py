"""What is said of an indicator that is rolled up and cannot be judged: one wording everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from gisplan.model import Text

BOUNDS = ("at_most", "at_least", "equal")
NO_BOUND = Text("没有不高于、不低于或者等于的要求", "no bound to hold it to")
_SHOWN = 10  # names in a message
_WHY = {
    "no_children": Text("没有下级", "no areas below it"),
    "no_method": Text("没有填写汇总方式", "it does not say how it is rolled up"),
    "unknown_method": Text("汇总方式无法识别", "its roll-up is not known"),
    "ratio": Text("百分比和比率不能求和", "shares and rates do not add up"),
    "unit": Text("各级单位不能换算", "units of the tiers do not convert"),
    "no_value": Text("下级都没有值", "no area below it has a value"),
    "no_weight": Text("缺少权重，加权平均无法计算", "weights are missing, so there is no mean"),
}


def by_row(table: pd.DataFrame) -> dict[int, dict[str, Any]]:
    """Return the rows of a table by fid; a table of a province has a hundred thousand."""
    names = [str(name) for name in table.columns]
    cells = zip(*(table[name].tolist() for name in names), strict=True)
    return {
        int(fid): dict(zip(names, row, strict=True))
        for fid, row in zip(table.index, cells, strict=True)
    }


def shortened(names: Iterable[object]) -> Text:
    """Return names in one text, the first ten of many."""
    listed = [str(name) for name in names]
    more = len(listed) > _SHOWN
    return Text(
        "、".join(listed[:_SHOWN]) + (f"等 {len(listed)} 个" if more else ""),
        ", ".join(listed[:_SHOWN]) + (f" and more, {len(listed)} in all" if more else ""),
    )


def reason(row: Mapping[str, Any]) -> Text:
    """Return why a row of `rollup` cannot be judged; children without a value are named."""
    if row["why"] in _WHY and row["why"] not in {"unit", "no_value"}:
        return _WHY[row["why"]]
    if pd.isna(row["target"]):
        return Text("没有目标值", "no target value")
    if row["missing"]:
        names = shortened(row["missing"])
        return Text(f"缺少下级的值：{names.zh}", f"no value for {names.en}")
    if row["strange"]:
        names = shortened(row["strange"])
        return Text(f"单位不能换算：{names.zh}", f"units do not convert: {names.en}")
    return NO_BOUND
