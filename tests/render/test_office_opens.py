"""Word report and workbook opened by another program than the one that wrote them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from gisplan.render.docx import write_docx
from gisplan.render.xlsx import write_xlsx
from gisplan.testing.dossier import small_dossier

OFFICE = shutil.which("soffice")
READER = shutil.which("pdftotext")
pytestmark = pytest.mark.skipif(
    OFFICE is None or READER is None, reason="LibreOffice and poppler-utils are not installed"
)


def opened(path: Path) -> str:
    """Return the text of a document as LibreOffice prints it."""
    home = path.parent / "office"
    subprocess.run(
        [str(OFFICE), f"-env:UserInstallation={home.as_uri()}", "--headless", "--convert-to", "pdf",
         "--outdir", str(path.parent), str(path)],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    pdf = path.with_suffix(".pdf")
    done = subprocess.run([str(READER), str(pdf), "-"], check=True, capture_output=True)
    return "".join(done.stdout.decode("utf-8").split())


def test_the_word_report_is_read_whole(tmp_path: Path) -> None:
    dossier = small_dossier()
    write_docx(dossier, tmp_path / "report.docx", "zh", None)
    text = opened(tmp_path / "report.docx")
    assert "沈阳市和平区更新单元规划（测试）" in text
    assert "机审结果，供人工复核" in text
    for unit in dossier.verdicts["unit"]:
        assert unit in text


def test_the_workbook_is_read_whole(tmp_path: Path) -> None:
    dossier = small_dossier()
    write_xlsx(dossier, tmp_path / "findings.xlsx", "zh", "map.html")
    text = opened(tmp_path / "findings.xlsx")
    for fingerprint in dossier.findings["fingerprint"]:
        assert fingerprint in text
