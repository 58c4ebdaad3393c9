"""Tables `stand_in`, `shadow`: what stands for bodies drawn as points, and who meets that."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from gisplan.measure.assets import BODY, plain_name
from gisplan.measure.codes import clean_code
from gisplan.measure.overlay import Shapes, interiors_meet
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.tables import join_tables, make_table

BUILDING = "building"
SNAP_M = 20.0  # to a building's footprint
NAMESAKE_M = 200.0  # farther away an area of the same name is another thing
DISC_M = 10.0  # a screening body where there is none; never a legal zone


def measure_stand_in(scene: Scene) -> pd.DataFrame:
    """Return the shape that stands for each body drawn as a point."""
    if not scene.has(BODY):
        return make_table("stand_in")
    shapes = scene.shapes(BODY)
    point = np.flatnonzero(scene.dimensions(BODY) == 0)
    building, distance = _nearest_building(scene, point)
    area, apart = _drawn_as_area(scene, point)
    standing = shapely.buffer(shapes[point], DISC_M)
    is_body, is_building = area >= 0, (area < 0) & (distance <= SNAP_M)
    standing[is_body] = shapes[area[is_body]]
    if is_building.any():
        standing[is_building] = scene.shapes(BUILDING)[building[is_building]]
    return make_table(
        "stand_in",
        {
            "body_fid": point,
            "how": np.select([is_body, is_building], ["body", "building"], "disc").tolist(),
            "other_fid": np.where(is_body, area, building),
            "distance_m": np.where(is_body, apart, distance),
            "geometry": shapely.normalize(standing),
        },
    )


def measure_shadow(scene: Scene, stand_in: pd.DataFrame, split: pd.DataFrame) -> pd.DataFrame:
    """Return the actors that meet what stands for a point, or land that zones leave open."""
    # an area of the layer is a body of its own, and in `near`
    standing = stand_in[stand_in["how"] != "body"]
    open_land = split[split["relation"].isin(("gap", "apart", "undivided", "lone"))]
    fid = standing["body_fid"].to_numpy(dtype=np.int64)
    tables = []
    for actor in scene.actors():
        a, row = _meeting(scene, actor, standing["geometry"].to_numpy(dtype=object))
        if len(a):  # where the actor meets the point itself, `near` has it
            missed = ~shapely.intersects(scene.shapes(actor)[a], scene.shapes(BODY)[fid[row]])
            tables.append(_rows(actor, a[missed], "stand_in", fid[row[missed]]))
        a, row = _meeting(scene, actor, open_land["geometry"].to_numpy(dtype=object))
        zone = open_land["inner_fid"].to_numpy(dtype=np.int64)
        tables.append(_rows(actor, a, "split", zone[row]))
    return join_tables("shadow", tables)


def _rows(actor: str, fid: Ints, table: str, other: Ints) -> pd.DataFrame:
    pairs = np.unique(np.stack([fid, other]), axis=1)
    return make_table(
        "shadow",
        {
            "actor_layer": [actor] * pairs.shape[1],
            "fid": pairs[0],
            "source": [table] * pairs.shape[1],
            "other_fid": pairs[1],
        },
    )


def _meeting(scene: Scene, actor: str, shapes: Shapes) -> tuple[Ints, Ints]:
    """Return the pairs of an actor and a row of shapes that share land; a point is in or on it."""
    row, a = scene.tree(actor).query(shapes)
    acting = scene.shapes(actor)[a]
    met = interiors_meet(acting, shapes[row])
    point = scene.dimensions(actor)[a] == 0
    met[point] = shapely.intersects(acting[point], shapes[row[point]])
    return a[met], row[met]


def _nearest_building(scene: Scene, point: Ints) -> tuple[Ints, np.ndarray]:
    """Return the nearest building of each point, -1 and infinity where the plan has none."""
    fid, distance = np.full(len(point), -1), np.full(len(point), np.inf)
    if not (scene.has(BUILDING) and len(scene.areal(BUILDING))) or not len(point):
        return fid, distance
    areal = scene.areal(BUILDING)
    areal = areal[np.argsort(scene.rank(BUILDING)[areal])]
    tree = shapely.STRtree(scene.shapes(BUILDING)[areal])
    (row, b), gap = tree.query_nearest(scene.shapes(BODY)[point], return_distance=True)
    order = np.lexsort([b, row])  # of equally near ones the first in order
    row, b, gap = row[order], b[order], gap[order]
    first = np.flatnonzero(np.diff(row, prepend=-1))
    fid[row[first]], distance[row[first]] = areal[b[first]], gap[first]
    return fid, distance


def _drawn_as_area(scene: Scene, point: Ints) -> tuple[Ints, np.ndarray]:
    """Return the areal body of the same code or name nearby that each point stands for, else -1."""
    shapes, areal = scene.shapes(BODY), scene.areal(BODY)
    found, apart = np.full(len(point), -1), np.full(len(point), np.inf)
    frame = scene.layer(BODY).frame
    for column, clean in (("name", plain_name), ("code", clean_code)):
        if column not in frame:
            continue
        words = pd.Series([clean(value) for value in frame[column]], dtype=object)
        left = pd.DataFrame({"row": np.arange(len(point)), "word": words[point].to_numpy()})
        right = pd.DataFrame({"area": areal, "word": words[areal].to_numpy()})
        pairs = left[left["word"] != ""].merge(right, on="word")
        gap = shapely.distance(
            shapes[point[pairs["row"].to_numpy(dtype=np.int64)]],
            shapes[pairs["area"].to_numpy(dtype=np.int64)],
        )
        pairs = pairs.assign(gap=gap, rank=scene.rank(BODY)[pairs["area"].to_numpy(np.int64)])
        pairs = pairs[pairs["gap"] <= NAMESAKE_M].sort_values(["gap", "rank"])
        best = pairs.drop_duplicates("row")  # what has the same code goes before a namesake
        found[best["row"]], apart[best["row"]] = best["area"], best["gap"]
    return found, apart
