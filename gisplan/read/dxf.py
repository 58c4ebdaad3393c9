"""Reads DXF drawings: each CAD layer is a layer, and its name stays in the field `Layer`."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplan.read.arcs import read_arcs
from gisplan.read.bulk import BULK_ERRORS, bulk_read
from gisplan.read.drawing import Entities, as_features
from gisplan.read.dxf_text import Drawing, stage
from gisplan.read.found import Found, object_column, set_faults
from gisplan.read.geometry import from_wkb
from gisplan.read.request import Request, no_such_layer, once, unreadable
from gisplan.read.vector import in_degrees

_FIELDS = ("Layer", "Text", "EntityHandle", "Linetype")


def _text(values: Any) -> pd.Series:
    """Return texts as they are: GDAL takes the bytes of UTF-8 for characters of Latin-1."""
    return object_column(
        [
            None if text is None else text.encode("latin-1").decode("utf-8", "replace")
            for text in values
        ]
    )


def _read_entities(request: Request) -> tuple[Drawing, Entities]:
    """Return a drawing and its entities as drawn."""
    drawing = stage(request)

    def read() -> Any:
        return bulk_read(drawing.target)

    def shapes_of(got: Any) -> Any:
        return from_wkb(got[2])[0]

    try:
        got, arcs = read_arcs(read, shapes_of, in_degrees) if drawing.curved else (read(), None)
    except BULK_ERRORS as error:
        raise unreadable(
            request.path,
            f"图形有误，无法读取（{error}）；可在 CAD 中用 AUDIT 修复后另存",
            f"broken and cannot be read ({error}); repair it with AUDIT and save it again",
        ) from None
    meta, _fids, shapes, values = got
    columns = dict(zip(map(str, meta["fields"]), values, strict=True))
    frame = pd.DataFrame({name: _text(columns[name]) for name in _FIELDS})
    frame["Layer"] = object_column([" ".join((name or "0").split()) or "0" for name in frame.Layer])
    hatch = np.array(["Hatch" in str(kind) for kind in columns["SubClasses"]], dtype=bool)
    frame.loc[hatch, "Text"] = None  # there it is the name of a pattern
    paper = np.array([value == 1 for value in columns["PaperSpace"]], dtype=bool)
    geometries, faults = from_wkb(shapes)
    arcs = np.zeros(len(frame), dtype=bool) if arcs is None else arcs
    notes = list(drawing.notes)
    return drawing, Entities(set_faults(frame, faults), geometries, hatch, paper, arcs, notes)


def _entities(request: Request) -> tuple[Drawing, Entities]:
    return once(request, "dxf", lambda: _read_entities(request))


def dxf_layers(request: Request) -> list[str | None]:
    """Return the CAD layers that hold anything in the map, in the order of the drawing."""
    _drawing, entities = _entities(request)
    return list(dict.fromkeys(entities.frame["Layer"][~entities.paper]))


def read_dxf(request: Request) -> Found:
    """Read one CAD layer, or the whole drawing where none is named.

    Closed lines and hatches are areas. `Layer` is the name of the CAD layer, `Text` what is
    written in an area. A DXF does not say its CRS, so there is none.

    Raises
    ------
    ReadError
        No text DXF, cut short, broken, or no such layer.
    """
    drawing, entities = _entities(request)
    if request.layer is not None:
        chosen = (entities.frame["Layer"] == request.layer).to_numpy() & ~entities.paper
        if not chosen.any():
            known = [name for name in dxf_layers(request) if name is not None]
            raise no_such_layer(request.path, request.layer, known)
        entities = entities.only(chosen)
    features = as_features(entities)
    return Found(
        driver="DXF",
        frame=gpd.GeoDataFrame(features.frame, geometry=features.shapes, crs=None),
        files=(request.path,),
        encoding=drawing.encoding,
        encoding_from=drawing.encoding_from,
        notes=tuple(features.notes),
        types=dict.fromkeys(_FIELDS, "str"),
    )
