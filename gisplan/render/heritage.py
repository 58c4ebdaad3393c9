"""The heritage overlay and the dossier of one unit, for the terminal and for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gisplan.model import Dossier, Lang, Text, Verdict
from gisplan.render import words
from gisplan.render.approvals import due_line
from gisplan.render.coverage import NOTE, source_line
from gisplan.render.figures import figures
from gisplan.render.json import (
    coverage_document,
    finding_document,
    project_document,
    resolution_document,
    verdict_document,
)
from gisplan.render.rows import layer_name, project_rows, records, resolution_rows
from gisplan.render.text import printable, text_table
from gisplan.render.unit_page import Conflict, UnitPage, unit_pages

_SHOWN = 200  # conflicts in the table; the rest is counted, JSON has them all


def is_heritage(row: Mapping[Any, Any]) -> bool:
    """Return whether a finding is about heritage."""
    return row["ruling"] is not None or str(row["code"]).startswith("HER")


def heritage_record(dossier: Dossier) -> dict[str, Any]:
    """Return the overlay as plain data: schema `gisplan-heritage/1`."""
    rows = _heritage(dossier)
    return {
        "schema": "gisplan-heritage/1",
        "judged": dossier.judged,
        "verdict_counts": {verdict.value: n for verdict, n in _counts(dossier).items()},
        "verdicts": [verdict_document(row) for row in dossier.verdicts.to_dict("records")],
        "project_verdicts": [project_document(row) for row in project_rows(dossier)],
        "findings": [finding_document(row) for row in rows],
        "coverage": coverage_document(dossier.coverage),
        "resolutions": [resolution_document(row) for row in resolution_rows(dossier)],
    }


def unit_record(dossier: Dossier, unit: str) -> dict[str, Any]:
    """Return the dossier of one unit as plain data: schema `gisplan-unit/1`."""
    verdicts = dossier.verdicts[dossier.verdicts["unit"] == unit].to_dict("records")
    own = {key for row in verdicts for key in (*row["reasons"], *row["others"])}
    findings = dossier.findings.drop(columns="geometry").to_dict("records")
    coverage = coverage_document(dossier.coverage)
    coverage["unspoken"] = [
        row
        for row in coverage["unspoken"]
        if (row["layer"], row["feature"]) == (dossier.judged, unit)
    ]
    return {
        "schema": "gisplan-unit/1",
        "judged": dossier.judged,
        "verdicts": [verdict_document(row) for row in verdicts],
        "project_verdicts": [
            project_document(row) for row in project_rows(dossier) if row["parent"] == unit
        ],
        "findings": [finding_document(row) for row in findings if row["fingerprint"] in own],
        "coverage": coverage,
        "resolutions": [
            resolution_document(row) for row in resolution_rows(dossier) if unit in row["units"]
        ],
    }


def to_json(record: Mapping[str, Any]) -> str:
    """Return a record as JSON text."""
    return json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False)


def format_heritage(dossier: Dossier, lang: Lang) -> str:
    """Return the overlay as text: verdicts, conflicts by severity, sources and their coverage."""
    zh = lang == "zh"
    rows = _heritage(dossier)
    counts = [
        [words.word(words.VERDICT, verdict, lang), str(n)]
        for verdict, n in _counts(dossier).items()
    ]
    title = layer_name(dossier, dossier.judged, lang)
    lines = [text_table([title, "个数" if zh else "count"], counts, right={1})]
    if rows:
        lines.append(f"历史文化冲突 {len(rows)} 条" if zh else f"{len(rows)} heritage findings")
        lines.append(_conflict_table(dossier, rows[:_SHOWN], lang))
        if len(rows) > _SHOWN:
            left = len(rows) - _SHOWN
            lines.append(f"  其余 {left} 条见 JSON" if zh else f"  {left} more in the JSON")
    else:
        lines.append("没有列出历史文化冲突" if zh else "no heritage finding")
    lines += _part(
        Text("数据来源与覆盖", "sources and their coverage"),
        [source_line(dossier, source) for source in dossier.coverage.sources],
        lang,
    )
    if dossier.coverage.sources:
        lines.append(f"  {words.pick(NOTE, lang)}")
    return "\n".join(lines)


def _conflict_table(dossier: Dossier, rows: Sequence[Mapping[Any, Any]], lang: Lang) -> str:
    head = {
        "zh": ["规则", "裁定", "对象", "编号", "保护对象", "量算"],
        "en": ["rule", "ruling", "layer", "feature", "heritage", "figures"],
    }[lang]
    lines = [
        [
            row["code"],
            words.word(words.RULING, row["ruling"], lang)
            if row["ruling"]
            else words.word(words.SEVERITY, row["severity"], lang),
            printable(layer_name(dossier, row["layer"], lang)),
            printable(row["feature"]),
            printable(row["related"] or ""),
            ("，" if lang == "zh" else ", ").join(figures(row, lang)[:3]),
        ]
        for row in rows
    ]
    return text_table(head, lines, right=set())


def format_unit(dossier: Dossier, unit: str, lang: Lang) -> str:
    """Return the dossier of one unit as text: verdict, conflicts, law, what is due, ways out."""
    page = unit_pages(dossier, [unit])[unit]
    head = f"{page.unit} {page.name}".strip()
    facts = [words.pick(page.verdict_name, lang)]
    if page.mode.zh:
        facts.append(words.pick(page.mode, lang))
    lines = [printable(f"{head}  [{', '.join(facts)}]")]
    if page.governs.zh:
        lines += ["", printable(words.pick(page.governs, lang))]
    lines += _conflicts(page.conflicts, Text("冲突与问题", "conflicts"), lang)
    lines += _due(dossier, unit, lang)
    lines += _part(Text("未知事项", "unknown"), page.unknown, lang)
    lines += _part(Text("数据覆盖", "coverage"), page.coverage, lang)
    lines += _ways(page, lang)
    lines += _conflicts(page.others, Text("其他提示", "other findings"), lang, brief=True)
    projects = [row for row in project_rows(dossier) if row["parent"] == unit]
    lines += _part(
        Text("项目", "projects"),
        [
            Text(*(f"{row['project']} {words.word(words.VERDICT, row['verdict'], one)}"
                   for one in _LANGS))
            for row in projects
        ],
        lang,
    )  # fmt: skip
    return "\n".join(lines)


_LANGS: tuple[Lang, Lang] = ("zh", "en")


def _conflicts(rows: Sequence[Conflict], title: Text, lang: Lang, brief: bool = False) -> list[str]:
    lines = ["", f"{words.pick(title, lang)} ({len(rows)})"] if rows else []
    for row in rows:
        one = row.finding
        marks = [words.pick(one.severity_name, lang)]
        if one.ruling is not None:
            marks.append(words.pick(one.ruling, lang))
        if one.state == "waived":
            marks.append(words.word(words.STATE, one.state, lang))
        lines.append(f"  {one.code} [{', '.join(marks)}]")
        lines.append(f"    {printable(words.pick(one.message, lang))}")
        if not brief:
            lines.append(f"    {words.pick(row.figures, lang)}")
            law = "；".join(source.zh for source in one.sources)
            english = "; ".join(source.en for source in one.sources)
            lines.append(f"    依据：{law}" if lang == "zh" else f"    law: {english}")
    return [line for line in lines if line.strip() or not line]


def _due(dossier: Dossier, unit: str, lang: Lang) -> list[str]:
    rows = dossier.verdicts[dossier.verdicts["unit"] == unit]
    steps = [due_line(due, lang) for due in rows.iloc[0]["approvals_due"]]
    title = Text("审批与征求意见，按先后", "approvals and consultations due, in order")
    return _part(title, [Text(step, step) for step in steps], lang)


def _ways(page: UnitPage, lang: Lang) -> list[str]:
    found = []
    for way in page.ways:
        marks = ("[可行]", "[possible]") if way.offered else ("[不可行]", "[not possible]")
        whose = Text("", "") if way.own else Text(f"{way.whose.zh} ", f"{way.whose.en} ")
        clears = ", ".join(way.clears)
        zh = f"{marks[0]} {whose.zh}{way.text.zh}" + (f"（可消除 {clears}）" if clears else "")
        en = f"{marks[1]} {whose.en}{way.text.en}" + (f" (clears {clears})" if clears else "")
        found.append(Text(zh, en))
    title = Text("化解途径（供选择，未采用）", "what would resolve it (offered, not applied)")
    return _part(title, found, lang)


def _part(title: Text, texts: Iterable[Text], lang: Lang) -> list[str]:
    lines = [f"  {printable(words.pick(text, lang))}" for text in texts]
    return ["", words.pick(title, lang), *lines] if lines else []


def _heritage(dossier: Dossier) -> list[dict[Any, Any]]:
    return [row for row in records(dossier.findings) if is_heritage(row)]


def _counts(dossier: Dossier) -> dict[Verdict, int]:
    counted = Counter(dossier.verdicts["verdict"])
    return {verdict: counted[verdict.value] for verdict in Verdict}
