"""Rasters of the exam that are not as they should be: said by the review, never guessed about."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from gisplan.exam.study import Study
from gisplan.pipeline import exam, open_plan, review
from tests.exam.tiny_city import CRS, X, Y, write_raster, written


def findings(folder):
    found = review(open_plan(folder)).findings
    rows = found[found["code"] == "SRC112"]
    return sorted(zip(rows["layer"], rows["feature"], strict=True))


def messages(folder):
    found = review(open_plan(folder)).findings
    return " ".join(found[found["code"] == "SRC112"]["message_zh"])


def of(name, file="one.tif"):
    return f'[layers.{name}]\npath = "{file}"\n'


@pytest.mark.parametrize("name", ["population", "landcover", "ndvi", "flood_depth"])
def test_every_raster_of_the_exam_is_held_to_the_land_of_the_plan(tmp_path, name):
    cells = np.ones((100, 200))
    cells[60:, :60] = -9999.0  # no data on most of the western unit
    write_raster(tmp_path / "one.tif", cells, 10.0)
    written(tmp_path, more=of(name))
    assert findings(tmp_path) == [(name, "one.tif")]


def test_a_raster_in_degrees_that_covers_the_plan_is_fit(tmp_path):
    from pyproj import Transformer

    to = Transformer.from_crs(CRS, "EPSG:4490", always_xy=True)
    west, south = to.transform(X - 300, Y - 300)
    with rasterio.open(
        tmp_path / "one.tif", "w", driver="GTiff", width=400, height=400, count=1,
        dtype="float32", crs="EPSG:4490", nodata=-9999,
        transform=from_origin(west, south + 0.04, 0.0001, 0.0001),
    ) as file:  # fmt: skip
        file.write(np.ones((400, 400), dtype="float32"), 1)
    written(tmp_path, more=of("ndvi"))
    assert findings(tmp_path) == []


def test_a_raster_without_crs_is_said_and_touches_no_verdict(tmp_path):
    plain, with_raster = tmp_path / "plain", tmp_path / "raster"
    plain.mkdir()
    with_raster.mkdir()
    write_raster(with_raster / "one.tif", np.ones((100, 200)), 10.0, crs=None)
    written(plain)
    written(with_raster, more=of("population"))
    before, after = review(open_plan(plain)), review(open_plan(with_raster))
    assert before.verdicts["verdict"].tolist() == after.verdicts["verdict"].tolist()
    assert "没有坐标系" in messages(with_raster)
    assert exam(open_plan(with_raster)).dossier.values is not None


def test_of_several_rasters_of_people_none_is_chosen(tmp_path):
    for file in ("one.tif", "two.tif"):
        write_raster(tmp_path / file, np.ones((100, 200)), 10.0)
    several = "".join(f'[[layers.population]]\npath = "{f}"\n' for f in ("one.tif", "two.tif"))
    written(tmp_path, changed={"community": (None, None)}, more=several)
    assert findings(tmp_path) == [("population", "one.tif")]
    assert "2 个栅格" in messages(tmp_path)
    people, why = Study(open_plan(tmp_path)).people("district")
    assert np.isnan(people).all()
    assert all(why)


def test_a_raster_that_was_cut_short_is_not_computed_and_does_not_stop_the_exam(tmp_path):
    path = tmp_path / "one.tif"
    rng = np.random.default_rng(2)
    with rasterio.open(
        path, "w", driver="GTiff", width=1024, height=1024, count=1, dtype="float64", crs=CRS,
        nodata=-9999, tiled=True, blockxsize=256, blockysize=256,
        transform=from_origin(X, Y + 1024, 2, 2),
    ) as file:  # fmt: skip
        file.write(rng.random((1024, 1024)), 1)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 4])
    written(tmp_path, more=of("flood_depth") + of("ndvi").replace("one", "two"))
    path.with_name("two.tif").write_bytes(path.read_bytes())
    found = exam(open_plan(tmp_path)).dossier
    for code in ("S111", "S112"):
        assert code in found.missing
        assert "无法完整读取" in found.missing[code].zh
    assert len(found.values)
    assert findings(tmp_path) == [("flood_depth", "one.tif"), ("ndvi", "two.tif")]
    assert "无法读取" in messages(tmp_path)


@pytest.mark.parametrize(
    ("file", "name"),
    [("全市NDVI_2025.tif", "ndvi"), ("积水深度.tif", "flood_depth"), ("地表覆盖.tif", "landcover"),
     ("WorldCover_N39.tif", "landcover"), ("人口栅格.tif", "population")],
)  # fmt: skip
def test_a_raster_of_the_exam_is_known_by_its_name(tmp_path, file, name):
    folder = tmp_path / "plan"
    folder.mkdir()
    written(folder)
    (folder / "gisplan.toml").unlink()
    write_raster(folder / file, np.ones((100, 200)), 10.0)
    assert list(open_plan(folder).rasters) == [name]
