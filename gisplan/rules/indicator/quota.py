"""What the three quota rules share: the sums of the children beside the parent's target."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from gisplan.catalogue.indicators import BOUNDS, NO_BOUND, shortened
from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Param, Params
from gisplan.model import Text
from gisplan.rules.indicator import rows as shared
from gisplan.rules.indicator.suspects import suspects

QUOTA_NEEDS = ("indicator", "indicator.rollup")
QUOTA_PARAMS = {
    "rel_tol": Param(
        1e-6,
        unit="ratio",
        why="floating-point noise; the rounding of two-decimal tables, 0.005 a child, is added",
    ),
}
_UNREAD = Text("目标值或者预留值无法读取", "its target or its reserve could not be read")


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

    Returns
    -------
    Judgement
        Skipped where the table has no two tiers. Rows whose sum betrays another unit are left
        to IND108.
    """
    if tables["rollup"].empty:
        return skipped(*shared.ONE_TIER)
    rows = quota_rows(tables, params, requirement)
    rows = rows.assign(off=excess(rows))
    known = rows["target"].notna() & rows["total"].notna() & ~rows["unread"]
    offends = known & (rows["off"] > rows["slack"])
    if not despite_missing:
        offends &= rows["gaps"] == 0
    unknown = ~known | ((rows["gaps"] > 0) & ~offends)
    return judged(
        [offender(row) for row in rows[offends].to_dict("records")],
        [
            shared.aside(row, _UNREAD if row["unread"] else None)
            for row in rows[unknown].to_dict("records")
        ],
    )


def quota_rows(tables: Tables, params: Params, requirement: str) -> pd.DataFrame:
    """Return the summed rows of one requirement, with slack, gaps, unread and kind."""
    rollup = tables["rollup"]
    rollup = rollup.assign(kind=shared.kinds(rollup))
    rows = rollup[(rollup["rollup"] == "sum") & (rollup["requirement"] == requirement)]
    unread = shared.unread(tables, "target", "reserve")
    rows = rows[~rows["parent_row"].isin(list(suspects(tables)))]
    return rows.assign(
        reserve=rows["reserve"].fillna(0.0),
        gaps=[len(missing) for missing in rows["missing"]],
        slack=(rows["target"].abs() * params.rel_tol).clip(lower=rows["exact"]),
        unread=rows["parent_row"].isin(list(unread)),
    )


def offender(row: dict[str, Any]) -> dict[str, Any]:
    """Return the offence of a row whose sum misses the target by `off`."""
    unit = shared.text(row["unit"])
    names = shortened(row["missing"])
    hint = Text(f"（尚缺下级的值：{names.zh}）", f" (no value for {names.en})")
    return {
        **shared.end(row),
        "related_layer": row["child_layer"],
        "kind": row["kind"],
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
            "indicator": shared.called(row),
            "unit_name": shared.unit_name(unit),
            "difference": row["off"],
            "reserve": row["reserve"],
            "n": row["n_values"],
            "missing": hint if row["missing"] else Text("", ""),
        },
        "severity": shared.severity_of(row["nature"]),
    }


def without_bound(tables: Tables) -> list[dict[str, Any]]:
    """Return the rows that no rule on totals can judge.

    Summed without a requirement or with a range, or rolled up in a way that nobody knows.
    """
    rollup = tables["rollup"]
    bound = rollup["requirement"].isin(BOUNDS)
    no_bound = (rollup["rollup"] == "sum") & ~bound
    no_method = rollup["why"].isin(["no_method", "unknown_method"])
    return [
        shared.aside(row, None if row["why"] else NO_BOUND)
        for row in rollup[no_bound | no_method].to_dict("records")
    ]
