"""Rewrites the text part of MapInfo files, so that nothing in it can lead elsewhere.

A .tab is a text that may join other tables, link a database or show a picture; a .mif begins with
one. What is needed of it, the fields and the projection, is parsed and written anew, with names
that GDAL cannot get wrong; the true names are put back afterwards.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from gisplan.read.encoding import canonical
from gisplan.read.request import unreadable

_CHARSETS = {
    "windowssimpchinese": "GB18030",
    "windowstradchinese": "Big5",
    "windowslatin1": "cp1252",
    "windowslatin2": "cp1250",
    "windowsjapanese": "cp932",
    "windowskorean": "cp949",
    "windowscyrillic": "cp1251",
    "utf-8": "UTF-8",
}
_TYPES = "Char|Integer|SmallInt|LargeInt|Decimal|Float|Date|Time|DateTime|Logical"
_FIELD = re.compile(
    rf"^\s*(?P<name>\S.*?)\s+(?P<type>{_TYPES})\s*(?P<size>\(\s*\d+\s*(?:,\s*\d+\s*)?\))?"
    r"\s*(?:Index\s+\d+)?\s*;?\s*$",
    re.IGNORECASE,
)
_MAX_FIELDS = 4_000
LATIN = "latin-1"  # one character for each byte, and back: texts are decoded when all are known


@dataclass(frozen=True, slots=True)
class Definition:
    """What the text part says. `names` are as stored: each character stands for a byte."""

    text: str  # to be written in its place
    names: tuple[str, ...]
    types: tuple[str, ...]
    charset: str  # the encoding that it claims; "" where it claims none
    table: str = ""  # .tab only: NATIVE or DBF


def stand_in(position: int) -> str:
    """Return the name of a field in the rewritten text."""
    return f"f{position + 1}"


def _charset(text: str) -> str:
    match = re.search(r"""^\s*!?(?:.*\s)?charset\s+"?([A-Za-z0-9_-]+)"?""", text, re.I | re.M)
    word = match[1].lower() if match else ""
    return _CHARSETS.get(word, canonical(word.removeprefix("codepage")) or "" if word else "")


def _fields(path: Path, lines: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Return names, types as written, and the lines to be written for them."""
    names, types, out = [], [], []
    for line in lines:
        match = _FIELD.match(line)
        if match is None:
            shown = line.strip()[:40]
            raise unreadable(
                path, f"字段定义 {shown!r} 无法解析", f"the field {shown!r} cannot be parsed"
            )
        names.append(match["name"].strip('"'))
        size = re.sub(r"\s", "", match["size"] or "")
        types.append(f"{match['type']}{size}")
        out.append(f"  {stand_in(len(names) - 1)} {match['type']} {size}")
    return names, types, out


def read_tab(path: Path) -> Definition:
    """Parse a .tab.

    Raises
    ------
    ReadError
        No .tab, or one that shows other files: a join of tables, a seamless table, a picture, a
        link to a database.
    """
    raw = path.read_bytes()
    text = raw[: 1 << 20].decode(LATIN).replace("\r\n", "\n").replace("\r", "\n")
    if not text.removeprefix("ï»¿").lstrip().lower().startswith("!table"):
        raise unreadable(path, "内容不是 MapInfo 表（.tab）", "this is no MapInfo table (.tab)")
    kind = re.search(r"^\s*Type\s+\"?([A-Za-z]+)", text, re.I | re.M)
    word = kind[1].upper() if kind else ""
    elsewhere = re.search(
        r"^\s*(create\s+view|open\s+table)\b|IsSeamless\"?\s*=\s*\"?TRUE", text, re.I | re.M
    )
    if word not in {"NATIVE", "DBF"} or elsewhere:
        raise unreadable(
            path,
            "这个 .tab 引用其他文件或数据库（视图、无缝表、影像、链接表），不读取；请另存为本地表",
            "this .tab shows other files or a database (a view, a seamless table, a picture, a "
            "link), which are not followed; save it as a native table",
        )
    count = re.search(r"^\s*Fields\s+(\d+)\s*$", text, re.I | re.M)
    if count is None or int(count[1]) > _MAX_FIELDS:
        raise unreadable(path, ".tab 里没有字段定义", "the .tab defines no fields")
    lines = text[count.end() :].lstrip("\n").split("\n")[: int(count[1])]
    names, types, out = _fields(path, lines)
    version = re.search(r"^!version\s+(\d{1,5})", text, re.I | re.M)
    head = f"!table\n!version {version[1] if version else 300}\n!charset Neutral\n\n"
    head += f'Definition Table\n  Type {word} Charset "Neutral"\n  Fields {len(names)}\n'
    body = "".join(f"  {line} ;\n" for line in out)
    return Definition(head + body, tuple(names), tuple(types), _charset(text), word)


# What a line of a .mif may be: a number or some, a text, nothing, or one of its words.
_WORDS = (
    "none|point|line|pline|region|arc|text|rect|roundrect|ellipse|multipoint|collection|pen|brush|"
    "symbol|center|smooth|font|spacing|justify|angle|label|multiple"
)
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_LINE = re.compile(
    rf"[ \t]*(?:(?:{_WORDS})\b.*|{_NUMBER}(?:[ \t,]+{_NUMBER})*|\".*)?[ \t]*", re.IGNORECASE
)
_ARCS = re.compile(r"^[ \t]*(arc|ellipse|roundrect)\b", re.IGNORECASE | re.MULTILINE)


def _coordsys(path: Path, head: str) -> str:
    """Return the line of the projection; "" where there is none."""
    match = re.search(r"^\s*(CoordSys\b[^\n]*(?:\n\s*Bounds[^\n]*)?)", head, re.I | re.M)
    if match is None:
        return ""
    line = re.sub(r"\s+", " ", match[1]).strip()
    if not re.fullmatch(r"""[A-Za-z0-9 ,.()"'_+/-]{1,500}""", line):
        raise unreadable(path, "CoordSys 无法解析", "its CoordSys cannot be parsed")
    return line + "\n"


def read_mif(path: Path) -> tuple[Definition, int]:
    """Parse a .mif; the second value is how many arcs and ellipses it has.

    Raises
    ------
    ReadError
        No .mif, or a line in it that is neither shape nor number: GDAL would read it as 0.
    """
    raw = path.read_bytes().decode(LATIN).replace("\r\n", "\n").replace("\r", "\n")
    raw = raw.removeprefix("ï»¿").lstrip()
    start = re.search(r"^[ \t]*Data[ \t]*$", raw, re.I | re.M)
    if not re.match(r"Version\s+\d", raw, re.I) or start is None:
        raise unreadable(path, "内容不是 MIF", "this is no MIF")
    head, body = raw[: start.start()], raw[start.end() + 1 :].rstrip("\n \t\x1a")
    count = re.search(r"^\s*Columns\s+(\d+)\s*$", head, re.I | re.M)
    if count is None or int(count[1]) > _MAX_FIELDS:
        raise unreadable(path, "MIF 里没有字段定义", "the MIF defines no columns")
    lines = head[count.end() :].lstrip("\n").split("\n")[: int(count[1])]
    names, types, out = _fields(path, lines)
    for number, line in enumerate(body.split("\n")):
        if not _LINE.fullmatch(line):
            at = raw.count("\n", 0, start.end()) + number + 2
            shown = line.strip()[:40]
            raise unreadable(
                path,
                f"第 {at} 行 {shown!r} 既非图形也非坐标",
                f"line {at}, {shown!r}, is neither a shape nor coordinates",
            )
    version = re.match(r"Version\s+(\d{1,5})", raw, re.I)
    delimiter = re.search(r"^\s*Delimiter\s+\"([^\"\n])\"", head, re.I | re.M)
    text = f'Version {version[1] if version else 300}\nCharset "Neutral"\n'
    text += f'Delimiter "{delimiter[1]}"\n' if delimiter else ""
    text += _coordsys(path, head)
    transform = re.search(
        rf"^\s*Transform\s+({_NUMBER}(?:\s*,\s*{_NUMBER}){{3}})\s*$", head, re.I | re.M
    )
    text += f"Transform {transform[1]}\n" if transform else ""
    text += f"Columns {len(names)}\n" + "".join(f"{line}\n" for line in out)
    # Texts in the map are no attributes; a mark of another driver may hide in them.
    text += "Data\n\n" + body.replace("<", " ") + "\n"
    return Definition(text, tuple(names), tuple(types), _charset(head)), len(_ARCS.findall(body))
