"""Findings as CSV: one row each, for spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from gisplan.model import Dossier, Lang
from gisplan.render.rows import HEADERS, finding_cells, neutral
from gisplan.render.words import pick


def format_csv(dossier: Dossier, lang: Lang) -> str:
    """Return findings as CSV text with a header row; no cell can run as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([pick(title, lang) for title in HEADERS.values()])
    for row in dossier.findings.to_dict("records"):
        cells = finding_cells(dossier, row, lang)
        writer.writerow([neutral(cells[name]) for name in HEADERS])
    return out.getvalue()


def write_csv(dossier: Dossier, path: Path, lang: Lang) -> None:
    """Write findings as CSV in UTF-8 with BOM, which Excel needs to read Chinese."""
    path.write_bytes(format_csv(dossier, lang).encode("utf-8-sig"))
