"""Writes a .dbf that every reader takes for what it is: our own bytes, because writers lie.

GDAL cuts field names inside a character, which makes a file that cannot be opened; fiona drops
characters that its encoding lacks; both put the day of writing into the header.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gisplan.errors import OutputError
from gisplan.render.dbf_columns import Column

# Language byte; a reader that knows the .cpg beside the file does not look at it.
_LANGUAGE = {"GB18030": 0x4D, "UTF-8": 0x00}
_DATE = (100, 1, 1)  # 2000-01-01: equal runs give equal bytes, the run's time is in findings.json
MAX_BYTES = 2**31 - 1
MAX_FIELDS = 255


def write_dbf(path: Path, columns: Sequence[Column], rows: int, encoding: str) -> None:
    """Write a table and the .cpg beside it.

    Raises
    ------
    OutputError
        More than 255 fields or 2 GiB, which no .dbf can hold.
    """
    length = 1 + sum(column.width for column in columns)
    head = 32 + 32 * len(columns) + 1
    if len(columns) > MAX_FIELDS or head + rows * length > MAX_BYTES:
        raise OutputError(
            f"{path.name}：超过 .dbf 的上限（{MAX_FIELDS} 个字段、2 GiB），请用 findings.gpkg",
            f"{path.name}: more than a .dbf can hold ({MAX_FIELDS} fields, 2 GiB); use "
            "findings.gpkg",
        )
    out = bytearray(struct.pack("<B3BIHH", 3, *_DATE, rows, head, length))
    out += bytes(17) + bytes([_LANGUAGE[encoding]]) + bytes(2)
    for column in columns:
        out += column.short.encode(encoding).ljust(11, b"\0") + column.type.encode("ascii")
        out += bytes(4) + bytes([column.width, column.decimals]) + bytes(14)
    out += b"\r"
    table = np.full((rows, length), ord(" "), dtype=np.uint8)  # a blank: not deleted
    at = 1
    for column in columns:
        cells = np.frombuffer(b"".join(column.cells), dtype=np.uint8)
        table[:, at : at + column.width] = cells.reshape(rows, column.width)
        at += column.width
    path.write_bytes(bytes(out) + table.tobytes() + b"\x1a")
    path.with_suffix(".cpg").write_bytes(encoding.encode("ascii"))
