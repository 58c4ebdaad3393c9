"""The table of docs/bad-inputs.md: cases by kind and class, and what users see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.corpus.score import BAD, GOOD, Score

PAGE = Path(__file__).resolve().parents[2] / "docs" / "bad-inputs.md"
BEGIN, END = "<!-- made by python -m tests.corpus -->", "<!-- end -->"
SHOWN = (
    "shp-BHQH-50", "enc-bad-bytes", "crs-BHQH-says-zone40", "geo-zone-null", "val-zone-unknown",
    "con-gpkg-blob-cut", "con-json-cut", "zip-slip",
)  # fmt: skip


def made(scores: Sequence[Score]) -> str:
    """Return what stands between the marks: the table, then what some cases say."""
    scores = [one for one in scores if one.ran.case.needs is None]  # the same on every machine
    counts = Counter((one.ran.case.kind, one.name) for one in scores)
    kinds = list(dict.fromkeys(one.ran.case.kind for one in scores))
    classes = (*GOOD, *BAD)
    lines = [f"| kind | tried | {' | '.join(classes)} |", "|---|" + "--:|" * (len(classes) + 1)]
    for kind in (*kinds, "all"):
        row = [
            sum(n for (k, c), n in counts.items() if kind in (k, "all") and c == name)
            for name in classes
        ]
        lines.append(f"| {kind} | {sum(row)} | {' | '.join(map(str, row))} |")
    said = {one.ran.case.id: one for one in scores}
    lines += ["", "| what was done | what the user reads |", "|---|---|"]
    for name in SHOWN:
        if name in said:
            words = said[name].why.replace("|", "\\|")
            lines.append(f"| {said[name].ran.case.done.replace('|', ' ')} | {words} |")
    return "\n".join(lines)


def page_with(table: str) -> str:
    """Return the page with another table."""
    text = PAGE.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}"
