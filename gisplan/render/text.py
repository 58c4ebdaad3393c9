"""The result on a terminal: the conclusion first, then counts, then every finding.

Plain text without colour. In Chinese every sign of ours can be printed on a GBK console.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gisplan.model import Dossier, Lang, Outcome, Severity, Verdict
from gisplan.render.columns import width
from gisplan.render.rows import cited, layer_name
from gisplan.render.words import (
    OUTCOME,
    RULING,
    SEVERITY,
    STATE,
    VERDICT,
    filtered,
    pick,
    quantity,
    word,
)

_FILES_SHOWN = 20  # files not read; a folder may be full of strange ones
_SHOWN = 200  # findings of one severity; the rest is counted, the files have them all


def format_text(dossier: Dossier, lang: Lang) -> str:
    """Return the result as text that ends with a line end.

    Findings beyond 200 of a severity are counted, not printed; every file format has all of them.
    """
    parts = [
        _conclusion(dossier, lang),
        _verdicts(dossier, lang),
        _layers(dossier, lang),
        _left_out(dossier, lang),
        _rules(dossier, lang),
        *(_findings(dossier, severity, lang) for severity in Severity),
        _notices(dossier, lang),
    ]
    return "\n".join(part for part in parts if part)


def format_summary(dossier: Dossier, lang: Lang) -> str:
    """Return the conclusion and the verdicts alone, for a run whose findings go into files."""
    return "\n".join(filter(None, [_conclusion(dossier, lang), _verdicts(dossier, lang)]))


def conclusion(dossier: Dossier, lang: Lang) -> str:
    """Return the conclusion of a run in one sentence."""
    findings = dossier.findings
    waived = findings["state"] == "waived"
    counts = {
        severity: int(((findings["severity"] == severity.value) & ~waived).sum())
        for severity in Severity
    }
    blocked = int((dossier.verdicts["verdict"] == Verdict.BLOCKED.value).sum())
    total = len(dossier.verdicts)
    if lang == "zh":
        words = "，".join(f"{word(SEVERITY, s, lang)} {n} 个" for s, n in counts.items())
        more = f"，例外 {int(waived.sum())} 个" if waived.any() else ""
        title = layer_name(dossier, dossier.judged, lang)
        return f"{words}{more}；{title} {total} 个，其中不通过 {blocked} 个。"
    words = ", ".join(f"{n} {word(SEVERITY, s, lang)}" for s, n in counts.items())
    more = f", {int(waived.sum())} waived" if waived.any() else ""
    return f"{words}{more}; {total} features of tier {dossier.judged}, {blocked} of them blocked."


def _conclusion(dossier: Dossier, lang: Lang) -> str:
    name = dossier.plan.config.name
    head = {"zh": "结论：", "en": "Result: "}[lang]
    return (f"{printable(name)}\n" if name else "") + head + conclusion(dossier, lang) + "\n"


def _verdicts(dossier: Dossier, lang: Lang) -> str:
    lines = []
    for verdict in Verdict:
        rows = dossier.verdicts[dossier.verdicts["verdict"] == verdict.value]
        if not len(rows):
            continue
        units = [printable(unit) for unit in rows["unit"][:8]]
        more = ", …" if len(rows) > len(units) else ""
        lines.append([word(VERDICT, verdict, lang), str(len(rows)), ", ".join(units) + more])
    head = {"zh": ["结论", "个数", "编号"], "en": ["verdict", "count", "codes"]}[lang]
    return text_table(head, lines, right={1}) if lines else ""


def _layers(dossier: Dossier, lang: Lang) -> str:
    head = {
        "zh": ["图层", "读取", "检查", "隔离", "修复", "范围外"],
        "en": ["layer", "read", "checked", "set aside", "repaired", "outside"],
    }[lang]
    shown = len(head) if dossier.plan.part else len(head) - 1
    lines = [
        [
            printable(layer_name(dossier, count.layer, lang)),
            str(count.read),
            str(count.checked),
            str(count.quarantined),
            str(count.repaired),
            str(count.outside),
        ][:shown]
        for count in dossier.layers
    ]
    return text_table(head[:shown], lines, right={1, 2, 3, 4, 5}) if lines else ""


def _left_out(dossier: Dossier, lang: Lang) -> str:
    """Name the files that no layer was read from: nothing is left out unsaid."""
    rows = dossier.accounts.left_out
    if not rows:
        return ""
    head = {"zh": f"没有读入的文件 {len(rows)} 个", "en": f"{len(rows)} files not read"}[lang]
    lines = [
        f"  {printable(row.path)}: {printable(pick(row.reason, lang))}"
        for row in rows[:_FILES_SHOWN]
    ]
    if len(rows) > _FILES_SHOWN:
        more = len(rows) - _FILES_SHOWN
        lines.append({"zh": f"  其余 {more} 个见报告", "en": f"  {more} more in the report"}[lang])
    return "\n".join([head, *lines]) + "\n"


def _rules(dossier: Dossier, lang: Lang) -> str:
    """Say how many rules ran, and name those that did not: what was not checked is no pass."""
    counts = {outcome: [r for r in dossier.rules if r.outcome is outcome] for outcome in Outcome}
    summary = [
        f"{word(OUTCOME, outcome, lang)} {len(runs)}" for outcome, runs in counts.items() if runs
    ]
    lines = [{"zh": "规则：", "en": "rules: "}[lang] + {"zh": "，", "en": ", "}[lang].join(summary)]
    for outcome in (Outcome.CRASHED, Outcome.NOT_JUDGED, Outcome.SKIPPED):
        for run in counts[outcome]:
            why = printable(pick(run.why, lang))
            lines.append(f"  {run.code} {word(OUTCOME, outcome, lang)}: {why}")
    for run in dossier.rules:
        if run.filtered is not None and run.filtered.pieces:
            head = {"zh": "滤除碎片", "en": "left out as noise"}[lang]
            lines.append(f"  {run.code} {head}: {filtered(run.filtered, lang)}")
    return "\n".join(lines) + "\n" if dossier.rules else ""


def _findings(dossier: Dossier, severity: Severity, lang: Lang) -> str:
    rows = dossier.findings[dossier.findings["severity"] == severity.value]
    if not len(rows):
        return ""
    lines = [f"{word(SEVERITY, severity, lang)} ({len(rows)})"]
    for row in rows.head(_SHOWN).drop(columns="geometry").to_dict("records"):
        lines += _finding(dossier, row, lang)
    left = len(rows) - _SHOWN
    if left > 0:
        lines.append(
            {"zh": f"  其余 {left} 个见结果文件", "en": f"  {left} more in the files"}[lang]
        )
    return "\n".join(lines) + "\n"


def _finding(dossier: Dossier, row: Mapping[str, Any], lang: Lang) -> list[str]:
    marks = []
    if row["state"] != "new":
        marks.append(word(STATE, row["state"], lang))
    if row["ruling"] is not None:
        marks.append(word(RULING, row["ruling"], lang))
    mark = f" [{', '.join(marks)}]" if marks else ""
    place = f"{layer_name(dossier, row['layer'], lang)} {row['feature']}".strip()
    lines = [
        f"  {row['code']}{mark} {printable(place)}",
        f"    {printable(row[f'message_{lang}'])}",
    ]
    if row["limit"] == row["limit"] and row["measure"] == row["measure"]:
        measure = quantity(row["measure"], row["unit"], lang)
        limit = quantity(row["limit"], row["unit"], lang)
        says = {"zh": f"实测 {measure}，限值 {limit}", "en": f"measured {measure}, limit {limit}"}
        lines.append(f"    {says[lang]}")
    if row["sources"]:
        lines.append({"zh": "    依据：", "en": "    source: "}[lang] + cited(row["sources"], lang))
    if row[f"remedy_{lang}"]:
        lines.append(
            {"zh": "    建议：", "en": "    remedy: "}[lang] + printable(row[f"remedy_{lang}"])
        )
    lines.append({"zh": "    指纹：", "en": "    fingerprint: "}[lang] + row["fingerprint"])
    return lines


def _notices(dossier: Dossier, lang: Lang) -> str:
    if not dossier.notices:
        return ""
    head = {"zh": "说明", "en": "notices"}[lang]
    return (
        "\n".join([head, *(f"  {printable(pick(text, lang))}" for text in dossier.notices)]) + "\n"
    )


def printable(text: str) -> str:
    """Return a text in one line that cannot steer a terminal: control signs become spaces."""
    return "".join(sign if sign.isprintable() else " " for sign in str(text))


def text_table(head: Sequence[str], lines: Sequence[Sequence[str]], right: set[int]) -> str:
    """Return a table whose columns line up, also where Chinese signs take two cells."""
    rows = [head, *lines]
    widths = [max(width(row[column]) for row in rows) for column in range(len(head))]
    out = []
    for row in rows:
        cells = []
        for column, cell in enumerate(row):
            gap = " " * (widths[column] - width(cell))
            cells.append(gap + cell if column in right else cell + gap)
        out.append("  " + "  ".join(cells).rstrip())
    return "\n".join(out) + "\n"
