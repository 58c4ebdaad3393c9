"""The built-in sample is what its builder makes: small, synthetic, and exact where it is sound."""

from __future__ import annotations

import tomllib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from geopandas.testing import assert_geodataframe_equal

from gisplan.catalogue.codes import codelist
from gisplan.testing.sample import build
from gisplan.testing.sample_blocks import divide, make_town
from gisplan.testing.sample_defects import bow_tie
from gisplan.testing.sample_mesh import make_admin, ragged
from gisplan.testing.sample_rasters import FILES
from gisplan.testing.sample_units import ellipsoid_area


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    build(folder)
    return folder


def read(folder: Path, name: str) -> gpd.GeoDataFrame:
    return gpd.read_file(folder / name, encoding="GBK" if name == "GXDY.shp" else None)


def test_rebuilding_gives_the_files_of_the_project(built: Path, sample_home: Path) -> None:
    assert sorted(p.name for p in built.iterdir()) == sorted(p.name for p in sample_home.iterdir())
    shapes = [p.name for p in built.iterdir() if p.suffix in {".shp", ".gpkg"}]
    assert len(shapes) == 16
    for name in shapes:
        # a millimetre: other versions of GEOS may round a cut to the next point of the grid
        assert_geodataframe_equal(
            read(built, name), read(sample_home, name), check_less_precise=True
        )
    assert_values_equal(built, sample_home)
    for name in ("指标表.csv", "城市分类指引.csv", "项目清单.csv"):
        pd.testing.assert_frame_equal(
            pd.read_csv(built / name, dtype=str), pd.read_csv(sample_home / name, dtype=str)
        )
    pd.testing.assert_frame_equal(
        pd.read_excel(built / "规划登记表.xlsx"), pd.read_excel(sample_home / "规划登记表.xlsx")
    )
    for name in ("planted.toml", "gisplan.toml"):
        assert tomllib.loads((built / name).read_text(encoding="utf-8")) == tomllib.loads(
            (sample_home / name).read_text(encoding="utf-8")
        )


def assert_values_equal(built: Path, home: Path) -> None:
    """Hold the exam values together: what was computed of the year before may round otherwise."""
    one, other = (pd.read_csv(folder / "体检指标表.csv") for folder in (built, home))
    pd.testing.assert_frame_equal(one, other, rtol=0, atol=0.00011)


@pytest.mark.parametrize("name", sorted(FILES.values()))
def test_rasters_are_those_of_the_project(built: Path, sample_home: Path, name: str) -> None:
    with rasterio.open(built / name) as one, rasterio.open(sample_home / name) as other:
        assert (one.crs, one.transform, one.nodata) == (other.crs, other.transform, other.nodata)
        assert one.units == other.units
        # a figure on the edge of its rounding may fall to the other side
        assert (one.read(1) != other.read(1)).mean() < 1e-3


def test_building_twice_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    build(tmp_path)
    build(tmp_path)  # over the former files
    differing = [
        path.name
        for path in sorted(tmp_path.iterdir())
        if path.read_bytes() != (built / path.name).read_bytes()
    ]
    assert differing == []


def test_the_sample_is_small(sample_home: Path) -> None:
    assert sum(p.stat().st_size for p in sample_home.iterdir()) < 1_000_000


def test_the_sample_says_that_it_is_synthetic(sample_home: Path) -> None:
    plan = tomllib.loads((sample_home / "gisplan.toml").read_text(encoding="utf-8"))
    assert "合成数据" in plan["plan"]["name"]


def test_admin_tiers_tile_exactly_before_anything_is_planted() -> None:
    province, cities, districts = make_admin()
    assert (len(province), len(cities), len(districts)) == (1, 3, 12)
    for layer in (cities, districts):
        assert shapely.coverage_is_valid(layer.geometry.to_numpy())
        whole = shapely.union_all(layer.geometry.to_numpy())
        assert shapely.symmetric_difference(whole, province.geometry[0]).area == 0
    for city in cities.itertuples():
        parts = districts.geometry[districts["parent"] == city.code].to_numpy()
        assert len(parts) == 4
        assert shapely.symmetric_difference(shapely.union_all(parts), city.geometry).area == 0


def test_admin_codes_and_names_are_real() -> None:
    names = {code: entry.title.zh for code, entry in codelist("admin").items()}
    for layer in make_admin():
        assert [names[code] for code in layer["code"]] == list(layer["name"])


def test_every_coordinate_lies_on_the_millimetre_grid() -> None:
    for layer in make_admin():
        xy = shapely.get_coordinates(layer.geometry.to_numpy())
        np.testing.assert_allclose(xy, np.round(xy, 3), rtol=0, atol=2e-8)


def test_a_ragged_line_is_the_same_from_either_end() -> None:
    a, b = np.array([0.0, 0.0]), np.array([3000.0, 400.0])
    there, back = shapely.get_coordinates(ragged(a, b)), shapely.get_coordinates(ragged(b, a))
    assert len(there) > 4
    np.testing.assert_array_equal(there, back[::-1])


@pytest.mark.parametrize("number", range(12))
def test_blocks_lie_apart_within_their_district_and_parcels_tile_them(number: int) -> None:
    district = make_admin()[2].geometry[number]
    town = make_town(district, number)
    blocks = np.array(list(town.blocks.values()))
    assert shapely.contains(district, blocks).all()
    assert (shapely.area(blocks) > 10e4).all()
    assert (shapely.area(blocks) < 60e4).all()
    others = shapely.STRtree(blocks).query(blocks, predicate="dwithin", distance=20.0)
    assert (others[0] == others[1]).all()
    parcels = divide(blocks[3], 12, number)
    assert len(parcels) == 12
    assert shapely.coverage_is_valid(parcels)
    assert abs(shapely.area(parcels).sum() - blocks[3].area) < 1.0


def test_the_bow_tie_is_invalid_and_keeps_most_of_its_area() -> None:
    square = shapely.box(0, 0, 100, 100)
    crossed = bow_tie(square)
    assert not crossed.is_valid
    assert 0 < shapely.make_valid(crossed).area < square.area


def test_areas_are_ellipsoidal() -> None:
    """A hundred hectares at 123.4 E in zone 41: the plane is 0.003 % too large."""
    square = np.array([shapely.box(41_533_000, 4_629_000, 41_534_000, 4_630_000)])
    assert ellipsoid_area(square)[0] == pytest.approx(
        1e6 / (1 + 2 * 33.5**2 / 6378**2 / 2), rel=2e-6
    )


def test_the_sample_has_what_the_plan_says(sample_home: Path) -> None:
    units, projects = read(sample_home, "GXDY.shp"), read(sample_home, "GXXM.gpkg")
    assert 190 <= len(units) <= 210
    assert 58 <= len(projects) <= 62
    assert set(projects.geom_type.dropna()) == {"Polygon", "LineString", "Point"}
    assert len(read(sample_home, "GXDK.shp")) == 302
    assert len(read(sample_home, "JZ.shp")) == 408
    counts = [len(read(sample_home, f"BHDX_{name}.shp")) for name in ("WW", "LJ", "LJD")]
    assert counts == [6, 9, 12]
    zones = read(sample_home, "BHQH.shp")["QHLX"].value_counts()
    assert (zones["核心保护范围"], zones["街区建控地带"]) == (2, 2)


def test_the_mess_is_in_the_files(sample_home: Path) -> None:
    assert not (sample_home / "GXDY.cpg").exists()
    table = (sample_home / "GXDY.dbf").read_bytes()
    assert table[29] == 0
    assert "和平区".encode("gbk") in table
    assert read(sample_home, "BHQH.shp").crs.to_epsg() == 4528
    assert read(sample_home, "GXDK.shp").crs.to_epsg() == 4529
    assert (read(sample_home, "GXDK.shp")["YDYHFLDM"] == "701").sum() == 1
    assert (sample_home / "指标表.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (~read(sample_home, "GXDY.shp").is_valid).sum() == 1
    assert read(sample_home, "GXXM.gpkg").geometry.isna().sum() == 1
