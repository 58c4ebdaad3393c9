"""The pages of the rules in `docs/rules` are those that the rules and their cases make."""

from __future__ import annotations

from pathlib import Path

import pytest

from gisplan.testing.pages import build_pages

ROOT = Path(__file__).parents[2]
HINT = "docs/rules is out of date: run `python -m gisplan.testing.pages`"


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return build_pages(ROOT / "tests" / "rules")


def test_the_pages_in_docs_are_those_that_the_rules_make(made):
    stored = {path.name: path.read_text("utf-8") for path in (ROOT / "docs" / "rules").iterdir()}
    assert sorted(stored) == sorted(made), HINT
    differ = [name for name, text in sorted(made.items()) if stored[name] != text]
    assert not differ, f"{HINT}: {differ}"


def test_a_page_speaks_chinese_first(made):
    page = made["BND101.md"]
    assert page.index("检查内容：") < page.index("What it checks:")
    assert "平均宽度 2A/P；只看面积判断不稳定 · mean width 2A/P" in page
