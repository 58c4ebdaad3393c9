"""What has to be done about a unit: approvals due and ways out, as the page wants them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gisplan.model import Dossier
from gisplan.render.rows import ways_out


@dataclass(slots=True)
class Answers:
    """Approvals due and ways out by unit; `steps` holds each step once."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    due: dict[str, list[int]] = field(default_factory=dict)
    ways: dict[str, list[list[str]]] = field(default_factory=dict)


def answers_of(dossier: Dossier) -> Answers:
    """Return what each unit that is not clear has to do; units without either are left out."""
    found = Answers()
    number: dict[str, int] = {}
    verdicts = dossier.verdicts
    for unit, steps in zip(verdicts["unit"].tolist(), verdicts["approvals_due"], strict=True):
        for due in steps:
            step = _step(due)
            key = json.dumps(step, ensure_ascii=False, sort_keys=True)
            if key not in number:
                number[key] = len(found.steps)
                found.steps.append(step)
            found.due.setdefault(unit, []).append(number[key])
    zh, en = ways_out(dossier, "zh"), ways_out(dossier, "en")
    found.ways = {
        unit: [list(texts) for texts in zip(zh[unit], en[unit], strict=True)] for unit in zh
    }
    return found


def _step(due: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "who": [due["who_zh"], due["who_en"]],
        "act": [due["act_zh"], due["act_en"]],
        "exception": bool(due["exception"]),
        "sources": [source_record(source) for source in due["sources"]],
    }


def source_record(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return a legal source for the page, with whether its text was read."""
    return {
        "title": [source["title"], source.get("title_en") or source["title"]],
        "article": str(source.get("article") or ""),
        "verified": bool(source["verified"]),
    }
