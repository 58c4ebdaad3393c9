"""Writes shapefiles byte by byte, also such as no sound software would write."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Point = tuple[float, float]
Ring = Sequence[Point]
NULL, POINT, LINE, POLYGON, MULTIPOINT = 0, 1, 3, 5, 8
POINT_Z, LINE_Z, POLYGON_Z, POLYGON_M, MULTIPATCH = 11, 13, 15, 25, 31


@dataclass(frozen=True)
class Field:
    """A column of the .dbf."""

    name: str
    type: str = "C"
    width: int = 20
    decimals: int = 0


@dataclass(frozen=True)
class Raw:
    """The content of a record as it stands in the file, shape type included."""

    content: bytes


def clockwise(ring: Ring) -> list[Point]:
    """Return a ring as the format wants an outer one."""
    area = sum(
        x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True)
    )
    return list(ring) if area < 0 else list(ring)[::-1]


def parts_content(
    parts: Sequence[Ring],
    kind: int = POLYGON,
    *,
    counts: tuple[int, int] | None = None,
    starts: Sequence[int] | None = None,
    tail: bytes = b"",
) -> bytes:
    """Return the content of a line or polygon; counts and starts may lie."""
    points = [point for part in parts for point in part]
    if starts is None:
        starts, at = [], 0
        for part in parts:
            starts.append(at)
            at += len(part)
    xs, ys = [p[0] for p in points] or [0.0], [p[1] for p in points] or [0.0]
    declared = counts or (len(parts), len(points))
    return (
        struct.pack("<i4d2i", kind, min(xs), min(ys), max(xs), max(ys), *declared)
        + struct.pack(f"<{len(starts)}i", *starts)
        + b"".join(struct.pack("<2d", *point) for point in points)
        + tail
    )


def content_of(shape: Any) -> bytes:
    """Return the content of a record: None, Raw, a point, or a list of closed rings."""
    if shape is None:
        return struct.pack("<i", NULL)
    if isinstance(shape, Raw):
        return shape.content
    if isinstance(shape, tuple):
        return struct.pack("<i2d", POINT, *shape)
    return parts_content(shape)


def write_shp(path: Path, shapes: Sequence[Any], kind: int = POLYGON) -> None:
    """Write .shp and .shx."""
    records = [content_of(shape) for shape in shapes]
    points = [
        point for shape in shapes if isinstance(shape, list) for ring in shape for point in ring
    ] or [(0.0, 0.0)]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    box = struct.pack("<8d", min(xs), min(ys), max(xs), max(ys), 0, 0, 0, 0)

    def head(length: int) -> bytes:
        return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, length // 2) + struct.pack(
            "<2i", 1000, kind
        ) + box  # fmt: skip

    body, index, at = b"", b"", 50
    for number, content in enumerate(records, 1):
        body += struct.pack(">2i", number, len(content) // 2) + content
        index += struct.pack(">2i", at, len(content) // 2)
        at += 4 + len(content) // 2
    path.write_bytes(head(100 + len(body)) + body)
    path.with_suffix(".shx").write_bytes(head(100 + len(index)) + index)


def cell(value: Any, field: Field, encoding: str) -> bytes:
    """Return a value as the .dbf stores it; bytes are stored as they are."""
    if isinstance(value, bytes):
        return value[: field.width].ljust(field.width)
    if value is None:
        return b" " * field.width
    if field.type == "N":
        text = value if isinstance(value, str) else f"{value:.{field.decimals}f}"
        return text.encode("ascii")[: field.width].rjust(field.width)
    if field.type == "D":
        return str(value).replace("-", "").encode("ascii")[:8].ljust(8)
    return str(value).encode(encoding)[: field.width].ljust(field.width)


def write_dbf(
    path: Path,
    fields: Sequence[Field],
    rows: Sequence[Mapping[str, Any]],
    encoding: str = "utf-8",
    ldid: int = 0,
    names: str | None = None,
) -> None:
    """Write a .dbf; `ldid` is the language byte, `names` another encoding for field names."""
    size = 1 + sum(field.width for field in fields)
    head = struct.pack(
        "<B3BIHH16xBB2x", 3, 125, 10, 1, len(rows), 33 + 32 * len(fields), size, 0, ldid
    )
    for field in fields:
        name = field.name.encode(names or encoding)[:10]
        head += name.ljust(11, b"\0") + field.type.encode() + bytes(4)
        head += bytes([field.width & 255, field.decimals]) + bytes(14)
    body = b"".join(
        b" " + b"".join(cell(row.get(field.name), field, encoding) for field in fields)
        for row in rows
    )
    path.write_bytes(head + b"\r" + body + b"\x1a")
