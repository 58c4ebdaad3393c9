"""What the three quota rules share: the sums of the children beside the parent's target."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged
from gisplan.catalogue.rule import Param, Params
from gisplan.model import Severity, Text

QUOTA_PARAMS = {
    "rel_tol": Param(
        1e-6,
        unit="ratio",
        why="floating-point noise; the rounding of two-decimal tables, 0.005 a child, is added",
    ),
}
_SHOWN = 10  # names of missing children in a message


def judge_quota(
    tables: Tables,
    params: Params,
    requirement: str,
    excess: Callable[[pd.DataFrame], pd.Series],
    despite_missing: bool = False,
) -> Judgement:
    """Judge the summed indicators of one requirement.

    Parameters
    ----------
    requirement : str
        Code of `layers/codes/requirement.csv`.
    excess : callable
        Returns by how much the sums of the rows miss the target; beyond the slack they offend.
    despite_missing : bool
        Whether a row offends already when some children have no value: true for an upper bound,
        because what is missing can only add to the sum.
    """
    rollup = tables["rollup"]
    rows = rollup[(rollup["rollup"] == "sum") & (rollup["requirement"] == requirement)]
    rows = rows.assign(
        target=pd.to_numeric(rows["target"]),
        total=pd.to_numeric(rows["total"]),
        reserve=pd.to_numeric(rows["reserve"]).fillna(0.0),
        gaps=[len(missing) for missing in rows["missing"]],
    )
    slack = (rows["target"].abs() * params.rel_tol).clip(lower=rows["exact"].astype(float))
    rows = rows.assign(off=excess(rows), slack=slack)
    known = rows["target"].notna() & rows["total"].notna() & (rows["n_values"] > 0)
    offends = known & (rows["off"] > rows["slack"])
    if not despite_missing:
        offends &= rows["gaps"] == 0
    unknown = ~known | ((rows["gaps"] > 0) & ~offends)
    return judged(
        [_offender(row) for row in rows[offends].to_dict("records")],
        [_aside(row) for row in rows[unknown].to_dict("records")],
    )


def _offender(row: dict[str, Any]) -> dict[str, Any]:
    unit = _text(row["unit"])
    binding = _text(row["nature"]) not in {"anticipatory", "advisory"}
    return {
        "layer": row["parent_layer"],
        "fid": row["parent_fid"],
        "feature": row["parent_code"] if row["parent_fid"] < 0 else "",
        "related_layer": row["child_layer"],
        "kind": row["indicator"],
        "measure": row["total"],
        "limit": row["target"],
        "unit": unit,
        "measures": {
            "difference": row["off"],
            "reserve": row["reserve"],
            "slack": row["slack"],
            "n_children": row["n_children"],
            "n_values": row["n_values"],
        },
        "params": {
            "indicator": _text(row["name"]) or row["indicator"],
            "unit_name": f" {unit}" if unit else "",
            "difference": row["off"],
            "reserve": row["reserve"],
            "n": row["n_values"],
        },
        "severity": None if binding else Severity.WARNING,
    }


def _aside(row: dict[str, object]) -> dict[str, object]:
    why = _why(row)
    name = _text(row["name"]) or _text(row["indicator"])
    return {
        "layer": row["parent_layer"],
        "fid": row["parent_fid"],
        "why_zh": f"指标“{name}”{why.zh}",
        "why_en": f"indicator {name}: {why.en}",
    }


def without_bound(tables: Tables) -> pd.DataFrame:
    """Return the summed indicators that no quota rule can judge: no requirement, or a range."""
    rollup = tables["rollup"]
    known = rollup["requirement"].isin(["at_most", "at_least", "equal"])
    rows = rollup[(rollup["rollup"] == "sum") & ~known]
    names = [_text(n) or _text(i) for n, i in zip(rows["name"], rows["indicator"], strict=True)]
    return pd.DataFrame(
        {
            "layer": list(rows["parent_layer"]),
            "fid": list(rows["parent_fid"]),
            "why_zh": [f"指标“{name}”没有不高于、不低于或者等于的要求" for name in names],
            "why_en": [f"indicator {name} has no bound to hold it to" for name in names],
        }
    )


def _why(row: dict[str, object]) -> Text:
    missing = row["missing"]
    if isinstance(missing, list | tuple) and missing:
        return Text(
            f"缺少下级的值：{shortened(missing, '、', '等')}",
            f"no value for {shortened(missing, ', ', ' and more')}",
        )
    if pd.isna(row["target"]):
        return Text("没有目标值", "no target value")
    return Text("各级单位不能换算", "units of the tiers do not convert")


def shortened(names: Iterable[object], mark: str, more: str) -> str:
    """Return names in one text, the first ten of many."""
    listed = [str(name) for name in names]
    tail = f"{more}{len(listed)}" if len(listed) > _SHOWN else ""
    return mark.join(listed[:_SHOWN]) + tail


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
