"""Table `works`: what buildings share with heritage zones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from gisplan.measure.overlay import Shapes, interiors_meet, intersection
from gisplan.measure.pieces import keep_dimension
from gisplan.measure.relate import contact_table
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.tables import make_table

ACTOR, ZONE = "building", "heritage_zone"


def measure_works(scene: Scene) -> pd.DataFrame:
    """Return every pair of a building and a heritage zone whose interiors meet."""
    if not (scene.has(ACTOR) and scene.has(ZONE) and scene.asked([ACTOR])):
        return make_table("works")
    z, b, shared = _shared(scene)
    return contact_table(scene, "works", (ACTOR, b), (ZONE, z), shared)


def _shared(scene: Scene) -> tuple[Ints, Ints, Shapes]:
    """Return zone, building and what they share. Most buildings lie wholly in a zone or beside."""
    buildings, zones = scene.shapes(ACTOR), scene.shapes(ZONE)
    tree = scene.tree(ACTOR)
    z, b = tree.query(zones, predicate="intersects")
    mine = scene.mine(ACTOR)[b]
    z, b = z[mine], b[mine]
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
