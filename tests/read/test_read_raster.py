"""A raster that the plan names is looked at, and the result says that no rule uses it yet."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from shapely import box

from gisplan.pipeline import open_plan, review

PLAN = """
[layers.city]
path = "city.gpkg"
[layers.district]
path = "district.gpkg"
[layers.surface]
path = "dsm.tif"
"""


@pytest.fixture
def plan(tmp_path):
    square = box(41_500_000, 4_630_000, 41_501_000, 4_631_000)
    for name, code in {"city": "210100", "district": "210102"}.items():
        frame = gpd.GeoDataFrame({"code": [code], "geometry": [square]}, crs="EPSG:4529")
        frame.to_file(tmp_path / f"{name}.gpkg")
    with rasterio.open(
        tmp_path / "dsm.tif", "w", driver="GTiff", width=4, height=3, count=1, dtype="float32",
        crs="EPSG:4529", transform=from_origin(41_500_000, 4_631_000, 250, 250), nodata=-9999,
    ) as raster:  # fmt: skip
        raster.write(np.ones((1, 3, 4), dtype="float32"))
    (tmp_path / "gisplan.toml").write_text(PLAN, encoding="utf-8")
    return tmp_path


def test_a_raster_is_looked_at_and_said_to_be_unused(plan):
    opened = open_plan(plan)
    note = next(note for note in opened.notes if note.kind == "raster_not_used")
    assert note.detail == {
        "driver": "GTiff", "crs": "EPSG:4529", "width": 4, "height": 3, "nodata": -9999.0,
    }  # fmt: skip
    notices = review(opened).dossier.notices
    assert [text.en for text in notices] == ["raster dsm.tif (surface model): no rule uses it yet"]


def test_a_file_that_is_no_raster_is_a_finding_and_leaves_nothing_fully_judged(plan):
    (plan / "dsm.tif").write_bytes(b"not a raster")
    result = review(open_plan(plan))
    assert "SRC101" in set(result.findings["code"])
    assert result.exit_status == 2


def test_a_vrt_that_is_named_like_a_raster_is_not_opened(plan):
    (plan / "dsm.tif").write_text('<VRTDataset rasterXSize="1" rasterYSize="1"/>')
    assert "SRC101" in set(review(open_plan(plan)).findings["code"])
