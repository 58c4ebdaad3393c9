"""Opens FlatGeobuf files."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

from gisplan.model import Note, Text
from gisplan.read.bulk import is_measured
from gisplan.read.curves import draw_curves
from gisplan.read.dimensions import measure_notes
from gisplan.read.found import Found
from gisplan.read.record_counts import count_notes
from gisplan.read.request import Request, unreadable
from gisplan.read.vector import Opened, in_degrees, layers_of, read_layer

_COUNT, _NODE = 8, 9  # numbers of fields in the header: features, boxes to a node of the index
_MAGIC = b"fgb"  # version, the same letters, a patch number, then the length of the header


def read_flatgeobuf(request: Request) -> Found:
    """Read a FlatGeobuf as it is; where it is cut short, what is lost is told record by record.

    Raises
    ------
    ReadError
        No FlatGeobuf, or broken in its header.
    """
    path = request.path
    with path.open("rb") as file:
        head = file.read(12)
    if len(head) < 12 or head[:3] != _MAGIC or head[4:7] != _MAGIC:
        raise unreadable(
            path,
            "内容不是 FlatGeobuf（文件头不符）",
            "this is no FlatGeobuf (its first bytes differ)",
        )
    # The header's length ends in a zero byte. It also ends the text in which other drivers look
    # for their own marks, so that none of them can take the file for its own.
    if head[3] != 3 or head[11] != 0:
        raise unreadable(
            path,
            "FlatGeobuf 文件头损坏，或不是版本 3",
            "its FlatGeobuf header is broken, or not of version 3",
        )
    opened = Opened("FlatGeobuf", path, path, (path,))

    def mend(fids: Any, geometries: Any, _faults: dict[int, Text]) -> list[Note]:
        measured = len(fids) if is_measured(path) else 0
        (name,) = layers_of(opened)
        curves = draw_curves(path, name, fids, geometries, in_degrees)
        return [*measure_notes(measured), *curves]

    found = read_layer(replace(opened, mend=mend))
    counts = {"read": len(found.frame), **_counts(path)}
    if not len(found.frame) and any(counts.values()):
        raise unreadable(
            path,
            f"文件头说有 {max(counts.values())} 个要素，一个也没有读到，文件不完整，请重新复制",
            f"its header says {max(counts.values())} features and none was read; the file is cut "
            "short; copy it again",
        )
    return replace(found, notes=(*found.notes, *count_notes(counts)))


def _field(header: bytes, number: int, code: str, default: int) -> int:
    """Return a number of the header, which is a FlatBuffers table."""
    (root,) = struct.unpack_from("<I", header, 0)
    (back,) = struct.unpack_from("<i", header, root)
    vtable = root - back
    (length,) = struct.unpack_from("<H", header, vtable)
    at = 4 + 2 * number
    (offset,) = struct.unpack_from("<H", header, vtable + at) if at < length else (0,)
    return int(struct.unpack_from(code, header, root + offset)[0]) if offset else default


def _index_bytes(count: int, node: int) -> int:
    """Return the length of the tree before the features: 40 bytes for each box at each level."""
    if count == 0 or node < 2:
        return 0
    nodes, level = count, count
    while level != 1:
        level = -(-level // node)
        nodes += level
    return 40 * nodes


def _counts(path: Path) -> dict[str, int]:
    """Return how many features the header says there are, and how many there are."""
    size = path.stat().st_size
    with path.open("rb") as file:
        (length,) = struct.unpack("<I", file.read(12)[8:])
        header = file.read(length)
        try:
            said = _field(header, _COUNT, "<Q", 0)
            at = 12 + length + _index_bytes(said, _field(header, _NODE, "<H", 16))
        except struct.error:
            return {}
        found = 0
        while at + 4 <= size:
            file.seek(at)
            at += 4 + int.from_bytes(file.read(4), "little")
            found += 1
    # The last may be cut: it counts, for it was there.
    return {".fgb header": said or found, ".fgb": found if found > said else said or found}
