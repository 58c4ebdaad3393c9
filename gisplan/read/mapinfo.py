"""Reads MapInfo tables (.tab with its companions) and exchange files (.mif, .mid)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from gisplan.model import Note
from gisplan.read.encoding import choose, decode
from gisplan.read.encoding_notes import encoding_notes, said_by_file
from gisplan.read.found import FAULT_EN, FAULT_ZH, Found, unique_names
from gisplan.read.mapinfo_text import LATIN, Definition, read_mif, read_tab, stand_in
from gisplan.read.paths import is_inside
from gisplan.read.record_counts import count_notes
from gisplan.read.request import Request, told, unreadable
from gisplan.read.tables import check_size
from gisplan.read.text_columns import decode_column
from gisplan.read.vector import Opened, read_layer
from gisplan.read.workspace import Workspace

DRIVER = "MapInfo File"
_OURS = frozenset({"geometry", FAULT_ZH, FAULT_EN})
_SCALES = 0x170  # where a .map says how many of its steps make a unit, east and north
_DEGREE_M = 111_320.0


def _companions(request: Request, wanted: tuple[str, ...]) -> dict[str, Path]:
    """Return the files of the same name by extension; a link out of the plan is none of them."""
    path = request.path
    found: dict[str, Path] = {}
    for other in sorted(path.parent.iterdir()):
        extension = other.suffix.lower()
        if extension not in wanted or not other.is_file() or not is_inside(request.root, other):
            continue
        exact = other.stem == path.stem
        if exact or (other.stem.casefold() == path.stem.casefold() and extension not in found):
            found[extension] = other
    return found


def _need(request: Request, files: dict[str, Path], extension: str) -> None:
    if extension not in files:
        name = request.path.stem + extension
        raise unreadable(
            request.path,
            f"缺 {name}，请连同它一起复制",
            f"{name} is missing; copy it along with the others",
        )


def _text_cells(definition: Definition, frame: pd.DataFrame) -> Iterator[bytes]:
    yield from (name.encode(LATIN) for name in definition.names)
    for position, kind in enumerate(definition.types):
        if kind.lower().startswith("char"):
            values = frame[stand_in(position)].dropna()
            step = max(1, len(values) // 4000)
            yield from (str(value).encode(LATIN) for value in values.iloc[::step])


def _width(kind: str) -> int:
    digits = "".join(char for char in kind if char.isdigit())
    return int(digits) if digits else 0


def _named(found: Found, definition: Definition, declared: str | None) -> Found:
    """Return a source with its texts decoded and its fields called as the file calls them."""
    cells = _text_cells(definition, found.frame)
    choice = choose(cells, declared, definition.charset or None, default="UTF-8")
    choice = said_by_file(choice)
    encoding = "UTF-8" if choice.encoding == "ASCII" else choice.encoding
    notes = encoding_notes(choice)
    names = unique_names([_name(name, encoding) for name in definition.names], _OURS)
    frame = found.frame.copy()
    for position, (name, kind) in enumerate(zip(names, definition.types, strict=True)):
        column = stand_in(position)
        if not kind.lower().startswith("char"):
            continue
        # A table of MapInfo knows no null: a text that is not there is empty.
        stored = [text.encode(LATIN) if isinstance(text, str) else b"" for text in frame[column]]
        decoded, bad = decode_column(stored, encoding, _width(kind), name, frame.index)
        frame[column] = decoded
        notes += bad
    stand_ins = {stand_in(position): name for position, name in enumerate(names)}
    frame = frame.rename(columns=stand_ins)
    return replace(
        found,
        frame=frame,
        encoding=encoding,
        encoding_from=choice.source,
        notes=(*found.notes, *notes),
        types=dict(zip(names, definition.types, strict=True)),
    )


def _name(raw: str, encoding: str) -> str:
    text = decode(raw.encode(LATIN), encoding)
    return raw if text is None else text


def _steps(path: Path, frame: pd.DataFrame) -> list[Note]:
    """Return the note that a .map rounds its coordinates, and by how much."""
    with path.open("rb") as file:
        file.seek(_SCALES)
        raw = file.read(16)
    scales = struct.unpack("<2d", raw) if len(raw) == 16 else (0.0, 0.0)
    if not all(0 < scale < 1e15 for scale in scales):
        return []
    degrees = (
        isinstance(frame, gpd.GeoDataFrame) and frame.crs is not None and frame.crs.is_geographic
    )
    off = 0.5 / min(scales) * (_DEGREE_M if degrees else 1.0)
    shown = f"{off * 1000:.2g} mm" if off < 1 else f"{off:.2g} m"
    return [
        told(
            "vertices_moved",
            f"TAB 格式把坐标取整，节点最多偏移 {shown}，相邻图形间可能出现细小重叠或空隙",
            f"the TAB format rounds coordinates: points are off by up to {shown}, and slivers may "
            "lie between neighbours",
            metres=off,
        )
    ]


def read_mapinfo_tab(request: Request) -> Found:
    """Read a MapInfo table as it is. Only files of its own name beside it are opened.

    Raises
    ------
    ReadError
        No table, one that shows other files, or a companion is missing or broken.
    """
    definition = read_tab(request.path)
    files = _companions(request, (".dat", ".dbf", ".map", ".id"))
    _need(request, files, ".dat" if definition.table == "NATIVE" else ".dbf")
    notes: list[Note] = []
    if ".map" in files:
        _need(request, files, ".id")
    else:
        notes.append(
            Note(
                "companion_missing",
                detail={
                    "missing": ".map",
                    "reason_zh": "缺 .map，没有图形",
                    "reason_en": "no .map, and so no shapes",
                },
            )
        )
    folder = request.space.folder()
    (folder / "layer.tab").write_text(definition.text, LATIN)
    used = [".dat" if definition.table == "NATIVE" else ".dbf"]
    used += [".map", ".id"] if ".map" in files else []
    for extension in used:
        Workspace.put(files[extension], folder / f"layer{extension}")
    opened = Opened(
        DRIVER,
        request.path,
        folder / "layer.tab",
        (request.path, *(files[extension] for extension in used)),
        tuple(notes),
        encoding="ISO-8859-1",
    )
    found = _named(read_layer(opened), definition, request.encoding)
    if ".map" in files:
        found = replace(found, notes=(*found.notes, *_steps(files[".map"], found.frame)))
    return found


def read_mapinfo_mif(request: Request) -> Found:
    """Read a MapInfo exchange file as it is.

    Raises
    ------
    ReadError
        No MIF, broken, or its .mid is missing.
    """
    check_size(request.path, request.space.limits)
    definition, arcs = read_mif(request.path)
    files = _companions(request, (".mid",))
    if definition.names:
        _need(request, files, ".mid")
    folder = request.space.folder()
    (folder / "layer.mif").write_text(definition.text, LATIN)
    if ".mid" in files:
        Workspace.put(files[".mid"], folder / "layer.mid")
    opened = Opened(
        DRIVER,
        request.path,
        folder / "layer.mif",
        (request.path, *files.values()),
        says_crs="CoordSys" in definition.text,
        encoding="ISO-8859-1",
    )
    found = _named(read_layer(opened), definition, request.encoding)
    notes = list(found.notes)
    if ".mid" in files:
        rows = sum(1 for line in files[".mid"].read_bytes().splitlines() if line.strip())
        notes += count_notes({".mif": len(found.frame), ".mid": rows})
    if arcs:
        notes.append(
            told(
                "curves_linearised",
                f"{arcs} 个弧、椭圆或圆角矩形按近似折线读取，偏差未知",
                f"{arcs} arcs, ellipses or rounded boxes were read as approximate lines; by how "
                "much they are off is not known",
                count=arcs,
            )
        )
    return replace(found, notes=tuple(notes))
