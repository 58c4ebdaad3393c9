"""Table `doubt`: actors that a heritage feature could concern though no row says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd
import shapely

from gisplan.measure.overlay import Shapes
from gisplan.measure.scene import Scene
from gisplan.measure.tables import join_tables, make_table
from gisplan.model import Text

OTHERS = ("heritage_zone", "heritage_body")
MARGIN_M = 50.0

# How much a heritage feature concerns an actor: it lies in it, near it, or neither.
APART, NEAR, IN = 0, 1, 2

WHY_REPAIRED = Text(
    "“{other}”图形有误，经修复；按其最大可能范围，与本要素相交或相距 50 米以内",
    "{other} was invalid and repaired; the largest shape that it could mean meets this feature or"
    " lies within 50 m of it",
)
WHY_QUARANTINED = Text(
    "“{other}”无法判定，已隔离（{reason_zh}）；其可能范围与本要素相交或相距 50 米以内",
    "{other} could not be judged and was set aside ({reason_en}); it may meet this feature or lie"
    " within 50 m of it",
)
WHY_NOWHERE = Text(
    "“{other}”无法判定，已隔离（{reason_zh}），位置不明，可能涉及任何要素",
    "{other} could not be judged and was set aside ({reason_en}); its place is unknown, so it may"
    " concern every feature",
)
WHY_OWN = Text(
    "本要素图形有误，经修复；按其最大可能范围，与“{other}”相交",
    "this feature was invalid and repaired; the largest shape that it could mean meets {other}",
)


class _Doubtful(NamedTuple):
    """A heritage feature whose shape is not certain. `shape` None: its place is unknown."""

    layer: str
    fid: int
    label: str
    shape: Any
    why: Text


def measure_doubt(scene: Scene, relate: pd.DataFrame, near: pd.DataFrame) -> pd.DataFrame:
    """Return the actors that an uncertain shape could bring under heritage law."""
    tables = []
    for actor in scene.actors():
        shapes = _largest(scene, actor)
        known = _known(actor, relate, near)
        tree = shapely.STRtree(shapes)
        rows = [row for other in _doubtful(scene) for row in _around(actor, tree, other, known)]
        certain = {(row[1], row[2], row[3]) for row in rows}
        rows += [
            row for row in _own(scene, actor, known) if (row[1], row[2], row[3]) not in certain
        ]
        columns = ("actor_layer", "fid", "other_layer", "other_fid", "other_label")
        table = {name: [row[i] for row in rows] for i, name in enumerate(columns)}
        table |= {"why_zh": [row[5].zh for row in rows], "why_en": [row[5].en for row in rows]}
        tables.append(make_table("doubt", table))
    return join_tables("doubt", tables)


_Row = tuple[str, int, str, int, str, Text]


def _around(
    actor: str, tree: shapely.STRtree, other: _Doubtful, known: dict[tuple[int, str, int], int]
) -> Iterator[_Row]:
    if other.shape is None:
        yield (actor, -1, other.layer, other.fid, other.label, other.why)
        return
    inside = set(tree.query(other.shape, predicate="intersects").tolist())
    for fid in sorted(tree.query(other.shape, predicate="dwithin", distance=MARGIN_M).tolist()):
        worst = IN if fid in inside else NEAR
        if worst > known.get((fid, other.layer, other.fid), APART):
            yield (actor, fid, other.layer, other.fid, other.label, other.why)


def _own(scene: Scene, actor: str, known: dict[tuple[int, str, int], int]) -> Iterator[_Row]:
    """Yield the pairs that the pessimistic shape of a repaired actor meets, and it does not."""
    for fid, shape in sorted(scene.layer(actor).pessimistic.items()):
        for layer in OTHERS:
            if not scene.has(layer):
                continue
            for other in sorted(scene.tree(layer).query(shape, predicate="intersects").tolist()):
                if known.get((fid, layer, other), APART) < IN:
                    label = scene.labels(layer)[other]
                    yield (actor, fid, layer, other, label, _fill(WHY_OWN, label))


def _known(actor: str, relate: pd.DataFrame, near: pd.DataFrame) -> dict[tuple[int, str, int], int]:
    """Return what the shapes as repaired already say of each pair."""
    zones = relate[(relate["actor_layer"] == actor) & (relate["zone_layer"] == OTHERS[0])]
    known = {
        (fid, OTHERS[0], other): IN
        for fid, other in zip(zones["fid"], zones["zone_fid"], strict=True)
    }
    close = near[(near["actor_layer"] == actor) & (near["distance_m"] <= MARGIN_M)]
    columns = (close["fid"], close["body_fid"], close["inside"])
    for fid, other, inside in zip(*columns, strict=True):
        known[fid, OTHERS[1], other] = IN if inside else NEAR
    return known


def _largest(scene: Scene, actor: str) -> Shapes:
    shapes = scene.shapes(actor).copy()
    for fid, shape in scene.layer(actor).pessimistic.items():
        shapes[fid] = shape
    return shapes


def _doubtful(scene: Scene) -> Iterator[_Doubtful]:
    for name in OTHERS:
        if not scene.has(name):
            continue
        layer = scene.layer(name)
        for fid, shape in sorted(layer.pessimistic.items()):
            label = scene.labels(name)[fid]
            yield _Doubtful(name, fid, label, shape, _fill(WHY_REPAIRED, label))
        if layer.quarantine is None:
            continue
        for row in layer.quarantine.to_dict("records"):
            shape = row["geometry"]
            nowhere = shape is None or shapely.is_missing(shape) or shapely.is_empty(shape)
            label = str(row["_label"])
            yield _Doubtful(
                layer=name,
                fid=-1,
                label=label,
                shape=None if nowhere else shape,
                why=_fill(
                    WHY_NOWHERE if nowhere else WHY_QUARANTINED,
                    label,
                    row["reason_zh"],
                    row["reason_en"],
                ),
            )


def _fill(text: Text, other: str, reason_zh: object = "", reason_en: object = "") -> Text:
    # not format(): a label may hold braces
    def put(template: str) -> str:
        out = template.replace("{reason_zh}", str(reason_zh)).replace("{reason_en}", str(reason_en))
        return out.replace("{other}", other)

    return Text(put(text.zh), put(text.en))
