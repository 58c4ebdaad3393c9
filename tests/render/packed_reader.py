"""Reads packed layers as the page does: another hand, so that the two can differ."""

from __future__ import annotations

import json
import zlib
from typing import Any

import numpy as np

from gisplan.render.webmap.packed.codec import ALPHABET
from gisplan.render.webmap.packed.mercator import PER_METRE, RADIUS

Ring = np.ndarray


def from_text(text: str) -> bytes:
    values = {sign: number for number, sign in enumerate(ALPHABET)}
    bits = "".join(
        f"{values[text[at]] * 91 + values[text[at + 1]]:013b}" for at in range(0, len(text), 2)
    )
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8))


class Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> list[int]:
        values, who, shift = [0] * count, list(range(count)), 0
        while who:
            plane = self.data[self.at : self.at + len(who)]
            assert len(plane) == len(who)
            self.at += len(who)
            for row, byte in zip(who, plane, strict=True):
                values[row] |= (byte & 127) << shift
            who = [row for row, byte in zip(who, plane, strict=True) if byte > 127]
            shift += 7
        return values

    def signed(self, count: int) -> list[int]:
        return [(value >> 1) ^ -(value & 1) for value in self.take(count)]


def wrapped(value: int) -> int:
    """Return a sum as 32 bits hold it."""
    return (value + 2**31) % 2**32 - 2**31


def read_shapes(data: bytes, count: int) -> list[list[tuple[int, list[Ring]]]]:
    """Return for each feature its parts: kind and rings of units, those of polygons closed."""
    reader = Reader(data)
    parts = reader.take(count)
    kinds = reader.take(sum(parts))
    rings = reader.take(len(kinds))
    sizes = reader.take(sum(rings))
    how = reader.take(sum(sizes))
    back = iter(reader.signed(how.count(2)))
    dx, dy = (iter(reader.signed(how.count(0))) for _ in "xy")
    points: list[tuple[int, int]] = []
    same: list[int] = []
    reached, start = 0, (0, 0)
    for size in sizes:
        before = start
        for k in range(size):
            v = len(points)
            if how[v] == 0:
                before = (wrapped(before[0] + next(dx)), wrapped(before[1] + next(dy)))
                same.append(v)
            else:
                if how[v] == 2:
                    reached += next(back)
                same.append(same[same[v - 1] - 1] if how[v] == 1 else reached)
                before = points[same[v]]
            points.append(before)
            start = before if k == 0 else start
    assert reader.at == len(data)
    out, ring, vertex, part = [], 0, 0, 0
    for number in parts:
        feature = []
        for _ in range(number):
            found = []
            for _ in range(rings[part]):
                xy = points[vertex : vertex + sizes[ring]]
                found.append(np.array(xy + xy[:1] if kinds[part] == 2 else xy))
                vertex, ring = vertex + sizes[ring], ring + 1
            feature.append((kinds[part], found))
            part += 1
        out.append(feature)
    return out


def to_degrees(units: np.ndarray) -> np.ndarray:
    x, y = units[:, 0] / PER_METRE / RADIUS, -units[:, 1] / PER_METRE / RADIUS
    return np.degrees(np.column_stack([x, np.arctan(np.sinh(y))]))


def read_texts(data: bytes, count: int) -> list[str | None]:
    reader = Reader(data)
    codes = reader.take(count)
    known: list[str] = []
    lengths = iter(reader.take(codes.count(1)))
    at, out = reader.at, []
    for code in codes:
        if code == 1:
            length = next(lengths)
            known.append(data[at : at + length].decode("utf-8"))
            at += length
        out.append(None if code == 0 else known[-1 if code == 1 else code - 2])
    assert at == len(data)
    return out


def read_numbers(data: bytes, count: int, decimals: int) -> list[float | None]:
    values = Reader(data).take(count)
    return [None if v == 0 else ((v - 1) >> 1 ^ -((v - 1) & 1)) / 10**decimals for v in values]


def read_layer(record: dict[str, Any], texts: list[str]) -> dict[str, Any]:
    """Return shapes, classes and columns of a layer out of all its pieces."""
    shapes: list[Any] = []
    classes: list[int] = []
    columns: list[list[Any]] = [[] for _ in record["columns"]]
    for piece, text in zip(record["pieces"], texts, strict=True):
        data, at, parts = from_text(text), 0, []
        for size in piece["bytes"]:
            parts.append(zlib.decompress(data[at : at + size]))
            at += size
        assert len(data) - at < 13
        count = piece["count"]
        shapes += read_shapes(parts[0], count)
        classes += Reader(parts[1]).take(count)
        for column, head, part in zip(columns, record["columns"], parts[2:], strict=True):
            if head["kind"] == "number":
                column += read_numbers(part, count, head["decimals"])
            else:
                cells = read_texts(part, count)
                is_json = head["kind"] == "json"
                column += [json.loads(c) if is_json and c is not None else c for c in cells]
    return {"shapes": shapes, "classes": classes, "columns": columns}
