"""项目结论: the verdict of every project and its reasons."""

from __future__ import annotations

from gisplan.model import Dossier, Lang, Text
from gisplan.render.rows import layer_name, messages, project_rows
from gisplan.render.sheets.table import Column, Sheet
from gisplan.render.sheets.units import VERDICT_HEADS, add_verdict

TITLE = Text("项目结论", "projects")
_COLUMNS = [
    Column(Text("层级", "tier"), 10),
    Column(Text("项目编号", "project"), 24),
    *VERDICT_HEADS,
]


def projects_sheet(dossier: Dossier, lang: Lang) -> Sheet:
    """Return one row per feature of the tiers below the judged one."""
    sheet = Sheet(TITLE, _COLUMNS)
    says = messages(dossier, lang)
    for row in project_rows(dossier):
        head = [layer_name(dossier, row["layer"], lang), row["project"]]
        add_verdict(sheet, head, row, says, lang)
    return sheet
