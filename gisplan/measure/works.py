"""Table `works`: what buildings share with heritage zones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.measure.overlay import Shapes, interiors_meet, intersection
from gisplan.measure.pieces import keep_dimension, split_pieces
from gisplan.measure.relate import share
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.tables import make_table

ACTOR, ZONE = "building", "heritage_zone"


def measure_works(scene: Scene) -> pd.DataFrame:
    """Return every pair of a building and a heritage zone whose interiors meet."""
    if not (scene.has(ACTOR) and scene.has(ZONE)):
        return make_table("works")
    buildings, zones = scene.shapes(ACTOR), scene.shapes(ZONE)
    z, b, shared = _shared(scene)
    lower = np.minimum(scene.dimensions(ACTOR)[b], scene.dimensions(ZONE)[z])
    pieces = split_pieces(shared, scene.crs)
    width = np.zeros(len(b))
    np.maximum.at(width, pieces.row, pieces.width_m)
    return make_table(
        "works",
        {
            "actor_layer": ACTOR,
            "fid": b,
            "zone_layer": ZONE,
            "zone_fid": z,
            "area_m2": ellipsoidal_area(shared, scene.crs),
            "width_m": width,
            "share_actor": share(shared, buildings[b], lower),
            "share_zone": share(shared, zones[z], lower),
            "length_m": np.where(lower == 1, shapely.length(shared), 0.0),
            "n_points": np.where(lower == 0, shapely.get_num_coordinates(shared), 0),
            "geometry": shared,
        },
    )


def _shared(scene: Scene) -> tuple[Ints, Ints, Shapes]:
    """Return zone, building and what they share. Most buildings lie wholly in a zone or beside."""
    buildings, zones = scene.shapes(ACTOR), scene.shapes(ZONE)
    tree = scene.tree(ACTOR)
    z, b = tree.query(zones, predicate="intersects")
    within = set(
        zip(*(side.tolist() for side in tree.query(zones, predicate="covers")), strict=True)
    )
    whole = np.array([pair in within for pair in zip(z.tolist(), b.tolist(), strict=True)], bool)
    cut = np.flatnonzero(~whole)
    cut = cut[scene.workers.blocks(interiors_meet, buildings[b[cut]], zones[z[cut]])]
    lower = np.minimum(scene.dimensions(ACTOR)[b], scene.dimensions(ZONE)[z])
    shared = np.full(len(b), shapely.GeometryCollection(), dtype=object)
    shared[whole] = shapely.normalize(buildings[b[whole]])
    shared[cut] = scene.workers.blocks(
        lambda one, other, dimension: keep_dimension(intersection(one, other), dimension),
        buildings[b[cut]],
        zones[z[cut]],
        lower[cut],
    )
    real = ~shapely.is_empty(shared)
    return z[real], b[real], shared[real]
