"""Every rule has its page in Chinese, and it says what the English one says."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from gisplan.catalogue.home import load_toml
from gisplan.catalogue.layers import layer_specs
from gisplan.catalogue.pages import FILE, PARAMS, page_of, reason_of
from gisplan.catalogue.registry import registry
from gisplan.catalogue.rule import Param
from gisplan.render.rules import format_rule, rule_record

PAGES = {code: page for code, page in load_toml(FILE).items() if code != PARAMS}
REASONS = load_toml(FILE)[PARAMS]
RULES = registry()
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CODE = re.compile(r"[A-Z]{3}\d{3}")
FIGURE = re.compile(r"\d+(?:\.\d+)?(?:e-\d+)?")


def figures(text: str) -> set[str]:
    """Return the figures of a text; 平方米 is the 2 of m2."""
    return set(FIGURE.findall(text.replace("平方米", "m2")))


def test_every_rule_has_its_chinese_page_and_no_page_is_left_of_a_rule_that_is_gone():
    assert sorted(PAGES) == sorted(RULES)


@pytest.mark.parametrize("code", sorted(PAGES))
def test_a_page_says_what_is_wrong_what_is_checked_why_and_what_is_left(code):
    assert set(PAGES[code]) == {"summary", "checks", "why", "left"}
    for text in PAGES[code].values():
        assert CHINESE.search(text), text
        assert text.endswith("。"), text
        text.encode("gbk")  # consoles of offices


@pytest.mark.parametrize("code", sorted(PAGES))
def test_both_languages_leave_the_same_rules_the_same_work(code):
    _, _, english = RULES[code].page.partition("Left to others")
    assert set(CODE.findall(PAGES[code]["left"])) == set(CODE.findall(english))


@pytest.mark.parametrize("code", sorted(PAGES))
def test_both_languages_of_a_page_give_the_same_figures(code):
    page = page_of(RULES[code])
    assert figures(page.zh) == figures(page.en)


def test_every_reason_of_a_parameter_has_its_chinese_and_none_is_left_over():
    used = {param.why for entry in RULES.values() for param in entry.rule.params.values()}
    assert sorted(REASONS) == sorted(used)


@pytest.mark.parametrize("why", sorted(REASONS))
def test_both_languages_of_a_reason_give_the_same_figures(why):
    chinese = REASONS[why]
    assert CHINESE.search(chinese)
    chinese.encode("gbk")
    assert figures(chinese) == figures(why)


def test_the_file_of_the_pages_is_no_layer():
    assert "rule_pages" not in layer_specs()


def test_each_language_prints_its_own_page_and_reasons():
    entry = RULES["BND101"]
    page, why = page_of(entry), reason_of(entry.rule.params["min_width"])
    chinese, english = format_rule(entry, "zh"), format_rule(entry, "en")
    for heading in ("检查内容：", "为什么重要：", "由其他规则报告："):
        assert heading in chinese
    assert page.zh in chinese
    assert why.zh in chinese
    assert page.en not in chinese
    assert why.en not in chinese
    assert page.en in english
    assert why.en in english
    assert not CHINESE.search(why.en)
    assert page.zh not in english


def test_a_rule_that_is_being_written_shows_its_english_page():
    entry = RULES["BND101"]
    new = replace(entry, rule=replace(entry.rule, code="BND999"), page="A new rule.")
    assert page_of(new) == ("A new rule.", "A new rule.")
    assert reason_of(Param(1, "m", "a new reason")) == ("a new reason", "a new reason")


def test_programs_get_both_languages():
    record = rule_record(RULES["BND101"])
    assert record["page"].startswith("Child reaches outside its parent.")
    assert record["page_zh"].startswith("下级要素超出其上级的范围。")
    assert record["params"]["min_width"]["why"] == "mean width 2A/P; area alone is no stable test"
    assert record["params"]["min_width"]["why_zh"] == "平均宽度 2A/P；只看面积判断不稳定"
