"""The books of a run in the words of every format."""

from __future__ import annotations

from collections.abc import Mapping

from gisplan.model import CellsChanged, Dossier, LayerCount, Mended, Text
from gisplan.render.words import number, quantity

CELLS: Mapping[str, Text] = {
    "code_repaired": Text("编号已更正", "codes repaired"),
    "blank_word": Text("占位符按空值处理", "marks read as empty"),
    "unreadable": Text("无法读取，按空值处理", "unreadable, empty now"),
    "undecodable": Text("文字无法解码", "text cannot be decoded"),
}
MENDED = Text("图形已修复", "shape repaired")
SET_ASIDE = Text("要素已隔离", "feature set aside")
LEFT_OUT = Text("未识别的文件", "file not recognised")
UNREADABLE = Text("文件无法读取", "file unreadable")
RENAMED = Text("字段对应", "fields renamed")


def balance(count: LayerCount) -> Text:
    """Return the account of a layer as a sum, and what was left out where one area is reviewed."""
    read, checked, aside = count.read, count.checked, count.quarantined
    outside_zh = f"；范围外 {count.outside} 未审查" if count.outside else ""
    outside_en = f"; {count.outside} outside, not reviewed" if count.outside else ""
    return Text(
        f"读取 {read} = 检查 {checked} + 隔离 {aside}{outside_zh}",
        f"{read} read = {checked} checked + {aside} set aside{outside_en}",
    )


def area_change(row: Mended) -> Text:
    """Return what became of the area of a repaired shape: "0 ㎡ → 50 ㎡（+50 ㎡）"."""
    if row.before_m2 is None or row.after_m2 is None:
        return Text("", "")
    change = row.after_m2 - row.before_m2
    sign = "+" if change > 0 else ""
    share = f"，{100 * change / row.before_m2:+.2f}%" if row.before_m2 else ""
    before, after = (Text(*(quantity(v, "m2", lang) for lang in ("zh", "en")))
                     for v in (row.before_m2, row.after_m2))  # fmt: skip
    return Text(
        f"{before.zh} → {after.zh}（{sign}{number(change)} ㎡{share}）",
        f"{before.en} → {after.en} ({sign}{number(change)} m2{share.replace('，', ', ')})",
    )


def cell_examples(row: CellsChanged) -> Text:
    """Return the first cells of a column that were read otherwise, records counted from 1."""
    zh, en = [], []
    for record, before, after in row.examples:
        said = f"“{before}”" if after is None else f"“{before}” → “{after}”"
        zh.append(said if record is None else f"第 {record + 1} 条 {said}")
        en.append(said if record is None else f"record {record + 1} {said}")
    more = row.count - len(row.examples)
    if more > 0:
        zh.append(f"另有 {more} 处")
        en.append(f"{more} more")
    return Text("；".join(zh), "; ".join(en))


def field_title(dossier: Dossier, layer: str, field: str) -> Text:
    """Return what a standard field is called; a column's own name where it is none."""
    known = dossier.plan.layers.get(layer)
    spec = known.spec.fields.get(field) if known is not None else None
    return spec.title if spec else Text(field, field)
