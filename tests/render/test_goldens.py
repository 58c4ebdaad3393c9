"""What each renderer makes of the small dossier, as text, held against what was looked at.

A change of words or of layout shows here as a difference that can be read. Goldens are written
with GISPLAN_WRITE_GOLDENS=1; read the difference before they are committed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from gisplan.errors import OutputError
from gisplan.model import Dossier, Lang
from gisplan.render.csv import format_csv
from gisplan.render.geojson import to_geojson
from gisplan.render.github import format_github
from gisplan.render.json import to_json
from gisplan.render.junit import format_junit
from gisplan.render.paper import Break, Heading, Para, Picture, paper
from gisplan.render.report import write_report
from gisplan.render.sarif import format_sarif
from gisplan.render.still_sheet import chinese_font
from gisplan.render.text import format_text
from gisplan.render.xlsx import write_xlsx
from gisplan.testing.dossier import small_dossier

docx = pytest.importorskip("docx")
GOLDENS = Path(__file__).parent / "goldens"


def _workbook(dossier: Dossier, lang: Lang, folder: Path) -> Iterator[str]:
    write_xlsx(dossier, folder / "findings.xlsx", lang, "map.html")
    for sheet in openpyxl.load_workbook(folder / "findings.xlsx"):
        yield f"== {sheet.title}"
        for row in sheet.iter_rows(values_only=True):
            yield " | ".join("" if cell is None else str(cell) for cell in row).rstrip(" |")


def _word(dossier: Dossier, lang: Lang, folder: Path) -> Iterator[str]:
    from gisplan.render.docx import write_docx

    write_docx(dossier, folder / "report.docx", lang)
    for part in docx.Document(str(folder / "report.docx")).iter_inner_content():
        if isinstance(part, docx.table.Table):
            yield from (" | ".join(cell.text for cell in row.cells) for row in part.rows)
        else:
            yield f"[{part.style.name}] {part.text}"


def _blocks(dossier: Dossier, lang: Lang, _folder: Path) -> Iterator[str]:
    """Yield what Word and PDF are made from."""
    for block in paper(dossier, lang):
        if isinstance(block, Heading):
            yield f"{'#' * (block.level + 1)} {block.text}"
        elif isinstance(block, Para):
            yield f"({block.kind}) {block.text}"
        elif isinstance(block, Break):
            yield f"--- {'landscape' if block.landscape else 'upright'}"
        elif isinstance(block, Picture):
            yield f"[{block.caption}]"
        else:
            yield from (" | ".join(row) for row in (block.head, *block.rows))


class _Visible(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._hidden:
            self.lines.append(" ".join(data.split()))


def _report(dossier: Dossier, lang: Lang, folder: Path) -> list[str]:
    write_report(dossier, folder / "report.html", lang)
    page = _Visible()
    page.feed((folder / "report.html").read_text("utf-8"))
    return page.lines


Renderer = Callable[[Dossier, Lang, Path], str]


def _lines(make: Callable[[Dossier, Lang, Path], Iterator[str] | list[str]]) -> Renderer:
    return lambda dossier, lang, folder: "\n".join(make(dossier, lang, folder)) + "\n"


RENDERERS: dict[str, Renderer] = {
    "check.txt": lambda dossier, lang, _: format_text(dossier, lang),
    "check.csv": lambda dossier, lang, _: format_csv(dossier, lang),
    "check.github": lambda dossier, lang, _: format_github(dossier, lang),
    "check.junit": lambda dossier, lang, _: format_junit(dossier, lang),
    "check.sarif": lambda dossier, lang, _: format_sarif(dossier, lang),
    "findings.json": lambda dossier, _lang, _: to_json(dossier),
    "findings.geojson": lambda dossier, _lang, _: to_geojson(dossier),
    "findings.xlsx": _lines(_workbook),
    "paper": _lines(_blocks),
    "report.docx": _lines(_word),
    "report.html": _lines(_report),
}


IN_BOTH = {"findings.json", "findings.geojson"}  # languages at once
PICTURED = {"paper", "report.docx", "report.html"}  # their pictures need a font
CASES = [(name, lang) for name in RENDERERS for lang in ("zh", "en")[: 2 - (name in IN_BOTH)]]


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_renderer_makes_what_was_looked_at(name: str, lang: Lang, tmp_path: Path) -> None:
    if name in PICTURED:
        try:
            chinese_font()
        except OutputError:
            pytest.skip("no font with Chinese characters")
    made = RENDERERS[name](small_dossier(), lang, tmp_path)
    made = made.replace("\r\n", "\n").encode("utf-8", "backslashreplace").decode("utf-8")
    golden = GOLDENS / f"{name}.{lang}.txt"
    if os.environ.get("GISPLAN_WRITE_GOLDENS"):
        golden.write_text(made, encoding="utf-8", newline="\n")
    assert made.splitlines() == golden.read_text("utf-8").splitlines()
