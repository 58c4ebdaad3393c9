"""Key tasks and reporting units of a province, as `layers/exam/programme.toml` declares them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.home import load_toml
from gisplan.model import Text


@dataclass(frozen=True, slots=True)
class KeyTask:
    """One key task (重点任务). A task whose name was not read says so and has none."""

    number: str
    title: Text
    verified: bool


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone that reports beside the cities and has no code of GB/T 2260."""

    title: Text
    words: frozenset[str]
    verified: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """What a province states of all its renewal projects together."""

    province: str
    since: int  # year
    projects: int
    invest_100m: float  # 亿元
    invest_at_least: bool  # the source says "and more"
    source: str  # key of layers/sources.toml


@cache
def programme_totals() -> Totals:
    """Return the stated totals of the programme."""
    entry = load_toml("exam/programme.toml")["totals"]
    return Totals(
        province=entry["province"],
        since=entry["since"],
        projects=entry["projects"],
        invest_100m=float(entry["invest"]),
        invest_at_least=entry["invest_at_least"],
        source=entry["source"],
    )


@cache
def key_tasks() -> dict[str, KeyTask]:
    """Return the key tasks by number, in order."""
    declared = load_toml("exam/programme.toml")
    found = {}
    for n in range(1, declared["tasks"] + 1):
        entry = declared["task"].get(str(n))
        title = (
            Text("名称未核实", "name not verified")
            if entry is None
            else Text(entry["zh"], entry["en"])
        )
        found[str(n)] = KeyTask(str(n), title, bool(entry and entry["verified"]))
    return found


def task_number(written: object, tasks: int | None = None) -> str | None:
    """Return the number of a key task as it is written (3, 03, 任务3), None where it is none."""
    found = re.fullmatch(r"\D{0,4}0*(\d{1,3})", str(written).strip())
    most = len(key_tasks()) if tasks is None else tasks
    return found[1] if found is not None and 1 <= int(found[1]) <= most else None


def cities_of(province: str) -> dict[str, Text]:
    """Return the cities of a province by code, as the list of codes has them."""
    return {
        code: entry.title
        for code, entry in codelist("admin").items()
        if code[:2] == province[:2] and code.endswith("00") and not code.endswith("0000")
    }


def zones_of(province: str) -> list[Zone]:
    """Return the zones of a province that report beside its cities."""
    return [
        Zone(Text(entry["zh"], entry["en"]), frozenset(entry["words"]), entry["verified"])
        for entry in load_toml("exam/programme.toml")["zone"]
        if entry["province"][:2] == province[:2]
    ]
