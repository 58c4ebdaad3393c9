"""Layers that lie elsewhere than they say: told, and never the ground of a `clear`."""

from __future__ import annotations

import shutil

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Transformer

from gisplan.normalise.gcj02 import SHIFTS
from gisplan.pipeline import open_plan, review


@pytest.fixture
def sample(sample_home, tmp_path):
    """Return a copy of the sample in which layers may be put elsewhere."""
    shutil.copytree(sample_home, tmp_path / "plan")
    return tmp_path / "plan"


def put(plan, name, change):
    """Put the shapes of a shapefile elsewhere; its table stays as it is."""
    shapes = gpd.read_file(plan / name).geometry
    to = Transformer.from_crs(shapes.crs, "EPSG:4490", always_xy=True)

    def move(points):
        lon, lat = change(*to.transform(*points.T))
        return np.column_stack(to.transform(lon, lat, direction="INVERSE"))

    moved = shapely.transform(np.asarray(shapes.array), move)
    (plan / "moved").mkdir()
    frame = gpd.GeoDataFrame({"n": range(len(moved))}, geometry=moved, crs=shapes.crs)
    frame.to_file(plan / "moved" / name)
    for path in (plan / "moved" / name, (plan / "moved" / name).with_suffix(".shx")):
        path.replace(plan / path.name)
    shutil.rmtree(plan / "moved")


@pytest.mark.parametrize(
    ("name", "system"), [("BHQH.shp", "GCJ-02"), ("BHDX_WW.shp", "BD-09"), ("GXDY.shp", "GCJ-02")]
)
def test_a_layer_shifted_like_a_web_map_is_told_and_no_unit_is_clear(sample, name, system):
    put(sample, name, SHIFTS[system])
    result = review(open_plan(sample))
    told = result.findings[result.findings["code"] == "SRC107"]
    assert name in set(told["feature"])
    row = told[told["feature"] == name].iloc[0]
    assert system in row["message_zh"]
    assert system in row["message_en"]
    assert "clear" not in set(result.verdicts["verdict"])
    assert any(name in why and system in why for whys in result.verdicts["why_zh"] for why in whys)


def test_the_sample_as_it_is_has_clear_units_and_no_such_finding(sample):
    result = review(open_plan(sample))
    assert "clear" in set(result.verdicts["verdict"])
    assert not set(result.findings["code"]) & {"SRC104", "SRC105", "SRC106", "SRC107"}
