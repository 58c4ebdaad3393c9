"""The picture of each unit that is not clear: the unit, what it meets, and the evidence."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely

from gisplan.model import Dossier
from gisplan.render.palette import RESOLUTION_COLOUR, SEVERITY_COLOUR, VERDICT_COLOUR
from gisplan.render.svg import Drawn, picture

_STRONG_ZONES = {"Z1", "Z2", "Z4", "Z6"}
_WIDEST = 6.0  # evidence further than this many times the unit's size is left out of the view


def unit_pictures(dossier: Dossier, units: Sequence[str]) -> dict[str, str]:
    """Return an SVG for each unit by code; a unit without a shape has none."""
    layer = dossier.plan.layers.get(dossier.judged)
    if layer is None or not units:
        return {}
    crs = dossier.plan.working_crs
    findings = dossier.findings[dossier.findings.geometry.notna()]
    findings = findings[~findings.geometry.is_empty]
    evidence = findings.to_crs(crs) if len(findings) else findings
    row_of = {key: at for at, key in enumerate(evidence["fingerprint"])}
    shapes = evidence.geometry.reset_index(drop=True)
    verdicts = dossier.verdicts.set_index("unit")
    labels = list(layer.frame["_label"])
    at_of = {label: at for at, label in enumerate(labels)}
    below = _context(dossier)
    offers = _outlines(dossier)
    pictures = {}
    for unit in units:
        if unit not in at_of:
            continue
        shape = layer.frame.geometry.iloc[at_of[unit]]
        verdict = verdicts.loc[[unit]].iloc[0]
        rows = [row_of[key] for key in verdict["reasons"] if key in row_of]
        own = shapes.iloc[rows]
        pictures[unit] = picture(
            _view(shape, own),
            [
                *below,
                Drawn(
                    gpd.GeoSeries([shape], crs=crs),
                    f'fill="{VERDICT_COLOUR[verdict["verdict"]]}" fill-opacity=".25" '
                    f'stroke="{VERDICT_COLOUR[verdict["verdict"]]}" stroke-width="2"',
                    [unit],
                ),
                *_offered(offers, unit),
                *(
                    Drawn(own.iloc[[n]], _evidence_style(evidence["severity"].iloc[row]))
                    for n, row in enumerate(rows)
                ),
            ],
            unit,
        )
    return pictures


def _outlines(dossier: Dossier) -> gpd.GeoDataFrame | None:
    """Return the outlines that are offered, in the working CRS; None for none."""
    frame = dossier.resolutions
    if frame is None:
        return None
    frame = frame[(frame["kind"] == "boundary") & frame.geometry.notna()]
    return frame.to_crs(dossier.plan.working_crs) if len(frame) else None


def _offered(offers: gpd.GeoDataFrame | None, unit: str) -> list[Drawn]:
    if offers is None:
        return []
    own = offers[[unit in units for units in offers["units"]]]
    style = (
        f'fill="none" stroke="{RESOLUTION_COLOUR["boundary"]}" '
        'stroke-width="1.8" stroke-dasharray="6 3"'
    )
    return [Drawn(own.geometry.reset_index(drop=True), style)] if len(own) else []


def _evidence_style(severity: str) -> str:
    colour = SEVERITY_COLOUR[severity]
    return f'fill="{colour}" fill-opacity=".45" stroke="{colour}" stroke-width="1.4"'


def _view(shape: shapely.Geometry, evidence: gpd.GeoSeries) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = shape.bounds
    reach = max(x1 - x0, y1 - y0, 50.0) * _WIDEST
    for bounds in evidence.bounds.to_numpy():
        if np.all(np.abs(bounds - np.array([x0, y0, x1, y1])) < reach):
            x0, y0 = min(x0, bounds[0]), min(y0, bounds[1])
            x1, y1 = max(x1, bounds[2]), max(y1, bounds[3])
    return float(x0), float(y0), float(x1), float(y1)


def _context(dossier: Dossier) -> list[Drawn]:
    layers = dossier.plan.layers
    drawn = []
    tiers = [tier.name for tier in dossier.plan.chain if tier.name in layers]
    for name in tiers:
        if name == dossier.judged:
            break
        drawn.append(
            Drawn(layers[name].frame.geometry, 'fill="none" stroke="#9aa3ad" stroke-width="1"')
        )
    if dossier.judged in layers:
        drawn.append(
            Drawn(
                layers[dossier.judged].frame.geometry,
                'fill="#dfe3e8" fill-opacity=".6" stroke="#b4bcc6" stroke-width=".8"',
            )
        )
    views = layers.get("view")
    if views is not None and len(views.frame):
        drawn.append(
            Drawn(
                views.frame.geometry,
                'fill="#e0a030" fill-opacity=".1" stroke="#b06a00" stroke-dasharray="8 3"',
                radius=3,
            )
        )
    zones = layers.get("heritage_zone")
    if zones is not None and len(zones.frame):
        strong = zones.frame["zone"].isin(_STRONG_ZONES)
        drawn.append(
            Drawn(
                zones.frame.geometry[~strong],
                'fill="#8c6bb1" fill-opacity=".12" stroke="#8c6bb1" stroke-dasharray="4 3"',
            )
        )
        drawn.append(
            Drawn(
                zones.frame.geometry[strong],
                'fill="#6a3d9a" fill-opacity=".22" stroke="#6a3d9a" stroke-width="1.2"',
            )
        )
    bodies = layers.get("heritage_body")
    if bodies is not None and len(bodies.frame):
        drawn.append(
            Drawn(bodies.frame.geometry, 'fill="#4a1486" stroke="#fff" stroke-width=".8"', radius=3)
        )
    return drawn
