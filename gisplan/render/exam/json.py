"""`exam.json`: the whole exam, and what a later one compares itself to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from gisplan.catalogue.exam import exam_indicators
from gisplan.catalogue.programme import key_tasks
from gisplan.catalogue.sources import cite
from gisplan.model import ExamDossier, Text
from gisplan.render.json import document_text, run_document
from gisplan.render.plain import clean

SCHEMA = "gisplan-exam/1"
_YEARS = {"year", "last_year"}


def write_exam_json(dossier: ExamDossier, path: Path) -> None:
    """Write exam.json, UTF-8, the same line ends on every system."""
    path.write_bytes(document_text(exam_document(dossier)).encode("utf-8"))


def exam_document(dossier: ExamDossier) -> dict[str, Any]:
    """Return exam.json as plain Python values: no NaN, no numpy."""
    return {
        "schema": SCHEMA,
        "run": run_document(dossier.run),
        "plan": dossier.plan.config.name,
        "year": dossier.year,
        "last_year": dossier.last_year,
        "levels": list(dossier.levels),
        "boundary": _text(dossier.boundary),
        "notes": [_text(note) for note in dossier.notes],
        "indicators": [
            _indicator(code) | {"weight": dossier.plan.config.exam.weights.get(code, 1.0)}
            for code in exam_indicators()
        ],
        "missing": [
            {"indicator": code, "why": _text(why)} for code, why in dossier.missing.items()
        ],
        "values": _records(dossier.values),
        "scores": _records(dossier.scores),
        "problems": _records(dossier.problems),
        "closure": _records(dossier.closure),
        "projects_without_problem": _records(dossier.idle),
        "candidates": _records(dossier.candidates),
        "projects": _records(dossier.projects),
        "units": _records(dossier.units),
        "programme": _records(dossier.programme),
        "plans": _records(dossier.states),
        "reporting_units": _records(dossier.reporting),
        "goals": _records(dossier.goals),
        "lists": _records(dossier.lists),
        "key_tasks": [
            {"number": one.number, "title": _text(one.title), "verified": one.verified}
            for one in key_tasks().values()
        ],
    }


def _indicator(code: str) -> dict[str, Any]:
    one = exam_indicators()[code]
    origin = cite(one.source)
    return {
        "code": code,
        "dimension": one.dimension,
        "group": one.group,
        "title": _text(one.title),
        "unit": _text(one.unit),
        "direction": one.direction,
        "method": one.method,
        "source": {"key": one.source, "title": _text(origin.title), "verified": origin.verified},
    }


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _records(frame: pd.DataFrame | None) -> list[dict[str, Any]] | None:
    """Return the rows of a table; shapes are left to exam.gpkg, None where there is no table."""
    if frame is None:
        return None
    rows = frame.drop(columns="geometry", errors="ignore").to_dict("records")
    return [{str(name): _cell(value, name) for name, value in row.items()} for row in rows]


def _cell(value: Any, name: object) -> Any:
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    if bool(pd.isna(value)):
        return None
    if name in _YEARS and isinstance(value, float):  # a column of years with a gap
        return int(value)
    return clean(value)
