"""Sums of the project pool: by area, key task, type and year; the state of every plan."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from gisplan.catalogue.programme import task_number
from gisplan.exam.study import Study

COLUMNS = ("group", "level", "place", "name", "task", "year", "projects", "invest", "without")
PHASES = ("done", "under_way", "ahead", "stopped")
REGISTER_COLUMNS = ("tier", "code", "name", "version", "status", "approved_on")


def project_sums(study: Study, year: int | None = None) -> pd.DataFrame:
    """Return numbers and investment of the projects of a plan.

    Returns
    -------
    DataFrame
        COLUMNS. `group` is all, place, task, type, year, phase or place_task; what does not apply
        is "". `task` has the type or phase for these groups; a key task is its number where it is
        one. `phase` is done, under_way, ahead, stopped or "": as `project_phases` tells.
        `invest` is in 10,000 CNY; `without` counts the projects that state none, which the sum
        leaves out. A project without a task, type or year stands under "".
    """
    layer = study.plan.layers.get("project")
    if layer is None or not len(layer.frame):
        return pd.DataFrame(columns=list(COLUMNS))
    frame = layer.frame
    base = pd.DataFrame(
        {
            "task": [_task(written) for written in frame["task"]],
            "type": frame["project_type"].fillna("").astype(str),
            "year": frame["plan_year"].map(lambda y: "" if pd.isna(y) else str(int(y))),
            "phase": project_phases(frame, year),
            "invest": frame["invest"].astype(float),
        }
    )
    parts = [_sums(base.assign(group="all"), [])]
    for column, group in (("task", "task"), ("type", "type"), ("year", "year"), ("phase", "phase")):
        sums = _sums(base.assign(group=group), [column])
        if group == "task":  # 2 before 10, what is no key task last
            sums = sums.sort_values("task", key=_by_number, kind="stable")
        parts.append(sums)
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
    for group in ("type", "phase"):
        table["task"] = table["task"].where(table["group"] != group, table[group])
    return table.reindex(columns=list(COLUMNS)).fillna({"level": "", "place": "", "name": "",
                                                       "task": "", "year": ""})  # fmt: skip


def _task(written: object) -> str:
    if pd.isna(written):
        return ""
    return task_number(written) or str(written)


def _by_number(tasks: pd.Series) -> pd.Series:
    return pd.to_numeric(tasks, errors="coerce").fillna(np.inf)


def project_phases(frame: pd.DataFrame, year: int | None) -> np.ndarray:
    """Return how far each project is: as it says, else by its years of building.

    done, under_way, ahead, stopped, or "" where neither tells. Its years tell at the end of the
    year of the exam; without a year of the exam they do not.
    """
    stated = frame["state"].astype(object)
    stated = stated.where(stated.isin(PHASES), None).to_numpy(dtype=object)
    by_years = np.full(len(frame), "", dtype=object)
    if year is not None:
        begin, end = (
            frame[name].to_numpy(dtype=float, na_value=np.nan)
            for name in ("start_year", "end_year")
        )
        by_years = np.select(
            [end <= year, begin > year, (begin <= year) & (end > year)],
            ["done", "ahead", "under_way"],
            "",
        ).astype(object)
    return np.where(pd.isna(stated), by_years, stated)


def _sums(base: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    grouped = base.groupby(["group", *by], sort=True)["invest"]
    return pd.DataFrame(
        {
            "projects": grouped.size(),
            "invest": grouped.sum(),
            "without": grouped.size() - grouped.count(),
        }
    ).reset_index().reindex(
        columns=["group", "level", "place", "name", "task", "type", "phase", "year", "projects",
                 "invest", "without"]
    )  # fmt: skip


def plan_states(study: Study) -> pd.DataFrame:
    """Return the register of plans (规划编制状态) as it was read, by tier and code."""
    layer = study.plan.layers.get("register")
    if layer is None:
        return pd.DataFrame(columns=list(REGISTER_COLUMNS))
    frame = layer.frame[list(REGISTER_COLUMNS)]
    return frame.sort_values(["tier", "code", "version"], kind="stable").reset_index(drop=True)
