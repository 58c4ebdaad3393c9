"""Small pictures of findings for lists: the feature, what it meets, and the evidence between."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gisplan.model import Dossier
from gisplan.render.palette import SEVERITY_COLOUR

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

OnPaper = Callable[[np.ndarray], list[tuple[float, float]]]

SIZE = (132, 88)  # pixels
_FINE = 2  # drawn so many times larger, for smooth edges
_FEATURE, _OTHER = "#33475b", "#8a5a00"
_LEAST_M = 30.0  # across, however small the evidence is
_AROUND = 2.2  # of the evidence is shown
_WHOLE = 5.0  # a feature up to so many times the evidence is shown whole
_DOT = 4 * _FINE  # radius


def thumbnails(dossier: Dossier, most: int) -> dict[str, bytes]:
    """Return PNGs of the first findings that have evidence with a place, by fingerprint.

    The evidence has the colour of the severity; the feature is outlined dark, the related one
    brown. North is up.
    """
    findings = dossier.findings
    placed = findings.geometry.notna() & ~findings.geometry.is_empty
    rows = findings[placed].head(most)
    if rows.empty:
        return {}
    evidence = rows.geometry.to_crs(dossier.plan.working_crs)
    columns = ("layer", "feature", "related_layer", "related", "severity", "fingerprint")
    named = list(zip(*(rows[name].tolist() for name in columns), strict=True))
    shapes = _shapes(dossier, {end for row in named for end in (row[:2], row[2:4])})
    return {
        row[5]: _drawn(shape, shapes.get(row[:2]), shapes.get(row[2:4]), SEVERITY_COLOUR[row[4]])
        for row, shape in zip(named, evidence, strict=True)
    }


def _shapes(
    dossier: Dossier, ends: Iterable[tuple[str | None, str | None]]
) -> dict[tuple[str | None, str | None], shapely.Geometry]:
    """Return the shapes of features by layer and label, of those that can be found."""
    wanted: dict[str, list[str]] = {}
    for layer, label in ends:
        if layer and label:
            wanted.setdefault(layer, []).append(label)
    found: dict[tuple[str | None, str | None], shapely.Geometry] = {}
    for name, labels in sorted(wanted.items()):
        held = dossier.plan.layers.get(name)
        if held is None or "geometry" not in held.frame:
            continue
        frame = held.frame[held.frame["_label"].astype(object).isin(labels)]
        for label, shape in zip(frame["_label"], frame["geometry"], strict=True):
            if shape is not None and not shape.is_empty:
                found.setdefault((name, str(label)), shape)
    return found


def _drawn(
    evidence: shapely.Geometry,
    feature: shapely.Geometry | None,
    other: shapely.Geometry | None,
    colour: str,
) -> bytes:
    from PIL import Image, ImageDraw

    x, y, scale = _view(evidence, feature)
    width, height = SIZE[0] * _FINE, SIZE[1] * _FINE
    image = Image.new("RGB", (width, height), "white")
    pencil = ImageDraw.Draw(image, "RGBA")
    middle = np.array([x, y])

    def on_paper(xy: np.ndarray) -> list[tuple[float, float]]:
        moved = (xy - middle) * scale * (1, -1) + (width / 2, height / 2)
        return [(float(a), float(b)) for a, b in moved]

    window = shapely.box(x - width / scale, y - height / scale, x + width / scale,
                         y + height / scale)  # fmt: skip
    for shape, look in ((other, _OTHER), (feature, _FEATURE), (evidence, colour)):
        if shape is not None:
            near = shapely.intersection(shapely.make_valid(shape), window)
            _paint(pencil, near, look, 0x80 if shape is evidence else 0x18, on_paper)
    out = BytesIO()
    small = image.resize(SIZE, Image.Resampling.LANCZOS)
    small.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _view(
    evidence: shapely.Geometry, feature: shapely.Geometry | None
) -> tuple[float, float, float]:
    """Return the middle of the picture, and pixels to a metre."""
    x0, y0, x1, y1 = evidence.bounds
    reach = max(x1 - x0, y1 - y0, _LEAST_M) * _WHOLE
    if feature is not None:
        f0, g0, f1, g1 = feature.bounds
        if max(f1 - f0, g1 - g0) <= reach:
            x0, y0, x1, y1 = min(x0, f0), min(y0, g0), max(x1, f1), max(y1, g1)
    across = _AROUND / 2 * max(x1 - x0, (y1 - y0) * SIZE[0] / SIZE[1], _LEAST_M)
    return (x0 + x1) / 2, (y0 + y1) / 2, SIZE[0] * _FINE / across


def _paint(
    pencil: ImageDraw, shape: shapely.Geometry, colour: str, opacity: int, on_paper: OnPaper
) -> None:
    """Draw areas filled, lines as lines, points as dots; what is thinner than a dot as its line."""
    parts = shapely.get_parts(shapely.get_parts([shape]))
    for part in parts[~shapely.is_empty(parts)]:
        dimension = shapely.get_dimensions(part)
        if dimension == 0:
            ((a, b),) = on_paper(shapely.get_coordinates(part))
            pencil.ellipse((a - _DOT, b - _DOT, a + _DOT, b + _DOT), fill=colour)
        elif dimension == 1:
            pencil.line(on_paper(shapely.get_coordinates(part)), fill=colour, width=2 * _FINE)
        elif dimension == 2:
            rings = shapely.get_rings(part)
            shell, *holes = (on_paper(shapely.get_coordinates(ring)) for ring in rings)
            if not holes:
                pencil.polygon(shell, fill=f"{colour}{opacity:02x}")
            for ring in (shell, *holes):
                pencil.line(ring, fill=colour, width=2 * _FINE, joint="curve")
