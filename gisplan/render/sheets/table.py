"""What a sheet is: a title, columns, rows of plain cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gisplan.model import Dossier, Lang, Text
from gisplan.render.words import missing

MOST_ROWS = 20_000  # of a sheet: what a spreadsheet opens at once; all rows are in findings.gpkg


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and the width of its cells in half-width signs.

    `digits` are the decimals that a number shows; the cell holds all of it.
    """

    title: Text
    width: int = 14
    wrap: bool = False
    choices: tuple[Text, ...] = ()  # what people may fill in
    digits: int | None = None


@dataclass(slots=True)
class Sheet:
    """A table with a heading row.

    `fills` names for each row, by its number, the severity or verdict that colours it (a colour
    as #rrggbb), and the column that shows it. `links` names the column whose cell leads to a place
    on the map, and the end of its address. `heads` are rows that head a part of the sheet.
    `pictures` are PNGs by row, for the last column.
    """

    title: Text
    columns: list[Column]
    rows: list[list[Any]] = field(default_factory=list)
    fills: dict[int, tuple[int, str]] = field(default_factory=dict)
    links: dict[int, tuple[int, str]] = field(default_factory=dict)
    heads: set[int] = field(default_factory=set)
    pictures: dict[int, bytes] = field(default_factory=dict)

    def add(self, *cells: Any) -> int:
        """Add a row; return its number."""
        if len(cells) != len(self.columns):
            raise ValueError(f"{len(cells)} cells for {len(self.columns)} columns")
        self.rows.append(list(cells))
        return len(self.rows) - 1


class Features:
    """Looks up what the plan says of a feature, by layer and label."""

    def __init__(self, dossier: Dossier) -> None:
        self._layers = dossier.plan.layers
        self._columns: dict[str, dict[str, Any]] = {}
        self._place: dict[str, dict[str, int]] = {}

    def get(self, layer: str | None, label: str | None) -> Mapping[str, Any]:
        """Return the standard fields of a feature; empty where it is not known."""
        if not layer or not label or layer not in self._layers:
            return {}
        if layer not in self._columns:
            frame = self._layers[layer].frame
            columns = {
                str(name): frame[name].astype(object).to_numpy()
                for name in frame
                if name != "geometry"
            }
            labels = columns["_label"].tolist()
            self._columns[layer] = columns
            # backwards: of features that share a label the first counts
            backwards = range(len(labels) - 1, -1, -1)
            self._place[layer] = {labels[place]: place for place in backwards}
        place = self._place[layer].get(label)
        if place is None:
            return {}
        return {name: cells[place] for name, cells in self._columns[layer].items()}


def figure(value: Any, unit: str) -> Any:
    """Return a measure or a limit as a cell: a share as per cent, None where it says nothing."""
    if missing(value):
        return None
    return round(float(value) * 100, 6) if unit == "share" else round(float(value), 6)


def cell(row: Mapping[str, Any], name: str) -> Any:
    """Return a field of a feature as a cell: None where it says nothing."""
    value = row.get(name)
    if isinstance(value, list | tuple):
        return "、".join(str(item) for item in value)
    if missing(value):
        return None
    return value if isinstance(value, str | int | float) else str(value)[:10]


def by_lang(lang: Lang, zh: str, en: str) -> str:
    """Return one of two texts."""
    return zh if lang == "zh" else en
