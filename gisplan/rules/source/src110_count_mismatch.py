"""The files of a layer do not hold the same number of records.

What it checks: records in the .shp, in its index, in the .dbf and in the header of the .dbf, and
that the .shp is as long as it says.
Why it matters: features were lost on the way, or have no attributes, and nobody would miss them.
Left to others: a file that is not there at all SRC109; one that cannot be opened SRC101; a record
that has no shape or cannot be read SRC108.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Note, Severity, Text
from gisplan.rules.notes import judge_notes

RULE = Rule(
    code="SRC110",
    name="count-mismatch",
    title=Text("记录数不一致", "count mismatch"),
    severity=Severity.ERROR,
    message=Text(
        "文件 {feature} 记录数不一致：{counts}，可能缺要素或属性",
        "file {feature}: record counts differ ({counts}); features or attributes may be lost",
    ),
    remedy=Text(
        "与来源单位核对要素个数，从源数据重新导出全部文件",
        "ask the office for the number of features and export all files again from the source",
    ),
    sources=("esri-shapefile",),
)
_CUT = Text(".shp 末尾被截断", "the .shp is cut short at its end")


def judge(tables: Tables, params: Params) -> Judgement:
    """Return one offender per source whose files disagree."""
    return judge_notes(tables, tables.notes_of("count_mismatch"), _offence)


def _offence(note: Note) -> dict[str, object]:
    told = [_told(name, count) for name, count in note.detail["counts"].items()]
    if note.detail.get("cut"):
        told.append(_CUT)
    zh, en = "，".join(text.zh for text in told), ", ".join(text.en for text in told)
    return {"feature": note.path, "kind": "", "params": {"counts": Text(zh, en)}}


def _told(name: str, count: int) -> Text:
    if name == "read":
        return Text(f"读出 {count} 条", f"{count} were read")
    part, _, where = name.partition(" ")
    if where == "items":
        return Text(f"{part} 列有 {count} 项", f"{part} lists {count} items")
    if where == "header":
        return Text(f"{part} 文件头记 {count} 条", f"the header of the {part} says {count}")
    return Text(f"{part} 实有 {count} 条", f"{part} holds {count}")
