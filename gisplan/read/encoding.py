"""Tells in which encoding bytes of Chinese or European text were written.

A .cpg, a language byte and a default are claims; the bytes are evidence. GBK is always decoded as
GB18030, its superset: decoders called GBK get rare hanzi wrong without a word.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_GB = {"gbk", "gb2312", "936", "cp936", "ms936", "gb18030", "54936", "euccn", "gb231280"}
_BIG5 = {"big5", "950", "cp950", "big5hkscs"}
_UTF8 = {"utf8", "65001", "cp65001", "utf8sig"}
_LATIN = {"iso88591", "latin1", "88591", "l1"}

# Language bytes (offset 29 of a .dbf) -> encoding; 0x7A is what Windows writes for 936.
LDID = {
    0x03: "cp1252", 0x57: "cp1252", 0x58: "cp1252", 0x59: "cp1252",
    0x4D: "GB18030", 0x7A: "GB18030",
    0x4F: "Big5", 0x78: "Big5",
    0x13: "cp932", 0x7B: "cp932", 0x4E: "cp949", 0x79: "cp949",
    0x01: "cp437", 0x02: "cp850", 0x64: "cp852", 0x65: "cp866",
    0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253",
}  # fmt: skip

_RUN = re.compile(rb"[\x80-\xff]+")
_HIGH = re.compile(r"[^\x00-\x7f]")


def canonical(name: str) -> str | None:
    """Return the name of an encoding as gisplan writes it; None for one that does not exist."""
    word = re.sub(r"[^a-z0-9]", "", name.strip().lstrip("\ufeff").lower())
    word = re.sub(r"^(ansi|windows|cp|oem|xansi)(?=\d)", "", word) if word != "cp936" else "936"
    if word in _GB:
        return "GB18030"
    if word in _BIG5:
        return "Big5"
    if word in _UTF8:
        return "UTF-8"
    if word in _LATIN:
        return "ISO-8859-1"
    for candidate in (f"cp{word}" if word.isdigit() else "", name.strip(), word):
        try:
            info = codecs.lookup(candidate)
        except (LookupError, ValueError, UnicodeError):
            continue
        if candidate and getattr(info, "_is_text_encoding", True):
            return info.name
    return None


def same_family(a: str, b: str) -> bool:
    """Return whether two encodings read European text alike: cp1252 holds ISO-8859-1."""
    western = {"cp1252", "ISO-8859-1"}
    return a == b or {a, b} <= western


def _python(encoding: str) -> str:
    # Big5 as Windows and Hong Kong write it; the plain codec lacks characters in daily use.
    return "big5hkscs" if encoding == "Big5" else encoding


def decode(raw: bytes, encoding: str, width: int = 0) -> str | None:
    """Decode one cell; None where it cannot be.

    A cell that fills its field (`width` bytes) may end inside a character, because writers cut
    at the byte: the piece of a character is dropped and the rest kept.
    """
    codec = _python(encoding)
    try:
        return raw.decode(codec)
    except UnicodeDecodeError as error:
        tail = len(raw) - error.start
        if width and len(raw) >= width - 3 and 0 < tail <= 3 and _may_continue(raw, error.start):
            return raw[: error.start].decode(codec)
        return None


def _may_continue(raw: bytes, start: int) -> bool:
    """Return whether the rest from `start` is the beginning of a character, not a wrong one."""
    lead = raw[start]
    return lead >= 0x81 and all(byte >= 0x30 for byte in raw[start + 1 :])


@dataclass(frozen=True, slots=True)
class _Scores:
    utf8: float  # characters of CJK, or letters within words, when read as UTF-8
    utf8_valid: bool
    gb: float  # common hanzi when read as GB18030
    gb_share: float  # of all pairs of bytes: how many are hanzi of GB2312
    gb_valid: bool
    latin: float  # single high bytes that are letters within words


def _is_letter_gap(text: str, at: int) -> bool:
    """Return whether a character stands in or beside a word of ASCII letters."""
    before = at > 0 and text[at - 1].isascii() and text[at - 1].isalpha()
    after = at + 1 < len(text) and text[at + 1].isascii() and text[at + 1].isalpha()
    return before or after


def _score_utf8(cells: Sequence[bytes]) -> tuple[float, bool]:
    score, valid, whole = 0.0, True, False
    for raw in cells:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            text = raw[: error.start].decode("utf-8")
            # A cut at the end of a full field is no evidence against UTF-8.
            if error.reason != "unexpected end of data":
                valid = False
                score -= 2
                continue
        for match in _HIGH.finditer(text):
            char = ord(match.group())
            whole = True
            if 0x3400 <= char <= 0x9FFF or char >= 0x20000 or 0x3000 <= char <= 0x30FF:
                score += 1
            elif 0xFF00 <= char <= 0xFFEF or 0x2010 <= char <= 0x203F:
                score += 0.5
            elif 0xC0 <= char <= 0x24F and _is_letter_gap(text, match.start()):
                score += 1.5
    return score, valid and whole  # cut pieces alone prove nothing


def _score_gb(cells: Sequence[bytes]) -> tuple[float, float, bool]:
    score, pairs, known, valid = 0.0, 0, 0, True
    for raw in cells:
        try:
            raw.decode("gb18030")
        except UnicodeDecodeError as error:
            if error.end < len(raw):
                valid = False
        for match in _RUN.finditer(raw):
            run = match.group()
            at_word = (match.start() > 0 and chr(raw[match.start() - 1]).isalpha()) or (
                match.end() < len(raw) and chr(raw[match.end()]).isalpha()
            )
            for at in range(0, len(run), 2):
                pairs += 1
                pair = run[at : at + 2]
                if len(pair) < 2 or pair[1] < 0xA1:
                    continue
                if 0xB0 <= pair[0] <= 0xD7:  # level 1: 3755 hanzi in daily use
                    known += 1
                    # One hanzi inside a European word is an accented letter in UTF-8.
                    score += -0.5 if at_word and len(run) == 2 else 1
                elif 0xD8 <= pair[0] <= 0xF7:
                    known += 1
                    score += 0.4
                elif pair[0] in (0xA1, 0xA3):  # full-width signs and digits
                    known += 1
                    score += 0.5
    return score, known / pairs if pairs else 0.0, valid


def _score_latin(cells: Sequence[bytes]) -> float:
    score = 0.0
    for raw in cells:
        for match in _RUN.finditer(raw):
            run = match.group()
            before = match.start() > 0 and chr(raw[match.start() - 1]).isalpha()
            after = match.end() < len(raw) and chr(raw[match.end()]).isalpha()
            if len(run) == 1 and run[0] >= 0xC0 and (before or after):
                score += 1.5
            elif len(run) == 1:
                score += 0.5
            elif before or after:
                score += 0.2 * (len(run) % 2)
    return score


def _scores(cells: Sequence[bytes]) -> _Scores:
    utf8, utf8_valid = _score_utf8(cells)
    gb, share, gb_valid = _score_gb(cells)
    return _Scores(utf8, utf8_valid, gb, share, gb_valid, _score_latin(cells))


def _high(cells: Iterable[bytes]) -> list[bytes]:
    return [cell for cell in cells if not cell.isascii()]


def detect(cells: Iterable[bytes]) -> str | None:
    """Return UTF-8, GB18030, cp1252 or ISO-8859-1 as the bytes say; None for plain ASCII."""
    high = _high(cells)
    if not high:
        return None
    score = _scores(high)
    if score.utf8_valid and score.utf8 > 0 and score.utf8 >= score.gb:
        return "UTF-8"
    if score.utf8 > max(score.gb, score.latin):  # UTF-8 with some broken cells
        return "UTF-8"
    if score.gb > 0 and score.gb >= score.latin:
        return "GB18030"
    if score.utf8_valid:
        return "UTF-8"
    if score.gb_valid and score.latin <= 0:
        return "GB18030"  # rare hanzi only
    return "cp1252" if any(0x80 <= b <= 0x9F for cell in high for b in cell) else "ISO-8859-1"


@dataclass(frozen=True, slots=True)
class Choice:
    """The encoding to use, where it comes from, and the claim that it overrules."""

    encoding: str
    source: str  # declared | cpg | ldid | detected
    claimed: str | None = None  # what .cpg, language byte or default say; None: nothing overruled
    claimed_by: str = ""  # declared | cpg | ldid | default


def _bad_share(cells: Sequence[bytes], encoding: str) -> float:
    failed = sum(decode(cell, encoding, len(cell)) is None for cell in cells)
    return failed / len(cells) if cells else 0.0


def _stands(claim: str, found: str, cells: Sequence[bytes]) -> bool:
    """Return whether the evidence lets a claim of a .cpg or language byte stand."""
    if same_family(claim, found):
        return True
    if _bad_share(cells, claim) > 0.1:
        return False
    score = _scores(cells)
    if found == "UTF-8":
        # Hanzi in UTF-8 do not happen by chance; two accented letters may.
        return not (score.utf8_valid and score.utf8 >= max(1.0, score.gb))
    if found == "GB18030":
        if claim in {"Big5", "cp932", "cp949"}:
            return score.gb_share < 0.9
        return not (score.gb_valid and score.gb_share >= 0.9 and score.gb > score.latin)
    if claim == "Big5":
        return _common_big5(cells) >= 0.8
    return claim not in {"UTF-8", "GB18030"}  # another single-byte code page


def _common_big5(cells: Sequence[bytes]) -> float:
    """Return how many of the characters are common ones when read as Big5."""
    leads = [
        char.encode("big5hkscs")[0]
        for cell in cells
        for char in _HIGH.findall(decode(cell, "Big5", len(cell)) or "")
    ]
    return sum(0xA4 <= lead <= 0xC6 for lead in leads) / len(leads) if leads else 0.0


def choose(
    cells: Iterable[bytes],
    declared: str | None = None,
    cpg: str | None = None,
    ldid: int = 0,
    default: str = "ISO-8859-1",
) -> Choice:
    """Weigh what is claimed against the bytes.

    Parameters
    ----------
    cells : iterable of bytes
        Field names and cells as stored.
    declared : str, optional
        Encoding of `gisplan.toml`; stands unless it cannot decode the bytes.
    cpg : str, optional
        Content of the .cpg; a page of HTML or an unknown name counts as none.
    ldid : int
        Language byte of the .dbf.
    default : str
        What a reader without evidence would take.
    """
    high = _high(cells)
    found = detect(high)
    asked = canonical(declared) if declared else None
    by_cpg = canonical(cpg) if cpg and len(cpg) < 40 else None
    by_ldid = LDID.get(ldid)
    claim, claimed_by = default, "default"
    if by_cpg:
        claim, claimed_by = by_cpg, "cpg"
    elif by_ldid:
        claim, claimed_by = by_ldid, "ldid"
    if asked:
        if found is None or _bad_share(high, asked) <= 0.5:
            return Choice(asked, "declared")
        return Choice(found, "detected", asked, "declared")
    source = claimed_by if claimed_by != "default" else "detected"
    if found is None:
        return Choice(claim if source != "detected" else "ASCII", source)
    if claimed_by == "default":
        if same_family(found, default):
            return Choice(found, "detected")
        return Choice(found, "detected", default, "default")
    if _stands(claim, found, high):
        return Choice(claim, source)
    return Choice(found, "detected", claim, claimed_by)
