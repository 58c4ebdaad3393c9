"""What the rules on indicators share: how a row is called, what it weighs, why it is not judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gisplan.catalogue.indicators import by_row, reason
from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.units import known_unit
from gisplan.model import Severity, Text
from gisplan.rules.notes import blank_cells

TABLE = "indicator"
WORDS = {
    "at_most": Text("不高于", "at most"),
    "at_least": Text("不低于", "at least"),
    "equal": Text("等于", "exactly"),
}
ONE_TIER = Text(
    "指标表中没有上下两级的指标行，无法比对",
    "the indicator table has no rows of two tiers to hold against each other",
)
_LIGHT = {"anticipatory", "advisory"}


def text(value: object) -> str:
    """Return a cell as text, "" where it says nothing."""
    return value if isinstance(value, str) else ""


def severity_of(nature: object) -> Severity | None:
    """Return a warning for what is anticipatory (预期性) or advisory (建议性).

    None, the rule's own severity, where it is binding (约束性) or its nature is not stated.
    """
    return Severity.WARNING if text(nature) in _LIGHT else None


def called(row: Mapping[str, Any]) -> str:
    """Return what an indicator row is called: its name, else its code."""
    return text(row["name"]) or text(row["indicator"])


def unit_name(unit: object) -> str:
    """Return a unit to put behind a number, "" for none."""
    return f" {text(unit)}" if text(unit) else ""


def aside(row: Mapping[str, Any], why: Text | None = None) -> dict[str, Any]:
    """Return what a rule says of a row of `rollup` that it cannot judge."""
    why = why or reason(row)
    name = called(row)
    return {
        "layer": row["parent_layer"],
        "fid": row["parent_fid"],
        "why_zh": f"指标“{name}”{why.zh}",
        "why_en": f"indicator {name}: {why.en}",
    }


def kinds(rows: pd.DataFrame, area: tuple[str, str] = ("parent_layer", "parent_code")) -> list[str]:
    """Return what tells the findings of an area apart: the indicator, and the year if several.

    rows : with indicator, year and the columns of `area`
    """
    if not len(rows):
        return []
    several = rows.groupby([*area, "indicator"], dropna=False)["year"].transform("size") > 1
    return [
        f"{indicator}@{year:.0f}" if many and pd.notna(year) else text(indicator)
        for indicator, year, many in zip(rows["indicator"], rows["year"], several, strict=True)
    ]


def end(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return layer, fid and feature of the area of a row; an area off the map by its code."""
    fid = row["parent_fid"]
    return {
        "layer": row["parent_layer"],
        "fid": fid,
        "feature": row["parent_code"] if fid < 0 else "",
    }


def unread(tables: Tables, *columns: str) -> set[int]:
    """Return the rows of the indicator table in which one of some cells could not be read."""
    notes = tables.notes_of("value_unreadable", "text_undecodable")
    if not any(note.layer == TABLE and note.column in columns for note in notes):
        return set()  # to look up where the notes belong takes its time
    return set().union(*(blank_cells(tables, TABLE, column) for column in columns))


def cells(tables: Tables) -> dict[int, dict[str, Any]]:
    """Return the rows of the indicator table by fid, each with its `kind`; see `kinds`."""
    table = tables.attributes[TABLE]
    return by_row(table.assign(kind=kinds(table, ("tier", "code"))))


def pairs(tables: Tables) -> list[dict[str, Any]]:
    """Return the rows of `handed` in which the child has a row of its own."""
    handed = tables["handed"]
    return list(by_row(handed[handed["child_row"] >= 0]).values())


def label(tables: Tables, layer: str, fid: int, code: str) -> str:
    """Return what an area is called: the label of its feature, its code where it has none."""
    if fid < 0 or layer not in tables.attributes:
        return code
    return str(tables.attributes[layer]["_label"].loc[fid])


def tolerance(unit: object, points: float, rounding: float) -> float:
    """Return by how much two stated values may differ, in their unit.

    points : for shares, in percentage points
    rounding : for everything else, in the unit itself
    """
    known = known_unit(text(unit))
    if known is not None and known.kind == "ratio":
        return points * 0.01 / known.size
    return rounding


def misses(value: float, requirement: object, bound: float) -> float | None:
    """Return by how much a value misses a bound, negative where it keeps it; None for no bound."""
    if requirement == "at_most":
        return value - bound
    if requirement == "at_least":
        return bound - value
    return abs(value - bound) if requirement == "equal" else None


def area_fid(tables: Tables, layer: str, code: str) -> int:
    """Return the feature that an area of the table is, -1 where the map has none or several."""
    if layer not in tables.attributes or not code:
        return -1
    codes = tables.attributes[layer]["code"]
    same = codes.index[codes == code]
    return int(same[0]) if len(same) == 1 else -1
