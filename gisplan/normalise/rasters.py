"""Rasters of a plan: in a known CRS, and where the plan is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gisplan.model import Layer, Note, Raster, RawLayer, Text
from gisplan.normalise.crs import crs_of, crs_text, degrees_of, has_place
from gisplan.normalise.reproject import are_equated, uncertainty

_JUDGED = ("surface", "terrain")  # others are for the exam, which says what it cannot use
_STEPS = np.linspace(0.0, 1.0, 22)[:-1]  # an edge of a raster is no straight line elsewhere

_NO_CRS = Text(
    "栅格的坐标系不作推测，请在 gisplan.toml 写明 crs",
    "the CRS of a raster is not guessed; state crs in gisplan.toml",
)
_ELSEWHERE = Text(
    "栅格与规划范围没有重叠，请核对坐标系和文件",
    "the raster and the plan have no land in common; check the CRS and the file",
)


def place_rasters(
    raws: Sequence[RawLayer], layers: Mapping[str, Layer], working_crs: str
) -> tuple[dict[str, tuple[Raster, ...]], list[Note], list[str]]:
    """Return the rasters that can be used, notes on the others, and paths that are in WGS 84.

    Parameters
    ----------
    raws : sequence of RawLayer
        What was read; those without a raster are left alone.
    layers : mapping of str to Layer
        The plan's layers, in the working CRS.
    working_crs : str
        In metres.

    Returns
    -------
    rasters : dict of str to tuple of Raster
        By layer, in the order of their paths; `crs` is horizontal. One that lies elsewhere is left
        in: where it has no cells it says nothing.
    notes : list of Note
        crs_missing, crs_contradicted, datum_uncertain.
    equated : list of str
        Paths whose datum is taken for that of the working CRS.
    """
    target = crs_of(working_crs)
    plan = _extent(layers, target)
    found: dict[str, list[Raster]] = {}
    notes: list[Note] = []
    equated = []
    for raster in (raw.raster for raw in raws if raw.raster is not None):
        crs = None if raster.crs is None else crs_of(raster.crs)
        placed = crs is not None and has_place(crs)
        if raster.layer not in _JUDGED:
            if crs is not None and placed:
                found.setdefault(raster.layer, []).append(replace(raster, crs=crs.to_wkt()))
            continue
        if crs is None or not placed:
            notes.append(_note("crs_missing", raster, {"candidates": [], **_words(_NO_CRS)}))
            continue
        if plan is not None and not shapely.intersects(_footprint(raster, crs), plan):
            detail = {"declared": crs_text(crs), **_words(_ELSEWHERE)}
            notes.append(_note("crs_contradicted", raster, detail))
        metres = uncertainty(crs, target)
        if metres is not None:
            ends = {"from": crs_text(crs), "to": working_crs}
            notes.append(_note("datum_uncertain", raster, {**ends, "metres": round(metres)}))
        elif are_equated(crs, target):
            equated.append(raster.path)
        found.setdefault(raster.layer, []).append(replace(raster, crs=crs.to_wkt()))
    ordered = {
        layer: tuple(sorted(rasters, key=lambda raster: raster.path))
        for layer, rasters in sorted(found.items())
    }
    return ordered, notes, equated


def _extent(layers: Mapping[str, Layer], crs: CRS) -> BaseGeometry | None:
    """Return the box around everything in the plan, in degrees."""
    frames = [layer.frame for layer in layers.values() if "geometry" in layer.frame]
    boxes = [frame.total_bounds for frame in frames if len(frame)]
    boxes = [box for box in boxes if np.isfinite(box).all()]
    if not boxes:
        return None
    low, high = np.min(boxes, axis=0)[:2], np.max(boxes, axis=0)[2:]
    return _in_degrees(np.array([low, (high[0], low[1]), high, (low[0], high[1])]), crs)


def _footprint(raster: Raster, crs: CRS) -> BaseGeometry:
    """Return what a raster covers, in degrees; an empty shape where it lies nowhere on Earth."""
    a, b, c, d, e, f = raster.transform
    wide, tall = raster.width, raster.height
    cells = np.array([(0, 0), (wide, 0), (wide, tall), (0, tall)], dtype=float)
    corners = np.column_stack([cells @ (a, b) + c, cells @ (d, e) + f])
    return _in_degrees(corners, crs)


def _in_degrees(corners: np.ndarray, crs: CRS) -> BaseGeometry:
    ends = np.roll(corners, -1, axis=0)
    points = (corners[:, None] + _STEPS[None, :, None] * (ends - corners)[:, None]).reshape(-1, 2)
    degrees = degrees_of(points, crs)
    degrees = degrees[np.isfinite(degrees).all(axis=1)]
    return shapely.convex_hull(shapely.MultiPoint(degrees))


def _words(text: Text) -> dict[str, str]:
    return {"why_zh": text.zh, "why_en": text.en}


def _note(kind: str, raster: Raster, detail: Mapping[str, object]) -> Note:
    return Note(kind, raster.layer, raster.path, detail=detail)
