"""report.html: conclusion first, both languages, every finding, hostile text inert."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from gisplan.model import BalanceRow, Text, Transmission
from gisplan.render.report import SHOWN_PER_RULE, report_html
from gisplan.testing.dossier import SCRIPT, small_dossier


@pytest.fixture(scope="module")
def dossier():
    return small_dossier()


@pytest.fixture(scope="module")
def page(dossier):
    return report_html(dossier, "zh")


def test_the_conclusion_comes_before_everything_else(page):
    sections = re.findall(r'<section id="(\w+)">', page)
    assert sections[0] == "conclusion"
    assert "不合格" in page[: page.index('id="conflicts"')]


def test_every_finding_is_on_the_page_in_both_languages(dossier, page):
    from markupsafe import escape

    for finding in dossier.findings.itertuples():
        assert f'id="f-{finding.fingerprint}"' in page
        assert str(escape(finding.message_zh)) in page
        assert str(escape(finding.message_en)) in page


def test_the_balance_shows_what_differs_first_and_who_has_no_value(dossier):
    source = {"key": "k", "title": "某条例", "title_en": "a law", "article": "", "verified": True}
    line = BalanceRow(
        tier="district", area="210102", row=0, kind="A01", indicator="A01", name=SCRIPT, unit="ha",
        nature="binding", requirement="at_most", rollup="sum", year=2030, asked=1234.5,
        reserve=None, done=90.25, difference=-1144.25, below="unit", children=3,
        missing=("210102-GX003",),
        judgement="unchecked", why=Text("缺值", "no value"), sources=(source,),
    )  # fmt: skip
    over = replace(line, area="210103", judgement="differs", missing=(), why=None)
    page = report_html(replace(dossier, balance=(line, over)), "zh")
    part = page[page.index('id="balance"') : page.index('id="units"')]
    assert part.index("210103") < part.index("210102")
    for text in ("不高于 1,234.5", "90.25", "-1,144.25", "210102-GX003", "未检查", "a law"):
        assert text in part
    assert SCRIPT not in part
    assert 'id="balance"' not in report_html(dossier, "zh")


def test_what_is_passed_down_stands_by_pair_of_tiers(dossier):
    source = {"key": "k", "title": SCRIPT, "title_en": "a law", "article": "", "verified": True}
    agreed = Transmission(
        upper="district", lower="unit", kind="boundary", features=3, failed=0, explain=0, above=0,
        aside=0, rules=("BND101",), unchecked=(), judgement="agrees", why=None, sources=(source,),
    )  # fmt: skip
    open_ = replace(
        agreed, kind="timing", rules=(), judgement="unchecked", why=Text("没有日期", "no dates")
    )
    wrong = replace(agreed, kind="mode", failed=1, explain=1, above=2, judgement="differs")
    page = report_html(replace(dossier, transmission=(agreed, open_, wrong)), "zh")
    part = page[page.index('id="transmission"') : page.index('id="units"')]
    first, second, third = part.split("<tr>")[2:]
    assert '<td class="num">3</td><td class="num">3</td><td class="num">0</td>' in first
    assert "o-passed" in first
    assert '<td class="num">3</td><td class="num"></td><td class="num"></td>' in second
    assert "没有日期" in second
    assert '<td class="num">3</td><td class="num">1</td><td class="num">-2</td>' in third
    assert "不一致 1 个；需说明 1 个；另涉及上级要素 2 个；已检查 BND101" in third
    assert SCRIPT not in part
    assert 'id="transmission"' not in report_html(dossier, "zh")


def test_the_page_opens_in_the_language_asked_for(dossier, page):
    assert '<body class="zh">' in page
    assert '<body class="en">' in report_html(dossier, "en")


def test_hostile_text_is_inert(page):
    assert SCRIPT not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_page_asks_nothing_of_the_network(page):
    assert not re.search(r'(src|href)\s*=\s*"(?!#|data:image/png;base64,)', page)
    assert "url(" not in page


def test_a_source_that_was_not_read_says_so(page):
    assert "（条文未核实）" in page
    assert "(article not verified)" in page


def test_every_unit_that_is_not_clear_and_has_a_shape_has_a_picture(dossier, page):
    shaped = set(dossier.plan.layers["unit"].frame["_label"])
    unclear = dossier.verdicts[dossier.verdicts["verdict"] != "clear"]["unit"]
    assert page.count('<svg class="mini"') == len(shaped & set(unclear)) > 0


def test_a_quarantined_feature_is_listed_with_its_reason(page):
    part = page[page.index('id="unchecked"') : page.index('id="data"')]
    assert "210102-GX005" in part
    assert "坐标为无穷大" in part


def test_what_is_left_off_the_page_is_said(dossier):
    import pandas as pd

    one = dossier.findings[dossier.findings["code"] == "HER113"]
    many = pd.concat([one] * (SHOWN_PER_RULE + 1), ignore_index=True)
    page = report_html(replace(dossier, findings=many), "zh")
    assert f'此处列出前</span><span class="en">The first</span> {SHOWN_PER_RULE}' in page


def test_accounts_close_on_the_page(dossier, page):
    for count in dossier.layers:
        assert count.read == count.checked + count.quarantined
    assert "读入" in page


def test_the_same_dossier_gives_the_same_bytes(dossier, page):
    assert report_html(dossier, "zh") == page


def test_a_long_table_of_units_begins_with_what_is_not_clear_and_says_how_many_there_are(
    dossier, monkeypatch
):
    verdicts = dossier.verdicts
    clear = verdicts["verdict"] == "clear"
    assert 1 < (~clear).sum() < len(verdicts)
    monkeypatch.setattr("gisplan.render.report.LISTED_UNITS", int((~clear).sum()))
    page = report_html(dossier, "zh")
    table = page[page.index('id="units"') : page.index('<div class="key">')]
    for unit, is_clear in zip(verdicts["unit"], clear, strict=True):
        assert (unit in table) is not is_clear
    assert f"findings.gpkg has all</span> {len(verdicts)}</p>" in table


def test_a_table_that_is_not_too_long_keeps_its_order(dossier, page):
    table = page[page.index('id="units"') : page.index('<div class="key">')]
    places = [table.index(unit) for unit in dossier.verdicts["unit"]]
    assert places == sorted(places)
