"""Decodes the cells of a column: in the column's encoding, and one by one where that fails."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gisplan.read.encoding import decode
from gisplan.read.evidence import codec_of, surprise

_OWN = 15.0  # bits that a cell needs to be in another encoding than its column
_PLAIN = 15.0  # bits that a character of a likely text costs at most, on the average
_PLANS = ("zh", "hant", "latin")  # the languages of a column of hanzi
_SINGLE = 0.05  # odd cells are looked at one by one where they are few in their column
_UTF8 = re.compile(
    rb"^(?=[^\n]*[\x80-\xff])(?:[\x00-\x09\x0b-\x7f]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}"
    rb"|[\xf0-\xf4][\x80-\xbf]{3})+[\xe0-\xf4]?[\x80-\xbf]{0,2}$",
    re.MULTILINE,
)
# Letters of many scripts beside each other are GBK that happens to be valid UTF-8: 学习 is "ѧϰ".
_SCRIPTS = re.compile("^[^\n]*[\u0080-\u07ff].*$", re.MULTILINE)
_LONG = re.compile(rb"^.*[\x80-\xff]{4}.*$", re.MULTILINE)
_ACCENTS = re.compile(
    rb"(?:[\x20-\x7e]|(?<![\x80-\xff])[\xc0-\xd6\xd8-\xf6\xf8-\xff](?![\x80-\xff]))+"
)


@dataclass(slots=True)
class Cells:
    """Decoded cells by position; `texts` has None where nothing decodes a cell."""

    texts: list[str | None]
    cut: list[int] = field(default_factory=list)  # ended inside a character, which was dropped
    lost: list[int] = field(default_factory=list)  # undecodable
    other: dict[int, str] = field(default_factory=dict)  # in an encoding of their own


def decode_cells(cells: Sequence[bytes], encoding: str, width: int = 0) -> Cells:
    """Decode different cells of one column.

    Parameters
    ----------
    cells : sequence of bytes
        As stored, none of them equal.
    encoding : str
        Of the column.
    width : int
        Bytes of the field; a cell that fills it may end inside a character. 0: not known.

    Returns
    -------
    Cells
        A cell that is in another encoding beyond doubt is decoded in that one: tables are put
        together from several offices' rows.
    """
    out = Cells(_together(cells, encoding))
    odd = set(_odd(cells, out.texts, encoding))
    for at, cell in enumerate(cells):
        if out.texts[at] is None or at in odd:
            _singly(out, at, cell, encoding, width)
    return out


def _together(cells: Sequence[bytes], encoding: str) -> list[str | None]:
    """Decode all cells at a stroke where each is sound; None for those that are not."""
    codec = codec_of(encoding)
    try:
        # No encoding has a zero byte inside a character.
        texts = b"\0".join(cells).decode(codec).split("\0")
        if len(texts) == len(cells):
            return list(texts)
    except UnicodeDecodeError:
        pass
    out: list[str | None] = []
    for cell in cells:
        try:
            out.append(cell.decode(codec))
        except UnicodeDecodeError:
            out.append(None)
    return out


def _singly(out: Cells, at: int, raw: bytes, encoding: str, width: int) -> None:
    """Decode a cell that is not sound in its column's encoding, or looks like another's."""
    own = decode(raw, encoding, width)
    # Greek beside Arabic in a column of hanzi is no language.
    bits = surprise([raw], encoding, _PLANS if encoding == "UTF-8" else None)
    likely = [
        (surprise([raw], name), name)
        for name in ("UTF-8", "GB18030", "cp1252")
        if name != encoding and _is_plain(raw, name, width)
    ]
    used = encoding
    if likely and (own is None or min(likely)[0] + _OWN < bits):
        used = min(likely)[1]
    text = decode(raw, used, width)
    out.texts[at] = text
    if used != encoding:
        out.other[at] = used
    if text is None:
        out.lost.append(at)
    elif not _is_whole(raw, used):
        out.cut.append(at)


def _is_whole(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(codec_of(encoding))
    except UnicodeDecodeError:
        return False
    return True


def _is_plain(raw: bytes, encoding: str, width: int) -> bool:
    """Return whether a cell is a likely text of an encoding."""
    if encoding == "cp1252" and not _ACCENTS.fullmatch(raw):
        return False  # any bytes are; a text has words with an accent here and there
    text = decode(raw, encoding, width)
    if not text:
        return False
    whole = text.encode(codec_of(encoding), "ignore")
    return surprise([whole], encoding) <= _PLAIN * len(text)


def _odd(cells: Sequence[bytes], texts: Sequence[str | None], encoding: str) -> list[int]:
    """Return cells that are sound but look as if they were in another encoding."""
    if all(cell.isascii() for cell in cells):
        return []
    if encoding == "UTF-8":
        lines = "\n".join((text or "").replace("\n", " ") for text in texts)
        return _few(lines_with(_SCRIPTS, lines), len(cells))
    raw = b"\n".join(cell.replace(b"\n", b" ") for cell in cells)
    found = utf8_lines(raw)
    if encoding in {"cp1252", "ISO-8859-1"}:
        found += _few(lines_with(_LONG, raw), len(cells))
    return found


def utf8_lines(raw: bytes) -> list[int]:
    """Return the numbers of the lines that are valid UTF-8 with more than ASCII in them."""
    return lines_with(_UTF8, raw)


def lines_with(pattern: re.Pattern[Any], text: Any) -> list[int]:
    """Return the numbers of the lines that match a pattern."""
    newline = "\n" if isinstance(text, str) else b"\n"
    found, line, at = [], 0, 0
    for match in pattern.finditer(text):
        line += text.count(newline, at, match.start())
        at = match.start()
        found.append(line)
    return found


def _few(found: list[int], of: int) -> list[int]:
    """Return odd cells where they are few; a column full of them is what it looks like."""
    return found if len(found) <= max(20, _SINGLE * of) else []
