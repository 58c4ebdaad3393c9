"""The jobs by gisplan itself: thin calls of the measures that a review takes.

What is timed is `measure_plan` on a plan in memory, as peers are timed on frames in memory. The
tables hold more than the jobs ask (width, depth, evidence); nothing is switched off.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.benchmarks.truth import REACH_M
from tests.benchmarks.workload import CRS

ELLIPSOID = True  # areas
TIERS = ("district", "unit")
TABLES = {
    "J1": ("overlap", "duplicate"),
    "J2": ("uncovered",),
    "J3": ("nesting", "outside"),
    "J1+J2+J3": ("overlap", "duplicate", "uncovered", "nesting", "outside"),
    "J4": ("relate",),
}


def _overlaps(tables: dict[str, pd.DataFrame], codes: np.ndarray) -> pd.DataFrame:
    rows = pd.concat([tables["overlap"], tables["duplicate"]])
    rows = rows[rows["layer"] == "unit"]
    return pd.DataFrame(
        {"a": codes[rows["fid_a"]], "b": codes[rows["fid_b"]], "area": rows["area_m2"]}
    )


def _gaps(tables: dict[str, pd.DataFrame], districts: np.ndarray) -> pd.DataFrame:
    rows = tables["uncovered"]
    rows = rows[(rows["child_layer"] == "unit") & (rows["scope"] == "own")]
    return pd.DataFrame(
        {
            "district": districts[rows["parent_fid"]],
            "area": rows["area_m2"],
            "geometry": rows["geometry"],
        }
    )


def _outside(tables: dict[str, pd.DataFrame], codes: np.ndarray) -> pd.DataFrame:
    rows = tables["outside"]
    rows = rows[rows["child_layer"] == "unit"]
    return pd.DataFrame({"code": codes[rows["fid"]], "area": rows["area_m2"]})


def _zones(tables: dict[str, pd.DataFrame], codes: np.ndarray, zones: np.ndarray) -> pd.DataFrame:
    rows = tables["relate"]
    return pd.DataFrame(
        {"unit": codes[rows["fid"]], "zone": zones[rows["zone_fid"]], "area": rows["area_m2"]}
    )


def prepare(job: str, layers: dict[str, Any]) -> Callable[[], Any]:
    """Return what does a job on layers in memory, and gives its answer."""
    from gisplan.measure.ellipsoid import ellipsoidal_area
    from gisplan.measure.engine import measure_plan
    from gisplan.testing.plans import make_plan

    if job == "J7":
        shapes = layers["unit"].geometry.to_numpy()
        return lambda: ellipsoidal_area(shapes, CRS)
    plan = make_plan(layers, tiers=TIERS, crs=CRS, partitions=["unit"])
    code = {name: layer.frame["code"].to_numpy() for name, layer in plan.layers.items()}
    if job == "J5":
        return lambda: _near(plan, code)

    def work() -> Any:
        tables = measure_plan(plan, TABLES[job], "unit")
        answers = {
            "J1": lambda: _overlaps(tables, code["unit"]),
            "J2": lambda: _gaps(tables, code["district"]),
            "J3": lambda: _outside(tables, code["unit"]),
            "J4": lambda: _zones(tables, code["unit"], code["heritage_zone"]),
        }
        parts = {name: answers[name]() for name in job.split("+")}
        return parts if len(parts) > 1 else parts[job]

    return work


def _near(plan: Any, code: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return table `struck` at the job's reach: besides the pairs, distance and shares."""
    from gisplan.measure.near import _pairs
    from gisplan.measure.scene import Scene

    rows = _pairs(Scene(plan, "unit"), "struck", "building", REACH_M)
    return pd.DataFrame(
        {
            "point": code["heritage_body"][rows["body_fid"]],
            "building": code["building"][rows["fid"]],
        }
    )


def prepare_reading(path: Path) -> Callable[[], Any]:
    """Return what reads a folder with one shapefile, its encoding found out."""
    from gisplan.read.plan import read_plan

    def work() -> Any:
        _, (raw,), _ = read_plan(path.parent)
        return pd.DataFrame({"name": raw.frame["DYMC"].tolist()})

    return work
