"""Runs the rules over the tables. A rule that crashes is an outcome, not the end of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gisplan.catalogue.judgement import Judgement, Tables, judged
from gisplan.catalogue.registry import RegisteredRule
from gisplan.catalogue.rule import Params
from gisplan.model import Outcome, RuleRun, Text


def missing_need(tables: Tables, needs: Iterable[str]) -> Text | None:
    """Return what the plan lacks for a rule, or None. See Rule.needs for the forms."""
    for need in needs:
        if not any(_has(tables, option) for option in need.split("|")):
            names = [_title(tables, option) for option in need.split("|")]
            return Text(
                "缺少" + "或".join(name.zh for name in names),
                "missing: " + " or ".join(name.en for name in names),
            )
    return None


def _has(tables: Tables, need: str) -> bool:
    if need == "tiers":
        return len(tables.tiers_present()) >= 2
    if need == "tier":
        return len(tables.tiers_present()) >= 1
    layer, _, column = need.partition(".")
    names = [tables.judged] if layer == "judged" else [layer]
    if layer == "tier":
        names = [tier.name for tier in tables.tiers_present()]
    return any(
        name in tables.attributes and (not column or column in tables.found[name]) for name in names
    )


def _title(tables: Tables, need: str) -> Text:
    if need == "tiers":
        return Text("上下两级图层", "two tiers of the chain")
    layer, _, column = need.partition(".")
    if layer in {"tier", "judged"}:
        title = Text("层级图层", "a tier of the chain")
        spec = tables.specs.get(tables.judged)
    else:
        spec = tables.specs.get(layer)
        title = Text(f"图层“{spec.title.zh}”", f"layer {layer}") if spec else Text(layer, layer)
    if not column:
        return title
    declared = spec.fields.get(column) if spec else None
    zh = declared.title.zh if declared else column
    return Text(f"{title.zh}的字段“{zh}”", f"field {column} of {title.en}")


def run_rule(entry: RegisteredRule, tables: Tables, values: Mapping[str, Any]) -> RuleRun:
    """Judge one rule. `values` are its parameters as set for this run."""
    code = entry.rule.code
    nothing = judged()
    why = missing_need(tables, entry.rule.needs)
    if why is None:
        try:
            answer = entry.judge(tables, Params(values))
        except MemoryError:
            raise  # no fault of the rule, and the next one would have no more of it
        except Exception as error:  # noqa: BLE001 - the run goes on, the outcome says it
            what = f"{type(error).__name__}: {error}"
            return _run(code, Outcome.CRASHED, nothing, Text(what, what), values)
        why = answer.skipped
    else:
        answer = nothing
    if why is not None:
        return _run(code, Outcome.SKIPPED, nothing, why, values)
    if len(answer.offenders):
        return _run(code, Outcome.FAILED, answer, None, values)
    if len(answer.not_judged):
        n = len(answer.not_judged)
        text = Text(f"{n} 个要素无法判定", f"{n} features could not be judged")
        return _run(code, Outcome.NOT_JUDGED, answer, text, values)
    return _run(code, Outcome.PASSED, answer, None, values)


def _run(
    code: str, outcome: Outcome, answer: Judgement, why: Text | None, values: Mapping[str, Any]
) -> RuleRun:
    count = len(answer.offenders) if outcome is Outcome.FAILED else len(answer.not_judged)
    return RuleRun(
        code,
        outcome,
        count,
        answer.offenders,
        answer.not_judged,
        why,
        values,
        answer.filtered,
    )
