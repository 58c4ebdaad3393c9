"""report.docx and report.pdf: one content, the same numbers, inert text, equal bytes."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import geopandas as gpd
import pytest

from gisplan.errors import OutputError
from gisplan.pipeline import Result, open_plan, review
from gisplan.render.content import make_content
from gisplan.render.paper import PAGES, Break, Heading, Picture, Table, paper
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


def test_word_and_pdf_share_their_pictures(dossier, tmp_path, monkeypatch):
    from gisplan.render import paper as module

    png, drawn = module.still(dossier, "zh", dpi=30), []

    def counted(*_, **given):
        drawn.append(given)
        return png

    monkeypatch.setattr(module, "still", counted)
    blocks = paper(dossier, "zh")
    once = len(drawn)
    assert once == sum(isinstance(block, Picture) for block in blocks) > 0
    Result(dossier).save(tmp_path / "out", docx=True, pdf=True)
    assert len(drawn) == 2 * once


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
    assert [head[0] for head in heads] == list("一二三四五六七八九")
    assert heads[-2:] == ["八、审查意见表", "九、专家意见表"]
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


def test_the_cover_says_whose_plan_it_is_and_who_signs_and_nothing_else_does(dossier):
    blocks = paper(dossier, "zh")
    cover = blocks[: next(n for n, block in enumerate(blocks) if isinstance(block, Break))]
    facts, signatures = (block for block in cover if isinstance(block, Table))
    said = dict(facts.rows)
    assert said["项目名称"] == dossier.plan.config.name
    assert (said["送审单位"].strip(), said["审查单位"].strip()) == ("", "")
    assert said["审查时间"] == dossier.run.started[:16].replace("T", " ")
    assert said["规则版本"] == dossier.run.rule_set
    assert len(said["数据版本"]) == 12
    assert signatures.head == ("审查人", "复核人", "日期")
    assert [block for block in blocks if isinstance(block, Table)].count(signatures) == 1


def test_offices_and_version_that_the_plan_file_states_stand_on_the_cover(dossier):
    config = replace(
        dossier.plan.config, version="送审稿", submitted_by="规划院", reviewed_by="自然资源局"
    )
    stated = replace(dossier, plan=replace(dossier.plan, config=config))
    said = dict(next(block for block in paper(stated, "zh") if isinstance(block, Table)).rows)
    assert (said["送审单位"], said["审查单位"]) == ("规划院", "自然资源局")
    assert re.fullmatch("送审稿 \\([0-9a-f]{12}\\)", said["数据版本"])


def test_the_form_that_goes_back_lists_the_weightiest_of_many_and_says_how_many_more(dossier):
    unit = dossier.verdicts.index[dossier.verdicts["verdict"] != "clear"][0]
    for count, shown in ((12, 12), (13, 13)):
        first = dossier.findings.iloc[0]
        rows = [
            {**first, "fingerprint": f"{n:02d}", "message_zh": f"第 {n} 条"} for n in range(count)
        ]
        findings = gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4490")
        verdicts = dossier.verdicts.copy()
        verdicts.at[unit, "reasons"] = [f"{n:02d}" for n in reversed(range(count))]
        verdicts.at[unit, "unknown_zh"] = []
        blocks = paper(replace(dossier, findings=findings, verdicts=verdicts), "zh")
        form = next(b for b in blocks if isinstance(b, Table) and b.head[0] == "审查事项")
        whose = verdicts.at[unit, "unit"]
        lines = next(row[2] for row in form.rows if row[0].startswith(whose)).split("\n")
        assert len(lines) == shown
        assert lines[0].endswith("第 0 条")
        assert lines[11].endswith("第 11 条")
        assert (lines[-1] == "……另有 1 条") == (count > 12)


def test_a_long_word_folds_and_is_itself_when_copied():
    from gisplan.render.pdf import _pieces

    word = "210102-GX001-P0000000001"
    pieces = _pieces(f"单元 {word} 与 {word}")
    assert len(pieces) > 2
    assert "".join(pieces) == f"单元 {word} 与 {word}"
    assert max(len(part) for piece in pieces for part in piece.split()) <= 12
    assert _pieces("短") == ["短"]


@pytest.fixture
def no_font(monkeypatch):
    from gisplan.render import pdf, still_sheet

    monkeypatch.setattr(pdf, "FONTS", ("No Such Font",))
    monkeypatch.setattr(still_sheet, "FONTS", ("No Such Font",))
    still_sheet.chinese_font.cache_clear()
    yield
    still_sheet.chinese_font.cache_clear()


@pytest.mark.usefixtures("no_font")
def test_a_machine_without_a_chinese_font_says_so_before_the_pdf_and_in_the_word_report(
    dossier, tmp_path
):
    from gisplan.render import pdf, still_sheet
    from gisplan.render.docx import write_docx

    with pytest.raises(OutputError, match="no font with Chinese characters"):
        pdf.check_pdf()
    write_docx(dossier, tmp_path / "report.docx", "zh")
    document = docx.Document(tmp_path / "report.docx")
    assert not document.inline_shapes
    assert still_sheet.NO_FONT[0] in {paragraph.text for paragraph in document.paragraphs}
    assert 'w:eastAsia="宋体"' in document.element.xml  # whoever opens it may have the font
