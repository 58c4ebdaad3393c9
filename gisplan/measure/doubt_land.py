"""Doubt about land itself: what parents and development boundaries hold, what neighbours take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely

from gisplan.measure.doubt_words import (
    WHY_BESIDE,
    WHY_BESIDE_ASIDE,
    WHY_OWN_BESIDE,
    WHY_SMALLER,
    fill,
)
from gisplan.measure.overlay import Shapes, difference, intersection
from gisplan.measure.scene import Scene
from gisplan.model import Text

NOISE_M2 = 1.0  # as in the rules on overlaps and overhangs

Row = tuple[str, int, str, int, str, Text]


def doubtful_land(
    scene: Scene, actor: str, largest: Shapes, tree: shapely.STRtree
) -> Iterator[Row]:
    """Yield the actors that may lie outside what holds them, or under a neighbour.

    Parameters
    ----------
    scene : Scene
        The plan.
    actor : str
        A layer of actors.
    largest : ndarray
        Its shapes, pessimistic ones where they were repaired.
    tree : STRtree
        Of `largest`.
    """
    yield from _outside_the_least(scene, actor, largest, tree)
    if actor == scene.judged:
        yield from _under_a_neighbour(scene, actor, largest, tree)


def _outside_the_least(
    scene: Scene, actor: str, largest: Shapes, tree: shapely.STRtree
) -> Iterator[Row]:
    """Yield the actors on land that a repaired parent or boundary has, but may not have meant."""
    for name in _holders(scene, actor):
        layer = scene.layer(name)
        for fid, least in sorted(layer.least.items()):
            if name == "control_line" and layer.frame["kind"].iloc[fid] != "development_boundary":
                continue
            lost = _one(difference, scene.shapes(name)[fid], least)
            label = scene.labels(name)[fid]
            for own in _sharing(lost, largest, tree):
                yield (actor, own, name, fid, label, fill(WHY_SMALLER, label))


def _holders(scene: Scene, actor: str) -> list[str]:
    tiers = [tier.name for tier in scene.tiers()]
    above = tiers[: tiers.index(actor)] if actor in tiers else [scene.judged]
    lines = ["control_line"] if scene.has("control_line") else []
    return [name for name in above if scene.has(name)] + lines


def _under_a_neighbour(
    scene: Scene, actor: str, largest: Shapes, tree: shapely.STRtree
) -> Iterator[Row]:
    """Yield both of two neighbours of which one was repaired and may reach over the other."""
    layer = scene.layer(actor)
    labels = scene.labels(actor)
    for fid, shape in sorted(layer.pessimistic.items()):
        more = _one(difference, shape, scene.shapes(actor)[fid])
        for other in _sharing(more, largest, tree):
            if other != fid:
                yield (actor, other, actor, fid, labels[fid], fill(WHY_BESIDE, labels[fid]))
                yield (actor, fid, actor, other, labels[other], fill(WHY_OWN_BESIDE, labels[other]))
    if layer.quarantine is None:
        return
    for row in layer.quarantine.to_dict("records"):
        shape = row["geometry"]
        if shape is None or shapely.is_missing(shape) or shapely.is_empty(shape):
            continue  # it has its own verdict; nothing says that it lies on another
        label = str(row["_label"])
        why = fill(WHY_BESIDE_ASIDE, label, row["reason_zh"], row["reason_en"])
        for other in _sharing(shape, largest, tree):
            yield (actor, other, actor, -1, label, why)


def _sharing(shape: Any, largest: Shapes, tree: shapely.STRtree) -> list[int]:
    """Return the actors that share more than noise with a shape: land, a line, or a point."""
    if shape is None or shape.is_empty:
        return []
    met: list[int] = sorted(tree.query(shape, predicate="intersects").tolist())
    if not met:
        return []
    shapes = largest[met]
    shared = intersection(shapes, np.full(len(met), shape, dtype=object))
    areal = shapely.get_dimensions(shapes) == 2
    enough = np.where(areal, shapely.area(shared) > NOISE_M2, True)
    return [fid for fid, kept in zip(met, enough.tolist(), strict=True) if kept]


def _one(operation: Any, shape: Any, other: Any) -> Any:
    pair = [np.array([one], dtype=object) for one in (shape, other)]
    return operation(*pair)[0]
