"""指标符合性表: every row of the indicator table, what lies below it, and what was found."""

from __future__ import annotations

from typing import Any

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.indicators import shortened
from gisplan.model import BalanceRow, Dossier, Lang, Outcome, Severity, Text
from gisplan.render.balance import hits_on, indicator_hits
from gisplan.render.palette import SEVERITY_FILL
from gisplan.render.rows import cited, layer_name
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
    Column(Text("汇总方式", "roll-up"), 10),
    Column(Text("下级落实", "done below"), 14),
    Column(Text("预留", "reserve"), 10),
    Column(Text("下级差值", "difference below"), 14),
    Column(Text("缺值的下级", "no value below"), 26, wrap=True),
    Column(Text("图上计算值", "from the map"), 14),
    Column(Text("机审结果", "result"), 12),
    Column(Text("依据", "sources"), 40, wrap=True),
    Column(Text("说明", "remarks"), 60, wrap=True),
]
_FILLED = 18
_MAP = "IND111"
_RESULT = {
    "differs": Text("不符合", "does not comply"),
    "explain": Text("需说明", "to be explained"),
    "agrees": Text("符合", "complies"),
    "unchecked": Text("未检查", "not checked"),
    "nothing": Text("未发现问题", "nothing found"),
}


def indicators_sheet(dossier: Dossier, lang: Lang) -> Sheet:
    """Return one row per row of the indicator table; without such a table the sheet is empty.

    What the areas below hold comes from the balance, with the children that have no value named.
    A row below which nothing lies says 未发现问题 only where a rule on indicators ran.
    """
    sheet = Sheet(TITLE, _COLUMNS)
    layer = dossier.plan.layers.get("indicator")
    if layer is None:
        return sheet
    found = indicator_hits(dossier)
    balance = {row.row: row for row in dossier.balance}
    ran = any(
        run.code.startswith("IND") and run.outcome in (Outcome.PASSED, Outcome.FAILED)
        for run in dossier.rules
    )
    for number, (fid, row) in enumerate(layer.frame.to_dict("index").items(), start=1):
        below = balance.get(fid)
        area = cell(row, "code") if below is None else below.area
        hits = hits_on(found, cell(row, "tier"), area, cell(row, "indicator"), cell(row, "year"))
        target, assigned = cell(row, "target"), cell(row, "assigned")
        known = isinstance(target, int | float) and isinstance(assigned, int | float)
        result = _result(below, hits, ran)
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
            _title("rollup", cell(row, "rollup"), lang),
            _figure(below.done if below else None),
            _figure(below.reserve if below else None),
            _figure(below.difference if below else None),
            pick(shortened(below.missing), lang) if below and below.missing else None,
            _from_map(hits),
            pick(_RESULT[result], lang),
            cited([source for hit in hits for source in hit["sources"]], lang)
            or (cited(below.sources, lang) if below else None),
            _remarks(below, hits, lang),
        )
        open_hits = [hit for hit in hits if hit["state"] != "waived"]
        if open_hits:
            sheet.fills[place] = (_FILLED, SEVERITY_FILL[Severity(open_hits[0]["severity"])])
    return sheet


def _from_map(hits: list[dict[str, Any]]) -> Any:
    values = [hit["limit"] for hit in hits if hit["code"] == _MAP and not missing(hit["limit"])]
    return values[0] if values else None


def _figure(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _result(below: BalanceRow | None, hits: list[dict[str, Any]], ran: bool) -> str:
    if any(hit["severity"] == "error" and hit["state"] != "waived" for hit in hits):
        return "differs"
    if below is not None and below.judgement != "agrees":
        return below.judgement
    if hits:
        return "explain"
    if below is not None:
        return "agrees"
    return "nothing" if ran else "unchecked"


def _remarks(below: BalanceRow | None, hits: list[dict[str, Any]], lang: Lang) -> str:
    words = [hit[f"message_{lang}"] for hit in hits]
    if below is not None and below.why is not None:
        words.append(pick(below.why, lang))
    return "；".join(words)


def _title(codes: str, value: Any, lang: Lang) -> Any:
    entry = codelist(codes).get(value) if isinstance(value, str) else None
    return pick(entry.title, lang) if entry else value
