"""Text was in another encoding than the file says, or it cannot be told for certain in which.

What it checks: files without .cpg, or with one that is not true, such as GBK text in a .dbf;
columns and cells in another encoding than the rest; texts whose bytes allow two readings.
Why it matters: other software shows such names as 乱码, and a guess deserves a look.
Left to others: bytes that no encoding decodes, and text that was 乱码 already when it was written
SRC103.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Note, Severity, Text
from gisplan.rules.notes import field_title, judge_notes

RULE = Rule(
    code="SRC102",
    name="encoding-recovered",
    title=Text("文字编码已识别", "encoding recovered"),
    severity=Severity.INFO,
    message=Text(
        "文件 {feature} {by}的编码为{declared}，实际按 {found} 读取{example}",
        "file {feature}: {by} says {declared}; its text was read as {found}{example}",
    ),
    remedy=Text(
        '核对名称是否正确；随文件附上 .cpg，或在 gisplan.toml 写明 encoding = "{found}"',
        'look whether the names are right; add a .cpg, or encoding = "{found}" in gisplan.toml',
    ),
    sources=("shapefile-encoding",),
)
_BY = {
    "declared": Text(" gisplan.toml 声明", "gisplan.toml"),
    "cpg": Text(" .cpg 声明", "the .cpg"),
    "ldid": Text("语言标识字节声明", "the language byte"),
    "default": Text("默认", "nothing else than the default"),
}
_DECLARES = Text("声明", "it")
_COLUMN = Text(
    "文件 {feature} 的字段“{field}”不是 {declared}，按 {found} 读取{example}",
    "file {feature}: field {field} is not in {declared}; it was read as {found}{example}",
)
_CELLS = Text(
    "文件 {path} 的字段“{field}”有 {count} 处不是 {declared}，按 {found} 读取，"
    "首处为 {feature}{example}",
    "file {path}: {count} cells of field {field} are not in {declared} and were read as {found}, "
    "the first is {feature}{example}",
)
_MEND_COLUMN = Text(
    "核对该字段；由来源单位把全表统一为 UTF-8 后重新导出",
    "look at the field; have the office export the whole table in one encoding, UTF-8",
)
_DOUBT = Text(
    "文件 {feature} 的文字按 {found} 读取，也可能是 {other}{example}，字节太少无法断定",
    "file {feature}: its text was read as {found} but may be {other}{example}; the bytes are too "
    "few to tell",
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per file, column, or column's cells whose encoding had to be found."""

    def offence(note: Note) -> dict[str, object]:
        return _doubt(note) if note.kind == "encoding_doubtful" else _found(tables, note)

    return judge_notes(tables, tables.notes_of("encoding_recovered", "encoding_doubtful"), offence)


def _found(tables: Tables, note: Note) -> dict[str, object]:
    detail = note.detail
    declared, found = detail.get("declared"), str(detail["found"])
    said = Text(f" {declared}", str(declared)) if declared else Text("空", "no encoding")
    told = {"found": found, "example": _example(note)}
    if note.column is None:
        by = _BY.get(str(detail.get("from")), _DECLARES)
        return {"feature": note.path, "params": {**told, "declared": said, "by": by}}
    told |= {"declared": str(declared), "field": field_title(tables, note.layer, note.column)}
    offence: dict[str, object] = {"kind": note.column, "remedy": _MEND_COLUMN, "params": told}
    if note.record is None:
        return {**offence, "feature": note.path, "message": _COLUMN}
    told |= {"count": detail.get("count", 1), "path": note.path}
    # The cells of one column may be in two encodings besides its own.
    kind = f"{note.column}:{found}"
    return {**offence, "kind": kind, "message": _CELLS, "severity": Severity.WARNING}


def _doubt(note: Note) -> dict[str, object]:
    detail = note.detail
    told = {"found": detail["used"], "other": detail["other"], "example": _example(note)}
    return {
        "feature": note.path,
        "kind": "doubt",
        "message": _DOUBT,
        "severity": Severity.WARNING,
        "params": told,
    }


def _example(note: Note) -> Text:
    """Return the cell that shows it, in brackets; nothing where the note has none."""
    if "bytes" not in note.detail:
        return Text("", "")
    raw, text, instead = (str(note.detail[key]) for key in ("bytes", "text", "instead"))
    # What is 乱码 to a planner is no text to a console in GBK either.
    shown = "".join(sign if _in_gbk(sign) else "◇" for sign in instead)
    return Text(
        f"（字节 {raw} 读作“{text}”，否则为“{shown}”）",
        f" (bytes {raw} read {text!r}, else {shown!r})",
    )


def _in_gbk(sign: str) -> bool:
    try:
        sign.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True
