"""Which exam problems (体检问题) units and projects name, and which name them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from gisplan.catalogue.judgement import Tables

NOT_SAID = (
    "单元、项目和体检问题都没有填写对应关系",
    "neither units, projects nor problems have a field that links them",
)


class Links(NamedTuple):
    """Links between problems and what takes them up, whoever says them.

    `taken` holds the codes of the problems that a unit or project of the plan takes up, `solving`
    the codes of the projects that answer a problem; `strange` lists (layer, fid, the layer named,
    the code there that does not exist). `said` tells whether any field of the plan could say so,
    `of_projects` whether one could say it of projects.
    """

    taken: frozenset[str]
    solving: frozenset[str]
    strange: tuple[tuple[str, int, str, str], ...]
    said: bool
    of_projects: bool


_FIELDS = (
    ("problems", "unit", "exam_problem"),
    ("problems", "project", "exam_problem"),
    ("unit", "exam_problem", "unit"),
    ("project", "exam_problem", "project"),
)


def links(tables: Tables) -> Links:
    """Return the links of a plan; worked out once for all rules."""
    return tables.once("exam links", lambda: _links(tables))


def _links(tables: Tables) -> Links:
    known = {
        name: frozenset(frame["code"].dropna().astype(str))
        | tables.quarantined.get(name, frozenset())
        for name, frame in tables.attributes.items()
        if name in {"exam_problem", "unit", "project"}
    }
    taken: set[str] = set()
    solving: set[str] = set()
    strange: list[tuple[str, int, str, str]] = []
    said = of_projects = False
    for column, layer, named in _FIELDS:
        if column not in tables.found.get(layer, frozenset()):
            continue
        said = said or named in known
        of_projects = of_projects or "project" in {layer, named}
        frame = tables.attributes[layer]
        for fid, code, cell in zip(frame.index, frame["code"], frame[column], strict=True):
            for word in listed(cell):
                if word not in known.get(named, frozenset()):
                    strange.append((layer, int(fid), named, word))
                    continue
                problem, other = (word, str(code)) if layer != "exam_problem" else (str(code), word)
                taken.add(problem)
                if "project" in {layer, named}:
                    solving.add(other)
    return Links(frozenset(taken), frozenset(solving), tuple(strange), said, of_projects)


def listed(cell: object) -> Iterable[str]:
    """Return the codes in a cell."""
    if isinstance(cell, list | tuple):
        return [str(one) for one in cell]
    return [] if bool(pd.isna(cell)) else [str(cell)]
