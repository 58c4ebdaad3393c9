"""The heritage rules once more, with some cells of the plan changed: what they would say then."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import COLUMNS, Tables
from gisplan.catalogue.registry import RegisteredRule
from gisplan.model import Outcome
from gisplan.rules.judge import run_rule

# What a changed cell may bring about beside heritage: a mode that the upper plan does not allow.
BESIDE = ("POL101",)
# Caps of height and the register hold whatever is done; what is near asks for nothing.
_FIXED = ("HER105", "HER110", "HER112", "HER113", "HER114")
Rows = Mapping[str, Collection[int]]


def judge_again(
    entries: Mapping[str, RegisteredRule],
    values: Mapping[str, Mapping[str, Any]],
    chosen: Collection[str],
    tables: Tables,
    changes: Mapping[tuple[str, int, str], Any],
    of: Rows,
) -> pd.DataFrame | None:
    """Return the offenders of the heritage rules where some cells of the plan are changed.

    Rules whose answer no mode or action can change are not asked again.

    Parameters
    ----------
    entries, values : mapping
        Rules, and their parameters in this run, by code.
    chosen : collection of str
        The rules that this run asks.
    changes : mapping
        (layer, fid, field) -> the value in its place. Shapes stay as they are.
    of : mapping
        Layer -> rows of the features that are judged again: those that are changed, and all that
        may be judged by them.

    Returns
    -------
    DataFrame or None
        The columns of an offender, and `code`. None where a rule crashed: then nobody knows.
    """
    changed = replace(
        tables, attributes=_changed(tables, changes), measures=_only(tables.measures, of)
    )
    parts = []
    for code, entry in entries.items():
        asked = code in BESIDE or (code.startswith("HER") and code not in _FIXED)
        if asked and code in chosen:
            run = run_rule(entry, changed, values[code])
            if run.outcome is Outcome.CRASHED:
                return None
            parts.append(run.offenders.assign(code=code))
    changed.forget()
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in (*COLUMNS, "code")})
    return pd.concat(parts, ignore_index=True)


def _only(measures: Mapping[str, pd.DataFrame], of: Rows) -> Mapping[str, pd.DataFrame]:
    """Return the tables with the rows of some actors alone; those that name no actor are whole."""
    index = pd.MultiIndex.from_tuples(
        [(layer, fid) for layer, fids in of.items() for fid in fids] or [("", -1)]
    )
    held = {}
    for name, table in measures.items():
        if {"actor_layer", "fid"} <= set(table.columns):
            keys = pd.MultiIndex.from_arrays([table["actor_layer"], table["fid"]])
            table = table[keys.isin(index)].reset_index(drop=True)
        held[name] = table
    return held


def _changed(
    tables: Tables, changes: Mapping[tuple[str, int, str], Any]
) -> Mapping[str, pd.DataFrame]:
    frames = dict(tables.attributes)
    for layer, field in sorted({(layer, field) for layer, _, field in changes}):
        own = {fid: new for (name, fid, of), new in changes.items() if (name, of) == (layer, field)}
        column = frames[layer][field].astype(object).copy()
        column.loc[list(own)] = pd.Series(own, dtype=object)
        frames[layer] = frames[layer].assign(**{field: column})
    return frames
