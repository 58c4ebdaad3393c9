"""传导一致性检查表: what the tiers above ask, and what the tiers below do with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.indicators import shortened
from gisplan.catalogue.registry import registry
from gisplan.model import BalanceRow, Dossier, Lang, Outcome, RuleRun, Severity, Text
from gisplan.render.balance import JUDGEMENT, hits_on, indicator_hits
from gisplan.render.palette import SEVERITY_FILL
from gisplan.render.rows import cited, finding_cells, layer_name, records
from gisplan.render.sheets.table import Column, Features, Sheet, cell, figure
from gisplan.render.transmission import TransmissionLine, transmission_lines
from gisplan.render.words import missing, pick, unit_name

TITLE = Text("传导一致性检查表", "transmission")
_KIND = {
    "IND": Text("指标", "indicator"),
    "BND": Text("边界", "boundary"),
    "USE": Text("用途", "land use"),
    "LST": Text("名录", "list"),
    "TIM": Text("时序", "timing"),
    "POL": Text("政策", "policy"),
}
_NUMERIC = ("IND", "USE", "POL")  # families whose limit is what the tier above asks
_COLUMNS = [
    Column(Text("层级（上→下）", "tiers"), 20),
    Column(Text("上级编号", "upper code"), 18),
    Column(Text("上级名称", "upper name"), 18),
    Column(Text("上级版本", "upper version"), 10),
    Column(Text("上级批准日期", "upper approved on"), 14),
    Column(Text("下级编号", "lower code"), 22),
    Column(Text("下级名称", "lower name"), 18),
    Column(Text("下级版本", "lower version"), 10),
    Column(Text("下级批准日期", "lower approved on"), 14),
    Column(Text("传导类型", "kind"), 10),
    Column(Text("传导内容", "content"), 26, wrap=True),
    Column(Text("上级要求", "asked above"), 14),
    Column(Text("下级落实", "done below"), 14),
    Column(Text("差值", "difference"), 12),
    Column(Text("单位", "unit"), 8),
    Column(Text("判定", "judgement"), 12),
    Column(Text("依据", "sources"), 40, wrap=True),
    Column(Text("说明", "remarks"), 60, wrap=True),
]
_FILLED = 15
_SUMMED = {"IND102", "IND103", "IND104", "IND106"}  # told in the row of their indicator
_FILL = {
    "differs": SEVERITY_FILL[Severity.ERROR],
    "explain": SEVERITY_FILL[Severity.WARNING],
}
_MISSING = Text("没有值的下级：{}", "no value below: {}")
_RESERVE = Text("预留 {:,.10g}", "reserve {:,.10g}")
_WORD = {
    "differs": Text("不一致", "differs"),
    "explain": Text("需说明", "to be explained"),
    Outcome.PASSED: Text("一致", "agrees"),
    Outcome.SKIPPED: Text("未检查", "not checked"),
    Outcome.NOT_JUDGED: Text("无法判定", "not judged"),
    Outcome.CRASHED: Text("未检查（检查出错）", "not checked (crashed)"),
}


def transmission_sheet(dossier: Dossier, lang: Lang) -> Sheet:
    """Return what is passed down, by pair of tiers and by indicator, then what was found.

    First each kind of transmission for each pair of tiers, then each indicator of each area, then
    the findings of the chain that no such row tells, then the rules that found nothing: one that
    passed for the whole plan is 一致, one that could not run 未检查.
    """
    sheet = Sheet(TITLE, _COLUMNS)
    features = Features(dossier)
    for line in transmission_lines(dossier):
        _pair(sheet, line, lang)
    found = indicator_hits(dossier)
    told: set[str] = set()
    for balance in dossier.balance:
        hits = hits_on(found, balance.tier, balance.area, balance.indicator, balance.year)
        hits = [hit for hit in hits if hit["code"] in _SUMMED]
        told |= {hit["fingerprint"] for hit in hits}
        _indicator(
            sheet, dossier, features, balance, [hit[f"message_{lang}"] for hit in hits], lang
        )
    for row in records(dossier.findings):
        if row["code"][:3] in _KIND and row["fingerprint"] not in told:
            _finding(sheet, dossier, features, row, lang)
    for run in dossier.rules:
        if run.code[:3] in _KIND and run.outcome is not Outcome.FAILED:
            _rule(sheet, run, lang)
    return sheet


def _pair(sheet: Sheet, line: TransmissionLine, lang: Lang) -> None:
    place = sheet.add(
        f"{pick(line.upper, lang)} → {pick(line.lower, lang)}",
        *[None] * 8,
        pick(line.kind, lang),
        pick(line.content, lang),
        line.asked,
        line.done,
        line.difference,
        pick(line.unit, lang),
        pick(line.judgement, lang),
        pick(line.sources, lang),
        pick(line.remarks, lang),
    )
    if line.fill:
        sheet.fills[place] = (_FILLED, _FILL[line.fill])


def _indicator(
    sheet: Sheet,
    dossier: Dossier,
    features: Features,
    row: BalanceRow,
    messages: list[str],
    lang: Lang,
) -> None:
    upper = features.get(row.tier, row.area)
    demand = codelist("requirement").get(row.requirement)
    details = [
        pick(demand.title, lang) if demand else "",
        "" if row.year is None else f"{row.year}",
    ]
    content = f"{row.indicator} {row.name}".strip()
    remarks = list(messages)
    if row.reserve:
        remarks.append(pick(_RESERVE, lang).format(row.reserve))
    if row.missing:
        remarks.append(pick(_MISSING, lang).format(pick(shortened(row.missing), lang)))
    elif row.why is not None:
        remarks.append(pick(row.why, lang))
    place = sheet.add(
        f"{layer_name(dossier, row.tier, lang)} → {layer_name(dossier, row.below, lang)}",
        row.area,
        cell(upper, "name"),
        cell(upper, "version"),
        cell(upper, "approved_on"),
        *[None] * 4,
        pick(_KIND["IND"], lang),
        " ".join([content, *(word for word in details if word)]),
        figure(row.asked, ""),
        figure(row.done, ""),
        figure(row.difference, ""),
        row.unit,
        pick(JUDGEMENT[row.judgement], lang),
        cited(row.sources, lang),
        "；".join(remarks),
    )
    if row.judgement in _FILL:
        sheet.fills[place] = (_FILLED, _FILL[row.judgement])


def _finding(
    sheet: Sheet, dossier: Dossier, features: Features, row: Mapping[str, Any], lang: Lang
) -> None:
    above, below = ends(dossier, features, row)
    upper, lower = features.get(*above), features.get(*below)
    cells = finding_cells(dossier, row, lang)
    family = row["code"][:3]
    entry = registry().get(row["code"])
    severity = Severity(row["severity"])
    waived, unit = row["state"] == "waived", row["unit"]
    numeric = family in _NUMERIC and not missing(row["limit"]) and not missing(row["measure"])
    names = [layer_name(dossier, layer, lang) for layer, _ in (above, below) if layer]
    says = "differs" if severity is Severity.ERROR and not waived else "explain"
    place = sheet.add(
        " → ".join(names),
        above[1],
        cell(upper, "name"),
        cell(upper, "version"),
        cell(upper, "approved_on"),
        below[1],
        cell(lower, "name"),
        cell(lower, "version"),
        cell(lower, "approved_on"),
        pick(_KIND[family], lang),
        pick(entry.rule.title, lang) if entry else row["code"],
        figure(row["limit"], unit) if numeric else None,
        figure(row["measure"], unit),
        figure(row["measure"] - row["limit"], unit) if numeric else None,
        unit_name(unit, lang),
        pick(_WORD[says], lang),
        cells["sources"],
        "；".join(part for part in (cells["message"], cells["waiver"]) if part),
    )
    if not waived:
        sheet.fills[place] = (_FILLED, SEVERITY_FILL[severity])


End = tuple[str | None, str | None]


def ends(dossier: Dossier, features: Features, row: Mapping[str, Any]) -> tuple[End, End]:
    """Return the upper and the lower end of a finding, each layer and label or (None, None).

    Where the finding names one feature of a tier only, the upper end is the parent that the
    feature itself declares.
    """
    rank = {tier.name: tier.rank for tier in dossier.plan.chain}
    here: End = (row["layer"], row["feature"] or None)
    there: End = (row["related_layer"], row["related"])
    depth = len(rank)
    if there[0] in rank:
        mine = rank.get(row["layer"], depth)
        if rank[there[0]] < mine:
            return there, here
        if rank[there[0]] > mine:
            return here, there
    parent = cell(features.get(*here), "parent")
    if parent is None or row["layer"] not in rank:
        return (None, None), here
    uppers = [tier.name for tier in dossier.plan.chain if tier.rank < rank[row["layer"]]]
    layer = next((name for name in reversed(uppers) if features.get(name, parent)), None)
    return (layer, str(parent)), here


def _rule(sheet: Sheet, run: RuleRun, lang: Lang) -> None:
    entry = registry().get(run.code)
    empty = [None] * 9
    sheet.add(
        *empty,
        pick(_KIND[run.code[:3]], lang),
        pick(entry.rule.title, lang) if entry else run.code,
        *[None] * 4,
        pick(_WORD[run.outcome], lang),
        None,
        f"{run.code} {pick(run.why, lang)}".strip(),
    )
