"""修复与改读: every shape that was repaired, and every cell read otherwise than it is written."""

from __future__ import annotations

from typing import Any

from gisplan.model import Dossier, Lang, Text
from gisplan.render.accounts import CELLS, MENDED, RENAMED, cell_examples, field_title
from gisplan.render.rows import layer_name
from gisplan.render.sheets.table import Column, Sheet, by_lang
from gisplan.render.words import pick

TITLE = Text("修复与改读", "repairs")
_COLUMNS = [
    Column(Text("类型", "kind"), 26),
    Column(Text("图层", "layer"), 18),
    Column(Text("文件", "file"), 30),
    Column(Text("第几条", "record"), 8),
    Column(Text("要素", "feature"), 24),
    Column(Text("字段", "field"), 16),
    Column(Text("处数", "cells"), 8),
    Column(Text("说明", "what"), 60, wrap=True),
    Column(Text("修复前面积（平面，㎡）", "area before (plane, m2)"), 24),
    Column(Text("修复后面积（平面，㎡）", "area after (plane, m2)"), 24),
    Column(Text("面积变化（㎡）", "change (m2)"), 14),
    Column(Text("面积变化（%）", "change (%)"), 12),
    Column(Text("经度", "longitude"), 12),
    Column(Text("纬度", "latitude"), 12),
]


def mended_sheet(dossier: Dossier, lang: Lang) -> Sheet:
    """Return repaired shapes, changed and emptied cells, and fields that had other names."""
    sheet = Sheet(TITLE, _COLUMNS)
    for row in dossier.accounts.mended:
        before, after = row.before_m2, row.after_m2
        change = None if before is None or after is None else after - before
        sheet.add(
            pick(MENDED, lang),
            layer_name(dossier, row.layer, lang),
            row.path,
            row.record + 1,
            row.feature,
            None,
            None,
            pick(row.what, lang),
            _rounded(before),
            _rounded(after),
            _rounded(change),
            _rounded(100 * change / before) if change is not None and before else None,
            *(row.place or (None, None)),
        )
    for cells in dossier.accounts.cells:
        _add(
            sheet,
            pick(CELLS[cells.kind], lang),
            layer_name(dossier, cells.layer, lang),
            cells.path,
            pick(field_title(dossier, cells.layer, cells.field), lang),
            cells.count,
            pick(cell_examples(cells), lang),
        )
    for fields in dossier.accounts.fields:
        layer = layer_name(dossier, fields.layer, lang)
        for name, columns in sorted(fields.fields.items()):
            said = " + ".join(columns)
            title = pick(field_title(dossier, fields.layer, name), lang)
            _add(sheet, pick(RENAMED, lang), layer, fields.path, title, None, said)
        if fields.unused:
            kind = by_lang(lang, "未使用的字段", "fields not used")
            said = by_lang(lang, "、", ", ").join(fields.unused)
            _add(sheet, kind, layer, fields.path, None, len(fields.unused), said)
    return sheet


def _add(
    sheet: Sheet,
    kind: str,
    layer: str,
    path: str,
    field: str | None,
    count: int | None,
    said: str,
) -> None:
    empty: list[Any] = [None] * 6
    sheet.add(kind, layer, path, None, None, field, count, said, *empty)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
