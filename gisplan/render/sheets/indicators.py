"""指标符合性表: every row of the indicator table, and what the rules found about it."""

from __future__ import annotations

from typing import Any

from gisplan.catalogue.codes import codelist
from gisplan.model import Dossier, Lang, Outcome, Severity, Text
from gisplan.render.palette import SEVERITY_FILL
from gisplan.render.rows import layer_name
from gisplan.render.sheets.table import Column, Sheet, cell
from gisplan.render.words import missing, pick

TITLE = Text("指标符合性表", "indicators")
_COLUMNS = [
    Column(Text("序号", "no."), 6),
    Column(Text("层级", "tier"), 12),
    Column(Text("区域编号", "area code"), 22),
    Column(Text("指标编码", "indicator code"), 14),
    Column(Text("指标名称", "indicator"), 26),
    Column(Text("单位", "unit"), 10),
    Column(Text("指标属性", "nature"), 12),
    Column(Text("规划要求", "requirement"), 12),
    Column(Text("目标年", "target year"), 8),
    Column(Text("文本上报数值", "stated value"), 14),
    Column(Text("上级下达数值", "assigned above"), 14),
    Column(Text("差值", "difference"), 12),
    Column(Text("下级合计", "sum of children"), 14),
    Column(Text("图上计算值", "from the map"), 14),
    Column(Text("机审结果", "result"), 12),
    Column(Text("说明", "remarks"), 60, wrap=True),
]
_FILLED = 14
_SUMS = ("IND102", "IND103", "IND104")
_MAP = "IND111"


def indicators_sheet(dossier: Dossier, lang: Lang) -> Sheet:
    """Return one row per row of the indicator table; without such a table the sheet is empty.

    A row that no rule found fault with says 未发现问题 only where a rule on indicators ran.
    """
    sheet = Sheet(TITLE, _COLUMNS)
    layer = dossier.plan.layers.get("indicator")
    if layer is None:
        return sheet
    found = _by_row(dossier)
    ran = any(
        run.code.startswith("IND") and run.outcome in (Outcome.PASSED, Outcome.FAILED)
        for run in dossier.rules
    )
    for number, row in enumerate(layer.frame.to_dict("records"), start=1):
        hits = found.get((cell(row, "code"), cell(row, "indicator")), [])
        target, assigned = cell(row, "target"), cell(row, "assigned")
        known = isinstance(target, int | float) and isinstance(assigned, int | float)
        place = sheet.add(
            number,
            layer_name(dossier, cell(row, "tier"), lang),
            cell(row, "code"),
            cell(row, "indicator"),
            cell(row, "name"),
            cell(row, "unit"),
            _title("nature", cell(row, "nature"), lang),
            _title("requirement", cell(row, "requirement"), lang),
            cell(row, "year"),
            target,
            assigned,
            round(target - assigned, 6) if known else None,
            _measure(hits, _SUMS, "measure"),
            _measure(hits, (_MAP,), "limit"),
            _result(hits, ran, lang),
            "；".join(hit[f"message_{lang}"] for hit in hits),
        )
        open_hits = [hit for hit in hits if hit["state"] != "waived"]
        if open_hits:
            sheet.fills[place] = (_FILLED, SEVERITY_FILL[Severity(open_hits[0]["severity"])])
    return sheet


def _by_row(dossier: Dossier) -> dict[tuple[Any, Any], list[dict[str, Any]]]:
    """Return the findings on indicators by area and indicator; the gravest come first."""
    found: dict[tuple[Any, Any], list[dict[str, Any]]] = {}
    for row in dossier.findings.drop(columns="geometry").to_dict("records"):
        if row["code"].startswith("IND") and row["kind"]:
            key = (row["feature"], row["kind"].removeprefix("indicator:"))
            found.setdefault(key, []).append(row)
    return found


def _measure(hits: list[dict[str, Any]], codes: tuple[str, ...], name: str) -> Any:
    values = [hit[name] for hit in hits if hit["code"] in codes and not missing(hit[name])]
    return values[0] if values else None


def _result(hits: list[dict[str, Any]], ran: bool, lang: Lang) -> str:
    if any(hit["severity"] == "error" and hit["state"] != "waived" for hit in hits):
        return pick(Text("不符合", "does not comply"), lang)
    if hits:
        return pick(Text("需说明", "to be explained"), lang)
    return pick(Text("未发现问题", "nothing found") if ran else Text("未检查", "not checked"), lang)


def _title(codes: str, value: Any, lang: Lang) -> Any:
    entry = codelist(codes).get(value) if isinstance(value, str) else None
    return pick(entry.title, lang) if entry else value
