"""Shapes of a large layer as streams of integers: parts, kinds, rings, vertices, places.

Every vertex is kept, rounded to a hundredth of a metre of the map (mercator.py). Neighbours that
share vertices still share them: equal places are equal integers. Outer rings run one way and
holes the other, so that a nonzero fill is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gisplan.render.webmap.packed.codec import Ints, planes, zigzag
from gisplan.render.webmap.packed.mercator import to_units
from gisplan.render.webmap.shapes import Shapes, Strings, strings_of

_AREA = 2
_NEW, _ALONG, _BACK = 0, 1, 2


@dataclass(frozen=True, slots=True)
class PackedShapes:
    """Shapes of features as flat arrays, in units of the map.

    parts: number of parts of each feature; kinds: of each part, 0 point, 1 line, 2 polygon;
    rings: number of rings of each part; sizes: number of vertices of each ring, where the last
    of a polygon's ring, which repeats its first, is left out; xy: the vertices.
    """

    parts: Ints
    kinds: Ints
    rings: Ints
    sizes: Ints
    xy: npt.NDArray[np.int32]

    def cut(self, bounds: Ints) -> list[PackedShapes]:
        """Return runs of features; `bounds` are the first feature of each, and their number."""
        part = _starts(self.parts)[bounds]
        ring = _starts(self.rings)[part]
        vertex = _starts(self.sizes)[ring]
        return [
            PackedShapes(
                self.parts[bounds[k] : bounds[k + 1]],
                self.kinds[part[k] : part[k + 1]],
                self.rings[part[k] : part[k + 1]],
                self.sizes[ring[k] : ring[k + 1]],
                self.xy[vertex[k] : vertex[k + 1]],
            )
            for k in range(len(bounds) - 1)
        ]

    def vertices(self) -> Ints:
        """Return the number of vertices of each feature."""
        of_ring = _starts(self.sizes)[_starts(self.rings)]
        return np.diff(of_ring[_starts(self.parts)])

    def to_bytes(self) -> bytes:
        """Return the streams one after the other; each tells how long the next ones are.

        A border that two features share is written once. Each vertex is either new: written as
        the difference from the vertex before it, the first of a ring from the first of the ring
        before; or it goes on along a border that was written, backwards; or it goes back to
        where the same place was first written.
        """
        key = self.xy[:, 0].astype(np.int64) << 32 | self.xy[:, 1].astype(np.int64) & 0xFFFFFFFF
        first = _first_of_equal(key)
        row = np.arange(len(key))
        before = first[row - 1] - 1
        along = (first < row) & (before >= 0) & (key[before] == key)
        how = np.where(first == row, _NEW, np.where(along, _ALONG, _BACK))
        back = first[how == _BACK]

        steps = np.diff(self.xy.astype(np.int64), axis=0, prepend=0)
        starts = _starts(self.sizes)[:-1]
        steps[starts] = np.diff(self.xy[starts].astype(np.int64), axis=0, prepend=0)
        x, y = _around(steps[how == _NEW]).T
        streams = (self.parts, self.kinds, self.rings, self.sizes, how)
        signed = (np.diff(back, prepend=0), x, y)
        return b"".join([*map(planes, streams), *(planes(zigzag(values)) for values in signed)])


def _around(steps: Ints) -> Ints:
    """Return differences of 32-bit integers as 32 bits hold them; adding them wraps back."""
    return (steps + 2**31) % 2**32 - 2**31


def _first_of_equal(key: Ints) -> Ints:
    """Return for each value the row in which it first occurs."""
    codes, uniques = pd.factorize(key)
    seen = np.maximum.accumulate(np.concatenate([[-1], codes]))
    where: Ints = np.flatnonzero(codes > seen[:-1])
    return where[codes] if len(uniques) else where


def _starts(counts: Ints) -> Ints:
    """Return where each of so many begins, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(counts)])


def pack_shapes(geometry: gpd.GeoSeries) -> PackedShapes:
    """Return the shapes of features; none for a feature whose place is missing or not finite."""
    shapes: Shapes = np.asarray(geometry.array, dtype=object)
    strings = strings_of(shapes)
    xy, finite = to_units(_coordinates(strings), geometry.crs)
    if not finite.all():
        of_vertex = np.repeat(
            strings.feature[strings.part], shapely.get_num_coordinates(strings.lines)
        )
        shapes = shapes.copy()
        shapes[of_vertex[~finite]] = None
        strings = strings_of(shapes)
        xy, _ = to_units(_coordinates(strings), geometry.crs)
    sizes = shapely.get_num_coordinates(strings.lines).astype(np.int64)
    closed = strings.kind[strings.part] == _AREA
    keep = np.ones(len(xy), dtype=bool)
    keep[np.cumsum(sizes)[closed] - 1] = False
    return PackedShapes(
        parts=np.bincount(strings.feature, minlength=len(shapes)),
        kinds=strings.kind,
        rings=np.bincount(strings.part, minlength=len(strings.kind)),
        sizes=sizes - closed,
        xy=xy[keep],
    )


def _coordinates(strings: Strings) -> Any:
    return shapely.get_coordinates(strings.lines)
