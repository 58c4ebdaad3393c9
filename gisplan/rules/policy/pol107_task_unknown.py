"""A project belongs to none of the key tasks (重点任务).

What it checks: that the number of the key task of a project is one of those that the province set.
Why it matters: money and progress are counted by task; what has none is counted nowhere.
Left to others: the project's unit LST102; the exam problems that it solves EXM102.
"""

from __future__ import annotations

import pandas as pd

from gisplan.catalogue.judgement import Judgement, Tables, judged
from gisplan.catalogue.programme import task_number
from gisplan.catalogue.rule import Param, Params, Rule
from gisplan.model import Severity, Text

RULE = Rule(
    code="POL107",
    name="task-unknown",
    title=Text("项目未对应重点任务", "task unknown"),
    severity=Severity.WARNING,
    needs=("project.task",),
    params={"tasks": Param(16, unit="count", why="the province's programme lists 16 key tasks")},
    sources=("liaoning-projects-2021", "transmission-chain"),
    message=Text(
        "项目 {feature} 的任务号 {task} 不在 1 至 {limit:.0f} 之内",
        "project {feature} names the key task {task}, which is not among 1 to {limit:.0f}",
    ),
    remedy=Text("补填项目所属的重点任务号", "state the number of the key task"),
)
_NONE = Text("项目 {feature} 没有填写重点任务号", "project {feature} names no key task")


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the projects without a task, or with one that does not exist."""
    tasks = tables.attributes["project"]["task"]
    return judged(
        [
            {
                "layer": "project",
                "fid": int(fid),
                "kind": "none" if pd.isna(task) else "unknown",
                "limit": float(params.tasks),
                "message": _NONE if pd.isna(task) else None,
                "params": {"task": "" if pd.isna(task) else str(task)},
            }
            for fid, task in tasks.items()
            if pd.isna(task) or task_number(task, params.tasks) is None
        ]
    )
