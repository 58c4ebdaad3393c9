"""Tables `contact` and `inside`: what stands where an actor meets heritage, and what is kept."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.measure.near import SNAP_M
from gisplan.measure.overlay import Shapes, difference, intersection, union
from gisplan.measure.pieces import keep_dimension, split_pieces
from gisplan.measure.relate import share
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.tables import join_tables, make_table

KEYS = ["actor_layer", "fid", "other_layer", "other_fid"]
KEEP = "keep"
Flags = NDArray[np.bool_]


class _Parts(NamedTuple):
    """What may stand in a contact: shapes at their largest, rows (-1: set aside), and certainty."""

    shapes: Shapes
    fid: Ints
    certain: Flags


def measure_contact(scene: Scene, relate: pd.DataFrame, near: pd.DataFrame) -> pd.DataFrame:
    """Return every contact with heritage, and what of it no feature that is kept covers."""
    met = _contacts(scene, relate, near)
    shapes = np.asarray(met["geometry"].array, dtype=object)
    areal = shapely.get_dimensions(shapes) == 2
    kept = _kept_land(scene, shapes)
    left = difference(shapes, kept)
    pieces = split_pieces(left, scene.crs)
    width = np.zeros(len(met))
    np.maximum.at(width, pieces.row, pieces.width_m)
    return make_table(
        "contact",
        {
            **{key: met[key].to_numpy() for key in KEYS},
            "certain": met["certain"].to_numpy(dtype=bool),
            "areal": areal,
            "covered": np.asarray(shapely.covers(kept, shapes), dtype=bool),
            "area_m2": ellipsoidal_area(shapes, scene.crs),
            "left_m2": ellipsoidal_area(left, scene.crs),
            "left_width_m": width,
        },
    )


def measure_inside(scene: Scene, relate: pd.DataFrame, near: pd.DataFrame) -> pd.DataFrame:
    """Return every parcel, building and feature of a lower tier that lies in a contact."""
    met = _contacts(scene, relate, near)
    own = (met["actor_layer"] == scene.judged).to_numpy()
    below = [name for name in scene.actors() if name != scene.judged]
    tables = [_inside(scene, met[own], name) for name in below]
    if "building" in scene.plan.layers:
        tables.append(_inside(scene, met, "building"))
    return join_tables("inside", tables)


def _contacts(scene: Scene, relate: pd.DataFrame, near: pd.DataFrame) -> pd.DataFrame:
    """Return KEYS, geometry and certain of every contact: what is shared, of a body its shape."""
    zones = relate[(relate["zone_layer"] == "heritage_zone") | _purple(scene, relate)]
    zones = zones.rename(columns={"zone_layer": "other_layer", "zone_fid": "other_fid"})
    bodies = near[near["inside"]].rename(columns={"body_fid": "other_fid"})
    bodies = bodies.assign(other_layer="heritage_body")
    columns = [*KEYS, "geometry"]
    met = pd.concat([zones[columns], bodies[columns]], ignore_index=True)
    return met.assign(
        certain=_certain(scene, met["actor_layer"], met["fid"])
        & _certain(scene, met["other_layer"], met["other_fid"])
    )


def _purple(scene: Scene, relate: pd.DataFrame) -> pd.Series:
    lines = relate["zone_layer"] == "control_line"
    if not lines.any():
        return lines
    kind = scene.layer("control_line").frame["kind"].astype(object)
    return lines & relate["zone_fid"].map(kind).eq("purple")


def _certain(scene: Scene, layers: pd.Series, fids: pd.Series) -> Flags:
    """Return which features have a shape that was not repaired."""
    certain = np.ones(len(fids), dtype=bool)
    for layer in layers.unique():
        own = (layers == layer).to_numpy()
        certain[own] = ~np.isin(fids[own], list(scene.layer(layer).pessimistic))
    return certain


def _kept_land(scene: Scene, contacts: Shapes) -> Shapes:
    """Return for each contact the land of the parcels and buildings there that are kept."""
    kept = [
        scene.shapes(name)[_kept(scene, name)]
        for name in ("parcel", "building")
        if _has_action(scene, name)
    ]
    shapes = np.concatenate(kept) if kept else np.empty(0, dtype=object)
    land = np.full(len(contacts), shapely.GeometryCollection(), dtype=object)
    contact, found = shapely.STRtree(shapes).query(contacts, predicate="intersects")
    order = np.lexsort((found, contact))
    contact, found = contact[order], found[order]
    rows, first = np.unique(contact, return_index=True)
    groups = np.split(found, first[1:]) if len(rows) else []
    for row, group in zip(rows.tolist(), groups, strict=True):
        land[row] = union(shapely.normalize(shapes[group]))
    return land


def _has_action(scene: Scene, name: str) -> bool:
    return scene.has(name) and "action" in scene.layer(name).frame


def _kept(scene: Scene, name: str) -> Ints:
    """Return the features that stay as they are: no mode of renewal, a certain shape; by rank."""
    layer = scene.layer(name)
    keep = (layer.frame["action"] == KEEP).to_numpy(dtype=bool, na_value=False)
    if "mode" in layer.frame:
        keep = keep & layer.frame["mode"].isna().to_numpy()
    kept = np.setdiff1d(np.flatnonzero(keep), list(layer.pessimistic))
    return kept[np.argsort(scene.rank(name)[kept])]


def _parts(scene: Scene, name: str) -> _Parts:
    """Return the features of a layer, with those set aside of which a place is known."""
    layer = scene.layer(name)
    shapes = scene.shapes(name).copy() if scene.has(name) else np.empty(0, dtype=object)
    certain = np.ones(len(shapes), dtype=bool)
    for row, shape in layer.pessimistic.items():
        shapes[row], certain[row] = shape, False
    fid = np.arange(len(shapes), dtype=np.int64)
    if layer.quarantine is None:
        return _Parts(shapes, fid, certain)
    aside = np.asarray(layer.quarantine["geometry"].array, dtype=object)
    aside = aside[~_nowhere(aside)]
    return _Parts(
        np.concatenate([shapes, aside]),
        np.concatenate([fid, np.full(len(aside), -1)]),
        np.concatenate([certain, np.zeros(len(aside), dtype=bool)]),
    )


def _nowhere(shapes: Shapes) -> Flags:
    return np.asarray(shapely.is_missing(shapes) | shapely.is_empty(shapes), dtype=bool)


def _reached(scene: Scene, met: pd.DataFrame, name: str) -> Flags:
    """Return the contacts that a feature set aside without a place may lie in.

    Those of the feature of the judged tier that its code begins with; else it may lie in any.
    """
    aside = scene.layer(name).quarantine
    reached = np.zeros(len(met), dtype=bool)
    if aside is None or not len(met):
        return reached
    lost = _nowhere(np.asarray(aside["geometry"].array, dtype=object))
    labels = scene.labels(scene.judged)
    own = (met["actor_layer"] == scene.judged).to_numpy()
    for code in aside["code"].to_numpy(dtype=object)[lost]:
        named = [
            str(code).startswith(label) if isinstance(code, str) else False for label in labels
        ]
        mine = own & np.isin(met["fid"], np.flatnonzero(named))
        reached |= mine if any(named) else np.ones(len(met), dtype=bool)
    return reached


def _inside(scene: Scene, met: pd.DataFrame, name: str) -> pd.DataFrame:
    contacts = np.asarray(met["geometry"].array, dtype=object)
    parts = _parts(scene, name)
    own = shapely.get_dimensions(contacts)
    # what is drawn as a point or a line may stand for the footprint beside it
    reach = np.where(own < 2, SNAP_M, 0.0)
    row, part = shapely.STRtree(parts.shapes).query(contacts, predicate="dwithin", distance=reach)
    lower = np.minimum(own[row], shapely.get_dimensions(parts.shapes[part]))
    shared = scene.workers.blocks(
        lambda one, other, dimension: keep_dimension(intersection(one, other), dimension),
        contacts[row],
        parts.shapes[part],
        lower,
    )
    areal = lower == 2
    real = ~areal | ~shapely.is_empty(shared) | ~parts.certain[part]
    row, part, lower, shared, areal = (x[real] for x in (row, part, lower, shared, areal))
    pieces = split_pieces(shared, scene.crs)
    width = np.zeros(len(row))
    np.maximum.at(width, pieces.row, pieces.width_m)
    table = pd.DataFrame(
        {
            **{key: met[key].to_numpy()[row] for key in KEYS},
            "part_layer": name,
            "part_fid": parts.fid[part],
            "certain": parts.certain[part],
            "areal": areal,
            "area_m2": ellipsoidal_area(shared, scene.crs),
            "width_m": width,
            "share_part": share(shared, parts.shapes[part], lower),
        }
    )
    rows = _once_aside(table, met[_reached(scene, met, name)], name)
    return make_table("inside", {column: rows[column].to_numpy() for column in rows})


def _once_aside(table: pd.DataFrame, reached: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the rows, with one in each contact for all that was set aside and may lie there."""
    lost = reached[KEYS].assign(
        part_layer=name, part_fid=-1, certain=False, areal=False,
        area_m2=0.0, width_m=0.0, share_part=0.0,
    )  # fmt: skip
    aside = pd.concat([lost, table[table["part_fid"] < 0]], ignore_index=True)
    aside = aside.drop_duplicates(KEYS).assign(
        areal=False, area_m2=0.0, width_m=0.0, share_part=0.0
    )
    rows = pd.concat([table[table["part_fid"] >= 0], aside], ignore_index=True)
    return rows
