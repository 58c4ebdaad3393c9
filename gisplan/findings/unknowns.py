"""What was not judged and could change a verdict. `clear` is a proof, not a default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gisplan.catalogue.judgement import NOT_SELECTED, Tables
from gisplan.catalogue.registry import RegisteredRule
from gisplan.findings.aside import units_near_aside
from gisplan.findings.counts import NOT_READ
from gisplan.findings.coverage import unspoken
from gisplan.findings.messages import layer_title
from gisplan.findings.units import Units, counts_for_unit
from gisplan.model import Outcome, Plan, RuleRun, Severity, Text

HERITAGE = ("heritage_zone", "heritage_body")
# Where a file without features says as little as one that is not there.
_SAY_WHERE = (*HERITAGE, "control_line", "view")
# Layers that no verdict rests on: no rule of error level or of heritage law reads them alone.
_BESIDE = frozenset({"road", "facility", "exam_problem"})
# The rules that apply the conflict matrix. Where one of them could not run at all (no field for
# the mode of renewal, say), no unit has been proved clear.
_MATRIX = frozenset({"HER101", "HER102", "HER103", "HER104", "HER108", "HER109", "HER111"})


@dataclass(slots=True)
class Unknowns:
    """What is unknown for every unit, and for single ones."""

    every: list[Text] = field(default_factory=list)
    single: dict[str, list[Text]] = field(default_factory=dict)

    def add(self, units: Iterable[str], why: Text) -> None:
        """Note that something is unknown for some units."""
        for unit in units:
            self.single.setdefault(unit, []).append(why)

    def of(self, unit: str) -> list[Text]:
        """Return what is unknown for a unit, each thing once."""
        return list(dict.fromkeys([*self.every, *sorted(self.single.get(unit, []))]))


def find_unknowns(
    plan: Plan,
    tables: Tables,
    runs: Sequence[RuleRun],
    rules: Mapping[str, RegisteredRule],
    units: Units,
) -> Unknowns:
    """Return all that was not judged and could change the verdict of a unit."""
    found = Unknowns()
    found.every += _heritage_missing(plan, tables)
    found.every += _files_not_read(plan, tables)
    found.every += _files_empty(plan, tables)
    found.every += _records_lost(plan, tables)
    found.every += _places_in_doubt(plan, tables)
    weighty = [run for run in runs if _weighs(run.code, rules, plan.config.rules)]
    found.every += _rules_not_run(weighty, rules, plan)
    for run in weighty:
        _not_judged(run, rules[run.code], units, found)
    _doubts(tables, units, found)
    _not_spoken_for(tables, units, found)
    _parents_aside(tables, units, found)
    for label, why in units_near_aside(plan, tables, units):
        found.add([label], why)
    return found


def _weighs(
    code: str, rules: Mapping[str, RegisteredRule], settings: Mapping[str, Mapping[str, Any]]
) -> bool:
    """Return whether a rule can change a verdict: heritage, or of error level in this plan."""
    severity = settings.get(code, {}).get("severity", rules[code].rule.severity)
    return code.startswith("HER") or Severity(severity) is Severity.ERROR


def _heritage_missing(plan: Plan, tables: Tables) -> list[Text]:
    found = []
    for name in HERITAGE:
        title = layer_title(name, tables.specs) or Text(name, name)
        if name not in plan.layers:
            found.append(Text(f"缺少图层“{title.zh}”", f"missing: layer {title.en}"))
        elif not len(plan.layers[name].frame):
            found.append(Text(f"图层“{title.zh}”没有可用要素", f"empty: layer {title.en}"))
    return found


def _files_not_read(plan: Plan, tables: Tables) -> list[Text]:
    found = []
    for note in plan.notes:
        if note.kind not in NOT_READ or note.layer in _BESIDE:
            continue
        title = layer_title(note.layer, tables.specs)
        zh = f"（{title.zh}）" if title else ""
        en = f" ({title.en})" if title else ""
        if note.kind == "crs_missing":
            found.append(
                Text(f"文件 {note.path}{zh}没有坐标系", f"file {note.path}{en} has no CRS")
            )
        else:
            found.append(
                Text(f"文件 {note.path}{zh}无法读取", f"file {note.path}{en} cannot be read")
            )
    return sorted(set(found))


def _files_empty(plan: Plan, tables: Tables) -> list[Text]:
    """Return the files of heritage, control lines or views that hold no feature at all."""
    found = []
    for record in plan.inputs:
        title = layer_title(record.layer, tables.specs)
        if record.count or record.layer not in _SAY_WHERE or title is None:
            continue
        found.append(
            Text(
                f"文件 {record.path}（{title.zh}）没有要素，不能证明没有冲突",
                f"file {record.path} ({title.en}) has no feature, which proves nothing",
            )
        )
    return sorted(set(found))


def _records_lost(plan: Plan, tables: Tables) -> list[Text]:
    """Return the files that may have held more features than could be read."""
    found = []
    for note in plan.notes:
        title = layer_title(note.layer, tables.specs)
        if note.kind == "count_mismatch" and note.layer not in _BESIDE and title is not None:
            found.append(
                Text(
                    f"文件 {note.path}（{title.zh}）记录数不一致，可能缺要素",
                    f"file {note.path} ({title.en}): record counts differ, features may be lost",
                )
            )
    return sorted(set(found))


def _places_in_doubt(plan: Plan, tables: Tables) -> list[Text]:
    """Return the layers whose features may lie elsewhere than they were judged."""
    found = []
    for note in plan.notes:
        title = layer_title(note.layer, tables.specs)
        if note.layer in _BESIDE or title is None:
            continue
        if note.kind == "datum_uncertain":
            metres = note.detail["metres"]
            zh = f"基准转换没有可靠参数，位置可差约 {metres} 米"
            en = f"no reliable datum shift, positions may be off by about {metres} m"
        elif note.kind == "crs_contradicted":
            zh, en = "坐标与坐标系不符", "its coordinates contradict its CRS"
        elif note.kind == "axes_exchanged" and not note.detail["confirmed"]:
            zh, en = "的 x 与 y 似乎颠倒", "its x and y seem to be exchanged"
        elif note.kind == "shifted":
            like = note.detail["like"]
            zh, en = f"整体偏移，疑似 {like} 坐标", f"shifted like {like} coordinates"
        else:
            continue
        found.append(
            Text(f"文件 {note.path}（{title.zh}）{zh}", f"file {note.path} ({title.en}): {en}")
        )
    return sorted(set(found))


def _rules_not_run(
    runs: Iterable[RuleRun], rules: Mapping[str, RegisteredRule], plan: Plan
) -> list[Text]:
    heritage = all(name in plan.layers and len(plan.layers[name].frame) for name in HERITAGE)
    found = []
    for run in runs:
        title = rules[run.code].rule.title
        why = run.why or Text("", "")
        if run.outcome is Outcome.CRASHED:
            found.append(
                Text(
                    f"规则 {run.code}“{title.zh}”检查出错",
                    f"rule {run.code} {title.en} crashed",
                )
            )
        elif run.outcome is Outcome.SKIPPED and (
            why == NOT_SELECTED or (heritage and run.code in _MATRIX)
        ):
            found.append(
                Text(
                    f"规则 {run.code}“{title.zh}”未检查：{why.zh}",
                    f"rule {run.code} {title.en} was not run: {why.en}",
                )
            )
    return found


def _not_judged(run: RuleRun, entry: RegisteredRule, units: Units, found: Unknowns) -> None:
    rows = run.not_judged
    if not len(rows):
        return
    heritage = run.code.startswith("HER")
    title = entry.rule.title
    for (layer, zh, en), group in rows.groupby(["layer", "why_zh", "why_en"], sort=True):
        why = Text(f"{run.code}“{title.zh}”无法判定：{zh}", f"{run.code} {title.en}: {en}")
        fids = [int(fid) for fid in group["fid"]]
        if layer == units.judged or (layer in units.below and counts_for_unit(run.code)):
            if -1 in fids:
                found.every.append(why)
            found.add(units.of_rows(layer, [fid for fid in fids if fid >= 0]), why)
        elif heritage and layer not in units.below and layer not in units.beside:
            # A zone or a body that could not be judged: whoever meets it is not judged either.
            met = units.meeting(str(layer), fids)
            if met is None:
                found.every.append(why)
            else:
                found.add(met, why)


def _doubts(tables: Tables, units: Units, found: Unknowns) -> None:
    rows = tables.measures.get("doubt")
    if rows is None:
        return
    for row in rows.to_dict("records"):
        title = layer_title(row["other_layer"], tables.specs) or Text("", "")
        label = row["other_label"] or ""
        why = Text(f"{title.zh} {label}：{row['why_zh']}", f"{title.en} {label}: {row['why_en']}")
        if row["fid"] < 0:
            found.every.append(why)
        else:
            found.add(units.of_rows(row["actor_layer"], [int(row["fid"])]), why)


def _not_spoken_for(tables: Tables, units: Units, found: Unknowns) -> None:
    """Note the units that lie, wholly or in part, outside what a heritage source covers."""
    for row in unspoken(tables):
        if row.layer != units.judged:
            continue
        title = layer_title(row.source_layer, tables.specs) or Text(row.source_layer, "")
        why = Text(
            f"图层“{title.zh}”声明的覆盖范围不含其 {row.share:.1%}",
            f"{row.share:.1%} of it is outside what layer {title.en} is declared to cover",
        )
        found.add(units.of_rows(row.layer, [row.fid]), why)


def _parents_aside(tables: Tables, units: Units, found: Unknowns) -> None:
    """Note the units whose parent was set aside: nobody could see whether they lie inside it."""
    parents = tables.measures.get("parents")
    if parents is None:
        return
    lost = (
        (parents["child_layer"] == units.judged)
        & (parents["how"] == "declared")
        & (parents["parent_fid"] < 0)
    )
    for row in parents[lost].to_dict("records"):
        why = Text(f"上级 {row['declared']} 已隔离", f"its parent {row['declared']} was set aside")
        found.add(units.of_rows(units.judged, [int(row["fid"])]), why)
