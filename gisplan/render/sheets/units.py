"""单元结论: the verdict of every unit and its reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gisplan.model import Dossier, Lang, Text, Verdict
from gisplan.render.approvals import due_lines
from gisplan.render.palette import VERDICT_FILL
from gisplan.render.rows import listed_verdicts, messages, ways_out
from gisplan.render.sheets.table import MOST_ROWS, Column, Sheet
from gisplan.render.words import VERDICT, word

TITLE = Text("单元结论", "verdicts")
VERDICT_HEADS = (
    Column(Text("名称", "name"), 22),
    Column(Text("上级", "parent"), 14),
    Column(Text("结论", "verdict"), 14),
    Column(Text("错误个数", "errors"), 10),
    Column(Text("须审批或征求意见个数", "approvals and consultations"), 14),
    Column(Text("理由", "reasons"), 70, wrap=True),
    Column(Text("未知或待办事项", "unknown or due"), 60, wrap=True),
    Column(Text("审批和征求意见，按先后", "steps due, in order"), 60, wrap=True),
    Column(Text("问题指纹", "fingerprints"), 40, wrap=True),
)
_WAYS = Column(Text("化解途径（供选择，未采用）", "what would resolve it"), 60, wrap=True)
_COLUMNS = [Column(Text("单元编号", "unit"), 22), *VERDICT_HEADS]


def units_sheet(dossier: Dossier, lang: Lang) -> Sheet:
    """Return one row per feature of the judged tier."""
    sheet = Sheet(TITLE, [*_COLUMNS, _WAYS])
    ways = ways_out(dossier, lang)
    says = messages(dossier, lang)
    listed = listed_verdicts(dossier, MOST_ROWS)
    for row in listed[: MOST_ROWS + 1].to_dict("records"):  # one too many: so the sheet knows
        add_verdict(sheet, [row["unit"]], row, says, lang, "\n".join(ways.get(row["unit"], ())))
        sheet.links[len(sheet.rows) - 1] = (0, f"unit={row['unit']}")
    return sheet


def add_verdict(
    sheet: Sheet,
    head: Sequence[Any],
    row: Mapping[Any, Any],
    says: Mapping[str, str],
    lang: Lang,
    *more: str,
) -> None:
    """Add the row of one verdict: `head`, then the cells of VERDICT_HEADS, then `more`."""
    place = sheet.add(
        *head,
        row["name"],
        row["parent"],
        word(VERDICT, row["verdict"], lang),
        row["errors"],
        row["approvals"],
        "\n".join(says[reason] for reason in row["reasons"] if reason in says),
        "\n".join(row[f"why_{lang}"]),
        due_lines(row["approvals_due"], lang),
        "\n".join(row["reasons"]),
        *more,
    )
    sheet.fills[place] = (len(head) + 2, VERDICT_FILL[Verdict(row["verdict"])])
