"""The conflict matrix of `layers/matrix.toml`: renewal mode x heritage zone x level -> ruling.

How modes map to legal acts is an interpretation (see `matrix_note`), and every report says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.home import load_toml
from gisplan.model import Ruling, Severity, Text

MARKS: Mapping[str, Ruling] = {
    "P": Ruling.PROHIBITED,
    "P*": Ruling.EXCEPTION_ONLY,
    "A": Ruling.APPROVAL,
    "C": Ruling.CONSULTATION,
    "N": Ruling.NOTICE,
}
SEVERITY_OF: Mapping[Ruling, Severity] = {
    Ruling.PROHIBITED: Severity.ERROR,
    Ruling.EXCEPTION_ONLY: Severity.ERROR,
    Ruling.APPROVAL: Severity.WARNING,
    Ruling.CONSULTATION: Severity.WARNING,
    Ruling.NOTICE: Severity.INFO,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """What a ruling hangs on.

    `ruling` is what takes the cell's place where more than `share` of the floor area is
    demolished; both None where only a person can tell.
    """

    key: str
    text: Text
    ruling: Ruling | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """What the law says of a mode in a zone: ruling, articles, and who approves.

    `level_unknown` marks the strictest ruling over the levels, given because the level of the
    zone or body is not known and the answer depends on it.
    """

    ruling: Ruling
    sources: tuple[str, ...]
    route: Text
    condition: Condition | None = None
    level_unknown: bool = False
    route_key: str = ""  # "": no approval route of the matrix
    steps: tuple[str, ...] = ()  # keys of gisplan.catalogue.steps, in the order of the law


@dataclass(frozen=True, slots=True)
class _Row:
    zone: str
    levels: frozenset[str]  # empty: all
    by_level: bool
    overlay: bool
    cells: Mapping[str, tuple[Ruling, tuple[str, ...]] | None]
    routes: Mapping[str, str]
    conditions: Mapping[str, str]


def _row(entry: Mapping[str, Any]) -> _Row:
    cells: dict[str, tuple[Ruling, tuple[str, ...]] | None] = {}
    for mode in codelist("mode"):
        mark, *references = entry[mode]
        cells[mode] = None if mark == "-" else (MARKS[mark], tuple(references))
    return _Row(
        zone=entry["zone"],
        levels=frozenset(entry.get("levels", ())),
        by_level=entry.get("by_level", False),
        overlay=entry.get("overlay", True),
        cells=cells,
        routes=entry["routes"],
        conditions=entry.get("conditions", {}),
    )


@cache
def _rows() -> dict[str, tuple[_Row, ...]]:
    rows: dict[str, tuple[_Row, ...]] = {}
    for entry in load_toml("matrix.toml")["row"]:
        row = _row(entry)
        rows[row.zone] = (*rows.get(row.zone, ()), row)
    return rows


@cache
def _condition(key: str) -> Condition:
    entry = load_toml("matrix.toml")["condition"][key]
    ruling = MARKS[entry["ruling"]] if "ruling" in entry else None
    return Condition(key, Text(entry["zh"], entry["en"]), ruling, entry.get("share"))


def _route(row: _Row, mode: str, level: str | None) -> tuple[str, Mapping[str, Any]]:
    key = row.routes[mode] if mode in row.routes else row.routes["all"]
    entry = load_toml("matrix.toml")["route"][key]
    return key, entry.get(level, entry) if level else entry


def _cell(row: _Row, mode: str, level: str | None) -> Cell | None:
    found = row.cells[mode]
    if found is None:
        return None
    condition = _condition(row.conditions[mode]) if mode in row.conditions else None
    key, route = _route(row, mode, level)
    return Cell(
        ruling=found[0],
        sources=found[1],
        route=Text(route["zh"], route["en"]),
        condition=condition,
        route_key=key,
        steps=tuple(route["steps"]),
    )


@cache
def ruling_for(zone: str, level: str | None, mode: str) -> Cell | None:
    """Return what the matrix says of a mode in a zone; None where nothing is triggered.

    Parameters
    ----------
    zone : str
        Code of `layers/codes/zone.csv`, Z1 to Z14.
    level : str or None
        Code of `layers/codes/level.csv`. None, the grade of a tree or any other text is an unknown
        level: where the answer depends on the level, the strictest one is returned with
        `level_unknown`.
    mode : str
        Code of `layers/codes/mode.csv`, M1 to M7.

    Raises
    ------
    KeyError
        No such zone or mode.
    """
    rows = _rows()[zone]
    listed = codelist("level").get(level or "")
    level = level if listed is not None and listed.extra["of"] == "relic" else None
    if not rows[0].by_level:
        return _cell(rows[0], mode, level)
    if level is not None:
        return next(
            _cell(row, mode, level) for row in rows if not row.levels or level in row.levels
        )
    cell = strictest(_cell(row, mode, None) for row in rows)
    if cell is None:
        return None
    lead = load_toml("matrix.toml")["unknown_level"]
    route = Text(lead["zh"] + cell.route.zh, lead["en"] + cell.route.en)
    return replace(cell, route=route, level_unknown=True)


def approval_route(key: str) -> dict[str, Any]:
    """Return a route of the matrix as findings carry it: its key and its steps."""
    return {"key": key, "steps": tuple(load_toml("matrix.toml")["route"][key]["steps"])}


def strictest(cells: Iterable[Cell | None]) -> Cell | None:
    """Return the cell with the strictest ruling, the first of equals; None of none."""
    order = list(Ruling)
    there = [cell for cell in cells if cell is not None]
    return min(there, key=lambda cell: order.index(cell.ruling), default=None)


@cache
def overlay_zones() -> tuple[str, ...]:
    """Return the zones that are mapped and overlaid; Z12 is a fact about the unit instead."""
    return tuple(zone for zone, rows in _rows().items() if rows[0].overlay)


def matrix_note() -> Text:
    """Return the note that the mapping of modes to legal acts is an interpretation."""
    entry = load_toml("matrix.toml")["note"]
    return Text(entry["zh"], entry["en"])
