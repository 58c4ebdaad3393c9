"""未检查与隔离: the account of every layer; all that this run did not judge, and why."""

from __future__ import annotations

from gisplan.catalogue.registry import registry
from gisplan.model import Dossier, Lang, Outcome, Text
from gisplan.render.accounts import LEFT_OUT, SET_ASIDE, UNREADABLE, balance
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
    Column(Text("第几条", "record"), 8),
    Column(Text("要素数", "features"), 8),
    Column(Text("经度", "longitude"), 12),
    Column(Text("纬度", "latitude"), 12),
    Column(Text("原因", "reason"), 70, wrap=True),
]


def unjudged_sheet(dossier: Dossier, lang: Lang) -> Sheet:
    """Return accounts, files not read, features set aside, rules not run, features not judged."""
    sheet = Sheet(TITLE, _COLUMNS)
    _balances(sheet, dossier, lang)
    _files(sheet, dossier, lang)
    _aside(sheet, dossier, lang)
    _rules(sheet, dossier, lang)
    for notice in dossier.notices:
        _row(sheet, by_lang(lang, "说明", "notice"), pick(notice, lang))
    return sheet


def _row(
    sheet: Sheet,
    kind: str,
    reason: str,
    rule: tuple[str | None, str | None] = (None, None),
    place: tuple[str | None, str | None, str | None] = (None, None, None),
    record: int | None = None,
    features: int | None = None,
    at: tuple[float, float] | None = None,
) -> None:
    lon, lat = at or (None, None)
    sheet.add(kind, *rule, *place, record, features, lon, lat, reason)


def _balances(sheet: Sheet, dossier: Dossier, lang: Lang) -> None:
    for count in dossier.layers:
        said = balance(count)
        place = (layer_name(dossier, count.layer, lang), None, None)
        kind = by_lang(lang, "图层账目", "account of a layer")
        _row(sheet, kind, pick(said, lang), place=place, features=count.read)


def _files(sheet: Sheet, dossier: Dossier, lang: Lang) -> None:
    for row in dossier.accounts.left_out:
        kind = pick(UNREADABLE if row.unreadable else LEFT_OUT, lang)
        place = (layer_name(dossier, row.layer, lang), None, row.path)
        _row(sheet, kind, pick(row.reason, lang), place=place)


def _aside(sheet: Sheet, dossier: Dossier, lang: Lang) -> None:
    for row in dossier.accounts.aside:
        _row(
            sheet,
            pick(SET_ASIDE, lang),
            pick(row.reason, lang),
            place=(layer_name(dossier, row.layer, lang), row.feature, row.path),
            record=None if row.record is None else row.record + 1,
            features=row.features,
            at=row.place,
        )


def _rules(sheet: Sheet, dossier: Dossier, lang: Lang) -> None:
    rules = registry()
    for run in dossier.rules:
        entry = rules.get(run.code)
        rule = (run.code, pick(entry.rule.title, lang) if entry else run.code)
        if run.outcome in (Outcome.SKIPPED, Outcome.CRASHED):
            _row(sheet, word(OUTCOME, run.outcome, lang), pick(run.why, lang), rule)
        if run.filtered is not None and run.filtered.pieces:
            kind = by_lang(lang, "滤除碎片", "left out as noise")
            _row(sheet, kind, filtered(run.filtered, lang), rule)
        kind = word(OUTCOME, Outcome.NOT_JUDGED, lang)
        for row in run.not_judged.to_dict("records"):
            layer = dossier.plan.layers.get(row["layer"])
            fid = int(row["fid"])
            label = layer.frame["_label"].iloc[fid] if layer is not None and fid >= 0 else None
            place = (layer_name(dossier, row["layer"], lang), label, None)
            _row(sheet, kind, row[f"why_{lang}"], rule, place)
