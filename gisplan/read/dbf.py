"""Reads what a .dbf says of itself: header, samples of its text, and numbers that are none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gisplan.errors import ReadError
from gisplan.read.encoding import column_encoding, decode, detect
from gisplan.read.limits import SAMPLE_RECORDS

_NUMBER = re.compile(rb"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
_NUMERIC = np.zeros(256, dtype=bool)
_NUMERIC[list(b" 0123456789.+-eE\0")] = True
_TYPES = set(b"CNFDLMIOBGPTYV@+0QW")


@dataclass(frozen=True, slots=True)
class DbfField:
    """One field as the header declares it; `offset` counts from the record's deletion mark."""

    name: bytes
    type: str
    width: int
    decimals: int
    offset: int


@dataclass(frozen=True, slots=True)
class DbfHeader:
    """The header of a .dbf. `whole` is how many records the file really holds."""

    records: int
    header_length: int
    record_length: int
    ldid: int
    fields: tuple[DbfField, ...]
    whole: int


def read_header(path: Path) -> DbfHeader:
    """Return the header of a .dbf.

    Raises
    ------
    ReadError
        Cut short, or no .dbf at all.
    """

    def broken(zh: str, en: str) -> ReadError:
        return ReadError(f"{path.name}：{zh}", f"{path.name}: {en}")

    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(32)
            if len(head) < 32:
                raise broken("属性表文件头不完整", "the header of the table is cut short")
            records = int.from_bytes(head[4:8], "little")
            header_length = int.from_bytes(head[8:10], "little")
            record_length = int.from_bytes(head[10:12], "little")
            block = file.read(max(0, header_length - 32))
    except OSError as error:
        reason = error.strerror or "?"
        raise broken(f"无法打开（{reason}）", f"cannot be opened ({reason})") from None
    fields = []
    offset = 1
    for at in range(0, len(block) - 31, 32):
        entry = block[at : at + 32]
        # What begins with a zero is the end too, unless it is a field that only lacks its name.
        if entry[0] == 0x0D or (entry[0] == 0x00 and (entry[11] not in _TYPES or not entry[16])):
            break
        kind = entry[11]
        # Clipper keeps the high byte of a long text field where others keep decimals.
        width = entry[16] + (256 * entry[17] if kind == ord("C") else 0)
        if kind not in _TYPES:
            raise broken("不是有效的 dBASE 属性表", "this is no valid dBASE table")
        name = entry[:11].split(b"\0")[0]
        fields.append(DbfField(name, chr(kind), width, entry[17], offset))
        offset += width
    if not fields or record_length < 1 or header_length < 33 or offset > record_length:
        raise broken("不是有效的 dBASE 属性表", "this is no valid dBASE table")
    whole = max(0, min(records, (size - header_length) // record_length))
    return DbfHeader(records, header_length, record_length, head[29], tuple(fields), whole)


def record_table(path: Path, header: DbfHeader) -> Any:
    """Return the records as a table of bytes, rows × record length, mapped from the file."""
    if header.whole == 0:
        return np.zeros((0, header.record_length), dtype=np.uint8)
    flat = np.memmap(
        path,
        dtype=np.uint8,
        mode="r",
        offset=header.header_length,
        shape=(header.whole * header.record_length,),
    )
    return flat.reshape(header.whole, header.record_length)


def sample_text(path: Path, header: DbfHeader) -> dict[int, list[bytes]]:
    """Return different text cells as stored, by position of their field.

    Of up to 4000 records, spread over the file; only cells that are not ASCII tell anything.
    """
    table = record_table(path, header)
    step = max(1, -(-header.whole // SAMPLE_RECORDS))
    rows = np.ascontiguousarray(table[::step])
    found = {}
    for position, field in enumerate(header.fields):
        if field.type != "C" or field.width == 0:
            continue
        column = np.ascontiguousarray(rows[:, field.offset : field.offset + field.width])
        odd = np.flatnonzero((column >= 0x80).any(axis=1))
        texts = column[odd].view(f"S{field.width}").ravel()
        found[position] = [text.strip() for text in np.unique(texts).tolist()]
    return found


def shown(raw: bytes, encoding: str) -> str:
    r"""Return the text of a cell that should hold none, in the encoding of the file or its own.

    Bytes that are no text at all are written as \xff.
    """
    if raw.isascii():
        return raw.decode("ascii")
    if encoding == "ASCII":  # the file's other texts tell nothing
        encoding = detect([raw]) or encoding
    text = decode(raw, column_encoding([raw], encoding)[0], len(raw))
    return raw.decode("ascii", "backslashreplace") if text is None else text


def wrong_numbers(
    path: Path, header: DbfHeader, encoding: str = "ISO-8859-1"
) -> dict[int, dict[int, str]]:
    """Return cells of number fields that are no numbers: field position -> record -> text.

    Text is in the encoding of the file: an office writes "９００" or "约 900" where it wants to.

    GDAL reads "12a" as 12 and "****" as nothing; both are kept as the text that they are, so that
    nobody takes them for numbers. Asterisks over the whole width are no text: GDAL and QGIS write
    a null number that way.
    """
    found: dict[int, dict[int, str]] = {}
    table = record_table(path, header)
    for position, field in enumerate(header.fields):
        if field.type not in "NF" or field.width == 0 or not len(table):
            continue
        column = np.ascontiguousarray(table[:, field.offset : field.offset + field.width])
        odd = ~_NUMERIC[column].all(axis=1) & (column != ord("*")).any(axis=1)
        odd |= (column == ord(".")).sum(axis=1) > 1
        digit = (column >= ord("0")) & (column <= ord("9"))
        sign = np.isin(column, list(b"+-"))
        odd |= (sign[:, :-1] & ~(digit | (column == ord(".")))[:, 1:]).any(axis=1)
        after = digit[:, :-1] & np.isin(column[:, 1:], list(b"+- "))
        # A digit, a blank or sign, and a digit again: "1-2", "1 2".
        odd |= (np.logical_or.accumulate(after, axis=1)[:, :-1] & digit[:, 2:]).any(axis=1)
        cells = {}
        for row in np.flatnonzero(odd).tolist():
            raw = column[row].tobytes().split(b"\0")[0].strip()
            if raw and not _NUMBER.match(raw):
                cells[row] = shown(raw, encoding)
        if cells:
            found[position] = cells
    return found


def long_integers(path: Path, header: DbfHeader) -> dict[int, list[str | None]]:
    """Return whole columns of number fields whose digits a float would lose: 16 and more.

    Identifiers of 18 to 20 digits stand in such fields.
    """
    found: dict[int, list[str | None]] = {}
    table = record_table(path, header)
    for position, field in enumerate(header.fields):
        if field.type != "N" or field.decimals or field.width < 16 or not len(table):
            continue
        column = np.ascontiguousarray(table[:, field.offset : field.offset + field.width])
        digits = ((column >= ord("0")) & (column <= ord("9"))).sum(axis=1)
        if digits.max() >= 16 and not (column == ord(".")).any():
            texts = column.view(f"S{field.width}").ravel().tolist()
            found[position] = [
                text.split(b"\0")[0].strip().decode("ascii", "replace") or None for text in texts
            ]
    return found
