"""A file of the plan cannot be read.

What it checks: files that no driver opens, that are cut short, or that are larger than allowed.
Why it matters: what was not read was not checked, and a plan that is half read looks complete.
Left to others: records that are set aside one by one SRC108; files beside a Shapefile SRC109.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.notes import judge_notes, text_of

RULE = Rule(
    code="SRC101",
    name="file-unreadable",
    title=Text("文件无法读取", "file unreadable"),
    severity=Severity.ERROR,
    message=Text("文件 {feature} 无法读取：{reason}", "file {feature} cannot be read: {reason}"),
    remedy=Text(
        "重新导出或补齐该文件后再次审查；不属于本规划的文件请移出文件夹",
        "export or complete the file again and review anew; move it out if it is not of this plan",
    ),
    sources=("esri-shapefile",),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per file that could not be read."""
    return judge_notes(
        tables,
        tables.notes_of("file_unreadable"),
        lambda note: {"feature": note.path, "params": {"reason": text_of(note, "reason")}},
    )
