"""错误明细: every finding, one row each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.registry import registry
from gisplan.model import Dossier, Lang, Reply, Severity, Text
from gisplan.render.palette import SEVERITY_FILL
from gisplan.render.rows import finding_cells, records
from gisplan.render.sheets.table import Column, Sheet, by_lang, figure
from gisplan.render.words import pick, unit_name

TITLE = Text("错误明细", "findings")
STATES = (
    Text("未处理", "open"), Text("整改中", "in hand"), Text("已整改", "mended"),
    Text("申请例外", "exception asked"),
)  # fmt: skip
COLUMNS = [
    Column(Text("序号", "no."), 6),
    Column(Text("规则编号", "rule"), 10),
    Column(Text("检查内容", "family"), 20),
    Column(Text("检查项", "check"), 24, wrap=True),
    Column(Text("规则名称", "rule name"), 26),
    Column(Text("等级", "severity"), 8),
    Column(Text("历史文化裁定", "ruling"), 16, wrap=True),
    Column(Text("图层", "layer"), 16),
    Column(Text("要素标识码", "feature"), 22),
    Column(Text("关联图层", "related layer"), 16),
    Column(Text("关联要素", "related"), 22),
    Column(Text("行政区", "district"), 14),
    Column(Text("错误描述", "description"), 60, wrap=True),
    Column(Text("实测值", "measured"), 14),
    Column(Text("限值", "limit"), 12),
    Column(Text("单位", "unit"), 8),
    Column(Text("容差", "tolerances"), 26, wrap=True),
    Column(Text("中心经度", "longitude"), 14),
    Column(Text("中心纬度", "latitude"), 14),
    Column(Text("整改建议", "remedy"), 44, wrap=True),
    Column(Text("依据", "sources"), 44, wrap=True),
    Column(Text("处理状态", "state"), 12, choices=STATES),
    Column(Text("整改情况", "mending"), 30, wrap=True),
    Column(Text("是否例外", "waived"), 10),
    Column(Text("例外说明", "waiver"), 30, wrap=True),
    Column(Text("例外有效期", "waived until"), 12),
    Column(Text("复核人", "reviewed by"), 12),
    Column(Text("指纹", "fingerprint"), 20),
]
_FILLED = 5
_FEATURE = 8


def errors_sheet(dossier: Dossier, lang: Lang) -> Sheet:
    """Return all findings as sorted in the dossier; waived ones are marked and not coloured."""
    rules = registry()
    tolerances = {run.code: _tolerances(run.params) for run in dossier.rules}
    sheet = Sheet(TITLE, COLUMNS)
    for number, row in enumerate(records(dossier.findings), start=1):
        entry = rules.get(row["code"])
        cells = finding_cells(dossier, row, lang)
        waived = row["state"] == "waived"
        reply = dossier.ledger.get(row["fingerprint"], Reply(row["fingerprint"]))
        place = sheet.add(
            number,
            row["code"],
            cells["family"],
            pick(entry.rule.title, lang) if entry else row["code"],
            entry.rule.name if entry else "",
            cells["severity"],
            cells["ruling"],
            cells["layer"],
            row["feature"],
            cells["related_layer"],
            row["related"],
            district_of(row["feature"], lang),
            cells["message"],
            figure(row["measure"], row["unit"]),
            figure(row["limit"], row["unit"]),
            unit_name(row["unit"], lang),
            tolerances.get(row["code"], ""),
            cells["lon"],
            cells["lat"],
            cells["remedy"],
            cells["sources"],
            reply.state,
            reply.mending,
            by_lang(lang, "是", "yes") if waived else by_lang(lang, "否", "no"),
            cells["waiver"] if waived else reply.exception,
            reply.until,
            reply.by,
            row["fingerprint"],
        )
        sheet.links[place] = (_FEATURE, f"finding={row['fingerprint']}")
        if not waived:
            sheet.fills[place] = (_FILLED, SEVERITY_FILL[Severity(row["severity"])])
    return sheet


def district_of(code: str, lang: Lang) -> str | None:
    """Return the administrative area that a code begins with: 210102-GX001 -> 和平区.

    Areas have no English names: there it is the code of the area.
    """
    area = codelist("admin").get(code[:6])
    return pick(area.title, lang) if area else None


def _tolerances(params: Mapping[str, Any]) -> str:
    return "；".join(f"{name}={_shown(value)}" for name, value in params.items())


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):  # a value for each tier
        return "、".join(f"{name} {own}" for name, own in value.items())
    return str(value)
