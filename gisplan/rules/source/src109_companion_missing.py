"""A file that belongs to a Shapefile is missing, cut short or does not match.

What it checks: .shx, .dbf, .prj and .cpg beside each .shp: there, whole, and of this .shp.
Why it matters: without them shapes, attributes, place or names are read by guess.
Left to others: no coordinate system SRC104; an encoding that was found out SRC102; files that do
not hold the same number of records SRC110.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Note, Severity, Text
from gisplan.rules.notes import judge_notes, text_of

RULE = Rule(
    code="SRC109",
    name="companion-missing",
    title=Text("配套文件缺失或不符", "companion file missing"),
    severity=Severity.WARNING,
    message=Text("文件 {feature}：{reason}", "file {feature}: {reason}"),
    remedy=Text(
        "从源数据重新导出，并把同名的 .shp、.shx、.dbf、.prj、.cpg 一并提交",
        "export anew and hand in .shp, .shx, .dbf, .prj and .cpg of one name together",
    ),
    sources=("esri-shapefile",),
)
# The defect shows more plainly in what came of it, and there it is one finding, not two.
_TOLD_ELSEWHERE = {".prj": "crs_missing", ".cpg": "encoding_recovered"}


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per companion that is missing or does not match."""
    return judge_notes(
        tables,
        [note for note in tables.notes_of("companion_missing") if not _is_told(tables, note)],
        lambda note: {
            "feature": note.path,
            "kind": str(note.detail["missing"]),
            "params": {"reason": _reason(note)},
        },
    )


def _is_told(tables: Tables, note: Note) -> bool:
    kind = _TOLD_ELSEWHERE.get(str(note.detail["missing"]).lower())
    return kind is not None and any(other.path == note.path for other in tables.notes_of(kind))


def _reason(note: Note) -> Text:
    if "reason_zh" in note.detail:
        return text_of(note, "reason")
    missing = note.detail["missing"]
    return Text(f"缺 {missing}", f"no {missing}")
