"""Runs the cases of the rules: small plans drawn in a line each, and what is expected of them.

A file `tests/rules/<family>/<CODE>.yaml` maps the name of a behaviour to a case. A case is a
drawing (see `gisplan.testing.drawing`), what is expected, and sometimes `params` or `judged`:

    shared:                      # drawn into every case that does not draw the same layer itself
      tiers: [district, unit]
      district: [{code: "210102", box: [0, 0, 1000, 1000]}]

    passes_when_sharing_the_boundary:
      unit: [{code: "210102-GX001", parent: "210102", box: [0, 0, 100, 100]}]
      expect: passed             # or skipped, or not_judged

    fails_when_a_strip_overhangs:
      unit: [{code: "210102-GX001", parent: "210102", box: [-10, 0, 90, 100]}]
      expect: {failed: [{feature: 210102-GX001, related: "210102", measure: 1000}]}

What `failed` lists must be found, no more and no less: each entry holds any of the columns of an
offender (catalogue.judgement.COLUMNS), `severity` also where the rule gives it, `feature` as the
label that a user sees, `measures` and `params` as the part that matters, and `says`, a text that
the message holds in one of the languages. A number agrees within 1e-3 of itself plus 1e-3.
`{not_judged: [{layer: unit, feature: 210102-GX001}]}` lists what could not be judged, alone or
beside `failed`. `{skipped: "a text"}` asks for the reason too.

Cases are judged on 2026-01-01. A name begins with what is expected: passes_, leaves_ (silent
because another rule speaks), fails_, skips_ or cannot_judge_.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from gisplan.catalogue.registry import RegisteredRule, registry
from gisplan.catalogue.scales import set_tolerances
from gisplan.catalogue.tables import build_tables, judged_tier
from gisplan.model import Lang, Outcome, Plan, RuleRun, Text
from gisplan.testing.drawing import draw

PREFIXES = {
    "passes_": Outcome.PASSED,
    "leaves_": Outcome.PASSED,
    "fails_": Outcome.FAILED,
    "skips_": Outcome.SKIPPED,
    "cannot_judge_": Outcome.NOT_JUDGED,
}
TODAY = dt.date(2026, 1, 1)  # the day on which cases are judged
_LANGS: tuple[Lang, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Case:
    """One behaviour of a rule: a drawn plan and what is expected of the rule."""

    code: str
    name: str
    path: Path
    drawing: Mapping[str, Any]
    outcome: Outcome
    failed: tuple[Mapping[str, Any], ...] = ()
    not_judged: tuple[Mapping[str, Any], ...] = ()
    why: str = ""  # text that the reason of a skipped rule holds
    params: Mapping[str, Any] = field(default_factory=dict)
    judged: str | None = None

    def __str__(self) -> str:
        return f"{self.code}-{self.name}"


def load_cases(path: Path) -> list[Case]:
    """Return the cases of one file; its name is the code of the rule.

    Raises
    ------
    ValueError
        A case expects something that its name does not say, or nothing at all.
    """
    entries = _read(path)
    shared = entries.pop("shared", {})
    return [_case(path, name, {**shared, **entry}) for name, entry in entries.items()]


def _read(path: Path) -> dict[str, Any]:
    """Return a YAML file; a key that is written twice is a ValueError, not a lost case."""
    import yaml

    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            keys = [self.construct_object(key, deep=True) for key, _ in node.value]
            twice = {str(key) for key in keys if keys.count(key) > 1}
            if twice:
                line = node.start_mark.line + 1
                raise ValueError(f"{path.name} line {line}: {', '.join(sorted(twice))} twice")
            return dict(super().construct_mapping(node, deep))

    return dict(yaml.load(path.read_text(encoding="utf-8"), Loader))


def _case(path: Path, name: str, entry: dict[str, Any]) -> Case:
    expect = entry.pop("expect", None)
    params, judged = entry.pop("params", {}), entry.pop("judged", None)
    if isinstance(expect, str):
        expect = {expect: []}
    if not expect or not set(expect) <= {"passed", "failed", "skipped", "not_judged"}:
        raise ValueError(f"{path.name} {name}: expect passed, failed, skipped or not_judged")
    outcome = Outcome(
        next(kind for kind in ("failed", "not_judged", "skipped", "passed") if kind in expect)
    )
    if outcome not in [due for prefix, due in PREFIXES.items() if name.startswith(prefix)]:
        raise ValueError(f"{path.name} {name}: the name does not say that it is {outcome}")
    if outcome is Outcome.FAILED and not expect["failed"]:
        raise ValueError(f"{path.name} {name}: list what fails")
    return Case(
        code=path.stem,
        name=name,
        path=path,
        drawing={key: value for key, value in entry.items() if value is not None},
        outcome=outcome,
        failed=tuple(expect.get("failed") or ()),
        not_judged=tuple(expect.get("not_judged") or ()),
        why=str(expect.get("skipped") or ""),
        params=params,
        judged=judged,
    )


@cache
def _rules() -> dict[str, RegisteredRule]:
    return registry()


def run_case(case: Case) -> RuleRun:
    """Judge the rule of a case on its plan, through the same measures as a review.

    Returns
    -------
    RuleRun
        As `run_rule` gives it, but `feature` of every offender and of what was not judged is
        the label that a user sees.
    """
    plan = draw(case.drawing)
    return run_on(plan, case.code, case.params, case.judged)


def run_on(
    plan: Plan, code: str, params: Mapping[str, Any] | None = None, judged: str | None = None
) -> RuleRun:
    """Judge one rule on a plan, with labels filled in; for tests that draw in Python."""
    from gisplan.measure.engine import measure_plan
    from gisplan.rules.judge import run_rule

    entry = _rules()[code]
    unknown = set(params or {}) - set(entry.rule.params)
    if unknown:
        raise ValueError(f"{code} has no parameter {', '.join(sorted(unknown))}")
    judged = judged or judged_tier(plan)
    measures = measure_plan(plan, entry.rule.measures, judged)
    tables = build_tables(plan, measures, judged, TODAY)
    values = {name: param.default for name, param in entry.rule.params.items()}
    values = {code: {**values, **(params or {})}}
    values = set_tolerances(values, {code: params or {}}, _rules(), plan.chain)
    run = run_rule(entry, tables, values[code])
    labels = {name: frame["_label"] for name, frame in tables.attributes.items()}
    offenders, aside = run.offenders.copy(), run.not_judged.copy()
    offenders["feature"] = _labels(offenders, labels)
    aside["feature"] = _labels(aside, labels)
    return replace(run, offenders=offenders, not_judged=aside)


def _labels(frame: pd.DataFrame, labels: Mapping[str, pd.Series]) -> pd.Series:
    given = frame["feature"] if "feature" in frame else [""] * len(frame)
    found = [
        feature or (labels[layer][fid] if fid >= 0 else "")
        for layer, fid, feature in zip(frame["layer"], frame["fid"], given, strict=True)
    ]
    return pd.Series(found, index=frame.index, dtype=object)


def check(case: Case, run: RuleRun) -> None:
    """Compare a run with what the case expects.

    Raises
    ------
    AssertionError
        They differ; the message shows what was expected and what was found.
    """
    found = [_offender(case.code, row) for row in run.offenders.to_dict("records")]
    aside = run.not_judged.to_dict("records")
    told = "\n".join(
        [f"outcome: {run.outcome}" + (f" ({run.why.en})" if run.why else "")]
        + [f"  offends: { {k: v for k, v in row.items() if k != 'geometry'} }" for row in found]
        + [f"  not judged: {row}" for row in aside]
    )
    where = f"{case.path.name} {case.name}"
    if run.outcome is not case.outcome:
        raise AssertionError(f"{where}: expected {case.outcome}\n{told}")
    if case.why and run.why is not None and not any(case.why in text for text in run.why):
        raise AssertionError(f"{where}: expected the reason {case.why!r}\n{told}")
    _match(case.failed, found, f"{where}: expected offenders", told)
    if case.not_judged or case.outcome is not Outcome.NOT_JUDGED:
        _match(case.not_judged, aside, f"{where}: expected not judged", told)


def _match(
    expected: tuple[Mapping[str, Any], ...], found: list[dict[str, Any]], what: str, told: str
) -> None:
    """Pair what is expected with what was found, one to one, in any order."""
    rest = list(found)
    for entry in expected:
        hit = next((i for i, row in enumerate(rest) if _agrees(entry, row)), None)
        if hit is None:
            raise AssertionError(f"{what} {dict(entry)}\n{told}")
        del rest[hit]
    if rest:
        raise AssertionError(f"{what} {len(expected)} in all, found {len(found)}\n{told}")


def _offender(code: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return an offender with what the rule gives, and its message in both languages."""
    rule = _rules()[code].rule
    return {
        **row,
        "severity": rule.severity if row["severity"] is None else row["severity"],
        "measures": row["measures"] or {},
        "params": row["params"] or {},
        "says": " | ".join(offender_message(code, row)),
    }


def offender_message(code: str, row: Mapping[str, Any]) -> Text:
    """Return the message of an offender; AssertionError where it lacks a name or a value."""
    rule = _rules()[code].rule
    template = row["message"] if row["message"] is not None else rule.message
    return Text(*(_message(template, row, lang) for lang in _LANGS))


def _message(template: Text, row: Mapping[str, Any], lang: Lang) -> str:
    """Return the message of an offender; AssertionError where it lacks a name or a value."""
    words = {**row, **(row["params"] or {})}
    shown = {
        key: getattr(value, lang) if isinstance(value, Text) else value
        for key, value in words.items()
    }
    try:
        message = str(getattr(template, lang)).format(**shown)
    except (KeyError, TypeError, ValueError) as error:
        raise AssertionError(f"message {getattr(template, lang)!r} of {shown}: {error!r}") from None
    if re.search(r"\b(None|nan|NaN)\b", message):
        raise AssertionError(f"the message shows an empty value: {message}")
    return message


def _agrees(expected: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    return all(_same(key, value, found.get(key)) for key, value in expected.items())


def _same(key: str, expected: Any, found: Any) -> bool:
    if key == "says":
        return str(expected) in str(found)
    if isinstance(expected, Mapping):
        return isinstance(found, Mapping) and _agrees(expected, found)
    if isinstance(expected, (int, float)) and not isinstance(expected, bool):
        return isinstance(found, (int, float)) and abs(found - expected) <= (
            1e-3 * abs(expected) + 1e-3
        )
    if isinstance(found, Text):
        return expected in tuple(found)
    return bool(found == expected)
