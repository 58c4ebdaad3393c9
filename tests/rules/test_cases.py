"""Runs every case of every rule, and sees that no rule goes without."""

from __future__ import annotations

from pathlib import Path

import pytest

from gisplan.catalogue.registry import registry
from gisplan.model import Outcome
from gisplan.testing.cases import Case, check, load_cases, run_case

HOME = Path(__file__).parent
FILES = sorted(HOME.glob("*/*.yaml"))
CASES = [case for path in FILES for case in load_cases(path)]
RULES = registry()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_says_what_the_case_expects(case: Case) -> None:
    check(case, run_case(case))


@pytest.mark.parametrize("code", sorted(RULES))
def test_every_rule_has_its_cases(code: str) -> None:
    family = Path(RULES[code].module.replace(".", "/")).parent.name
    path = HOME / family / f"{code}.yaml"
    assert path.is_file(), f"no cases for {code}: write {path.relative_to(HOME.parent)}"
    outcomes = [case.outcome for case in CASES if case.code == code]
    failing = outcomes.count(Outcome.FAILED)
    assert failing, "no case in which the rule finds something"
    assert Outcome.PASSED in outcomes, "no case in which the rule is content"
    assert {Outcome.SKIPPED, Outcome.NOT_JUDGED} & set(outcomes), "no case that lacks data"
    assert len(outcomes) > 2 * failing, "as many failing cases as others: what must it leave alone?"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_case_file_is_left_of_a_rule_that_is_gone(path: Path) -> None:
    assert path.stem in RULES
