"""What each tier passes down besides indicators: boundaries, lines, lists, timing, modes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.registry import RegisteredRule
from gisplan.findings.cited import cited
from gisplan.model import Outcome, RuleRun, Severity, Text, Transmission

LINES = "control_line"
_RAN = (Outcome.PASSED, Outcome.FAILED, Outcome.NOT_JUDGED)


class _Kind(NamedTuple):
    """A kind of transmission: the rules on it, and what the tier below must have to be judged."""

    rules: tuple[str, ...]
    fields: tuple[str, ...] = ()  # one of them filled below, or in the register of that tier
    nothing: Text = Text("", "")


_KINDS = {
    "boundary": _Kind(("BND101", "BND102", "BND103", "BND104", "GEO103", "GEO104")),
    "code": _Kind(("LST102", "LST104")),
    "list": _Kind(("LST101", "LST103", "LST105", "LST106")),
    "timing": _Kind(
        ("TIM101", "TIM102", "TIM103", "TIM107"),
        ("approved_on", "period_start", "period_end", "version", "start_year", "end_year"),
        Text("下级没有日期和版本", "the tier below has neither dates nor versions"),
    ),
    "mode": _Kind(
        ("POL101",),
        ("mode", "allowed_modes"),
        Text("下级没有更新方式", "the tier below has no renewal modes"),
    ),
}
_BUILDING = ("BND106", "BND107", "BND108")  # whoever builds
_LAND = ("BND109", "BND110", "BND111")  # what parcels are planned as
_HAZARD = ("BND112",)  # units


def draw_transmission(
    tables: Tables,
    findings: Sequence[Mapping[str, Any]],
    runs: Sequence[RuleRun],
    rules: Mapping[str, RegisteredRule],
) -> tuple[Transmission, ...]:
    """Return for each pair of neighbouring tiers and each kind how much of it is passed down.

    A feature below agrees when no error of the kind stands on it. The whole agrees only if every
    rule of the kind ran and could judge each feature: otherwise what was not checked is said.
    Control lines are held against whoever acts on them, and their copies against the originals.

    Parameters
    ----------
    findings : sequence of mapping
        Final, with state.
    """
    chained = [tier.name for tier in tables.tiers_present() if tier.chained]
    due = [
        (upper, lower, name, kind.rules, _lacking(tables, lower, kind))
        for upper, lower in pairwise(chained)
        for name, kind in _KINDS.items()
    ]
    if LINES in tables.attributes:
        due.append((LINES, LINES, "line-copy", ("BND105",), None))
        first = chained.index(tables.judged) if tables.judged in chained else len(chained)
        for actor in chained[first:]:
            also = _HAZARD if actor == tables.judged else ()
            due.append((LINES, actor, "line", _BUILDING + also, None))
        if "parcel" in tables.attributes:
            due.append((LINES, "parcel", "line", _BUILDING + _LAND, None))
    return tuple(_row(tables, findings, runs, rules, *one) for one in due)


def _lacking(tables: Tables, lower: str, kind: _Kind) -> Text | None:
    """Return why the tier below gives a kind nothing to judge, None where it gives something."""
    if not kind.fields:
        return None
    frames = [tables.attributes[lower]]
    if "register" in tables.attributes:
        register = tables.attributes["register"]
        frames.append(register[register["tier"] == lower])
    filled = (frame[name].notna().any() for frame in frames for name in kind.fields
              if name in frame)  # fmt: skip
    return None if any(filled) else kind.nothing


def _row(
    tables: Tables,
    findings: Sequence[Mapping[str, Any]],
    runs: Sequence[RuleRun],
    rules: Mapping[str, RegisteredRule],
    upper: str,
    lower: str,
    kind: str,
    codes: tuple[str, ...],
    lacking: Text | None,
) -> Transmission:
    own = [row for row in findings if row["code"] in codes and _is_between(row, upper, lower)]
    errors = [row for row in own if row["severity"] == Severity.ERROR and row["state"] != "waived"]
    named, wrong = _below(own, lower), _below(errors, lower)
    above = {row["feature"] for row in own if not _below([row], lower)}
    due = [run for run in runs if run.code in codes]
    unchecked = tuple(run.code for run in due if run.outcome not in _RAN)
    # who covers a parent is asked of the parent
    asked = {run.code: upper if run.code == "BND102" else lower for run in due}
    aside = sum(int((run.not_judged["layer"] == asked[run.code]).sum()) for run in due)
    return Transmission(
        upper=upper,
        lower=lower,
        kind=kind,
        features=_total(tables, lower, kind),
        failed=len(wrong),
        explain=len(named - wrong),
        above=len(above),
        aside=aside,
        rules=tuple(run.code for run in due if run.outcome in _RAN),
        unchecked=unchecked,
        judgement=_judgement(bool(errors), bool(own), bool(lacking or unchecked or aside)),
        why=lacking,
        sources=_sources(own) or _sources_of(rules, due),
    )


def _is_between(row: Mapping[str, Any], upper: str, lower: str) -> bool:
    """Return whether a finding is about two layers, or about the lower one itself."""
    ends = {row["layer"], row["related_layer"]} - {None}
    if upper == lower:
        return ends == {lower}
    return ends in ({upper, lower}, {lower})


def _below(rows: Iterable[Mapping[str, Any]], lower: str) -> set[str]:
    """Return the features below that findings are about; of two neighbours both."""
    found = set()
    for row in rows:
        for layer, label in (("layer", "feature"), ("related_layer", "related")):
            if row[layer] == lower and row[label]:
                found.add(str(row[label]))
    return found


def _total(tables: Tables, lower: str, kind: str) -> int:
    """Return how many features below are looked at: of lines those that a lower tier is to copy."""
    if kind == "line-copy" and "copy" in tables.measures:
        copies = tables["copy"]
        return int(copies.loc[copies["change"] == "due", "fid"].nunique())
    return len(tables.attributes[lower])


def _judgement(errors: bool, findings: bool, unknown: bool) -> str:
    if errors:
        return "differs"
    if findings:
        return "explain"
    return "unchecked" if unknown else "agrees"


def _sources(rows: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    named = {source["key"] + source["article"]: source for row in rows for source in row["sources"]}
    return tuple(named[key] for key in sorted(named))


def _sources_of(
    rules: Mapping[str, RegisteredRule], runs: Iterable[RuleRun]
) -> tuple[Mapping[str, Any], ...]:
    """Return the sources of the rules that ran, where no finding cites any."""
    ran = [run.code for run in runs if run.outcome in _RAN and run.code in rules]
    return _sources([{"sources": [*map(cited, rules[code].rule.sources)]} for code in ran])
