"""The statement of coverage: which heritage sources there are, and what they say they cover."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import shapely

from gisplan.catalogue.judgement import Tables
from gisplan.catalogue.sources_spoken import HERITAGE_LAYERS, declared_codes
from gisplan.findings.evidence import places, to_degrees
from gisplan.model import Coverage, HeritageSource, Layer, LayerSource, Plan, Unspoken

# A strip along a boundary that two offices drew is noise, as everywhere (rules.noise).
_MIN_AREA, _MIN_WIDTH = 1.0, 0.5
_KINDS = {"heritage_zone": "zone", "heritage_body": "asset_class"}


def draw_coverage(plan: Plan, tables: Tables) -> Coverage:
    """Return what the heritage sources say of themselves, and whom they do not speak about."""
    sources = [
        _source(plan, layer, path)
        for name in HERITAGE_LAYERS
        if (layer := plan.layers.get(name)) is not None
        for path in sorted(set(layer.paths))
    ]
    return Coverage(
        sources=tuple(sources),
        declared=tuple(sorted(declared_codes(plan.config))),
        unspoken=tuple(unspoken(tables)),
    )


def unspoken(tables: Tables) -> list[Unspoken]:
    """Return the features that a declared coverage leaves out, wholly or in part, without noise."""
    rows = tables.measures.get("unspoken")
    if rows is None or rows.empty:
        return []
    counts = (rows["area_m2"] >= _MIN_AREA) & (rows["width_m"] >= _MIN_WIDTH)
    return [
        Unspoken(
            source_layer=row["source_layer"],
            layer=row["actor_layer"],
            fid=int(row["fid"]),
            feature=str(tables.attributes[row["actor_layer"]]["_label"][row["fid"]]),
            share=round(float(row["share"]), 6),
            area_m2=round(float(row["area_m2"]), 1),
        )
        for row in rows[counts | ~rows["areal"]].to_dict("records")
    ]


def _source(plan: Plan, layer: Layer, path: str) -> HeritageSource:
    frame = layer.frame[layer.frame["_path"] == path]
    declared = _declared(plan, layer, path)
    first, last = _dates(frame)
    kinds = Counter(str(kind) for kind in frame[_KINDS[layer.name]] if isinstance(kind, str))
    return HeritageSource(
        layer=layer.name,
        path=path,
        features=len(frame),
        kinds=tuple(sorted(kinds.items())),
        first=first,
        last=last,
        valid_on=declared.valid_on if declared else None,
        covers=declared.covers if declared else None,
        missing=_missing(plan, declared),
        extent=_extent(plan, frame),
    )


def _declared(plan: Plan, layer: Layer, path: str) -> LayerSource | None:
    own = [source for source in plan.config.layers if source.layer == layer.name]
    if len(own) == 1:
        return own[0]
    return next((source for source in own if source.path == path), None)


def _dates(frame: pd.DataFrame) -> tuple[dt.date | None, dt.date | None]:
    """Return the first and the last day on which a feature was approved or designated."""
    days = [
        day
        for name in ("approved_on", "designated_on")
        if name in frame
        for value in frame[name]
        if (day := _day(value)) is not None
    ]
    return (min(days), max(days)) if days else (None, None)


def _day(value: Any) -> dt.date | None:
    if isinstance(value, dt.datetime):  # also a pandas Timestamp; NaT is one, and no day
        return None if pd.isna(value) else value.date()
    return value if isinstance(value, dt.date) else None


def _missing(plan: Plan, declared: LayerSource | None) -> tuple[str, ...]:
    """Return the codes that a source says it covers and no tier of the plan has."""
    if declared is None or declared.covers is None:
        return ()
    known = {
        str(code)
        for tier in plan.chain
        if tier.name in plan.layers
        for code in plan.layers[tier.name].frame["code"]
    }
    return tuple(sorted(set(declared.covers) - known))


def _extent(plan: Plan, frame: pd.DataFrame) -> tuple[float, ...] | None:
    if not len(frame):
        return None
    bounds = shapely.total_bounds(np.asarray(frame["geometry"].array, dtype=object))
    if not np.isfinite(bounds).all():
        return None
    held = np.empty(1, dtype=object)
    held[0] = shapely.box(*bounds)
    (found,) = places(to_degrees(held, plan.working_crs))[2]
    return None if found is None else tuple(found)
