"""The answer for every unit: blocked, undetermined, conditional or clear, the strictest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.registry import RegisteredRule
from gisplan.findings.approvals import approvals_due
from gisplan.findings.frame import verdicts_frame
from gisplan.findings.units import Units, counts_for_unit
from gisplan.findings.unknowns import Unknowns
from gisplan.model import Plan, Ruling, Severity, Text, Verdict

_DUE = {
    Ruling.APPROVAL: Text("须审批", "approval due"),
    Ruling.CONSULTATION: Text("须征求意见", "consultation due"),
}
_WAIVED = Text("已列例外，仍须按规定办理", "waived, its procedure is still due")
_LOWERED = Text("级别已下调，法定限制仍在", "severity lowered, the law still stands")


@dataclass(slots=True)
class _Case:
    """What speaks for the verdict of one unit."""

    errors: int = 0
    approvals: int = 0
    conditions: int = 0
    reasons: set[str] = field(default_factory=set)
    due: list[Text] = field(default_factory=list)
    rows: list[Mapping[str, Any]] = field(default_factory=list)


def judge_units(
    plan: Plan,
    tables: Tables,
    findings: Sequence[Mapping[str, Any]],
    rules: Mapping[str, RegisteredRule],
    units: Units,
    unknowns: Unknowns,
) -> pd.DataFrame:
    """Return one verdict per feature of the judged tier, also those set aside.

    Parameters
    ----------
    findings : sequence of mapping
        Final: merged, with state and fingerprint, sorted.

    Returns
    -------
    DataFrame
        Columns of gisplan.findings.frame.VERDICT_COLUMNS, sorted by unit.
    """
    cases: dict[str, _Case] = {}
    for row in findings:
        for unit in concerned(row, units):
            _count(cases.setdefault(unit, _Case()), row, rules[row["code"]].rule.title)
    return verdicts_frame(
        _row(label, name, parent, cases.get(label, _Case()), why)
        for label, name, parent, why in _units(plan, tables, unknowns)
    )


def concerned(row: Mapping[str, Any], units: Units) -> set[str]:
    """Return the units that a finding counts for.

    Those that it names, as feature or as the related one; and, where it is about heritage or a
    control line, those that the project, parcel or building belongs to which it names.
    """
    ends = [(row["layer"], row["feature"]), (row["related_layer"], row["related"])]
    find = units.of_label if counts_for_unit(row["code"]) else units.itself
    return set().union(*(find(layer, label) for layer, label in ends))


def _count(case: _Case, row: Mapping[str, Any], title: Text) -> None:
    case.rows.append(row)
    ruling = None if row["ruling"] is None else Ruling(row["ruling"])
    waived = row["state"] == "waived"
    why = None
    if waived:
        # Who accepts an exception does not thereby give the approval that heritage law asks for.
        if ruling not in (None, Ruling.NOTICE):
            why = _WAIVED
            case.conditions += 1
    elif row["severity"] == Severity.ERROR:
        case.errors += 1
    elif ruling in (Ruling.PROHIBITED, Ruling.EXCEPTION_ONLY):
        why = _LOWERED
        case.conditions += 1
    if not waived and ruling in _DUE:
        why = _DUE[ruling]
        case.approvals += 1
    if why is not None:
        other = row["related"] or row["feature"]
        case.due.append(Text(f"{why.zh}：{title.zh}（{other}）", f"{why.en}: {title.en} ({other})"))
    if why is not None or (not waived and row["severity"] == Severity.ERROR):
        case.reasons.add(row["fingerprint"])


def _row(
    unit: str, name: str | None, parent: str | None, case: _Case, unknown: list[Text]
) -> dict[str, Any]:
    if case.errors:
        verdict = Verdict.BLOCKED
    elif unknown:
        verdict = Verdict.UNDETERMINED
    elif case.approvals or case.conditions:
        verdict = Verdict.CONDITIONAL
    else:
        verdict = Verdict.CLEAR
    why = list(dict.fromkeys([*unknown, *case.due]))
    return {
        "unit": unit,
        "name": name or "",
        "verdict": verdict.value,
        "errors": case.errors,
        "approvals": case.approvals,
        "reasons": sorted(case.reasons),
        "why_zh": [text.zh for text in why],
        "why_en": [text.en for text in why],
        "parent": parent,
        "approvals_due": approvals_due(case.rows),
        "unknown_zh": [text.zh for text in unknown],
        "unknown_en": [text.en for text in unknown],
        "others": sorted({row["fingerprint"] for row in case.rows} - case.reasons),
    }


def _units(
    plan: Plan, tables: Tables, unknowns: Unknowns
) -> Iterator[tuple[str, str | None, str | None, list[Text]]]:
    """Yield label, name, parent and what is unknown of every feature of the judged tier."""
    if tables.judged not in tables.attributes:
        return
    frame = tables.attributes[tables.judged]
    parents = _parents(tables)
    names = frame["name"] if "name" in frame else pd.Series([None] * len(frame), frame.index)
    for fid, label, name in zip(frame.index, frame["_label"], names, strict=True):
        known = name if isinstance(name, str) else None
        yield label, known, parents.get(fid), unknowns.of(label)
    aside = plan.layers[tables.judged].quarantine
    if aside is None:
        return
    for row in aside.to_dict("records"):
        why = Text(f"要素已隔离：{row['reason_zh']}", f"set aside: {row['reason_en']}")
        yield row["_label"], None, None, [why]


def _parents(tables: Tables) -> dict[int, str]:
    rows = tables.measures.get("parents")
    if rows is None:
        return {}
    rows = rows[rows["child_layer"] == tables.judged]
    labels = {layer: frame["_label"].to_dict() for layer, frame in tables.attributes.items()}
    columns = (rows[name].tolist() for name in ("fid", "parent_layer", "parent_fid", "declared"))
    found: dict[int, str] = {}
    for fid, layer, parent, declared in zip(*columns, strict=True):
        if layer in labels and parent >= 0:
            found[fid] = labels[layer][parent]
        elif isinstance(declared, str):
            found[fid] = declared
    return found
