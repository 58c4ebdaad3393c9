"""What is due before the works, of whom and in which order: the steps of all rulings, merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gisplan.catalogue.steps import Step, steps
from gisplan.findings.cited import cited
from gisplan.model import Ruling

# A prohibition opens no procedure; a notice asks for none.
_OPENING = (Ruling.EXCEPTION_ONLY, Ruling.APPROVAL, Ruling.CONSULTATION)


def approvals_due(findings: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the steps that some findings ask for, each once, in the order of the law.

    Parameters
    ----------
    findings : iterable of mapping
        With fingerprint, ruling, route and sources. Waived ones too: their procedure is still due.

    Returns
    -------
    list of dict
        order (from 1; equal ones may run side by side), step, kind, who_zh, who_en, act_zh,
        act_en, expert_review, notice_days (or None), exception (due only where a legal exception
        is claimed), sources, verified (all of them were read), serves (fingerprints, sorted).
    """
    serving: dict[str, list[Mapping[str, Any]]] = {}
    for row in findings:
        if row["route"] and row["ruling"] in _OPENING:
            for key in row["route"]["steps"]:
                serving.setdefault(key, []).append(row)
    if not serving:
        return []
    due = sorted((steps()[key] for key in serving), key=lambda step: (step.order, step.key))
    ranks = {order: rank for rank, order in enumerate(sorted({step.order for step in due}), 1)}
    return [_due(step, ranks[step.order], serving[step.key]) for step in due]


def _due(step: Step, order: int, rows: list[Mapping[str, Any]]) -> dict[str, Any]:
    if step.sources:
        sources = [cited(reference) for reference in step.sources]
    else:
        named = {(s["key"], s["article"]): s for row in rows for s in row["sources"]}
        sources = [named[key] for key in sorted(named)]
    return {
        "order": order,
        "step": step.key,
        "kind": step.kind,
        "who_zh": step.who.zh,
        "who_en": step.who.en,
        "act_zh": step.act.zh,
        "act_en": step.act.en,
        "expert_review": step.kind == "expert_review",
        "notice_days": step.notice_days,
        "exception": all(row["ruling"] == Ruling.EXCEPTION_ONLY for row in rows),
        "sources": sources,
        "verified": bool(sources) and all(source["verified"] for source in sources),
        "serves": sorted({row["fingerprint"] for row in rows}),
    }
