"""Proves a reading of coordinates by the vertices of a layer whose place is known.

Extents that meet prove little, and windows nothing about the datum: Xi'an 80 and CGCS2000 differ by
some ten metres. Vertices of two layers that coincide within a metre prove both.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial

import numpy as np
import shapely
from pyproj import CRS, Transformer

from gisplan.model import LayerSpec, Text
from gisplan.normalise.agreement import Drawn, inside, meeting
from gisplan.normalise.crs import Extent, crs_of
from gisplan.normalise.crs_guess import Reading, is_near
from gisplan.normalise.crs_zones import all_zones, zone_of
from gisplan.normalise.sample import few_rows, few_shapes
from gisplan.normalise.shift_moves import around, stay

_EXACT_M, _ASIDE_M = 1.0, 120.0
_VERTICES, _TIMES = 8, 3  # that must meet, and how many times as many as 120 m aside
_FEATURES, _PROBES, _QUICK = 5000, 20_000, 800  # of the layer in question
_INSIDE, _IN, _OUT = 5, 0.95, 0.8  # features that must lie inside; the share that does, does not
_MANY = 20_000  # features of a known one: of more only those at the probes are looked at


@dataclass(frozen=True)
class Known:
    """A layer whose CRS its file says, and nothing contradicts. `shapes` as stored."""

    spec: LayerSpec
    path: str
    shapes: np.ndarray
    crs: CRS
    degrees: Extent

    @cached_property
    def metres(self) -> np.ndarray:
        """How many metres one unit of x and of y is, near enough for short distances."""
        if self.crs.is_projected:
            return np.array([axis.unit_conversion_factor for axis in self.crs.axis_info[:2]])
        lat = np.radians(self.degrees.centre[1])
        return np.array([111_320 * np.cos(lat), 111_133.0 - 560 * np.cos(2 * lat)])

    def drawn(self, about: np.ndarray) -> Drawn:
        """Return the shapes in metres; of very many only those about some points (in its CRS)."""
        if len(self.shapes) <= _MANY:
            return self._all
        tree = shapely.STRtree(shapely.points(about))
        found = self.shapes[np.unique(tree.query(self.shapes)[0])]
        return Drawn(found).scaled(self.metres)

    @cached_property
    def _all(self) -> Drawn:
        return Drawn(self.shapes).scaled(self.metres)


@dataclass(frozen=True, slots=True)
class Met:
    """What proves a reading: so many of the vertices looked at lie on those of a known layer."""

    reading: Reading
    known: Known
    fit: int
    of: int


def prove_reading(
    shapes: np.ndarray, readings: Sequence[Reading], known: Sequence[Known], quick: bool = False
) -> Met | None:
    """Return the one reading of coordinates that the vertices of known layers prove.

    Parameters
    ----------
    shapes : ndarray of shapes
        As stored; None and empty ones are passed over.
    readings : sequence of Reading
        Those to be tried, likeliest first.
    known : sequence of Known
        What they are held against.
    quick : bool
        Fewer vertices are looked at.

    Returns
    -------
    Met or None
        Of readings that mean the same place the first. None where none brings eight vertices
        within a metre of known ones, or two that differ in place do.
    """
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    vertices = np.unique(shapely.get_coordinates(shapes[few_shapes(shapes, _FEATURES)]), axis=0)
    vertices = vertices[np.isfinite(vertices).all(axis=1)]
    probes = vertices[few_rows(vertices, _QUICK if quick else _PROBES)]
    if not len(probes):
        return None
    met = [found for reading in readings if (found := _meet(probes, reading, known))]
    if not met:
        return None
    return met[0] if all(_is_same_place(probes, met[0], other) for other in met[1:]) else None


def _meet(probes: np.ndarray, reading: Reading, known: Sequence[Known]) -> Met | None:
    """Return the known layer that most of the probes meet, read in one way."""
    points = probes[:, ::-1] if reading.swapped else probes
    low, high = np.quantile(points, [0.02, 0.98], axis=0).tolist()
    best: Met | None = None
    for layer in known:
        if not is_near(Extent(*low, *high), reading.code, [layer.degrees]):
            continue
        there = _transformed(points, reading.code, layer.crs)
        there = there[np.isfinite(there).all(axis=1)]
        if len(there) < _VERTICES:
            continue
        target = layer.drawn(there)
        if not len(target.vertices):
            continue
        there *= layer.metres
        fit = meeting(there, target)
        if fit < _VERTICES or (best is not None and fit <= best.fit):
            continue
        if fit >= _TIMES * max(meeting(move(there), target) for move in around(stay, [_ASIDE_M])):
            best = Met(reading, layer, fit, len(probes))
    return best


def _is_same_place(probes: np.ndarray, one: Met, two: Met) -> bool:
    points = probes[few_rows(probes, 20)]
    places = []
    for met in (one, two):
        turned = points[:, ::-1] if met.reading.swapped else points
        places.append(_transformed(turned, met.reading.code, one.known.crs) * one.known.metres)
    return bool(np.hypot(*(places[0] - places[1]).T).max() < _EXACT_M)


def _transformed(points: np.ndarray, code: str, crs: CRS) -> np.ndarray:
    return np.column_stack(_between(code, crs.to_wkt()).transform(*points.T))


@cache
def _between(code: str, wkt: str) -> Transformer:
    with warnings.catch_warnings():  # what PROJ lacks is said where layers are brought together
        warnings.simplefilter("ignore")
        return Transformer.from_crs(crs_of(code), CRS.from_wkt(wkt), always_xy=True)


def another_zone(
    shapes: np.ndarray, stated: Reading, own: Extent, known: Sequence[Known]
) -> tuple[str, Text] | None:
    """Return the zone that features lie in, where it is another than the one stated for them.

    Eastings without a zone's number fit every zone. Features that belong into a known area, and
    do so in one zone only, tell which: for them to lie there by chance, three degrees off, would
    be strange.

    Parameters
    ----------
    shapes : ndarray of shapes
        As stored.
    stated : Reading
        Without exchanged axes.
    own : Extent
        Of the shapes, in their own coordinates.
    known : sequence of Known
        The highest tier among them is the area.

    Returns
    -------
    tuple of str and Text, or None
        The CRS, and the figures that show it.
    """
    zone = zone_of(stated.code)
    tiers = [layer for layer in known if layer.spec.kind == "tier"]
    if zone is None or zone.prefix or not tiers:
        return None
    area = max(tiers, key=lambda layer: (layer.degrees.east - layer.degrees.west, layer.path))
    others = [
        other.code
        for other in all_zones()
        if (other.datum, other.width, other.prefix) == (zone.datum, zone.width, zone.prefix)
        and other != zone
        and is_near(own, other.code, [area.degrees])
    ]
    whole = area.drawn(np.empty((0, 2)))
    probe = Drawn(shapes)
    if not (others and len(probe.vertices) and whole.has_areas):
        return None
    total = int(probe.inner[1].max()) + 1
    codes = [stated.code, *others]
    moves = [partial(_in_metres, code=code, layer=area) for code in codes]
    here, *there = (len(found) for found in inside(probe, whole, moves))
    best = int(np.argmax(there))
    if total < _INSIDE or here > _OUT * total or there[best] < _IN * total:
        return None
    if sum(count > _OUT * total for count in there) > 1:
        return None
    return others[best], Text(
        f"抽查的 {total} 个要素中，按 {stated.code} 读取时仅 {here} 个位于"
        f"图层“{area.spec.title.zh}”（{area.path}）之内，"
        f"按 {others[best]} 读取时有 {there[best]} 个",
        f"of {total} sampled features only {here} lie in layer {area.spec.title.en} ({area.path})"
        f" when read as {stated.code}, but {there[best]} when read as {others[best]}",
    )


def _in_metres(points: np.ndarray, code: str, layer: Known) -> np.ndarray:
    return np.asarray(_transformed(points, code, layer.crs) * layer.metres)
