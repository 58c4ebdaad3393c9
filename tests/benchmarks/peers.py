"""The jobs by geopandas, shapely, pyogrio and pyproj, as their documentation suggests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from tests.benchmarks.truth import REACH_M, geodesic_area

ELLIPSOID = False
ENCODING = "GB18030"  # peers are told


def pieces(codes: Any, shapes: Any) -> pd.DataFrame:
    """Return the parts of what is left of districts: district, area, geometry."""
    parts, owner = shapely.get_parts(np.asarray(shapes, dtype=object), return_index=True)
    area = shapely.area(parts)
    full = area > 0
    return pd.DataFrame(
        {"district": np.asarray(codes)[owner[full]], "area": area[full], "geometry": parts[full]}
    )


# --- geopandas ------------------------------------------------------------------------------------


def overlay_overlaps(layers: dict[str, Any]) -> pd.DataFrame:
    """J1 by overlay of a layer with itself."""
    units = layers["unit"][["code", "geometry"]]
    found = gpd.overlay(units, units, how="intersection", keep_geom_type=True)
    found = found[found["code_1"] < found["code_2"]]
    return pd.DataFrame({"a": found["code_1"], "b": found["code_2"], "area": found.area})


def dissolve_gaps(layers: dict[str, Any]) -> pd.DataFrame:
    """J2 by the union of each district's units."""
    districts = layers["district"].set_index("code").geometry
    covered = layers["unit"][["parent", "geometry"]].dissolve(by="parent").geometry
    left = districts.difference(covered.reindex(districts.index), align=False)
    return pieces(left.index, left)


def covered_outside(layers: dict[str, Any]) -> pd.DataFrame:
    """J3 by covered_by, and the difference where it is not."""
    units, districts = layers["unit"], layers["district"].set_index("code").geometry
    own = gpd.GeoSeries(districts.reindex(units["parent"]).to_numpy(), units.index, units.crs)
    out = ~units.geometry.covered_by(own, align=False)
    beyond = units.geometry[out].difference(own[out], align=False)
    return pd.DataFrame({"code": units["code"][out], "area": beyond.area})


def overlay_zones(layers: dict[str, Any]) -> pd.DataFrame:
    """J4 by overlay."""
    units = layers["unit"][["code", "geometry"]].rename(columns={"code": "unit"})
    zones = layers["heritage_zone"][["code", "geometry"]].rename(columns={"code": "zone"})
    found = gpd.overlay(units, zones, how="intersection", keep_geom_type=True)
    return pd.DataFrame({"unit": found["unit"], "zone": found["zone"], "area": found.area})


def sjoin_near(layers: dict[str, Any]) -> pd.DataFrame:
    """J5 by sjoin."""
    points = layers["heritage_body"][["code", "geometry"]]
    houses = layers["building"][["code", "geometry"]]
    found = points.sjoin(houses, predicate="dwithin", distance=REACH_M)
    return pd.DataFrame({"point": found["code_left"], "building": found["code_right"]})


# --- shapely --------------------------------------------------------------------------------------


def _shared(a: np.ndarray, b: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return shapely.area(shapely.intersection(a[one], b[other]))


def tree_overlaps(layers: dict[str, Any], interiors_first: bool = False) -> pd.DataFrame:
    """J1 by STRtree and intersection, of all neighbours or of those whose interiors meet."""
    shapes, code = layers["unit"].geometry.to_numpy(), layers["unit"]["code"].to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    if interiors_first:
        meet = shapely.relate_pattern(shapes[one], shapes[other], "T********")
        one, other = one[meet], other[meet]
    area = _shared(shapes, shapes, one, other)
    return pd.DataFrame({"a": code[one], "b": code[other], "area": area})


def union_gaps(layers: dict[str, Any]) -> pd.DataFrame:
    """J2 by union_all of each district's units."""
    units, districts = layers["unit"], layers["district"].set_index("code").geometry
    shapes = units.geometry.to_numpy()
    left = [
        shapely.difference(districts[code], shapely.union_all(shapes[rows]))
        for code, rows in units.groupby("parent").indices.items()
    ]
    return pieces(list(units.groupby("parent").indices), left)


def prepared_outside(layers: dict[str, Any]) -> pd.DataFrame:
    """J3 by covers of the prepared district."""
    units, districts = layers["unit"], layers["district"].set_index("code").geometry
    own = districts.reindex(units["parent"]).to_numpy()
    shapely.prepare(own)
    shapes = units.geometry.to_numpy()
    out = ~shapely.covers(own, shapes)
    area = shapely.area(shapely.difference(shapes[out], own[out]))
    return pd.DataFrame({"code": units["code"].to_numpy()[out], "area": area})


def tree_zones(layers: dict[str, Any]) -> pd.DataFrame:
    """J4 by STRtree and intersection."""
    units, zones = layers["unit"], layers["heritage_zone"]
    shapes, others = units.geometry.to_numpy(), zones.geometry.to_numpy()
    other, one = shapely.STRtree(shapes).query(others, predicate="intersects")
    area = _shared(shapes, others, one, other)
    code = zones["code"].to_numpy()
    return pd.DataFrame({"unit": units["code"].to_numpy()[one], "zone": code[other], "area": area})


def tree_near(layers: dict[str, Any]) -> pd.DataFrame:
    """J5 by STRtree."""
    points, houses = layers["heritage_body"], layers["building"]
    tree = shapely.STRtree(houses.geometry.to_numpy())
    one, other = tree.query(points.geometry.to_numpy(), predicate="dwithin", distance=REACH_M)
    code = houses["code"].to_numpy()
    return pd.DataFrame({"point": points["code"].to_numpy()[one], "building": code[other]})


# --- what each of them answers --------------------------------------------------------------------

Work = Callable[[dict[str, Any]], Any]
ENGINES: dict[str, dict[str, Work]] = {
    "geopandas": {
        "J1": overlay_overlaps,
        "J2": dissolve_gaps,
        "J3": covered_outside,
        "J4": overlay_zones,
        "J5": sjoin_near,
    },
    "shapely": {
        "J1": tree_overlaps,
        "J2": union_gaps,
        "J3": prepared_outside,
        "J4": tree_zones,
        "J5": tree_near,
    },
    "shapely, interiors first": {"J1": lambda layers: tree_overlaps(layers, True)},
    "pyproj.Geod": {"J7": lambda layers: geodesic_area(layers["unit"].geometry.to_numpy())},
}


def together(engine: dict[str, Work]) -> Work:
    """Return what does the three jobs on a partition one after the other."""
    return lambda layers: {job: engine[job](layers) for job in ("J1", "J2", "J3")}


for _name in ("geopandas", "shapely"):
    ENGINES[_name]["J1+J2+J3"] = together(ENGINES[_name])


def prepare(engine: str, job: str, layers: dict[str, Any]) -> Callable[[], Any]:
    """Return what does a job on layers in memory, and gives its answer."""
    return lambda: ENGINES[engine][job](layers)


def prepare_reading(engine: str, path: Path) -> Callable[[], Any]:
    """Return what reads a shapefile whose encoding is told."""
    import pyogrio

    options: dict[str, Any] = {"encoding": ENCODING}
    if engine == "pyogrio":
        return lambda: pyogrio.read_dataframe(path, use_arrow=True, **options).rename(
            columns={"DYMC": "name"}
        )
    return lambda: gpd.read_file(path, **options).rename(columns={"DYMC": "name"})
