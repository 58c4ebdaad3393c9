"""Reads the attributes of a .dbf: text in the encoding that it is really in, numbers as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gisplan.model import Note
from gisplan.read.dbf import DbfHeader, read_header, record_table, sample_text
from gisplan.read.dbf_cells import date_column, text_cells
from gisplan.read.dbf_numbers import number_columns
from gisplan.read.encoding import choose, column_encoding, decode
from gisplan.read.encoding_notes import encoding_notes
from gisplan.read.found import FAULT_EN, FAULT_ZH, unique_names
from gisplan.read.records import field_types
from gisplan.read.request import told
from gisplan.read.text_columns import BYTES, column_encodings, decode_column
from gisplan.read.workspace import Workspace

_DELETED = ord("*")


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attribute table of a shapefile, or a .dbf alone."""

    frame: pd.DataFrame
    fids: Any  # int64: record numbers of the rows; deleted records have none
    records: int  # records in the file, deleted ones too
    declared_records: int
    encoding: str
    encoding_from: str
    notes: tuple[Note, ...]
    types: dict[str, str]


def _names(header: DbfHeader, encoding: str) -> list[str]:
    names = []
    for field in header.fields:
        text = decode(field.name, encoding, len(field.name))
        names.append(field.name.decode(BYTES) if text is None else text)
    return unique_names(names, frozenset({"geometry", FAULT_ZH, FAULT_EN}))


def _name_notes(header: DbfHeader, names: list[str]) -> list[Note]:
    """Return a note for each field without a name of its own, with what it is called instead."""
    notes = []
    known: set[bytes] = set()
    for number, (field, name) in enumerate(zip(header.fields, names, strict=True), start=1):
        if not field.name.strip():
            zh, en = "没有名称", "has no name"
        elif field.name in known:
            zh, en = "与前面的字段同名", "has the name of another"
        else:
            known.add(field.name)
            continue
        zh, en = f"第 {number} 个字段{zh}，读作 {name}", f"field {number} {en} and is called {name}"
        notes.append(told("columns_alike", zh, en))
    return notes


def read_attributes(
    path: Path, space: Workspace, encoding: str | None = None, cpg: str | None = None
) -> Attributes:
    """Read a .dbf.

    Text cells are text or None (blank, or undecodable: then a note names the cell). A cell of a
    number or date field that holds no number or date keeps its text, digits that a float would
    lose make the column text, and a column of whole numbers with blanks holds int and None.

    Raises
    ------
    ReadError
        No .dbf, or cut short in its header.
    """
    header = read_header(path)
    samples = sample_text(path, header)
    own_names = [field.name for field in header.fields]
    choice = choose(chain(own_names, *samples.values()), encoding, cpg, header.ldid)
    names = _names(header, column_encoding(own_names, choice.encoding)[0])
    notes = [*encoding_notes(choice), *_name_notes(header, names)]
    encodings, more = column_encodings(names, samples, choice)
    notes += more
    table = record_table(path, header)
    rows = np.flatnonzero(table[:, 0] != _DELETED)
    columns, staged = number_columns(path, header, table, rows, space, choice.encoding)
    for position, field in enumerate(header.fields):
        if field.type == "C":
            cells = text_cells(table, field, rows)
            own = encodings.get(position, choice.encoding)
            columns[position], found = decode_column(cells, own, field.width, names[position], rows)
            notes += found
        elif field.type == "D":
            columns[position] = pd.Series(date_column(table, field, rows, choice.encoding))
    frame = pd.DataFrame(
        {name: columns[position] for position, name in enumerate(names)},
        index=pd.RangeIndex(len(rows)),
    )
    types = field_types(staged, "ESRI Shapefile", None, BYTES)
    return Attributes(
        frame=frame,
        fids=rows,
        records=header.whole,
        declared_records=header.records,
        encoding=choice.encoding,
        encoding_from=choice.source,
        notes=tuple(notes),
        types=dict(zip(names, types.values(), strict=False)) if len(types) == len(names) else {},
    )
