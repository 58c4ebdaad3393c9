"""What `gisplan inspect` prints: one block a file, the layer it was taken for first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gisplan.model import Lang, Text
from gisplan.render.words import pick

_REPAIRS = {
    "invalid": Text("图形无效", "invalid"),
    "empty": Text("图形为空", "empty"),
    "unreadable": Text("无法读取", "unreadable"),
}
_LABELS = {
    "layer": Text("识别为", "taken for"),
    "format": Text("格式", "format"),
    "encoding": Text("编码", "encoding"),
    "crs": Text("坐标系", "CRS"),
    "extent": Text("范围", "extent"),
    "fields": Text("字段", "fields"),
    "repairs": Text("须修复", "to repair"),
    "note": Text("说明", "note"),
    "fault": Text("读不出", "cannot be read"),
}
_UNKNOWN = Text("不明，请在 gisplan.toml 中写明 crs", "unknown: declare crs in gisplan.toml")
_NO_LAYER = Text("未识别", "not recognised")


def format_facts(facts: Iterable[Any], lang: Lang) -> str:
    """Return the facts of every file (read.inspect.FileFacts) for a terminal."""
    return "\n\n".join(_block(fact, lang) for fact in facts)


def _block(fact: Any, lang: Lang) -> str:
    if fact.fault is not None:
        return "\n".join([fact.path, _line("fault", pick(fact.fault, lang), lang)])
    spatial = bool(fact.geometry)
    kinds = "/".join(fact.geometry)
    rows = f"{fact.count} 条" if lang == "zh" else f"{fact.count} rows"
    lines = [fact.path]
    why = pick(fact.why, lang)
    taken = fact.layer or pick(_NO_LAYER, lang)
    lines.append(_line("layer", f"{taken}  {why}".rstrip(), lang))
    lines.append(_line("format", "  ".join(filter(None, [fact.driver, kinds, rows])), lang))
    if fact.encoding:
        lines.append(_line("encoding", _from(fact.encoding, fact.encoding_from), lang))
    if spatial:
        crs = _from(fact.crs, fact.crs_from) if fact.crs else pick(_UNKNOWN, lang)
        lines.append(_line("crs", crs if len(crs) < 90 else crs[:87] + "…", lang))
    if fact.extent is not None:
        lines.append(
            _line(
                "extent",
                " ".join(
                    f"{value:.6g}" if abs(value) < 1000 else f"{value:.1f}" for value in fact.extent
                ),
                lang,
            )
        )
    standard = {source: name for name, source in fact.mapping.items()}
    fields = (
        f"{name}={standard[name]}" if name in standard else name for name in map(str, fact.fields)
    )
    lines.append(_line("fields", ", ".join(fields), lang))
    wrong = {key: n for key, n in fact.repairs.items() if n}
    if wrong:
        texts = (f"{pick(_REPAIRS.get(key, Text(key, key)), lang)} {n}" for key, n in wrong.items())
        lines.append(_line("repairs", ", ".join(texts), lang))
    lines.extend(_line("note", pick(note, lang), lang) for note in fact.notes)
    return "\n".join(lines)


def _from(value: str, origin: str | None) -> str:
    return f"{value} ({origin})" if origin else value


def _line(label: str, value: str, lang: Lang) -> str:
    text = pick(_LABELS[label], lang)
    width = 14 if lang == "en" else 8
    wide = sum(2 if ord(character) > 0x2E80 else 1 for character in text)
    return f"  {text}{' ' * max(width - wide, 1)}{' '.join(value.split())}"
