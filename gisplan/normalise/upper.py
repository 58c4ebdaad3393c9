"""A plan with its upper tiers replaced by those of another: what would hold if they changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplan.model import Layer, Plan

# Layers whose rows say of which tier they are: of these only the rows of the new tiers change.
_BY_TIER = "tier"


def with_upper(plan: Plan, upper: Plan) -> Plan:
    """Return a plan in which the layers of a changed upper plan stand in place of its own.

    Parameters
    ----------
    plan : Plan
        The plan below, left unchanged.
    upper : Plan
        The changed upper plan in the same working CRS. A layer of it replaces the plan's layer as
        a whole; of layers and tables with a field `tier` it replaces the rows of its own tiers.

    Returns
    -------
    Plan
        Notes and inputs are those of what each part was read from.
    """
    layers = dict(plan.layers)
    replaced: set[str] = set()
    for name, layer in upper.layers.items():
        own = plan.layers.get(name)
        if own is not None and _BY_TIER in layer.frame and _BY_TIER in own.frame:
            layers[name] = _rows_replaced(own, layer)
        else:
            layers[name] = layer
            replaced.add(name)
    notes = [note for note in plan.notes if note.layer not in replaced]
    inputs = [record for record in plan.inputs if record.layer not in replaced]
    scales = {tier.name: tier.scale for tier in upper.chain if tier.name in replaced}
    chain = tuple(replace(tier, scale=scales.get(tier.name) or tier.scale) for tier in plan.chain)
    return replace(
        plan,
        chain=chain,
        layers=layers,
        notes=(*notes, *upper.notes),
        inputs=(*inputs, *upper.inputs),
    )


def _rows_replaced(own: Layer, new: Layer) -> Layer:
    """Return a layer with the rows of the new tiers in place of its own of these tiers."""
    tiers = set(new.frame[_BY_TIER].dropna())
    kept = ~own.frame[_BY_TIER].isin(tiers).to_numpy()
    frame = _joined(own.frame[kept], new.frame)
    fid_of = np.cumsum(kept) - 1
    start = int(kept.sum())
    parts = [part for part in (own.quarantine, new.quarantine) if part is not None]
    quarantine = pd.concat(parts, ignore_index=True) if parts else None
    return replace(
        own,
        frame=frame,
        found=own.found | new.found,
        read=len(frame) + (0 if quarantine is None else len(quarantine)),
        repaired=own.repaired + new.repaired,
        quarantine=quarantine,
        pessimistic=_moved(own.pessimistic, new.pessimistic, kept, fid_of, start),
        least=_moved(own.least, new.least, kept, fid_of, start),
        paths=tuple(dict.fromkeys((*own.paths, *new.paths))),
    )


def _joined(own: Any, new: Any) -> Any:
    """Return two frames as one; what the first lacks is filled, so are its types."""
    parts = [part for part in (own, new) if len(part)]
    joined = pd.concat(parts, ignore_index=True) if parts else own.reset_index(drop=True)
    if "geometry" in joined:
        return gpd.GeoDataFrame(joined, geometry="geometry", crs=new.crs)
    return joined


def _moved(
    own: Mapping[int, Any],
    new: Mapping[int, Any],
    kept: np.ndarray,
    fid_of: np.ndarray,
    start: int,
) -> dict[int, Any]:
    stays = {int(fid_of[fid]): shape for fid, shape in own.items() if kept[fid]}
    return stays | {start + fid: shape for fid, shape in new.items()}
