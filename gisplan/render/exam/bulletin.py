"""`bulletin.html`, `.xlsx` and `.json`: the periodic report (通报), short, for other offices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from gisplan.model import Lang, Text
from gisplan.render import words as common
from gisplan.render.exam.words import (
    BY_HAND,
    GRADES,
    STAGES,
    TRENDS,
    level_title,
    named,
    project_group,
)
from gisplan.render.json import document_text
from gisplan.render.report import environment, own_script
from gisplan.render.sheets.table import Column, Sheet
from gisplan.render.words import number, pick
from gisplan.render.xlsx import write_sheets

SHOWN = 60  # rows of one table on the page; all are in bulletin.xlsx
_WIDTH, _HEIGHT, _EDGE = 132.0, 36.0, 5.0
PROBLEMS: Mapping[str, Text] = {
    "new": Text("新发现", "newly found"),
    "closed": Text("已解决", "solved"),
    "reopened": Text("重新出现", "open again"),
    "further": Text("有进展", "came further"),
    "back": Text("退回", "fell back"),
    "gone": Text("本次未列", "no longer listed"),
}
_GROUPS: Mapping[str, Text] = {
    "all": Text("合计", "all"),
    "phase": Text("按进展", "by progress"),
    "task": Text("按任务", "by key task"),
    "year": Text("按年度计划", "by annual plan"),
}


def bulletin_writers(record: Mapping[str, Any], lang: Lang) -> dict[str, Callable[[Path], object]]:
    """Return what writes each file of a bulletin."""

    def text(content: Callable[[], str]) -> Callable[[Path], object]:
        return lambda path: path.write_bytes(content().encode("utf-8"))

    return {
        "bulletin.json": text(lambda: document_text(dict(record))),
        "bulletin.xlsx": lambda path: write_sheets(
            bulletin_sheets(record, lang), record["plan"], path, lang, rest="bulletin.json"
        ),
        "bulletin.html": text(lambda: bulletin_html(record, lang)),
    }


def bulletin_summary(record: Mapping[str, Any], lang: Lang) -> str:
    """Return what changed, a line each."""
    lines = [pick(text, lang) for text in headlines(record)]
    return "\n".join(lines + [f"! {note[lang]}" for note in record["notes"]])


def headlines(record: Mapping[str, Any]) -> list[Text]:
    """Return what changed since the last run, in a few sentences."""
    lines = []
    if (exams := record["exams"]) is not None:
        first, last = exams["runs"][-2], exams["runs"][-1]
        trends = [line["trend"] for line in exams["indicators"]]
        better, worse = trends.count("improved"), trends.count("worsened")
        level = level_title(exams["level"])
        lines.append(Text(
            f"体检 {first['label']} → {last['label']}：按{level.zh}，{better} 个指标值改善，"
            f"{worse} 个恶化；达标 {first['met']} → {last['met']} 个，"
            f"未达标 {first['missed']} → {last['missed']} 个，"
            f"未检查 {first['not_computed']} → {last['not_computed']} 个。",
            f"Exam {first['label']} → {last['label']}: by {level.en}, {better} values are better, "
            f"{worse} worse; met {first['met']} → {last['met']}, missed {first['missed']} → "
            f"{last['missed']}, not computed {first['not_computed']} → {last['not_computed']}.",
        ))  # fmt: skip
        found = exams["problems"]
        if found is None:
            lines.append(Text("体检问题：两次中有一次没有问题图层，未比较。",
                              "Problems: one of the two runs has none; not compared."))  # fmt: skip
        else:
            n = {name: len(found[name]) for name in PROBLEMS}
            lines.append(Text(
                f"体检问题 {found['before']} → {found['now']} 个：新发现 {n['new']}，解决 "
                f"{n['closed']}，重新出现 {n['reopened']}，本次未列 {n['gone']}；闭环率 "
                f"{_rate(first)} → {_rate(last)}。",
                f"Problems {found['before']} → {found['now']}: {n['new']} new, {n['closed']} "
                f"solved, {n['reopened']} open again, {n['gone']} no longer listed; solved "
                f"{_rate(first)} → {_rate(last)}.",
            ))  # fmt: skip
        done = f"{_count(first['done'])} → {_count(last['done'])}"
        money = f"{number(first['invest'])} → {number(last['invest'])}"
        lines.append(Text(
            f"项目 {first['projects']} → {last['projects']} 个，已完工 {done} 个，"
            f"投资 {money} 万元。",
            f"Projects {first['projects']} → {last['projects']}, done {done}, investment {money} "
            "(10,000 CNY).",
        ))  # fmt: skip
    if (reviews := record["reviews"]) is not None:
        first, last = reviews["runs"][-2], reviews["runs"][-1]
        new, closed = len(reviews["new"]), len(reviews["closed"])
        lines.append(Text(
            f"审查 {first['label']} → {last['label']}：问题 {first['findings']} → "
            f"{last['findings']} 条，新增 {new}，消除 {closed}；{len(reviews['verdicts'])} "
            "个单元结论有变化。",
            f"Review {first['label']} → {last['label']}: findings {first['findings']} → "
            f"{last['findings']}, {new} new, {closed} gone; {len(reviews['verdicts'])} units have "
            "another verdict.",
        ))  # fmt: skip
    return lines


def _count(value: int | None) -> str:
    return "–" if value is None else str(value)


def _rate(run: Mapping[str, Any]) -> str:
    return "–" if run["rate"] is None else f"{run['rate']:.1f}%"


def chart(values: Sequence[float | None], target: float | None) -> str:
    """Return a small line chart as SVG: a dot for each run, a dashed line at the target."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    ends = [*known, *([] if target is None else [target])]
    low, high = min(ends), max(ends)
    span = (high - low) or 1.0
    step = (_WIDTH - 2 * _EDGE) / max(1, len(values) - 1)

    def y(value: float) -> float:
        middle = high == low
        part = 0.5 if middle else (value - low) / span
        return _HEIGHT - _EDGE - part * (_HEIGHT - 2 * _EDGE)

    parts = []
    if target is not None:
        at = f"{y(target):.1f}"
        parts.append(
            f'<line x1="0" x2="{_WIDTH:g}" y1="{at}" y2="{at}" stroke="#888" '
            'stroke-dasharray="3 3"/>'
        )
    points = [
        None if value is None else (_EDGE + n * step, y(value)) for n, value in enumerate(values)
    ]
    for a, b in pairwise(points):
        if a is not None and b is not None:
            parts.append(
                f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" '
                'stroke="#1f4e79" stroke-width="1.6"/>'
            )
    parts += [
        f'<circle cx="{p[0]:.1f}" cy="{p[1]:.1f}" r="2.6" fill="#1f4e79"/>' for p in points if p
    ]
    return (
        f'<svg width="{_WIDTH:g}" height="{_HEIGHT:g}" viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" '
        f'role="img">{"".join(parts)}</svg>'
    )


def bulletin_html(record: Mapping[str, Any], lang: Lang) -> str:
    """Return the bulletin as a page that asks nothing of the network."""
    from markupsafe import Markup

    exams, reviews = record["exams"], record["reviews"]
    trends: list[dict[str, Any]] = []
    if exams is not None:
        # what moved comes first, worse before better
        rank = {"worsened": 0, "improved": 1, "same": 2, None: 3}
        ordered = sorted(exams["indicators"], key=lambda line: rank[line["trend"]])
        trends = [
            {
                **line,
                "title": _text(line["title"]),
                "unit": _text(line["unit"]),
                "place": named(line["place"], line["name"]),
                "shown": [_value(value) for value in line["values"]],
                "target_shown": _value(line["target"]),
                "trend_title": TRENDS.get(line["trend"]) if line["trend"] else None,
                # numbers only: nothing of the plan's texts is in it
                "chart": Markup(chart(line["values"], line["target"])),
            }
            for line in ordered
        ]
    return environment().from_string(_source()).render(
        r=record,
        lang=lang,
        own_script=own_script(_source()),
        by_hand=BY_HAND,
        lines=headlines(record),
        notes=[_text(note) for note in record["notes"]],
        exams=exams,
        reviews=reviews,
        trends=trends[: 2 * SHOWN],
        cut=len(trends) > 2 * SHOWN,
        level=level_title(exams["level"]) if exams else None,
        moved=_moved(exams)[:SHOWN] if exams else [],
        problems=_problems(exams)[:SHOWN] if exams and exams["problems"] else [],
        projects=_projects(exams) if exams else [],
        findings=_findings(reviews)[:SHOWN] if reviews else [],
        verdicts=_verdicts(reviews)[:SHOWN] if reviews else [],
        shown=SHOWN,
    )  # fmt: skip


def _moved(exams: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            **row,
            "title": _text(row["title"]),
            "level": level_title(row["level"]),
            "place": named(row["place"], row["name"]),
            "from_title": GRADES[row["from"]],
            "to_title": GRADES[row["to"]],
            "before": _value(row["before"]),
            "after": _value(row["after"]),
        }
        for row in exams["moved"]
    ]


def _problems(exams: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            **row,
            "change": title,
            "from_title": STAGES[row["from"]] if row["from"] else None,
            "stage_title": STAGES[row["stage"]],
        }
        for name, title in PROBLEMS.items()
        for row in exams["problems"][name]
    ]


def _projects(exams: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "group": _GROUPS[row["group"]],
            "title": project_group({"group": row["group"], "task": row["key"], "year": row["key"]}),
            "cells": [
                (count, number(money))
                for count, money in zip(row["projects"], row["invest"], strict=True)
            ],
        }
        for row in exams["projects"]
    ]


def _findings(reviews: Mapping[str, Any]) -> list[dict[str, Any]]:
    words = {"new": Text("新增", "new"), "closed": Text("消除", "gone")}
    return [
        {
            **row,
            "change": title,
            "key": name,
            "severity_title": common.SEVERITY[row["severity"]],
            "message": _text(row["message"]),
        }
        for name, title in words.items()
        for row in reviews[name]
    ]


def _verdicts(reviews: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "unit": named(row["unit"], row["name"]),
            "from": common.VERDICT[row["from"]],
            "to": common.VERDICT[row["to"]],
        }
        for row in reviews["verdicts"]
    ]


def _text(text: Mapping[str, str]) -> Text:
    return Text(text["zh"], text["en"])


def _value(value: Any) -> str:
    return "" if value is None else number(value)


# --- the workbook -----------------------------------------------------------------------------


def bulletin_sheets(record: Mapping[str, Any], lang: Lang) -> Iterator[Sheet]:
    """Return the sheets of the workbook: what changed, and the tables that there are."""
    yield _summary(record, lang)
    if (exams := record["exams"]) is not None:
        labels = [run["label"] for run in exams["runs"]]
        yield _trend_sheet(exams, labels, lang)
        yield _moved_sheet(exams, lang)
        if exams["problems"] is not None:
            yield _problem_sheet(exams, lang)
        yield _project_sheet(exams, labels, lang)
    if (reviews := record["reviews"]) is not None:
        yield _finding_sheet(reviews, lang)


def _summary(record: Mapping[str, Any], lang: Lang) -> Sheet:
    sheet = Sheet(
        Text("变化摘要", "What changed"),
        [Column(Text("事项", "Item"), 20), Column(Text("内容", "Content"), 100, wrap=True)],
    )
    sheet.add(pick(Text("说明", "Note"), lang), pick(BY_HAND, lang))
    for line in headlines(record):
        sheet.add(pick(Text("变化", "Change"), lang), pick(line, lang))
    for note in record["notes"]:
        sheet.add(pick(Text("提示", "Note"), lang), note[lang])
    for kind in ("exams", "reviews"):
        for run in record[kind]["runs"] if record[kind] else ():
            source = f"{run['label']}  {run['source']}  sha256 {run['sha256']}"
            sheet.add(pick(Text("数据", "Input"), lang), source)
    return sheet


def _trend_sheet(exams: Mapping[str, Any], labels: Sequence[str], lang: Lang) -> Sheet:
    columns = [
        Column(Text("指标编码", "Code"), 10), Column(Text("指标名称", "Indicator"), 34, wrap=True),
        Column(Text("区域编号", "Area"), 14), Column(Text("区域名称", "Name"), 16),
        Column(Text("单位", "Unit"), 10), Column(Text("目标值", "Target"), 10),
        *(Column(Text(label, label), 14) for label in labels),
        Column(Text("变化量", "Change"), 12), Column(Text("变化", "Trend"), 8),
    ]  # fmt: skip
    sheet = Sheet(Text("指标趋势", "Trends"), columns)
    for line in exams["indicators"]:
        trend = TRENDS[line["trend"]] if line["trend"] else Text("", "")
        sheet.add(
            line["indicator"], line["title"][lang], line["place"], line["name"] or "",
            line["unit"][lang], line["target"], *line["values"], line["change"], pick(trend, lang),
        )  # fmt: skip
    return sheet


def _moved_sheet(exams: Mapping[str, Any], lang: Lang) -> Sheet:
    columns = [
        Column(Text("指标编码", "Code"), 10), Column(Text("指标名称", "Indicator"), 34, wrap=True),
        Column(Text("层级", "Level"), 10), Column(Text("区域", "Area"), 26),
        Column(Text("上次评价", "Grade before"), 12), Column(Text("本次评价", "Grade now"), 12),
        Column(Text("上次数值", "Before"), 12), Column(Text("本次数值", "Now"), 12),
    ]  # fmt: skip
    sheet = Sheet(Text("评价变化", "Grades"), columns)
    for row in exams["moved"]:
        sheet.add(
            row["indicator"], row["title"][lang], pick(level_title(row["level"]), lang),
            named(row["place"], row["name"]), pick(GRADES[row["from"]], lang),
            pick(GRADES[row["to"]], lang), row["before"], row["after"],
        )  # fmt: skip
    return sheet


def _problem_sheet(exams: Mapping[str, Any], lang: Lang) -> Sheet:
    columns = [
        Column(Text("变化", "Change"), 12), Column(Text("体检问题编号", "Problem"), 18),
        Column(Text("问题", "What"), 34, wrap=True), Column(Text("指标", "Indicator"), 12),
        Column(Text("上次进展", "Stage before"), 14), Column(Text("本次进展", "Stage now"), 14),
        Column(Text("对应单元", "Units"), 20, wrap=True),
        Column(Text("对应项目", "Projects"), 24, wrap=True),
        Column(Text("责任单位", "Responsible"), 18),
    ]  # fmt: skip
    sheet = Sheet(Text("问题变化", "Problems"), columns)
    for row in _problems(exams):
        sheet.add(
            pick(row["change"], lang), row["code"], row["name"], row["indicator"],
            pick(row["from_title"], lang) if row["from_title"] else "",
            pick(row["stage_title"], lang), "、".join(row["units"]), "、".join(row["projects"]),
            row["responsible"],
        )  # fmt: skip
    return sheet


def _project_sheet(exams: Mapping[str, Any], labels: Sequence[str], lang: Lang) -> Sheet:
    columns = [Column(Text("分组", "Group"), 14), Column(Text("事项", "Item"), 34, wrap=True)]
    columns += [Column(Text(f"{a} 项目数", f"{a}: projects"), 14) for a in labels]
    columns += [Column(Text(f"{a} 万元", f"{a}: 10,000 CNY"), 16) for a in labels]
    sheet = Sheet(Text("项目进展", "Projects"), columns)
    for row in exams["projects"]:
        title = project_group({"group": row["group"], "task": row["key"], "year": row["key"]})
        sheet.add(
            pick(_GROUPS[row["group"]], lang), pick(title, lang), *row["projects"], *row["invest"]
        )
    return sheet


def _finding_sheet(reviews: Mapping[str, Any], lang: Lang) -> Sheet:
    columns = [
        Column(Text("变化", "Change"), 8), Column(Text("规则", "Rule"), 10),
        Column(Text("级别", "Severity"), 10), Column(Text("要素", "Feature"), 22),
        Column(Text("问题", "Finding"), 80, wrap=True),
    ]  # fmt: skip
    sheet = Sheet(Text("审查变化", "Findings"), columns)
    for row in _findings(reviews):
        sheet.add(
            pick(row["change"], lang), row["code"], pick(row["severity_title"], lang),
            row["feature"], pick(row["message"], lang),
        )  # fmt: skip
    return sheet


@cache
def _source() -> str:
    return files("gisplan.render").joinpath("templates/bulletin.html.j2").read_text("utf-8")
