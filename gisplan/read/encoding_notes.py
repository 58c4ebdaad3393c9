"""What is to be said of the encoding of texts: what was overruled, on which evidence, and doubt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from gisplan.model import Note
from gisplan.read.encoding import Choice, decode
from gisplan.read.evidence import codec_of

_SHOWN = 24  # bytes of a cell that a note shows


def _reading(raw: bytes, encoding: str) -> str:
    """Return how bytes read in an encoding; what is no character is shown as ◇."""
    text = decode(raw, encoding, len(raw))
    if text is None:
        text = raw.decode(codec_of(encoding), "replace")
    return "".join(c if c.isprintable() and c != "\ufffd" else "◇" for c in text)


def evidence(raw: bytes, found: str, instead: str) -> dict[str, str]:
    """Return the cell that shows which of two encodings is true, as bytes and in both readings."""
    return {
        "bytes": raw[:_SHOWN].hex(" "),
        "text": _reading(raw, found)[:_SHOWN],
        "instead": _reading(raw, instead)[:_SHOWN],
    }


def said_by_file(choice: Choice) -> Choice:
    """Return a choice whose claim stands in the file itself, and was weighed like a .cpg."""
    return replace(
        choice,
        source="format" if choice.source == "cpg" else choice.source,
        claimed_by="file" if choice.claimed_by == "cpg" else choice.claimed_by,
    )


def encoding_notes(choice: Choice, column: str | None = None) -> list[Note]:
    """Return what a choice leaves to say: the claim that it overrules, and the doubt that stays."""
    notes = []
    if choice.claimed is not None:
        detail = {"declared": choice.claimed, "found": choice.encoding, "from": choice.claimed_by}
        if choice.shown:
            detail |= evidence(choice.shown, choice.encoding, choice.claimed)
        notes.append(Note("encoding_recovered", column=column, detail=detail))
    if choice.other is not None:
        detail = {"used": choice.encoding, "other": choice.other, "from": choice.source}
        detail |= evidence(choice.shown, choice.encoding, choice.other)
        notes.append(Note("encoding_doubtful", column=column, detail=detail))
    return notes


def cell_notes(
    column: str, encoding: str, records: Sequence[int], cells: Iterable[tuple[str, bytes]]
) -> list[Note]:
    """Return a note for each encoding that single cells of a column are in, the first one named.

    Parameters
    ----------
    column, encoding : str
        The column and what its other cells are in.
    records : sequence of int
        Rows of the cells.
    cells : iterable of (str, bytes)
        Encoding and bytes of each.
    """
    first: dict[str, tuple[int, bytes, int]] = {}
    for record, (name, raw) in zip(records, cells, strict=True):
        at, shown, count = first.get(name, (record, raw, 0))
        first[name] = (at, shown, count + 1)
    notes = []
    for name, (record, raw, count) in sorted(first.items()):
        detail = {"declared": encoding, "found": name, "from": "column", "count": count}
        detail |= evidence(raw, name, encoding)
        notes.append(Note("encoding_recovered", record=record, column=column, detail=detail))
    return notes
