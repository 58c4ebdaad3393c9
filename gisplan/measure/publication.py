"""Measures what a public map would show: the extent of layers at building detail."""

from __future__ import annotations

import numpy as np
import shapely

from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.model import Layer, Note, Plan, Terms

# Basic-scale maps larger than this may be secret: 保密目录第 18 项.
LARGE_SCALE = 5000
SQUARE_KILOMETRE = 1e6


def publication_notes(plan: Plan, terms: Terms) -> tuple[Note, ...]:
    """Return a note on the map that is asked for; none where it stays in the house.

    Its detail: approval_number; clearance; extents, km2 by layer: the ellipsoidal area of the
    convex hull of each layer at building detail. The hull is never less than the land covered.
    """
    if terms.audience != "public":
        return ()
    detailed = [layer for layer in plan.layers.values() if _is_detailed(layer, plan)]
    detail = {
        "approval_number": terms.approval_number.strip(),
        "clearance": terms.clearance,
        "extents": {layer.name: _extent(layer, plan) for layer in detailed},
    }
    return (Note("publication", detail=detail),)


def _is_detailed(layer: Layer, plan: Plan) -> bool:
    if layer.spec.kind == "table":
        return False
    sources = [source.scale for source in plan.config.layers if source.layer == layer.name]
    stated = [layer.tier.scale if layer.tier else None, *sources]
    large = any(isinstance(scale, int) and scale < LARGE_SCALE for scale in stated)
    return layer.name == "building" or large


def _extent(layer: Layer, plan: Plan) -> float:
    shapes = np.asarray(layer.frame.geometry.array, dtype=object)
    hull = shapely.convex_hull(shapely.geometrycollections(shapes[~shapely.is_missing(shapes)]))
    if shapely.get_type_id(hull) != shapely.GeometryType.POLYGON:
        return 0.0
    area = ellipsoidal_area(np.array([hull], dtype=object), plan.working_crs)[0]
    return float(area) / SQUARE_KILOMETRE
