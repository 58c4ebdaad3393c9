"""Raw layers built in code, for the tests of normalising."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from gisplan.model import InputRecord, LayerSource, Note, Plan, PlanConfig, RawLayer
from gisplan.normalise.plan import normalise


def raw_layer(
    layer: str,
    columns: Mapping[str, Sequence[Any]],
    shapes: Sequence[Any] | None = None,
    crs: str | None = "EPSG:4529",
    path: str | None = None,
    **source: Any,
) -> RawLayer:
    """Return a source as reading would hand it over; None for `shapes` makes a table."""
    path = path or f"{layer}.shp"
    frame = pd.DataFrame({name: pd.Series(list(v)) for name, v in columns.items()})
    if shapes is not None:
        frame = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(list(shapes), crs=crs))
    known = None if shapes is None or frame.crs is None else "file"
    record = InputRecord(path, "", layer, "test", len(frame), crs=crs, crs_from=known)
    return RawLayer(LayerSource(layer, path, **source), record, frame)


def plan_of(*raws: RawLayer, notes: Sequence[Note] = (), **config: Any) -> Plan:
    """Normalise some sources."""
    sources = tuple(raw.source for raw in raws)
    return normalise(PlanConfig(root=Path(), layers=sources, **config), raws, notes)


def notes_of(plan: Plan, kind: str) -> list[Note]:
    """Return the notes of one kind."""
    return [note for note in plan.notes if note.kind == kind]
