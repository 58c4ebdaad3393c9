"""Makes a raw layer of a source that was read and a layer that it is taken for."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd

from gisplan.errors import ReadError
from gisplan.model import InputRecord, LayerSource, LayerSpec, Note, RawLayer
from gisplan.read.crs import identify, same_crs
from gisplan.read.formats import digest
from gisplan.read.found import Found
from gisplan.read.garbled import garbled_notes
from gisplan.read.named_values import name_values
from gisplan.read.places import placed


def _shaped(found: Found, spec: LayerSpec, name: str) -> Found:
    """Return a source as the layer wants it: without shapes for a table, else with."""
    frame = found.frame
    if spec.kind == "table":
        return replace(found, frame=pd.DataFrame(frame.drop(columns="geometry", errors="ignore")))
    if "geometry" in frame.columns:
        return found
    with_shapes = placed(found)
    if with_shapes is None:
        raise ReadError(
            f"{name}：图层 {spec.title.zh} 需要图形，表中没有坐标列（经度、纬度，X、Y）或 WKT 列",
            f"{name}: layer {spec.name} needs shapes; the table has no columns of coordinates "
            "(lon, lat; x, y) or WKT",
        )
    return with_shapes


def _in_crs(
    frame: pd.DataFrame, found: Found, source: LayerSource
) -> tuple[pd.DataFrame, str | None, str | None, list[Note]]:
    """Give a frame the declared CRS where the file has none; the file's own is never replaced."""
    if not isinstance(frame, gpd.GeoDataFrame):
        return frame, None, None, []
    declared = identify(source.crs) if source.crs else None
    if found.crs is None or (found.crs_is_default and declared is not None):
        if declared is None:
            return frame, None, None, []
        frame = frame.set_crs(declared[1], allow_override=True)
        return frame, declared[0], "declared", []
    notes = []
    if declared is not None and not same_crs(found.crs, declared[0]):
        detail = {"declared": declared[0], "found": found.crs}
        notes.append(Note("crs_contradicted", detail=detail))
    return frame, found.crs, "file", notes


def make_raw(source: LayerSource, spec: LayerSpec, found: Found) -> tuple[RawLayer, list[Note]]:
    """Return the raw layer and the notes about it.

    Raises
    ------
    ReadError
        The layer needs shapes and the source has none.
    """
    found = _shaped(found, spec, source.path)
    frame, crs, crs_from, notes = _in_crs(found.frame, found, source)
    columns = [str(name) for name in frame.columns if name != "geometry"]
    source, told = name_values(source, spec, columns)
    record = InputRecord(
        path=source.path,
        sha256=digest(found.files),
        layer=source.layer,
        driver=found.driver,
        count=len(frame) if found.rows is None else found.total,
        encoding=found.encoding,
        encoding_from=found.encoding_from,
        crs=crs,
        crs_from=crs_from,
        fields=found.fields,
    )
    notes = [*found.notes, *notes, *told, *garbled_notes(found.frame)]
    notes = [replace(note, layer=source.layer, path=source.path) for note in notes]
    if found.rows is None:
        return RawLayer(source, record, frame), notes
    notes = [
        note if note.record is None else replace(note, record=int(found.rows[note.record]))
        for note in notes
    ]
    left_out = found.total - len(found.rows)
    return RawLayer(source, record, frame, rows=found.rows, outside=left_out), notes
