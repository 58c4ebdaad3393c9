"""Reads GeoJSON, and JSON that is a list of records."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from gisplan.model import Note, Text
from gisplan.read.found import Found, NoDataError
from gisplan.read.geojson_members import look_at_members
from gisplan.read.json_text import JsonText, decode_json, name_lost_strings
from gisplan.read.record_counts import count_notes
from gisplan.read.request import Request, unreadable
from gisplan.read.tables import check_size, json_records, read_json_table
from gisplan.read.vector import Opened, read_layer

_FEATURES = re.compile(
    r'"type"\s*:\s*"(FeatureCollection|Feature|(Multi)?(Point|LineString|Polygon)|GeometryCol'
    r'lection)"'
)


def load_json(path: Path, text: str) -> Any:
    """Parse a JSON text; ReadError names line and column of what is wrong."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise unreadable(
            path,
            f"JSON 第 {error.lineno} 行第 {error.colno} 列有误（{error.msg}）",
            f"JSON is broken in line {error.lineno}, column {error.colno} ({error.msg})",
        ) from None
    except (ValueError, RecursionError):  # numbers of thousands of digits, a thousand brackets
        raise unreadable(path, "不是有效的 JSON", "this is no valid JSON") from None


def _read_features(request: Request, text: JsonText) -> Found:
    """Read a GeoJSON; a member that is no feature costs only itself."""
    path = target = request.path
    try:
        members, whole = look_at_members(text.text)
    except (ValueError, RecursionError):
        load_json(path, text.text)  # names line and column where the text is broken
        raise unreadable(path, "不是有效的 GeoJSON", "this is no valid GeoJSON") from None
    if text.encoding != "UTF-8" or text.notes or text.lost or whole is not text.text:
        target = request.space.folder() / "layer.geojson"
        target.write_text(whole, encoding="utf-8", newline="")

    def mend(_fids: Any, geometries: Any, faults: dict[int, Text]) -> list[Note]:
        if members is not None and len(geometries) == members.count:
            faults.update(members.faults)
        return []

    # The prefix keeps every other driver's hands off the file, whatever its content says.
    name = f"GeoJSON:{target.resolve()}"
    says_crs = re.search(r'"crs"\s*:\s*\{', text.text) is not None
    opened = Opened("GeoJSON", path, name, (path,), text.notes, says_crs, mend=mend)
    found = read_layer(opened)
    if members is None:
        return found
    counts = {".geojson items": members.count, ".geojson": len(found.frame)}
    return replace(found, notes=(*found.notes, *count_notes(counts)))


def read_json(request: Request) -> Found:
    """Read a JSON text as GeoJSON, or as a list of records.

    Raises
    ------
    NoDataError
        It holds neither.
    ReadError
        No JSON, or broken: with line and column.
    """
    path = request.path
    check_size(path, request.space.limits)
    raw = path.read_bytes()
    # The marks of UTF-8 and UTF-16, and the zero byte before or after a character of the latter.
    if raw.lstrip(b"\xef\xbb\xbf\xfe\xff\0 \t\r\n")[:1] not in (b"{", b"["):
        raise unreadable(path, "内容不是 JSON", "this is no JSON")
    text = decode_json(path, raw, request.encoding)
    if text.text.lstrip()[:1] == "{" and _FEATURES.search(text.text):
        found = _read_features(request, text)
        more = name_lost_strings(found.frame, text.lost)
        return replace(
            found,
            encoding=text.encoding,
            encoding_from=text.source,
            notes=(*found.notes, *more),
        )
    records = json_records(load_json(path, text.text))
    if records is None:
        raise NoDataError(
            f"{path.name}：JSON 里既无 GeoJSON 要素也无记录列表",
            f"{path.name}: the JSON holds neither GeoJSON features nor a list of records",
        )
    found = read_json_table(path, records)
    more = name_lost_strings(found.frame, text.lost)
    return replace(
        found,
        encoding=text.encoding,
        encoding_from=text.source,
        notes=(*text.notes, *found.notes, *more),
    )
