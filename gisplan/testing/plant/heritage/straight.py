"""What a straight line of sight leaves above a plane: the oracle of planted views.

By hand: the sight is a straight line from eye to target, and so is the ground under it. Nothing is
taken from the measure that the rules go by.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Plane:
    """Ground that is flat or tilted: its height at a place, and its rise per metre."""

    x: float
    y: float
    z: float
    east: float
    north: float

    @property
    def is_tilted(self) -> bool:
        """Whether it rises anywhere."""
        return self.east != 0 or self.north != 0

    def at(self, place: NDArray[np.float64]) -> float:
        """Return the height of the ground at a place."""
        return float(self.z + self.east * (place[0] - self.x) + self.north * (place[1] - self.y))


@dataclass(frozen=True)
class Sight:
    """A straight line of sight over a plane; heights are metres above the ground."""

    plane: Plane
    eye: NDArray[np.float64]
    target: NDArray[np.float64]
    eye_height: float
    target_height: float

    def room(self, away: float) -> float:
        """Return how high may be built so many metres from the eye."""
        way = self.target - self.eye
        share = away / float(np.hypot(*way))
        start = self.plane.at(self.eye) + self.eye_height
        end = self.plane.at(self.target) + self.target_height
        return start + (end - start) * share - self.plane.at(self.eye + share * way)


def make_plane(seed: int, place: NDArray[np.float64]) -> Plane:
    """Return ground that is flat in one plan and rises by three in a hundred in another.

    So high at the place that it is above the sea 50 km away.
    """
    rng = np.random.default_rng([seed, 6])
    rise, angle = float(rng.choice([0.0, 0.03])), rng.uniform(0, 2 * np.pi)
    tilt = rise * float(np.cos(angle)), rise * float(np.sin(angle))
    return Plane(float(place[0]), float(place[1]), 1_500.0, *tilt)
