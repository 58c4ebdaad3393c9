"""Finds the rules by walking `gisplan/rules/` and refuses a code that two files claim."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule

RULES_HOME = Path(__file__).parents[1] / "rules"


@dataclass(frozen=True, slots=True)
class RegisteredRule:
    """A rule with its judge and its page (the docstring of its module)."""

    rule: Rule
    judge: Callable[[Tables, Params], Judgement]
    page: str
    module: str

    @property
    def family(self) -> str:
        """The family: SRC, SCH, GEO and so on."""
        return self.rule.code[:3]


def collect(home: Path = RULES_HOME, package: str = "gisplan.rules") -> dict[str, RegisteredRule]:
    """Return the rules under a folder by code; ValueError names both files of a double code."""
    found: dict[str, RegisteredRule] = {}
    for path in sorted(home.glob("*/[a-z][a-z][a-z][0-9][0-9][0-9]_*.py")):
        name = f"{package}.{path.parent.name}.{path.stem}"
        module = import_module(name)
        rule = module.RULE
        if rule.code.lower() != path.stem[:6]:
            raise ValueError(f"{name} declares {rule.code}, its file name says {path.stem[:6]}")
        if rule.code in found:
            raise ValueError(f"{rule.code} is declared twice: {found[rule.code].module}, {name}")
        found[rule.code] = RegisteredRule(rule, module.judge, (module.__doc__ or "").strip(), name)
    return dict(sorted(found.items()))


@cache
def registry() -> dict[str, RegisteredRule]:
    """Return all rules of gisplan by code."""
    return collect()
