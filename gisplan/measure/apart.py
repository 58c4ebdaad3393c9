"""Measures a plan section by section, and puts the rows together as the whole plan has them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisplan.measure.engine import MEASURES, make_tables
from gisplan.measure.near import BODY
from gisplan.measure.overlay import Workers
from gisplan.measure.scene import Scene
from gisplan.measure.sections import SIZE, Division, Section, upper_tier
from gisplan.measure.tables import join_tables
from gisplan.model import Plan

Tables = dict[str, pd.DataFrame]
# Measures sections, each with the names of the tables wanted; in any order.
Run = Callable[[Iterable[Section], tuple[str, ...]], Iterator[tuple[Section, Tables]]]

# The columns of the divided tables that hold fids, the first key first, and the column that names
# the layer of each; or the layer itself.
FIDS: dict[str, dict[str, str]] = {
    "area": {"fid": "layer"},
    "nesting": {"fid": "child_layer", "parent_fid": "parent_layer", "actual_fid": "parent_layer"},
    "outside": {"fid": "child_layer", "parent_fid": "parent_layer"},
    "overlap": {"fid_a": "layer", "fid_b": "layer"},
    "duplicate": {"fid_a": "layer", "fid_b": "layer"},
    "part": {"fid": "layer"},
    "corner": {"fid": "layer"},
    "short_edge": {"fid": "layer"},
    "uncovered": {"parent_fid": "parent_layer"},
    "between": {"parent_fid": "parent_layer", "fid_a": "child_layer", "fid_b": "child_layer"},
    "beside": {"fid": "layer", "other_fid": "other_layer"},
    "relate": {"fid": "actor_layer", "zone_fid": "zone_layer"},
    "built": {"fid": "actor_layer", "zone_fid": "zone_layer"},
    "works": {"fid": "actor_layer", "zone_fid": "zone_layer"},
    "near": {"fid": "actor_layer", "body_fid": BODY},
    "struck": {"fid": "actor_layer", "body_fid": BODY},
    "plot": {"fid": "layer", "home_fid": "home_layer"},
}


def measure_apart(
    plan: Plan,
    names: Iterable[str],
    judged: str,
    jobs: int = 1,
    run: Run | None = None,
    size: int = SIZE,
) -> Tables:
    """Measure a plan in sections: return the tables that `measure_plan` returns, to the last bit.

    Parameters
    ----------
    plan, names, judged, jobs
        As for `measure_plan`.
    run : callable, optional
        Where sections are measured; None: here, `jobs` at a time.
    size : int
        How many features a section has at least, about. The tables do not depend on it.

    Returns
    -------
    dict of str to DataFrame
        In the order of `names`.
    """
    names = list(dict.fromkeys(names))
    scene = Scene(plan, judged, Workers(jobs))
    if not upper_tier(scene):
        return make_tables(scene, names)
    divided = tuple(name for name in _with_needs(names) if MEASURES[name].reach is not None)
    whole = make_tables(scene, ["parents"])
    division = Division(scene, whole["parents"], _reaches(divided), size)
    scene.about = division.rest()
    rest = make_tables(scene, divided, whole)
    found = {name: [table] for name, table in rest.items()}
    for section, tables in (run or run_here(jobs))(division.sections(), divided):
        for name, table in tables.items():
            found[name].append(_translated(name, table, section))
    made = whole | {name: join_tables(name, tables) for name, tables in found.items()}
    scene.about = None
    return make_tables(scene, names, made)


def measure_section(section: Section, names: Iterable[str], jobs: int = 1) -> Tables:
    """Return tables of what a section owns, by the section's own fids."""
    scene = Scene(section.plan, section.judged, Workers(jobs), about=section.about)
    return make_tables(scene, names, {"parents": section.parents})


def run_here(jobs: int) -> Run:
    """Return what measures sections in this process, several at a time."""

    def run(
        sections: Iterable[Section], names: tuple[str, ...]
    ) -> Iterator[tuple[Section, Tables]]:
        if jobs == 1:
            for section in sections:
                yield section, measure_section(section, names)
            return
        with ThreadPoolExecutor(jobs) as pool:
            ahead: deque[tuple[Section, Future[Tables]]] = deque()
            for section in sections:
                ahead.append((section, pool.submit(measure_section, section, names)))
                if len(ahead) > jobs:  # no more sections in memory than are worked on
                    first, answer = ahead.popleft()
                    yield first, answer.result()
            for first, answer in ahead:
                yield first, answer.result()

    return run


def _with_needs(names: Iterable[str]) -> list[str]:
    """Return tables after all that they are made from."""
    found: dict[str, None] = {}
    for name in names:
        found.update(dict.fromkeys([*_with_needs(MEASURES[name].needs), name]))
    return list(found)


def _reaches(names: Iterable[str]) -> dict[str, float]:
    """Return how far around a section features of each layer matter; "" stands for any layer."""
    reaches = {"": 0.0}
    for name in names:
        reach = MEASURES[name].reach
        if reach is not None:
            reaches[reach.layer] = max(reaches.get(reach.layer, 0.0), reach.metres)
    return reaches


def _translated(name: str, table: pd.DataFrame, section: Section) -> pd.DataFrame:
    """Return the rows that a section owns, by the fids of the whole plan."""
    columns, about = FIDS[name], section.about
    if table.empty:
        return table
    table = table.copy()
    owned = np.zeros(len(table), dtype=bool)
    for number, (column, naming) in enumerate(columns.items()):
        fids = table[column].to_numpy()
        whole = fids.copy()
        for layer, here in _by_layer(table, naming):
            here = here & (fids >= 0)
            whole[here] = section.fids[layer][fids[here]]
            if number == 0:
                of = about.parents | about.rows if column == "parent_fid" else about.rows
                owned |= here & np.isin(fids, of.get(layer, ()))
        table[column] = whole
    return table[owned]


def _by_layer(table: pd.DataFrame, naming: str) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield each layer that a column names (or the one named itself), and its rows."""
    if naming not in table:
        yield naming, np.ones(len(table), dtype=bool)
        return
    for layer in table[naming].unique():
        yield str(layer), (table[naming] == layer).to_numpy(dtype=bool)
