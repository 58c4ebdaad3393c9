"""Cuts a plan into sections that are measured on their own: parents, their land, what is near.

Of the nearest tier above the judged one every feature makes a section, or several small ones do. A
section owns the features of the judged tier and of the tiers below it that lie under its features,
by their parents in the table `parents`, and the parcels and buildings there; what has no parent
goes to the nearest. Each of these features is owned once, and its section makes all rows of which
it is the first key (`scene.About`): each row is made once, and all together are those of the
whole plan, to the last bit. Why no bit differs:

 * A section holds, besides its own, every feature that such a row can depend on: of each layer
   what comes within the reach of a measure (`engine.Measure.reach`) of a box of its own features,
   or of the land of its parents. More than that changes nothing.
 * Children of one parent are always in one section, so what their edges leave
   (`gisplan.measure.residual`) is the same. Features of other sections have no parent here, which
   makes them open: nothing is left out for them.
 * Features keep the order of the plan, so that ties are broken alike (`Scene.rank`).
 * Shapes are worked on one by one, or pair by pair; unions are of the same features in the same
   order.

Tables of the tiers above, of heritage by itself and of what looks at the whole plan are measured
on the whole plan; so is everything where the judged tier has no parents in the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.measure.residual import find_parents
from gisplan.measure.scene import About, Ints, Scene
from gisplan.measure.tables import COLUMNS
from gisplan.model import Layer, LayerSpec, Plan, PlanConfig, Text, Tier

LOOKED_AT = ("heritage_zone", "heritage_body", "control_line", "planning_zone")
LAND = ("parcel", "building")
# Boxes and shapes are compared with this much to spare: no rounding decides what is near.
SPARE_M = 1.0
# Features that a section owns, about: a sixth of a second goes into each section, however small.
SIZE = 10_000
KEPT = ["_label", "_source_area", "geometry"]  # all that the measures of sections look at


@dataclass(frozen=True)
class Section:
    """A plan of its own: what is measured, and what is near.

    plan : Plan
        Its layers have the columns KEPT; fids count from 0 in each layer, in the plan's order.
    judged : str
    about : About
        What the section owns, by its own fids.
    parents : DataFrame
        The table `parents` of what it owns, by its own fids.
    fids : mapping
        Layer -> the fid in the whole plan of each feature. No part of what is measured.
    """

    plan: Plan
    judged: str
    about: About
    parents: pd.DataFrame
    fids: Mapping[str, Ints]


class Division:
    """How a plan falls into sections."""

    def __init__(
        self, scene: Scene, parents: pd.DataFrame, reach: Mapping[str, float], size: int = SIZE
    ) -> None:
        """Take the whole plan apart.

        Parameters
        ----------
        scene : Scene
            The whole plan; `upper_tier` returns a name.
        parents : DataFrame
            The table of the whole plan.
        reach : mapping of str to float
            Layer -> metres within which its features matter; "" for all other layers.
        size : int
            How many features a section owns, about; 0 makes one of every upper feature.
        """
        self._scene, self._parents, self._reach = scene, parents, reach
        self._size = size
        self.upper = upper_tier(scene)
        self.divided = divided_layers(scene)
        tiers = [tier.name for tier in scene.tiers()]
        names = dict.fromkeys([*tiers, *self.divided, *LOOKED_AT])
        self._held = [name for name in names if scene.has(name)]
        self._areal = frozenset(name for name in self.divided if len(scene.areal(name)))

    def __len__(self) -> int:
        return len(self._groups)

    def rest(self) -> About:
        """Return what is measured on the whole plan: the layers that are not divided."""
        whole = [name for name in self._scene.spatial() if name not in self.divided]
        rows = {name: np.arange(len(self._scene.shapes(name))) for name in whole}
        return About(rows, areal=frozenset(whole))

    def sections(self) -> Iterator[Section]:
        """Yield the sections, one at a time."""
        own = {name: _by_owner(self._owners[name], len(self)) for name in self.divided}
        for number, uppers in enumerate(self._groups):
            yield self._section(uppers, {name: own[name][number] for name in self.divided})

    @cached_property
    def _groups(self) -> list[Ints]:
        """Return the features of the upper tier that make each section.

        So many to each that they hold enough features on average; in the order of the layer, in
        which features of one area mostly follow on each other.
        """
        order = np.argsort(self._scene.rank(self.upper))
        features = sum(len(self._scene.shapes(name)) for name in self.divided)
        at_once = max(1, round(self._size * len(order) / max(features, 1)))
        return [np.sort(group) for group in np.split(order, range(at_once, len(order), at_once))]

    @cached_property
    def _owners(self) -> dict[str, Ints]:
        """Return the section that each feature of the divided layers belongs to; by fid."""
        scene = self._scene
        owners = {self.upper: np.empty(len(scene.shapes(self.upper)), dtype=np.int64)}
        for number, uppers in enumerate(self._groups):
            owners[self.upper][uppers] = number
        for name in self.divided:
            parent_of = find_parents(scene, self._parents, name)
            owner = np.full(len(parent_of), -1, dtype=np.int64)
            known = parent_of >= 0
            owner[known] = owners[scene.parent_layer(name)][parent_of[known]]
            alone = np.flatnonzero(~known)
            owner[alone] = owners[self.upper][_nearest(scene, name, alone, self.upper)]
            owners[name] = owner
        return owners

    @cached_property
    def _tiers(self) -> tuple[Tier, ...]:
        return tuple(
            Tier(
                name=tier.name,
                title=Text("", ""),
                rank=tier.rank,
                spec=_spec(tier.spec),
                partitions_parent=tier.partitions_parent,
                chained=tier.chained,
            )
            for tier in self._scene.plan.chain
        )

    def _section(self, uppers: Ints, own: dict[str, Ints]) -> Section:
        scene = self._scene
        boxes = np.concatenate([self._bounds(name)[fids] for name, fids in own.items()])
        boxes = boxes[~np.isnan(boxes[:, 0])]
        tree = shapely.STRtree(shapely.box(*boxes.T))
        land = scene.shapes(self.upper)[uppers]
        low, high = _extent(np.concatenate([boxes, shapely.bounds(land)]))

        def around(name: str) -> Ints:
            """Return the fids of a layer that are held, in order: its own, and what is near."""
            mine = own.get(name, np.zeros(0, dtype=np.int64))
            reach = max(self._reach.get(name, 0.0), self._reach.get("", 0.0)) + SPARE_M
            others = scene.tree(name).query(shapely.box(*(low - reach), *(high + reach)))
            others = np.setdiff1d(others, mine)
            x0, y0, x1, y1 = self._bounds(name)[others].T
            near = np.zeros(len(others), dtype=bool)
            wider = shapely.box(x0 - reach, y0 - reach, x1 + reach, y1 + reach)
            near[tree.query(wider)[0]] = True
            if name in self.divided:
                far = np.flatnonzero(~near)
                pairs = shapely.STRtree(scene.shapes(name)[others[far]]).query(
                    land, predicate="dwithin", distance=SPARE_M
                )
                near[far[pairs[1]]] = True
            found = [mine, others[near], *([uppers] if name == self.upper else [])]
            return np.unique(np.concatenate(found)).astype(np.int64)

        fids = {name: around(name) for name in self._held}
        plan = Plan(
            config=PlanConfig(scene.plan.config.root, ()),
            chain=self._tiers,
            layers={name: _extract(scene.layer(name), fids[name]) for name in self._held},
            working_crs=scene.crs,
            notes=(),
            inputs=(),
        )
        about = About(
            rows={name: np.searchsorted(fids[name], own[name]) for name in self.divided},
            parents={self.upper: np.searchsorted(fids[self.upper], uppers)},
            areal=self._areal,
        )
        return Section(plan, scene.judged, about, self._parents_of(own, fids), fids)

    def _bounds(self, name: str) -> NDArray[np.float64]:
        scene = self._scene
        return scene.once(("bounds", name), lambda: shapely.bounds(scene.shapes(name)))

    def _parents_of(self, own: dict[str, Ints], fids: dict[str, Ints]) -> pd.DataFrame:
        """Return the rows of `parents` of what a section owns, by its own fids."""
        scene, tables = self._scene, []
        for name in self.divided:
            upper = scene.parent_layer(name)
            parent_of = find_parents(scene, self._parents, name)[own[name]]
            here = np.searchsorted(fids[upper], parent_of)
            tables.append(
                pd.DataFrame(
                    {
                        "child_layer": name,
                        "fid": np.searchsorted(fids[name], own[name]),
                        "parent_layer": upper,
                        "declared": None,
                        "parent_fid": np.where(parent_of >= 0, here, -1),
                        "how": "",
                    }
                )
            )
        return pd.concat(tables, ignore_index=True).astype(COLUMNS["parents"])


def upper_tier(scene: Scene) -> str:
    """Return the tier whose features make the sections; "" where the plan is not divided."""
    judged = next((tier for tier in scene.tiers() if tier.name == scene.judged), None)
    upper = scene.parent_layer(scene.judged) if judged is not None and judged.chained else ""
    return upper if upper and len(scene.shapes(upper)) > 1 else ""


def divided_layers(scene: Scene) -> list[str]:
    """Return the layers whose features belong to sections, parents before their children."""
    rank = next(tier.rank for tier in scene.tiers() if tier.name == scene.judged)
    below = [tier.name for tier in scene.tiers() if tier.chained and tier.rank >= rank]
    return below + [name for name in LAND if scene.has(name)]


def _by_owner(owner: Ints, n: int) -> list[Ints]:
    """Return the fids that each section owns, in order."""
    order = np.argsort(owner, kind="stable")
    return np.split(order, np.searchsorted(owner[order], np.arange(1, n)))


def _nearest(scene: Scene, name: str, fids: Ints, upper: str) -> Ints:
    """Return the feature of the upper tier nearest to each feature, 0 for those without a place."""
    found = np.zeros(len(fids), dtype=np.int64)
    x0, y0, x1, y1 = shapely.bounds(scene.shapes(name)[fids]).T
    places = shapely.points((x0 + x1) / 2, (y0 + y1) / 2)
    row, near = scene.tree(upper).query_nearest(places, all_matches=False)
    found[row] = near
    return found


def _extent(boxes: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lower left and the upper right corner around boxes; NaN of none."""
    boxes = boxes[~np.isnan(boxes[:, 0])]
    if not len(boxes):
        return np.full(2, np.nan), np.full(2, np.nan)
    return boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)


def _spec(spec: LayerSpec) -> LayerSpec:
    return LayerSpec(spec.name, spec.kind, Text("", ""), {}, disjoint=spec.disjoint)


def _extract(layer: Layer, fids: Ints) -> Layer:
    """Return some features of a layer, with what measures look at.

    The shapes are copies: measures prepare shapes, and what that builds is neither thread-safe nor
    small. It goes with the section.
    """
    rows = layer.frame[KEPT].iloc[fids].reset_index(drop=True)
    shapes = shapely.from_wkb(shapely.to_wkb(np.asarray(rows.pop("geometry").array, dtype=object)))
    frame = gpd.GeoDataFrame(rows, geometry=shapes)
    return Layer(layer.name, _spec(layer.spec), frame, frozenset(), len(fids))


def count_features(plan: Plan, judged: str) -> int:
    """Return how many features of a plan belong to sections; 0 where it is not divided."""
    scene = Scene(plan, judged)
    if not upper_tier(scene):
        return 0
    return sum(len(scene.shapes(name)) for name in divided_layers(scene))
