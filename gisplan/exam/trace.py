"""The loop (体检—更新—评估): where each problem went, and which projects answer none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely

from gisplan.exam.study import Study

STAGES = ("open", "in_unit", "in_project", "solved")
PROBLEM_COLUMNS = (
    "code", "name", "dimension", "indicator", "year", "severity", "units", "units_by", "projects",
    "unknown", "responsible", "due_on", "status", "evaluated_on", "stage",
)  # fmt: skip


class Loop(NamedTuple):
    """The loop of a plan.

    `problems` has PROBLEM_COLUMNS, one row a problem. `stage` is the furthest that it came: open
    (nobody takes it up), in_unit, in_project, solved (said so, and evaluated). `unknown` lists the
    units and projects that it names and that the plan does not have. `closure` has one row a unit,
    one a city and district that problems lie in (place "" for those in none), and one for all:
    level, place, problems, in_unit, in_project, solved, rate (%). `idle` lists the projects that
    answer no problem.
    """

    problems: pd.DataFrame
    closure: pd.DataFrame
    idle: pd.DataFrame


def trace(study: Study) -> Loop | None:
    """Return the loop, or None where the plan has no problems.

    A unit takes up a problem that it names, that names it, or that one of its projects answers;
    where none of this is said, `units` names the unit that it lies in (`units_by` located), which
    does not take it up: it may be for something else. A problem is solved only where it says so
    with the date of its evaluation.
    """
    layer = study.plan.layers.get("exam_problem")
    if layer is None or not len(layer.frame):
        return None
    units, projects = _frame(study, "unit"), _frame(study, "project")
    problems = layer.frame.sort_values("_label", kind="stable")
    unit_codes, project_codes = set(units["code"].dropna()), set(projects["code"].dropna())
    by_unit = _named_by(units)
    by_project = _named_by(projects)
    home_of = dict(zip(projects["code"], projects["parent"], strict=True))
    located = _located(study, problems)
    rows = []
    for row, inside in zip(problems.to_dict("records"), located, strict=True):
        code = row["code"]
        named = set(_list(row["project"]))
        answering = sorted((named & project_codes) | by_project.get(code, set()))
        own = set(_list(row["unit"]))
        taking = (own & unit_codes) | by_unit.get(code, set())
        taking |= {home_of[p] for p in answering if home_of.get(p) in unit_codes}
        by = "named" if taking else ""
        if not taking and inside is not None:
            taking, by = {inside}, "located"
        solved = row["status"] == "solved" and not pd.isna(row["evaluated_on"])
        named_unit = bool(taking) and by == "named"
        stage = "in_project" if answering else "in_unit" if named_unit else "open"
        rows.append(
            {
                **{
                    name: None if _empty(row[name]) else row[name]
                    for name in ("code", "name", "dimension", "indicator", "year", "severity",
                                 "responsible", "due_on", "status", "evaluated_on")
                },
                "units": sorted(taking),
                "units_by": by,
                "projects": answering,
                "unknown": sorted((named - project_codes) | (own - unit_codes)),
                "stage": "solved" if solved else stage,
            }
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=list(PROBLEM_COLUMNS))
    answered = {project for found in table["projects"] for project in found}
    idle = projects[projects["code"].notna() & ~projects["code"].isin(answered)]
    idle = idle[["code", "name", "parent"]].sort_values("code", kind="stable")
    return Loop(table, _closure(table, _homes(study, problems)), idle.reset_index(drop=True))


def _frame(study: Study, name: str) -> pd.DataFrame:
    layer = study.plan.layers.get(name)
    if layer is None:
        return pd.DataFrame(columns=["code", "name", "parent", "problems"])
    return layer.frame


def _named_by(frame: pd.DataFrame) -> dict[str, set[str]]:
    """Return problem -> the features that name it."""
    found: dict[str, set[str]] = {}
    for code, problems in zip(frame["code"], frame["problems"], strict=True):
        for problem in _list(problems):
            if not _empty(code):
                found.setdefault(problem, set()).add(str(code))
    return found


def _located(study: Study, problems: pd.DataFrame) -> list[str | None]:
    if "geometry" not in problems or "unit" not in study.places:
        return [None] * len(problems)
    shapes = np.asarray(problems["geometry"].array, dtype=object)
    home = study.locate("unit", shapely.point_on_surface(shapes))
    labels = study.places["unit"].labels
    return [None if n < 0 else str(labels[n]) for n in home]


def _homes(study: Study, problems: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return for each level of areas the place that each problem lies in, "" where in none."""
    if "geometry" not in problems:
        return {}
    points = shapely.point_on_surface(np.asarray(problems["geometry"].array, dtype=object))
    levels = [name for name in study.places if name not in {"province", "unit", "community"}]
    return {
        level: np.append(study.places[level].labels, "")[study.locate(level, points)]
        for level in levels
    }


def _closure(table: pd.DataFrame, homes: Mapping[str, np.ndarray]) -> pd.DataFrame:
    def line(level: str, place: str, group: pd.DataFrame) -> dict[str, object]:
        reached = [STAGES.index(stage) for stage in group["stage"]]
        counts = {name: sum(n >= k for n in reached) for k, name in enumerate(STAGES) if k}
        rate = 100 * counts["solved"] / len(group) if len(group) else None
        return {"level": level, "place": place, "problems": len(group), **counts, "rate": rate}

    lines = [line("all", "", table)]
    for level, home in homes.items():
        lines += [line(level, str(place), table[home == place]) for place in sorted(set(home))]
    units = sorted({unit for found in table["units"] for unit in found})
    for unit in units:
        lines.append(line("unit", unit, table[[unit in found for found in table["units"]]]))
    names = ["level", "place", "problems", "in_unit", "in_project", "solved", "rate"]
    return pd.DataFrame(lines, columns=names)


def _empty(value: object) -> bool:
    return not isinstance(value, list | tuple) and bool(pd.isna(value))


def _list(value: object) -> Iterable[str]:
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return [] if _empty(value) else [str(value)]
