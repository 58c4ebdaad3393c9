"""The registry finds the rules, refuses a double code, and every rule can be explained."""

from __future__ import annotations

import string
import sys
from pathlib import Path

import pytest

from gisplan.catalogue.registry import RegisteredRule, collect, registry
from gisplan.catalogue.sources import cite

HEADINGS = ("What it checks:", "Why it matters:", "Left to others:")
RULE_FILE = '''"""Page of a rule."""
from gisplan.catalogue.judgement import judged
from gisplan.catalogue.rule import Rule
from gisplan.model import Severity, Text
RULE = Rule("{code}", "name", Text("名", "n"), Severity.INFO, Text("文", "m"), Text("改", "r"))
def judge(tables, params):
    return judged()
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty package of rules that can be imported as `some_rules`."""
    home = tmp_path / "some_rules"
    for folder in (home, home / "one", home / "two"):
        folder.mkdir()
        (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield home
    for name in [name for name in sys.modules if name.startswith("some_rules")]:
        del sys.modules[name]


def write(folder: Path, name: str, code: str) -> None:
    (folder / f"{name}.py").write_text(RULE_FILE.format(code=code), encoding="utf-8")


def test_rules_are_found_by_walking_the_folders(package: Path) -> None:
    write(package / "two", "abc102_second", "ABC102")
    write(package / "one", "abc101_first", "ABC101")
    (package / "one" / "helper.py").write_text("raise RuntimeError('not a rule')")
    found = collect(package, "some_rules")
    assert list(found) == ["ABC101", "ABC102"]
    assert found["ABC101"].page == "Page of a rule."
    assert found["ABC101"].family == "ABC"


def test_a_code_that_two_files_claim_is_refused_with_both_names(package: Path) -> None:
    write(package / "one", "abc101_first", "ABC101")
    write(package / "two", "abc101_again", "ABC101")
    with pytest.raises(ValueError, match=r"one\.abc101_first.*two\.abc101_again"):
        collect(package, "some_rules")


def test_a_file_that_is_named_for_another_code_is_refused(package: Path) -> None:
    write(package / "one", "abc101_first", "ABC109")
    with pytest.raises(ValueError, match="ABC109"):
        collect(package, "some_rules")


@pytest.mark.parametrize("entry", registry().values(), ids=lambda entry: entry.rule.code)
class TestEveryRule:
    def test_has_a_page_under_the_three_headings(self, entry: RegisteredRule) -> None:
        first = entry.page.splitlines()[0]
        assert first.endswith(".")
        for heading in HEADINGS:
            assert f"\n{heading} " in entry.page

    def test_cites_sources_that_exist(self, entry: RegisteredRule) -> None:
        assert entry.rule.sources
        for reference in entry.rule.sources:
            assert cite(reference).title.zh

    def test_speaks_both_languages(self, entry: RegisteredRule) -> None:
        rule = entry.rule
        for text in (rule.title, rule.message, rule.remedy):
            assert text.zh.strip()
            assert text.en.strip()
            assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh)
            assert not any("\u4e00" <= letter <= "\u9fff" for letter in text.en)

    def test_says_the_same_facts_in_both_languages(self, entry: RegisteredRule) -> None:
        for text in (entry.rule.message, entry.rule.remedy):
            assert _names(text.zh) == _names(text.en)

    def test_gives_a_reason_for_every_number(self, entry: RegisteredRule) -> None:
        for name, param in entry.rule.params.items():
            assert param.why.strip(), name


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}
