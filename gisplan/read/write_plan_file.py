"""Writes the text of a `gisplan.toml`, commented, from what was found."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from gisplan.catalogue.layers import default_chain, raster_specs
from gisplan.model import ExamSettings, Lang, LayerSource, PlanConfig, Text
from gisplan.read.inspect import FileFacts

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

_HEAD = Text(
    "# gisplan.toml：规划由哪些文件组成。路径相对于规划文件夹，其余键有默认值。\n",
    "# gisplan.toml: which files make up the plan. Paths are relative to its folder; other keys\n"
    "# have defaults.\n",
)
_CHOSEN = Text("默认按数据选取", "else chosen from the data")
_OFFICES = Text(
    "送审单位；审查单位写 reviewed_by，规划版本写 version，印在报告封面上",
    "whose plan it is; also reviewed_by and version: they stand on the cover of the report",
)
_CHAIN = Text("默认的传导层级", "the default tiers")
_SCALE = Text(
    "成图比例尺，放宽上下级之间的边界公差；不写则为 0.5 米",
    "the scale that it is drawn at widens the tolerance between tiers; else 0.5 m",
)
_FILL_IN = Text("文件未声明坐标系，请填写", "the file declares none: fill it in")
_UNIT = Text("高程的单位，文件未写明的请填写", "of the heights, where the file says none")
_UNKNOWN = Text("未能识别，请写作 [layers.图层名]", "unknown; write it as [layers.NAME]")


def toml_string(text: str) -> str:
    """Return a text as TOML writes it."""
    out = "".join(_ESCAPES.get(char, char) for char in text)
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m.group()):04x}", out) + '"'


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else toml_string(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    return toml_string(str(value))


def _comment(text: str) -> str:
    return "# " + re.sub(r"[\x00-\x1f\x7f]+", " ", text)


def _headers(names: Sequence[str]) -> list[str]:
    """Return the header of each entry: a table, or an array entry where a name is used again."""
    return [
        f"[[layers.{_key(name)}]]" if names.count(name) > 1 else f"[layers.{_key(name)}]"
        for name in names
    ]


def _from_facts(facts: Sequence[FileFacts], name: str, say: Callable[[Text], str]) -> list[str]:
    lines = [say(_HEAD), "[plan]", f"name = {toml_string(name)}"]
    lines += [f'# submitted_by = ""   # {say(_OFFICES)}']
    lines += [f'# working_crs = "EPSG:4529"   # {say(_CHOSEN)}', ""]
    lines[-1:] = [f'# scale = "1:10000"   # {say(_SCALE)}', ""]
    lines += [f"# [chain]   # {say(_CHAIN)}"]
    lines += [f"# tiers = {_value(default_chain())}", ""]
    known = [fact for fact in facts if fact.layer is not None]
    for fact, header in zip(known, _headers([f.layer or "" for f in known]), strict=True):
        if fact.why is not None:
            lines.append(_comment(say(fact.why)))
        lines += [_comment(say(note)) for note in fact.notes[:5]]
        lines += [header, f"path = {toml_string(fact.path)}"]
        if fact.encoding_from == "detected" and fact.encoding not in {"ASCII", "UTF-8"}:
            lines.append(f"encoding = {toml_string(fact.encoding or '')}")
        if fact.layer in raster_specs():
            lines.append(f'# unit = "m"   # {say(_UNIT)}')
        if (fact.geometry or fact.layer in raster_specs()) and fact.crs is None:
            lines.append(f'# crs = "EPSG:4490"   # {say(_FILL_IN)}')
        if fact.mapping:
            lines.append(f"fields = {_value(fact.mapping)}")
        lines.append("")
    for fact in facts:
        if fact.layer is None:
            why = say(fact.fault) if fact.fault is not None else say(_UNKNOWN)
            fields = ", ".join(fact.fields)[:200]
            lines += [_comment(f"path = {toml_string(fact.path)}"), _comment(f"  {why}")]
            lines += [_comment(f"  {fields}")] if fields else []
    return lines


_PLAIN = ("encoding", "crs", "partitions_parent", "code_pattern", "scale", "covers", "valid_on")


def _source_lines(source: LayerSource) -> list[str]:
    lines = [f"path = {toml_string(source.path)}"]
    for key in (
        "encoding",
        "crs",
        "unit",
        "partitions_parent",
        "code_pattern",
        "scale",
        "covers",
        "valid_on",
    ):
        value = getattr(source, key)
        if value is not None:
            lines.append(f"{key} = {_value(value)}")
    if source.fields:
        lines.append(f"fields = {_value(source.fields)}")
    if source.values:
        lines.append(f"values = {_value(source.values)}")
    return lines


def _from_config(config: PlanConfig, name: str, say: Callable[[Text], str]) -> list[str]:
    lines = [say(_HEAD), "[plan]", f"name = {toml_string(name)}"]
    for key in ("version", "submitted_by", "reviewed_by"):
        if getattr(config, key):
            lines.append(f"{key} = {toml_string(getattr(config, key))}")
    if config.working_crs:
        lines.append(f"working_crs = {toml_string(config.working_crs)}")
    if config.lang:
        lines.append(f"lang = {toml_string(config.lang)}")
    if config.scale:
        lines.append(f"scale = {_value(config.scale)}")
    lines.append("")
    if config.tiers:
        lines += ["[chain]", f"tiers = {_value(config.tiers)}", ""]
    headers = _headers([source.layer for source in config.layers])
    for source, header in zip(config.layers, headers, strict=True):
        lines += [header, *_source_lines(source), ""]
    for code, values in config.rules.items():
        lines += [f"[rules.{_key(code)}]"]
        lines += [f"{_key(key)} = {_value(value)}" for key, value in values.items()] + [""]
    if config.limits:
        lines += ["[limits]", *(f"{key} = {_value(v)}" for key, v in config.limits.items()), ""]
    exam = [
        (field.name, getattr(config.exam, field.name))
        for field in fields(config.exam)
        if getattr(config.exam, field.name) != getattr(ExamSettings(), field.name)
    ]
    if exam:
        lines += ["[exam]", *(f"{key} = {_value(value)}" for key, value in exam), ""]
    for name in ("waivers", "exemptions", "allowed_gaps"):
        entries: Sequence[Any] = getattr(config, name)
        for entry in entries:
            said = [(f.name, getattr(entry, f.name)) for f in fields(entry)]
            told = [(key, value) for key, value in said if value is not None]
            lines += [f"[[{name}]]", *(f"{key} = {_value(value)}" for key, value in told), ""]
    return lines


def plan_file_text(
    source: Sequence[FileFacts] | PlanConfig, lang: Lang = "zh", name: str = ""
) -> str:
    """Return the text of a `gisplan.toml`.

    Parameters
    ----------
    source : sequence of FileFacts, or PlanConfig
        What `inspect_path` found, or a plan as it stands. Files that nobody could place are
        listed as comments, with the reason.
    lang : {"zh", "en"}
        Language of the comments.
    name : str, optional
        Name of the plan; that of the configuration where it has one.
    """

    def say(text: Text) -> str:
        return text.zh if lang == "zh" else text.en

    if isinstance(source, PlanConfig):
        lines = _from_config(source, name or source.name, say)
    else:
        lines = _from_facts(source, name, say)
    return "\n".join(lines).rstrip() + "\n"
