"""Reads the attributes of a .dbf: text in the encoding that it is really in, numbers as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gisplan.errors import ReadError
from gisplan.model import Note
from gisplan.read.bulk import BULK_ERRORS, bulk_read
from gisplan.read.columns import whole_numbers
from gisplan.read.dbf import DbfHeader, long_integers, read_header, sample_text, wrong_numbers
from gisplan.read.encoding import choose, column_encoding, decode
from gisplan.read.encoding_notes import encoding_notes
from gisplan.read.found import FAULT_EN, FAULT_ZH, object_column, unique_names
from gisplan.read.records import field_types, read_records, stack
from gisplan.read.text_columns import BYTES, column_encodings, decode_column
from gisplan.read.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attribute table of a shapefile, or a .dbf alone."""

    frame: pd.DataFrame
    fids: tuple[int, ...]  # record numbers of the rows; deleted records have none
    records: int  # records in the file, deleted ones too
    declared_records: int
    encoding: str
    encoding_from: str
    notes: tuple[Note, ...]
    types: dict[str, str]


def _names(raw: list[str], encoding: str) -> list[str]:
    names = []
    for name in raw:
        data = name.encode(BYTES, "replace")
        text = decode(data, encoding, len(data))
        names.append(name if text is None else text)
    return unique_names(names, frozenset({"geometry", FAULT_ZH, FAULT_EN}))


def _read(staged: Path, name: str) -> tuple[list[str], list[str], list[Any], Any]:
    """Return field names, OGR types, columns and record numbers."""
    try:
        meta, fids, _shapes, columns = bulk_read(staged, encoding=BYTES, read_geometry=False)
    except BULK_ERRORS:
        try:
            values, _geometries, _faults = stack(
                *read_records(staged, "ESRI Shapefile", encoding=BYTES)
            )
        except OSError as error:
            raise ReadError(
                f"{name}：属性表无法读取（{error}）", f"{name}: the table cannot be read ({error})"
            ) from None
        rows = len(next(iter(values.values()), []))
        arrays = [object_column(column).to_numpy() for column in values.values()]
        return list(values), [""] * len(values), arrays, np.arange(rows)
    return list(meta["fields"]), list(meta["ogr_types"]), list(columns), fids


def _is_text(values: Any, kind: str) -> bool:
    return values.dtype == object and kind in {"", "OFTString"}


def read_attributes(
    path: Path, space: Workspace, encoding: str | None = None, cpg: str | None = None
) -> Attributes:
    """Read a .dbf.

    Text cells are text or None (blank, or undecodable: then a note names the cell). A cell of a
    number field that holds no number keeps its text, digits that a float would lose make the
    column text, and a column of whole numbers with blanks holds int and None.

    Raises
    ------
    ReadError
        No .dbf, or cut short in its header.
    """
    header = read_header(path)
    samples = sample_text(path, header)
    own_names = [field.name for field in header.fields]
    choice = choose(chain(own_names, *samples.values()), encoding, cpg, header.ldid)
    staged = space.folder() / "layer.dbf"
    Workspace.put(path, staged)
    raw_names, kinds, columns, fids = _read(staged, path.name)
    names = _names(raw_names, column_encoding(own_names, choice.encoding)[0])
    notes = encoding_notes(choice)
    out: dict[str, pd.Series] = {}
    aligned = len(header.fields) == len(columns)
    encodings: dict[int, str] = {}
    if aligned:
        encodings, more = column_encodings(names, samples, choice)
        notes += more
    for position, (name, kind, values) in enumerate(zip(names, kinds, columns, strict=True)):
        if _is_text(values, kind):
            width = header.fields[position].width if aligned else 0
            own = encodings.get(position, choice.encoding)
            out[name], found = decode_column(values, own, width, name, fids)
            notes += found
        else:
            out[name] = whole_numbers(values, kind)
    frame = pd.DataFrame(out, index=pd.RangeIndex(len(fids)))
    if aligned:
        _restore_numbers(frame, names, path, header, fids)
    types = field_types(staged, "ESRI Shapefile", None, BYTES)
    return Attributes(
        frame=frame,
        fids=tuple(int(fid) for fid in fids),
        records=header.whole,
        declared_records=header.records,
        encoding=choice.encoding,
        encoding_from=choice.source,
        notes=tuple(notes),
        types=dict(zip(names, types.values(), strict=False)),
    )


def _restore_numbers(
    frame: pd.DataFrame, names: list[str], path: Path, header: DbfHeader, fids: Any
) -> None:
    """Put back the text of number cells that GDAL would make something else of."""
    for position, texts in long_integers(path, header).items():
        frame[names[position]] = object_column([texts[int(fid)] for fid in fids])
    for position, cells in wrong_numbers(path, header).items():
        values = frame[names[position]].astype(object).to_numpy(copy=True)
        rows = {int(fid): row for row, fid in enumerate(fids)}
        for record, text in cells.items():
            if record in rows:
                values[rows[record]] = text
        frame[names[position]] = object_column(values)
