"""Parts the text of a CSV into rows, and decodes it cell by cell where it must be."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from gisplan.errors import ReadError
from gisplan.model import Note
from gisplan.read.cells import decode_cells
from gisplan.read.encoding import Choice, canonical, choose, column_encoding
from gisplan.read.encoding_notes import cell_notes, encoding_notes
from gisplan.read.evidence import codec_of
from gisplan.read.found import unique_names
from gisplan.read.limits import Limits, over

_BYTES = "latin-1"  # one character for each byte
# In front of a cell that nothing decodes, one character for each byte, until it is named. No text
# can hold it: it is half of a character.
_LOST = "\udc00"
_WIDE = 0.2  # share of zero bytes at every other place that only UTF-16 has
_LOOKED_AT = 20  # lines that tell what parts the cells
_SAMPLE = 4000  # lines that are weighed


@dataclass(frozen=True, slots=True)
class CsvText:
    """Rows of cells; None for a blank one. `other` tells cells in an encoding of their own."""

    rows: list[list[str | None]]
    encoding: str
    source: str
    notes: tuple[Note, ...]
    other: dict[tuple[int, str], tuple[str, bytes]]  # column, text -> encoding, bytes
    columns: tuple[str, ...]  # encoding of each


def _unreadable(path: Path, zh: str, en: str) -> ReadError:
    return ReadError(f"{path.name}：{zh}", f"{path.name}: {en}")


def read_rows(path: Path, encoding: str | None, limits: Limits) -> CsvText:
    """Read the rows of a CSV.

    Raises
    ------
    ReadError
        Empty, a quotation that is never closed, or a cell longer than the limit.
    """
    raw = path.read_bytes()
    wide = _wide(raw, encoding)
    if wide is not None:
        text = raw.decode(wide, "replace").removeprefix("\ufeff")
        rows = _parse(path, text, limits)
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            return CsvText(_blank(rows), "UTF-16", "format", (), {}, ())
        told = Choice("UTF-16", "detected", "UTF-8", "default")
        return CsvText(_blank(rows), "UTF-16", "detected", tuple(encoding_notes(told)), {}, ())
    if raw.startswith(b"\xef\xbb\xbf"):
        raw, choice = raw[3:], Choice("UTF-8", "format")
    else:
        lines = raw.splitlines()
        step = -(-len(lines) // _SAMPLE) or 1
        choice = choose(lines[::step], encoding, default="UTF-8")
    if not raw.strip(b"\0 \t\r\n"):
        raise _unreadable(path, "表是空的", "the table is empty")
    made = _decoded(_parse(path, raw.decode(_BYTES), limits, choice), choice)
    for line, row in enumerate(made.rows, start=1):
        if any(cell is not None and len(cell) > limits.cell for cell in row):
            raise _too_long(path, line, limits)
    return made


def _wide(raw: bytes, declared: str | None) -> str | None:
    """Return the codec of a text of two bytes a character; None where it is not one."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = raw[:4096]
    if len(head) >= 8:
        even, odd = head[::2].count(0) / len(head), head[1::2].count(0) / len(head)
        if min(even, odd) < 0.01 and max(even, odd) > _WIDE / 2:
            return "utf-16-le" if odd > even else "utf-16-be"
    name = canonical(declared) if declared else None
    return name if name in {"utf-16", "utf-16-le", "utf-16-be"} else None


def _delimiter(text: str) -> str:
    """Return the sign that parts the cells: the one that is in the most lines, and most often."""
    lines = [line for line in text.split("\n", _LOOKED_AT)[:_LOOKED_AT] if line.strip()]
    scores = {
        sign: (sum(sign in line for line in lines), sum(line.count(sign) for line in lines[:5]))
        for sign in (",", ";", "\t", "|")
    }
    return max(scores, key=lambda sign: scores[sign])


def _parse(path: Path, text: str, limits: Limits, choice: Choice | None = None) -> list[list[str]]:
    """Part a text into cells; with a choice the text is bytes, one character for each."""
    sign = _delimiter(text)
    if not text.strip():
        raise _unreadable(path, "表是空的", "the table is empty")
    # The bar may be the second byte of a hanzi. All other signs are below what a character is of.
    again = None
    if sign == "|" and choice is not None and choice.encoding not in {"UTF-8", "ASCII"}:
        again = codec_of(choice.encoding)
        text = text.encode(_BYTES).decode(again, "surrogateescape")
    csv.field_size_limit(limits.cell * (1 if choice is None else 4))  # bytes of one character
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    rows, began = [], 1
    try:
        for row in reader:
            rows.append(row)
            began, ended = reader.line_num + 1, began
        if rows and _open_quote(text, sign):
            raise _unreadable(
                path,
                f"第 {ended} 行起的引号没有闭合，其后各行无法分列，请补上引号",
                f"a quotation that begins in line {ended} is never closed and swallows the rows "
                "after it; close it",
            )
    except csv.Error as error:
        raise _csv_error(path, reader.line_num, error, limits) from None
    if again is not None:
        rows = [
            [cell.encode(again, "surrogateescape").decode(_BYTES) for cell in row] for row in rows
        ]
    return rows


def _open_quote(text: str, sign: str) -> bool:
    """Return whether a text ends inside a quotation."""
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True):
            pass
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def _csv_error(path: Path, line: int, error: csv.Error, limits: Limits) -> ReadError:
    if "field limit" in str(error):
        return _too_long(path, line, limits)
    return _unreadable(path, f"第 {line} 行有误（{error}）", f"line {line} is broken ({error})")


def _too_long(path: Path, line: int, limits: Limits) -> ReadError:
    return over(
        path.name,
        "cell",
        10 * limits.cell,
        f"第 {line} 行的一个单元格超过上限 {limits.cell} 字",
        f"a cell in line {line} has more than the limit of {limits.cell} characters",
    )


def _blank(rows: Sequence[Sequence[str]]) -> list[list[str | None]]:
    return [[cell.rstrip("\0") or None for cell in row] for row in rows]


def _decoded(rows: list[list[str]], choice: Choice) -> CsvText:
    """Decode cells that are one character for each byte, each column for itself."""
    width = max((len(row) for row in rows), default=0)
    out = _blank(rows)
    other: dict[tuple[int, str], tuple[str, bytes]] = {}
    encodings = []
    for at in range(width):
        held = {row[at] for row in out if at < len(row)}
        odd = sorted(cell for cell in held if cell and (not cell.isascii() or "\0" in cell))
        raw = [cell.encode(_BYTES) for cell in odd]
        encoding, _ = column_encoding(raw, choice.encoding)
        encodings.append(encoding)
        if not odd:
            continue
        cells = decode_cells(raw, "UTF-8" if encoding == "ASCII" else encoding)
        known = dict(zip(odd, cells.texts, strict=True))
        for number, name in cells.other.items():
            other[at, str(cells.texts[number])] = (name, raw[number])
        for cell in odd:
            if known[cell] is None or "\0" in cell:
                known[cell] = _LOST + cell
        for row in out:
            if at < len(row) and row[at] in known:
                row[at] = known[str(row[at])]
    return CsvText(
        out, choice.encoding, choice.source, tuple(encoding_notes(choice)), other, tuple(encodings)
    )


def name_odd_cells(text: CsvText, frame: pd.DataFrame, names: Sequence[str]) -> list[Note]:
    """Empty the cells that nothing decodes, and name them and those in another encoding.

    Parameters
    ----------
    text : CsvText
        What the frame was made of.
    frame : DataFrame
        Changed: lost cells become None.
    names : sequence of str
        Columns of the frame in the order of the file.
    """
    notes: list[Note] = []
    for at, name in enumerate(names):
        column = frame[name]
        lost = {
            row: _shown(cell)
            for row, cell in enumerate(column)
            if isinstance(cell, str) and cell.startswith(_LOST)
        }
        notes += [
            Note("text_undecodable", record=row, column=name, detail={"bytes": shown})
            for row, shown in lost.items()
        ]
        frame.loc[frame.index[list(lost)], name] = None
        found = [
            (row, text.other[at, cell])
            for row, cell in enumerate(column)
            if isinstance(cell, str) and (at, cell) in text.other
        ]
        if found:
            records, cells = zip(*found, strict=True)
            notes += cell_notes(name, text.columns[at], records, cells)
    return notes


def _shown(cell: str) -> str:
    raw = cell.removeprefix(_LOST).encode(_BYTES)
    return raw[:32].hex(" ") + (" …" if len(raw) > 32 else "")


def name_odd_columns(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Note]]:
    """Return a frame whose names of columns can all be shown, and what was wrong with them."""
    lost = [name for name in frame.columns if name.startswith(_LOST)]
    if not lost:
        return frame, []
    shown = unique_names(
        [
            "".join(sign if " " <= sign < "\x7f" else "◇" for sign in name.removeprefix(_LOST))
            if name in lost
            else name
            for name in frame.columns
        ]
    )
    notes = [
        Note("text_undecodable", column=new, detail={"bytes": _shown(name)})
        for name, new in zip(frame.columns, shown, strict=True)
        if name in lost
    ]
    return frame.set_axis(shown, axis=1), notes
