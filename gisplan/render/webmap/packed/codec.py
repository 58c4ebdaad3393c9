"""Integers to bytes and bytes to text, as page/packed.js reads them back.

A stream of integers is written in planes: the low seven bits of every value, then the next seven
of those that are longer, and so on; the eighth bit of a byte says that more follows. That is the
usual varint (LEB128) with its first bytes together, its second bytes together: each plane is
alike within itself, which compresses better, and arrays write it without a loop over values.

Text holds 13 bits in two signs of 91: denser than base64 (16 signs for 13 bytes, against 17.3),
and none of the signs can end a script element, a string or a line.
"""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

# Every printable sign of ASCII but quotation mark, less-than and backslash.
ALPHABET = "".join(chr(code) for code in range(33, 127) if chr(code) not in '"<\\')
_ROW, _PAIRS, _BITS = 13, 8, 13  # 13 bytes are 8 pairs of signs with 13 bits each


def planes(values: npt.NDArray[np.integer]) -> bytes:
    """Return integers from 0 on as planes of seven bits; how many they are is kept elsewhere."""
    rest = np.asarray(values)
    rest = rest.astype(np.uint32 if rest.size and rest.max() < 2**32 else np.uint64)
    out = []
    while True:
        longer = rest > 127
        out.append(((rest & 127) | (longer.astype(rest.dtype) << 7)).astype(np.uint8).tobytes())
        if not longer.any():
            return b"".join(out)
        rest = rest[longer] >> 7


def zigzag(values: Ints) -> Ints:
    """Return integers of either sign as integers from 0 on, small ones small: 0, -1, 1, -2, 2."""
    return (values << 1) ^ (values >> 63)


def squeeze(data: bytes, level: int = 6) -> bytes:
    """Return bytes compressed (zlib, which browsers call deflate)."""
    return zlib.compress(data, level)


def to_text(data: bytes) -> str:
    """Return bytes as text; up to 12 bytes of zero may follow when it is read back."""
    rows = -(-len(data) // _ROW)
    padded = np.zeros((rows, _ROW + 1), dtype=np.uint32)
    flat = np.frombuffer(data.ljust(rows * _ROW, b"\0"), dtype=np.uint8)
    padded[:, :_ROW] = flat.reshape(rows, _ROW)
    values = np.empty((rows, _PAIRS), dtype=np.uint16)
    for pair in range(_PAIRS):
        byte, bit = divmod(pair * _BITS, 8)
        window = padded[:, byte] << 16 | padded[:, byte + 1] << 8
        if byte + 2 <= _ROW:
            window |= padded[:, byte + 2]
        values[:, pair] = (window >> (24 - _BITS - bit)) & (2**_BITS - 1)
    signs = np.frombuffer(ALPHABET.encode("ascii"), dtype=np.uint8)
    number = np.arange(2**_BITS)
    table = signs[number // 91].astype("<u2") | signs[number % 91].astype("<u2") << 8
    return str(table[values].astype("<u2").tobytes(), "ascii")
