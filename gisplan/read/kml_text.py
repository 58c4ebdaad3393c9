"""Makes a KML file safe to parse: UTF-8, no document type, and KML indeed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from gisplan.model import Note
from gisplan.read.encoding import canonical, decode, detect
from gisplan.read.request import unreadable

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*?\?>")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0 has none of them


def _decoded(path: Path, raw: bytes) -> tuple[str, list[Note]]:
    """Return the text: as it declares, else as its bytes say, with a note."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace"), []
    match = _ENCODING.match(raw.removeprefix(b"\xef\xbb\xbf"))
    declared = canonical(match[1].decode()) if match else None
    claim = declared or "UTF-8"
    text = decode(raw, claim)
    if text is not None:
        return text, []
    lines = [line for line in raw.splitlines()[:20_000] if not line.isascii()]
    found = detect(lines) or "UTF-8"
    text = decode(raw, found)
    if text is None:
        raise unreadable(
            path,
            "文字既非 UTF-8 也非 GB18030，请转为 UTF-8",
            "text is neither UTF-8 nor GB18030; save it as UTF-8",
        )
    detail = {"declared": claim, "found": found, "from": "file" if declared else "default"}
    return text, [Note("encoding_recovered", detail=detail)]


def _first_element(text: str) -> str:
    """Return what stands after white space, instructions and comments."""
    while True:
        text = text.lstrip()
        end = "?>" if text.startswith("<?") else "-->" if text.startswith("<!--") else ""
        if not end or end not in text:
            return text[:200]
        text = text[text.index(end) + len(end) :]


def local(tag: Any) -> str:
    """Return the name of an element without its namespace."""
    return str(tag).rpartition("}")[2]


def parse_kml(path: Path, raw: bytes) -> tuple[ElementTree.Element, list[Note]]:
    """Return the root of a KML text. Nothing that it refers to is opened.

    Raises
    ------
    ReadError
        No KML, not well-formed (with line and column), or with a document type: entities could
        name other files or grow without end, and KML needs none.
    """
    text, notes = _decoded(path, raw)
    text = _CONTROL.sub("", text.removeprefix("\ufeff"))
    first = _first_element(text)
    if first.startswith("<!"):
        raise unreadable(
            path,
            "含文档类型声明（DTD），不读取，请删除后再用",
            "it declares a document type (DTD), which is not read; take it out",
        )
    if not re.match(r"<(\w+:)?kml[\s>]", first):
        raise unreadable(path, "内容不是 KML", "this is no KML")
    head = _DECLARATION.match(text)
    parser = ElementTree.XMLParser()
    try:
        # The declaration is blanked, not cut: lines and columns in messages stay the file's.
        parser.feed(re.sub(r"\S", " ", head[0]) + text[head.end() :] if head else text)
        root = parser.close()
    except ElementTree.ParseError as error:
        line, column = error.position
        raise unreadable(
            path,
            f"XML 第 {line} 行第 {column + 1} 列有误，文件可能不完整",
            f"the XML is broken in line {line}, column {column + 1}; the file may be cut short",
        ) from None
    if local(root.tag) != "kml":
        raise unreadable(path, "内容不是 KML", "this is no KML")
    return root, notes
