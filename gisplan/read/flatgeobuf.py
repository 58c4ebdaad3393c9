"""Opens FlatGeobuf files."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gisplan.model import Note, Text
from gisplan.read.bulk import is_measured
from gisplan.read.curves import draw_curves
from gisplan.read.dimensions import measure_notes
from gisplan.read.found import Found
from gisplan.read.request import Request, unreadable
from gisplan.read.vector import Opened, in_degrees, layers_of, read_layer

_MAGIC = b"fgb"  # version, the same letters, a patch number, then the length of the header


def read_flatgeobuf(request: Request) -> Found:
    """Read a FlatGeobuf as it is; where it is cut short, what is lost is told record by record.

    Raises
    ------
    ReadError
        No FlatGeobuf, or broken in its header.
    """
    path = request.path
    with path.open("rb") as file:
        head = file.read(12)
    if len(head) < 12 or head[:3] != _MAGIC or head[4:7] != _MAGIC:
        raise unreadable(
            path,
            "内容不是 FlatGeobuf（文件头不符）",
            "this is no FlatGeobuf (its first bytes differ)",
        )
    # The header's length ends in a zero byte. It also ends the text in which other drivers look
    # for their own marks, so that none of them can take the file for its own.
    if head[3] != 3 or head[11] != 0:
        raise unreadable(
            path,
            "FlatGeobuf 文件头损坏，或不是版本 3",
            "its FlatGeobuf header is broken, or not of version 3",
        )
    opened = Opened("FlatGeobuf", path, path, (path,))

    def mend(fids: Any, geometries: Any, _faults: dict[int, Text]) -> list[Note]:
        measured = len(fids) if is_measured(path) else 0
        (name,) = layers_of(opened)
        curves = draw_curves(path, name, fids, geometries, in_degrees)
        return [*measure_notes(measured), *curves]

    return read_layer(replace(opened, mend=mend))
