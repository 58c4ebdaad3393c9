"""Writes down what each rule finds on the built-in sample, for `gisplan rules`.

`python -m gisplan.testing.sample` does so after building; after a change of rules
`python -m gisplan.testing.sample_outcomes` does it alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from gisplan.catalogue.home import layers_home
from gisplan.catalogue.sample_outcomes import FILE
from gisplan.model import RuleRun
from gisplan.pipeline import open_plan, review

_HEAD = """# What each rule finds on the built-in sample; `gisplan rules` shows it.
# Written by `python -m gisplan.testing.sample_outcomes`; a test compares it with a review.
"""


def outcomes_toml(runs: Iterable[RuleRun]) -> str:
    """Return the text of the file: one line a rule, by code."""
    lines = [
        f'{run.code} = {{ outcome = "{run.outcome.value}", count = {run.count} }}'
        for run in sorted(runs, key=lambda run: run.code)
    ]
    return "\n".join([_HEAD, *lines, ""])


def write_outcomes() -> None:
    """Review the sample and write the file."""
    home = layers_home()
    result = review(open_plan(home / "sample"))
    text = outcomes_toml(result.dossier.rules)
    (home / FILE).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_outcomes()
