"""Holds the tables of a plan against those of measuring every feature."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely

from gisplan.measure.engine import measure_plan
from gisplan.model import Plan

TABLES = ["parents", "nesting", "outside", "overlap", "duplicate", "uncovered"]
DRAWN = ["geometry", "area_m2", "width_m", "depth_m"]


def assert_as_plain(plan: Plan, judged: str) -> dict[str, pd.DataFrame]:
    """Return the tables; of `uncovered` only places that are computed may differ, by 1e-6 m."""
    fast = measure_plan(plan, TABLES, judged)
    plain = measure_plan(plan, TABLES, judged, plain=True)
    for name in TABLES[:-1]:
        pd.testing.assert_frame_equal(fast[name], plain[name], check_exact=True, obj=name)
    one, other = fast["uncovered"], plain["uncovered"]
    pd.testing.assert_frame_equal(one.drop(columns=DRAWN), other.drop(columns=DRAWN))
    long = shapely.length(one["geometry"].values)
    unlike = shapely.symmetric_difference(one["geometry"].values, other["geometry"].values)
    assert (shapely.area(unlike) <= 2e-6 * long).all()
    assert ((one["area_m2"] - other["area_m2"]).abs() <= 2e-6 * long).all()
    for column in ("width_m", "depth_m"):
        wanted = pytest.approx(other[column].to_numpy(), rel=1e-4, abs=1e-5, nan_ok=True)
        assert one[column].to_numpy() == wanted
    return fast
