"""The projects of a province held to the totals that it states (全省项目总量进度)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gisplan.catalogue.programme import programme_totals
from gisplan.exam.study import Study

COLUMNS = ("quantity", "stated", "at_least", "since", "sum", "undated", "without", "share",
           "source")  # fmt: skip
PER_100M = 1e-4  # 亿元 of 万元


def against_programme(study: Study) -> pd.DataFrame:
    """Return the number of projects and their investment beside what the province states.

    Projects count from the year that the totals count from, by the year in which they start, else
    by that of their annual plan. One without either counts too, and is told in `undated`.

    Returns
    -------
    DataFrame
        COLUMNS, a row for projects and one for invest (in 100 million CNY, 亿元), or none where the
        plan has no projects or is not of the province that states the totals. `without` counts
        the projects that state no investment. `share` is in per cent of what is stated, which is
        of the whole province: a plan of some cities has its part.
    """
    totals = programme_totals()
    layer = study.plan.layers.get("project")
    if layer is None or not len(layer.frame) or not _is_of(study, totals.province):
        return pd.DataFrame(columns=list(COLUMNS))
    frame = layer.frame
    start, plan = (
        frame[name].to_numpy(dtype=float, na_value=np.nan) for name in ("start_year", "plan_year")
    )
    year = np.where(np.isnan(start), plan, start)
    mine = frame[~(year < totals.since)]
    shared = {
        "since": totals.since,
        "undated": int(np.isnan(year).sum()),
        "without": int(mine["invest"].isna().sum()),
        "source": totals.source,
    }
    money = float(mine["invest"].astype(float).sum()) * PER_100M
    rows = [
        {"quantity": "projects", "stated": float(totals.projects), "at_least": False,
         "sum": float(len(mine)), **shared},
        {"quantity": "invest", "stated": totals.invest_100m, "at_least": totals.invest_at_least,
         "sum": money, **shared},
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    table["share"] = 100 * table["sum"] / table["stated"]
    return table[list(COLUMNS)]


def _is_of(study: Study, province: str) -> bool:
    if not study.has("province"):
        return False
    codes = study.plan.layers["province"].frame["code"].dropna().astype(str)
    return any(code.ljust(6, "0") == province for code in codes)
