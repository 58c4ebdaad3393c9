"""Sums of the project pool: by area, key task, type and year; the state of every plan."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from gisplan.exam.study import Study

COLUMNS = ("group", "level", "place", "name", "task", "year", "projects", "invest", "without")
REGISTER_COLUMNS = ("tier", "code", "name", "version", "status", "approved_on")


def project_sums(study: Study) -> pd.DataFrame:
    """Return numbers and investment of the projects of a plan.

    Returns
    -------
    DataFrame
        COLUMNS. `group` is all, place, task, type, year or place_task; what does not apply is "".
        `invest` is in 10,000 CNY; `without` counts the projects that state none, which the sum
        leaves out. A project without a task, type or year stands under "".
    """
    layer = study.plan.layers.get("project")
    if layer is None or not len(layer.frame):
        return pd.DataFrame(columns=list(COLUMNS))
    frame = layer.frame
    base = pd.DataFrame(
        {
            "task": frame["task"].fillna("").astype(str),
            "type": frame["project_type"].fillna("").astype(str),
            "year": frame["plan_year"].map(lambda y: "" if pd.isna(y) else str(int(y))),
            "invest": frame["invest"].astype(float),
        }
    )
    parts = [_sums(base.assign(group="all"), [])]
    for column, group in (("task", "task"), ("type", "type"), ("year", "year")):
        parts.append(_sums(base.assign(group=group), [column]))
    shapes = np.asarray(frame["geometry"].array, dtype=object)
    points = shapely.point_on_surface(shapes)
    for level in (name for name in study.places if name not in {"unit", "community"}):
        places = study.places[level]
        home = study.locate(level, points)
        placed = base.assign(
            level=level,
            place=np.append(places.labels, "")[home],
            name=np.append(places.names, "")[home],
        )
        parts.append(_sums(placed.assign(group="place"), ["level", "place", "name"]))
        parts.append(_sums(placed.assign(group="place_task"), ["level", "place", "name", "task"]))
    table = pd.concat(parts, ignore_index=True)
    table["task"] = table["task"].where(table["group"] != "type", table["type"])
    return table.reindex(columns=list(COLUMNS)).fillna({"level": "", "place": "", "name": "",
                                                       "task": "", "year": ""})  # fmt: skip


def _sums(base: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    grouped = base.groupby(["group", *by], sort=True)["invest"]
    return pd.DataFrame(
        {
            "projects": grouped.size(),
            "invest": grouped.sum(),
            "without": grouped.size() - grouped.count(),
        }
    ).reset_index().reindex(
        columns=["group", "level", "place", "name", "task", "type", "year", "projects", "invest",
                 "without"]
    )  # fmt: skip


def plan_states(study: Study) -> pd.DataFrame:
    """Return the register of plans (规划编制状态) as it was read, by tier and code."""
    layer = study.plan.layers.get("register")
    if layer is None:
        return pd.DataFrame(columns=list(REGISTER_COLUMNS))
    frame = layer.frame[list(REGISTER_COLUMNS)]
    return frame.sort_values(["tier", "code", "version"], kind="stable").reset_index(drop=True)
