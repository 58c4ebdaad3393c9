"""The answer for every project: the verdict of a unit, given to the tiers below the units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.registry import RegisteredRule
from gisplan.findings.frame import VERDICT_COLUMNS
from gisplan.findings.units import Units
from gisplan.findings.unknowns import find_unknowns
from gisplan.findings.verdicts import judge_units
from gisplan.model import Plan, RuleRun

PROJECT_COLUMNS = ("layer", "project", *VERDICT_COLUMNS[1:])


def judge_projects(
    plan: Plan,
    tables: Tables,
    findings: Sequence[Mapping[str, Any]],
    runs: Sequence[RuleRun],
    rules: Mapping[str, RegisteredRule],
) -> pd.DataFrame:
    """Return one verdict per feature of each tier below the judged one, also those set aside.

    A verdict rests on what names the feature itself or what belongs to it. Parcels and buildings
    belong to units, so what speaks against one of them counts for its unit alone.

    Returns
    -------
    DataFrame
        Columns PROJECT_COLUMNS, by tier from the top, then by project.
    """
    parts = []
    for layer in tiers_below(plan, tables.judged):
        own = replace(tables, judged=layer)
        acting = {tier.name for tier in plan.chain} | {"parcel", "building"}
        units = Units(own, beside=frozenset(acting))
        unknowns = find_unknowns(plan, own, runs, rules, units)
        verdicts = judge_units(plan, own, findings, rules, units, unknowns)
        parts.append(verdicts.rename(columns={"unit": "project"}).assign(layer=layer))
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in PROJECT_COLUMNS})
    return pd.concat(parts, ignore_index=True)[list(PROJECT_COLUMNS)]


def tiers_below(plan: Plan, judged: str) -> list[str]:
    """Return the tiers below the judged one that the plan has, top first."""
    names = [tier.name for tier in plan.chain]
    if judged not in names:
        return []
    return [name for name in names[names.index(judged) + 1 :] if name in plan.layers]
