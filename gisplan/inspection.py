"""One look at the files of a plan: what each is, what is wrong, what a review would do about it.

Composes reading, normalising and the cheap rules; `gisplan inspect` prints it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gisplan.catalogue.layers import layer_specs, raster_specs
from gisplan.catalogue.registry import registry
from gisplan.catalogue.tables import build_tables, judged_tier
from gisplan.errors import GisplanError
from gisplan.findings.inspection import RULES, issues_by_file
from gisplan.measure.engine import measure_plan
from gisplan.model import InputRecord, Issue, Note, Plan, RuleRun, Text
from gisplan.normalise.plan import normalise
from gisplan.pipeline import open_plan
from gisplan.read.inspect import FileFacts, inspect_path, is_plan, read_file
from gisplan.rules.judge import run_rule

_NOT_READ = Text("不读入", "not read")
_SHAPES = (
    ("invalid", "无效", "are invalid"),
    ("empty", "为空", "are empty"),
    ("unreadable", "读不出", "cannot be read"),
)


@dataclass(frozen=True, slots=True)
class Inspected:
    """One file: its facts, the layer that a review takes it for, and what is wrong with it.

    `account` is read, checked, quarantined, repaired; None where no layer is read from it.
    """

    facts: FileFacts
    layer: str | None = None
    title: Text | None = None
    declared: bool = False
    account: tuple[int, int, int, int] | None = None
    issues: tuple[Issue, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the facts, as they always were, with account and issues, as JSON-able values."""
        names = ("read", "checked", "quarantined", "repaired")
        return {
            **self.facts.as_dict(),
            "account": None
            if self.account is None
            else dict(zip(names, self.account, strict=True)),
            "issues": [
                {
                    "kind": issue.kind,
                    "count": issue.count,
                    "act": issue.act,
                    "wrong": {"zh": issue.wrong.zh, "en": issue.wrong.en},
                    "done": {"zh": issue.done.zh, "en": issue.done.en},
                }
                for issue in self.issues
            ],
        }


@dataclass(frozen=True, slots=True)
class Inspection:
    """All files below a path. `trouble`: why a review of them as one plan would not start."""

    files: tuple[Inspected, ...]
    working_crs: str | None = None
    trouble: Text | None = None


def inspect(path: Path, limits: Mapping[str, float] | None = None) -> Inspection:
    """Look at a folder, an archive, a database or one file, without judging the plan.

    Parameters
    ----------
    path : Path
        What to look at. Where it is a plan, its gisplan.toml holds; each file is also read by
        itself, so that it is listed even where the plan leaves it out.
    limits : mapping, optional
        Name -> value of limits of reading that differ.

    Raises
    ------
    PlanError
        There is nothing at the path, or not one file of data below it.
    """
    facts = inspect_path(path.parent if path.suffix.lower() == ".toml" else path, limits)
    try:
        if is_plan(path):
            plan = open_plan(path, limits=limits)
        else:
            plan = normalise(*read_file(path, limits))
        issues = issues_by_file(plan, _judge(plan))
    except GisplanError as error:
        return Inspection(tuple(_alone(fact) for fact in facts), trouble=error.text)
    inputs: dict[str, list[InputRecord]] = {}
    for record in plan.inputs:
        inputs.setdefault(record.path, []).append(record)
    rows: list[Inspected] = []
    for fact in facts:
        read = inputs.pop(fact.path, [])
        rows += [_read(fact, plan, record, issues) for record in read]
        if not read:
            rows.append(_alone(fact, _told(fact.path, issues)))
    # what the plan file names elsewhere
    rest = [record for _, read in sorted(inputs.items()) for record in read]
    rows += [_read(_of_record(record), plan, record, issues) for record in rest]
    return Inspection(tuple(rows), plan.working_crs if plan.inputs else None)


def _judge(plan: Plan) -> list[RuleRun]:
    if not plan.layers:
        return []
    rules = registry()
    judged = judged_tier(plan)
    needed = sorted(set().union(*(rules[code].rule.measures for code in RULES)))
    tables = build_tables(plan, measure_plan(plan, needed, judged), judged)
    return [
        run_rule(rules[code], tables, {n: p.default for n, p in rules[code].rule.params.items()})
        for code in RULES
    ]


def _told(path: str, issues: Mapping[tuple[str, str], tuple[Issue, ...]]) -> tuple[Issue, ...]:
    return tuple(issue for (_, own), found in issues.items() if own == path for issue in found)


def _read(
    facts: FileFacts,
    plan: Plan,
    record: InputRecord,
    issues: Mapping[tuple[str, str], tuple[Issue, ...]],
) -> Inspected:
    layer = record.layer
    known = {**layer_specs(), **raster_specs()}
    spec = plan.layers[layer].spec if layer in plan.layers else known.get(layer)
    return Inspected(
        facts,
        layer,
        None if spec is None else spec.title,
        any((s.layer, s.path) == (layer, record.path) for s in plan.config.layers),
        _account(plan, record),
        # what reading told of the file itself has no layer
        issues.get((layer, record.path), ()) + issues.get(("", record.path), ()),
    )


def _account(plan: Plan, record: InputRecord) -> tuple[int, int, int, int] | None:
    if record.layer in raster_specs():
        return None  # cells are no features
    layer = plan.layers.get(record.layer)
    if layer is None:  # without a CRS: all of it is set aside
        return record.count, 0, record.count, 0
    checked = int((layer.frame["_path"] == record.path).sum())
    aside = 0 if layer.quarantine is None else int((layer.quarantine["_path"] == record.path).sum())
    return checked + aside, checked, aside, sum(_mended(note, record) for note in plan.notes)


def _mended(note: Note, record: InputRecord) -> bool:
    here = (note.layer, note.path) == (record.layer, record.path)
    return here and note.kind == "invalid_geometry" and bool(note.detail.get("repaired"))


def _alone(facts: FileFacts, told: tuple[Issue, ...] = ()) -> Inspected:
    """Return a file that no layer is read from, with what reading alone told of it."""
    if facts.fault is not None:
        fault = Issue("fault", 1, "left_out", facts.fault, _NOT_READ)
        return Inspected(facts, issues=told or (fault,))
    found = [("note", 1, note) for note in facts.notes]
    for kind, zh, en in _SHAPES:
        if n := facts.repairs.get(kind, 0):
            found.append((kind, n, Text(f"{n} 个图形{zh}", f"{n} shapes {en}")))
    issues = [Issue(kind, n, "left_out", wrong, Text("", "")) for kind, n, wrong in found]
    layer = None if told else facts.layer
    return Inspected(facts, layer, issues=(*told, *issues))


def _of_record(record: InputRecord) -> FileFacts:
    return FileFacts(
        path=record.path,
        driver=record.driver,
        encoding=record.encoding,
        encoding_from=record.encoding_from,
        crs=record.crs,
        crs_from=record.crs_from,
        fields=dict.fromkeys(record.fields, ""),
        count=record.count,
        layer=record.layer,
    )
