"""Offenders -> findings, verdicts and accounts: the dossier that every result is drawn from."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from gisplan.catalogue.judgement import Tables, judged
from gisplan.catalogue.layers import raster_specs
from gisplan.catalogue.notes import TOLD
from gisplan.catalogue.registry import RegisteredRule, registry
from gisplan.catalogue.scales import describe_scales
from gisplan.findings.accounts import draw_accounts
from gisplan.findings.area_sums import draw_area_sums
from gisplan.findings.balance import draw_balance
from gisplan.findings.cited import cited
from gisplan.findings.consistency import draw_consistency
from gisplan.findings.counts import count_layers
from gisplan.findings.coverage import draw_coverage
from gisplan.findings.evidence import gather, places, to_degrees
from gisplan.findings.fingerprint import fingerprint
from gisplan.findings.frame import findings_frame
from gisplan.findings.merge import Draft, merge_offenders, plain
from gisplan.findings.messages import facts_of, fill
from gisplan.findings.profiles import draw_profiles
from gisplan.findings.projects import judge_projects
from gisplan.findings.status import why_not_fully_judged
from gisplan.findings.transmission import draw_transmission
from gisplan.findings.units import Units
from gisplan.findings.unknowns import find_unknowns
from gisplan.findings.verdicts import judge_units
from gisplan.findings.waivers import Void, apply_exemptions, apply_waivers
from gisplan.model import Dossier, Outcome, Plan, RuleRun, RunRecord, Text

VOID = "SCH110"  # waivers that excuse nothing are known only here


def build_dossier(
    plan: Plan, tables: Tables, runs: Sequence[RuleRun], record: RunRecord
) -> Dossier:
    """Return findings, verdicts and accounts of a run.

    Parameters
    ----------
    plan : Plan
        As it was judged; `config.rules` holds the settings of this run.
    tables : Tables
        What the rules saw; of the measures `parents` and `doubt` are used, `relate` and `near`
        where they are there.
    runs : sequence of RuleRun
        One for each rule.
    record : RunRecord
        Provenance; waivers expire by the date in `started`.

    Returns
    -------
    Dossier
        The same whatever the order of the rows, the runs or the layers.
    """
    rules = registry()
    ordered = sorted(runs, key=lambda run: run.code)
    rows = _findings(plan, tables, rules, [run for run in ordered if run.code != VOID])
    today = dt.date.fromisoformat(record.started[:10])
    ordered = _excused(plan, tables, ordered, rows, today)
    rows += _findings(plan, tables, rules, [run for run in ordered if run.code == VOID])
    findings = findings_frame(rows)

    units = Units(tables)
    unknowns = find_unknowns(plan, tables, ordered, rules, units)
    names = ["fingerprint", "code", "severity", "ruling", "state", *_ENDS, "route", "sources"]
    final = findings[names].to_dict("records")
    found = Counter(row["code"] for row in rows)
    dossier = Dossier(
        plan=plan,
        run=record,
        layers=count_layers(plan),
        rules=tuple(_account(run, found[run.code]) for run in ordered),
        findings=findings,
        verdicts=judge_units(plan, tables, final, rules, units, unknowns),
        project_verdicts=judge_projects(plan, tables, final, ordered, rules),
        judged=tables.judged,
        notices=(
            *_scales(plan, rules),
            *_rasters(plan),
            *_rasters_not_used(plan),
            *_told_by_reading(plan),
        ),
        accounts=draw_accounts(plan),
        balance=draw_balance(tables, rows, ordered, rules),
        area_sums=draw_area_sums(tables, final, ordered),
        consistency=draw_consistency(tables, rows, ordered, rules, plan.config.rules),
        transmission=draw_transmission(tables, rows, ordered, rules),
        coverage=draw_coverage(plan, tables),
        profiles=draw_profiles(tables, rows),
    )
    return replace(dossier, not_fully_judged=why_not_fully_judged(dossier))


def _findings(
    plan: Plan, tables: Tables, rules: Mapping[str, RegisteredRule], runs: Sequence[RuleRun]
) -> list[dict[str, Any]]:
    """Return the findings of some runs, each with its place; `fids` are the rows it is about."""
    drafts = merge_offenders(runs, tables, rules, plan.config.rules)
    shapes = to_degrees(gather(plan, drafts), plan.working_crs)
    lon, lat, boxes = places(shapes)
    return [
        _finding(draft, tables, rules[draft["code"]])
        | {"lon": lon[n], "lat": lat[n], "bbox": boxes[n], "geometry": shapes[n]}
        for n, draft in enumerate(drafts)
    ]


def _excused(
    plan: Plan,
    tables: Tables,
    runs: Sequence[RuleRun],
    rows: Sequence[dict[str, Any]],
    today: dt.date,
) -> list[RuleRun]:
    """Mark what waivers and exemptions excuse; return the runs with those that excuse nothing."""

    def attributes(row: Mapping[str, Any]) -> list[dict[Any, Any]]:
        frame = tables.attributes.get(row["layer"])
        return [] if frame is None else [frame.loc[fid].to_dict() for fid in row["fids"]]

    void = apply_waivers(rows, plan.config.waivers, today)
    void += apply_exemptions(rows, plan.config.exemptions, attributes, today)
    return [_with_void(run, void) if run.code == VOID else run for run in runs]


def _with_void(run: RuleRun, void: Sequence[Void]) -> RuleRun:
    """Return the run of the rule on waivers with those that excuse nothing, each once."""
    told = set(run.offenders["feature"])
    rows = [
        {"feature": v.name, "kind": v.kind, "params": {"why": v.why}}
        for v in void
        if v.name not in told
    ]
    if not rows or run.outcome is Outcome.SKIPPED:
        return run
    offenders = pd.concat([run.offenders, judged(rows).offenders], ignore_index=True)
    return replace(run, outcome=Outcome.FAILED, count=len(offenders), offenders=offenders)


_ENDS = ("layer", "feature", "related_layer", "related")


def _finding(draft: Draft, tables: Tables, entry: RegisteredRule) -> dict[str, Any]:
    facts = facts_of(draft, tables.specs)
    message = fill(draft["message"], facts, entry.rule.title)
    remedy = fill(draft["remedy"], facts, draft["remedy"])
    names = ("code", "kind", "severity", "ruling", *_ENDS, "measure", "unit", "limit", "measures",
             "route")  # fmt: skip
    return {
        **{name: draft[name] for name in names},
        "fingerprint": fingerprint(draft["code"], draft["kind"], *(draft[name] for name in _ENDS)),
        "state": "new",
        "fids": draft["fids"],
        "message_zh": message.zh,
        "message_en": message.en,
        "remedy_zh": remedy.zh,
        "remedy_en": remedy.en,
        "sources": [cited(reference) for reference in draft["sources"]],
        "waiver": None,
    }


def _account(run: RuleRun, found: int) -> RuleRun:
    """Return a run whose count is that of its findings: several offenders may be one defect.

    The offenders are findings now, and are not held twice.
    """
    params = {name: plain(value) for name, value in run.params.items()}
    run = replace(run, params=params, offenders=run.offenders.iloc[:0].copy())
    if run.outcome is not Outcome.FAILED:
        return run
    return replace(run, count=found)


def _scales(plan: Plan, rules: Mapping[str, RegisteredRule]) -> list[Text]:
    present = [tier for tier in plan.chain if tier.name in plan.layers]
    told = describe_scales(present, plan.config.rules, rules)
    return [] if told is None else [told]


def _rasters(plan: Plan) -> list[Text]:
    """Return what each raster is that rules may use."""
    return [
        Text(
            f"栅格 {raster.path}（{raster_specs()[raster.layer].title.zh}）："
            f"{raster.width} × {raster.height}，高程单位 {raster.unit or '未写明'}",
            f"raster {raster.path} ({raster_specs()[raster.layer].title.en}): "
            f"{raster.width} x {raster.height} cells, heights in {raster.unit or '? (not said)'}",
        )
        for layer in ("surface", "terrain")
        for raster in plan.rasters.get(layer, ())
    ]


def _rasters_not_used(plan: Plan) -> list[Text]:
    notes = [note for note in plan.notes if note.kind == "raster_not_used"]
    return [
        Text(
            f"栅格 {note.path}（{raster_specs()[note.layer].title.zh}）："
            "只供城市体检使用，不影响审查结论",
            f"raster {note.path} ({raster_specs()[note.layer].title.en}): for the city exam alone, "
            "no verdict rests on it",
        )
        for note in sorted(notes, key=lambda note: (note.layer, note.path))
    ]


def _told_by_reading(plan: Plan) -> list[Text]:
    """Return what reading left out or changed, once for each file and fact."""
    texts = {
        Text(
            f"{note.path.partition('|')[0]}：{note.detail['reason_zh']}",
            f"{note.path.partition('|')[0]}: {note.detail['reason_en']}",
        )
        for note in plan.notes
        if note.kind in TOLD
    }
    return sorted(texts)
