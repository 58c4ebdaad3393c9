"""The rule catalogue for the terminal and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.cells import cell_len, set_cell_size

from gisplan.catalogue.pages import page_of, reason_of
from gisplan.catalogue.registry import RegisteredRule
from gisplan.catalogue.sample_outcomes import sample_outcomes
from gisplan.catalogue.scales import explain_scales, scaled_params, steps
from gisplan.catalogue.sources import cite
from gisplan.model import Lang
from gisplan.render import words


def rule_record(entry: RegisteredRule) -> dict[str, Any]:
    """Return everything a rule says of itself, as plain data."""
    rule = entry.rule
    on_sample = sample_outcomes().get(rule.code)
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
                "by_scale": param.scaled,
            }
            for name, param in rule.params.items()
        },
        "tolerances": [
            {"scale": scale, "metres": metres, "verified": False}
            for scale, metres in (steps() if scaled_params(entry) else [])
        ],
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
        "sample": None if on_sample is None else asdict(on_sample),
        "page": entry.page,
        "page_zh": page_of(entry).zh,
    }


def format_catalogue(entries: Sequence[RegisteredRule], lang: Lang) -> str:
    """Return the list of rules, one line each, by family, with their outcomes on the sample."""
    lines: list[str] = []
    family = ""
    shown_on_sample = {entry.rule.code: _on_sample(entry.rule.code, lang) for entry in entries}
    width = max(map(cell_len, shown_on_sample.values()), default=0)
    for entry in entries:
        rule = entry.rule
        if entry.family != family:
            family = entry.family
            lines += ["", words.family(rule.code, lang)]
        severity = words.SEVERITY[rule.severity]
        shown = severity.zh if lang == "zh" else f"{severity.en:<7}"
        title = rule.title.zh if lang == "zh" else rule.title.en
        outcome = set_cell_size(shown_on_sample[rule.code], width)
        lines.append(f"  {rule.code}  {shown}  {outcome}  {title}  ({rule.name})")
    lines += ["", _legend(len(entries), lang)]
    return "\n".join(lines[1:])


def _on_sample(code: str, lang: Lang) -> str:
    """Return the outcome of a rule on the sample in words, with its count where it has one."""
    known = sample_outcomes().get(code)
    if known is None:
        return "-"
    word = words.pick(words.OUTCOME[known.outcome], lang)
    return f"{word} {known.count}" if known.count else word


def _legend(n: int, lang: Lang) -> str:
    if lang == "zh":
        return f"共 {n} 条规则；第三列是对内置示例（gisplan demo）的审查结果，数字为问题个数。"
    return f"{n} rules; the third column is the outcome on the built-in sample (gisplan demo)."


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
    by_scale = explain_scales(entry)
    if by_scale is not None:
        lines.append(("比例尺：" if zh else "scale: ") + words.pick(by_scale, lang))
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
