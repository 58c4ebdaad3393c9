"""The cases, a file for each kind of reliability.md."""

from __future__ import annotations

from importlib import import_module

from tests.corpus.case import Case

KINDS = (
    "shapefile", "encoding", "crs",
)


def all_cases() -> list[Case]:
    """Return all cases in order; ids are unique."""
    cases = [
        case for name in KINDS for case in import_module(f"tests.corpus.kinds.{name}").kind.cases
    ]
    ids = [case.id for case in cases]
    twice = {one for one in ids if ids.count(one) > 1}
    assert not twice, f"two cases are called {twice}"
    return cases
