"""空间布局符合性: land that control lines protect and the plan takes."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.registry import registry
from gisplan.model import Dossier, Lang, Outcome, Severity, Text
from gisplan.render.palette import SEVERITY_FILL
from gisplan.render.rows import finding_cells
from gisplan.render.sheets.table import Column, Features, Sheet, by_lang, cell
from gisplan.render.words import OUTCOME, missing, pick

TITLE = Text("空间布局符合性", "control lines")
# What is built or used within a control line, or outside one that bounds it.
_RULES = tuple(f"BND{number}" for number in range(106, 113))
_COLUMNS = [
    Column(Text("汇总或明细", "sum or row"), 10),
    Column(Text("控制线名称", "control line"), 20),
    Column(Text("规则编号", "rule"), 10),
    Column(Text("参照地块", "reference"), 20),
    Column(Text("审查图层", "layer"), 14),
    Column(Text("审查地块", "feature"), 22),
    Column(Text("规划分区名称", "zone or name"), 22),
    Column(Text("冲突个数", "conflicts"), 10),
    Column(Text("面积（㎡）", "area (m2)"), 16),
    Column(Text("面积（公顷）", "area (ha)"), 12),
    Column(Text("等级", "severity"), 8),
    Column(Text("问题描述", "description"), 60, wrap=True),
]
_FILLED = 10


def layout_sheet(dossier: Dossier, lang: Lang) -> Sheet:
    """Return the sums by control line, and below them each conflict.

    A rule that found nothing has the sum 0; one that was not judged says why and has none.
    """
    sheet = Sheet(TITLE, _COLUMNS)
    features = Features(dossier)
    rows = dossier.findings[dossier.findings["code"].isin(_RULES)]
    records = rows.drop(columns="geometry").to_dict("records")
    by_line: dict[tuple[str, str], list[dict[Any, Any]]] = defaultdict(list)
    for row in records:
        by_line[row["code"], _line(features, row, lang)].append(row)
    for (code, line), own in sorted(by_line.items()):
        _add_sum(sheet, line, code, len(own), sum(_area(row) or 0.0 for row in own), "", lang)
    hit = {code for code, _ in by_line}
    for run in dossier.rules:
        if run.code in _RULES and run.code not in hit:
            done = run.outcome is Outcome.PASSED
            why = "" if run.why is None else pick(run.why, lang)
            said = "" if done else f"{pick(OUTCOME[run.outcome], lang)}：{why}"
            _add_sum(sheet, _title(run.code, lang), run.code, 0 if done else None, None, said, lang)
    for row in records:
        cells = finding_cells(dossier, row, lang)
        known = _area(row)
        place = sheet.add(
            by_lang(lang, "明细", "row"),
            _line(features, row, lang),
            row["code"],
            row["related"],
            cells["layer"],
            row["feature"],
            cell(features.get(row["layer"], row["feature"]), "name"),
            None,
            None if known is None else round(known, 2),
            None if known is None else round(known / 1e4, 4),
            cells["severity"],
            cells["message"],
        )
        if row["state"] != "waived":
            sheet.fills[place] = (_FILLED, SEVERITY_FILL[Severity(row["severity"])])
    return sheet


def _add_sum(
    sheet: Sheet,
    line: str,
    code: str,
    count: int | None,
    area: float | None,
    said: str,
    lang: Lang,
) -> None:
    square, hectares = (None, None) if area is None else (round(area, 2), round(area / 1e4, 4))
    sheet.add(
        by_lang(lang, "汇总", "sum"), line, code, None, None, None, None, count, square, hectares,
        None, said,
    )  # fmt: skip


def _line(features: Features, row: dict[Any, Any], lang: Lang) -> str:
    kind = cell(features.get(row["related_layer"], row["related"]), "kind")
    entry = codelist("control_line").get(kind) if isinstance(kind, str) else None
    return pick(entry.title, lang) if entry else str(kind or _title(row["code"], lang))


def _title(code: str, lang: Lang) -> str:
    entry = registry().get(code)
    return pick(entry.rule.title, lang) if entry else code


def _area(row: dict[Any, Any]) -> float | None:
    return None if row["unit"] != "m2" or missing(row["measure"]) else float(row["measure"])
