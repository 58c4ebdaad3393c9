"""How far each renewal unit is (更新单元进度): its projects, their money, its problems."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from gisplan.exam.projects import PHASES, project_phases
from gisplan.exam.study import Study
from gisplan.exam.trace import Loop

COLUMNS = (
    "unit", "name", "status", "projects", "invest", "without", *PHASES, "untold", "finished",
    "invest_finished", "problems", "solved",
)  # fmt: skip


def unit_progress(study: Study, loop: Loop | None, year: int | None = None) -> pd.DataFrame:
    """Return the projects of each unit and how far they are.

    A project belongs to the unit that it names; one that names none that the plan has belongs to
    the unit it lies in. Those of no unit stand in a last row with unit "", so that the rows add up
    to all projects.

    Returns
    -------
    DataFrame
        COLUMNS, a row for every unit of the plan by its code; empty where the plan has no units.
        `status` is that of the unit's plan. `invest` is in 10,000 CNY, `without` counts the
        projects that state none. `done` to `stopped` count projects by their progress, `untold`
        those of which nothing tells it. `finished` and `invest_finished` are in per cent of the
        projects and the money whose progress is told, None where none is. `problems` and `solved`
        are those that the unit takes up or that lie in it, None where the plan has no problems.
    """
    layer = study.plan.layers.get("unit")
    if layer is None or "unit" not in study.places:
        return pd.DataFrame(columns=list(COLUMNS))
    units = layer.frame.set_index(study.scene.labels("unit"))
    units = units[~units.index.duplicated()].sort_index()
    base = _projects(study, year)
    own = dict(iter(base.groupby(_homes(study))))
    problems = _problems(loop)
    rows = []
    for unit in [*units.index, *([""] if "" in own else [])]:
        name, status = ("", None) if unit == "" else units.loc[unit, ["name", "status"]]
        none = (None, None) if loop is None or unit == "" else (0, 0)
        found, solved = problems.get(unit, none)
        rows.append(
            {
                "unit": unit,
                "name": "" if pd.isna(name) else name,
                "status": None if pd.isna(status) else str(status),
                **_sums(own.get(unit, base[:0])),
                "problems": found,
                "solved": solved,
            }
        )
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    for name in ("problems", "solved"):
        table[name] = table[name].astype("Int64")
    return table


def _projects(study: Study, year: int | None) -> pd.DataFrame:
    layer = study.plan.layers.get("project")
    if layer is None:
        return pd.DataFrame({"invest": pd.Series(dtype=float), "phase": pd.Series(dtype=object)})
    frame = layer.frame
    return pd.DataFrame(
        {"invest": frame["invest"].astype(float), "phase": project_phases(frame, year)}
    )


def _homes(study: Study) -> np.ndarray:
    """Return the unit of each project, "" where it has none."""
    layer = study.plan.layers.get("project")
    if layer is None:
        return np.empty(0, dtype=object)
    labels = study.places["unit"].labels
    points = shapely.point_on_surface(np.asarray(layer.frame["geometry"].array, dtype=object))
    located = np.append(labels, "")[study.locate("unit", points)]
    named = layer.frame["parent"].astype(object).to_numpy()
    known = layer.frame["parent"].isin(labels).to_numpy()
    return np.where(known, named, located)


def _sums(mine: pd.DataFrame) -> dict[str, object]:
    told = mine[mine["phase"] != ""]
    counts = {phase: int((mine["phase"] == phase).sum()) for phase in PHASES}
    money = float(told["invest"].sum())
    done = float(told.loc[told["phase"] == "done", "invest"].sum())
    return {
        "projects": len(mine),
        "invest": float(mine["invest"].sum()),
        "without": int(mine["invest"].isna().sum()),
        **counts,
        "untold": len(mine) - len(told),
        "finished": 100 * counts["done"] / len(told) if len(told) else None,
        "invest_finished": 100 * done / money if money > 0 else None,
    }


def _problems(loop: Loop | None) -> dict[str, tuple[int, int]]:
    """Return the problems of each unit, and how many of them are solved."""
    if loop is None:
        return {}
    lines = loop.closure[loop.closure["level"] == "unit"]
    counts = zip(lines["problems"], lines["solved"], strict=True)
    return {
        str(unit): (int(found), int(solved))
        for unit, (found, solved) in zip(lines["place"], counts, strict=True)
    }
