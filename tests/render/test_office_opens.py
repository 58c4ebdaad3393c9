"""Word report and workbook opened by another program than the one that wrote them."""

from __future__ import annotations

import re
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


def test_nothing_of_the_pdf_runs_out_of_its_cell_and_what_is_copied_is_clean(
    tmp_path: Path,
) -> None:
    pytest.importorskip("typst")
    from gisplan.errors import OutputError
    from gisplan.render.pdf import check_pdf, write_pdf

    try:
        check_pdf()
    except OutputError:
        pytest.skip("no font with Chinese characters")
    dossier = small_dossier()
    write_pdf(dossier, tmp_path / "report.pdf", "zh")
    done = subprocess.run(
        [str(READER), "-bbox", str(tmp_path / "report.pdf"), "-"], check=True, capture_output=True
    )
    pages = done.stdout.decode("utf-8").split("<page width=")[1:]
    margin = 20 * 72 / 25.4
    blank = 8  # of a full-width mark at the end of a line
    for page in pages:
        width = float(page[1:].split('"')[0])
        ends = [float(end) for end in re.findall(r'xMax="([0-9.]+)"', page)]
        assert max(ends) <= width - margin + blank
    words = re.findall(r">(.*)</word>", "".join(pages))
    assert not [word for word in words if any(sign in word for sign in "\u200b\u00ad\ufeff")]
    for record in dossier.run.inputs:
        assert record.sha256 in "".join(words)
