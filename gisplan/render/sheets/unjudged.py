"""未检查与隔离: everything that this run did not judge, and why. None of it is a pass."""

from __future__ import annotations

from gisplan.catalogue.registry import registry
from gisplan.model import Dossier, Lang, Outcome, Text
from gisplan.render.rows import layer_name
from gisplan.render.sheets.table import Column, Sheet, by_lang
from gisplan.render.words import OUTCOME, filtered, pick, word

TITLE = Text("未检查与隔离", "not judged")
_COLUMNS = [
    Column(Text("类型", "kind"), 16),
    Column(Text("规则编号", "rule"), 10),
    Column(Text("检查项", "check"), 26, wrap=True),
    Column(Text("图层", "layer"), 18),
    Column(Text("要素", "feature"), 24),
    Column(Text("文件", "file"), 30),
    Column(Text("原因", "reason"), 70, wrap=True),
]
_NOT_READ = {"file_unreadable": Text("文件无法读取", "file unreadable"),
             "crs_missing": Text("缺少坐标系", "CRS missing")}  # fmt: skip


def unjudged_sheet(dossier: Dossier, lang: Lang) -> Sheet:
    """Return files not read, features set aside, rules not run, features not judged, notices."""
    sheet = Sheet(TITLE, _COLUMNS)
    _files(sheet, dossier, lang)
    _aside(sheet, dossier, lang)
    _rules(sheet, dossier, lang)
    for notice in dossier.notices:
        kind = by_lang(lang, "例外说明", "waiver")
        sheet.add(kind, None, None, None, None, None, pick(notice, lang))
    return sheet


def _files(sheet: Sheet, dossier: Dossier, lang: Lang) -> None:
    for note in dossier.plan.notes:
        if note.kind in _NOT_READ:
            kind = pick(_NOT_READ[note.kind], lang)
            layer = layer_name(dossier, note.layer, lang)
            reason = str(note.detail.get(f"reason_{lang}") or kind)
            sheet.add(kind, None, None, layer, None, note.path, reason)


def _aside(sheet: Sheet, dossier: Dossier, lang: Lang) -> None:
    for name, layer in dossier.plan.layers.items():
        if layer.quarantine is None:
            continue
        title = layer_name(dossier, name, lang)
        for row in layer.quarantine.to_dict("records"):
            kind = by_lang(lang, "要素已隔离", "feature set aside")
            reason = row[f"reason_{lang}"]
            sheet.add(kind, None, None, title, row["_label"], row["_path"], reason)


def _rules(sheet: Sheet, dossier: Dossier, lang: Lang) -> None:
    rules = registry()
    for run in dossier.rules:
        entry = rules.get(run.code)
        title = pick(entry.rule.title, lang) if entry else run.code
        if run.outcome in (Outcome.SKIPPED, Outcome.CRASHED):
            kind = word(OUTCOME, run.outcome, lang)
            sheet.add(kind, run.code, title, None, None, None, pick(run.why, lang))
        if run.filtered is not None and run.filtered.pieces:
            kind = by_lang(lang, "滤除碎片", "left out as noise")
            sheet.add(kind, run.code, title, None, None, None, filtered(run.filtered, lang))
        kind = word(OUTCOME, Outcome.NOT_JUDGED, lang)
        for row in run.not_judged.to_dict("records"):
            layer = dossier.plan.layers.get(row["layer"])
            fid = int(row["fid"])
            label = layer.frame["_label"].iloc[fid] if layer is not None and fid >= 0 else None
            name = layer_name(dossier, row["layer"], lang)
            sheet.add(kind, run.code, title, name, label, None, row[f"why_{lang}"])
