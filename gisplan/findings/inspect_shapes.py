"""What is wrong with shapes, and what is done: words for `gisplan inspect`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from gisplan.findings.inspect_files import Words, said
from gisplan.model import Issue, LayerSpec, Note, Text


def _records(notes: list[Note]) -> Text:
    """Return which records a few notes are about: "（第 3、7 条）"."""
    rows = sorted({note.record + 1 for note in notes if note.record is not None})
    if not rows:
        return Text("", "")
    more = Text(" 等", ", …") if len(rows) > 3 else Text("", "")
    zh, en = "、".join(map(str, rows[:3])), ", ".join(map(str, rows[:3]))
    return Text(f"（第 {zh} 条{more.zh}）", f" (record {en}{more.en})")


def _counted(texts: list[Text]) -> Text:
    counts = Counter(texts).most_common()
    if len(counts) == 1:
        return counts[0][0]
    zh = "、".join(f"{text.zh} {n}" for text, n in counts)
    en = ", ".join(f"{text.en} {n}" for text, n in counts)
    return Text(zh, en)


def _invalid(notes: list[Note], _: LayerSpec | None) -> Issue:
    why = _counted(
        [
            Text(str(n.detail.get("reason_zh", n.detail["reason"])), str(n.detail["reason"]))
            for n in notes
        ]
    )
    where, repaired = _records(notes), bool(notes[0].detail.get("repaired"))
    mended = Text(
        "修复，列出每处面积变化；可能涉及的单元存疑",
        "repaired, each change of area listed; units that it may concern are in doubt",
    )
    aside = Text("无法确定原意，隔离；请在源数据中重画", "beyond repair, set aside; draw them anew")
    return Issue(
        "invalid_geometry",
        len(notes),
        "mended" if repaired else "aside",
        Text(
            f"{len(notes)} 个图形无效：{why.zh}{where.zh}",
            f"{len(notes)} invalid shapes: {why.en}{where.en}",
        ),
        mended if repaired else aside,
    )


def _empty(notes: list[Note], _: LayerSpec | None) -> Issue:
    where = _records(notes)
    return Issue(
        "empty_geometry",
        len(notes),
        "aside",
        Text(f"{len(notes)} 个要素没有图形{where.zh}", f"{len(notes)} without a shape{where.en}"),
        Text("隔离；请补画图形或删除记录", "set aside; draw the shape or delete the record"),
    )


def _type(notes: list[Note], _: LayerSpec | None) -> Issue:
    detail, where = notes[0].detail, _records(notes)
    found = detail.get("found_zh", detail["found"])
    wanted = detail.get("wanted_zh", detail["wanted"])
    return Issue(
        "wrong_geometry_type",
        len(notes),
        "aside",
        Text(
            f"{len(notes)} 个要素是{found}，应为{wanted}{where.zh}",
            f"{len(notes)} of type {detail['found']} instead of {detail['wanted']}{where.en}",
        ),
        Text("隔离；请改为该图层的图形类型", "set aside; draw them as the layer wants"),
    )


def _aside(notes: list[Note], _: LayerSpec | None) -> Issue:
    why, where = _counted([said(note) for note in notes]), _records(notes)
    return Issue(
        "quarantined",
        len(notes),
        "aside",
        Text(
            f"{len(notes)} 个要素无法使用：{why.zh}{where.zh}",
            f"{len(notes)} features cannot be used: {why.en}{where.en}",
        ),
        Text("隔离；请在源数据中修正", "set aside; mend them in the source"),
    )


def _parts(notes: list[Note], _: LayerSpec | None) -> Issue:
    detail, where = notes[0].detail, _records(notes)
    return Issue(
        "parts_dropped",
        len(notes),
        "mended",
        Text(
            f"{len(notes)} 个要素混有{detail['found_zh']}{where.zh}",
            f"{len(notes)} features have a {detail['found']} as well{where.en}",
        ),
        Text(f"只保留{detail['wanted_zh']}", f"only the {detail['wanted']} is kept"),
    )


SHAPES: Mapping[str, Words] = {
    "quarantined": _aside,
    "empty_geometry": _empty,
    "wrong_geometry_type": _type,
    "invalid_geometry": _invalid,
    "parts_dropped": _parts,
}
