"""Heat as Cloud-Optimized GeoTIFF: what it counts, where it has data, how the file is built."""

from __future__ import annotations

import json

import numpy as np
import pytest
import rasterio
import shapely
from shapely import Point, box

from gisplan.errors import PlanError
from gisplan.measure.heat import MOST_CELLS, NO_DATA, RADIUS_M, heat
from gisplan.pipeline import exam, open_plan
from gisplan.render.cog import write_cog
from tests.exam.tiny_city import CRS, X, Y, at, layers, written


def shapes(*several):
    return np.array(several, dtype=object)


LAND = shapes(box(0, 0, 20_000, 10_000))


def value_at(grid, x, y):
    return grid.cells[int((grid.north - y) // grid.cell_m), int((x - grid.west) // grid.cell_m)]


def test_every_point_counts_one_in_all():
    rng = np.random.default_rng(7)
    points = shapely.points(rng.uniform(1_000, 9_000, (500, 2)))
    grid = heat(points, LAND)
    assert grid.cells.sum() * grid.cell_m**2 / 1e6 == pytest.approx(500, rel=1e-4)
    assert grid.points == 500


def test_a_point_is_densest_at_itself_and_nothing_beyond_the_radius():
    grid = heat(shapes(Point(5_025, 5_025)), LAND)
    peak = value_at(grid, 5_025, 5_025)
    assert peak == grid.cells.max()
    # the quartic kernel at its middle: 3 / (pi r2), per km2
    assert peak == pytest.approx(3 / (np.pi * (RADIUS_M / 1000) ** 2), rel=0.02)
    assert value_at(grid, 5_025 + RADIUS_M - 60, 5_025) > 0
    assert value_at(grid, 5_025 + RADIUS_M + 60, 5_025) == 0


def test_cells_outside_the_land_have_no_data_and_points_there_still_spread_in():
    hole = shapes(shapely.difference(box(0, 0, 4_000, 4_000), box(1_000, 1_000, 2_000, 2_000)))
    grid = heat(shapes(Point(1_980, 1_500), Point(-200, 500), None, Point()), hole)
    assert value_at(grid, 1_500, 1_500) == NO_DATA
    assert value_at(grid, 2_100, 1_500) > 0
    assert value_at(grid, 100, 500) > 0
    assert grid.points == 2


def test_a_large_land_gets_larger_cells_and_says_the_radius():
    grid = heat(shapes(Point(0, 0)), shapes(box(0, 0, 900_000, 10_000)))
    assert max(grid.cells.shape) <= MOST_CELLS
    assert (grid.cell_m, grid.radius_m) == (400, 4_000)


def test_the_file_is_a_cog_with_overviews_crs_and_nodata_and_the_same_bytes(tmp_path):
    grid = heat(shapes(Point(X + 5_000, Y + 5_000)), shapes(box(X, Y, X + 20_000, Y + 10_000)))
    for name in ("a.tif", "b.tif"):
        write_cog(grid.cells, grid.west, grid.north, grid.cell_m, CRS, NO_DATA, tmp_path / name,
                  {"title_zh": "热力"})  # fmt: skip
    assert (tmp_path / "a.tif").read_bytes() == (tmp_path / "b.tif").read_bytes()
    with rasterio.open(tmp_path / "a.tif") as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.overviews(1) == [2, 4]
        assert (file.crs.to_epsg(), file.nodata) == (4529, NO_DATA)
        assert file.block_shapes == [(128, 128)]
        assert file.tags()["title_zh"] == "热力"
        assert file.bounds.left <= X
        assert file.bounds.top >= Y + 10_000
        np.testing.assert_array_equal(file.read(1), grid.cells)


def test_the_exam_writes_the_problems_that_are_not_solved(gisplan, tmp_path):
    folder = tmp_path / "plan"
    folder.mkdir()
    written(folder)
    done = gisplan("exam", folder, "-o", tmp_path / "out", "--heat", "--lang", "zh")
    assert done.returncode == 0, done.stderr
    with rasterio.open(tmp_path / "out" / "problems_heat.tif") as file:
        assert file.tags()["features"] == "3"  # of four one is solved
        assert file.read(1).max() > 0


def test_no_problems_no_raster_and_nothing_is_written(tmp_path):
    folder = tmp_path / "plan"
    folder.mkdir()
    plan = open_plan(written(folder, changed={"exam_problem": (None, None)}))
    with pytest.raises(PlanError, match="no layer of exam problems"):
        exam(plan).save(tmp_path / "out", heat=True)
    assert not (tmp_path / "out" / "exam.json").exists()


def test_no_heritage_no_raster_of_conflicts(tmp_path):
    from gisplan.pipeline import review

    folder = tmp_path / "plan"
    folder.mkdir()
    assert "heritage_zone" not in layers()
    with pytest.raises(PlanError, match="no layer of heritage"):
        review(open_plan(written(folder))).save(tmp_path / "out", heat=True)


def conflicting(folder):
    """Return a plan of 14 by 13 km: two units in protection zones, one of which lacks its outer."""
    names = {"code": ["210102", "210103"], "name": ["西", "东"], "parent": ["210100"] * 2}
    return written(folder, changed={
        "city": ([at(-6000, -6000, 8000, 7000)], {"code": ["210100"], "name": ["市"]}),
        "district": ([at(-6000, -6000, 1000, 7000), at(1000, -6000, 8000, 7000)], names),
        "unit": (
            [at(0, 0, 500, 500), at(1000, 0, 1500, 500)],
            {"code": ["210102-GX001", "210103-GX001"], "name": ["甲", "乙"],
             "parent": ["210102", "210103"], "mode": ["M5", "M5"]},
        ),
        "heritage_zone": (
            [at(100, 100, 300, 300), at(1100, 100, 1300, 300)],
            {"code": ["Z1", "Z2"], "name": ["甲", "乙"], "zone": ["Z6", "Z1"],
             "level": ["国家级", "全国重点"]},
        ),
    })  # fmt: skip


def test_the_review_writes_its_conflicts_as_a_cog_that_counts_each_once(gisplan, tmp_path):
    folder = tmp_path / "plan"
    folder.mkdir()
    conflicting(folder)
    done = gisplan("review", folder, "-o", tmp_path / "out", "--heat", "--lang", "zh")
    assert done.returncode == 1, done.stderr
    found = json.loads((tmp_path / "out" / "findings.json").read_text("utf-8"))["findings"]
    codes = sorted(f["code"] for f in found if f["code"].startswith("HER"))
    assert codes == ["HER101", "HER103", "HER112"]  # the last is about the register alone
    with rasterio.open(tmp_path / "out" / "conflicts_heat.tif") as file:
        cells = file.read(1)
        tags = file.tags()
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.overviews(1)
        assert (file.crs.to_epsg(), file.nodata, file.count) == (4529, NO_DATA, 1)
        assert (file.dtypes[0], tags["unit"], tags["features"]) == ("float32", "1/km2", "2")
        assert tags["title_zh"] == "历史文化冲突密度"
        assert file.bounds == pytest.approx((X - 6000, Y - 6000, X + 8000, Y + 7000))
        area = file.res[0] * file.res[1] / 1e6
        here = value_in(file, cells, X + 200, Y + 200), value_in(file, cells, X + 1200, Y + 200)
        assert value_in(file, cells, X + 5000, Y + 5000) == 0
    assert (cells == NO_DATA).sum() == 0  # the land fills the grid
    assert cells.sum() * area == pytest.approx(2, rel=1e-4)
    peak = 3 / (np.pi * (RADIUS_M / 1000) ** 2)
    assert here == pytest.approx((peak, peak), rel=0.06)  # a cell beside is lower by that


def test_the_heat_of_a_review_is_part_of_its_manifest_and_goes_when_it_is_not_asked_for(
    tmp_path,
):
    from gisplan.pipeline import review
    from gisplan.verify import verify

    folder = tmp_path / "plan"
    folder.mkdir()
    result = review(open_plan(conflicting(folder)))
    result.save(tmp_path / "out", heat=True)
    checked = {c.name: c.state for c in verify(tmp_path / "out")}
    assert checked["conflicts_heat.tif"] == "same"
    result.save(tmp_path / "out")
    assert not (tmp_path / "out" / "conflicts_heat.tif").exists()


def value_in(file, cells, x, y):
    row, column = file.index(x, y)
    return float(cells[row, column])
