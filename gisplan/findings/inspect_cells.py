"""What is wrong with fields and cells, and what is done: words for `gisplan inspect`."""

from __future__ import annotations

from collections.abc import Mapping

from gisplan.findings.inspect_files import Words, said
from gisplan.model import Issue, LayerSpec, Note, Text


def _field(notes: list[Note], spec: LayerSpec | None) -> Text:
    """Return what the field of some notes is called: 面积; a column's own name where unknown."""
    column = notes[0].column or ""
    field = spec.fields.get(column) if spec else None
    return field.title if field else Text(column, column)


def _count(notes: list[Note]) -> int:
    return sum(int(note.detail.get("count", 1)) for note in notes)


def _example(note: Note, value: str) -> Text:
    """Return a cell as an example: 如第 3 条“约500”."""
    if note.record is None:
        return Text(f"如“{value}”", f"such as “{value}”")
    return Text(
        f"如第 {note.record + 1} 条“{value}”", f"such as record {note.record + 1} “{value}”"
    )


def _cells(
    kind: str, act: str, zh: str, en: str, done: Text, notes: list[Note], spec: LayerSpec | None
) -> Issue:
    """Return an issue on the cells of one field, with the first of them as example."""
    first = min(notes, key=lambda note: -1 if note.record is None else note.record)
    detail = first.detail
    value = str(detail.get("value", detail.get("before", detail.get("text", ""))))
    n, name, example = _count(notes), _field(notes, spec), _example(first, value)
    return Issue(
        kind,
        n,
        act,
        Text(f"“{name.zh}”{n} 处{zh}，{example.zh}", f"{name.en}: {n} {en}, {example.en}"),
        done,
    )


def _missing(notes: list[Note], spec: LayerSpec | None) -> Issue:
    name = _field(notes, spec)
    wanted = ", ".join(str(word) for word in notes[0].detail.get("wanted", ())[:4])
    return Issue(
        "field_missing",
        1,
        "ask",
        Text(f"缺少字段“{name.zh}”", f"no field for {name.en}"),
        Text(
            f"相关检查不做；请补字段（{wanted}），或在 gisplan.toml 的 fields 里对应",
            f"checks that need it are not done; add it ({wanted}) or map it under fields in"
            " gisplan.toml",
        ),
    )


def _ambiguous(notes: list[Note], spec: LayerSpec | None) -> Issue:
    name, detail = _field(notes, spec), notes[0].detail
    others = ", ".join(map(str, detail["others"]))
    return Issue(
        "ambiguous_field",
        1,
        "ask",
        Text(f"不止一列像“{name.zh}”：{others}", f"more columns fit {name.en}: {others}"),
        Text(
            f"读取 {detail['used']}；不对请在 gisplan.toml 的 fields 里写明",
            f"{detail['used']} is read; if that is wrong, say so under fields in gisplan.toml",
        ),
    )


def _unreadable(notes: list[Note], spec: LayerSpec | None) -> Issue:
    first = min(notes, key=lambda note: -1 if note.record is None else note.record)
    why, todo = said(first, "why"), said(first, "todo")
    zh = f"无法读取（{why.zh}）" if why.zh else "无法读取"
    en = f"unreadable ({why.en})" if why.en else "unreadable"
    done = Text(
        f"按空值处理；{todo.zh or '按字段类型重新填写'}",
        f"count as empty; {todo.en or 'fill in values of the type'}",
    )
    return _cells("value_unreadable", "emptied", zh, en, done, notes, spec)


def _undecodable(notes: list[Note], spec: LayerSpec | None) -> Issue:
    name, n = _field(notes, spec), _count(notes)
    row = notes[0].record
    where = Text("", "") if row is None else Text(f"，如第 {row + 1} 条", f", record {row + 1}")
    return Issue(
        "text_undecodable",
        n,
        "emptied",
        Text(f"“{name.zh}”{n} 处文字无法解码{where.zh}", f"{name.en}: {n} not decodable{where.en}"),
        Text("按空值处理；请重新录入", "count as empty; write them anew"),
    )


def _repaired(notes: list[Note], spec: LayerSpec | None) -> Issue:
    first = min(notes, key=lambda note: -1 if note.record is None else note.record)
    after = first.detail.get("after", "")
    done = Text(f"更正，如“{after}”", f"corrected, such as “{after}”")
    zh, en = "写法不规范", "written out of form"
    return _cells("code_repaired", "mended", zh, en, done, notes, spec)


def _unknown(notes: list[Note], spec: LayerSpec | None) -> Issue:
    codelist = notes[0].detail["codelist"]
    done = Text(
        f"原样保留并列为错误；改用代码表 {codelist} 中的代码或名称",
        f"kept and listed as an error; use a code or name of the list {codelist}",
    )
    zh, en = "不在代码表中", "not in the code list"
    return _cells("unknown_code_value", "ask", zh, en, done, notes, spec)


def _plain(kind: str, act: str, zh: str, en: str, done: Text) -> Words:
    def words(notes: list[Note], spec: LayerSpec | None) -> Issue:
        return _cells(kind, act, zh, en, done, notes, spec)

    return words


CELLS: Mapping[str, Words] = {
    "field_missing": _missing,
    "ambiguous_field": _ambiguous,
    "text_undecodable": _undecodable,
    "value_unreadable": _unreadable,
    "unknown_code_value": _unknown,
    "text_garbled": _plain(
        "text_garbled",
        "ask",
        "已成乱码",
        "garbled",
        Text("原样保留；请从原始资料恢复", "kept as it is; restore it from the source"),
    ),
    "text_cut": _plain(
        "text_cut",
        "ask",
        "文字被截断",
        "cut short",
        Text("照读；请补全，或改用 GeoPackage", "read so; complete it, or use GeoPackage"),
    ),
    "code_repaired": _repaired,
    "blank_word": _plain(
        "blank_word",
        "emptied",
        "填的是占位符",
        "hold a mark for nothing",
        Text("按空值处理", "count as empty"),
    ),
    "date_partial": _plain(
        "date_partial",
        "read",
        "只写到年或月",
        "known to the year or month",
        Text("照读，比较先后时按整段时间", "read so, and compared as a span of time"),
    ),
}
