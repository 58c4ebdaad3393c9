"""Text was in another encoding than the file says, and was decoded in that one.

What it checks: files without .cpg, or with one that is not true, such as GBK text in a .dbf.
Why it matters: other software shows such names as 乱码, and a guess deserves a look.
Left to others: bytes that no encoding decodes SRC103.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Note, Severity, Text
from gisplan.rules.notes import judge_notes

RULE = Rule(
    code="SRC102",
    name="encoding-recovered",
    title=Text("文字编码已识别", "encoding recovered"),
    severity=Severity.INFO,
    message=Text(
        "文件 {feature} 声明的编码为{declared}，实际按 {found} 读取",
        "file {feature} declares {declared}; its text was read as {found}",
    ),
    remedy=Text(
        '核对名称是否正确；随文件附上 .cpg，或在 gisplan.toml 写明 encoding = "{found}"',
        'look whether the names are right; add a .cpg, or encoding = "{found}" in gisplan.toml',
    ),
    sources=("shapefile-encoding",),
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per file whose encoding had to be found out."""
    return judge_notes(tables, tables.notes_of("encoding_recovered"), _offence)


def _offence(note: Note) -> dict[str, object]:
    declared = note.detail.get("declared")
    said = Text(f" {declared}", str(declared)) if declared else Text("空", "no encoding")
    params = {"declared": said, "found": str(note.detail["found"])}
    return {"feature": note.path, "params": params}
