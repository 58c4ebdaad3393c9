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
_CHUNK = 16_384  # records looked at in one go
_BLANK, _DIGIT, _SIGN, _DOT, _POWER, _OTHER = range(6)
_KIND = np.full(256, _OTHER, dtype=np.uint8)
for _kind, _bytes in enumerate((b" \0", b"0123456789", b"+-", b".", b"eE")):
    _KIND[list(_bytes)] = _kind


def _weights() -> Any:
    """Return what a byte after another of some kinds says of a cell that should be a number.

    Added up over a cell, byte 0 counts where something begins, byte 1 points, byte 2 powers of
    ten, and byte 3 what makes a cell worth a closer look.
    """
    weight = np.zeros((8, 8), dtype=np.uint32)
    weight[_BLANK, _DIGIT : _OTHER + 1] += 1
    weight[:, _DOT] += 1 << 8
    weight[:, _POWER] += 1 << 16
    sound = {
        _BLANK: (_BLANK, _DIGIT, _SIGN, _DOT),
        _DIGIT: (_BLANK, _DIGIT, _DOT, _POWER),
        _SIGN: (_DIGIT, _DOT),
        _DOT: (_DIGIT,),
        _POWER: (_DIGIT, _SIGN),
    }
    for before in range(_OTHER + 1):
        for after in range(_OTHER + 1):
            if after not in sound.get(before, ()):
                weight[before, after] += 1 << 24
    return weight.ravel()


_WEIGHT = _weights()
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

    Of up to 4000 records, spread over the file; only cells that are not ASCII tell anything. Where
    none of them does, of the first records that do.
    """
    table = record_table(path, header)
    step = max(1, -(-header.whole // SAMPLE_RECORDS))
    found = _odd_cells(np.ascontiguousarray(table[::step]), header)
    if step > 1 and not any(found.values()):
        telling = np.flatnonzero((table >= 0x80).any(axis=1))[:SAMPLE_RECORDS]
        found = _odd_cells(np.ascontiguousarray(table[telling]), header)
    return found


def _odd_cells(rows: Any, header: DbfHeader) -> dict[int, list[bytes]]:
    """Return the different text cells of records that are not ASCII, by position of the field."""
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
        if field.type not in "NF" or field.width == 0:
            continue
        cells = {}
        for begin in range(0, len(table), _CHUNK):
            rows = table[begin : begin + _CHUNK]
            column = np.ascontiguousarray(rows[:, field.offset : field.offset + field.width])
            for row in np.flatnonzero(_look_odd(column)).tolist():
                raw = column[row].tobytes().split(b"\0")[0].strip()
                if raw and not _NUMBER.match(raw):
                    cells[begin + row] = shown(raw, encoding)
        if cells:
            found[position] = cells
    return found


def _look_odd(column: Any) -> Any:
    """Return which cells (rows of bytes) may be no numbers; all others are."""
    kinds = np.full((len(column), column.shape[1] + 2), _BLANK, dtype=np.uint8)
    kinds[:, 1:-1] = _KIND[column]
    total = _WEIGHT[kinds[:, :-1] * 8 + kinds[:, 1:]].sum(axis=1, dtype=np.uint64)
    starts, dots, powers = total & 0xFF, total >> 8 & 0xFF, total >> 16 & 0xFF
    odd = (total >> 24 > 0) | (starts > 1) | (dots > 1) | (powers > 1)
    scientific = np.flatnonzero((powers == 1) & (dots == 1) & ~odd)
    of_those = kinds[scientific]
    odd[scientific] = (of_those == _DOT).argmax(axis=1) > (of_those == _POWER).argmax(axis=1)
    return odd & (column != ord("*")).any(axis=1)


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
