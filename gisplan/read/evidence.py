"""Weighs how likely bytes are if they are read in an encoding: bits of surprise, fewer is likelier.

Each character costs -log2 of how often it occurs in the language; what no language writes costs
most. A wrong reading needs rarer characters, or more of them, and a few cells give it away: 更新
costs 20 bits, and 鏇存柊, which is the same bytes in another encoding, 43.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np

from gisplan.read.hanzi import COMMON

_BAD, _CUT = "\x01", "\x02"  # stand for bytes that are no character, and for a piece of one
_TOP = 0x32000  # characters beyond are of one kind: hardly ever written
_MOST = 3_000  # cells that are weighed; more add nothing

# What a text costs once for being in a language that plans here are rarely in.
_LANGUAGES = {"zh": 0.0, "hant": 6.0, "latin": 6.0, "other": 10.0, "ja": 10.0, "ko": 10.0}
_SPOKEN: dict[str, Sequence[str]] = {
    "UTF-8": tuple(_LANGUAGES),
    "GB18030": ("zh", "hant"),
    "Big5": ("hant",),
    "cp932": ("ja",),
    "cp949": ("ko",),
}


def codec_of(encoding: str) -> str:
    """Return the codec that reads an encoding as offices write it."""
    # Big5 as Windows and Hong Kong write it; the plain codec lacks characters in daily use.
    return "big5hkscs" if encoding == "Big5" else encoding


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    cut = error.end >= len(error.object) and (
        "incomplete" in error.reason or "unexpected end" in error.reason
    )
    return _CUT if cut else _BAD, error.end


codecs.register_error("gisplan-mark", _mark)


def _of(codec: str, leads: range, trails: Iterable[int]) -> list[int]:
    """Return the characters of a table of two-byte codes."""
    text = "".join(bytes((a, b)).decode(codec, "ignore") for a in leads for b in trails)
    return sorted({ord(char) for char in text})


def _base() -> Any:
    """Return what characters cost in any language but those that write them daily."""
    costs = np.full(_TOP, 30.0, dtype=np.float32)
    costs[0x20:0x7F] = 7
    for first, last in (("0", "9"), ("A", "Z"), ("a", "z")):
        costs[ord(first) : ord(last) + 1] = 5
    costs[[0x20, ord("_"), ord("-"), ord(".")]] = 5
    costs[[0x09, 0x0D]] = 8
    costs[0x0A] = 0  # stands between cells
    costs[ord(_CUT)] = 24  # a cut is rare, and it hides a character
    costs[0xA0:0xC0] = 16
    costs[[ord(char) for char in "°²³·º«»"]] = 11
    costs[0xC0:0x250] = 16
    costs[[0xD7, 0xF7]] = 13
    costs[0x300:0x370] = 11  # accents of their own, as macOS parts them
    costs[0x370:0x700] = 22
    costs[0x1E00:0x1F00] = 22
    costs[0x2000:0x2C00] = 16
    costs[[ord(char) for char in "‘’“”–—…•√→℃№①②③ⅠⅡⅢ"]] = 11
    costs[0x3000:0x3040] = 11
    costs[0x3040:0x3100] = 17
    costs[0x3100:0x3130] = 20
    costs[0x3300:0x3400] = 18
    costs[[ord("㎡"), ord("㎞")]] = 11
    costs[0x3400:0x4DC0] = 23
    costs[0x4E00:0xA000] = 22
    costs[0xAC00:0xD7A4] = 20
    costs[0xE000:0xF900] = 27  # private use
    costs[0xF900:0xFB00] = 24
    costs[0xFF01:0xFF5F] = 11  # full-width signs and digits
    costs[0xFF61:0xFFA0] = 18  # half-width katakana
    costs[0x20000:_TOP] = 23
    return costs


@cache
def _costs(language: str) -> Any:
    costs = _base()
    gbk = range(0xA1, 0xFF)
    if language == "zh":
        costs[_of("gb18030", range(0xD8, 0xF8), gbk)] = 18  # GB 2312 level 2: 3008 hanzi
        costs[_of("gb18030", range(0xB0, 0xD8), gbk)] = 14.4  # level 1: 3755 in daily use
        costs[[ord(char) for char in COMMON]] = 10
    elif language == "hant":
        trails = [*range(0x40, 0x7F), *gbk]
        costs[_of("big5", range(0xC9, 0xFA), trails)] = 19.5
        costs[_of("big5", range(0xA4, 0xC7), trails)] = 12.4  # 5401 in daily use
    elif language == "ja":
        costs[_of("shift_jis", range(0x98, 0xA0), range(0x40, 0xFD))] = 19
        costs[_of("shift_jis", range(0x88, 0x98), range(0x40, 0xFD))] = 12.4
        costs[0x3041:0x30FF] = 8
        costs[0xFF61:0xFFA0] = 14
    elif language == "ko":
        costs[0xAC00:0xD7A4] = 18
        costs[_of("euc_kr", range(0xB0, 0xC9), gbk)] = 10.5  # 2350 syllables
    elif language == "latin":
        costs[0xC0:0x180] = 7
        costs[0x180:0x250] = 13
        costs[[ord(char) for char in "ÐÞðþ×÷¤"]] = 16
        costs[0x4E00:0xA000] = 30
    else:
        costs[0x370:0x530] = 7.5  # Greek and Cyrillic; one of them in a text is as odd as before
        costs[0x5D0:0x700] = 9
    return costs


def _alpha(points: Any, first: str, last: str) -> Any:
    return (points >= ord(first)) & (points <= ord(last))


def _context(points: Any) -> float:
    """Return what characters cost more where they stand: an accent away from any word, etc."""
    western = (points > 0xA0) & (points < 0x250)
    small = _alpha(points, "a", "z")
    letter = small | _alpha(points, "A", "Z") | _alpha(points, "0", "9")
    beside = np.zeros(len(points), dtype=bool)
    beside[1:] |= letter[:-1]
    beside[:-1] |= letter[1:]
    cost = 10.0 * int((western & ~beside).sum())
    # An accent of its own follows its letter; without one, 泰 in GBK would be one in UTF-8.
    parted = (points >= 0x300) & (points < 0x370)
    cost += 19.0 * int(parted.sum() - (parted[1:] & letter[:-1]).sum())
    hanzi = (points >= 0x3400) & (points < 0xA000)
    # One hanzi inside a word of small letters is an accented letter in another encoding.
    cost += 4.0 * int((hanzi[1:] & small[:-1]).sum() + (hanzi[:-1] & small[1:]).sum())
    return cost


def _decoded(cells: Sequence[bytes], codec: str) -> str:
    try:
        return b"\n".join(cells).decode(codec)
    except UnicodeDecodeError:
        return "\n".join(cell.decode(codec, "gisplan-mark") for cell in cells)


def surprise(
    cells: Sequence[bytes], encoding: str, languages: Sequence[str] | None = None
) -> float:
    """Return the bits that cells cost if they are in an encoding.

    Parameters
    ----------
    cells : sequence of bytes
        Text as stored; more than 3,000 different ones are thinned out evenly.
    encoding : str
        As `encoding.canonical` gives it.
    languages : sequence of str, optional
        Among which the text is; else all that are written in the encoding.

    Returns
    -------
    float
        In the likeliest of the languages that are written in the encoding.
    """
    cells = sorted(set(cells))
    cells = cells[:: -(-len(cells) // _MOST)] if cells else cells
    text = _decoded(cells, codec_of(encoding))
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    points = np.minimum(points, _TOP - 1)
    spoken = languages or _SPOKEN.get(encoding) or ("latin", "other")
    return _context(points) + min(
        _LANGUAGES[language] + float(_costs(language)[points].sum()) for language in spoken
    )
