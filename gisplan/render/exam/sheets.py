"""`exam.xlsx`: the tables of an exam report, one sheet each (指标评价结果统计表、问题清单)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.exam import DIMENSIONS, GROUPS, exam_indicators
from gisplan.catalogue.programme import key_tasks
from gisplan.catalogue.sources import cite
from gisplan.model import ExamDossier, Lang, Text
from gisplan.render.exam.report import conclusion
from gisplan.render.exam.words import (
    BY_HAND,
    GRADE_FILL,
    GRADES,
    KINDS,
    PHASES,
    PROGRESS,
    QUANTITIES,
    STAGE_FILL,
    STAGES,
    TRENDS,
    level_title,
    project_group,
    state_title,
    stated_total,
)
from gisplan.render.sheets.table import Column, Sheet
from gisplan.render.words import missing, pick
from gisplan.render.xlsx import write_sheets


def write_exam_xlsx(dossier: ExamDossier, path: Path, lang: Lang) -> None:
    """Write the workbook of an exam."""
    write_sheets(sheets_of(dossier, lang), dossier.plan.config.name, path, lang, rest="exam.json")


def _summary(dossier: ExamDossier, lang: Lang) -> Sheet:
    sheet = Sheet(
        Text("总体结论", "Conclusion"),
        [Column(Text("事项", "Item"), 26), Column(Text("内容", "Content"), 90, wrap=True)],
    )
    graded = dossier.values["grade"].value_counts()

    def add(zh: str, en: str, value: object) -> None:
        sheet.add(pick(Text(zh, en), lang), value)

    add("说明", "Note", pick(BY_HAND, lang))
    add("结论", "Conclusion", pick(conclusion(dossier), lang))
    add("规划名称", "Plan", dossier.plan.config.name)
    add("体检年度", "Year of the exam", dossier.year)
    add("对比年度", "Compared with", dossier.last_year)
    add("统计范围", "Land that counts", pick(dossier.boundary, lang))
    add("坐标系", "CRS", dossier.run.working_crs)
    for grade, title in GRADES.items():
        number = int(graded.get(grade, 0))
        sheet.add(pick(Text(f"指标值：{title.zh}", f"Values: {title.en}"), lang), number)
    if dossier.closure is not None:
        whole = dossier.closure.iloc[0]
        add("体检问题", "Problems", int(whole["problems"]))
        add("已解决", "Solved", int(whole["solved"]))
        add("闭环率（%）", "Solved, %", _number(whole["rate"]))
    for note in dossier.notes:
        add("提示", "Note", pick(note, lang))
    for record in dossier.run.inputs:
        add("数据", "Input", f"{record.path}  sha256 {record.sha256}")
    return sheet


def _values(dossier: ExamDossier, lang: Lang) -> Sheet:
    columns = [
        Column(Text("维度", "Dimension"), 12), Column(Text("组别", "Group"), 10),
        Column(Text("指标编码", "Code"), 10), Column(Text("指标名称", "Indicator"), 34, wrap=True),
        Column(Text("层级", "Level"), 10), Column(Text("区域编号", "Area"), 16),
        Column(Text("区域名称", "Name"), 16), Column(Text("单位", "Unit"), 10),
        Column(Text("数值", "Value"), 12), Column(Text("按人口加权", "By people"), 12),
        Column(Text("规划实施后", "When all is done"), 12),
        Column(Text("目标值", "Target"), 10), Column(Text("评价", "Grade"), 10),
        Column(Text("上年度", "Year before"), 10), Column(Text("上年度数值", "Value before"), 12),
        Column(Text("变化", "Trend"), 8), Column(Text("填报值", "As reported"), 12),
        Column(Text("分子", "Numerator"), 16), Column(Text("分母", "Denominator"), 16),
        Column(Text("未检查原因", "Why not computed"), 30, wrap=True),
        Column(Text("计算口径", "How it is computed"), 50, wrap=True),
        Column(Text("依据", "Source"), 30, wrap=True), Column(Text("依据是否核实", "Verified"), 10),
    ]  # fmt: skip
    sheet = Sheet(Text("指标评价结果统计表", "Indicators"), columns)
    known = exam_indicators()
    for row in dossier.values.to_dict("records"):
        one = known[row["indicator"]]
        origin = cite(one.source)
        at = sheet.add(
            pick(DIMENSIONS[one.dimension], lang), pick(GROUPS[one.group], lang), one.code,
            pick(one.title, lang), pick(level_title(row["level"]), lang), row["place"],
            row["name"], pick(one.unit, lang), _number(row["value"]), _number(row["by_people"]),
            _number(row["after"]), _number(row["target"]),
            pick(GRADES[row["grade"]], lang), _number(row["last_year"]),
            _number(row["last"]), _word(TRENDS, row["trend"], lang), _number(row["stated"]),
            _number(row["numerator"]), _number(row["denominator"]), row[f"why_{lang}"],
            row[f"basis_{lang}"], pick(origin.title, lang), _yes(origin.verified, lang),
        )  # fmt: skip
        if row["grade"] in GRADE_FILL:
            sheet.fills[at] = (12, GRADE_FILL[row["grade"]])
    return sheet


def _not_computed(dossier: ExamDossier, lang: Lang) -> Sheet:
    sheet = Sheet(
        Text("未检查指标", "Not computed"),
        [
            Column(Text("指标编码", "Code"), 10),
            Column(Text("指标名称", "Indicator"), 44),
            Column(Text("未检查原因", "Why"), 60, wrap=True),
        ],
    )
    for code, why in dossier.missing.items():
        sheet.add(code, pick(exam_indicators()[code].title, lang), pick(why, lang))
    return sheet


def _problems(dossier: ExamDossier, lang: Lang) -> Sheet:
    columns = [
        Column(Text("体检问题编号", "Problem"), 16), Column(Text("问题", "What"), 34, wrap=True),
        Column(Text("维度", "Dimension"), 12), Column(Text("指标", "Indicator"), 14),
        Column(Text("年度", "Year"), 8), Column(Text("严重度", "Severity"), 10),
        Column(Text("对应单元", "Units"), 20, wrap=True), Column(Text("纳入方式", "How"), 10),
        Column(Text("对应项目", "Projects"), 24, wrap=True),
        Column(Text("查无编号", "Unknown codes"), 18, wrap=True),
        Column(Text("责任单位", "Responsible"), 16), Column(Text("完成时限", "Due"), 12),
        Column(Text("评估日期", "Evaluated"), 12), Column(Text("进展", "Stage"), 12),
    ]  # fmt: skip
    sheet = Sheet(Text("问题清单及台账", "Problems"), columns)
    if dossier.problems is None:
        return sheet
    how = {"named": Text("编号对应", "named"), "located": Text("位置所在", "by place")}
    for row in dossier.problems.to_dict("records"):
        at = sheet.add(
            row["code"], row["name"], row["dimension"], row["indicator"], _number(row["year"]),
            row["severity"], "、".join(row["units"]), _word(how, row["units_by"], lang),
            "、".join(row["projects"]), "、".join(row["unknown"]), row["responsible"],
            _day(row["due_on"]), _day(row["evaluated_on"]), pick(STAGES[row["stage"]], lang),
        )  # fmt: skip
        if row["stage"] in STAGE_FILL:
            sheet.fills[at] = (13, STAGE_FILL[row["stage"]])
    return sheet


def _closure(dossier: ExamDossier, lang: Lang) -> Sheet:
    columns = [
        Column(Text("层级", "Level"), 10), Column(Text("编号", "Code"), 18),
        Column(Text("问题", "Problems"), 10), Column(Text("已纳入单元", "In a unit"), 12),
        Column(Text("已有项目", "With projects"), 12), Column(Text("已解决", "Solved"), 10),
        Column(Text("闭环率（%）", "Solved, %"), 12, digits=1),
    ]  # fmt: skip
    sheet = Sheet(Text("闭环统计", "Loop"), columns)
    if dossier.closure is None:
        return sheet
    for row in dossier.closure.to_dict("records"):
        level = Text("全部", "all") if row["level"] == "all" else level_title(row["level"])
        sheet.add(
            pick(level, lang), row["place"], row["problems"], row["in_unit"], row["in_project"],
            row["solved"], _number(row["rate"]),
        )  # fmt: skip
    return sheet


def _idle(dossier: ExamDossier, lang: Lang) -> Sheet:
    sheet = Sheet(
        Text("无对应问题的项目", "Projects without problem"),
        [
            Column(Text("项目编号", "Project"), 20),
            Column(Text("项目名称", "Name"), 40),
            Column(Text("所属单元", "Unit"), 20),
        ],
    )
    for row in [] if dossier.idle is None else dossier.idle.to_dict("records"):
        sheet.add(row["code"], _text(row["name"]), _text(row["parent"]))
    return sheet


def _scores(dossier: ExamDossier, lang: Lang) -> Sheet:
    columns = [
        Column(Text("层级", "Level"), 10), Column(Text("区域编号", "Area"), 18),
        Column(Text("区域名称", "Name"), 18),
        Column(Text("优先度（0–100）", "Priority, 0–100"), 14, digits=1),
        Column(Text("参评指标", "Graded"), 10), Column(Text("未达标指标", "Missed"), 50, wrap=True),
        Column(Text("未检查指标", "Not computed"), 12),
    ]  # fmt: skip
    sheet = Sheet(Text("治理建议清单", "Where to act first"), columns)
    known = exam_indicators()
    for row in dossier.scores.to_dict("records"):
        names = [f"{code} {pick(known[code].title, lang)}" for code in row["missed"]]
        sheet.add(
            pick(level_title(row["level"]), lang), row["place"], row["name"],
            _number(row["score"]), row["graded"], "；".join(names), row["not_computed"],
        )  # fmt: skip
    return sheet


def _candidates(dossier: ExamDossier, lang: Lang) -> Sheet:
    columns = [
        Column(Text("序号", "No."), 6), Column(Text("类型", "Kind"), 14),
        Column(Text("所在区域", "Area"), 14), Column(Text("地块数", "Parcels"), 8),
        Column(Text("面积（m²）", "Area, m²"), 14, digits=0),
        Column(Text("老旧建筑占比", "Old share"), 12, digits=2),
        Column(Text("低效地块数", "Of low efficiency"), 12),
        Column(Text("保护对象", "Heritage bodies"), 34, wrap=True),
        Column(Text("保护区划", "Heritage zones"), 34, wrap=True),
        Column(Text("保护范围内面积（m²）", "In heritage, m²"), 18, digits=0),
    ]  # fmt: skip
    sheet = Sheet(Text("候选更新片区", "Candidates"), columns)
    for row in dossier.candidates.to_dict("records"):
        at = sheet.add(
            row["number"], pick(KINDS[row["kind"]], lang), row["place"], row["parcels"],
            _number(row["area_m2"]), _number(row["old_share"]), row["low_efficiency"],
            "、".join(row["bodies"]), "、".join(row["zones"]), _number(row["heritage_m2"]),
        )  # fmt: skip
        if row["bodies"] or row["zones"]:
            sheet.fills[at] = (7, "#fff3cd")
    return sheet


def _projects(dossier: ExamDossier, lang: Lang) -> Sheet:
    columns = [
        Column(Text("分组", "Group"), 14), Column(Text("层级", "Level"), 10),
        Column(Text("区域编号", "Area"), 14), Column(Text("区域名称", "Name"), 16),
        Column(Text("任务／类型／进展", "Task, type, progress"), 34),
        Column(Text("年度", "Year"), 8), Column(Text("项目数", "Projects"), 10),
        Column(Text("投资（万元）", "10,000 CNY"), 16, digits=1),
        Column(Text("未填投资", "Without investment"), 12),
    ]  # fmt: skip
    groups = {
        "all": Text("合计", "all"), "place": Text("按区域", "by area"),
        "task": Text("按任务", "by key task"), "type": Text("按类型", "by type"),
        "year": Text("按年度", "by year"),
        "phase": Text("按进展（所填状态，未填按年份）", "by progress, as stated, else by years"),
        "place_task": Text("区域×任务", "area × task"),
    }  # fmt: skip
    sheet = Sheet(Text("项目汇总", "Projects"), columns)
    for row in dossier.projects.to_dict("records"):
        level = pick(level_title(row["level"]), lang) if row["level"] else ""
        title = "" if row["group"] == "year" else pick(project_group(row), lang)
        sheet.add(
            pick(groups[row["group"]], lang), level, row["place"], row["name"], title,
            row["year"], row["projects"], _number(row["invest"]), row["without"],
        )  # fmt: skip
    return sheet


def _units(dossier: ExamDossier, lang: Lang) -> Sheet:
    columns = [
        Column(Text("单元编号", "Unit"), 18), Column(Text("单元名称", "Name"), 24),
        Column(Text("规划状态", "State of its plan"), 12),
        Column(Text("项目数", "Projects"), 10),
        Column(Text("投资（万元）", "10,000 CNY"), 14, digits=1),
        Column(Text("未填投资", "Without investment"), 12),
        *(Column(PHASES[phase], 10) for phase in PROGRESS),
        Column(Text("进展未知", "Progress not known"), 12),
        Column(Text("完工率（项目，%）", "Finished, % of projects"), 14, digits=1),
        Column(Text("完工率（投资，%）", "Finished, % of money"), 14, digits=1),
        Column(Text("体检问题", "Problems"), 10), Column(Text("已解决", "Solved"), 10),
    ]  # fmt: skip
    sheet = Sheet(Text("单元项目汇总", "Projects by unit"), columns)
    with_projects = dossier.units["projects"] > 0
    listed = pd.concat([dossier.units[with_projects], dossier.units[~with_projects]])
    for row in listed.to_dict("records"):
        sheet.add(
            row["unit"] or pick(Text("不属于任何单元", "of no unit"), lang), row["name"],
            pick(state_title(row["status"]), lang), row["projects"], _number(row["invest"]),
            row["without"], *(row[phase] for phase in PROGRESS), row["untold"],
            _number(row["finished"]), _number(row["invest_finished"]), _number(row["problems"]),
            _number(row["solved"]),
        )  # fmt: skip
    return sheet


def _programme(dossier: ExamDossier, lang: Lang) -> Sheet:
    columns = [
        Column(Text("事项", "Item"), 12), Column(Text("单位", "Unit"), 16),
        Column(Text("起算年份", "From"), 10),
        Column(Text("省公布总量", "As the province states"), 18),
        Column(Text("规划项目合计", "Sum of projects"), 16, digits=1),
        Column(Text("占比（%）", "Share, %"), 12, digits=2),
        Column(Text("其中未填年份", "Of them undated"), 14),
        Column(Text("其中未填投资", "Without investment"), 14),
        Column(Text("依据", "Source"), 50, wrap=True), Column(Text("依据是否核实", "Verified"), 10),
    ]  # fmt: skip
    sheet = Sheet(Text("全省项目总量", "The province's totals"), columns)
    for row in dossier.programme.to_dict("records"):
        what, unit = QUANTITIES[row["quantity"]]
        origin = cite(row["source"])
        sheet.add(
            pick(what, lang), pick(unit, lang), row["since"], stated_total(row, lang),
            _number(row["sum"]), _number(row["share"]), row["undated"], row["without"],
            pick(origin.title, lang), _yes(origin.verified, lang),
        )  # fmt: skip
    return sheet


def _matrix(dossier: ExamDossier, lang: Lang) -> Sheet:
    """Return areas × key tasks: how many projects, and for how much."""
    rows = dossier.projects[dossier.projects["group"] == "place_task"]
    level = next((name for name in ("city", *dossier.levels) if (rows["level"] == name).any()), "")
    rows = rows[rows["level"] == level]
    tasks = sorted(rows["task"].unique(), key=lambda task: (not task.isdigit(), len(task), task))
    none = Text("无任务号", "no task")
    head = [task or pick(none, lang) for task in tasks]
    columns = [Column(Text("区域编号", "Area"), 14), Column(Text("区域名称", "Name"), 16)]
    columns += [Column(Text(f"任务 {t}：项目数", f"task {t}: projects"), 14) for t in head]
    columns += [
        Column(Text(f"任务 {t}：万元", f"task {t}: 10,000 CNY"), 14, digits=1) for t in head
    ]
    sheet = Sheet(Text("区域任务矩阵", "Areas by task"), columns)
    for (place, name), group in rows.groupby(["place", "name"], sort=True):
        count = dict(zip(group["task"], group["projects"], strict=True))
        money = dict(zip(group["task"], group["invest"], strict=True))
        sheet.add(
            place, name, *(int(count.get(t, 0)) for t in tasks),
            *(_number(money.get(t, 0.0)) for t in tasks),
        )  # fmt: skip
    return sheet


def _states(dossier: ExamDossier, lang: Lang) -> Sheet:
    columns = [
        Column(Text("层级", "Level"), 12), Column(Text("区域编号", "Area"), 16),
        Column(Text("规划名称", "Plan"), 40), Column(Text("版本", "Version"), 10),
        Column(Text("状态", "State"), 12), Column(Text("批准日期", "Approved on"), 12),
    ]  # fmt: skip
    sheet = Sheet(Text("规划编制状态", "State of the plans"), columns)
    for row in dossier.states.to_dict("records"):
        sheet.add(
            pick(level_title(_text(row["tier"])), lang), _text(row["code"]), _text(row["name"]),
            _text(row["version"]), pick(state_title(row["status"]), lang),
            _day(row["approved_on"]),
        )  # fmt: skip
    return sheet


def _reporting(dossier: ExamDossier, lang: Lang) -> Sheet:
    columns = [
        Column(Text("代码", "Code"), 12), Column(Text("报告单元", "Reporting unit"), 22),
        Column(Text("国标代码", "GB/T 2260"), 12), Column(Text("规划中有图形", "Drawn"), 12),
        Column(Text("更新类别", "Class"), 16),
        Column(Text("允许的更新方式", "Modes"), 24, wrap=True),
        Column(Text("指引指标", "Guidance"), 30, wrap=True),
        Column(Text("规划状态", "State of its plan"), 14), Column(Text("版本", "Version"), 10),
        Column(Text("批准日期", "Approved on"), 12), Column(Text("项目数", "Projects"), 10),
        Column(Text("投资（万元）", "10,000 CNY"), 16, digits=1),
        Column(Text("未填投资", "Without investment"), 12),
    ]  # fmt: skip
    sheet = Sheet(Text("报告单元", "Reporting units"), columns)
    for row in dossier.reporting.to_dict("records"):
        sheet.add(
            _text(row["code"]), row["name"],
            pick(Text("无（园区）", "none: a zone") if row["zone"] else Text("有", "yes"), lang),
            pick(Text("有", "yes") if row["in_plan"] else Text("没有", "no"), lang),
            _text(row["city_class"]), "、".join(row["allowed_modes"]), "；".join(row["guidance"]),
            pick(state_title(row["status"]), lang), _text(row["version"]), _day(row["approved_on"]),
            _number(row["projects"]), _number(row["invest"]), _number(row["without"]),
        )  # fmt: skip
    return sheet


def _goals(dossier: ExamDossier, lang: Lang) -> Sheet:
    columns = [
        Column(Text("指标编码", "Code"), 10), Column(Text("指标名称", "Indicator"), 40, wrap=True),
        Column(Text("区域编号", "Area"), 14), Column(Text("区域名称", "Name"), 16),
        Column(Text("上年度数值", "Value before"), 12), Column(Text("数值", "Value"), 12),
        Column(Text("目标值", "Target"), 12),
        Column(Text("进度（%）", "Progress, %"), 12, digits=1),
        Column(Text("评价", "Grade"), 10),
    ]  # fmt: skip
    sheet = Sheet(Text("目标进度", "Goals"), columns)
    for row in dossier.goals.to_dict("records"):
        at = sheet.add(
            row["indicator"], pick(exam_indicators()[row["indicator"]].title, lang), row["place"],
            row["name"], _number(row["last"]), _number(row["value"]), _number(row["target"]),
            _number(row["progress"]), pick(GRADES[row["grade"]], lang),
        )  # fmt: skip
        sheet.fills[at] = (8, GRADE_FILL[row["grade"]])
    return sheet


def _lists(dossier: ExamDossier, lang: Lang) -> Sheet:
    columns = [
        Column(Text("清单", "List"), 14), Column(Text("条目", "Items"), 10),
        Column(Text("投资（万元）", "10,000 CNY"), 16, digits=1),
        Column(Text("未填投资", "Without investment"), 12),
        Column(Text("应包含于", "Must be part of"), 14),
        Column(Text("不在其中的条目", "Not in it"), 60, wrap=True),
    ]  # fmt: skip
    sheet = Sheet(Text("项目库与年度计划", "Pool and annual plan"), columns)
    kinds = codelist("list")
    for row in dossier.lists.to_dict("records"):
        sheet.add(
            pick(kinds[row["list"]].title, lang), row["items"], _number(row["invest"]),
            row["without"], pick(kinds[row["wider"]].title, lang) if row["wider"] else "",
            "、".join(row["outside"]),
        )  # fmt: skip
    return sheet


def _tasks(dossier: ExamDossier, lang: Lang) -> Sheet:
    columns = [
        Column(Text("任务号", "Task"), 10), Column(Text("名称", "Name"), 50, wrap=True),
        Column(Text("是否核实", "Verified"), 12), Column(Text("项目数", "Projects"), 10),
        Column(Text("投资（万元）", "10,000 CNY"), 16, digits=1),
        Column(Text("未填投资", "Without investment"), 12),
    ]  # fmt: skip
    sheet = Sheet(Text("重点任务", "Key tasks"), columns)
    rows = dossier.projects[dossier.projects["group"] == "task"]
    sums = {row["task"]: row for row in rows.to_dict("records")}
    for number, task in key_tasks().items():
        own = sums.get(number, {"projects": 0, "invest": 0.0, "without": 0})
        sheet.add(
            number, pick(task.title, lang), _yes(task.verified, lang), own["projects"],
            _number(own["invest"]), own["without"],
        )  # fmt: skip
    return sheet


_SHEETS = (
    _summary, _values, _problems, _closure, _idle, _scores, _candidates, _projects, _units,
    _tasks, _matrix, _programme, _goals, _lists, _reporting, _states, _not_computed,
)  # fmt: skip


def sheets_of(dossier: ExamDossier, lang: Lang) -> Iterator[Sheet]:
    """Return the sheets of the workbook, in order."""
    return (make(dossier, lang) for make in _SHEETS)


def _number(value: Any) -> Any:
    return None if missing(value) or bool(pd.isna(value)) else round(float(value), 6)


def _text(value: Any) -> str:
    return "" if missing(value) else str(value)


def _day(value: Any) -> str:
    return "" if missing(value) else str(value)[:10]


def _word(words: Any, key: Any, lang: Lang) -> str:
    return pick(words[key], lang) if isinstance(key, str) and key in words else ""


def _yes(flag: bool, lang: Lang) -> str:
    return pick(Text("已核实", "verified") if flag else Text("未核实", "not verified"), lang)
