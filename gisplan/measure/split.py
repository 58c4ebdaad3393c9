"""Table `split`: how inner and outer zone of one asset fit together, and into its outline."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely

from gisplan.measure.assets import BODY, ZONE
from gisplan.measure.bodies import unions
from gisplan.measure.overlay import Shapes, difference, intersection, union
from gisplan.measure.pieces import flatten, split_pieces
from gisplan.measure.scene import Ints, Scene
from gisplan.measure.tables import join_tables, make_table

# Codes of layers/codes/zone.csv: protection and construction-control zone of relics, and core and
# construction-control zone of districts.
SPLITS = {"Z2": "Z3", "Z6": "Z7"}
DISTRICT, PURPLE = "Z6", "Z9"
LINES = "control_line"
# Of a purple line's area that lies in a district: then it is drawn around this district alone.
OWN_SHARE = 0.5


def measure_split(scene: Scene, asset: pd.DataFrame) -> pd.DataFrame:
    """Return what inner and outer zones of each asset share, leave between, and leave out."""
    if asset.empty or "zone" not in scene.layer(ZONE).frame:
        return make_table("split")
    kinds = scene.layer(ZONE).frame["zone"].to_numpy(dtype=object)
    rows = asset[asset["asset"] != ""]
    rows = rows[scene.dimensions(ZONE)[rows["zone_fid"]] == 2]
    rows = rows.assign(kind=kinds[rows["zone_fid"]], rank=scene.rank(ZONE)[rows["zone_fid"]])
    rows = rows.sort_values("rank")
    tables = []
    for inner, outer in SPLITS.items():
        found = _Assets(scene, rows, inner, outer)
        if found.names:
            tables += [found.overlap(), found.apart(), found.gap()]
            if inner == DISTRICT:
                tables += [*_against_bodies(scene, rows, found), *_against_lines(scene, found)]
    return join_tables("split", tables)


class _Assets:
    """The assets that have both zones: unions of inner ones, of outer ones, of both."""

    def __init__(self, scene: Scene, rows: pd.DataFrame, inner: str, outer: str) -> None:
        self.scene = scene
        groups = {
            kind: {str(name): group["zone_fid"].to_numpy() for name, group in own}
            for kind in (inner, outer)
            for own in [rows[rows["kind"] == kind].groupby("asset", sort=True)]
        }
        self.names = sorted(groups[inner].keys() & groups[outer].keys())
        inside = [groups[inner][name] for name in self.names]
        outside = [groups[outer][name] for name in self.names]
        self.inner_fid = np.array([fids[0] for fids in inside], dtype=np.int64)
        self.outer_fid = np.array([fids[0] for fids in outside], dtype=np.int64)
        self.inner, self.outer = (unions(scene.shapes(ZONE), g) for g in (inside, outside))
        self.whole = np.empty(len(self.names), dtype=object)
        self.whole[:] = [union([a, b]) for a, b in zip(self.inner, self.outer, strict=True)]

    def overlap(self) -> pd.DataFrame:
        return self.pieces("overlap", intersection(self.inner, self.outer))

    def gap(self) -> pd.DataFrame:
        """Return the holes in both together: land between that neither zone has."""
        parts, row = flatten(self.whole)
        rings, part = shapely.get_rings(parts, return_index=True)
        hole = np.diff(part, prepend=-1) == 0  # the first ring of each polygon is its shell
        shells, owner = shapely.polygons(rings[hole]), row[part[hole]]
        holes = difference(shells, self.whole[owner])
        return self.pieces("gap", holes, owner)

    def apart(self) -> pd.DataFrame:
        distance = shapely.distance(self.inner, self.outer)
        at = np.flatnonzero(distance > 0)
        hull = shapely.convex_hull(self.whole[at])
        between = difference(hull, self.whole[at])
        return self.table("apart", at, distance_m=distance[at], geometry=between)

    def pieces(
        self, relation: str, shapes: Shapes, owner: Ints | None = None, **other: Any
    ) -> pd.DataFrame:
        """Return the areal pieces of shapes, each of an asset (`owner`, by default in order)."""
        pieces = split_pieces(shapes, self.scene.crs)
        at = pieces.row if owner is None else owner[pieces.row]
        other = {name: values[pieces.row] for name, values in other.items()}
        return self.table(
            relation,
            at,
            area_m2=pieces.area_m2,
            width_m=pieces.width_m,
            geometry=pieces.geometry,
            **other,
        )

    def table(self, relation: str, at: Ints, **columns: Any) -> pd.DataFrame:
        zero = np.zeros(len(at))
        filled = {"area_m2": zero, "width_m": zero, "distance_m": zero, **columns}
        filled = {"other_layer": [""] * len(at), "other_fid": np.full(len(at), -1), **filled}
        base = {
            "asset": [self.names[i] for i in at],
            "relation": [relation] * len(at),
            "inner_fid": self.inner_fid[at],
            "outer_fid": self.outer_fid[at],
        }
        return make_table("split", {**base, **filled})


def _against_bodies(scene: Scene, rows: pd.DataFrame, found: _Assets) -> list[pd.DataFrame]:
    """Return how the zones differ from the outline of their own body, where that is an area."""
    if not scene.has(BODY):
        return []
    body = rows.groupby("asset")["body_fid"].max().reindex(found.names).to_numpy(dtype=np.int64)
    at = np.flatnonzero(body >= 0)
    at = at[scene.dimensions(BODY)[body[at]] == 2]
    outline = scene.shapes(BODY)[body[at]]
    other = {"other_layer": np.full(len(at), BODY, dtype=object), "other_fid": body[at]}
    return [
        found.pieces("beyond", difference(found.whole[at], outline), at, **other),
        found.pieces("undivided", difference(outline, found.whole[at]), at, **other),
    ]


def _against_lines(scene: Scene, found: _Assets) -> list[pd.DataFrame]:
    """Return how the zones differ from the purple lines that are drawn around them."""
    layers, fids, shapes = _purple(scene)
    at, p = shapely.STRtree(shapes).query(found.whole, predicate="intersects")
    met = shapely.area(intersection(found.whole[at], shapes[p]))
    at, p, met = at[met > 0], p[met > 0], met[met > 0]
    order = np.lexsort([p, at])
    at, p, met = at[order], p[order], met[order]
    first = np.flatnonzero(np.diff(at, prepend=-1))
    met_lines = np.split(p, first[1:]) if len(p) else []
    district = at[first]
    other = {"other_layer": layers[p[first]], "other_fid": fids[p[first]]}
    out = difference(found.whole[district], unions(shapes, met_lines))
    own = met >= OWN_SHARE * shapely.area(shapes[p])
    left = difference(shapes[p[own]], found.whole[at[own]])
    others = {"other_layer": layers[p[own]], "other_fid": fids[p[own]]}
    return [
        found.pieces("beyond", out, district, **other),
        found.pieces("undivided", left, at[own], **others),
    ]


def _purple(scene: Scene) -> tuple[np.ndarray, Ints, Shapes]:
    """Return layer, fid and shape of every purple line that is an area, in order."""
    names, fids, shapes = [], [], []
    for layer, column, code in ((ZONE, "zone", PURPLE), (LINES, "kind", "purple")):
        if not scene.has(layer) or column not in scene.layer(layer).frame:
            continue
        kinds = scene.layer(layer).frame[column].to_numpy(dtype=object)
        own = scene.areal(layer)
        own = own[kinds[own] == code]
        own = own[np.argsort(scene.rank(layer)[own])]
        names += [layer] * len(own)
        fids.append(own)
        shapes.append(scene.shapes(layer)[own])
    empty = np.empty(0, dtype=object)
    return (
        np.array(names, dtype=object),
        np.concatenate([np.empty(0, dtype=np.int64), *fids]),
        np.concatenate([empty, *shapes]),
    )
