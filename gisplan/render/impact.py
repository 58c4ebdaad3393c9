"""What a changed upper plan puts out of line: for the terminal and for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from gisplan.model import Difference, Lang
from gisplan.render import words

_FIELDS = ("fingerprint", "code", "severity", "layer", "feature", "related_layer", "related",
           "measure", "unit", "limit")  # fmt: skip


def impact_record(change: Difference) -> dict[str, Any]:
    """Return the change as plain data: schema `gisplan-impact/1`."""
    return {
        "schema": "gisplan-impact/1",
        "new": [_record(row) for row in change.new.to_dict("records")],
        "worse": [_record(row) for row in change.worse.to_dict("records")],
        "mended": [_record(row) for row in change.mended.to_dict("records")],
        "unchanged": change.unchanged,
        "verdicts": [
            {key: _plain(row[key]) for key in ("unit", "name", "before", "after")}
            for row in change.verdicts.to_dict("records")
        ],
    }


def to_json(change: Difference) -> str:
    """Return the record as JSON text."""
    return json.dumps(impact_record(change), ensure_ascii=False, indent=1)


def _record(row: Mapping[Any, Any]) -> dict[str, Any]:
    out = {name: _plain(row[name]) for name in _FIELDS}
    if "before" in row:
        out["before"] = _plain(row["before"])
    return out | {"message": {"zh": row["message_zh"], "en": row["message_en"]}}


def _plain(value: Any) -> Any:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    return str(value) if isinstance(value, str) else value


def format_impact(change: Difference, lang: Lang) -> str:
    """Return the change as text: what gets out of line first, then what is mended."""
    zh = lang == "zh"
    lines = [
        f"上级变化的影响：新增问题 {len(change.new)} 个，加重 {len(change.worse)} 个，"
        f"消除 {len(change.mended)} 个，不变 {change.unchanged} 个"
        if zh
        else f"a changed upper plan: {len(change.new)} new findings, {len(change.worse)} worse, "
        f"{len(change.mended)} mended, {change.unchanged} as before"
    ]
    parts = (
        ("新增", "new", change.new),
        ("加重", "worse", change.worse),
        ("消除", "mended", change.mended),
    )
    for title_zh, title_en, rows in parts:
        if len(rows):
            lines += ["", title_zh if zh else title_en]
            lines += [_line(row, lang) for row in rows.to_dict("records")]
    if len(change.verdicts):
        lines += ["", "结论变化" if zh else "verdicts"]
        for row in change.verdicts.to_dict("records"):
            before, after = (words.word(words.VERDICT, row[k], lang) for k in ("before", "after"))
            lines.append(f"  {row['unit']}  {before} -> {after}")
    return "\n".join(lines)


def _line(row: Mapping[Any, Any], lang: Lang) -> str:
    severity = words.word(words.SEVERITY, row["severity"], lang)
    return f"  {row['code']}  {severity}  {row[f'message_{lang}']}"
