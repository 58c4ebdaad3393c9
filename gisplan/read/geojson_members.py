"""Looks at each member of a GeoJSON collection: GDAL drops what is none, and worse.

A member that is null is left out without a word, and one without "properties" or "geometry" ends
the whole layer. So each is looked at, and a text in which all are features takes their place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gisplan.model import Text

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_NOTHING = '{"type": "Feature", "properties": {}, "geometry": null}'


@dataclass(slots=True)
class Members:
    """The members of a collection: how many, which are none, and what stands for those."""

    count: int = 0
    faults: dict[int, Text] = field(default_factory=dict)
    mended: dict[int, str] = field(default_factory=dict)  # position -> text instead
    places: list[tuple[int, int]] = field(default_factory=list)  # where each stands in the text


def _after(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _expect(text: str, at: int, signs: str) -> int:
    at = _after(text, at)
    if text[at : at + 1] not in signs or at >= len(text):
        raise json.JSONDecodeError(f"one of {signs} expected", text, at)
    return at


def _items(text: str, at: int) -> Iterator[tuple[int, int, Any]]:
    """Go through an array that begins at a place: begin, end and value of each member."""
    at = _after(text, at + 1)
    if text[at : at + 1] == "]":
        return
    while True:
        value, end = _DECODER.raw_decode(text, at)
        yield at, end, value
        at = _expect(text, end, ",]")
        if text[at] == "]":
            return
        at = _after(text, at + 1)


def _features_at(text: str) -> int | None:
    """Return where the array of the features begins; None where there is none at the top."""
    at = _expect(text, 0, "{")
    at = _after(text, at + 1)
    while text[at : at + 1] == '"':
        key, end = _DECODER.raw_decode(text, at)
        at = _after(text, _expect(text, end, ":") + 1)
        if key == "features":
            return at if text[at : at + 1] == "[" else None
        _value, end = _DECODER.raw_decode(text, at)
        at = _expect(text, end, ",}")
        if text[at] == "}":
            return None
        at = _after(text, at + 1)
    return None


def _look_at(value: Any, position: int, members: Members) -> None:
    number = position + 1
    if not isinstance(value, dict) or value.get("type") != "Feature":
        members.faults[position] = Text(
            f"第 {number} 个成员不是要素", f"member {number} is no feature"
        )
        members.mended[position] = _NOTHING
        return
    wrong = value.get("properties") is not None and not isinstance(value["properties"], dict)
    shape = value.get("geometry")
    bare = shape is not None and not isinstance(shape, dict)
    if wrong or bare:
        members.faults[position] = Text(
            f"第 {number} 个要素的 {'geometry' if bare else 'properties'} 不是对象",
            f"{'geometry' if bare else 'properties'} of member {number} is no object",
        )
    if wrong or bare or "properties" not in value or "geometry" not in value:
        value = {**value, "properties": None if wrong else value.get("properties")}
        value["geometry"] = None if bare else shape
        members.mended[position] = json.dumps(value, ensure_ascii=False)


def look_at_members(text: str) -> tuple[Members | None, str]:
    """Return what the members of a collection are, and a text in which all are features.

    None, and the text as it is, where it is a single feature or shape.

    Raises
    ------
    ValueError, RecursionError
        The text is no JSON; json.JSONDecodeError tells where.
    """
    start = _features_at(text)
    if start is None:
        return None, text
    members = Members()
    for begin, end, value in _items(text, start):
        _look_at(value, members.count, members)
        members.places.append((begin, end))
        members.count += 1
    if not members.mended:
        return members, text
    pieces, at = [], 0
    for position, instead in members.mended.items():
        begin, end = members.places[position]
        pieces += [text[at:begin], instead]
        at = end
    return members, "".join([*pieces, text[at:]])
