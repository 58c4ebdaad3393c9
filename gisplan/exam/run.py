"""Examines a plan: all that the exam says, in one record."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping

from gisplan import watch
from gisplan.catalogue.exam import exam_indicators
from gisplan.catalogue.ruleset import rule_set
from gisplan.exam.against_programme import against_programme
from gisplan.exam.candidates import candidates
from gisplan.exam.examine import examine
from gisplan.exam.goals import goals
from gisplan.exam.priority import score
from gisplan.exam.projects import plan_states, project_sums
from gisplan.exam.reporting import gaps, list_sums, reporting_units
from gisplan.exam.stated import Key, read_stated
from gisplan.exam.study import Study
from gisplan.exam.trace import trace
from gisplan.exam.unit_projects import unit_progress
from gisplan.model import ExamDossier, Plan, RunRecord, Text


def run_exam(
    plan: Plan,
    *,
    libraries: Mapping[str, str],
    version: str,
    jobs: int = 1,
    last: Mapping[Key, tuple[int, float]] | None = None,
) -> ExamDossier:
    """Return the exam of a plan.

    Parameters
    ----------
    plan : Plan
        From `pipeline.open_plan`; left unchanged.
    libraries, version : mapping, str
        For the record of the run.
    jobs : int
        Threads; the result does not depend on it.
    last : mapping, optional
        Values of a former exam, by indicator, level and place, with their year.
    """
    began = time.monotonic()
    started = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    study = Study(plan, jobs)
    stated = read_stated(plan)
    watch.stage(Text("计算体检指标", "computing the indicators"))
    values, missing = examine(study, stated, last)
    watch.stage(Text("追踪问题与项目", "tracing problems and projects"))
    loop = trace(study)
    reporting = reporting_units(study)
    former = {int(year) for year in values["last_year"].dropna()}
    return ExamDossier(
        plan=plan,
        year=stated.year,
        last_year=max(former, default=None),
        levels=tuple(study.places),
        values=values,
        missing=missing,
        scores=score(values, study.settings.weights),
        candidates=candidates(study),
        problems=None if loop is None else loop.problems,
        closure=None if loop is None else loop.closure,
        idle=None if loop is None else loop.idle,
        projects=project_sums(study, stated.year),
        units=unit_progress(study, loop, stated.year),
        programme=against_programme(study),
        states=plan_states(study),
        reporting=reporting,
        goals=goals(values, tuple(study.places)),
        lists=list_sums(study),
        boundary=study.boundary_text,
        notes=(*stated.notes, *_notes(study), *gaps(reporting)),
        run=RunRecord(
            gisplan=version,
            started=started,
            seconds=round(time.monotonic() - began, 2),
            engine="local",
            working_crs=plan.working_crs,
            libraries=dict(libraries),
            inputs=plan.inputs,
            rule_set=rule_set(),
        ),
    )


def _notes(study: Study) -> list[Text]:
    notes = []
    if unknown := study.unknown_types:
        listed = "、".join(unknown[:10])
        notes.append(Text(
            f"设施类型无法识别，未计入任何指标：{listed}"
            + (f" 等 {len(unknown)} 种" if len(unknown) > 10 else ""),
            f"types of facilities that are not known and count for nothing: {listed}"
            + (f" and more, {len(unknown)} in all" if len(unknown) > 10 else ""),
        ))  # fmt: skip
    for name, layer in study.plan.layers.items():
        aside = 0 if layer.quarantine is None else len(layer.quarantine)
        if aside:
            notes.append(Text(
                f"{layer.spec.title.zh}：{aside} 个要素已隔离，未计入",
                f"{name}: {aside} features are quarantined and do not count",
            ))  # fmt: skip
    weights = study.settings.weights
    if weights:
        listed = "、".join(
            f"{code} {weights[code]:g}" for code in exam_indicators() if code in weights
        )
        notes.append(Text(f"权重：{listed}，其余为 1", f"weights: {listed}, others 1"))
    return notes
