"""The moves that a shifted layer is tried with: known shifts taken off, others to compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pyproj import CRS, Transformer

from gisplan.normalise.agreement import Move
from gisplan.normalise.gcj02 import SHIFTS, Shift, without

_COMPASS = np.column_stack([f(np.radians(np.arange(0, 360, 45))) for f in (np.cos, np.sin)])


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One of two layers is shifted.

    system : GCJ-02 or BD-09
    of_target : it is the target, not the probe, which is the one that is moved about
    move : brings the probe to where it would fit
    """

    system: str
    of_target: bool
    move: Move


class Plane:
    """The working CRS, and the shifts in it.

    hypotheses : the shifts that probe or target could have
    """

    def __init__(self, working_crs: CRS) -> None:
        degrees = CRS.from_epsg(4490)
        self._to = Transformer.from_crs(working_crs, degrees, always_xy=True)
        self._from = Transformer.from_crs(degrees, working_crs, always_xy=True)
        self.hypotheses = tuple(
            Hypothesis(name, of_target, self._mover(shift, of_target))
            for name, shift in SHIFTS.items()
            for of_target in (False, True)
        )

    def degrees(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return longitudes and latitudes of points."""
        lon, lat = self._to.transform(points[:, 0], points[:, 1])
        return np.asarray(lon), np.asarray(lat)

    def vector(self, system: str, point: np.ndarray) -> np.ndarray:
        """Return the shift at a point: metres east and north."""
        return np.asarray(self._mover(SHIFTS[system], True)(point[None])[0] - point)

    def _mover(self, shift: Shift, forth: bool) -> Move:
        def move(points: np.ndarray) -> np.ndarray:
            lon, lat = self.degrees(points)
            lon, lat = shift(lon, lat) if forth else without(shift, lon, lat)
            return np.column_stack(self._from.transform(lon, lat))

        return move


def stay(points: np.ndarray) -> np.ndarray:
    """Return points where they are."""
    return points


def elsewhere(move: Move, points: np.ndarray) -> list[Move]:
    """Return translations of 0.6, 1 and 1.4 times the length of a move, in other directions."""
    middle = points.mean(axis=0)
    x, y = (move(middle[None])[0] - middle).tolist()
    turns = np.radians(np.arange(45, 360, 45))
    return [
        _by(k * (x * np.cos(t) - y * np.sin(t)), k * (x * np.sin(t) + y * np.cos(t)))
        for k in (0.6, 1.0, 1.4)
        for t in turns
    ]


def around(move: Move, radii: Sequence[float]) -> list[Move]:
    """Return a move and some metres more, each in eight directions."""
    return moves_by(np.concatenate([radius * _COMPASS for radius in radii]), move)


def grid(reach: float, step: float) -> np.ndarray:
    """Return translations (n, 2) that lie on a square grid about none, as far as `reach`."""
    ticks = np.arange(-reach, reach + step / 2, step)
    return np.array([(x, y) for x in ticks for y in ticks])


def moves_by(steps: np.ndarray, first: Move = stay) -> list[Move]:
    """Return a move with each of some translations (n, 2) after it."""
    once = _Once(first)
    return [_by(x, y, once) for x, y in steps.tolist()]


class _Once:
    """A move that remembers where it brought the points of its last call."""

    def __init__(self, move: Move) -> None:
        self._move = move
        self._last: tuple[np.ndarray, np.ndarray] | None = None

    def __call__(self, points: np.ndarray) -> np.ndarray:
        if self._last is None or self._last[0] is not points:
            self._last = (points, self._move(points))
        return self._last[1]


def _by(x: float, y: float, first: Move = stay) -> Move:
    return lambda points: first(points) + np.array([x, y])
