"""The words of an exam, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.layers import layer_specs
from gisplan.catalogue.programme import key_tasks
from gisplan.model import ExamDossier, Lang, Text
from gisplan.render import words

GRADES: Mapping[str, Text] = {
    "met": Text("达标", "met"),
    "missed": Text("未达标", "missed"),
    "ungraded": Text("无目标", "no target"),
    "not_computed": Text("未检查", "not computed"),
}
GRADE_FILL: Mapping[str, str] = {"missed": "#f8d7da", "not_computed": "#e2e3e5", "met": "#d1e7dd"}
TRENDS: Mapping[str, Text] = {
    "improved": Text("改善", "improved"),
    "worsened": Text("恶化", "worsened"),
    "same": Text("持平", "same"),
}
STAGES: Mapping[str, Text] = {
    "open": Text("未纳入", "taken up by nobody"),
    "in_unit": Text("已纳入单元", "in a unit"),
    "in_project": Text("已有项目", "has projects"),
    "solved": Text("已解决", "solved"),
}
STAGE_FILL: Mapping[str, str] = {"open": "#f8d7da", "in_unit": "#fff3cd", "solved": "#d1e7dd"}
KINDS: Mapping[str, Text] = {
    "residential": Text("老旧生活街区", "old residential"),
    "commercial": Text("老旧商业街区", "old commercial"),
    "industrial": Text("老旧厂区", "old industrial"),
}
PHASES: Mapping[str, Text] = {
    "done": Text("已完工", "done"),
    "under_way": Text("在建", "under way"),
    "ahead": Text("未开工", "ahead"),
    "stopped": Text("停建", "stopped"),
    "": Text("进展未知（未填状态，年份未填或无体检年度）", "not known (no progress, no years)"),
}
PROGRESS = tuple(phase for phase in PHASES if phase)  # what is known
QUANTITIES: Mapping[str, tuple[Text, Text]] = {  # of the programme: what, and its unit
    "projects": (Text("项目数", "projects"), Text("个", "projects")),
    "invest": (Text("投资", "investment"), Text("亿元", "100 million CNY")),
}
BY_HAND = Text("机算结果，供人工复核", "computed; for review by people")


def task_title(task: str) -> Text:
    """Return number and name of a key task; a name that was not read is said to be so."""
    if not task:
        return Text("未填任务号", "no task stated")
    one = key_tasks().get(task)
    if one is None:
        return Text(f"任务号 {task}（不在重点任务之内）", f"{task} (no key task)")
    if not one.verified:
        return Text(f"任务 {task}（名称未核实）", f"task {task} (name not verified)")
    return Text(f"任务 {task} {one.title.zh}", f"task {task}: {one.title.en}")


def project_group(row: Mapping[str, Any]) -> Text:
    """Return what a row of sums of projects is about, within its group."""
    group, task, year = row["group"], row["task"], row["year"]
    none = Text("未填", "not stated")
    if group in {"task", "place_task"}:
        return task_title(task)
    if group == "phase":
        return PHASES[task]
    own = year if group == "year" else task
    return Text(own, own) if own or group in {"all", "place"} else none


def state_title(status: object) -> Text | None:
    """Return the state of a plan in words, None where nobody says it."""
    if not isinstance(status, str):
        return None
    state = codelist("status").get(status)
    return state.title if state else Text(status, status)


def stated_total(row: Mapping[str, Any], lang: Lang) -> str:
    """Return a total of the province's programme as it states it: 8,000 and more."""
    more = Text("以上", " and more") if row["at_least"] else Text("", "")
    return f"{words.number(row['stated'])}{words.pick(more, lang)}"


def level_title(level: str) -> Text:
    """Return what a level of places is called."""
    spec = layer_specs().get(level)
    return spec.title if spec is not None else Text(level, level)


def top_level(dossier: ExamDossier) -> str | None:
    """Return the level that the conclusion speaks of: cities, else the first that there is."""
    if not dossier.levels:
        return None
    return "city" if "city" in dossier.levels else dossier.levels[0]


def named(place: str, name: object) -> str:
    """Return code and name of a place."""
    return f"{place} {name}" if name and not words.missing(name) else str(place)
