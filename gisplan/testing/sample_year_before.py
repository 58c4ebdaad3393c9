"""The sample as its exam found it the year before: what was not yet built, found or solved."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplan.pipeline import exam, open_plan
from gisplan.testing.sample_exam import VALUE_COLUMNS, YEAR, Exam

LEVELS = ("province", "city", "district")
_GROWTH = 1.012  # of the people, in a year
_OPENED_EVERY, _BUILT_EVERY = 9, 6  # facility, street: each so many was built this year


def year_before(now: Exam) -> Exam:
    """Return the exam of the year before: fewer people, facilities, streets and problems."""
    communities = now.communities.assign(
        population=(now.communities["population"] / _GROWTH / 100).round().astype(int) * 100
    )
    facilities = now.facilities[np.arange(len(now.facilities)) % _OPENED_EVERY != 2]
    roads = now.roads[np.arange(len(now.roads)) % _BUILT_EVERY != 3]
    problems = now.problems[now.problems["year"] < YEAR].copy()
    problems["status"] = np.where(problems["status"] == "未启动", "未启动", "进行中")
    problems["evaluated_on"] = None
    values = now.values[now.values["阶段"] == "体检"].assign(年度=YEAR - 1)
    values["数值"] = (values["数值"] - 2.5).round(1)
    return Exam(communities, facilities, roads, problems, values, now.items[:0])


def projects_before(now: gpd.GeoDataFrame, known: Exam) -> gpd.GeoDataFrame:
    """Return the projects as they stood: none begun, and none for a problem found later."""
    found = now["problems"].isin(known.problems["code"])
    return now.assign(state="未开工", problems=now["problems"].where(found, None))


def values_before(folder: Path) -> pd.DataFrame:
    """Examine the plan of the year before, and return its values as rows of the table."""
    values = exam(open_plan(folder)).dossier.values
    mine = values[values["level"].isin(LEVELS) & values["value"].notna()]
    rows = [
        (row["indicator"], row["level"], row["place"], YEAR - 1, "体检", round(row["value"], 4),
         None)
        for row in mine.to_dict("records")
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(VALUE_COLUMNS))
