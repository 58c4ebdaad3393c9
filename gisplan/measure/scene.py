"""What all measures look at: a plan's shapes as arrays, each with a place in a fixed order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.measure.overlay import Shapes, Workers
from gisplan.model import Layer, Plan, Tier

Ints = NDArray[np.int64]
Made = TypeVar("Made")


@dataclass(frozen=True)
class About:
    """Which rows tables are to have; what else is in the plan is only looked at.

    rows : layer -> fids. No table has rows of a feature of another layer as its first key.
    parents : layer -> fids of the parents of these, whose land `uncovered` is about.
    areal : layers that have areas somewhere in the plan, be it not here.
    """

    rows: dict[str, Ints]
    parents: dict[str, Ints] = field(default_factory=dict)
    areal: frozenset[str] = frozenset()


@dataclass
class Scene:
    """A plan under measurement. What several measures need is worked out once."""

    plan: Plan
    judged: str
    workers: Workers = field(default_factory=Workers)
    plain: bool = False  # measure every feature, whatever `gisplan.measure.residual` proves
    about: About | None = None  # None: everything
    _made: dict[Any, Any] = field(default_factory=dict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def once(self, key: Any, make: Callable[[], Made]) -> Made:
        """Return what `make` gives, made at the first call with this key."""
        with self._lock:
            if key not in self._made:
                self._made[key] = make()
            made: Made = self._made[key]
            return made

    @property
    def crs(self) -> str:
        """The working CRS."""
        return self.plan.working_crs

    def layer(self, name: str) -> Layer:
        """Return a layer that the plan has."""
        return self.plan.layers[name]

    def has(self, name: str) -> bool:
        """Tell whether the plan has a layer with shapes by this name."""
        layer = self.plan.layers.get(name)
        return layer is not None and "geometry" in layer.frame

    def spatial(self) -> list[str]:
        """Return the names of the layers with shapes."""
        return [name for name in self.plan.layers if self.has(name)]

    def asked(self, names: Iterable[str]) -> list[str]:
        """Return those of some layers that tables are to have rows of."""
        return [name for name in names if self.about is None or name in self.about.rows]

    def mine(self, name: str) -> NDArray[np.bool_]:
        """Return which features of a layer tables are to have rows of; by fid.

        All, where it is not said: of a layer that is only looked at.
        """
        count = len(self.layer(name).frame)
        fids = None
        if self.about is not None:
            fids = self.about.rows.get(name, self.about.parents.get(name))
        if fids is None:
            return np.ones(count, dtype=bool)
        mine = np.zeros(count, dtype=bool)
        mine[fids] = True
        return mine

    def shapes(self, name: str) -> Shapes:
        """Return the shapes of a layer, by fid."""
        return self.once(
            ("shapes", name),
            lambda: _off_the_grid(np.asarray(self.layer(name).frame["geometry"].array, object)),
        )

    def dimensions(self, name: str) -> Ints:
        """Return 2 for areas, 1 for lines, 0 for points, -1 for no shape; by fid."""
        return self.once(
            ("dimensions", name), lambda: shapely.get_dimensions(self.shapes(name)).astype(np.int64)
        )

    def areal(self, name: str) -> Ints:
        """Return the fids of the areas of a layer."""
        return np.flatnonzero(self.dimensions(name) == 2)

    def has_areas(self, name: str) -> bool:
        """Tell whether a layer of the plan has areas, be it in another section of the plan."""
        return len(self.areal(name)) > 0 or (self.about is not None and name in self.about.areal)

    def areas(self, name: str) -> NDArray[np.float64]:
        """Return the ellipsoidal areas of a layer, by fid."""
        return self.once(
            ("areas", name),
            lambda: self.workers.blocks(
                lambda shapes: ellipsoidal_area(shapes, self.crs), self.shapes(name)
            ),
        )

    def labels(self, name: str) -> NDArray[np.object_]:
        """Return the labels of a layer, by fid."""
        return self.once(
            ("labels", name),
            lambda: self.layer(name).frame["_label"].astype("str").to_numpy(dtype=object),
        )

    def rank(self, name: str) -> Ints:
        """Return each feature's place in an order by label, then by where it lies; by fid.

        Pairs and unions follow it, so that the order of the rows in a file changes nothing.
        """
        return self.once(("rank", name), lambda: self._rank(name))

    def _rank(self, name: str) -> Ints:
        found, label = np.unique(self.labels(name).astype(str), return_inverse=True)
        if len(found) == len(label):
            return label.astype(np.int64)
        keys: list[Any] = [label]
        if self.has(name):
            shapes = self.shapes(name)
            keys = [shapely.area(shapes), *shapely.bounds(shapes).T[::-1], label]
        rank = np.empty(len(label), dtype=np.int64)
        rank[np.lexsort(keys)] = np.arange(len(label))
        return rank

    def tree(self, name: str) -> shapely.STRtree:
        """Return the index of a layer's shapes; its numbers are fids."""
        return self.once(("tree", name), lambda: shapely.STRtree(self.shapes(name)))

    # --- the chain ----------------------------------------------------------------------------

    def tiers(self) -> list[Tier]:
        """Return the tiers that the plan has, top first."""
        return [tier for tier in self.plan.chain if self.has(tier.name)]

    def parent_layer(self, name: str) -> str:
        """Return the layer that holds the parents of a layer, "" when there is none.

        For a tier the nearest chained tier above it that the plan has; a tier beside the chain
        has none. For parcels and buildings the judged tier.
        """
        tier = next((tier for tier in self.plan.chain if tier.name == name), None)
        if tier is None:
            return self.judged if self.has(self.judged) and name != self.judged else ""
        if not tier.chained:
            return ""
        above = [up for up in self.tiers() if up.chained and up.rank < tier.rank]
        return above[-1].name if above else ""

    def children(self) -> list[str]:
        """Return the layers whose features have parents: lower tiers, parcels, buildings."""
        lower = [
            tier.name for tier in self.tiers() if not tier.chained or self.parent_layer(tier.name)
        ]
        return lower + [name for name in ("parcel", "building") if self.has(name)]

    def actors(self) -> list[str]:
        """Return the layers that act on heritage: tiers from the judged one down, parcels."""
        names = [tier.name for tier in self.plan.chain]
        first = names.index(self.judged) if self.judged in names else len(names)
        acting = [name for name in names[first:] if self.has(name)]
        return acting + ["parcel"] * self.has("parcel")


def _off_the_grid(shapes: Shapes) -> Shapes:
    """Return shapes without the grid that GEOS may hold them on.

    What two such shapes share would be rounded to it; the same shapes read from a file have none.
    """
    held = shapely.get_precision(shapes) > 0
    if held.any():
        shapes = shapes.copy()
        shapes[held] = shapely.from_wkb(shapely.to_wkb(shapes[held]))
    return shapes
