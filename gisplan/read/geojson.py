"""Reads GeoJSON, and JSON that is a list of records."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from gisplan.errors import ReadError
from gisplan.model import Note
from gisplan.read.encoding import detect
from gisplan.read.found import Found, NoDataError
from gisplan.read.request import Request, unreadable
from gisplan.read.tables import check_size, json_records, read_json_table
from gisplan.read.vector import Opened, layers_of, read_layer
from gisplan.read.workspace import Workspace

_FEATURES = re.compile(
    rb'"type"\s*:\s*"(FeatureCollection|Feature|(Multi)?(Point|LineString|Polygon)|GeometryCol'
    rb'lection)"'
)


def _open(path: Path, raw: bytes, space: Workspace) -> Opened:
    """Make a GeoJSON text safe to open: UTF-8, and pinned to its driver by prefix."""
    notes: tuple[Note, ...] = ()
    target = path
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        lines = [line for line in raw.split(b'"')[:200_000] if not line.isascii()]
        found = detect(lines) or "UTF-8"
        try:
            text = raw.decode(found)
        except UnicodeDecodeError:
            raise unreadable(
                path,
                "文字既非 UTF-8 也非 GB18030，请转为 UTF-8",
                "text is neither UTF-8 nor GB18030; save it as UTF-8",
            ) from None
        target = space.folder() / "layer.geojson"
        target.write_text(text, encoding="utf-8")
        detail = {"declared": "UTF-8", "found": found, "from": "default"}
        notes = (Note("encoding_recovered", detail=detail),)
    # The prefix keeps every other driver's hands off the file, whatever its content says.
    says_crs = re.search(rb'"crs"\s*:\s*\{', raw) is not None
    return Opened("GeoJSON", path, f"GeoJSON:{target.resolve()}", (path,), notes, says_crs)


def load_json(path: Path, raw: bytes) -> Any:
    """Parse a JSON text; ReadError names line and column of what is wrong."""
    encoding = "utf-8-sig"
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        encoding = "gb18030"
    try:
        return json.loads(raw.decode(encoding))
    except json.JSONDecodeError as error:
        raise unreadable(
            path,
            f"JSON 第 {error.lineno} 行第 {error.colno} 列有误（{error.msg}）",
            f"JSON is broken in line {error.lineno}, column {error.colno} ({error.msg})",
        ) from None
    except (UnicodeDecodeError, RecursionError):
        raise unreadable(path, "不是有效的 JSON", "this is no valid JSON") from None


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
    bare = raw.lstrip(b"\xef\xbb\xbf \t\r\n")
    if bare[:1] not in (b"{", b"["):
        raise unreadable(path, "内容不是 JSON", "this is no JSON")
    if bare[:1] == b"{" and _FEATURES.search(raw):
        opened = _open(path, raw, request.space)
        try:
            layers_of(opened)
        except ReadError:
            load_json(path, raw)  # names line and column where the text is broken
            raise
        return read_layer(opened)
    records = json_records(load_json(path, raw))
    if records is None:
        raise NoDataError(
            f"{path.name}：JSON 里既无 GeoJSON 要素也无记录列表",
            f"{path.name}: the JSON holds neither GeoJSON features nor a list of records",
        )
    return read_json_table(path, records)
