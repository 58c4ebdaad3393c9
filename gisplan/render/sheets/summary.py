"""汇总: what was checked, what came of it, and where to sign."""

from __future__ import annotations

from collections import Counter
from typing import Any

from gisplan.model import Dossier, Lang, Outcome, Severity, Text, Verdict
from gisplan.render.consistency import NOTE, consistency_lines
from gisplan.render.content import standing
from gisplan.render.palette import VERDICT_FILL
from gisplan.render.rows import layer_name
from gisplan.render.sheets.table import Column, Sheet, by_lang
from gisplan.render.text import conclusion
from gisplan.render.words import (
    FAMILY,
    OUTCOME,
    SEVERITY,
    VERDICT,
    VERDICT_MEANING,
    crs_name,
    pick,
    word,
)

TITLE = Text("汇总", "summary")
_WIDTH = 8
_GRADES = {
    "blocked": Text("不合格", "fails"),
    "undetermined": Text("未能完整判定", "not fully judged"),
    "conditional": Text("有条件通过", "passes on conditions"),
    "clear": Text("合格", "passes"),
}


def summary_sheet(dossier: Dossier, lang: Lang) -> Sheet:
    """Return the cover of the workbook: facts, verdicts, rules by family, layers, inputs."""
    columns = [Column(Text("项目", "item"), 26)]
    columns += [
        Column(Text("内容", "content") if n == 1 else Text("", ""), 16) for n in range(1, 8)
    ]
    sheet = Sheet(TITLE, columns)
    _facts(sheet, dossier, lang)
    _verdicts(sheet, dossier, lang)
    _families(sheet, dossier, lang)
    _consistency(sheet, dossier, lang)
    _layers(sheet, dossier, lang)
    _inputs(sheet, dossier, lang)
    _line(sheet)
    for zh, en in (("检查人", "checked by"), ("复核人", "reviewed by"), ("日期", "date")):
        _line(sheet, by_lang(lang, zh, en))
    return sheet


def _line(sheet: Sheet, *cells: Any) -> int:
    return sheet.add(*cells, *[None] * (_WIDTH - len(cells)))


def _head(sheet: Sheet, *cells: Any) -> None:
    """Begin a part of the sheet with its headings, after an empty row."""
    _line(sheet)
    sheet.heads.add(_line(sheet, *cells))


def _grade(dossier: Dossier, lang: Lang) -> str:
    """Return the grade of the data, as in every report; what was not judged is said with it."""
    why = dossier.not_fully_judged
    stands = standing(dossier)
    said = pick(_GRADES[stands], lang)
    if why is None:
        return said
    if stands != "undetermined":
        said += by_lang(lang, "；", "; ") + pick(_GRADES["undetermined"], lang)
    return said + by_lang(lang, "：", ": ") + pick(why, lang)


def _facts(sheet: Sheet, dossier: Dossier, lang: Lang) -> None:
    run = dossier.run
    features = sum(count.read for count in dossier.layers)
    layers = f"{len(dossier.layers)} / {features}"
    versions = ", ".join(f"{name} {version}" for name, version in sorted(run.libraries.items()))
    for zh, en, value in (
        ("质检结论", "grade", _grade(dossier, lang)),
        ("结论", "result", conclusion(dossier, lang)),
        ("项目名称", "plan", dossier.plan.config.name),
        ("送检单位", "submitted by", dossier.plan.config.submitted_by or None),
        ("检查时间", "checked at", run.started),
        ("软件版本", "gisplan", run.gisplan),
        ("规则版本", "rule set", run.rule_set),
        ("坐标系", "working CRS", pick(crs_name(run.working_crs), lang)),
        ("图层数/要素数", "layers / features", layers),
        ("程序库", "libraries", versions),
    ):
        _line(sheet, by_lang(lang, zh, en), value)


def _verdicts(sheet: Sheet, dossier: Dossier, lang: Lang) -> None:
    title = layer_name(dossier, dossier.judged, lang)
    _head(
        sheet, by_lang(lang, f"{title}结论", f"verdicts: {title}"), by_lang(lang, "个数", "count")
    )
    counts = Counter(dossier.verdicts["verdict"])
    for verdict in Verdict:
        place = _line(
            sheet,
            word(VERDICT, verdict, lang),
            counts.get(verdict.value, 0),
            word(VERDICT_MEANING, verdict, lang),
        )
        sheet.fills[place] = (0, VERDICT_FILL[verdict])


def _families(sheet: Sheet, dossier: Dossier, lang: Lang) -> None:
    waived = dossier.findings["state"] == "waived"
    found = Counter(
        zip(dossier.findings["code"].str[:3][~waived], dossier.findings["severity"][~waived],
            strict=True)
    )  # fmt: skip
    outcomes = Counter((run.code[:3], run.outcome) for run in dossier.rules)
    _head(
        sheet,
        by_lang(lang, "检查内容", "family"),
        by_lang(lang, "规则数", "rules"),
        word(OUTCOME, Outcome.PASSED, lang),
        word(OUTCOME, Outcome.FAILED, lang),
        by_lang(lang, "未检查或无法判定", "not checked or judged"),
        *(word(SEVERITY, severity, lang) for severity in Severity),
    )
    for family, title in FAMILY.items():
        total = sum(n for (name, _), n in outcomes.items() if name == family)
        if not total:
            continue
        passed, failed = (outcomes[family, o] for o in (Outcome.PASSED, Outcome.FAILED))
        _line(
            sheet,
            f"{family} {pick(title, lang)}",
            total,
            passed,
            failed,
            total - passed - failed,
            *(found[family, severity.value] for severity in Severity),
        )


def _consistency(sheet: Sheet, dossier: Dossier, lang: Lang) -> None:
    head = {
        "zh": ("传导一致性", "要素数", "一致性", "不通过", "需说明", "未检查的规则",
               "无法判定的要素"),
        "en": ("consistency", "features", "score", "failed", "to explain", "rules not checked",
               "not judged"),
    }[lang]  # fmt: skip
    _head(sheet, *head)
    for tier, *figures in consistency_lines(dossier):
        _line(sheet, pick(tier, lang), *figures)
    _line(sheet, pick(NOTE, lang))


def _layers(sheet: Sheet, dossier: Dossier, lang: Lang) -> None:
    head = {
        "zh": ("图层", "读取", "检查", "隔离", "修复", "范围外"),
        "en": ("layer", "read", "checked", "set aside", "repaired", "outside"),
    }[lang]
    shown = len(head) if dossier.plan.part else len(head) - 1
    _head(sheet, *head[:shown])
    for count in dossier.layers:
        name = layer_name(dossier, count.layer, lang)
        figures = (count.read, count.checked, count.quarantined, count.repaired, count.outside)
        _line(sheet, name, *figures[: shown - 1])


def _inputs(sheet: Sheet, dossier: Dossier, lang: Lang) -> None:
    head = {
        "zh": ("文件", "图层", "要素数", "编码", "坐标系", "SHA-256"),
        "en": ("file", "layer", "features", "encoding", "CRS", "SHA-256"),
    }[lang]
    _head(sheet, *head)
    for record in dossier.run.inputs:
        _line(
            sheet,
            record.path,
            layer_name(dossier, record.layer, lang),
            record.count,
            record.encoding,
            record.crs,
            record.sha256,
        )
