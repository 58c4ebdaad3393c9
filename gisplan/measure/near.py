"""Tables `near` and `struck`: heritage bodies in and around units, projects, parcels, buildings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.measure.overlay import intersection
from gisplan.measure.pieces import keep_dimension
from gisplan.measure.relate import share
from gisplan.measure.scene import Scene
from gisplan.measure.tables import join_tables, make_table

BODY = "heritage_body"
REACH_M = 500.0
SNAP_M = 20.0  # a body drawn as a point may stand for a footprint this far away


def measure_near(scene: Scene) -> pd.DataFrame:
    """Return every pair of an actor and a heritage body within 500 m of it."""
    if not scene.has(BODY):
        return make_table("near")
    actors = scene.asked(scene.actors())
    return join_tables("near", [_pairs(scene, "near", actor, REACH_M) for actor in actors])


def measure_struck(scene: Scene) -> pd.DataFrame:
    """Return every pair of a building and a heritage body within 20 m of it."""
    if not (scene.has(BODY) and scene.has("building") and scene.asked(["building"])):
        return make_table("struck")
    return _pairs(scene, "struck", "building", SNAP_M)


def _pairs(scene: Scene, table: str, actor: str, reach: float) -> pd.DataFrame:
    acting, bodies = scene.shapes(actor), scene.shapes(BODY)
    # dwithin, not a buffer: a buffer's arcs are polygons inside the true ones and miss pairs
    mine = np.flatnonzero(scene.mine(actor))
    row, b = scene.tree(BODY).query(acting[mine], predicate="dwithin", distance=reach)
    a = mine[row]
    distance = scene.workers.blocks(shapely.distance, acting[a], bodies[b])
    lower = np.minimum(scene.dimensions(actor)[a], scene.dimensions(BODY)[b])
    shared = np.full(len(a), shapely.GeometryCollection(), dtype=object)
    inside = np.flatnonzero(distance == 0)
    shared[inside] = scene.workers.blocks(
        lambda one, other, dimension: keep_dimension(intersection(one, other), dimension),
        acting[a[inside]],
        bodies[b[inside]],
        lower[inside],
    )
    return make_table(
        table,
        {
            "actor_layer": actor,
            "fid": a,
            "body_fid": b,
            "distance_m": distance,
            "inside": distance == 0,
            "area_m2": ellipsoidal_area(shared, scene.crs),
            "share_body": share(shared, bodies[b], lower),
            "share_actor": share(shared, acting[a], lower),
            "centroid_inside": shapely.intersects(acting[a], shapely.centroid(bodies[b])),
            "geometry": shapely.normalize(bodies[b]),
        },
    )
