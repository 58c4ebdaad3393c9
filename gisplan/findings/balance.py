"""The balance of indicators: what each area is given, and what the areas below make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gisplan.catalogue.indicators import BOUNDS, NO_BOUND, reason
from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.registry import RegisteredRule
from gisplan.findings.cited import cited
from gisplan.model import BalanceRow, Outcome, RuleRun, Severity, Text

_SUMS = {"at_most": "IND102", "at_least": "IND103", "equal": "IND104"}
# the rule that judges a row, by how it is rolled up; a sum by its requirement
_RULES = {"weighted_mean": "IND106", "each": "IND107", "max": "IND107", "min": "IND107"}
_HANDED_DOWN = {"IND101", "IND106", "IND107", "IND108", *_SUMS.values()}
_RAN = (Outcome.PASSED, Outcome.FAILED, Outcome.NOT_JUDGED)
_NOT_RUN = Text("规则 {code} 未检查", "rule {code} was not run")
Findings = Mapping[tuple[str, str, str], list[Mapping[str, Any]]]


def draw_balance(
    tables: Tables,
    findings: Sequence[Mapping[str, Any]],
    runs: Sequence[RuleRun],
    rules: Mapping[str, RegisteredRule],
) -> tuple[BalanceRow, ...]:
    """Return the balance of every indicator that is rolled up.

    Parameters
    ----------
    tables : Tables
        With the measure `rollup`; without it there is no balance.
    findings : sequence of mapping
        Final, with state and sources. Those on indicators decide the judgement: an error makes it
        differ, a warning and a waived one are to be explained.
    runs : sequence of RuleRun
        What became of the rules: what no rule judged is unchecked, never agreed.
    """
    rollup = tables.measures.get("rollup")
    if rollup is None:
        return ()
    found = _on_indicators(findings)
    outcomes = {run.code: run.outcome for run in runs}
    rows = [_row(tables, row, found, outcomes, rules) for row in _with_kinds(rollup)]
    order = {tier.name: tier.rank for tier in tables.chain}
    return tuple(
        sorted(rows, key=lambda r: (order.get(r.tier, 0), r.area, r.indicator, r.year or 0, r.kind))
    )


def _with_kinds(rollup: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows, each with what its findings are called: the indicator, year if several."""
    keys = ["parent_layer", "parent_code", "indicator"]
    several = rollup.groupby(keys)["parent_row"].transform("size") > 1 if len(rollup) else []
    rows: list[dict[str, Any]] = rollup.to_dict("records")
    for row, many in zip(rows, several, strict=True):
        dated = many and pd.notna(row["year"])
        row["kind"] = f"{row['indicator']}@{row['year']:.0f}" if dated else row["indicator"]
    return rows


def _on_indicators(findings: Sequence[Mapping[str, Any]]) -> Findings:
    """Return the findings on what is handed down, by the upper area and the kind of row."""
    found: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for row in findings:
        kind = str(row["kind"] or "").removeprefix("summed:").removeprefix("suspected:")
        if row["code"] not in _HANDED_DOWN or kind.startswith("assigned:"):
            continue
        # what a single child misses names its parent as the other end
        upper = (row["related_layer"], row["related"])
        if not row["related"]:
            upper = (row["layer"], row["feature"])
        found.setdefault((*upper, kind), []).append(row)
    return found


def _row(
    tables: Tables,
    row: Mapping[str, Any],
    findings: Findings,
    outcomes: Mapping[str, Outcome],
    rules: Mapping[str, RegisteredRule],
) -> BalanceRow:
    layer, fid = str(row["parent_layer"]), int(row["parent_fid"])
    area = str(row["parent_code"])
    if fid >= 0 and layer in tables.attributes:
        area = str(tables.attributes[layer]["_label"].loc[fid])
    demand = row["requirement"] if isinstance(row["requirement"], str) else ""
    code = _SUMS.get(demand, "") if row["rollup"] == "sum" else _RULES.get(row["rollup"], "")
    hits = findings.get((layer, area, row["kind"]), [])
    judgement, why = _judgement(row, demand, code, hits, outcomes)
    asked, done, reserve = (_number(row[name]) for name in ("target", "done", "reserve"))
    known = asked is not None and done is not None
    added = reserve or 0.0 if demand == "equal" else 0.0
    references = rules[code].rule.sources if code in rules else ()
    sources = [source for hit in hits for source in hit["sources"]] or [*map(cited, references)]
    return BalanceRow(
        tier=layer,
        area=area,
        row=int(row["parent_row"]),
        kind=row["kind"],
        indicator=row["indicator"],
        name=row["name"],
        unit=row["unit"],
        nature=row["nature"] if isinstance(row["nature"], str) else "",
        requirement=demand,
        rollup=row["rollup"],
        year=None if pd.isna(row["year"]) else int(row["year"]),
        asked=asked,
        reserve=reserve,
        done=done,
        difference=round((done or 0.0) + added - (asked or 0.0), 9) if known else None,
        below=row["child_layer"],
        children=int(row["n_children"]),
        missing=(*row["missing"], *row["strange"]),
        judgement=judgement,
        why=why,
        sources=tuple({source["key"] + source["article"]: source for source in sources}.values()),
    )


def _judgement(
    row: Mapping[str, Any],
    demand: str,
    code: str,
    hits: Sequence[Mapping[str, Any]],
    outcomes: Mapping[str, Outcome],
) -> tuple[str, Text | None]:
    """Return the judgement of a row, and why it is unchecked."""
    if any(hit["severity"] == Severity.ERROR and hit["state"] != "waived" for hit in hits):
        return "differs", None
    if hits:
        return "explain", None
    if row["why"] or row["missing"] or row["strange"] or _number(row["target"]) is None:
        return "unchecked", reason(row)
    if demand not in BOUNDS:
        return "unchecked", NO_BOUND
    if outcomes.get(code) not in _RAN:
        return "unchecked", Text(*(text.format(code=code) for text in _NOT_RUN))
    return "agrees", None


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
