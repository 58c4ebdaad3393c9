"""Notes of reading name the columns of files; here they get the names that plans use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from gisplan.model import LayerSpec, Note, RawLayer
from gisplan.normalise.fields import match_fields

_OURS = {"geometry", "_read_fault_zh", "_read_fault_en"}


def standard_columns(
    notes: Iterable[Note], sources: Sequence[tuple[RawLayer, LayerSpec]]
) -> list[Note]:
    """Return notes with standard fields for columns, where a column became one.

    A rule can then call the field by its title, and knows which cells are empty because of it.
    """
    notes = list(notes)
    named = {(note.layer, note.path) for note in notes if note.column is not None}
    fields: dict[tuple[str, str, str], str] = {}
    for raw, spec in sources:
        key = (raw.source.layer, raw.record.path)
        if key not in named:
            continue
        columns = [str(name) for name in raw.frame.columns if name not in _OURS]
        for field, parts in match_fields(raw.source, spec, columns, key[1]).columns.items():
            fields |= {(*key, part): field for part in parts}
    return [
        note
        if note.column is None
        else replace(note, column=fields.get((note.layer, note.path, note.column), note.column))
        for note in notes
    ]
