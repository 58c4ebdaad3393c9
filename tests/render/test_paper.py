"""report.docx and report.pdf: one content, the same numbers, inert text, equal bytes."""

from __future__ import annotations

import io
import re

import pytest

from gisplan.errors import OutputError
from gisplan.pipeline import open_plan, review
from gisplan.render.content import make_content
from gisplan.render.paper import PAGES, Heading, Table, paper
from gisplan.testing.dossier import SCRIPT, small_dossier

docx = pytest.importorskip("docx")
pytest.importorskip("typst")


@pytest.fixture(scope="module")
def dossier():
    return small_dossier()


@pytest.fixture(scope="module")
def word(dossier, tmp_path_factory):
    from gisplan.render.docx import write_docx

    path = tmp_path_factory.mktemp("docx") / "report.docx"
    write_docx(dossier, path, "zh")
    return path


def test_every_finding_and_the_counts_are_on_paper(dossier):
    content = make_content(dossier)
    blocks = paper(dossier, "zh")
    cells = {cell for b in blocks if isinstance(b, Table) for row in b.rows for cell in row}
    for finding in dossier.findings.itertuples():
        assert finding.message_zh in cells
    for _, name, count, meaning in content.verdict_counts:
        assert any(
            (name.zh, str(count), meaning.zh) in b.rows for b in blocks if isinstance(b, Table)
        )


def test_the_word_report_says_what_the_paper_says(dossier, word):
    document = docx.Document(word)
    tables = [b for b in paper(dossier, "zh") if isinstance(b, Table)]
    assert len(document.tables) == len(tables)
    shown = [[c.text for c in row.cells] for row in document.tables[0].rows]
    assert shown[1:] == [list(row) for row in tables[0].rows]
    assert SCRIPT in {c.text for t in document.tables for r in t.rows for c in r.cells}
    assert 'w:eastAsia="宋体"' in document.element.xml
    assert "w:tblHeader" in document.tables[0]._tbl.xml


def test_equal_dossiers_give_equal_word_reports(dossier, word, tmp_path):
    from gisplan.render.docx import write_docx

    again = tmp_path / "again.docx"
    write_docx(dossier, again, "zh")
    assert again.read_bytes() == word.read_bytes()


def _template(path, *lines):
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(path)
    return path


def test_the_report_goes_where_the_template_says(dossier, tmp_path):
    from gisplan.render.docx import write_docx

    form = _template(tmp_path / "form.docx", "某某审查中心", "{{gisplan}}", "盖章")
    write_docx(dossier, tmp_path / "out.docx", "zh", form)
    lines = [p.text for p in docx.Document(tmp_path / "out.docx").paragraphs if p.text]
    assert lines[0] == "某某审查中心"
    assert lines[-1] == "盖章"
    assert "{{gisplan}}" not in lines
    assert "一、结论" in lines


@pytest.mark.parametrize("lines", [["no mark"], ["{{gisplan}}", "{{gisplan}}"]])
def test_a_template_without_its_one_mark_is_refused(tmp_path, lines):
    from gisplan.render.docx import check_template

    with pytest.raises(OutputError, match=r"needs one paragraph \{\{gisplan\}\}"):
        check_template(_template(tmp_path / "form.docx", *lines))


def test_a_template_that_is_no_word_file_is_refused(tmp_path):
    from gisplan.render.docx import check_template

    (tmp_path / "form.docx").write_text("not a zip")
    with pytest.raises(OutputError, match="template that can be read"):
        check_template(tmp_path / "form.docx")


def test_the_pdf_is_the_same_twice_and_carries_no_date(dossier, tmp_path):
    from gisplan.render.pdf import check_pdf, write_pdf

    try:
        check_pdf()
    except OutputError:
        pytest.skip("no font with Chinese characters")
    write_pdf(dossier, tmp_path / "a.pdf", "zh")
    write_pdf(dossier, tmp_path / "b.pdf", "zh")
    content = (tmp_path / "a.pdf").read_bytes()
    assert content == (tmp_path / "b.pdf").read_bytes()
    assert not re.search(rb"/CreationDate", content)
    assert io.BytesIO(content).read(5) == b"%PDF-"


def test_a_sign_that_no_font_has_is_spelt_out_and_said():
    """A private sign is in no font of Chinese; 㙟 is rare and is."""
    import json

    import typst

    from gisplan.render.pdf import _spelt, check_pdf

    try:
        check_pdf()
    except OutputError:
        pytest.skip("no font with Chinese characters")
    lost = "\U000f1234"
    data = {"title": "甲㙟", "parts": [{"blocks": [{"kind": "body", "text": f"乙{lost}㙟"}]}]}
    said = json.loads(_spelt(data, typst, "zh"))
    note, body = said["parts"][0]["blocks"]
    assert body["text"] == "乙〔U+F1234〕㙟"
    assert note["text"].endswith("〔U+F1234〕")
    assert said["title"] == "甲㙟"
    plain = {"title": "甲", "parts": [{"blocks": []}]}
    assert json.loads(_spelt(plain, typst, "zh")) == plain


def test_forms_to_fill_in_stand_at_the_end_and_at_each_unit(sample_home):
    dossier = review(open_plan(sample_home)).dossier
    blocks = paper(dossier, "zh")
    heads = [block.text for block in blocks if isinstance(block, Heading) and block.level == 1]
    assert heads[-3:] == ["八、审查意见表", "九、专家意见表", "十、签字"]
    assert {"指标平衡", "项目结论"} <= {b.text for b in blocks if isinstance(b, Heading)}
    tables = [block for block in blocks if isinstance(block, Table)]
    opinions = next(t for t in tables if t.head[0] == "审查事项")
    unclear = dossier.verdicts[dossier.verdicts["verdict"] != "clear"]
    assert [row[0].split()[0] for row in opinions.rows] == list(unclear["unit"])
    replies = [t for t in tables if t.head[0] == "编制单位回复"]
    assert len(replies) == min(len(unclear), PAGES)
    balance = next(t for t in tables if t.head[:2] == ("层级", "区域"))
    assert len(balance.rows) == len(dossier.balance)
    projects = next(t for t in tables if "所属单元" in t.head)
    assert len(projects.rows) == len(dossier.project_verdicts)
