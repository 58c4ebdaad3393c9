"""Small plans for the tests of the measures: squares and jittered grids in zone 41."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from gisplan.model import Plan
from gisplan.testing.plans import make_plan

X, Y = 41_500_000.0, 4_620_000.0


def square(x: float, y: float, side: float, height: float | None = None) -> shapely.Polygon:
    """Return a box whose lower left corner is x, y metres from the origin of the tests."""
    return shapely.box(X + x, Y + y, X + x + side, Y + y + (height or side))


def point(x: float, y: float) -> shapely.Point:
    return shapely.Point(X + x, Y + y)


def line(*xy: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(X + x, Y + y) for x, y in xy])


def layer(shapes: Sequence[Any], codes: Sequence[Any] | None = None, **columns: Any) -> Any:
    """Return a frame of shapes with codes a, b, c … unless given."""
    if codes is None:
        codes = [chr(ord("a") + i) for i in range(len(shapes))]
    return gpd.GeoDataFrame({"code": list(codes), **columns}, geometry=list(shapes))


def tiling(n: int, seed: int, side: float = 100.0) -> list[shapely.Polygon]:
    """Return n x n quadrilaterals that tile a square; inner corners are shifted at random."""
    shift = np.random.default_rng(seed).uniform(-0.3, 0.3, (n + 1, n + 1, 2))
    shift[[0, -1], :, 0] = 0  # corners on an outer side stay on it
    shift[:, [0, -1], 1] = 0
    grid = np.stack(np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij"), axis=-1)
    # multiples of 1/8 m, so that shifting all of it rounds nothing
    xy = np.round((grid + shift) * side * 8) / 8 + [X, Y]
    return [
        shapely.Polygon([xy[i, j], xy[i + 1, j], xy[i + 1, j + 1], xy[i, j + 1]])
        for i in range(n)
        for j in range(n)
    ]


def tiled_plan(cells: Sequence[Any], n: int, **kwargs: Any) -> Plan:
    """Return two tiers: one area around all cells, vertices shared, and the cells."""
    edge = shapely.union_all(tiling(n, kwargs.pop("seed", 0)))
    codes = [f"u{i:03d}" for i in range(len(cells))]
    return make_plan(
        {"area": layer([edge], ["u"]), "cell": layer(cells, codes, parent=["u"] * len(cells))},
        tiers=["area", "cell"],
        partitions=["cell"],
        **kwargs,
    )
