"""`exam.html`: the exam report, one file: conclusion, indicators, problems, advice."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.exam import DIMENSIONS, exam_indicators
from gisplan.catalogue.sources import cite
from gisplan.errors import OutputError
from gisplan.model import ExamDossier, Lang, Text
from gisplan.render.exam.picture import score_map, state_map
from gisplan.render.exam.words import (
    BY_HAND,
    GRADES,
    KINDS,
    PHASES,
    PROGRESS,
    QUANTITIES,
    STAGES,
    TRENDS,
    level_title,
    named,
    project_group,
    state_title,
    stated_total,
    top_level,
)
from gisplan.render.report import environment, own_script
from gisplan.render.words import missing, number

_DRAWN: tuple[str, ...] = ("district", "community", "unit")
SHOWN_PLACES = 40  # of the level that the conclusion speaks of
SHOWN_PROBLEMS = 500
SHOWN_SCORES = 15  # of each level
SHOWN_MISSED = 3  # with their titles; the others by their codes
SHOWN_CANDIDATES = 30
SHOWN_UNITS = 100  # with projects; all are in the workbook


def write_exam_report(dossier: ExamDossier, path: Path, lang: Lang) -> None:
    """Write the report; `lang` is what it opens in, a switch in the page shows the other."""
    path.write_text(exam_html(dossier, lang), encoding="utf-8")


def exam_html(dossier: ExamDossier, lang: Lang) -> str:
    """Return the report as a page that asks nothing of the network."""
    template = environment().from_string(_source())
    level = top_level(dossier)
    problems = _problems(dossier)
    return template.render(
        d=dossier,
        lang=lang,
        own_script=own_script(_source()),
        name=dossier.plan.config.name,
        by_hand=BY_HAND,
        conclusion=conclusion(dossier),
        grades=_grades(dossier, level),
        dimensions=_dimensions(dossier, level),
        trends=list(TRENDS.values()),
        pictures=_pictures(dossier),
        parts=_parts(dossier, level),
        level=level_title(level or ""),
        more=len(dossier.levels) > 1,
        missing=[
            {"code": code, "title": exam_indicators()[code].title, "why": why}
            for code, why in dossier.missing.items()
        ],
        problems=problems[:SHOWN_PROBLEMS],
        cut=len(problems) > SHOWN_PROBLEMS,
        closure=_closure(dossier),
        found=_found(dossier),
        stages=list(STAGES.values()),
        scores=_scores(dossier),
        candidates=_candidates(dossier),
        projects=_projects(dossier),
        units=_units(dossier),
        phases=[{"key": phase, "title": PHASES[phase]} for phase in PROGRESS],
        programme=_programme(dossier),
        goals=_goals(dossier),
        matrix=_matrix(dossier),
        reporting=_reporting(dossier),
        lists=_lists(dossier),
        states=_state_picture(dossier),
    )


def conclusion(dossier: ExamDossier) -> Text:
    """Return what the exam comes to, in a sentence or two."""
    level = top_level(dossier)
    rows = dossier.values[dossier.values["level"] == level]
    count = rows["grade"].value_counts()
    met, missed = int(count.get("met", 0)), int(count.get("missed", 0))
    codes = rows["indicator"].nunique()
    zh = (
        f"共计算 {codes} 项指标，{len(dossier.missing)} 项未检查；"
        f"按{level_title(level or '').zh}统计，"
        f"有目标的指标值中达标 {met} 个、未达标 {missed} 个。"
    )
    en = (
        f"{codes} indicators are computed, {len(dossier.missing)} are not; by "
        f"{level_title(level or '').en}, of the values with a target {met} are met and {missed} "
        "are missed."
    )
    if dossier.last_year is not None:
        moved = rows["trend"].value_counts()
        better, worse, same = (int(moved.get(key, 0)) for key in TRENDS)
        zh += (
            f"与 {dossier.last_year} 年度相比，改善 {better} 个、恶化 {worse} 个、持平 {same} 个。"
        )
        en += f" Beside {dossier.last_year} {better} are better, {worse} worse and {same} the same."
    if dossier.closure is not None:
        whole = dossier.closure.iloc[0]
        left = (
            int((dossier.problems["stage"] == "open").sum()) if dossier.problems is not None else 0
        )
        zh += (
            f"体检问题 {whole['problems']} 个，已有项目 {whole['in_project']} 个，已解决 "
            f"{whole['solved']} 个；{left} 个尚未纳入任何单元或项目。"
        )
        en += (
            f" Of {whole['problems']} problems {whole['in_project']} have projects, "
            f"{whole['solved']} are solved; {left} are taken up by nobody."
        )
    return Text(zh, en)


def _grades(dossier: ExamDossier, level: str | None) -> list[tuple[dict[str, Any], int]]:
    count = dossier.values.loc[dossier.values["level"] == level, "grade"].value_counts()
    return [({"key": key, "title": title}, int(count.get(key, 0))) for key, title in GRADES.items()]


def _pictures(dossier: ExamDossier) -> list[dict[str, Any]]:
    levels = tuple(name for name in _DRAWN if name in dossier.levels)
    pictures = []
    for level in levels or dossier.levels[:1]:
        try:
            by_lang = {
                str(lang): _embedded(score_map(dossier, level, lang)) for lang in get_args(Lang)
            }
        except OutputError:  # no font with Chinese characters: the tables say the same
            return []
        pictures.append({**by_lang, "title": level_title(level)})
    return pictures


def _state_picture(dossier: ExamDossier) -> dict[str, str] | None:
    if "city" not in dossier.levels or not dossier.reporting["status"].notna().any():
        return None
    try:
        return {str(lang): _embedded(state_map(dossier, lang)) for lang in get_args(Lang)}
    except OutputError:
        return None


def _embedded(png: bytes) -> str:
    return "data:image/png;base64," + b64encode(png).decode()


def _dimensions(dossier: ExamDossier, level: str | None) -> list[dict[str, Any]]:
    """Return how many values of each dimension are met, missed, better or worse."""
    rows = dossier.values[dossier.values["level"] == level]
    known = exam_indicators()
    of = rows["indicator"].map(lambda code: known[code].dimension)
    lines = []
    for dimension, title in DIMENSIONS.items():
        mine = rows[of == dimension]
        if len(mine):
            lines.append(
                {
                    "title": title,
                    "indicators": mine["indicator"].nunique(),
                    "grades": [int((mine["grade"] == grade).sum()) for grade in GRADES],
                    "trends": [int((mine["trend"] == trend).sum()) for trend in TRENDS],
                }
            )
    return lines


def _parts(dossier: ExamDossier, level: str | None) -> list[dict[str, Any]]:
    """Return the indicators of each dimension, each with its value in every place."""
    rows = dossier.values[dossier.values["level"] == level]
    places = sorted(rows["place"].unique())[:SHOWN_PLACES]
    rows = rows[rows["place"].isin(places)]
    parts: dict[str, list[dict[str, Any]]] = {}
    for code, group in rows.groupby("indicator", sort=False):
        one = exam_indicators()[str(code)]
        origin = cite(one.source)
        first = group.iloc[0]
        parts.setdefault(one.dimension, []).append(
            {
                "code": one.code,
                "title": one.title,
                "unit": one.unit,
                "basis": Text(first["basis_zh"], first["basis_en"]),
                "source": origin.title,
                "verified": origin.verified,
                "rows": [_row(row) for row in group.to_dict("records")],
            }
        )
    return [
        {
            "title": title,
            "indicators": parts[dimension],
            **{
                name: any(row[name] for one in parts[dimension] for row in one["rows"])
                for name in ("by_people", "after")
            },
        }
        for dimension, title in DIMENSIONS.items()
        if dimension in parts
    ]


def _row(row: dict[Any, Any]) -> dict[str, Any]:
    texts = {
        name: "" if missing(row[name]) else number(row[name])
        for name in ("value", "by_people", "after", "target", "last")
    }
    return {
        **texts,
        "place": named(row["place"], row["name"]),
        "grade": row["grade"],
        "grade_title": GRADES[row["grade"]],
        "trend": TRENDS.get(row["trend"]) if isinstance(row["trend"], str) else None,
        "why": Text(row["why_zh"], row["why_en"]) if isinstance(row["why_zh"], str) else None,
    }


def _found(dossier: ExamDossier) -> list[dict[str, Any]]:
    """Return how far the problems of each year came, the first year first."""
    if dossier.problems is None:
        return []
    year = dossier.problems["year"].astype("Int64")
    lines = []
    for one in [*sorted(year.dropna().unique()), None]:
        mine = dossier.problems[year.isna() if one is None else (year == one).fillna(False)]
        if len(mine):
            lines.append(
                {
                    "year": None if one is None else int(one),
                    "problems": len(mine),
                    "stages": [int((mine["stage"] == stage).sum()) for stage in STAGES],
                }
            )
    return lines


def _problems(dossier: ExamDossier) -> list[dict[str, Any]]:
    if dossier.problems is None:
        return []
    texts = ("code", "name", "dimension", "indicator", "severity", "responsible")
    return [
        {
            **{name: "" if missing(row[name]) else str(row[name]) for name in texts},
            "year": "" if missing(row["year"]) else int(row["year"]),
            "due_on": "" if missing(row["due_on"]) else str(row["due_on"])[:10],
            "evaluated_on": "" if missing(row["evaluated_on"]) else str(row["evaluated_on"])[:10],
            "units": row["units"],
            "units_by": row["units_by"],
            "projects": row["projects"],
            "unknown": row["unknown"],
            "stage": row["stage"],
            "stage_title": STAGES[row["stage"]],
        }
        for row in dossier.problems.to_dict("records")
    ]


def _closure(dossier: ExamDossier) -> list[dict[str, Any]]:
    """Return the loop in numbers: of all, of cities and districts; units are in the workbook."""
    if dossier.closure is None:
        return []
    names = {(row["level"], row["place"]): row["name"] for row in dossier.scores.to_dict("records")}
    nowhere = Text("不在任何区域", "in no area")
    lines = []
    for row in dossier.closure.to_dict("records"):
        level, place = row["level"], row["place"]
        if level == "unit":
            continue
        title = Text("全部", "all") if level == "all" else level_title(level)
        text = named(place, names.get((level, place)))
        lines.append(
            {
                **row,
                "title": title,
                "place": Text(text, text)
                if place
                else (Text("", "") if level == "all" else nowhere),
                "rate": number(row["rate"]),
            }
        )
    return lines[: 2 * SHOWN_PLACES]


def _scores(dossier: ExamDossier) -> list[dict[str, Any]]:
    """Return the places of each level that fall short most, the highest level first."""
    known = exam_indicators()
    lacking = dossier.scores[dossier.scores["missed"].map(len) > 0]
    lines = []
    for level in dossier.levels:
        for row in lacking[lacking["level"] == level].head(SHOWN_SCORES).to_dict("records"):
            shown, more = row["missed"][:SHOWN_MISSED], row["missed"][SHOWN_MISSED:]
            lines.append(
                {
                    "level": level_title(level),
                    "place": named(row["place"], row["name"]),
                    "score": number(row["score"]),
                    "graded": row["graded"],
                    "missed": [{"code": code, "title": known[code].title} for code in shown],
                    "more": more,
                }
            )
    return lines


def _candidates(dossier: ExamDossier) -> list[dict[str, Any]]:
    return [
        {
            "number": row["number"],
            "kind": KINDS[row["kind"]],
            "place": row["place"],
            "area": number(row["area_m2"]),
            "bodies": row["bodies"],
            "zones": row["zones"],
        }
        for row in dossier.candidates.head(SHOWN_CANDIDATES).to_dict("records")
    ]


def _projects(dossier: ExamDossier) -> list[dict[str, Any]]:
    heads = {
        "all": Text("合计", "all"),
        "task": Text("按任务", "by key task"),
        "type": Text("按类型", "by type"),
        "year": Text("按年度计划", "by annual plan"),
        "phase": Text("按进展", "by progress"),
    }
    return [
        {
            "head": heads[row["group"]],
            "title": project_group(row),
            "projects": row["projects"],
            "invest": number(row["invest"]),
            "without": row["without"],
        }
        for row in dossier.projects.to_dict("records")
        if row["group"] in heads
    ]


def _units(dossier: ExamDossier) -> dict[str, Any] | None:
    """Return the units that have projects, and how many have none."""
    table = dossier.units
    if not len(table):
        return None
    mine = table[table["projects"] > 0]
    nowhere = Text("不属于任何单元", "of no unit")
    lines = [
        {
            **row,
            "code": row["unit"],
            "name": Text(row["name"], row["name"]) if row["unit"] else nowhere,
            "state": state_title(row["status"]),
            "invest": number(row["invest"]),
            "finished": "" if missing(row["finished"]) else f"{row['finished']:.0f}%",
            "problems": "" if missing(row["problems"]) else f"{row['solved']} / {row['problems']}",
        }
        for row in mine.head(SHOWN_UNITS).to_dict("records")
    ]
    return {
        "lines": lines,
        "cut": len(mine) > SHOWN_UNITS,
        "without": int(((table["projects"] == 0) & (table["unit"] != "")).sum()),
        "all": int((table["unit"] != "").sum()),
    }


def _programme(dossier: ExamDossier) -> list[dict[str, Any]]:
    return [
        {
            **row,
            "title": QUANTITIES[row["quantity"]][0],
            "unit": QUANTITIES[row["quantity"]][1],
            "stated": Text(stated_total(row, "zh"), stated_total(row, "en")),
            "sum": number(row["sum"]),
            "share": f"{row['share']:.2g}%",
            "origin": cite(row["source"]),
        }
        for row in dossier.programme.to_dict("records")
    ]


def _goals(dossier: ExamDossier) -> list[dict[str, Any]]:
    known = exam_indicators()
    return [
        {
            "code": row["indicator"],
            "title": known[row["indicator"]].title,
            "unit": known[row["indicator"]].unit,
            "place": named(row["place"], row["name"]),
            "last": "" if missing(row["last"]) else number(row["last"]),
            "value": number(row["value"]),
            "target": number(row["target"]),
            "grade": row["grade"],
            "grade_title": GRADES[row["grade"]],
            "progress": "" if missing(row["progress"]) else f"{round(row['progress'])}%",
        }
        for row in dossier.goals.head(2 * SHOWN_PLACES).to_dict("records")
    ]


def _matrix(dossier: ExamDossier) -> dict[str, Any] | None:
    """Return areas × key tasks: projects and investment in each."""
    rows = dossier.projects[dossier.projects["group"] == "place_task"]
    level = next((name for name in ("city", *dossier.levels) if (rows["level"] == name).any()), "")
    rows = rows[rows["level"] == level]
    if not len(rows):
        return None
    tasks = sorted(rows["task"].unique(), key=lambda task: (not task.isdigit(), len(task), task))
    lines = []
    for (place, name), group in rows.groupby(["place", "name"], sort=True):
        cells = {row["task"]: row for row in group.to_dict("records")}
        lines.append(
            {
                "place": named(place, name) if place else Text("不在任何区域", "in no area").zh,
                "cells": [
                    (cells[t]["projects"], number(cells[t]["invest"])) if t in cells else None
                    for t in tasks
                ],
                "projects": int(group["projects"].sum()),
                "invest": number(group["invest"].sum()),
            }
        )
    return {"tasks": tasks, "lines": lines[:SHOWN_PLACES]}


def _reporting(dossier: ExamDossier) -> list[dict[str, Any]]:
    modes = codelist("mode")
    return [
        {
            "code": "" if missing(row["code"]) else row["code"],
            "name": row["name"],
            "zone": row["zone"],
            "in_plan": row["in_plan"],
            "city_class": "" if missing(row["city_class"]) else row["city_class"],
            "modes": [
                Text(f"{m} {modes[m].title.zh}", f"{m} {modes[m].title.en}")
                if m in modes
                else Text(m, m)
                for m in row["allowed_modes"]
            ],
            "guidance": row["guidance"],
            "state": state_title(row["status"]),
            "version": "" if missing(row["version"]) else row["version"],
            "approved_on": "" if missing(row["approved_on"]) else str(row["approved_on"])[:10],
            "projects": number(row["projects"]),
            "invest": number(row["invest"]),
        }
        for row in dossier.reporting.to_dict("records")
    ]


def _lists(dossier: ExamDossier) -> list[dict[str, Any]]:
    kinds = codelist("list")
    return [
        {
            "title": kinds[row["list"]].title,
            "items": row["items"],
            "invest": number(row["invest"]),
            "wider": kinds[row["wider"]].title if row["wider"] else None,
            "outside": row["outside"],
        }
        for row in dossier.lists.to_dict("records")
    ]


@cache
def _source() -> str:
    return files("gisplan.render").joinpath("templates/exam.html.j2").read_text("utf-8")
