"""Reads CSV, JSON and .dbf tables. Text stays text: "0102" keeps its zero."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from gisplan.errors import ReadError
from gisplan.model import Note, Text
from gisplan.read.attributes import read_attributes
from gisplan.read.csv_text import name_odd_cells, name_odd_columns, read_rows
from gisplan.read.found import FAULT_EN, FAULT_ZH, Found, object_column, set_faults, unique_names
from gisplan.read.limits import DEFAULT, Limits, over
from gisplan.read.record_counts import count_notes
from gisplan.read.request import told
from gisplan.read.workspace import Workspace

_OURS = frozenset({"geometry", FAULT_ZH, FAULT_EN})
_TEXT_BYTES = b"\0\t\n\r\f\x1a" + bytes(range(32, 256))
_HEADER_ROWS = 20  # a title and notes may stand above the header


def _unreadable(path: Path, zh: str, en: str) -> ReadError:
    return ReadError(f"{path.name}：{zh}", f"{path.name}: {en}")


def check_size(path: Path, limits: Limits, size: int | None = None) -> None:
    """Refuse a table that is too big to hold in memory; `size` is its own where not given."""
    size = path.stat().st_size if size is None else size
    if size > limits.table:
        limit = f"{limits.table_mib:g}"
        raise over(
            path.name,
            "table_mib",
            size / 1024**2,
            f"超过上限 {limit} MiB，宜改用 GeoPackage",
            f"more than the limit of {limit} MiB; a GeoPackage would do better",
        )


def is_blank(value: Any) -> bool:
    """Return whether a cell holds nothing but blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


def _header_row(rows: Sequence[Sequence[Any]]) -> int:
    """Return the row of the field names: the first that is about as full as rows mostly are.

    Not as the fullest: two rows that a damaged line end made into one would be taken for a header,
    and every row above them would be lost.
    """
    filled = [sum(not is_blank(value) for value in row) for row in rows[:_HEADER_ROWS]]
    several = sorted(count for count in filled if count > 1)
    most = several[len(several) // 2] if several else 1
    return next((at for at, count in enumerate(filled) if count >= max(1, 0.6 * most)), 0)


def rows_above_header(rows: Sequence[Sequence[Any]]) -> list[Note]:
    """Return the note that rows above the field names are no records; a title alone needs none."""
    above = rows[: _header_row(rows)]
    if all(sum(not is_blank(value) for value in row) < 2 for row in above):
        return []
    zh, en = (
        f"表头以上 {len(above)} 行未读作记录",
        f"{len(above)} rows above the header are no records",
    )
    return [told("left_out", zh, en)]


def table_frame(rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """Make a frame of rows, the header among them; blank rows are no records.

    A row with more values than the header has names is out of step: no one can tell which value
    is whose, so the row carries the reason and the later stages set it aside.
    """
    start = _header_row(rows)
    header = [("" if value is None else str(value)).strip() for value in rows[start]]
    while header and not header[-1]:
        header.pop()
    body = [row for row in rows[start + 1 :] if not all(is_blank(value) for value in row)]
    width = len(header)
    faults = {
        at: Text(
            f"该行有 {len(row)} 个值，表头只有 {width} 列",
            f"the row has {len(row)} values, the header {width} columns",
        )
        for at, row in enumerate(body)
        if any(not is_blank(value) for value in row[width:])
    }
    names = unique_names(header, _OURS)
    columns = {
        name: object_column([row[at] if at < len(row) else None for row in body])
        for at, name in enumerate(names)
    }
    return set_faults(pd.DataFrame(columns, index=pd.RangeIndex(len(body))), faults)


def repeated_names(rows: Sequence[Sequence[Any]]) -> list[Note]:
    """Return the note that a name stands over several columns; the first is the one that counts."""
    header = [("" if name is None else str(name)).strip() for name in rows[_header_row(rows)]]
    counts = Counter(name for name in header if name)
    return [
        told(
            "columns_alike",
            f"有 {count} 列都叫 {name}，按第一列读取，其余改名为 {name}_1 等",
            f"{count} columns are called {name}; the first counts, the others are called {name}_1 "
            "and so on",
        )
        for name, count in counts.items()
        if count > 1
    ]


def short_rows(rows: Sequence[Sequence[Any]]) -> list[Note]:
    """Return the note that rows of a text have fewer values than the header has names.

    Excel leaves blanks at the end of a row out, and so they are read; but a value that was lost in
    the middle looks the same.
    """
    start = _header_row(rows)
    width = max((at + 1 for at, name in enumerate(rows[start]) if not is_blank(name)), default=0)
    short = [
        (number, len(row))
        for number, row in enumerate(rows[start + 1 :], start=start + 2)
        if len(row) < width and not all(is_blank(value) for value in row)
    ]
    if not short:
        return []
    number, length = short[0]
    return [
        told(
            "rows_short",
            f"{len(short)} 行的值比表头少（如第 {number} 行只有 {length} 个，表头 {width} 列），"
            "缺的按空值读取，请核对是否错位",
            f"{len(short)} rows have fewer values than the header (row {number} has {length} of "
            f"{width}); what is missing was read as blank; look whether values stand in the right "
            "columns",
            count=len(short),
        )
    ]


def _check_is_text(path: Path) -> None:
    """Refuse what is called a table and is a picture, a web page or another binary file."""
    with path.open("rb") as file:
        head = file.read(65_536)
    if re.match(rb"(\xef\xbb\xbf)?\s*<[A-Za-z!?]", head):
        raise _unreadable(path, "内容是网页或 XML，不是表", "this is a web page or XML, no table")
    even, odd = head[::2].count(0), head[1::2].count(0)
    zeros = max(even, odd) > max(9 * min(even, odd), 0.02 * len(head))
    wide = zeros or head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if wide:  # UTF-16: each other byte of what is ASCII is zero
        return
    strange = len(head.translate(None, _TEXT_BYTES))
    if strange > 0.01 * len(head):  # a table has next to no control characters
        raise _unreadable(
            path, "内容是二进制数据，不是文本表", "this is binary data, no table of text"
        )


def read_csv(path: Path, encoding: str | None = None, limits: Limits = DEFAULT) -> Found:
    """Read a CSV: UTF-8 with or without mark, UTF-16, GB18030 or what is declared; , ; tab or |.

    Text cells that nothing decodes are None, and a note names each.

    Raises
    ------
    ReadError
        Empty, no text, too big, a quotation that is never closed, or a cell longer than the limit.
    """
    check_size(path, limits)
    _check_is_text(path)
    text = read_rows(path, encoding, limits)
    frame, odd = name_odd_columns(table_frame(text.rows))
    names = [name for name in frame.columns if name not in {FAULT_ZH, FAULT_EN}]
    notes = (
        *text.notes,
        *repeated_names(text.rows),
        *short_rows(text.rows),
        *rows_above_header(text.rows),
        *odd,
        *name_odd_cells(text, frame, names),
    )
    return Found(
        "CSV", frame, (path,), encoding=text.encoding, encoding_from=text.source, notes=notes
    )


def json_records(data: Any) -> list[dict[str, Any]] | None:
    """Return the list of records in a JSON text: the top, or the first list under a key."""
    candidates: Iterable[Any] = data.values() if isinstance(data, dict) else ()
    for value in (data, *candidates):
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            return value
    return None


def read_json_table(path: Path, records: list[dict[str, Any]]) -> Found:
    """Read a list of records; what is nested becomes JSON text, blanks become None."""
    import json

    names = list(dict.fromkeys(name for record in records for name in record))

    def flat(value: Any) -> Any:
        if isinstance(value, (dict, list)):
            return json.dumps(value, ensure_ascii=False) if value else None
        return None if value == "" else value

    unique = unique_names([str(name) for name in names], _OURS)
    columns = {
        column: object_column([flat(record.get(name)) for record in records])
        for column, name in zip(unique, names, strict=True)
    }
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(records)))
    return Found("JSON", frame, (path,), encoding="UTF-8", encoding_from="format")


def read_dbf(path: Path, space: Workspace, encoding: str | None = None) -> Found:
    """Read a .dbf that stands alone, as a table."""
    cpg = next(
        (p for p in path.parent.glob("*") if p.name.lower() == f"{path.stem.lower()}.cpg"), None
    )
    text = cpg.read_bytes()[:4096].decode("utf-8-sig", "replace") if cpg else None
    table = read_attributes(path, space, encoding, text)
    counts = {".dbf": table.records, ".dbf header": table.declared_records}
    return Found(
        "dBASE",
        table.frame,
        (path,) if cpg is None else (path, cpg),
        encoding=table.encoding,
        encoding_from=table.encoding_from,
        notes=(*table.notes, *count_notes(counts)),
        types=table.types,
    )
