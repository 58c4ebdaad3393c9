"""How consistent each tier is down the chain (传导一致性): a figure, and what it leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.registry import RegisteredRule
from gisplan.model import Consistency, Outcome, RuleRun, Severity

_CHAIN = ("SCH", "GEO", "BND", "IND", "USE", "LST", "TIM", "POL")
_JUDGED = (Outcome.PASSED, Outcome.FAILED, Outcome.NOT_JUDGED)


def draw_consistency(
    tables: Tables,
    findings: Sequence[Mapping[str, Any]],
    runs: Sequence[RuleRun],
    rules: Mapping[str, RegisteredRule],
    settings: Mapping[str, Mapping[str, Any]],
) -> tuple[Consistency, ...]:
    """Return the consistency of each tier that the plan has, top first.

    Over the mandatory rules of the chain (those of error level in this plan) that were judged,
    each with the same weight, the mean share of the tier's features on which no such error
    stands. A waived error is one to be explained. What was not judged is counted beside the
    figure and never in it.

    Parameters
    ----------
    findings : sequence of mapping
        Final, with state.
    settings : mapping
        The plan's own severities, by rule.
    """
    mandatory = [
        run
        for run in runs
        if run.code.startswith(_CHAIN)
        and settings.get(run.code, {}).get("severity", rules[run.code].rule.severity)
        == Severity.ERROR
    ]
    judged = [run for run in mandatory if run.outcome in _JUDGED]
    return tuple(
        _of_tier(tables, tier.name, findings, mandatory, judged) for tier in tables.tiers_present()
    )


def _of_tier(
    tables: Tables,
    tier: str,
    findings: Sequence[Mapping[str, Any]],
    mandatory: Sequence[RuleRun],
    judged: Sequence[RuleRun],
) -> Consistency:
    own = [row for row in findings if row["layer"] == tier and row["code"].startswith(_CHAIN)]
    errors = [row for row in own if row["severity"] == Severity.ERROR]
    standing = [row for row in errors if row["state"] != "waived"]
    explain = [row for row in own if row["severity"] == Severity.WARNING]
    total = len(tables.attributes[tier])
    codes = {run.code for run in judged}
    hit = {(row["code"], row["feature"]) for row in standing if row["code"] in codes}
    aside = sum(int((run.not_judged["layer"] == tier).sum()) for run in judged)
    weight = total * len(judged)
    return Consistency(
        tier=tier,
        features=total,
        rules=len(judged),
        score=None if not weight else round(1 - len(hit) / weight, 6),
        failed=len(standing),
        explain=len(explain) + len(errors) - len(standing),
        unchecked_rules=len(mandatory) - len(judged),
        unchecked_features=aside,
    )
