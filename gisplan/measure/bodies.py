"""Tables `body_zone`, `body_out`, `body_pair`: bodies against their zones and each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from gisplan.measure.assets import BODY, ZONE, plain_name
from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.measure.overlay import Shapes, difference, intersection, union
from gisplan.measure.pieces import keep_dimension, split_pieces
from gisplan.measure.relate import share
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.tables import make_table


def measure_body_zone(scene: Scene, asset: pd.DataFrame) -> pd.DataFrame:
    """Return every pair of a zone and a body that meets it or that it belongs to."""
    if not (scene.has(ZONE) and scene.has(BODY)):
        return make_table("body_zone")
    zones, bodies = scene.shapes(ZONE), scene.shapes(BODY)
    z, b = scene.tree(BODY).query(zones, predicate="intersects")
    own = asset[asset["body_fid"] >= 0]
    pairs = np.unique(
        np.concatenate([np.stack([z, b]), own[["zone_fid", "body_fid"]].to_numpy().T], axis=1),
        axis=1,
    )
    z, b = pairs.astype(np.int64)
    own_body = pd.Series(own["body_fid"].to_numpy(), index=own["zone_fid"])
    lower = np.minimum(scene.dimensions(ZONE)[z], scene.dimensions(BODY)[b])
    shared = scene.workers.blocks(
        lambda one, other, dimension: keep_dimension(intersection(one, other), dimension),
        zones[z],
        bodies[b],
        lower,
    )
    return make_table(
        "body_zone",
        {
            "zone_fid": z,
            "body_fid": b,
            "own": own_body.reindex(z).to_numpy() == b,
            "distance_m": scene.workers.blocks(shapely.distance, zones[z], bodies[b]),
            "share_body": share(shared, bodies[b], lower),
        },
    )


def measure_body_out(scene: Scene, asset: pd.DataFrame) -> pd.DataFrame:
    """Return how far each body reaches out of all zones of a kind that are its own."""
    own = asset[asset["body_fid"] >= 0] if scene.has(BODY) else asset.iloc[:0]
    if own.empty or "zone" not in scene.layer(ZONE).frame:
        return make_table("body_out")
    kinds = scene.layer(ZONE).frame["zone"].iloc[own["zone_fid"]].to_numpy(dtype=object)
    own = own.assign(kind=kinds, rank=scene.rank(ZONE)[own["zone_fid"]])
    groups = own[own["kind"].notna()].sort_values("rank").groupby(["body_fid", "kind"], sort=True)
    keys = list(groups.indices)
    body = np.array([key[0] for key in keys], dtype=np.int64)
    land = unions(scene.shapes(ZONE), [group["zone_fid"].to_numpy() for _, group in groups])
    bodies = scene.shapes(BODY)[body]
    left = scene.workers.blocks(difference, bodies, land)
    pieces = split_pieces(left, scene.crs)
    width = np.zeros(len(body))
    np.maximum.at(width, pieces.row, pieces.width_m)
    return make_table(
        "body_out",
        {
            "body_fid": body,
            "kind": [str(key[1]) for key in keys],
            "zone_fid": groups["zone_fid"].first().to_numpy(),
            "distance_m": shapely.distance(bodies, land),
            "area_m2": ellipsoidal_area(left, scene.crs),
            "width_m": width,
            "geometry": shapely.normalize(np.where(shapely.is_empty(left), bodies, left)),
        },
    )


def measure_body_pair(scene: Scene) -> pd.DataFrame:
    """Return the pairs of bodies that share land or a name, and how they lie."""
    if not scene.has(BODY):
        return make_table("body_pair")
    shapes, rank = scene.shapes(BODY), scene.rank(BODY)
    met = scene.tree(BODY).query(shapes, predicate="intersects")
    named = _namesakes(scene)
    a, b = np.concatenate([met, named], axis=1)
    a, b = np.where(rank[a] <= rank[b], a, b), np.where(rank[a] <= rank[b], b, a)
    a, b = np.unique(np.stack([a, b])[:, a != b], axis=1).astype(np.int64)
    lower = np.minimum(scene.dimensions(BODY)[a], scene.dimensions(BODY)[b])
    shared = scene.workers.blocks(
        lambda one, other, dimension: keep_dimension(intersection(one, other), dimension),
        shapes[a],
        shapes[b],
        lower,
    )
    names = _plain_names(scene)
    return make_table(
        "body_pair",
        {
            "body_a": a,
            "body_b": b,
            "same_name": (names[a] == names[b]) & (names[a] != ""),
            "distance_m": scene.workers.blocks(shapely.distance, shapes[a], shapes[b]),
            "share_a": share(shared, shapes[a], lower),
            "share_b": share(shared, shapes[b], lower),
        },
    )


def unions(shapes: Shapes, groups: list[Ints]) -> Shapes:
    """Return the union of each group of fids; one alone as it is."""
    out = np.empty(len(groups), dtype=object)
    out[:] = [shapes[g[0]] if len(g) == 1 else union(shapes[g]) for g in groups]
    return out


def _plain_names(scene: Scene) -> np.ndarray:
    frame = scene.layer(BODY).frame
    names = frame["name"] if "name" in frame else [None] * len(frame)
    return np.array([plain_name(name) for name in names], dtype=object)


def _namesakes(scene: Scene) -> np.ndarray:
    """Return pairs of bodies of one name: each with the nearest other one."""
    names, order = _plain_names(scene), np.argsort(scene.rank(BODY))
    centres = shapely.centroid(scene.shapes(BODY))
    pairs = [np.empty((2, 0), dtype=np.int64)]
    for name, group in pd.Series(order).groupby(names[order], sort=True):
        fids = group.to_numpy()
        if not name or len(fids) < 2:
            continue
        tree = shapely.STRtree(centres[fids])
        pairs.append(fids[tree.query_nearest(centres[fids], exclusive=True, all_matches=False)])
    return np.concatenate(pairs, axis=1)
