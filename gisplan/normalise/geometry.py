"""Shapes of one source: each kept, repaired or set aside, and nothing without a note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gisplan.model import LayerSpec, Note, RawLayer, Text
from gisplan.normalise.attributes import FAULT_EN, FAULT_ZH
from gisplan.normalise.blocks import in_blocks
from gisplan.normalise.repair import part_of, pessimistic_shape, repair, takes_hull
from gisplan.normalise.reproject import Bridge, move, off_earth_reason

_DIMENSIONS = {"point": 0, "line": 1, "polygon": 2}
_TITLES = {
    0: Text("点", "point"),
    1: Text("线", "line"),
    2: Text("面", "polygon"),
}
_ALIKE = 1e-3  # m2; two ways of mending differ by rounding
_EMPTY = Text("没有几何图形", "no geometry")
_NOT_FINITE = Text("坐标含有非数值或无穷大", "coordinates are not finite")


@dataclass(slots=True)
class Shapes:
    """The shapes of one source in the working CRS, by row in the file.

    shapes : normalised; None where the feature was set aside
    reasons : why it was set aside, by row
    aside : pessimistic shape of what was set aside, by row; absent where the place is unknown
    pessimistic : the same of what was repaired, by row
    least : the land that a repaired shape surely means, by row; only where that is less than it
    """

    shapes: np.ndarray
    source_area: np.ndarray
    reasons: dict[int, Text] = field(default_factory=dict)
    aside: dict[int, BaseGeometry] = field(default_factory=dict)
    pessimistic: dict[int, BaseGeometry] = field(default_factory=dict)
    least: dict[int, BaseGeometry] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def normalise_shapes(
    raw: RawLayer, spec: LayerSpec, bridge: Bridge | Text, strays: Mapping[int, Text]
) -> Shapes:
    """Bring the shapes of a source into the working CRS and set aside what nobody can judge.

    Parameters
    ----------
    raw : RawLayer
        As found; without a geometry column every feature is one without a shape.
    spec : LayerSpec
        Which kinds of shape the layer may have.
    bridge : Bridge or Text
        From the file's CRS to the working CRS; why there is none, where nobody knows the place.
    strays : mapping of int to Text
        Rows that lie elsewhere than their layer, and why.

    Returns
    -------
    Shapes
        Valid two-dimensional shapes of the kinds that the layer may have. Of a collection the
        part of the highest dimension is kept, with a note. Notes: empty_geometry, quarantined,
        wrong_geometry_type, invalid_geometry, parts_dropped, reprojected, datum_uncertain.
    """
    found = raw_shapes(raw)
    there = ~(shapely.is_missing(found) | shapely.is_empty(found))
    out = Shapes(np.full(len(found), None, dtype=object), np.full(len(found), np.nan))
    faults = _read_faults(raw.frame)
    finite = _finite(found)
    note = _Notes(spec.name, raw.record.path, out)
    for row in np.flatnonzero(~there).tolist():
        out.reasons[row] = faults.get(row, _EMPTY)
        note(row, "quarantined" if row in faults else "empty_geometry")
    for row in np.flatnonzero(there & ~finite).tolist():
        note.set_aside(row, faults.get(row, _NOT_FINITE))
    found[~(there & finite)] = None
    if isinstance(bridge, Text):
        for row in np.flatnonzero(there & finite).tolist():
            note.set_aside(row, bridge)
        return out
    for row, why in strays.items():
        if found[row] is not None:
            note.set_aside(row, faults.get(row, why))
            found[row] = None
    moved = move(found, bridge)
    if bridge.source.is_projected:
        areal = (shapely.get_dimensions(found) == 2) & ~moved.lost
        out.source_area[areal] = shapely.area(found[areal])
    for row in np.flatnonzero(moved.lost).tolist():
        note.set_aside(row, faults.get(row, off_earth_reason(bridge)))
    _note_move(out, spec.name, raw.record.path, bridge, moved.densified_m)
    shapes = moved.shapes
    for row, fault in faults.items():
        if shapes[row] is not None:
            out.aside[row] = pessimistic_shape(shapes[row])
            note.set_aside(row, fault)
            shapes[row] = None
    _keep_wanted(shapes, spec, out, note)
    _mend(shapes, out, note)
    # the order of a line's vertices is data: a view runs from the first to the last
    lines = (shapely.get_dimensions(shapes) == 1) & (shapely.get_num_geometries(shapes) == 1)
    out.shapes = np.where(lines, shapes, in_blocks(shapely.normalize, shapes))
    out.source_area[shapely.is_missing(out.shapes)] = np.nan
    return out


def raw_shapes(raw: RawLayer) -> np.ndarray:
    """Return the shapes of a source as stored, without Z and M; None where there are none."""
    column = getattr(raw.frame, "_geometry_column_name", None) or "geometry"
    if column not in raw.frame.columns:
        return np.full(len(raw.frame), None, dtype=object)
    shapes = np.array(raw.frame[column].array, dtype=object)
    deep = shapely.get_coordinate_dimension(shapes) > 2
    if deep.any():
        shapes[deep] = shapely.force_2d(shapes[deep])
    return shapes


def with_axes_exchanged(raw: RawLayer) -> RawLayer:
    """Return a source with x and y of its shapes exchanged."""
    column = getattr(raw.frame, "_geometry_column_name", None) or "geometry"
    shapes = shapely.transform(raw_shapes(raw), lambda points: points[:, ::-1])
    frame = raw.frame.copy()
    frame[column] = gpd.GeoSeries(shapes, index=frame.index, crs=frame[column].crs)
    return replace(raw, frame=frame)


class _Notes:
    """Writes notes on the rows of one source."""

    def __init__(self, layer: str, path: str, out: Shapes) -> None:
        self._layer, self._path, self._out = layer, path, out

    def __call__(
        self,
        row: int,
        kind: str,
        detail: Mapping[str, object] | None = None,
        place: BaseGeometry | None = None,
    ) -> None:
        if kind == "quarantined":
            reason = self._out.reasons[row]
            detail = {"reason_zh": reason.zh, "reason_en": reason.en}
        self._out.notes.append(
            Note(kind, self._layer, self._path, row, detail=detail or {}, geometry=place)
        )

    def set_aside(self, row: int, reason: Text) -> None:
        self._out.reasons[row] = reason
        self(row, "quarantined")


def _read_faults(frame: pd.DataFrame) -> dict[int, Text]:
    if FAULT_ZH not in frame.columns:
        return {}
    faults = pd.DataFrame({"zh": frame[FAULT_ZH].array, "en": frame[FAULT_EN].array})
    faults = faults[faults["zh"].notna() & (faults["zh"] != "")]
    return {row: Text(str(zh), str(en)) for row, zh, en in faults.itertuples()}


def _finite(shapes: np.ndarray) -> np.ndarray:
    finite = np.ones(len(shapes), dtype=bool)
    if not np.isfinite(shapely.get_coordinates(shapes)).all():
        coords, owner = shapely.get_coordinates(shapes, return_index=True)
        finite[owner[~np.isfinite(coords).all(axis=1)]] = False
    return finite


def _note_move(
    out: Shapes, layer: str, path: str, bridge: Bridge, densified_m: float | None
) -> None:
    if bridge.transformer is None:
        return
    source, target = bridge.names
    detail = {"from": source, "to": target, "densified_m": densified_m}
    out.notes.append(Note("reprojected", layer, path, detail=detail))
    if bridge.uncertain_m is not None:
        uncertain = {"from": source, "to": target, "metres": round(bridge.uncertain_m)}
        out.notes.append(Note("datum_uncertain", layer, path, detail=uncertain))


def _keep_wanted(shapes: np.ndarray, spec: LayerSpec, out: Shapes, note: _Notes) -> None:
    """Set aside what has the wrong dimension; take collections apart. Changes `shapes`."""
    wanted = sorted((_DIMENSIONS[name] for name in spec.geometry), reverse=True)
    dimension = shapely.get_dimensions(shapes)
    for row in np.flatnonzero(shapely.get_type_id(shapes) == 7).tolist():
        parts = {n: part_of(shapes[row], n) for n in _TITLES}
        kept = next((n for n in wanted if parts[n] is not None), None)
        if kept is not None:
            dropped = [_TITLES[n] for n, part in parts.items() if part is not None and n != kept]
            shapes[row], dimension[row] = parts[kept], kept
            if dropped:
                note(row, "parts_dropped", _types(dropped, [_TITLES[kept]]))
    wrong = ~np.isin(dimension, wanted) & ~shapely.is_missing(shapes)
    titles = [_TITLES[n] for n in wanted]
    for row in np.flatnonzero(wrong).tolist():
        found = _TITLES[int(dimension[row])]
        note.set_aside(
            row,
            Text(
                f"图形是{found.zh}，此图层应为{'或'.join(title.zh for title in titles)}",
                f"a {found.en}, where the layer holds {' or '.join(t.en for t in titles)}s",
            ),
        )
        note(row, "wrong_geometry_type", _types([found], titles))
        out.aside[row] = pessimistic_shape(shapes[row])
        shapes[row] = None


def _types(found: list[Text], wanted: list[Text]) -> dict[str, object]:
    return {
        "found": ", ".join(title.en for title in found),
        "wanted": ", ".join(title.en for title in wanted),
        "found_zh": "、".join(title.zh for title in found),
        "wanted_zh": "、".join(title.zh for title in wanted),
    }


def _mend(shapes: np.ndarray, out: Shapes, note: _Notes) -> None:
    """Repair the invalid shapes, or set them aside. Changes `shapes`."""
    invalid = ~in_blocks(shapely.is_valid, shapes) & ~shapely.is_missing(shapes)
    for row in np.flatnonzero(invalid).tolist():
        mended = repair(shapes[row])
        largest = pessimistic_shape(shapes[row])
        detail = {
            "reason": mended.reason.en,
            "reason_zh": mended.reason.zh,
            "repaired": mended.shape is not None,
            "area_before_m2": mended.before_m2,
            "area_after_m2": mended.after_m2,
            "hull": takes_hull(shapes[row]),
        }
        note(row, "invalid_geometry", detail, mended.place)
        if mended.refusal is None:
            out.pessimistic[row] = largest
            if mended.least is not None and mended.least.area < (mended.after_m2 or 0.0) - _ALIKE:
                out.least[row] = shapely.normalize(mended.least)
        else:
            zh = f"{mended.reason.zh}：{mended.refusal.zh}"
            en = f"{mended.reason.en}: {mended.refusal.en}"
            out.aside[row] = largest
            note.set_aside(row, Text(zh, en))
        shapes[row] = mended.shape
