"""Checks the index of a shapefile (.shx) and makes a new one where it is missing or wrong."""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gisplan.errors import ReadError

MAGIC = 9994
SHAPE_TYPES = {0, 1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28, 31}
_HEADER = 100
_RECORD = struct.Struct(">ii")  # number, length in words


@dataclass(frozen=True, slots=True)
class ShpIndex:
    """Offsets and lengths of records in bytes, and whether the .shp ends inside a record."""

    offsets: Any  # int64
    lengths: Any  # int64, content without the record header
    cut: bool


def read_shp_header(path: Path) -> bytes:
    """Return the header of a .shp.

    Raises
    ------
    ReadError
        Empty, cut in the header, or something else that is only called .shp.
    """

    def broken(zh: str, en: str) -> ReadError:
        return ReadError(f"{path.name}：{zh}", f"{path.name}: {en}")

    try:
        with path.open("rb") as file:
            head = file.read(_HEADER)
    except OSError as error:
        reason = error.strerror or "?"
        raise broken(f"无法打开（{reason}）", f"cannot be opened ({reason})") from None
    if not head:
        raise broken("文件是空的", "the file is empty")
    if len(head) >= 4 and struct.unpack(">i", head[:4])[0] != MAGIC:
        raise broken(
            "内容不是 Shapefile（文件头不符），请确认导出格式",
            "this is no shapefile (wrong file header); check how it was exported",
        )
    if len(head) < _HEADER:
        raise broken("文件头不完整，请重新复制", "cut short in the header; copy it again")
    kind = struct.unpack("<i", head[32:36])[0]
    if kind not in SHAPE_TYPES:
        raise broken(f"图形类型 {kind} 不存在", f"there is no shape type {kind}")
    return head


def scan(path: Path) -> ShpIndex:
    """Walk through the records of a .shp by their own headers; they number themselves."""
    offsets, lengths, numbers = [], [], []
    size = path.stat().st_size
    at, cut = _HEADER, False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        while at + 8 <= size:
            number, words = _RECORD.unpack_from(content, at)
            length = 2 * words
            if length < 4 or at + 8 + length > size:
                cut = True
                break
            offsets.append(at)
            lengths.append(length)
            numbers.append(number)
            at += 8 + length
        else:
            cut = at != size
    found = ShpIndex(np.array(offsets, dtype=np.int64), np.array(lengths, dtype=np.int64), cut)
    order = np.array(numbers, dtype=np.int64) - 1
    if not _is_permutation(order):
        return found  # as they lie
    place = np.argsort(order)
    return ShpIndex(found.offsets[place], found.lengths[place], cut)


def _is_permutation(numbers: Any) -> bool:
    return bool(np.array_equal(np.sort(numbers), np.arange(len(numbers))))


def read_shx(shx: Path, shp: Path) -> ShpIndex | None:
    """Return what a .shx says; None where it does not fit the .shp."""
    raw = shx.read_bytes()
    if len(raw) < _HEADER or struct.unpack(">i", raw[:4])[0] != MAGIC or (len(raw) - _HEADER) % 8:
        return None
    size = shp.stat().st_size
    if struct.unpack(">i", raw[24:28])[0] * 2 != len(raw):
        return None  # the index was cut or is another file's
    table = np.frombuffer(raw, dtype=">i4", offset=_HEADER).reshape(-1, 2).astype(np.int64) * 2
    offsets, lengths = table[:, 0], table[:, 1]
    if not len(table):
        return ShpIndex(offsets, lengths, cut=False) if size < _HEADER + 12 else None
    if (offsets < _HEADER).any() or (lengths < 4).any() or (offsets + 8 + lengths > size).any():
        return None
    content = np.memmap(shp, dtype=np.uint8, mode="r")
    heads = content[offsets[:, None] + np.arange(8)].view(">i4").astype(np.int64)
    if (heads[:, 1] * 2 != lengths).any() or not np.diff(np.sort(offsets)).all():
        return None
    # A record carries its number. Where they count through the file and the index has another
    # order, shapes would go to the attributes of others.
    numbers = heads[:, 0] - 1
    if _is_permutation(numbers) and not np.array_equal(numbers, np.arange(len(numbers))):
        return None
    return ShpIndex(offsets, lengths, cut=False)


def write_shx(target: Path, header: bytes, index: ShpIndex) -> None:
    """Write an index for a .shp."""
    length = (_HEADER + 8 * len(index.offsets)) // 2
    table = np.stack([index.offsets // 2, index.lengths // 2], axis=1).astype(">i4")
    target.write_bytes(header[:24] + struct.pack(">i", length) + header[28:] + table.tobytes())
