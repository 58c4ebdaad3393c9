"""What a review says, in the order a reviewer reads it: one content for every report format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gisplan.catalogue.home import load_toml
from gisplan.catalogue.registry import registry
from gisplan.model import Accounts, Dossier, LayerCount, Outcome, RuleRun, Severity, Text, Verdict
from gisplan.render import words
from gisplan.render.accounts import balance
from gisplan.render.rows import layer_title

NOT_VERIFIED = Text("条文未核实", "article not verified")


def both(make: Any) -> Text:
    """Return a text made once in each language."""
    return Text(make("zh"), make("en"))


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding, ready to print."""

    fingerprint: str
    code: str
    title: Text
    severity: str
    severity_name: Text
    ruling: Text | None
    state: str
    layer: Text
    feature: str
    related: str
    message: Text
    remedy: Text
    measured: Text
    limit: Text
    sources: tuple[Text, ...]
    place: str
    waiver: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule and what became of it."""

    code: str
    title: Text
    family: Text
    outcome: str
    outcome_name: Text
    count: int
    why: Text
    filtered: Text
    findings: tuple[FindingRow, ...]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit: its verdict, why, and the findings that it rests on."""

    unit: str
    name: str
    parent: str
    verdict: str
    verdict_name: Text
    errors: int
    approvals: int
    why: tuple[Text, ...]
    findings: tuple[FindingRow, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """The whole report as data."""

    name: str
    conclusion: Text
    headline: Text  # of `standing`, in words
    headline_class: str
    verdict_counts: tuple[tuple[str, Text, int, Text], ...]
    severity_counts: tuple[tuple[str, Text, int], ...]
    judged: Text
    rules: tuple[RuleRow, ...]
    units: tuple[UnitRow, ...]
    conflicts: tuple[FindingRow, ...]
    not_checked: tuple[RuleRow, ...]
    accounts: Accounts
    balances: tuple[tuple[Text, LayerCount, Text], ...]
    recognised: tuple[Mapping[str, Any], ...]
    notices: tuple[Text, ...]
    matrix_note: Text


def source_text(source: Mapping[str, Any]) -> Text:
    """Return a source with its article; one whose text was not read says so."""
    article = source.get("article") or ""
    zh = f"《{source['title'].strip('《》')}》{_article(article, 'zh')}"
    en = f"{source.get('title_en') or source['title']}{_article(article, 'en')}"
    if not source["verified"]:
        zh, en = f"{zh}（{NOT_VERIFIED.zh}）", f"{en} ({NOT_VERIFIED.en})"
    return Text(zh, en)


def finding_rows(dossier: Dossier) -> list[FindingRow]:
    """Return every finding, ready to print, in the dossier's order."""
    return [_finding_row(dossier, row) for row in dossier.findings.itertuples(index=False)]


def _finding_row(dossier: Dossier, row: Any) -> FindingRow:
    entry = registry().get(row.code)
    title = entry.rule.title if entry is not None else Text(row.code, row.code)
    ruling = None if words.missing(row.ruling) else row.ruling
    unit = row.unit
    return FindingRow(
        fingerprint=row.fingerprint,
        code=row.code,
        title=title,
        severity=row.severity,
        severity_name=words.SEVERITY[row.severity],
        ruling=words.RULING[ruling] if ruling else None,
        state=row.state,
        layer=layer_title(dossier, row.layer),
        feature=row.feature or "",
        related="" if words.missing(row.related) else row.related,
        message=Text(row.message_zh, row.message_en),
        remedy=Text(row.remedy_zh, row.remedy_en),
        measured=both(lambda lang: words.quantity(row.measure, unit, lang)),
        limit=both(lambda lang: words.quantity(row.limit, unit, lang)),
        sources=tuple(source_text(source) for source in row.sources),
        place="" if words.missing(row.lon) else f"{row.lon:.6f}, {row.lat:.6f}",
        waiver=None if words.missing(row.waiver) else row.waiver,
    )


def _article(article: str, lang: str) -> str:
    if not article:
        return ""
    if article[0].isdigit():
        return f"第{article}条" if lang == "zh" else f", art. {article}"
    return f" {article}" if lang == "zh" else f", {article}"


_HEADLINES = {
    "blocked": Text("不合格：存在须整改的错误", "Not acceptable: errors to mend"),
    "undetermined": Text("未能完整判定：数据缺失或有误", "Not fully judged: data missing"),
    "conditional": Text("有条件通过：须办理审批或说明", "Acceptable on conditions"),
    "clear": Text("合格：未发现问题", "Acceptable: nothing found"),
}


def standing(dossier: Dossier) -> str:
    """Return how the plan stands as a whole: blocked, undetermined, conditional or clear.

    Nothing is clear that was not judged, and what is waived does not count.
    """
    verdicts = set(dossier.verdicts["verdict"])
    open_ones = set(dossier.findings["severity"][dossier.findings["state"] != "waived"])
    if Severity.ERROR in open_ones or Verdict.BLOCKED in verdicts:
        return "blocked"
    if dossier.not_fully_judged is not None or Verdict.UNDETERMINED in verdicts:
        return "undetermined"
    if Verdict.CONDITIONAL in verdicts or Severity.WARNING in open_ones:
        return "conditional"
    return "clear"


def make_content(dossier: Dossier) -> Content:
    """Return the report of a dossier; nothing is decided here, only put in order."""
    rows = finding_rows(dossier)
    by_fingerprint = {row.fingerprint: row for row in rows}
    by_code: dict[str, list[FindingRow]] = {}
    for row in rows:
        by_code.setdefault(row.code, []).append(row)
    rules = tuple(
        RuleRow(
            code=run.code,
            title=registry()[run.code].rule.title if run.code in registry() else Text(run.code, ""),
            family=both(lambda lang, code=run.code: words.family(code, lang)),
            outcome=run.outcome,
            outcome_name=words.OUTCOME[run.outcome],
            count=run.count,
            why=run.why or Text("", ""),
            filtered=_filtered(run),
            findings=tuple(by_code.get(run.code, ())),
        )
        for run in dossier.rules
    )
    units = tuple(
        UnitRow(
            unit=row.unit,
            name="" if words.missing(row.name) else row.name,
            parent="" if words.missing(row.parent) else row.parent,
            verdict=row.verdict,
            verdict_name=words.VERDICT[row.verdict],
            errors=row.errors,
            approvals=row.approvals,
            why=tuple(map(Text, row.why_zh, row.why_en)),
            findings=tuple(by_fingerprint[key] for key in row.reasons if key in by_fingerprint),
        )
        for row in dossier.verdicts.itertuples(index=False)
    )
    counts = Counter(unit.verdict for unit in units)
    severities = Counter(row.severity for row in rows if row.state != "waived")
    stands = standing(dossier)
    judged = layer_title(dossier, dossier.judged)
    return Content(
        name=dossier.plan.config.name or dossier.plan.config.root.name,
        conclusion=_conclusion(judged, len(units), counts, severities),
        headline=_HEADLINES[stands],
        headline_class=stands,
        verdict_counts=tuple(
            (verdict.value, words.VERDICT[verdict], counts[verdict], words.VERDICT_MEANING[verdict])
            for verdict in Verdict
        ),
        severity_counts=tuple(
            (severity.value, words.SEVERITY[severity], severities[severity])
            for severity in Severity
        ),
        judged=judged,
        rules=rules,
        units=units,
        conflicts=tuple(row for row in rows if row.ruling is not None),
        not_checked=tuple(
            row
            for row in rules
            if row.outcome in {Outcome.SKIPPED, Outcome.NOT_JUDGED, Outcome.CRASHED}
        ),
        accounts=dossier.accounts,
        balances=tuple(
            (
                layer_title(dossier, count.layer),
                count,
                balance(count),
            )
            for count in dossier.layers
        ),
        recognised=tuple(
            {
                "path": note.path,
                "layer": layer_title(dossier, note.layer),
                "why": Text(note.detail.get("why_zh", ""), note.detail.get("why_en", "")),
            }
            for note in dossier.plan.notes
            if note.kind == "recognised"
        ),
        notices=dossier.notices,
        matrix_note=Text(
            load_toml("matrix.toml")["note"]["zh"], load_toml("matrix.toml")["note"]["en"]
        ),
    )


def _filtered(run: RuleRun) -> Text:
    if run.filtered is None or not run.filtered.pieces:
        return Text("", "")
    pieces, area = run.filtered.pieces, words.number(run.filtered.area_m2)
    return Text(f"滤除碎片 {pieces} 处 {area} ㎡", f"{pieces} slivers left out, {area} m2")


def _conclusion(judged: Text, n: int, counts: Counter[str], severities: Counter[str]) -> Text:
    zh = "，".join(f"{words.VERDICT[v].zh} {counts[v]} 个" for v in Verdict)
    en = ", ".join(f"{counts[v]} {words.VERDICT[v].en}" for v in Verdict)
    return Text(
        f"共审查{judged.zh} {n} 个：{zh}。发现错误 {severities[Severity.ERROR]} 条，"
        f"警告 {severities[Severity.WARNING]} 条，提示 {severities[Severity.INFO]} 条。",
        f"{n} features of “{judged.en}” were judged: {en}. There are {severities[Severity.ERROR]} "
        f"errors, {severities[Severity.WARNING]} warnings and {severities[Severity.INFO]} notices.",
    )
