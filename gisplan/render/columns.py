"""Columns on a terminal: texts of Chinese and Latin signs, broken into lines that line up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import zip_longest

_BEFORE = set("，。；：、！？）】》”’％%,.;:!?)]}")  # no line begins with one of these
_AFTER = set("（【《“‘([{")  # nor ends with one of these
_TOKEN = re.compile(r"\s+|[^\s\u2e80-\U0010ffff]+|[\u2e80-\U0010ffff]")


# Classes of signs (Unicode TR 11) that take two cells. A console in GBK draws the ambiguous ones,
# such as “ and ·, as wide as hanzi.
WIDE, WIDE_IN_GBK = "WF", "WFA"


def width(text: str, wide: str = WIDE) -> int:
    """Return how many cells of a terminal a text takes; a Chinese sign takes two."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in wide else 1
        for sign in text
    )


def printable(text: str) -> str:
    """Return a text in one line that cannot steer a terminal: control signs become spaces."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(text)).split())


def wrap(text: str, cells: int, wide: str = WIDE) -> list[str]:
    """Return a text as lines of at most so many cells; a word that is longer is broken.

    Chinese breaks between any two signs, but that no line begins with a closing mark; Latin text
    breaks at spaces.
    """
    lines: list[str] = []
    line = ""
    for token in _tokens(text):
        if not line and token.isspace():
            continue
        if width(line + token.rstrip(), wide) > cells and line.strip():
            lines.append(line.rstrip())
            line = ""
            token = token.lstrip()
        while width(token, wide) > cells:
            cut = _cut(token, cells, wide)
            lines.append(token[:cut])
            token = token[cut:]
        line += token
    if line.strip():
        lines.append(line.rstrip())
    return lines or [""]


def _tokens(text: str) -> Iterable[str]:
    """Yield what may not be broken: a word, a Chinese sign with the marks that stay with it."""
    held = ""
    for token in _TOKEN.findall(printable(text)):
        glued = bool(held) and (token[0] in _BEFORE or held[-1] in _AFTER)
        if held and not glued:
            yield held
            held = ""
        held += token
    if held:
        yield held


def _cut(token: str, cells: int, wide: str) -> int:
    taken, at = 0, 0
    for at, sign in enumerate(token):
        taken += width(sign, wide)
        if taken > cells:
            return max(at, 1)
    return at + 1


def beside(texts: Sequence[str], widths: Sequence[int], wide: str = WIDE) -> list[str]:
    """Return texts as columns of some widths, each broken into as many lines as it needs."""
    columns = [wrap(text, cells, wide) for text, cells in zip(texts, widths, strict=True)]
    return [
        "  ".join(
            cell + " " * (cells - width(cell, wide))
            for cell, cells in zip(row, widths, strict=True)
        ).rstrip()
        for row in zip_longest(*columns, fillvalue="")
    ]
