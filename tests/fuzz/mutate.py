"""Damages files as disks, networks, editors and enemies do; the same number, the same damage."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

_EXTREMES = (0, 1, 0x7F, 0x80, 0xFE, 0xFF, 0x2A, 0x20, 0x22, 0x2C, 0x0A)
_NUMBERS = (0, 1, -1, 2**31 - 1, -(2**31), 2**24, 255, 65535, 1 << 20)
_FLOATS = (float("nan"), float("inf"), -1e300, 1e300, 0.0, 1e-320)


def _at(chance: random.Random, raw: bytes, head: int = 128) -> int:
    """Return a place in a file, often in its head, where a byte means most."""
    if not raw:
        return 0
    return chance.randrange(min(len(raw), head) if chance.random() < 0.4 else len(raw))


def flip(chance: random.Random, raw: bytes) -> bytes:
    """Turn some bits."""
    out = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 8))):
        if out:
            out[_at(chance, raw)] ^= 1 << chance.randrange(8)
    return bytes(out)


def extreme(chance: random.Random, raw: bytes) -> bytes:
    """Set a byte to what is a limit or a sign of its own."""
    out = bytearray(raw)
    if out:
        out[_at(chance, raw)] = chance.choice(_EXTREMES)
    return bytes(out)


def number(chance: random.Random, raw: bytes) -> bytes:
    """Write an extreme number over a field of a header or record."""
    at = _at(chance, raw) // 4 * 4
    if chance.random() < 0.25:
        data = struct.pack("<d", chance.choice(_FLOATS))
    else:
        data = struct.pack(chance.choice(("<i", ">i")), chance.choice(_NUMBERS))
        data = data[: chance.choice((2, 4, 4))]
    return (raw[:at] + data + raw[at + len(data) :])[: len(raw)]


def cut(chance: random.Random, raw: bytes) -> bytes:
    """End the file early."""
    return raw[: chance.randrange(len(raw) + 1)]


def insert(chance: random.Random, raw: bytes) -> bytes:
    """Put bytes in between."""
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + chance.randbytes(chance.choice((1, 1, 4, 33))) + raw[at:]


def drop(chance: random.Random, raw: bytes) -> bytes:
    """Leave a piece out."""
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + raw[at + chance.choice((1, 1, 4, 33, 512)) :]


def swap(chance: random.Random, raw: bytes) -> bytes:
    """Exchange two blocks, as a disk that lost its order."""
    size = chance.choice((1, 4, 16, 64, 512))
    if len(raw) < 2 * size:
        return raw
    a, b = sorted(chance.sample(range(len(raw) // size), 2))
    blocks = [raw[i : i + size] for i in range(0, len(raw), size)]
    blocks[a], blocks[b] = blocks[b], blocks[a]
    return b"".join(blocks)


def blank(chance: random.Random, raw: bytes) -> bytes:
    """Fill a block with one byte, as a sector that was never written."""
    at, size = _at(chance, raw), chance.choice((4, 16, 64, 512))
    size = min(size, len(raw) - at)
    return raw[:at] + bytes([chance.choice((0, 0xFF, 0x20))]) * size + raw[at + size :]


def repeat(chance: random.Random, raw: bytes) -> bytes:
    """Write a block twice."""
    at, size = _at(chance, raw), chance.choice((4, 64, 512))
    return raw[: at + size] + raw[at:]


MUTATIONS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    flip,
    flip,
    extreme,
    number,
    number,
    cut,
    insert,
    drop,
    swap,
    blank,
    repeat,
)


def mutate(chance: random.Random, raw: bytes) -> tuple[str, bytes]:
    """Return the names of the damage that was done, one or two, and the bytes."""
    names = []
    for _ in range(chance.choice((1, 1, 1, 2))):
        how = chance.choice(MUTATIONS)
        names.append(how.__name__)
        raw = how(chance, raw)
    return "+".join(names), raw
