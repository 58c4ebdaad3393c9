"""findings.xlsx: the tables that a review office files, one sheet each."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import xlsxwriter

from gisplan.model import Dossier, Lang
from gisplan.render.rows import neutral
from gisplan.render.sheets.areas import areas_sheet
from gisplan.render.sheets.conflicts import conflicts_sheet
from gisplan.render.sheets.errors import errors_sheet
from gisplan.render.sheets.indicators import indicators_sheet
from gisplan.render.sheets.layout import layout_sheet
from gisplan.render.sheets.ledger import ledger_sheet
from gisplan.render.sheets.mended import mended_sheet
from gisplan.render.sheets.opinions import experts_sheet, review_sheet
from gisplan.render.sheets.projects import projects_sheet
from gisplan.render.sheets.spots import spots_sheet
from gisplan.render.sheets.summary import TITLE as SUMMARY
from gisplan.render.sheets.summary import summary_sheet
from gisplan.render.sheets.table import MOST_ROWS, Column, Sheet
from gisplan.render.sheets.transmission import transmission_sheet
from gisplan.render.sheets.units import units_sheet
from gisplan.render.sheets.unjudged import unjudged_sheet
from gisplan.render.words import pick

_SHEETS = (
    summary_sheet,
    errors_sheet,
    transmission_sheet,
    indicators_sheet,
    areas_sheet,
    layout_sheet,
    conflicts_sheet,
    spots_sheet,
    units_sheet,
    unjudged_sheet,
    mended_sheet,
    review_sheet,
    experts_sheet,
)
# Equal dossiers give equal bytes; the time of the run is on the first sheet.
_CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - Excel knows no time zones
_LONGEST = 32_767  # signs in a cell, the limit of the format
_LINE = 15.0  # height of one line of text in points
_FRAMED = 2_000  # rows; in longer sheets, which nobody prints, empty cells have no frame
_A4, _A3 = 9, 8  # papers, as the format numbers them
_ON_A4, _ON_A3 = 240, 400  # half-width signs across that can still be read
_NAMING = 1  # the last of the columns that every page across repeats
_HEAD_COLOUR = "#1f4e79"
_PICTURED = 5  # lines of a row with a picture
_PART_COLOUR = "#d9e2ec"
_LINK_COLOUR = "#1d4e89"


def write_xlsx(dossier: Dossier, path: Path, lang: Lang, map_file: str | None = None) -> None:
    """Write the workbook with the sheets of _SHEETS: 汇总, 错误明细 and so on.

    `map_file` is where the map lies, seen from the workbook: features then lead to it.

    Where projects have verdicts there is a sheet 项目结论.

    Header rows are frozen and can be filtered, severities and verdicts are coloured. Texts are
    written as texts: what looks like a formula never runs, and has a ' in front.
    """
    makers = list(_SHEETS)
    if dossier.project_verdicts is not None:
        makers.insert(makers.index(units_sheet) + 1, projects_sheet)
    if any(reply.said for reply in dossier.ledger.values()):
        makers.append(ledger_sheet)
    sheets = (make(dossier, lang) for make in makers)
    write_sheets(sheets, dossier.plan.config.name, path, lang, map_file)


def write_sheets(
    sheets: Iterable[Sheet],
    title: str,
    path: Path,
    lang: Lang,
    map_file: str | None = None,
    rest: str = "findings.gpkg",
) -> None:
    """Write a workbook of sheets; equal sheets give equal bytes.

    `rest` is the file that has the rows which a sheet has no room for.
    """
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": True,
    }
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, options)
    book.set_properties({"title": neutral(title), "created": _CREATED})
    formats = _Formats(book, lang)
    for sheet in sheets:
        _draw(book, sheet, formats, lang, map_file, rest)
    book.close()
    path.write_bytes(content.getvalue())


class _Formats:
    """The cell formats, each made once."""

    def __init__(self, book: Any, lang: Lang) -> None:
        self._book = book
        self._base = {
            "font_name": "宋体" if lang == "zh" else "Calibri",
            "font_size": 10,
            "valign": "top",
            "border": 1,
            "border_color": "#bfbfbf",
        }
        self._made: dict[tuple[Any, ...], Any] = {}
        self.head = self.get(bold=True, font_color="#ffffff", bg_color=_HEAD_COLOUR, text_wrap=True)
        self.part = self.get(bold=True, bg_color=_PART_COLOUR, text_wrap=True)

    def get(self, **more: Any) -> Any:
        key = tuple(sorted(more.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({**self._base, **more})
        return self._made[key]


def _draw(
    book: Any, sheet: Sheet, formats: _Formats, lang: Lang, map_file: str | None, rest: str
) -> None:
    page = book.add_worksheet(pick(sheet.title, lang))
    page.set_landscape()
    width = sum(column.width for column in sheet.columns)
    page.set_paper(_A4 if width <= _ON_A4 else _A3)
    across = 1 if width <= _ON_A3 else 2
    page.fit_to_pages(across, 0)
    page.repeat_rows(0)
    if across > 1:
        page.repeat_columns(0, _NAMING)
    page.freeze_panes(1, 0)
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.width)
        if pick(column.title, lang):
            page.write_string(0, number, pick(column.title, lang), formats.head)
    page.set_row(0, 2 * _LINE)
    rows = sheet.rows[:MOST_ROWS]
    if len(rows) < len(sheet.rows):
        note = {"zh": f"其余各行见 {rest}", "en": f"the rest is in {rest}"}[lang]
        rows[-1] = [note] + [None] * (len(sheet.columns) - 1)
    page.set_default_row(_LINE)
    looks = [_look(column) for column in sheet.columns]
    plain = [formats.get(**look) for look in looks]
    framed = len(rows) <= _FRAMED
    for place, cells in enumerate(rows):
        for number, value in enumerate(cells):
            if framed or (value is not None and value != ""):
                _write(page, place + 1, number, value, plain[number])
        if place in sheet.heads:
            for number, value in enumerate(cells):
                if value is not None:
                    _write(page, place + 1, number, value, formats.part)
        if place in sheet.fills:
            number, colour = sheet.fills[place]
            filled = formats.get(**looks[number], bg_color=colour)
            _write(page, place + 1, number, cells[number], filled)
        if map_file is not None and place in sheet.links:
            number, end = sheet.links[place]
            look = formats.get(**looks[number], font_color=_LINK_COLOUR, underline=1)
            address = f"external:{map_file}#{_address(end)}"
            text = neutral(str(cells[number]))[:_LONGEST]
            page.write_url(place + 1, number, address, look, text)
        lines = min(_lines(sheet, cells), 12)
        if place in sheet.pictures:
            look = {"image_data": io.BytesIO(sheet.pictures[place]), "object_position": 1,
                    "x_offset": 3, "y_offset": 3, "decorative": True}  # fmt: skip
            page.insert_image(place + 1, len(cells) - 1, f"{place}.png", look)
            lines = max(lines, _PICTURED)
        if lines > 1:
            page.set_row(place + 1, _LINE * lines)
    for number, column in enumerate(sheet.columns):
        if column.choices and rows:
            source = [pick(choice, lang) for choice in column.choices]
            rule = {"validate": "list", "source": source, "error_type": "warning"}
            page.data_validation(1, number, len(rows), number, rule)
    if rows and sheet.title != SUMMARY:
        page.autofilter(0, 0, len(rows), len(sheet.columns) - 1)


def _look(column: Column) -> dict[str, Any]:
    look: dict[str, Any] = {"text_wrap": True} if column.wrap else {}
    if column.digits is not None:
        look["num_format"] = "#,##0" + ("." + "0" * column.digits if column.digits else "")
    return look


def _address(end: str) -> str:
    """Return the end of an address with what is no plain sign written as %XX."""
    name, _, value = end.partition("=")
    return f"{name}={quote(value, safe='')}"


def _write(page: Any, row: int, column: int, value: Any, look: Any) -> None:
    if value is None or value == "":
        page.write_blank(row, column, None, look)
    elif isinstance(value, bool) or not isinstance(value, int | float):
        page.write_string(row, column, neutral(str(value))[:_LONGEST], look)
    elif math.isfinite(value):
        page.write_number(row, column, value, look)
    else:
        page.write_blank(row, column, None, look)


def _lines(sheet: Sheet, cells: list[Any]) -> int:
    """Return how many lines the tallest wrapped cell of a row takes; a Chinese sign is two wide."""
    tallest = 1
    for column, value in zip(sheet.columns, cells, strict=True):
        if column.wrap and isinstance(value, str):
            parts = value.split("\n")
            lines = sum(-(-max(_cells(part), 1) // column.width) for part in parts)
            tallest = max(tallest, lines)
    return tallest


def _cells(text: str) -> int:
    # As GBK, a Chinese sign is two bytes: near enough for the height of a row, and quick.
    return len(text) if text.isascii() else len(text.encode("gbk", "replace"))
