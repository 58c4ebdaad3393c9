"""Table `doubt`: actors that a feature of uncertain shape could concern though no row says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.measure.doubt_land import Row, doubtful_land
from gisplan.measure.doubt_words import (
    WHY_NOWHERE,
    WHY_OWN,
    WHY_QUARANTINED,
    WHY_REPAIRED,
    WHY_REPAIRED_LINE,
    fill,
)
from gisplan.measure.overlay import Shapes
from gisplan.measure.scene import Scene
from gisplan.measure.tables import join_tables, make_table
from gisplan.model import Text

HERITAGE = ("heritage_zone", "heritage_body")
LINES = (
    "control_line",
    "planning_zone",
    "view",
)  # what rules hold actors against by what they share
BOUNDARY = "development_boundary"  # whoever is inside is in order: see doubt_land
MARGIN_M = 50.0
BUILDING = "building"

# How much a feature concerns an actor: it lies in it, near it, or neither.
APART, NEAR, IN = 0, 1, 2


class _Doubtful(NamedTuple):
    """A feature whose shape is not certain. `shape` None: its place is unknown."""

    layer: str
    fid: int
    label: str
    shape: Any
    why: Text
    margin: float = MARGIN_M


def measure_doubt(
    scene: Scene,
    relate: pd.DataFrame,
    near: pd.DataFrame,
    works: pd.DataFrame,
    struck: pd.DataFrame,
) -> pd.DataFrame:
    """Return the actors whose verdict an uncertain shape could change."""
    tables = []
    for actor in scene.actors():
        shapes = _largest(scene, actor)
        known = _known(actor, relate, near)
        tree = shapely.STRtree(shapes)
        rows = [row for other in _doubtful(scene) for row in _around(actor, tree, other, known)]
        rows += _not_in(rows, _own(scene, actor, known))
        rows += doubtful_land(scene, actor, shapes, tree)
        tables.append(_table(rows))
    if scene.has(BUILDING):
        tables.append(_table(_of_buildings(scene, _known(BUILDING, works, struck))))
    return join_tables("doubt", tables)


def _table(rows: list[Row]) -> pd.DataFrame:
    columns = ("actor_layer", "fid", "other_layer", "other_fid", "other_label")
    table = {name: [row[i] for row in rows] for i, name in enumerate(columns)}
    table |= {"why_zh": [row[5].zh for row in rows], "why_en": [row[5].en for row in rows]}
    return make_table("doubt", table)


def _not_in(rows: list[Row], more: Iterable[Row]) -> list[Row]:
    told = {(row[1], row[2], row[3]) for row in rows}
    return [row for row in more if (row[1], row[2], row[3]) not in told]


def _of_buildings(scene: Scene, known: dict[tuple[int, str, int], int]) -> list[Row]:
    """Return the doubts about buildings that the plan acts on; being near is none."""
    action = scene.layer(BUILDING).frame.get("action")
    if action is None:
        return []
    acting = set(np.flatnonzero((action.notna() & (action != "keep")).to_numpy(dtype=bool)))
    known = {key: IN if level == NEAR else level for key, level in known.items()}
    tree = shapely.STRtree(_largest(scene, BUILDING))
    others = [other._replace(margin=0.0) for other in _doubtful(scene) if other.layer in HERITAGE]
    placed = [other for other in others if other.shape is not None]
    rows = [row for other in placed for row in _around(BUILDING, tree, other, known)]
    rows += [row for row in _not_in(rows, _own(scene, BUILDING, known)) if row[2] in HERITAGE]
    return [row for row in rows if row[1] in acting]


def _around(
    actor: str, tree: shapely.STRtree, other: _Doubtful, known: dict[tuple[int, str, int], int]
) -> Iterator[Row]:
    if other.shape is None:
        yield (actor, -1, other.layer, other.fid, other.label, other.why)
        return
    inside = set(tree.query(other.shape, predicate="intersects").tolist())
    close: NDArray[np.int64] = tree.query(other.shape, predicate="dwithin", distance=other.margin)
    for fid in sorted(close.tolist()):
        worst = IN if fid in inside else NEAR
        if worst > known.get((fid, other.layer, other.fid), APART):
            yield (actor, fid, other.layer, other.fid, other.label, other.why)


def _own(scene: Scene, actor: str, known: dict[tuple[int, str, int], int]) -> Iterator[Row]:
    """Yield the pairs that the pessimistic shape of a repaired actor meets, and it does not."""
    for fid, shape in sorted(scene.layer(actor).pessimistic.items()):
        for layer in (*HERITAGE, *LINES):
            if not scene.has(layer):
                continue
            for other in sorted(scene.tree(layer).query(shape, predicate="intersects").tolist()):
                if known.get((fid, layer, other), APART) < IN and not _bounds(scene, layer, other):
                    label = scene.labels(layer)[other]
                    yield (actor, fid, layer, other, label, fill(WHY_OWN, label))


def _bounds(scene: Scene, layer: str, fid: int) -> bool:
    frame = scene.layer(layer).frame
    return layer == "control_line" and "kind" in frame and frame["kind"].iloc[fid] == BOUNDARY


def _known(actor: str, relate: pd.DataFrame, near: pd.DataFrame) -> dict[tuple[int, str, int], int]:
    """Return what the shapes as repaired already say of each pair."""
    rows = relate[relate["actor_layer"] == actor]
    keys = zip(rows["fid"], rows["zone_layer"], rows["zone_fid"], strict=True)
    known = dict.fromkeys(keys, IN)
    close = near[(near["actor_layer"] == actor) & (near["distance_m"] <= MARGIN_M)]
    columns = (close["fid"], close["body_fid"], close["inside"])
    for fid, other, inside in zip(*columns, strict=True):
        known[fid, "heritage_body", other] = IN if inside else NEAR
    return known


def _largest(scene: Scene, actor: str) -> Shapes:
    shapes = scene.shapes(actor).copy()
    for fid, shape in scene.layer(actor).pessimistic.items():
        shapes[fid] = shape
    return shapes


def _has_no_extent(shape: Any, kinds: Sequence[str]) -> bool:
    """Return whether nobody knows how far a shape reaches: none, or a point where areas are due."""
    if shape is None or shapely.is_missing(shape) or shapely.is_empty(shape):
        return True
    return bool(shapely.get_dimensions(shape) == 0) and "point" not in kinds


def _doubtful(scene: Scene) -> Iterator[_Doubtful]:
    for name in (*HERITAGE, *LINES):
        if not scene.has(name):
            continue
        layer = scene.layer(name)
        # Nearness to heritage is a finding of its own; near a line is outside of it.
        why, margin = (WHY_REPAIRED, MARGIN_M) if name in HERITAGE else (WHY_REPAIRED_LINE, 0.0)
        for fid, shape in sorted(layer.pessimistic.items()):
            if not _bounds(scene, name, fid):
                label = scene.labels(name)[fid]
                yield _Doubtful(name, fid, label, shape, fill(why, label), margin)
        if layer.quarantine is None:
            continue
        for row in layer.quarantine.to_dict("records"):
            shape = row["geometry"]
            nowhere = _has_no_extent(shape, layer.spec.geometry)
            label = str(row["_label"])
            yield _Doubtful(
                layer=name,
                fid=-1,
                label=label,
                shape=None if nowhere else shape,
                why=fill(
                    WHY_NOWHERE if nowhere else WHY_QUARANTINED,
                    label,
                    row["reason_zh"],
                    row["reason_en"],
                ),
            )
