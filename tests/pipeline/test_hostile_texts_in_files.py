"""No text of a plan runs in a spreadsheet, breaks a line of a format, or moves a terminal."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import zipfile

import openpyxl
import pytest
from hostile_plan import hostile_result

from gisplan.render import csv as findings_csv
from gisplan.render import github, text
from gisplan.render.rules import format_catalogue

FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://127.0.0.1/x","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u3000=1+1",
    "\uff1d1+1",
    "\x00=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
)
CONTROLS = (
    "\x1b[2J\x1b[31m",
    "\x1b]0;title\x07",
    "\x9b2J",
    "\u202egnp.exe\u202c",
    "\u2066x\u2069",
    "a\rb",
    "a\nb\n::error::x",
    "a\x08\x08b",
    "\x07",
    "\x7f",
    "\u2028x",
    "\x85x",
)
# What no line that is printed may hold: control characters, and marks that turn its direction.
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def hostile(sample_home):
    return hostile_result(sample_home, FORMULAS + CONTROLS, before=True)


def runs(value):
    unseen = "\x00\ufeff\u200b \u3000\t\r\n"
    return value.lstrip(unseen)[:1] in tuple("=+-@\uff1d\uff0b\uff0d\uff20")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_cell_of_the_workbook_runs(hostile, tmp_path, lang):
    files = hostile.save(tmp_path / "out", lang)
    book = openpyxl.load_workbook(files["findings.xlsx"])
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert [value for value in texts if runs(value)] == []
    assert sum("1+1" in value for value in texts) > 10  # they are there, as texts
    assert sum(isinstance(cell.value, (int, float)) for cell in cells) > 20  # numbers are numbers
    with zipfile.ZipFile(files["findings.xlsx"]) as archive:
        for name in archive.namelist():
            raw = archive.read(name)
            assert b"<f>" not in raw
            assert b"<f " not in raw
            assert b"externalLink" not in raw
            assert b"ddeLink" not in raw


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_cell_of_the_list_runs(hostile, lang):
    rows = list(csv.reader(io.StringIO(findings_csv.format_csv(hostile.dossier, lang))))
    texts = [value for row in rows for value in row]
    assert [v for v in texts if runs(v) and not re.fullmatch(r"-?[\d.]+(e-?\d+)?", v)] == []
    assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_printed_moves_no_terminal(hostile, lang):
    for lines in (
        text.format_text(hostile.dossier, lang),
        text.format_summary(hostile.dossier, lang),
        github.format_github(hostile.dossier, lang),
    ):
        assert FORBIDDEN.findall(lines) == []
    annotations = github.format_github(hostile.dossier, lang).splitlines()
    assert len(annotations) == len(hostile.findings)
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in annotations)


def test_the_database_is_whole_with_any_text(hostile, tmp_path):
    files = hostile.save(tmp_path / "out", "zh")
    with sqlite3.connect(files["findings.gpkg"]) as file:
        assert file.execute("pragma integrity_check").fetchone() == ("ok",)
        (count,) = file.execute("select count(*) from findings").fetchone()
    file.close()
    assert count == len(hostile.findings)


def test_the_catalogue_is_plain():
    from gisplan.catalogue.registry import registry

    assert FORBIDDEN.findall(format_catalogue(list(registry().values()), "zh")) == []
