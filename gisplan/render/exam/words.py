"""The words of an exam, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from gisplan.catalogue.layers import layer_specs
from gisplan.model import ExamDossier, Text
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
BY_HAND = Text("机算结果，供人工复核", "computed; for review by people")


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
