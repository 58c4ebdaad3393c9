"""The rule catalogue for the terminal and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gisplan.catalogue.pages import page_of, reason_of
from gisplan.catalogue.registry import RegisteredRule
from gisplan.catalogue.sources import cite
from gisplan.model import Lang
from gisplan.render import words


def rule_record(entry: RegisteredRule) -> dict[str, Any]:
    """Return everything a rule says of itself, as plain data."""
    rule = entry.rule
    return {
        "code": rule.code,
        "name": rule.name,
        "title": {"zh": rule.title.zh, "en": rule.title.en},
        "severity": rule.severity.value,
        "needs": list(rule.needs),
        "params": {
            name: {
                "default": param.default,
                "unit": param.unit,
                "why": param.why,
                "why_zh": reason_of(param).zh,
            }
            for name, param in rule.params.items()
        },
        "sources": [
            {
                "key": source.key,
                "title": source.title.zh,
                "title_en": source.title.en,
                "article": source.article,
                "verified": source.verified,
            }
            for source in map(cite, rule.sources)
        ],
        "message": {"zh": rule.message.zh, "en": rule.message.en},
        "remedy": {"zh": rule.remedy.zh, "en": rule.remedy.en},
        "page": entry.page,
        "page_zh": page_of(entry).zh,
    }


def format_catalogue(entries: Sequence[RegisteredRule], lang: Lang) -> str:
    """Return the list of rules, one line each, by family."""
    lines: list[str] = []
    family = ""
    for entry in entries:
        rule = entry.rule
        if entry.family != family:
            family = entry.family
            lines += ["", words.family(rule.code, lang)]
        severity = words.SEVERITY[rule.severity]
        shown = severity.zh if lang == "zh" else f"{severity.en:<7}"
        title = rule.title.zh if lang == "zh" else rule.title.en
        lines.append(f"  {rule.code}  {shown}  {title}  ({rule.name})")
    return "\n".join(lines[1:])


def format_rule(entry: RegisteredRule, lang: Lang) -> str:
    """Return the page of one rule: what, why, parameters, sources, remedy."""
    rule, zh = entry.rule, lang == "zh"
    title = rule.title.zh if zh else rule.title.en
    severity = words.pick(words.SEVERITY[rule.severity], lang)
    page = words.pick(page_of(entry), lang)
    lines = [f"{rule.code} {title}  [{severity}]  {rule.name}", "", page, ""]
    if rule.needs:
        lines.append(("需要：" if zh else "needs: ") + ", ".join(rule.needs))
    if rule.params:
        lines.append("参数：" if zh else "parameters:")
        for name, param in rule.params.items():
            unit = f" {param.unit}" if param.unit else ""
            why = words.pick(reason_of(param), lang)
            lines.append(f"  {name} = {param.default}{unit}  {why}")
    lines.append("依据：" if zh else "sources:")
    for source in map(cite, rule.sources):
        article = f" {source.article}" if source.article else ""
        mark = (
            ("已核实" if zh else "verified")
            if source.verified
            else ("未核实" if zh else "not verified")
        )
        lines.append(f"  {source.title.zh if zh else source.title.en}{article}  [{mark}]")
    lines.append(("整改：" if zh else "remedy: ") + (rule.remedy.zh if zh else rule.remedy.en))
    return "\n".join(lines)
