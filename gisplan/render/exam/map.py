"""`exam_map.html`: grades and values of every place on a web map, one file without network."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from branca.element import Element

from gisplan.catalogue.exam import exam_indicators
from gisplan.model import ExamDossier, Lang, Text
from gisplan.render.degrees import in_degrees
from gisplan.render.exam.picture import CLASSES
from gisplan.render.exam.words import BY_HAND, GRADE_FILL, GRADES, STAGES, level_title, named
from gisplan.render.plain import clean
from gisplan.render.webmap.figure import OfflineFigure
from gisplan.render.webmap.map import PlanMap, Verbatim
from gisplan.render.webmap.payload import embed
from gisplan.render.words import missing

DIGITS = 1e-6  # degrees: a decimetre


def write_exam_map(dossier: ExamDossier, path: Path, lang: Lang) -> None:
    """Write the map into one file. Both languages are in it; `lang` shows first."""
    path.write_text(exam_map_html(dossier, lang), encoding="utf-8", newline="\n")


def exam_map_html(dossier: ExamDossier, lang: Lang) -> str:
    """Return the map as one page; the same exam always gives the same text."""
    plan_map = PlanMap(dossier.plan.config.name)
    plan_map.add_child(_ExamLayers(_contents(dossier, lang)))
    page: str = plan_map.get_root().render()
    return page


class _ExamLayers(Element):
    """The places of an exam on a map: data, look and script."""

    def __init__(self, contents: dict[str, Any]) -> None:
        super().__init__()
        self._name = "ExamLayers"
        self.data = embed(contents)

    def render(self, **kwargs: Any) -> str:
        """Put look, data and script into the figure around the map."""
        figure, name, target = self.get_root(), self.get_name(), self._parent
        if not isinstance(figure, OfflineFigure) or target is None:
            raise TypeError("an exam is drawn on a PlanMap")
        data = f'<script type="application/json" id="exam-data">{self.data}</script>'
        call = f"examMap({target.get_name()});"
        figure.header.add_child(Verbatim(f"<style>{_text('exam_map.css')}</style>"), name=name)
        figure.html.add_child(Verbatim(data), name=name)
        figure.script.add_child(Verbatim(f"{_text('exam_map.js')}\n{call}"), name=name)
        return ""


@cache
def _text(name: str) -> str:
    return files("gisplan.render").joinpath(f"templates/{name}").read_text("utf-8")


def _contents(dossier: ExamDossier, lang: Lang) -> dict[str, Any]:
    used = [code for code in exam_indicators() if code not in dossier.missing]
    return {
        "lang": lang,
        "by_hand": _pair(BY_HAND),
        "name": dossier.plan.config.name,
        "year": dossier.year,
        "levels": [_level(dossier, level, used) for level in dossier.levels],
        "indicators": [
            {
                "code": code,
                "title": _pair(exam_indicators()[code].title),
                "unit": _pair(exam_indicators()[code].unit),
            }
            for code in used
        ],
        "grades": {key: _pair(text) for key, text in GRADES.items()},
        "colours": {"ungraded": "#ffffff", **GRADE_FILL},
        "classes": [[least, colour] for least, colour in CLASSES],
        "stages": {key: _pair(text) for key, text in STAGES.items()},
        "problems": _problems(dossier),
    }


def _level(dossier: ExamDossier, level: str, used: list[str]) -> dict[str, Any]:
    frame = dossier.plan.layers[level].frame.sort_values("_label", kind="stable")
    labels = frame["_label"].astype(str).to_numpy()
    rows = dossier.values[dossier.values["level"] == level]
    values, grades = ({}, {}) if rows.empty else (
        rows.pivot_table(index="place", columns="indicator", values=name, aggfunc="first")
        for name in ("value", "grade")
    )  # fmt: skip
    scores = dossier.scores[dossier.scores["level"] == level].set_index("place")["score"]
    score = scores.reindex(labels).to_numpy(dtype=float, na_value=np.nan)

    def column(table: Any, code: str) -> list[Any]:
        if code not in table:
            return [None] * len(labels)
        found = table[code].reindex(labels)
        return [None if pd.isna(one) else clean(one) for one in found]

    shapes = _shapes(frame, dossier)
    return {
        "level": level,
        "title": _pair(level_title(level)),
        "names": [
            named(label, None if missing(name) else name)
            for label, name in zip(labels, frame["name"], strict=True)
        ],
        "shapes": [
            None if shape is None else json.loads(shapely.to_geojson(shape)) for shape in shapes
        ],
        "score": [None if np.isnan(one) else round(float(one), 2) for one in score],
        "values": {code: column(values, code) for code in used},
        "marks": {code: column(grades, code) for code in used},
    }


def _shapes(frame: pd.DataFrame, dossier: ExamDossier) -> list[Any]:
    shapes = in_degrees(np.asarray(frame["geometry"].array, dtype=object), dossier.run.working_crs)
    there = np.array([shape is not None for shape in shapes], dtype=bool)
    shapes[there] = shapely.transform(shapes[there], lambda xy: np.round(xy / DIGITS) * DIGITS)
    shapes[there] = shapely.transform(shapes[there], lambda xy: np.round(xy, 6))
    return list(shapes)


def _problems(dossier: ExamDossier) -> list[dict[str, Any]]:
    layer = dossier.plan.layers.get("exam_problem")
    if dossier.problems is None or layer is None or "geometry" not in layer.frame:
        return []
    frame = layer.frame.sort_values("_label", kind="stable")
    points = in_degrees(
        shapely.point_on_surface(np.asarray(frame["geometry"].array, dtype=object)),
        dossier.run.working_crs,
    )
    rows = dossier.problems.to_dict("records")
    return [
        {
            "at": [round(point.y, 6), round(point.x, 6)],
            "name": named(row["code"], row["name"]),
            "stage": row["stage"],
            "projects": list(row["projects"]),
        }
        for point, row in zip(points, rows, strict=True)
        if point is not None and not point.is_empty
    ]


def _pair(text: Text) -> list[str]:
    return [text.zh, text.en]
