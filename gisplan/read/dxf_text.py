"""Makes a DXF drawing safe to open: whole, in UTF-8, and a drawing to no other driver's eye."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from gisplan.model import Note
from gisplan.read.encoding import choose, decode
from gisplan.read.encoding_notes import encoding_notes, said_by_file
from gisplan.read.request import Request, told, unreadable
from gisplan.read.tables import check_size

# What stands first in the copy that is opened. Other drivers look for their own marks in the
# first kilobyte; they find blanks. The header is ours too, so that no text of the file's own can
_BLANKS = "999\n" + " " * 120 + "\n"
# be such a mark; all that it says for us is read here. Without a code page GDAL takes each byte
# for a character of Latin-1; with one it takes the UTF-8 of AutoCAD 2007 and later for GBK.
_HEADER = "0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1015\n0\nENDSEC\n"
_UNICODE_FROM = "AC1021"  # AutoCAD 2007: text is UTF-8 from here on

_COMMENTS = r"\s*(?:999[ \t]*\n[^\n]*\n\s*)*"
_START = re.compile(_COMMENTS + r"0[ \t]*\n[ \t]*SECTION[ \t]*\n")
_OWN_HEADER = re.compile(
    _COMMENTS + r"0[ \t]*\n[ \t]*SECTION[ \t]*\n[ \t]*2[ \t]*\n[ \t]*HEADER[ \t]*\n"
    r".*?\n[ \t]*0[ \t]*\n[ \t]*ENDSEC[ \t]*\n",
    re.DOTALL,
)
_ENTITIES = re.compile(r"\n[ \t]*2[ \t]*\n[ \t]*ENTITIES[ \t]*\n")
_SECTION_END = re.compile(r"\n[ \t]*0[ \t]*\n[ \t]*ENDSEC[ \t]*\n")
# A group of 10 to 58 is a number. GDAL reads what is none as 0, and a corner lies in Africa.
_NO_NUMBER = re.compile(
    r"\n[ \t]*[1-5][0-8][ \t]*\n"
    r"(?![ \t]*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[ \t]*\n)([^\n]*)\n"
)
_END = re.compile(r"\n[ \t]*0[ \t]*\n[ \t]*EOF\s*\Z")
_VARIABLE = (
    rb"\n[ \t]*9[ \t]*\r?\n[ \t]*\$%s[ \t]*\r?\n[ \t]*\d+[ \t]*\r?\n[ \t]*([A-Za-z0-9_-]{1,30})"
)
_ESCAPE = re.compile(r"\\U\+([0-9A-Fa-f]{4})")
_CURVES = re.compile(
    r"\n[ \t]*0[ \t]*\n[ \t]*(?:CIRCLE|ARC|ELLIPSE|HATCH)[ \t]*\n"
    r"|\n[ \t]*42[ \t]*\n[ \t]*[-+]?[0-9.]*[1-9]"
)
_SPLINE = re.compile(r"\n[ \t]*0[ \t]*\n[ \t]*SPLINE[ \t]*\n")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing made safe to open."""

    target: Path
    encoding: str
    encoding_from: str
    notes: tuple[Note, ...]
    curved: bool  # it may hold arcs


def _variable(raw: bytes, name: bytes) -> str:
    """Return a variable of the header as it is written; "" where it is not there."""
    match = re.search(_VARIABLE % name, raw[: 1 << 20])
    return match[1].decode("ascii") if match else ""


def _decoded(raw: bytes, declared: str | None) -> tuple[str, str, str, list[Note]]:
    """Return text, encoding, where it comes from, and notes."""
    version, page = _variable(raw, b"ACADVER"), _variable(raw, b"DWGCODEPAGE")
    claim = "UTF-8" if version >= _UNICODE_FROM else page
    lines = [line for line in raw.splitlines() if not line.isascii()]
    sample = lines[:: max(1, len(lines) // 4000)]
    choice = said_by_file(choose(sample, declared, claim or None, default="UTF-8"))
    encoding = "UTF-8" if choice.encoding == "ASCII" else choice.encoding
    notes = encoding_notes(choice)
    text = decode(raw, encoding)
    if text is None:
        pieces = []
        for line in raw.splitlines(keepends=True):
            piece = decode(line, encoding)
            if piece is None:
                piece = line.decode("utf-8", "replace")
                detail = {"bytes": line[:32].strip().hex(" ")}
                notes.append(Note("text_undecodable", detail=detail))
            pieces.append(piece)
        text = "".join(pieces)
    return text, encoding, choice.source, notes


def _unescaped(text: str) -> str:
    r"""Return text with \U+4E2D as the character; what would break a line stays as written."""

    def char(match: re.Match[str]) -> str:
        code = int(match[1], 16)
        printable = code >= 0x20 and not (0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF)
        return chr(code) if printable else match[0]

    return _ESCAPE.sub(char, text)


def _check(path: Path, raw: bytes) -> None:
    if raw.startswith(b"AutoCAD Binary DXF"):
        raise unreadable(
            path,
            "是二进制 DXF，请另存为文本（ASCII）DXF",
            "this is a binary DXF; save it as a text (ASCII) DXF",
        )
    if raw.startswith((b"AC10", b"AC1.")):
        raise unreadable(path, "内容是 DWG，请另存为 DXF", "this is a DWG; save it as DXF")


def _body(path: Path, text: str) -> str:
    """Return what stands between the header and the end of the entities."""
    entities = _ENTITIES.search(text)
    end = _SECTION_END.search(text, entities.end() - 1) if entities else None
    if end is None:
        raise unreadable(path, "ENTITIES 段没有结束", "the ENTITIES section does not end")
    head = _OWN_HEADER.match(text)
    start = head.end() if head else 0
    wrong = _NO_NUMBER.search(text, max(0, start - 1), end.end())
    if wrong:
        line = text.count("\n", 0, wrong.start(1)) + 1
        raise unreadable(
            path,
            f"第 {line} 行应为数，而是 {wrong[1].strip()[:40]!r}",
            f"line {line} should be a number and is {wrong[1].strip()[:40]!r}",
        )
    return text[start : end.end()]


def stage(request: Request) -> Drawing:
    """Check a drawing and copy it as GDAL can read it: UTF-8, under a header of ours.

    Raises
    ------
    ReadError
        No DXF, a binary one, without entities, or cut short: what is missing nobody could tell.
    """
    path = request.path
    check_size(path, request.space.limits)
    raw = path.read_bytes()
    _check(path, raw)
    text, encoding, source, notes = _decoded(raw, request.encoding)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if not _START.match(text):
        raise unreadable(path, "内容不是 DXF", "this is no DXF")
    if not _ENTITIES.search(text):
        raise unreadable(
            path, "没有 ENTITIES 段，图中没有实体", "no ENTITIES section; the drawing is empty"
        )
    if not _END.search(text):
        raise unreadable(
            path,
            "在末尾被截断（没有 EOF），请重新导出或复制",
            "cut short at its end (no EOF); export or copy it again",
        )
    body = _unescaped(_body(path, text))
    target = request.space.folder() / "layer.dxf"
    with target.open("w", encoding="utf-8", newline="") as file:
        file.write(_BLANKS * 40)
        file.write(_HEADER)
        file.write(body)
        file.write("0\nEOF\n")
    splines = len(_SPLINE.findall(body))
    if splines:
        notes.append(
            told(
                "curves_linearised",
                f"{splines} 条样条曲线按近似折线读取，偏差未知",
                f"{splines} splines were read as approximate lines; by how much they are off is "
                "not known",
                count=splines,
            )
        )
    return Drawing(target, encoding, source, tuple(notes), bool(_CURVES.search(body)))
