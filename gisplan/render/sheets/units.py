"""单元结论: the verdict of every unit and its reasons."""

from __future__ import annotations

from gisplan.model import Dossier, Lang, Text, Verdict
from gisplan.render.palette import VERDICT_FILL
from gisplan.render.sheets.table import Column, Sheet
from gisplan.render.words import VERDICT, word

TITLE = Text("单元结论", "verdicts")
_COLUMNS = [
    Column(Text("单元编号", "unit"), 22),
    Column(Text("名称", "name"), 22),
    Column(Text("上级", "parent"), 14),
    Column(Text("结论", "verdict"), 14),
    Column(Text("错误个数", "errors"), 10),
    Column(Text("须审批或征求意见个数", "approvals and consultations"), 14),
    Column(Text("理由", "reasons"), 70, wrap=True),
    Column(Text("未知或待办事项", "unknown or due"), 60, wrap=True),
    Column(Text("问题指纹", "fingerprints"), 40, wrap=True),
]
_FILLED = 3


def units_sheet(dossier: Dossier, lang: Lang) -> Sheet:
    """Return one row per feature of the judged tier."""
    sheet = Sheet(TITLE, _COLUMNS)
    says = {
        row["fingerprint"]: f"{row['code']} {row[f'message_{lang}']}"
        for row in dossier.findings.drop(columns="geometry").to_dict("records")
    }
    for row in dossier.verdicts.to_dict("records"):
        place = sheet.add(
            row["unit"],
            row["name"],
            row["parent"],
            word(VERDICT, row["verdict"], lang),
            row["errors"],
            row["approvals"],
            "\n".join(says[reason] for reason in row["reasons"] if reason in says),
            "\n".join(row[f"why_{lang}"]),
            "\n".join(row["reasons"]),
        )
        sheet.fills[place] = (_FILLED, VERDICT_FILL[Verdict(row["verdict"])])
    return sheet
