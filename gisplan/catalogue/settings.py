"""The parameters of every rule in a run: defaults, then the plan's, then the command line's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from gisplan.catalogue.registry import RegisteredRule
from gisplan.errors import RuleError
from gisplan.model import Severity


def _nearest(word: str, words: Iterable[str]) -> tuple[str, str]:
    close = sorted(get_close_matches(word, list(words), n=9))
    if not close:
        return "", ""
    best = max(close, key=lambda other: sum(map(str.__eq__, word, other)))  # HER1O1: HER101
    return f"，是否想写 {best}？", f"; did you mean {best}?"


def _fitted(value: Any, default: Any, where: str) -> Any:
    """Return a value in the type of the parameter's default, or raise."""
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
        if str(value).lower() in {"true", "false"}:
            return str(value).lower() == "true"
    elif isinstance(default, (int, float)):
        if not isinstance(value, bool):
            try:
                return float(value)
            except (TypeError, ValueError):
                pass
    elif isinstance(default, str):
        if isinstance(value, str):
            return value
    elif isinstance(value, type(default)):
        return value
    wanted = type(default).__name__
    raise RuleError(
        f"{where} = {value!r}：类型不符，应为 {wanted}",
        f"{where} = {value!r}: wrong type, {wanted} is due",
    )


def resolve_settings(
    registry: Mapping[str, RegisteredRule],
    declared: Mapping[str, Mapping[str, Any]],
    lines: Mapping[str, int] | None = None,
    file: str = "gisplan.toml",
) -> dict[str, dict[str, Any]]:
    """Return every rule's parameters by code; a declared `severity` is kept beside them.

    Raises
    ------
    RuleError
        An unknown code or parameter, or a value of the wrong type; names the line where known.
    """
    settings: dict[str, dict[str, Any]] = {
        code: {name: param.default for name, param in entry.rule.params.items()}
        for code, entry in registry.items()
    }
    for code, values in declared.items():
        line = (lines or {}).get(f"rules.{code}")
        at_zh = f"{file} 第 {line} 行：" if line else ""
        at_en = f"{file} line {line}: " if line else ""
        if code not in registry:
            zh, en = _nearest(code, registry)
            raise RuleError(
                f"{at_zh}没有规则 {code}{zh}（gisplan rules 列出全部规则）",
                f"{at_en}no rule {code}{en} (`gisplan rules` lists them all)",
            )
        params = registry[code].rule.params
        for name, value in values.items():
            line = (lines or {}).get(f"rules.{code}.{name}", line)
            at_zh = f"{file} 第 {line} 行：" if line else ""
            at_en = f"{file} line {line}: " if line else ""
            if name == "severity":
                if value not in set(Severity):
                    raise RuleError(
                        f"{at_zh}{code}.severity = {value!r}：应为 error、warning 或 info",
                        f"{at_en}{code}.severity = {value!r}: error, warning or info is due",
                    )
                settings[code][name] = str(value)
            elif name in params:
                try:
                    settings[code][name] = _fitted(value, params[name].default, f"{code}.{name}")
                except RuleError as error:
                    raise RuleError(at_zh + error.text.zh, at_en + error.text.en) from None
            else:
                zh, en = _nearest(name, [*params, "severity"])
                raise RuleError(
                    f"{at_zh}规则 {code} 没有参数 {name}{zh}（gisplan explain {code}）",
                    f"{at_en}rule {code} has no parameter {name}{en} (`gisplan explain {code}`)",
                )
    return settings


def parse_assignments(assignments: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return `CODE.param=value` strings (option --set) as code -> parameter -> value."""
    values: dict[str, dict[str, Any]] = {}
    for text in assignments:
        left, equals, value = text.partition("=")
        code, dot, name = left.strip().partition(".")
        if not (equals and dot and code and name):
            raise RuleError(
                f"--set {text}：应写作 规则.参数=值，例如 GEO103.min_area=2",
                f"--set {text}: write CODE.param=value, e.g. GEO103.min_area=2",
            )
        values.setdefault(code.upper(), {})[name] = value.strip()
    return values


def require_rule(registry: Mapping[str, RegisteredRule], code: str) -> RegisteredRule:
    """Return the rule of a code, in capitals or not; RuleError suggests the nearest."""
    if code.upper() not in registry:
        zh, en = _nearest(code.upper(), registry)
        raise RuleError(f"没有规则 {code}{zh}", f"no rule {code}{en}")
    return registry[code.upper()]


def choose_rules(
    registry: Mapping[str, RegisteredRule], select: Iterable[str], ignore: Iterable[str]
) -> set[str]:
    """Return the codes to run. An entry is a code or the beginning of one (`HER`, `BND1`)."""

    def matching(entries: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for entry in entries:
            codes = {code for code in registry if code.startswith(entry.upper())}
            if not codes:
                zh, en = _nearest(entry.upper(), registry)
                raise RuleError(f"没有规则 {entry}{zh}", f"no rule {entry}{en}")
            found |= codes
        return found

    selected = matching(select) or set(registry)
    return selected - matching(ignore)
