"""Table `relate`: what units, projects and parcels share with zones and control lines."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.measure.overlay import Shapes, interiors_meet, intersection
from gisplan.measure.pieces import extent, keep_dimension, split_pieces
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.tables import join_tables, make_table

ZONES = ("heritage_zone", "control_line", "planning_zone")


def measure_relate(scene: Scene) -> pd.DataFrame:
    """Return every pair of an actor and a zone or line whose interiors meet, however little."""
    return join_tables(
        "relate",
        [
            related_pairs(scene, actor, zone)
            for actor in scene.asked(scene.actors())
            for zone in ZONES
            if scene.has(zone)
        ],
    )


def related_pairs(scene: Scene, actor: str, zone: str) -> pd.DataFrame:
    """Return the pairs of one layer and one layer of zones, with what they share."""
    acting, zones = scene.shapes(actor), scene.shapes(zone)
    a, z = find_pairs(scene, actor, zone, np.flatnonzero(scene.mine(actor)))
    lower = np.minimum(scene.dimensions(actor)[a], scene.dimensions(zone)[z])
    shared = scene.workers.blocks(
        lambda one, other, dimension: keep_dimension(intersection(one, other), dimension),
        acting[a],
        zones[z],
        lower,
    )
    # Lines that cross share a point and no length; and rounding may leave nothing.
    real = ~shapely.is_empty(shared)
    a, z, shared = a[real], z[real], shared[real]
    return contact_table(scene, "relate", (actor, a), (zone, z), shared)


def contact_table(
    scene: Scene, name: str, acting: tuple[str, Ints], zones: tuple[str, Ints], shared: Shapes
) -> pd.DataFrame:
    """Return the table of pairs of an actor and a zone (layer and fids each) by what they share."""
    (actor, a), (zone, z) = acting, zones
    lower = np.minimum(scene.dimensions(actor)[a], scene.dimensions(zone)[z])
    pieces = split_pieces(shared, scene.crs)
    width = np.zeros(len(a))
    np.maximum.at(width, pieces.row, pieces.width_m)
    return make_table(
        name,
        {
            "actor_layer": actor,
            "fid": a,
            "zone_layer": zone,
            "zone_fid": z,
            "area_m2": ellipsoidal_area(shared, scene.crs),
            "width_m": width,
            "share_actor": share(shared, scene.shapes(actor)[a], lower),
            "share_zone": share(shared, scene.shapes(zone)[z], lower),
            "length_m": np.where(lower == 1, shapely.length(shared), 0.0),
            "n_points": np.where(lower == 0, shapely.get_num_coordinates(shared), 0),
            "geometry": shared,
        },
    )


def find_pairs(scene: Scene, actor: str, zone: str, fids: Ints | None = None) -> tuple[Ints, Ints]:
    """Return the pairs of some (or all) actors and zones whose interiors meet, be it in a point."""
    acting, zones = scene.shapes(actor), scene.shapes(zone)
    fids = np.arange(len(acting)) if fids is None else fids
    row, z = scene.tree(zone).query(acting[fids])
    a = fids[row]
    # A point on the edge of a zone counts as in it: the zone's law holds there.
    points = (scene.dimensions(actor)[a] == 0) | (scene.dimensions(zone)[z] == 0)
    real = np.zeros(len(a), dtype=bool)
    for chosen, meet in ((points, shapely.intersects), (~points, interiors_meet)):
        real[chosen] = scene.workers.blocks(meet, acting[a[chosen]], zones[z[chosen]])
    return a[real], z[real]


def share(shared: Shapes, whole: Shapes, dimension: Ints) -> NDArray[np.float64]:
    """Return shared / whole by area, length or points; 0 where the whole is of more dimensions."""
    total = extent(whole, dimension)
    part = extent(shared, dimension)
    return np.minimum(np.divide(part, total, out=np.zeros(len(total)), where=total > 0), 1.0)
