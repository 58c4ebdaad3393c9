"""Indicators of the city exam (城市体检) as `layers/exam/*.toml` declares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from gisplan.catalogue.home import load_toml
from gisplan.model import Text

DIMENSIONS: Mapping[str, Text] = {
    "housing": Text("住房", "housing"),
    "estate": Text("小区（社区）", "estates"),
    "block": Text("街区", "blocks"),
    "city": Text("城区（城市）", "city"),
    "special": Text("专项", "special exams"),
}
GROUPS: Mapping[str, Text] = {
    "basic": Text("基础指标", "basic"),
    "local": Text("特色指标", "local"),
    "special": Text("专项指标", "special"),
}


@dataclass(frozen=True, slots=True)
class Service:
    """A class of facilities that serves the land around it.

    `radius_m` is a straight line. `walk_m` is a way: along the roads where a plan has them, else a
    straight line shorter by the detour factor.
    """

    facility: str
    radius_m: float | None = None
    walk_m: float | None = None
    min_area_m2: float = 0.0
    max_area_m2: float = float("inf")  # not reached: the next class begins there


@dataclass(frozen=True, slots=True)
class ExamIndicator:
    """One indicator: what it is, how it is computed, and what it is held to."""

    code: str
    dimension: str
    group: str
    title: Text
    unit: Text
    direction: str  # higher | lower | none: which way is better
    method: str  # served | lacking | ratio | share | count | zonal | slope | cover | reported
    source: str  # key of layers/sources.toml
    target: float | None = None  # a plan may set its own
    services: tuple[Service, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)  # what the method needs besides


_COMMON = {"zh", "en", "group", "unit", "unit_en", "direction", "target", "method", "source"}


@cache
def exam_indicators() -> dict[str, ExamIndicator]:
    """Return every indicator by code, in the order of the dimensions and codes."""
    found = {}
    for dimension in DIMENSIONS:
        for code, entry in sorted(load_toml(f"exam/{dimension}.toml").items()):
            found[code] = ExamIndicator(
                code=code,
                dimension=dimension,
                group=entry["group"],
                title=Text(entry["zh"], entry["en"]),
                unit=Text(entry["unit"], entry.get("unit_en", entry["unit"])),
                direction=entry["direction"],
                method=entry["method"],
                source=entry["source"],
                target=entry.get("target"),
                services=tuple(_service(one) for one in entry.get("classes", ())),
                options={k: v for k, v in entry.items() if k not in _COMMON | {"classes"}},
            )
    return found


def _service(entry: Mapping[str, Any]) -> Service:
    return Service(
        facility=entry["facility"],
        radius_m=entry.get("radius"),
        walk_m=entry.get("walk"),
        min_area_m2=entry.get("min_area", 0.0),
        max_area_m2=entry.get("max_area", float("inf")),
    )


@cache
def facility_classes() -> dict[str, Text]:
    """Return the classes of facilities with their titles."""
    return {
        name: Text(entry["zh"], entry["en"])
        for name, entry in load_toml("exam/facilities.toml").items()
    }


@cache
def _words() -> dict[str, frozenset[str]]:
    words: dict[str, set[str]] = {}
    for name, entry in load_toml("exam/facilities.toml").items():
        for word in entry["words"]:
            words.setdefault(word.casefold(), set()).add(name)
    return {word: frozenset(names) for word, names in words.items()}


def facility_classes_of(written: object) -> frozenset[str]:
    """Return the classes that a written type of facility belongs to; none where it is unknown.

    A school for both ages belongs to two.
    """
    return _words().get(str(written).strip().casefold(), frozenset())


COVER_CLASSES = ("green", "sealed", "other")


@dataclass(frozen=True, slots=True)
class CoverTable:
    """What the codes of a land cover raster stand for."""

    title: Text
    codes: Mapping[str, tuple[int, ...]]  # class -> codes; a code is in one class at most
    source: str | None = None  # key of layers/sources.toml; None: the plan states it


@cache
def cover_tables() -> dict[str, CoverTable]:
    """Return the known tables of land cover codes by name."""
    return {
        name: CoverTable(
            Text(entry["zh"], entry["en"]),
            {kind: tuple(entry[kind]) for kind in COVER_CLASSES},
            entry["source"],
        )
        for name, entry in load_toml("exam/landcover.toml").items()
    }
