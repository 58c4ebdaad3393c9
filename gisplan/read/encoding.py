"""Tells in which encoding bytes of Chinese or European text were written.

A .cpg, a language byte and a default are claims; the bytes are evidence. GBK is always decoded as
GB18030, its superset: decoders called GBK get rare hanzi wrong without a word.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gisplan.read.evidence import codec_of, surprise

# Names and numbers that Python does not know, and supersets for what is called by a lesser name.
_NAMES = {
    **dict.fromkeys(("936", "ms936", "54936", "euccn", "gb231280", "xgbk"), "GB18030"),
    **dict.fromkeys(("950", "bigfive"), "Big5"),
    **dict.fromkeys(("65001", "utf8sig", "utf8bom"), "UTF-8"),
    **dict.fromkeys(("88591", "28591"), "ISO-8859-1"),
    **dict.fromkeys(("932", "windows31j", "xsjis"), "cp932"),
    **dict.fromkeys(("949", "ksc56011987", "euckr"), "cp949"),
}
_CODECS = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030"), "GB18030"),
    **dict.fromkeys(("big5", "cp950", "big5hkscs"), "Big5"),
    **dict.fromkeys(("utf-8", "utf-8-sig"), "UTF-8"),
    "iso8859-1": "ISO-8859-1",
    **dict.fromkeys(("shift_jis", "cp932"), "cp932"),
    **dict.fromkeys(("euc_kr", "cp949"), "cp949"),
}

# Language bytes (offset 29 of a .dbf) -> encoding; 0x7A is what Windows writes for 936.
LDID = {
    0x03: "cp1252", 0x57: "cp1252", 0x58: "cp1252", 0x59: "cp1252",
    0x4D: "GB18030", 0x7A: "GB18030",
    0x4F: "Big5", 0x78: "Big5",
    0x13: "cp932", 0x7B: "cp932", 0x4E: "cp949", 0x79: "cp949",
    0x01: "cp437", 0x02: "cp850", 0x64: "cp852", 0x65: "cp866",
    0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253",
}  # fmt: skip


def canonical(name: str) -> str | None:
    """Return the name of an encoding as gisplan writes it; None for one that does not exist."""
    word = re.sub(r"[^a-z0-9]", "", name.strip().lstrip("\ufeff").lower())
    if word.startswith("gb18030"):
        return "GB18030"
    bare = re.sub(r"^(ansi|windows|x?cp|oem|xansi|codepage)(?=\d)", "", word)
    if bare in _NAMES:
        return _NAMES[bare]
    for candidate in (f"cp{bare}" if bare.isdigit() else "", name.strip(), word):
        try:
            info = codecs.lookup(candidate)
        except (LookupError, ValueError, UnicodeError):
            continue
        if candidate and getattr(info, "_is_text_encoding", True):
            return _CODECS.get(info.name, info.name)
    return None


def _for_cells(name: str | None) -> str | None:
    """Return an encoding that bytes of a cell can be in: one in which ASCII is itself."""
    found = canonical(name) if name and len(name) < 40 else None
    if found is None:
        return None
    probe = "AZaz09 \\+~{&-"
    try:
        plain = probe.encode("ascii").decode(found) == probe and "A1".encode(found) == b"A1"
    except (UnicodeError, LookupError):
        return None
    return found if plain else None


def same_family(a: str, b: str) -> bool:
    """Return whether two encodings read European text alike: cp1252 holds ISO-8859-1."""
    western = {"cp1252", "ISO-8859-1"}
    return a == b or {a, b} <= western


def decode(raw: bytes, encoding: str, width: int = 0) -> str | None:
    """Decode one cell; None where it cannot be.

    A cell that fills its field (`width` bytes) may end inside a character, because writers cut
    at the byte: the piece of a character is dropped and the rest kept.
    """
    codec = codec_of(encoding)
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


# --- evidence ---------------------------------------------------------------------------------

# Bits that a claim is worth. A plan file is written by somebody who looked; a .cpg says what the
# exporting software was told; the language byte is often a writer's constant, and 0x57 and 0x03
# stand in files of every code page.
_DECLARED, _BY_CPG, _BY_LDID, _BY_CONSTANT, _BY_DEFAULT = 60.0, 12.0, 6.0, 2.0, 3.0
_BY_FILE = 20.0  # what a column's file is in
_CONSTANTS = {0x03, 0x57, 0x58, 0x59}
# What an encoding costs that nobody claims and that plans are rarely in.
_RARE = {"Big5": 20.0, "cp932": 25.0, "cp949": 25.0}
# What is left of it when somebody does: GBK under a .cpg that says Big5 is met about as often.
_CLAIMED = {"Big5": 12.0}
_ACCENTED, _NO_TEXT = (
    9.0,
    60.0,
)  # bits that a byte of Western text costs at most; what it costs else
_MULTIBYTE = {"UTF-8", "GB18030", "Big5", "cp932", "cp949"}
DOUBT = 10.0  # bits: a thousand to one; with less between them another reading stays possible


@dataclass(frozen=True, slots=True)
class Choice:
    """The encoding to use, where it comes from, and the claim that it overrules."""

    encoding: str
    source: str  # declared | cpg | ldid | detected
    claimed: str | None = None  # what .cpg, language byte or default say; None: nothing overruled
    claimed_by: str = ""  # declared | cpg | ldid | default
    other: str | None = None  # an encoding that the bytes allow nearly as well, or better
    shown: bytes = b""  # a cell that shows the difference


def _high(cells: Iterable[bytes]) -> list[bytes]:
    return sorted({cell for cell in cells if not cell.isascii()})


def _western(cells: Iterable[bytes]) -> str:
    return "cp1252" if any(0x80 <= b <= 0x9F for cell in cells for b in cell) else "ISO-8859-1"


def _weigh(
    cells: Sequence[bytes], claims: Iterable[str] = (), default: str = "UTF-8"
) -> dict[str, float]:
    """Return the encodings that cells may be in with the bits of surprise that each leaves."""
    western = _western(cells)
    named = dict.fromkeys(["UTF-8", "GB18030", western, *_RARE, *claims, default])
    bits = {name: surprise(cells, name) for name in named}
    # Any bytes are Western text, but few are a likely one: the rest is no text at all.
    if western not in claims and bits[western] > _ACCENTED * sum(map(len, cells)):
        bits[western] += _NO_TEXT
    return bits


def detect(cells: Iterable[bytes]) -> str | None:
    """Return the encoding that cells are in as their bytes say; None for plain ASCII."""
    high = _high(cells)
    if not high:
        return None
    bits = _weigh(high)
    return min(bits, key=lambda name: bits[name] + _RARE.get(name, 0.0))


def _bad_share(cells: Sequence[bytes], encoding: str) -> float:
    failed = sum(decode(cell, encoding, len(cell)) is None for cell in cells)
    return failed / len(cells) if cells else 0.0


def _telling(cells: Sequence[bytes], used: str, other: str) -> bytes:
    """Return a cell that the two encodings read differently; the shortest of two characters."""
    pairs = [(decode(cell, used, len(cell)) or "", cell) for cell in cells]
    differing = [
        (len(text) < 2, len(text), cell)
        for text, cell in pairs
        if text and text != decode(cell, other, len(cell))
    ]
    return min(differing)[2] if differing else b""


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
        Encoding of `gisplan.toml`; stands unless the bytes plainly belie it.
    cpg : str, optional
        Content of the .cpg; a page of HTML or an unknown name counts as none.
    ldid : int
        Language byte of the .dbf.
    default : str
        What a reader without evidence would take.

    Returns
    -------
    Choice
        `other` is set where the bytes leave a doubt, or speak against a claim that stands.
    """
    high = _high(cells)
    claims = _claims(declared, cpg, ldid, default)
    claim, claimed_by = claims[0][:2]
    if not high:
        silent = claimed_by == "default"
        return Choice("ASCII" if silent else claim, "detected" if silent else claimed_by)
    bits = _weigh(high, [name for name, by, _ in claims if by != "default"], default)
    worth = {name: -_RARE.get(name, 0.0) for name in bits}
    for name, by, bonus in claims:
        able = by == "default" or _bad_share(high, name) <= 0.5
        for alike in bits:
            if able and same_family(alike, name):
                worth[alike] = max(worth[alike], bonus - _CLAIMED.get(alike, 0.0))
    weighed = {name: cost - worth[name] for name, cost in bits.items()}
    used = min(weighed, key=lambda name: (weighed[name], name != claim))
    other, shown = _other(high, used, bits, weighed)
    if same_family(used, claim):
        by = "detected" if claimed_by == "default" else claimed_by
        return Choice(used if by == "detected" else claim, by, other=other, shown=shown)
    shown = shown or _telling(high, used, claim)
    return Choice(used, "detected", claim, claimed_by, other, shown)


def column_encoding(cells: Iterable[bytes], of_file: str) -> tuple[str, bytes]:
    """Return the encoding of one column and a cell that shows it: its file's, if nothing else."""
    high = _high(cells)
    if not high:
        return of_file, b""
    bits = _weigh(high, [of_file])
    worth = {name: -_RARE.get(name, 0.0) for name in bits}
    worth |= {name: _BY_FILE for name in bits if same_family(name, of_file)}
    used = min(bits, key=lambda name: bits[name] - worth[name])
    if same_family(used, of_file):
        return of_file, b""
    shown = _telling(high, used, of_file)
    return (used, shown) if shown else (of_file, b"")


def _claims(
    declared: str | None, cpg: str | None, ldid: int, default: str
) -> list[tuple[str, str, float]]:
    """Return who claims which encoding and what that is worth; the one that counts comes first."""
    by_ldid = LDID.get(ldid)
    worth = _BY_CONSTANT if ldid in _CONSTANTS else _BY_LDID
    said = (
        (_for_cells(declared), "declared", _DECLARED),
        (_for_cells(cpg), "cpg", _BY_CPG),
        (by_ldid, "ldid", worth),
    )
    return [
        *((name, by, bits) for name, by, bits in said if name is not None),
        (default, "default", _BY_DEFAULT),
    ]


def _other(
    cells: Sequence[bytes], used: str, bits: dict[str, float], weighed: dict[str, float]
) -> tuple[str | None, bytes]:
    """Return an encoding that may be the true one instead, and a cell that shows it.

    Between two code pages of European letters the claim decides, there is nothing to weigh.
    """
    for name in sorted(weighed, key=lambda name: min(weighed[name] - weighed[used], bits[name])):
        near = weighed[name] - weighed[used] < DOUBT
        against = bits[used] - bits[name] > DOUBT
        if name != used and (near or against) and not _MULTIBYTE.isdisjoint({name, used}):
            shown = _telling(cells, used, name)
            if shown:
                return name, shown
    return None, b""
