"""The same plan written down otherwise: what must not matter to anything that is said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplan.model import Layer, Plan

Change = Callable[[Plan], Plan]


def shuffled(plan: Plan) -> Plan:
    """Return the plan with the rows of every layer in another order, those set aside too."""
    return _each(plan, _shuffled)


def layers_reversed(plan: Plan) -> Plan:
    """Return the plan with its layers in the opposite order."""
    sources = tuple(reversed(plan.config.layers))
    layers = dict(reversed(plan.layers.items()))
    return replace(plan, layers=layers, config=replace(plan.config, layers=sources))


def rings_turned(plan: Plan) -> Plan:
    """Return the plan with the rings and lines of every other feature drawn the other way."""
    return _every_other(plan, shapely.reverse)


def rings_started_elsewhere(plan: Plan) -> Plan:
    """Return the plan with every ring begun at its second vertex, every part list turned."""
    return reshaped(plan, _rolled)


def densified(plan: Plan) -> Plan:
    """Return the plan with one more vertex on every edge, the same one on both sides of it."""
    return reshaped(plan, _divided)


def with_t_junctions(plan: Plan) -> Plan:
    """Return the plan with more vertices on the edges of every other feature only."""
    return _every_other(plan, _divided)


def moved(plan: Plan) -> Plan:
    """Return the plan 3 km farther north and 1 km east, whole metres, within its zone."""
    return reshaped(
        plan, lambda shape: shapely.transform(shape, lambda xy: xy + np.array([1000.0, 3000.0]))
    )


CHANGES: dict[str, Change] = {
    "rows shuffled": shuffled,
    "layers reversed": layers_reversed,
    "rings turned": rings_turned,
    "rings started elsewhere": rings_started_elsewhere,
    "densified": densified,
    "T-junctions": with_t_junctions,
    "moved": moved,
}


def reshaped(plan: Plan, change: Callable[[Any], Any]) -> Plan:
    """Return a plan with every shape changed, also those of notes and of what was set aside."""

    def of(layer: Layer) -> Layer:
        frame = layer.frame
        if "geometry" in frame:
            frame = _with(frame, [_changed(shape, change) for shape in frame.geometry])
        aside = layer.quarantine
        if aside is not None:
            shapes = [_changed(shape, change) for shape in aside["geometry"]]
            aside = aside.assign(geometry=pd.Series(shapes, index=aside.index, dtype=object))
        return replace(
            layer,
            frame=frame,
            quarantine=aside,
            pessimistic={fid: _changed(s, change) for fid, s in layer.pessimistic.items()},
            least={fid: _changed(s, change) for fid, s in layer.least.items()},
        )

    notes = tuple(replace(note, geometry=_changed(note.geometry, change)) for note in plan.notes)
    return replace(_each(plan, of), notes=notes)


def _changed(shape: Any, change: Callable[[Any], Any]) -> Any:
    missing = shape is None or not isinstance(shape, shapely.Geometry) or shape.is_empty
    return shape if missing else change(shape)


def _each(plan: Plan, change: Callable[[Layer], Layer]) -> Plan:
    return replace(plan, layers={name: change(layer) for name, layer in plan.layers.items()})


def _every_other(plan: Plan, change: Callable[[Any], Any]) -> Plan:
    """Return a plan with every second feature of each layer changed, in the order of labels."""

    def of(layer: Layer) -> Layer:
        if "geometry" not in layer.frame:
            return layer
        order = np.argsort(np.argsort(layer.frame["_label"].astype(str), kind="stable"))
        shapes = [
            _changed(shape, change) if at % 2 else shape
            for shape, at in zip(layer.frame.geometry, order, strict=True)
        ]
        return replace(layer, frame=_with(layer.frame, shapes))

    return _each(plan, of)


def _with(frame: gpd.GeoDataFrame, shapes: list[Any]) -> gpd.GeoDataFrame:
    series = gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs)
    return frame.set_geometry(series)


def _shuffled(layer: Layer) -> Layer:
    chance = np.random.default_rng(3)
    order = chance.permutation(len(layer.frame))
    place = {int(old): new for new, old in enumerate(order)}
    aside = layer.quarantine
    if aside is not None:
        aside = aside.iloc[chance.permutation(len(aside))].reset_index(drop=True)

    def at_new_places(shapes: Mapping[int, Any]) -> dict[int, Any]:
        return {place[fid]: shape for fid, shape in shapes.items()}

    return replace(
        layer,
        frame=layer.frame.iloc[order].reset_index(drop=True),
        quarantine=aside,
        pessimistic=at_new_places(layer.pessimistic),
        least=at_new_places(layer.least),
    )


def _rolled(shape: Any) -> Any:
    if shape.geom_type == "MultiPolygon":
        return shapely.MultiPolygon([_rolled(part) for part in reversed(shape.geoms)])
    if shape.geom_type != "Polygon":
        return shape

    def ring(line: Any) -> Any:
        xy = np.roll(shapely.get_coordinates(line)[:-1], 1, axis=0)
        return np.vstack([xy, xy[:1]])

    return shapely.Polygon(ring(shape.exterior), [ring(line) for line in shape.interiors])


def _divided(shape: Any) -> Any:
    if shape.geom_type == "MultiPolygon":
        return shapely.MultiPolygon([_divided(part) for part in shape.geoms])
    if shape.geom_type != "Polygon":
        return shape

    def ring(line: Any) -> Any:
        xy = shapely.get_coordinates(line)
        tail, head = xy[:-1], xy[1:]
        turned = (tail[:, 0] > head[:, 0]) | (
            (tail[:, 0] == head[:, 0]) & (tail[:, 1] > head[:, 1])
        )
        low, high = np.where(turned[:, None], (head, tail), (tail, head))
        between = np.stack([tail, low + (high - low) * 0.375], axis=1).reshape(-1, 2)
        # short edges stay: what is drawn too close is a finding of its own
        short = np.hypot(*np.diff(xy, axis=0).T) < 1.0
        kept = between[~np.ravel([np.zeros_like(short), short], order="F")]
        return np.vstack([kept, kept[:1]])

    return shapely.Polygon(ring(shape.exterior), [ring(line) for line in shape.interiors])
