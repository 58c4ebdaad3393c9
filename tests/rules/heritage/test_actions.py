"""Parcels, buildings and dates: what is confirmed, what stays potential, what is only a notice."""

from __future__ import annotations

from pathlib import Path

import pytest

from gisplan.testing.cases import Case, check, load_cases, run_case

FILES = sorted((Path(__file__).parent / "actions").glob("*.yaml"))
CASES = [case for path in FILES for case in load_cases(path)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_says_what_the_case_expects(case: Case) -> None:
    check(case, run_case(case))
