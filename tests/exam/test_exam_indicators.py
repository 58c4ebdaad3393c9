"""Every indicator of a tiny city, against figures worked out on paper."""

from __future__ import annotations

import math

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from gisplan.errors import PlanError
from gisplan.pipeline import exam, open_plan
from tests.exam.tiny_city import CRS, X, Y, at, layers, point, write_raster, written

# The city lies at the central meridian of its zone: areas on the map are those on the ground.


def examined(folder, **options):
    return exam(open_plan(written(folder, **options))).dossier


def value(dossier, indicator, level, place, column="value"):
    rows = dossier.values
    found = rows[
        (rows["indicator"] == indicator) & (rows["level"] == level) & (rows["place"] == place)
    ]
    assert len(found) == 1, f"{indicator} {level} {place}: {len(found)} rows"
    return found[column].iloc[0]


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    return examined(tmp_path_factory.mktemp("city"))


def part_within(west, south, east, north, x, y, radius, steps=400):
    """Return the share of a box within a radius of a point, counted on a fine mesh."""
    xs = np.linspace(west, east, steps, endpoint=False) + (east - west) / steps / 2
    ys = np.linspace(south, north, steps, endpoint=False) + (north - south) / steps / 2
    return float((np.hypot(xs[None] - x, ys[:, None] - y) <= radius).mean())


def test_coverage_is_by_land_cut_at_the_radius(city):
    east = part_within(1100, 100, 1300, 200, 200, 150, 1000)
    assert 0.4 < east < 0.6
    assert value(city, "B101", "community", "S1") == pytest.approx(100)
    assert value(city, "B101", "community", "S3") == pytest.approx(100 * east, abs=0.1)
    assert value(city, "B101", "community", "S4") == pytest.approx(0)
    whole = 100 * (1 + 1 + east + 0) / 4
    assert value(city, "B101", "city", "210100") == pytest.approx(whole, abs=0.1)


def test_coverage_by_people_weighs_the_land_with_those_who_live_on_it(city):
    east = part_within(1100, 100, 1300, 200, 200, 150, 1000)
    people = 100 * (8_000 + 4_000 + east * 5_000) / 20_000
    assert value(city, "B101", "city", "210100", "by_people") == pytest.approx(people, abs=0.1)


def test_a_facility_outside_the_boundary_serves(tmp_path):
    outside = {
        "facility": ([point(-100, 150)], {"facility_type": ["小学"]}),
        "road": (None, None),
    }
    found = examined(tmp_path, changed=outside, more="[exam]\ndetour = 1.0\n")
    assert value(found, "S101", "community", "S1") == pytest.approx(100)


def test_a_facility_outside_the_boundary_of_the_exam_serves_too(tmp_path):
    changed = {
        "exam_boundary": ([at(0, 0, 1000, 1000)], {"name": ["建成区"]}),
        "facility": ([point(1050, 150)], {"facility_type": ["中学"]}),
    }
    found = examined(tmp_path, changed=changed)
    assert value(found, "B101", "community", "S1") == pytest.approx(100)


def test_walking_goes_along_the_roads_where_there_are_some(tmp_path):
    # from the piece in the south-west: 100 m to the road at y = 250, 300 m along it, 200 m up
    park = {"facility": ([point(500, 450)], {"facility_type": ["公园"], "area": [9e3]})}
    along = examined(tmp_path, changed=park)
    assert value(along, "S108", "community", "S1") == 0.0
    rows = along.values[along.values["indicator"] == "S108"]
    assert rows["basis_zh"].str.contains("沿道路 300 m").all()


def test_walking_without_roads_is_a_straight_line_over_the_detour(tmp_path):
    park = {
        "facility": ([point(200, 150)], {"facility_type": ["公园"], "area": [9e3]}),
        "road": (None, None),
    }
    found = examined(tmp_path, changed=park)
    expected = 100 * part_within(100, 100, 300, 200, 200, 150, 300 / 1.3)
    assert value(found, "S108", "community", "S1") == pytest.approx(expected, abs=0.1)


def test_a_bus_stop_serves_what_lies_within_500_m(tmp_path):
    facility = ([point(200, 150)], {"code": ["F1"], "facility_type": ["公交站"],
                                    "area": [None], "state": ["existing"]})  # fmt: skip
    found = examined(tmp_path, changed={"facility": facility})
    assert value(found, "S114", "community", "S1") == pytest.approx(100)
    assert value(found, "S114", "community", "S2") == 0  # 550 m away


def test_parks_serve_by_their_size(tmp_path):
    parks = {
        "facility": (
            [point(200, 150), point(200, 750), point(1200, 150), point(1800, 750)],
            {"facility_type": ["公园"] * 4, "area": [5_000.0, 4_999.0, 1_999.0, None]},
        )
    }
    found = examined(tmp_path, changed=parks)
    assert value(found, "B102", "community", "S1") == pytest.approx(100)
    assert value(found, "B102", "community", "S2") == pytest.approx(100)
    assert value(found, "B102", "community", "S3") == 0.0
    assert value(found, "B102", "community", "S4") == 0.0
    assert "1 个没有面积未计入" in value(found, "B102", "community", "S4", "basis_zh")


def test_densities(city):
    area = 2.0
    assert value(city, "C101", "city", "210100") == pytest.approx(2.5 / area, rel=1e-6)
    assert value(city, "C102", "city", "210100") == pytest.approx(3.0 / area, rel=1e-6)
    assert value(city, "C102", "district", "210102") == pytest.approx(2.0 / (area / 2), rel=1e-6)
    assert value(city, "C103", "city", "210100") == pytest.approx(100 * 1200 / 2e6, rel=1e-6)
    assert value(city, "C104", "city", "210100") == pytest.approx(2.0 / area, rel=1e-6)


def test_shares_and_counts(city):
    assert value(city, "H101", "city", "210100") == pytest.approx(10.0)
    assert value(city, "H101", "district", "210103") == 0.0
    assert value(city, "C105", "city", "210100") == 1
    assert value(city, "C105", "district", "210102") == 0
    assert value(city, "C105", "district", "210103", "grade") == "missed"


@pytest.mark.parametrize(("year", "share"), [(2000, 40.0), (2001, 10.0)])
def test_a_building_of_the_year_2000_is_old_and_of_2001_is_not(tmp_path, year, share):
    shapes, fields = layers()["building"]
    found = examined(
        tmp_path, changed={"building": (shapes, fields | {"year": [1990, year, 2022]})}
    )
    assert value(found, "H101", "city", "210100") == pytest.approx(share)


def test_area_per_head_and_share_of_land(city):
    assert value(city, "C106", "city", "210100") == pytest.approx(10_000 / 25_000, rel=1e-6)
    assert value(city, "C109", "city", "210100") == pytest.approx(100 / 9, rel=1e-6)


def test_communities_that_lack_a_facility_are_counted(city):
    rows = city.values[(city.values["indicator"] == "E104")]
    assert not len(rows)  # no playground in the layer: nobody can tell
    assert "没有公共活动场地" in city.missing["E104"].zh


def test_a_facility_that_is_too_small_counts_for_none(tmp_path):
    stations = {
        "facility": (
            [point(200, 150), point(200, 750), point(1200, 150)],
            {"facility_type": ["社区综合服务站"] * 3, "area": [800.0, 799.9, None]},
        )
    }
    found = examined(tmp_path, changed=stations)
    assert [value(found, "E105", "community", f"S{n}") for n in (1, 2, 3, 4)] == [0, 1, 1, 1]
    assert value(found, "E105", "city", "210100") == 3
    assert value(found, "E105", "city", "210100", "denominator") == 4


def test_missing_input_is_not_computed_and_says_why(tmp_path):
    found = examined(tmp_path, changed={"facility": (None, None), "building": (None, None)})
    assert found.missing["B101"].zh == "没有公共服务设施图层"
    assert found.missing["H101"].en
    assert not (found.values["indicator"] == "B101").any()


def test_a_community_without_people_leaves_the_city_without_density(tmp_path):
    shapes, fields = layers()["community"]
    fields["population"] = [10_000, None, 6_000, 4_000]
    found = examined(tmp_path, changed={"community": (shapes, fields)})
    assert math.isnan(value(found, "C101", "city", "210100") or math.nan)
    assert value(found, "C101", "city", "210100", "grade") == "not_computed"
    assert value(found, "C101", "city", "210100", "why_zh") == "1 个社区没有填写常住人口"
    assert value(found, "C101", "district", "210103", "grade") in {"met", "missed"}


def test_a_unit_of_which_nobody_says_the_people_is_not_computed_and_others_are(tmp_path):
    cells = np.ones((100, 200))
    cells[50:, :50] = -9999.0  # no data on the western unit
    write_raster(tmp_path / "people.tif", cells, 10.0)
    found = examined(
        tmp_path,
        changed={"community": (None, None)},
        more='[layers.population]\npath = "people.tif"\n',
    )
    west, east = "210102-GX001", "210103-GX001"
    assert value(found, "C101", "unit", west, "grade") == "not_computed"
    assert "没有人口" in value(found, "C101", "unit", west, "why_zh")
    assert value(found, "C101", "unit", east) == pytest.approx(1.0, rel=1e-6)  # one each 100 m2


def test_communities_that_leave_land_out_say_so(tmp_path):
    shapes, fields = layers()["community"]
    kept = {name: cells[:3] for name, cells in fields.items()}
    found = examined(tmp_path, changed={"community": (shapes[:3], kept)})
    assert "只覆盖其面积的 50" in value(found, "C101", "district", "210103", "why_zh")


def test_unknown_types_of_facilities_are_named(tmp_path):
    shapes, fields = layers()["facility"]
    fields["facility_type"] = ["中学", "公园", "某某站"]
    found = examined(tmp_path, changed={"facility": (shapes, fields)})
    assert any("某某站" in note.zh for note in found.notes)


def test_the_boundary_of_the_exam_limits_land_and_places(tmp_path):
    border = {"exam_boundary": ([at(0, 0, 1000, 1000)], {"name": ["建成区"]})}
    found = examined(tmp_path, changed=border)
    assert value(found, "B101", "city", "210100") == pytest.approx(100)
    assert value(found, "C102", "city", "210100") == pytest.approx(2.0, rel=1e-6)
    assert "建成区" in found.boundary.zh


def test_rasters_by_place(tmp_path):
    cells = np.zeros((100, 200))
    cells[:, 100:] = 0.5  # the east is flooded half a metre deep
    write_raster(tmp_path / "flood.tif", cells, 10.0)
    found = examined(tmp_path, more='[layers.flood_depth]\npath = "flood.tif"\n')
    assert value(found, "S112", "district", "210102") == pytest.approx(0, abs=0.1)
    assert value(found, "S112", "district", "210103") == pytest.approx(100, abs=0.1)
    assert value(found, "S112", "city", "210100") == pytest.approx(50, abs=0.1)


def test_a_raster_without_data_somewhere_is_said_there(tmp_path):
    cells = np.full((100, 200), -9999.0)
    cells[:, 100:] = 0.3
    write_raster(tmp_path / "ndvi.tif", cells, 10.0)
    found = examined(tmp_path, more='[layers.ndvi]\npath = "ndvi.tif"\n')
    assert value(found, "S111", "district", "210103") == pytest.approx(0.3)
    assert value(found, "S111", "district", "210102", "grade") == "not_computed"
    assert "0.0%" in value(found, "S111", "district", "210102", "why_zh")


@pytest.mark.parametrize(("columns", "known"), [(98, False), (101, True)])
def test_a_place_of_which_a_raster_leaves_out_more_than_a_hundredth_has_no_value(
    tmp_path, columns, known
):
    cells = np.full((100, 200), -9999.0)
    cells[:, :columns] = 0.3
    write_raster(tmp_path / "ndvi.tif", cells, 10.0)
    found = examined(tmp_path, more='[layers.ndvi]\npath = "ndvi.tif"\n')
    assert (value(found, "S111", "district", "210102", "grade") != "not_computed") is known
    assert isinstance(value(found, "S111", "district", "210102", "why_zh"), str) is not known


def test_a_raster_in_degrees_gives_what_its_surface_is(tmp_path):
    from pyproj import Transformer

    to = Transformer.from_crs(CRS, "EPSG:4490", always_xy=True)
    west, south = to.transform(X - 100, Y - 100)
    east, north = to.transform(X + 2100, Y + 1100)
    step, shape = 0.0001, (int((north - south) / 0.0001) + 2, int((east - west) / 0.0001) + 2)
    middle = west + (np.arange(shape[1]) + 0.5) * step
    split = to.transform(X + 1000, Y + 500)[0]
    cells = np.tile(np.where(middle > split, 0.5, 0.0), (shape[0], 1))
    with rasterio.open(
        tmp_path / "flood.tif", "w", driver="GTiff", width=shape[1], height=shape[0], count=1,
        dtype="float64", crs="EPSG:4490", nodata=-9999,
        transform=from_origin(west, south + shape[0] * step, step, step),
    ) as file:  # fmt: skip
        file.write(cells, 1)
    found = examined(tmp_path, more='[layers.flood_depth]\npath = "flood.tif"\n')
    assert value(found, "S112", "city", "210100") == pytest.approx(50, abs=0.5)
    assert value(found, "S112", "district", "210103") == pytest.approx(100, abs=1)


def test_a_raster_without_data_everywhere_computes_nothing_and_says_so(tmp_path):
    write_raster(tmp_path / "ndvi.tif", np.full((100, 200), -9999.0), 10.0)
    found = examined(tmp_path, more='[layers.ndvi]\npath = "ndvi.tif"\n')
    rows = found.values[found.values["indicator"] == "S111"]
    assert set(rows["grade"]) <= {"not_computed"}
    assert len(rows) or "S111" in found.missing
    assert rows["why_zh"].notna().all()


def test_people_of_a_raster_stand_in_for_those_of_communities(tmp_path):
    write_raster(tmp_path / "people.tif", np.ones((100, 200)), 10.0)
    found = examined(
        tmp_path,
        changed={"community": (None, None)},
        more='[layers.population]\npath = "people.tif"\n',
    )
    assert value(found, "C101", "district", "210102", "numerator") == pytest.approx(
        10_000, rel=1e-3
    )


@pytest.mark.parametrize(("degrees", "share"), [(25.5, 100.0), (24.5, 0.0)])
def test_slopes_over_the_limit(tmp_path, degrees, share):
    columns = np.tile(np.arange(200) * 10.0, (100, 1))
    write_raster(tmp_path / "dem.tif", columns * np.tan(np.radians(degrees)), 10.0)
    inner = {"district": ([at(100, 100, 900, 900)], {"code": ["210102"], "name": ["内"]})}
    found = examined(
        tmp_path,
        changed=inner,
        more='[layers.terrain]\npath = "dem.tif"\nunit = "m"\n',
    )
    assert value(found, "S113", "district", "210102") == pytest.approx(share)


# --- land cover -------------------------------------------------------------------------------

COVER = '[layers.landcover]\npath = "cover.tif"\n'


def covered(folder, more, cells=None):
    """Return the exam with land cover: the west is trees, the east a quarter water, else built."""
    if cells is None:
        cells = np.full((100, 200), 10.0)
        cells[:, 100:] = 50
        cells[:50, 100:150] = 80
    write_raster(folder / "cover.tif", cells, 10.0)
    return examined(folder, more=COVER + more)


@pytest.mark.parametrize(
    "more",
    ['[exam]\nlandcover = "worldcover"\n',
     "[exam.landcover]\ngreen = [10]\nsealed = [50]\nother = [80]\n"],
)  # fmt: skip
def test_land_cover_gives_green_and_sealed_land(tmp_path, more):
    found = covered(tmp_path, more)
    green, sealed = (
        [value(found, code, *place) for place in
         (("district", "210102"), ("district", "210103"), ("city", "210100"))]
        for code in ("S115", "S116")
    )  # fmt: skip
    assert green == pytest.approx([100, 0, 50], abs=0.1)
    assert sealed == pytest.approx([0, 75, 37.5], abs=0.1)
    assert "50" in value(found, "S116", "city", "210100", "basis_zh")


def test_what_the_codes_of_land_cover_are_is_not_guessed(tmp_path):
    found = covered(tmp_path, "")
    for code in ("S115", "S116"):
        assert "landcover" in found.missing[code].zh


def test_codes_that_no_table_has_leave_a_place_without_a_value(tmp_path):
    cells = np.full((100, 200), 10.0)
    cells[:, 100:] = 7
    found = covered(tmp_path, '[exam]\nlandcover = "worldcover"\n', cells)
    assert value(found, "S115", "district", "210102") == pytest.approx(100, abs=0.1)
    assert value(found, "S115", "district", "210103", "grade") == "not_computed"


def test_a_class_without_codes_is_not_computed(tmp_path):
    found = covered(tmp_path, "[exam.landcover]\ngreen = [10]\nother = [50, 80]\n")
    assert value(found, "S115", "city", "210100") == pytest.approx(50, abs=0.1)
    assert "S116" in found.missing


def test_land_cover_with_a_palette_is_read(tmp_path):
    with rasterio.open(
        tmp_path / "cover.tif", "w", driver="GTiff", width=200, height=100, count=1,
        dtype="uint8", crs=CRS, nodata=0, transform=from_origin(X, Y + 1000, 10, 10),
    ) as file:  # fmt: skip
        file.write(np.full((100, 200), 50, dtype="uint8"), 1)
        file.write_colormap(1, {10: (0, 100, 0), 50: (250, 0, 0)})
    found = examined(tmp_path, more=COVER + '[exam]\nlandcover = "worldcover"\n')
    assert value(found, "S116", "city", "210100") == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize(
    "more",
    ['[exam]\nlandcover = "worldcovr"\n', "[exam.landcover]\ngreen = [1]\nsealed = [1]\n",
     "[exam.landcover]\nroads = [1]\n"],
)  # fmt: skip
def test_codes_of_land_cover_that_do_not_fit_are_refused(tmp_path, more):
    with pytest.raises(PlanError, match=r"gisplan\.toml"):
        open_plan(written(tmp_path, more=more))


def test_codes_of_land_cover_stay_when_a_plan_file_is_written_again(tmp_path):
    from gisplan.read.plan_file import read_plan_file
    from gisplan.read.write_plan_file import plan_file_text

    file = tmp_path / "gisplan.toml"
    for more in ('landcover = "worldcover"\n', "landcover = { green = [1], sealed = [2] }\n"):
        file.write_text("[exam]\n" + more, "utf-8")
        config = read_plan_file(file)
        file.write_text(plan_file_text(config), "utf-8")
        assert read_plan_file(file).exam.landcover == config.exam.landcover


def test_threads_and_the_order_of_rows_change_nothing(tmp_path, city):
    turned = {
        name: (shapes[::-1], {k: v[::-1] for k, v in fields.items()})
        for name, (shapes, fields) in layers().items()
    }
    plan = open_plan(written(tmp_path, changed=turned))
    other = exam(plan, jobs=3).dossier
    names = ["indicator", "level", "place", "value", "by_people", "grade", "why_zh", "basis_zh"]
    assert other.values[names].equals(city.values[names])
    assert other.scores.equals(city.scores)
    assert other.problems.equals(city.problems)
