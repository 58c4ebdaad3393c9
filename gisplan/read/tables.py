"""Reads CSV, JSON and .dbf tables. Text stays text: "0102" keeps its zero."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from gisplan.errors import ReadError
from gisplan.model import Note, Text
from gisplan.read.attributes import read_attributes
from gisplan.read.encoding import choose, decode
from gisplan.read.encoding_notes import encoding_notes
from gisplan.read.found import FAULT_EN, FAULT_ZH, Found, object_column, set_faults, unique_names
from gisplan.read.limits import DEFAULT, Limits, over
from gisplan.read.record_counts import count_notes
from gisplan.read.workspace import Workspace

_OURS = frozenset({"geometry", FAULT_ZH, FAULT_EN})
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
    """Return the row of the field names: the first that is about as full as the fullest."""
    filled = [sum(not is_blank(value) for value in row) for row in rows[:_HEADER_ROWS]]
    most = max(filled, default=0)
    return next((at for at, count in enumerate(filled) if count >= max(1, 0.6 * most)), 0)


def table_frame(rows: list[list[Any]]) -> pd.DataFrame:
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


def _delimiter(text: str) -> str:
    """Return the sign that parts the cells: the one that is in the most lines, and most often."""
    lines = [line for line in text.splitlines()[:_HEADER_ROWS] if line.strip()]
    scores = {
        sign: (sum(sign in line for line in lines), sum(line.count(sign) for line in lines[:5]))
        for sign in (",", ";", "\t", "|")
    }
    return max(scores, key=lambda sign: scores[sign])


def read_csv(path: Path, encoding: str | None = None, limits: Limits = DEFAULT) -> Found:
    """Read a CSV: UTF-8 with or without mark, UTF-16 with mark, or GB18030; , ; tab or |.

    Raises
    ------
    ReadError
        Empty, too big, or with a cell longer than the limit.
    """
    check_size(path, limits)
    raw = path.read_bytes()
    notes: list[Note] = []
    source = "format"
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        found = "UTF-16"
        text = raw.decode("utf-16", "replace")
    elif raw.startswith(b"\xef\xbb\xbf"):
        found = "UTF-8"
        text = raw.decode("utf-8-sig", "replace")
    else:
        lines = raw.splitlines()
        step = max(1, len(lines) // 4000)
        choice = choose(lines[::step], encoding, default="UTF-8")
        found, source = choice.encoding, choice.source
        notes += encoding_notes(choice)
        texts = []
        for number, line in enumerate(raw.splitlines(keepends=True)):
            piece = decode(line, "UTF-8" if found == "ASCII" else found)
            if piece is None:
                piece = line.decode("utf-8", "replace")
                detail = {"bytes": line[:32].hex(" ")}
                notes.append(Note("text_undecodable", record=max(0, number - 1), detail=detail))
            texts.append(piece)
        text = "".join(texts)
    if not text.strip():
        raise _unreadable(path, "表是空的", "the table is empty")
    csv.field_size_limit(limits.cell)
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=_delimiter(text))
    try:
        rows: list[list[Any]] = [
            [value if value != "" else None for value in row] for row in reader
        ]
    except csv.Error as error:
        if "field limit" in str(error):
            raise over(
                path.name,
                "cell",
                10 * limits.cell,
                f"第 {reader.line_num} 行的一个单元格超过上限 {limits.cell} 字",
                f"a cell in line {reader.line_num} has more than the limit of {limits.cell} "
                "characters",
            ) from None
        raise _unreadable(
            path,
            f"第 {reader.line_num} 行有误（{error}）",
            f"line {reader.line_num} is broken ({error})",
        ) from None
    return Found(
        "CSV", table_frame(rows), (path,), encoding=found, encoding_from=source, notes=tuple(notes)
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
