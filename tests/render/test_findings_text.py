"""The result on a terminal, and the words that all results share."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from gisplan.model import Accounts, LeftOut, Outcome, Ruling, Severity, Text, Verdict
from gisplan.render import palette, words
from gisplan.render.text import conclusion, format_text
from gisplan.testing.dossier import small_dossier


@pytest.fixture(scope="module")
def dossier():
    return small_dossier()


def test_the_conclusion_comes_first(dossier):
    lines = format_text(dossier, "zh").splitlines()
    assert lines[1].startswith("结论：错误 3 个，警告 2 个，提示 2 个，例外 1 个")
    assert "不通过 2 个" in lines[1]
    assert conclusion(dossier, "en").startswith("3 error, 2 warning, 2 info, 1 waived")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_finding_is_there_with_its_fingerprint(dossier, lang):
    text = format_text(dossier, lang)
    for row in dossier.findings.to_dict("records"):
        assert row["fingerprint"] in text
        assert row[f"message_{lang}"] in text


def test_errors_stand_before_warnings_and_notices(dossier):
    text = format_text(dossier, "en")
    assert text.index("\nerror (4)") < text.index("\nwarning (2)") < text.index("\ninfo (2)")


def test_what_was_not_checked_is_named(dossier):
    text = format_text(dossier, "zh")
    assert "TIM101 未检查: 缺少图层“规划名录”" in text
    assert "IND104 检查出错" in text
    assert "尚未使用" in text


@pytest.mark.parametrize(("n", "shown", "more"), [(20, 20, False), (21, 20, True)])
def test_files_that_were_not_read_are_named(dossier, n, shown, more):
    rows = tuple(LeftOut("", f"f{i:02}.csv", False, Text("认不出", "unknown")) for i in range(n))
    text = format_text(replace(dossier, accounts=Accounts(left_out=rows)), "zh")
    assert f"没有读入的文件 {n} 个" in text
    assert text.count(": 认不出") == shown
    assert ("其余 1 个见报告" in text) is more
    assert "没有读入的文件" not in format_text(dossier, "zh")


def test_what_was_left_out_as_noise_is_summed(dossier):
    assert "BND101 滤除碎片: 12 处，共 3.4 ㎡" in format_text(dossier, "zh")
    assert "left out as noise: 12 pieces, 3.4 m2 together" in format_text(dossier, "en")


def test_chinese_text_can_be_printed_on_a_gbk_console(dossier):
    text = format_text(dossier, "zh")
    assert text.encode("gbk").decode("gbk") == text
    assert "10,000 ㎡" in text
    assert "10,000 m2" in format_text(dossier, "en")


def test_columns_line_up_in_chinese(dossier):
    lines = format_text(dossier, "zh").splitlines()
    start = next(n for n, line in enumerate(lines) if line.lstrip().startswith("图层"))
    table = lines[start : start + 1 + len(dossier.layers)]
    assert len({len(line.encode("gbk")) for line in table}) == 1


def test_a_name_cannot_steer_the_terminal(dossier):
    findings = dossier.findings.copy()
    findings.loc[0, "message_zh"] = "a\x1b[2Jb\nc\u202ed"
    text = format_text(replace(dossier, findings=findings), "zh")
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "a [2Jb c d" in text


def test_very_many_findings_are_counted_not_printed(dossier):
    many = pd.concat([dossier.findings] * 60, ignore_index=True)
    text = format_text(replace(dossier, findings=many), "zh")
    assert "错误 (240)" in text
    assert "其余 40 个见结果文件" in text


def test_nothing_found_is_said(dossier):
    empty = replace(dossier, findings=dossier.findings.iloc[:0], notices=())
    assert "错误 0 个" in format_text(empty, "zh")


# --- words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        (words.SEVERITY, Severity),
        (words.VERDICT, Verdict),
        (words.VERDICT_MEANING, Verdict),
        (words.RULING, Ruling),
        (words.OUTCOME, Outcome),
        (palette.VERDICT_COLOUR, Verdict),
        (palette.SEVERITY_COLOUR, Severity),
        (palette.VERDICT_FILL, Verdict),
        (palette.SEVERITY_FILL, Severity),
    ],
)
def test_every_value_has_its_word_and_colour(table, keys):
    assert set(table) == set(keys)
    assert len(set(table.values())) == len(table)


def test_all_words_can_be_written_in_gbk():
    tables = [value for value in vars(words).values() if isinstance(value, dict)]
    texts = [text for table in tables for text in table.values() if isinstance(text, Text)]
    assert len(texts) > 40
    for text in texts:
        assert text.zh.encode("gbk").decode("gbk") == text.zh


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1, "1"),
        (1234567.89, "1,234,567.9"),
        (100.04, "100"),
        (99.96, "100"),
        (12.345, "12.3"),
        (0.01234, "0.0123"),
        (-3.5, "-3.5"),
        (-1e-12, "0"),
        (None, "—"),
        (float("nan"), "—"),
        (pd.NA, "—"),
    ],
)
def test_numbers_bear_no_more_digits_than_they_should(value, text):
    assert words.number(value) == text


def test_quantities_name_their_unit():
    assert words.quantity(812.4, "m2", "zh") == "812.4 ㎡"
    assert words.quantity(812.4, "m2", "en") == "812.4 m2"
    assert words.quantity(0.0312, "share", "zh") == "3.12%"
    assert words.quantity(5, "", "zh") == "5"
    assert words.quantity(None, "m2", "zh") == "—"
    assert words.area(9999.0, "zh") == "9,999 ㎡"
    assert words.area(123456.7, "zh") == "123,457 ㎡（12.35 公顷）"


def test_an_unknown_word_stands_for_itself():
    assert words.word(words.SEVERITY, "new-one", "zh") == "new-one"
    assert words.word(words.SEVERITY, None, "zh") == "—"
    assert words.unit_name("亩", "zh") == "亩"
