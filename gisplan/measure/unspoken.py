"""Table `unspoken`: what of units, projects and parcels no heritage source says it covers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from gisplan.catalogue.sources_spoken import declared_codes
from gisplan.measure.codes import clean_code, stem
from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.measure.overlay import Shapes, difference, prepared, union
from gisplan.measure.pieces import extent, keep_dimension, split_pieces
from gisplan.measure.scene import Scene
from gisplan.measure.tables import join_tables, make_table


def measure_unspoken(scene: Scene) -> pd.DataFrame:
    """Return what lies outside the areas that the sources of a heritage layer declare.

    Only for layers of which a source declares any (`covers` in gisplan.toml): one row per actor
    that is not wholly inside them. A code that no tier of the plan has covers nothing.
    """
    parts = []
    for source, codes in sorted(declared_codes(scene.plan.config).items()):
        area = _declared_area(scene, codes)
        parts += [_outside(scene, source, area, actor) for actor in scene.actors()]
    return join_tables("unspoken", parts)


def _declared_area(scene: Scene, codes: frozenset[str]) -> shapely.Geometry:
    stems = {stem(code) for code in codes}
    found: list[shapely.Geometry] = []
    for tier in scene.tiers():
        frame = scene.layer(tier.name).frame
        named = [stem(clean_code(code)) in stems for code in frame["code"]]
        order = np.argsort(scene.rank(tier.name))
        found += list(scene.shapes(tier.name)[order[np.array(named, dtype=bool)[order]]])
    return union(found)


def _outside(scene: Scene, source: str, area: shapely.Geometry, actor: str) -> pd.DataFrame:
    acting, dimensions = scene.shapes(actor), scene.dimensions(actor)
    with prepared(area):
        out = np.flatnonzero((dimensions >= 0) & ~shapely.covers(area, acting))
    held: Shapes = np.full(len(out), area, dtype=object)
    left = keep_dimension(difference(acting[out], held), dimensions[out])
    real = ~shapely.is_empty(left)
    out, left = out[real], left[real]
    whole = extent(acting[out], dimensions[out])
    pieces = split_pieces(left, scene.crs)
    width = np.zeros(len(out))
    np.maximum.at(width, pieces.row, pieces.width_m)
    return make_table(
        "unspoken",
        {
            "source_layer": source,
            "actor_layer": actor,
            "fid": out,
            "area_m2": ellipsoidal_area(left, scene.crs),
            "width_m": width,
            "share": np.divide(
                extent(left, dimensions[out]), whole, out=np.ones(len(out)), where=whole > 0
            ),
            "areal": dimensions[out] == 2,
            "geometry": left,
        },
    )
