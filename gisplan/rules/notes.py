"""Turns notes of reading and normalising into offenders: what they name, and what it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.model import Note, Text

Key = tuple[str, str, int | None]


def judge_notes(
    tables: Tables, notes: Iterable[Note], offence: Callable[[Note], Mapping[str, object]]
) -> Judgement:
    """Return one offender per note; skipped where the plan has neither layers nor notes.

    `offence` adds to what every note gives: layer, fid, feature and the place.
    """
    if not tables.attributes and not tables.notes:
        return skipped("计划中没有可读的图层", "nothing was read from the plan")
    told = list(notes)
    rows = _records(tables, told)
    return judged([{**_place(rows, note), **offence(note)} for note in told])


def key_of(note: Note) -> Key:
    """Return what tells the features of a plan apart in notes: layer, file, row in the file."""
    return (note.layer, note.path, note.record)


def text_of(note: Note, name: str) -> Text:
    """Return a text that a note holds in both languages as `name_zh` and `name_en`."""
    return Text(str(note.detail[f"{name}_zh"]), str(note.detail[f"{name}_en"]))


def layer_title(tables: Tables, layer: str) -> Text:
    """Return what a layer is called; its own name where it is not known."""
    spec = tables.specs.get(layer)
    return spec.title if spec else Text(layer, layer)


def field_title(tables: Tables, layer: str, column: str | None) -> Text:
    """Return what a field is called; the column's own name where it is no standard field."""
    spec = tables.specs.get(layer)
    field = spec.fields.get(column or "") if spec else None
    return field.title if field else Text(column or "", column or "")


def blank_cells(tables: Tables, layer: str, column: str) -> set[int]:
    """Return the rows whose cell is empty because it could not be read: another rule says so."""
    notes = tables.notes_of("value_unreadable", "text_undecodable")
    mine = [note for note in notes if note.layer == layer and note.column == column]
    rows = _records(tables, mine)
    keys = [key_of(note) for note in mine]
    return {rows[key] for key in keys if key in rows}


def partial_dates(tables: Tables, layer: str, column: str) -> dict[int, str]:
    """Return the rows whose date is known to the month or the year only: fid -> which."""
    notes = tables.notes_of("date_partial")
    mine = [note for note in notes if note.layer == layer and note.column == column]
    rows = _records(tables, mine)
    return {
        rows[key_of(note)]: str(note.detail["precision"]) for note in mine if key_of(note) in rows
    }


def noted(tables: Tables, kind: str) -> set[tuple[str, int]]:
    """Return layer and fid of the features that notes of a kind are about."""
    notes = tables.notes_of(kind)
    rows = _records(tables, notes)
    keys = [key_of(note) for note in notes]
    return {(key[0], rows[key]) for key in keys if key in rows}


def _records(tables: Tables, notes: Iterable[Note]) -> dict[Key, int]:
    """Return the row of every feature of the layers that notes are about."""
    found: dict[Key, int] = {}
    for layer in sorted({note.layer for note in notes} & set(tables.attributes)):
        found |= tables.once(("records", layer), partial(_records_of, tables, layer))
    return found


def _records_of(tables: Tables, layer: str) -> dict[Key, int]:
    frame = tables.attributes[layer]
    columns = frame["_path"].tolist(), frame["_record"].tolist(), frame.index.tolist()
    return {(layer, path, int(n)): int(fid) for path, n, fid in zip(*columns, strict=True)}


def _place(rows: Mapping[Key, int], note: Note) -> dict[str, object]:
    """Return the row that a note is about, else what to call the feature that was set aside."""
    fid = rows.get(key_of(note), -1)
    name = note.path if note.record is None else f"{note.path}#{note.record}"
    feature = "" if fid >= 0 else note.feature or name
    return {"layer": note.layer, "fid": fid, "feature": feature, "geometry": note.geometry}
