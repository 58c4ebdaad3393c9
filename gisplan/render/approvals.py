"""What is due of whom, in words: one line for each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gisplan.model import Lang, Text
from gisplan.render.rows import cited

_EXCEPTION = Text("仅在属于法定例外时", "only where a legal exception is claimed")


def due_line(due: Mapping[str, Any], lang: Lang, *, articles: bool = True) -> str:
    """Return one step: its place in the order, who, what, under which article."""
    who, act = due[f"who_{lang}"], due[f"act_{lang}"]
    notes = [cited(due["sources"], lang)] if articles and due["sources"] else []
    if due["exception"]:
        notes.append(_EXCEPTION.zh if lang == "zh" else _EXCEPTION.en)
    if lang == "zh":
        return f"{due['order']}. {who}：{act}" + (f"（{'；'.join(notes)}）" if notes else "")
    return f"{due['order']}. {who}: {act}" + (f" ({'; '.join(notes)})" if notes else "")


def due_lines(steps: Sequence[Mapping[str, Any]], lang: Lang) -> str:
    """Return all steps, one line each."""
    return "\n".join(due_line(due, lang) for due in steps)
