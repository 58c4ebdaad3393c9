"""Statistics of rasters in shapes, against surfaces known on paper and exactextract alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from gisplan.measure.marked import above, among, marked
from gisplan.measure.slope import slope_raster
from gisplan.measure.zonal import zonal
from gisplan.model import Raster

CRS = "EPSG:4529"
X, Y = 41_500_000.0, 4_630_000.0


def written(path, cells, size=10.0, crs=CRS, west=X, north=Y, nodata=-9999.0):
    transform = from_origin(west, north, size, size)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=cells.shape[1],
        height=cells.shape[0],
        count=1,
        dtype="float64",
        crs=crs,
        transform=transform,
        nodata=nodata,
    ) as file:
        file.write(cells, 1)
    rows, columns = cells.shape
    return Raster(
        "population", path.name, path, crs, tuple(transform)[:6], columns, rows, nodata=nodata
    )


def shapes(*found):
    array = np.empty(len(found), dtype=object)
    array[:] = found
    return array


@pytest.fixture
def ramp(tmp_path):
    """A raster of 10 by 10 cells of 10 m; each cell holds its column."""
    return written(tmp_path / "ramp.tif", np.tile(np.arange(10.0), (10, 1)))


def test_parts_of_cells_count_by_their_part(ramp):
    quarter = shapely.box(X + 5, Y - 5, X + 15, Y)  # half of cells 0 and 1, half their height
    found = zonal(ramp, shapes(quarter), CRS, ["sum", "mean"])
    assert found["sum"][0] == pytest.approx(0.25 * 0 + 0.25 * 1)
    assert found["mean"][0] == pytest.approx(0.5)
    assert found["known"][0] == pytest.approx(1.0)


def test_the_sum_over_a_mesh_is_the_sum_over_the_raster(ramp):
    west = np.arange(0, 100, 7.0)
    mesh = [shapely.box(X + a, Y - 100, X + min(a + 7, 100), Y) for a in west]
    assert zonal(ramp, shapes(*mesh), CRS, ["sum"])["sum"].sum() == pytest.approx(450.0)


def test_cells_without_data_and_land_outside_are_said(tmp_path):
    cells = np.ones((10, 10))
    cells[:, :5] = -9999.0
    raster = written(tmp_path / "half.tif", cells)
    found = zonal(
        raster,
        shapes(
            shapely.box(X, Y - 100, X + 100, Y),
            shapely.box(X, Y - 100, X + 50, Y),
            shapely.box(X + 90, Y - 10, X + 110, Y),
            shapely.box(X + 900, Y - 10, X + 910, Y),
        ),
        CRS,
        ["sum", "mean"],
    )
    assert found["known"].tolist() == pytest.approx([0.5, 0.0, 0.5, 0.0])
    assert found["sum"][0] == pytest.approx(50.0)
    assert found[["sum", "mean"]].iloc[[1, 3]].isna().all(axis=None)


def test_what_is_no_polygon_has_no_statistics(ramp):
    found = zonal(ramp, shapes(None, shapely.Point(X + 5, Y - 5), shapely.Polygon()), CRS, ["sum"])
    assert found["sum"].isna().all()
    assert (found["known"] == 0).all()


def test_a_raster_in_degrees_gives_what_the_surface_is(tmp_path):
    step = 0.001
    west, north = 122.5, 41.95
    rows, columns = np.mgrid[0:400, 0:400]
    surface = 1000 * (west + (columns + 0.5) * step) + 500 * (north - (rows + 0.5) * step)
    raster = written(tmp_path / "degrees.tif", surface, step, "EPSG:4490", west, north)
    square = shapely.box(X - 30_000, Y - 5_000, X - 27_000, Y - 2_000)
    found = zonal(raster, shapes(square), CRS, ["mean"])
    from pyproj import Transformer

    lon, lat = Transformer.from_crs(CRS, "EPSG:4490", always_xy=True).transform(
        square.centroid.x, square.centroid.y
    )
    assert found["mean"][0] == pytest.approx(1000 * lon + 500 * lat, abs=0.02)


def test_the_share_above_a_limit_is_by_parts_of_cells(ramp):
    whole = shapely.box(X, Y - 100, X + 100, Y)
    part = shapely.box(X + 25, Y - 100, X + 75, Y)  # columns 2 (half) to 7 (half)
    for limit, expected in ((6.0, [0.3, 0.1]), (7.0, [0.2, 0.0])):
        found = zonal(marked(ramp, above(limit)), shapes(whole, part), CRS, ["mean"])
        assert found["mean"].tolist() == pytest.approx(expected)
        assert found["known"].tolist() == pytest.approx([1.0, 1.0])


def test_cells_without_data_are_neither_above_nor_below(tmp_path):
    cells = np.array([[1.0, 9.0, -9999.0, np.nan]])
    raster = written(tmp_path / "gaps.tif", cells)
    found = zonal(marked(raster, above(5.0)), shapes(shapely.box(X, Y - 10, X + 40, Y)), CRS,
                  ["mean"])  # fmt: skip
    assert found["mean"][0] == 0.5
    assert found["known"][0] == pytest.approx(0.5)


def test_a_code_that_the_table_does_not_have_is_no_data(tmp_path):
    raster = written(tmp_path / "codes.tif", np.array([[10.0, 50.0, 50.0, 77.0]]))
    cells = marked(raster, among((50,), (10, 50)))
    found = zonal(cells, shapes(shapely.box(X, Y - 10, X + 40, Y)), CRS, ["mean"])
    assert found["mean"][0] == pytest.approx(2 / 3)
    assert found["known"][0] == pytest.approx(0.75)


def test_marks_are_the_same_in_strips(tmp_path, monkeypatch):
    cells = np.random.default_rng(3).random((57, 31))
    raster = written(tmp_path / "strips.tif", cells)
    whole = marked(raster, above(0.5))
    monkeypatch.setattr("gisplan.measure.marked.STRIP", 8)
    parts = marked(raster, above(0.5))
    for found in (whole, parts):
        with rasterio.MemoryFile(found.source) as memory, memory.open() as file:
            np.testing.assert_array_equal(file.read(1), cells > 0.5)
            assert file.nodata == found.nodata


def test_random_shapes_are_as_exactextract_alone(tmp_path):
    import geopandas as gpd
    from exactextract import exact_extract

    rng = np.random.default_rng(1)
    raster = written(tmp_path / "random.tif", rng.random((100, 100)))
    centre = rng.uniform(100, 900, (40, 2))
    discs = shapely.buffer(shapely.points(X + centre[:, 0], Y - centre[:, 1]), 80)
    found = zonal(raster, discs, CRS, ["sum"])["sum"]
    alone = exact_extract(
        str(tmp_path / "random.tif"), gpd.GeoDataFrame(geometry=discs, crs=CRS), "sum"
    )
    assert found.tolist() == pytest.approx([row["properties"]["sum"] for row in alone])


def test_exactextract_rasterstats_and_we_agree_in_one_run(tmp_path):
    """rasterstats counts whole cells by their middle: on whole cells all three must agree."""
    rasterstats = pytest.importorskip("rasterstats", reason="a comparison; of the extra bench")
    import geopandas as gpd
    from exactextract import exact_extract

    rng = np.random.default_rng(4)
    cells = rng.random((100, 100))
    cells[rng.random((100, 100)) < 0.05] = -9999.0
    raster = written(tmp_path / "random.tif", cells)
    path = str(tmp_path / "random.tif")
    west, south = rng.integers(0, 80, (2, 30)) * 10.0
    wide, tall = rng.integers(1, 20, (2, 30)) * 10.0
    whole = shapely.box(X + west, Y - 1000 + south, X + west + wide, Y - 1000 + south + tall)
    discs = shapely.buffer(shapely.points(X + 100 + west, Y - 900 + south), 90)
    for given, slack in ((whole, 1e-9), (discs, 0.06)):
        ours = zonal(raster, given, CRS, ["sum", "mean"])
        exact = exact_extract(
            path, gpd.GeoDataFrame(geometry=given, crs=CRS), ["sum", "mean"], output="pandas"
        )
        centres = rasterstats.zonal_stats(list(given), path, stats=["sum", "mean"])
        for name in ("sum", "mean"):
            np.testing.assert_allclose(ours[name], exact[name], rtol=1e-6, atol=1e-9)
            by_centre = np.array([one[name] for one in centres], dtype=float)
            np.testing.assert_allclose(ours[name], by_centre, rtol=slack)


@pytest.mark.parametrize("crs", [CRS, "EPSG:4490"])
def test_the_slope_of_a_plane_is_that_of_the_plane_in_metres_and_in_degrees(tmp_path, crs):
    """A plane that rises by 20 % to the east and 10 % to the north, at 41.8 degrees north."""
    step = 10.0 if crs == CRS else 0.0001
    across = 10.0 if crs == CRS else step * 111_320.0 * np.cos(np.radians(41.8))
    up = 10.0 if crs == CRS else step * 111_132.0
    columns, rows = np.meshgrid(np.arange(30.0), np.arange(30.0))
    cells = 0.2 * across * columns - 0.1 * up * rows
    west, north = (X, Y) if crs == CRS else (123.4, 41.8 + 15 * step)
    terrain = replace(written(tmp_path / "dem.tif", cells, step, crs, west, north), metres=1.0)
    with rasterio.MemoryFile(slope_raster(terrain).source) as memory, memory.open() as file:
        found = file.read(1)
    expected = np.degrees(np.arctan(np.hypot(0.2, 0.1)))
    np.testing.assert_allclose(found[1:-1, 1:-1], expected, rtol=2e-3)
    assert (found[0] == -1).all()  # the rim has no slope


def test_heights_in_feet_are_slopes_in_metres(tmp_path):
    cells = np.tile(np.arange(20.0) * 10.0, (20, 1))  # 45 degrees, were they metres
    feet = replace(written(tmp_path / "feet.tif", cells), metres=0.3048)
    with rasterio.MemoryFile(slope_raster(feet).source) as memory, memory.open() as file:
        assert file.read(1)[10, 10] == pytest.approx(np.degrees(np.arctan(0.3048)), rel=1e-5)


def test_slopes_are_the_same_in_strips(tmp_path, monkeypatch):
    cells = np.random.default_rng(5).random((53, 21)) * 30
    terrain = replace(written(tmp_path / "strips.tif", cells), metres=1.0)
    whole = slope_raster(terrain).source
    monkeypatch.setattr("gisplan.measure.slope.STRIP", 8)
    parts = slope_raster(terrain).source
    with rasterio.MemoryFile(whole) as one, rasterio.MemoryFile(parts) as other:
        np.testing.assert_array_equal(one.open().read(1), other.open().read(1))
