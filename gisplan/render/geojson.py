"""Findings as GeoJSON (RFC 7946): the evidence as shapes, the rest as properties."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import shapely

from gisplan.model import Dossier
from gisplan.render.json import finding_document
from gisplan.render.plain import clean
from gisplan.render.rows import records


def to_geojson(dossier: Dossier) -> str:
    """Return findings as GeoJSON text, rings turned as RFC 7946 asks, nine decimals.

    Coordinates are CGCS2000 longitude and latitude, which every reader takes for WGS 84; the two
    differ by less than a plan is drawn to. A finding without a place has a null geometry.
    """
    features = [
        _feature(row, shape)
        for row, shape in zip(records(dossier.findings), dossier.findings.geometry, strict=True)
    ]
    lines = (json.dumps(feature, ensure_ascii=False, allow_nan=False) for feature in features)
    head = '{"type": "FeatureCollection", "name": "findings", "features": [\n'
    return head + ",\n".join(lines) + "\n]}\n"


def write_geojson(dossier: Dossier, path: Path) -> None:
    """Write findings as GeoJSON in UTF-8."""
    path.write_bytes(to_geojson(dossier).encode("utf-8"))


def _feature(row: dict[str, Any], shape: Any) -> dict[str, Any]:
    properties = finding_document(row)
    box = properties.pop("bbox")
    feature: dict[str, Any] = {"type": "Feature", "id": properties["fingerprint"]}
    if box is not None:
        feature["bbox"] = box
    feature["geometry"] = None
    if shape is not None and not shape.is_empty:
        turned = shapely.orient_polygons(shape)
        feature["geometry"] = clean(shapely.geometry.mapping(turned), 9)
    feature["properties"] = properties
    return feature
