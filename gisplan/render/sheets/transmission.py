"""传导一致性检查表: what the tiers above ask, and what the tiers below do with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gisplan.catalogue.registry import registry
from gisplan.model import Dossier, Lang, Outcome, RuleRun, Severity, Text
from gisplan.render.palette import SEVERITY_FILL
from gisplan.render.rows import finding_cells, layer_name
from gisplan.render.sheets.table import Column, Features, Sheet, cell, figure
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
_WORD = {
    "differs": Text("不一致", "differs"),
    "explain": Text("需说明", "to be explained"),
    Outcome.PASSED: Text("一致", "agrees"),
    Outcome.SKIPPED: Text("未检查", "not checked"),
    Outcome.NOT_JUDGED: Text("无法判定", "not judged"),
    Outcome.CRASHED: Text("未检查（检查出错）", "not checked (crashed)"),
}


def transmission_sheet(dossier: Dossier, lang: Lang) -> Sheet:
    """Return the findings of the chain, then the rules of the chain that found nothing.

    A rule that passed for the whole plan is one row 一致; one that could not run is 未检查.
    """
    sheet = Sheet(TITLE, _COLUMNS)
    features = Features(dossier)
    for row in dossier.findings.drop(columns="geometry").to_dict("records"):
        if row["code"][:3] in _KIND:
            _finding(sheet, dossier, features, row, lang)
    for run in dossier.rules:
        if run.code[:3] in _KIND and run.outcome is not Outcome.FAILED:
            _rule(sheet, run, lang)
    return sheet


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
