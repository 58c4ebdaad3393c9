"""Reads KML and KMZ: each folder with placemarks is a layer. Links are never followed.

GDAL has two drivers for KML. Both give up on a whole file where one ring is not closed or its
text is in GB2312, and drop the rest of a shape after a coordinate that is no number without a
word; so the text is parsed here, and a bad placemark costs only itself.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplan.model import Note, Text
from gisplan.read.crs import identify
from gisplan.read.found import FAULT_EN, FAULT_ZH, Found, object_column, set_faults, unique_names
from gisplan.read.kml_shape import ShapeError, is_shape, kml_shape
from gisplan.read.kml_table import table_of
from gisplan.read.kml_text import local, parse_kml
from gisplan.read.paths import is_inside
from gisplan.read.request import Request, no_such_layer, once, told, unreadable
from gisplan.read.tables import check_size
from gisplan.read.vector import in_degrees

_OURS = frozenset({"geometry", FAULT_ZH, FAULT_EN})
_FOLDERS = {"kml", "Document", "Folder"}
_OF_ALL = {"name", "description"}
_LOOSE = "Placemarks"  # those in no folder
# What shows other files. None of them is opened.
_LINKS = {"NetworkLink": Text("网络链接", "network links")}
_LINKS |= dict.fromkeys(
    ("GroundOverlay", "ScreenOverlay", "PhotoOverlay"), Text("影像叠加", "image overlays")
)


@dataclass(slots=True)
class _Marks:
    """The placemarks of one folder."""

    rows: list[dict[str, str]] = field(default_factory=list)
    shapes: list[Any] = field(default_factory=list)
    faults: dict[int, Text] = field(default_factory=dict)


@dataclass(slots=True)
class _Document:
    layers: dict[str, _Marks] = field(default_factory=dict)
    links: Counter[str] = field(default_factory=Counter)
    notes: list[Note] = field(default_factory=list)


def _text(element: Element, name: str) -> str:
    for child in element:
        if local(child.tag) == name:
            return "".join(child.itertext()).strip()
    return ""


def _attributes(mark: Element) -> dict[str, str]:
    """Return what a placemark says of itself; its own data stand before the general ones."""
    out: dict[str, str] = {}
    for child in mark:
        if local(child.tag) != "ExtendedData":
            continue
        for item in child.iter():
            name = (item.get("name") or "").strip()
            if local(item.tag) == "Data" and name:
                out[name] = _text(item, "value")
            elif local(item.tag) == "SimpleData" and name:
                out[name] = "".join(item.itertext()).strip()
    description = _text(mark, "description")
    table = table_of(description)
    for key, value in table.items():
        out.setdefault(key, value)
    out.setdefault("name", _text(mark, "name"))
    if not table:
        out.setdefault("description", description)
    return out


def _add(mark: Element, marks: _Marks) -> None:
    row = len(marks.rows)
    marks.rows.append(_attributes(mark))
    shape = None
    try:
        shape = next((kml_shape(child) for child in mark if is_shape(child)), None)
    except ShapeError as error:
        marks.faults[row] = error.text
    except RecursionError:
        marks.faults[row] = Text("图形嵌套过深", "its shape is nested too deeply")
    except (shapely.errors.ShapelyError, ValueError) as error:
        marks.faults[row] = Text(f"图形无法解析（{error}）", f"the shape cannot be read ({error})")
    marks.shapes.append(shape)


def _walk(root: Element, path: tuple[str, ...], document: _Document) -> None:
    """Go through folders in depth, in the order of the file."""
    todo = [(root, path)]
    while todo:
        element, names = todo.pop()
        kind = local(element.tag)
        if kind == "Placemark":
            layer = " ".join("/".join(names).split()) or _LOOSE
            _add(element, document.layers.setdefault(layer, _Marks()))
        elif kind in _FOLDERS:
            # A document is called as its file is; what tells layers apart are the folders.
            name = _text(element, "name") if kind == "Folder" else ""
            inside = (*names, name) if name else names
            todo += [(child, inside) for child in reversed(element)]
        elif kind in _LINKS:
            document.links[kind] += 1


def _parts(request: Request) -> list[Path]:
    """Return the KML texts of a file: itself, or those packed in a KMZ, doc.kml first."""
    if request.path.suffix.lower() != ".kmz":
        return [request.path]
    base = request.space.unpacked(request.path)
    inside = [p for p in sorted(base.rglob("*")) if p.suffix.lower() == ".kml" and p.is_file()]
    inside = [path for path in inside if is_inside(base, path)]
    if not inside:
        raise unreadable(request.path, "压缩包里没有 .kml", "no .kml is in the archive")
    return sorted(inside, key=lambda path: (path.name.lower() != "doc.kml", path.as_posix()))


def _load(request: Request) -> _Document:
    document = _Document()
    parts = _parts(request)
    for part in parts:
        check_size(part, request.space.limits)
        root, notes = parse_kml(request.path, part.read_bytes())
        document.notes += notes
        _walk(root, (part.stem,) if len(parts) > 1 else (), document)
    for text in dict.fromkeys(_LINKS.values()):
        count = sum(n for kind, n in document.links.items() if _LINKS[kind] == text)
        if count:
            document.notes.append(
                told(
                    "links_not_followed",
                    f"{count} 个{text.zh}指向其他文件，未打开，其中的内容不在审查之内",
                    f"{count} {text.en} point to other files and were not opened; what they show "
                    "is not part of the review",
                    count=count,
                )
            )
    return document


def kml_layers(request: Request) -> list[str | None]:
    """Return the folders that hold placemarks, in the order of the file."""
    return list(once(request, "kml", lambda: _load(request)).layers)


def read_kml(request: Request) -> Found:
    """Read one folder of a KML or KMZ, the first where none is named.

    Columns are name and description, where any has them, and whatever the placemarks' data are
    called, all text; a table in the description (ArcGIS writes one) counts as data. The CRS
    is longitude and latitude (the format knows no other), unless the figures cannot be such.

    Raises
    ------
    ReadError
        No KML, broken, or no such folder.
    """
    document = once(request, "kml", lambda: _load(request))
    wanted = request.layer if request.layer is not None else next(iter(document.layers), None)
    if wanted is None or wanted not in document.layers:
        raise no_such_layer(request.path, wanted, list(document.layers))
    marks = document.layers[wanted]
    keys = list(dict.fromkeys(key for row in marks.rows for key in row))
    # Every placemark could have them; a name that none has must not stand before another's.
    keys = [key for key in keys if key not in _OF_ALL or any(row.get(key) for row in marks.rows)]
    names = unique_names(keys, _OURS)
    columns = {
        name: object_column([row.get(key) or None for row in marks.rows])
        for name, key in zip(names, keys, strict=True)
    }
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(marks.rows)))
    shapes = np.empty(len(marks.shapes), dtype=object)
    shapes[:] = marks.shapes
    known = identify("EPSG:4326") if in_degrees(shapes) else None
    return Found(
        driver="KMZ" if request.path.suffix.lower() == ".kmz" else "KML",
        frame=set_faults(
            gpd.GeoDataFrame(frame, geometry=shapes, crs=known[1] if known else None), marks.faults
        ),
        files=(request.path,),
        encoding="UTF-8",
        encoding_from="format",
        crs=known[0] if known else None,
        crs_is_default=True,
        notes=tuple(document.notes),
    )
