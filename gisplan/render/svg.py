"""Small pictures of one unit as inline SVG: what it is, what it meets, and where."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

WIDTH, HEIGHT = 360, 270
_NICE = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One layer of a picture: its shapes, how they are painted, and a label for each or none."""

    shapes: gpd.GeoSeries
    style: str
    labels: Sequence[str] | None = None
    radius: float = 3.5  # of points, px


def picture(view: tuple[float, float, float, float], layers: Sequence[Drawn], title: str) -> str:
    """Return an SVG of the layers within a view, first layer below.

    Parameters
    ----------
    view : (x0, y0, x1, y1)
        In a metric CRS; widened to the picture's proportions.
    layers : sequence of Drawn
        Shapes in the same CRS. Text is escaped here.
    title : str
        Read aloud by screen readers.
    """
    x0, y0, x1, y1 = _fitted(view)
    scale = WIDTH / (x1 - x0)
    body = []
    labels = []
    for layer in layers:
        window = layer.shapes.sindex.query(shapely.box(x0, y0, x1, y1))
        for at in sorted(window.tolist()):
            shape = layer.shapes.iloc[at]
            if shape.geom_type != "Point":
                shape = shapely.clip_by_rect(shape, x0, y0, x1, y1)
                if shape.is_empty:
                    continue
                coarse = shapely.simplify(shape, 0.2 / scale, preserve_topology=False)
                shape = shape if coarse.is_empty else coarse  # a sliver is drawn where it is
            body.append(_paint(shape, layer, x0, y1, scale))
            if layer.labels is not None:
                anchor = shape.representative_point()
                labels.append(
                    f'<text x="{(anchor.x - x0) * scale:.1f}" y="{(y1 - anchor.y) * scale:.1f}">'
                    f"{escape(layer.labels[at])}</text>"
                )
    return (
        f'<svg class="mini" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title, quote=True)}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" class="ground"/>{"".join(body)}'
        f'<g class="labels">{"".join(labels)}</g>{_scale_bar(x1 - x0)}{_NORTH}</svg>'
    )


def _fitted(view: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = view
    centre_x, centre_y = (x0 + x1) / 2, (y0 + y1) / 2
    half = max(x1 - x0, (y1 - y0) * WIDTH / HEIGHT, 20.0) / 2 * 1.25
    tall = half * HEIGHT / WIDTH
    return centre_x - half, centre_y - tall, centre_x + half, centre_y + tall


def _paint(shape: BaseGeometry, layer: Drawn, x0: float, y1: float, scale: float) -> str:
    points: list[str] = []
    paths: list[str] = []
    for part in shapely.get_parts(shape):
        if part.geom_type == "Point":
            points.append(
                f'<circle cx="{(part.x - x0) * scale:.1f}" cy="{(y1 - part.y) * scale:.1f}" '
                f'r="{layer.radius}" {layer.style}/>'
            )
        elif part.geom_type == "Polygon":
            rings = (part.exterior, *part.interiors)
            paths.extend(_path(ring.coords, x0, y1, scale) + "Z" for ring in rings)
        elif part.geom_type in {"LineString", "LinearRing"}:
            paths.append(_path(part.coords, x0, y1, scale))
        else:  # a collection inside a collection
            points.append(_paint(part, layer, x0, y1, scale))
    if paths:
        points.insert(0, f'<path d="{"".join(paths)}" {layer.style}/>')
    return "".join(points)


def _path(coords: object, x0: float, y1: float, scale: float) -> str:
    xy = np.asarray(coords)[:, :2]
    pairs = np.round(np.column_stack([(xy[:, 0] - x0) * scale, (y1 - xy[:, 1]) * scale]), 1)
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in pairs)


def _scale_bar(metres: float) -> str:
    rough = metres / 4
    power = 10 ** math.floor(math.log10(rough))
    length = max(step * power for step in _NICE if step * power <= rough)
    width = length / metres * WIDTH
    text = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    y = HEIGHT - 10
    return (
        f'<g class="scale"><path d="M10 {y - 4}V{y}H{10 + width:.1f}V{y - 4}"/>'
        f'<text x="{14 + width:.1f}" y="{y}">{text}</text></g>'
    )


_NORTH = (
    f'<g class="north"><path d="M{WIDTH - 16} 26L{WIDTH - 11} 10L{WIDTH - 6} 26L{WIDTH - 11} 22Z"/>'
    f'<text x="{WIDTH - 11}" y="37">N</text></g>'
)
