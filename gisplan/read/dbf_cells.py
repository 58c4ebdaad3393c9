"""Text and dates of a .dbf, straight from its bytes.

The bulk reader gives up on a whole table where one date is none, and text has to be weighed byte
by byte anyway. A cell that cannot be read costs a cell.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gisplan.read.dbf import DbfField, shown

_CHUNK = 8192  # records at a time
_DATE_WIDTH = 8


def text_cells(table: Any, field: DbfField, rows: Any) -> list[bytes]:
    """Return the cells of a field as every reader of .dbf trims them.

    Parameters
    ----------
    table : ndarray of uint8
        From `record_table`.
    field : DbfField
        Which field.
    rows : ndarray of int
        Which records.
    """
    if not field.width:
        return [b""] * len(rows)
    out: list[bytes] = []
    for begin in range(0, len(rows), _CHUNK):
        part = table[rows[begin : begin + _CHUNK], field.offset : field.offset + field.width]
        cells = np.ascontiguousarray(part).view(f"S{field.width}").ravel().tolist()
        if (part == 0).any():
            cells = [cell.partition(b"\0")[0] for cell in cells]
        out += [cell.strip(b" ") for cell in cells]
    return out


def date_column(table: Any, field: DbfField, rows: Any, encoding: str) -> Any:
    """Return a date field as datetime64[D], NaT where blank or all zeros.

    Cells that hold no date keep their text ("2024/7/6", "20240231"): the column is then one of
    objects: date, str and None.
    """
    part = table[rows, field.offset : field.offset + field.width]
    days = np.full(len(rows), "NaT", dtype="datetime64[D]")
    known = np.zeros(len(rows), dtype=bool)
    if field.width == _DATE_WIDTH and len(rows):
        digits = part.astype(np.int32) - ord("0")
        known = ((digits >= 0) & (digits <= 9)).all(axis=1)
        digits[~known] = 0
        year = digits[:, :4] @ (1000, 100, 10, 1)
        month, day = digits[:, 4:6] @ (10, 1), digits[:, 6:] @ (10, 1)
        months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
        found = months.astype("datetime64[D]") + (day - 1)
        known &= (year > 0) & (month >= 1) & (month <= 12) & (day >= 1)
        known &= found.astype("datetime64[M]") == months
        days[known] = found[known]
    odd = np.flatnonzero(~known)
    wrong = {
        row: shown(cell, encoding)
        for row, cell in zip(odd.tolist(), text_cells(table, field, rows[odd]), strict=True)
        if cell.strip(b"0")
    }
    if not wrong:
        return days
    column = days.astype(object)
    for row, text in wrong.items():
        column[row] = text
    return column
