"""Measures what a public map would show: the extent and the scale of its layers."""

from __future__ import annotations

import numpy as np
import shapely

from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.model import Layer, Note, Plan, Terms

SQUARE_KILOMETRE = 1e6


def publication_notes(plan: Plan, terms: Terms) -> tuple[Note, ...]:
    """Return a note on the map that is asked for; none where it stays in the house.

    Its detail: approval_number; clearance; extents, km2 by layer: the ellipsoidal area of the
    convex hull, which is never less than the land covered; scales, the largest that is stated,
    by layer, as a denominator.
    """
    if terms.audience != "public":
        return ()
    layers = [layer for layer in plan.layers.values() if layer.spec.kind != "table"]
    scales = {layer.name: _scales(layer, plan) for layer in layers}
    detail = {
        "approval_number": terms.approval_number.strip(),
        "clearance": terms.clearance,
        "extents": {layer.name: _extent(layer, plan) for layer in layers},
        "scales": {name: min(stated) for name, stated in scales.items() if stated},
    }
    return (Note("publication", detail=detail),)


def _scales(layer: Layer, plan: Plan) -> list[int]:
    sources = [source.scale for source in plan.config.layers if source.layer == layer.name]
    stated = [layer.tier.scale if layer.tier else None, *sources]
    return [scale for scale in stated if isinstance(scale, int)]


def _extent(layer: Layer, plan: Plan) -> float:
    shapes = np.asarray(layer.frame.geometry.array, dtype=object)
    hull = shapely.convex_hull(shapely.geometrycollections(shapes[~shapely.is_missing(shapes)]))
    if shapely.get_type_id(hull) != shapely.GeometryType.POLYGON:
        return 0.0
    area = ellipsoidal_area(np.array([hull], dtype=object), plan.working_crs)[0]
    return float(area) / SQUARE_KILOMETRE
