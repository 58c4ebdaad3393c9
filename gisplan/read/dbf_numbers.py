"""The fields of a .dbf that are neither text nor dates: as GDAL reads them, and put right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from gisplan.read.bulk import BULK_ERRORS, bulk_read, layer_info
from gisplan.read.columns import whole_numbers
from gisplan.read.dbf import DbfHeader, long_integers, shown, wrong_numbers
from gisplan.read.dbf_cells import text_cells
from gisplan.read.found import object_column
from gisplan.read.text_columns import BYTES
from gisplan.read.workspace import Workspace

NOT_OURS = frozenset("CD")  # text and dates are read from the bytes
_WIDEST = 254  # bytes of a field that every reader takes alike


def stage(path: Path, header: DbfHeader, space: Workspace) -> tuple[Path, list[str]]:
    """Make a table available to GDAL as `layer.dbf`; return it and GDAL's names of the fields.

    One that is cut short, or whose header GDAL takes otherwise than we do (two columns of one
    name, texts of more than 255 bytes), is copied under a header of ours: GDAL would refuse it,
    or give another column than the one asked for.
    """
    staged = space.folder() / "layer.dbf"
    if header.whole == header.records and all(field.width < 256 for field in header.fields):
        Workspace.put(path, staged)
        try:
            names = [str(name) for name in layer_info(staged, encoding=BYTES)["fields"]]
        except BULK_ERRORS:
            names = []
        if len(set(names)) == len(names) == len(header.fields):
            return staged, names
        staged.unlink()
    _copy(path, header, staged)
    return staged, [f"F{number}" for number in range(len(header.fields))]


def _copy(path: Path, header: DbfHeader, target: Path) -> None:
    fields = b""
    for number, field in enumerate(header.fields):
        for part in range(0, max(field.width, 1), _WIDEST):
            name = f"F{number}" if not part else f"F{number}_{part}"
            fields += name.encode().ljust(11, b"\0") + field.type.encode() + bytes(4)
            decimals = field.decimals if field.type in "NF" else 0
            fields += bytes([min(field.width - part, _WIDEST), decimals]) + bytes(14)
    counts = header.whole.to_bytes(4, "little") + (33 + len(fields)).to_bytes(2, "little")
    head = b"\x03\x7c\x01\x01" + counts + header.record_length.to_bytes(2, "little") + bytes(20)
    with path.open("rb") as file, target.open("wb") as copy:
        copy.write(head + fields + b"\r")
        file.seek(header.header_length)
        left = header.whole * header.record_length
        while left and (part_read := file.read(min(left, 1 << 20))):
            copy.write(part_read)
            left -= len(part_read)


def number_columns(
    path: Path, header: DbfHeader, table: Any, rows: Any, space: Workspace, encoding: str
) -> tuple[dict[int, pd.Series], Path]:
    """Return columns by position of the field, and the table as GDAL got it.

    Whole numbers with blanks are int and None. A cell of a number field that holds no number
    keeps its text; digits that a float would lose make the column text.

    Parameters
    ----------
    path : Path
        The .dbf.
    header : DbfHeader
        Of it.
    table : ndarray of uint8
        From `record_table`.
    rows : ndarray of int
        The records that are not marked as deleted.
    space : Workspace
        For a copy, where one is needed.
    encoding : str
        Of the text that stands where a number should.
    """
    staged, names = stage(path, header, space)
    wanted = [n for n, field in enumerate(header.fields) if field.type not in NOT_OURS]
    if not wanted:
        return {}, staged
    try:
        meta, fids, _shapes, values = bulk_read(
            staged, encoding=BYTES, read_geometry=False, columns=[names[n] for n in wanted]
        )
        if len(values) != len(wanted) or len(fids) != len(rows):
            raise ValueError("other columns or records than in the header")
    except BULK_ERRORS:
        return {n: _as_text(header, table, rows, n, encoding) for n in wanted}, staged
    columns = {}
    for n, kind, found in zip(wanted, meta["ogr_types"], values, strict=True):
        columns[n] = whole_numbers(found, kind)
    row_of = None
    for n, texts in long_integers(path, header).items():
        columns[n] = object_column([texts[row] for row in rows.tolist()])
    for n, cells in wrong_numbers(path, header, encoding).items():
        if row_of is None:
            row_of = {record: row for row, record in enumerate(rows.tolist())}
        column = columns[n].astype(object).to_numpy(copy=True)
        for record, text in cells.items():
            if record in row_of:
                column[row_of[record]] = text
        columns[n] = object_column(column)
    return columns, staged


def _as_text(header: DbfHeader, table: Any, rows: Any, position: int, encoding: str) -> pd.Series:
    """Return a column that GDAL refuses as the text that stands in its cells."""
    cells = text_cells(table, header.fields[position], rows)
    return object_column([shown(cell, encoding) or None for cell in cells])
