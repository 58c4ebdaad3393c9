"""Which CRS coordinates could be in: the truth is always among the candidates."""

from __future__ import annotations

from functools import cache

import pytest
import shapely
from pyproj import CRS, Transformer

from gisplan.normalise.crs import Extent, to_degrees
from gisplan.normalise.crs_guess import guess_crs, is_near
from gisplan.normalise.crs_zones import all_zones, zone_of

# lon, lat and size of the smallest box about each city of Liaoning, in degrees (tianditu)
CITIES = {
    "沈阳": (122.42, 41.20, 123.81, 43.04),
    "大连": (120.98, 38.72, 123.52, 40.21),
    "鞍山": (122.15, 39.99, 123.69, 41.57),
    "抚顺": (123.65, 41.23, 125.47, 42.47),
    "本溪": (123.57, 40.83, 125.79, 41.58),
    "丹东": (123.37, 39.73, 125.70, 41.15),
    "锦州": (120.71, 40.79, 122.60, 42.14),
    "营口": (121.95, 39.91, 123.04, 40.93),
    "阜新": (121.02, 41.69, 122.95, 42.84),
    "辽阳": (122.60, 40.70, 123.69, 41.61),
    "盘锦": (121.45, 40.65, 122.48, 41.45),
    "铁岭": (123.45, 41.98, 125.10, 43.49),
    "朝阳": (118.84, 40.42, 121.32, 42.37),
    "葫芦岛": (119.20, 39.98, 121.05, 41.22),
}
CODES = (
    4490, 4326, 4610, 4214, 3857, 4528, 4529, 4530, 4549, 4550, 4551, 4499, 4510, 2364, 2365,
    2386, 2417, 2438, 2335, 21421, 21461, 32651,
)  # fmt: skip
LIAONING = Extent(118.84, 38.72, 125.79, 43.49)
SHENYANG = Extent(123.3, 41.7, 123.5, 41.9)


@cache
def _to(code):
    crs = CRS(code)  # no datum shift: PROJ knows none, and the window is the same
    return Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)


def drawn(place, code):
    """Return the extent that a layer of a place has in the file of an office."""
    edge = shapely.get_coordinates(shapely.segmentize(shapely.box(*place), 0.2))
    x, y = _to(code).transform(*edge.T)
    return Extent(x.min(), y.min(), x.max(), y.max())


@pytest.mark.parametrize("zone", all_zones(), ids=lambda zone: zone.code)
def test_codes_are_what_the_epsg_dataset_says(zone):
    crs = CRS(zone.code)
    params = {param.name: param.value for param in crs.coordinate_operation.params}
    assert params["Longitude of natural origin"] == zone.meridian
    assert params["False easting"] == 500_000 + (zone.number * 1_000_000 if zone.prefix else 0)
    assert crs.name.startswith(zone.datum)


@pytest.mark.parametrize("zone", all_zones(), ids=lambda zone: zone.code)
def test_a_layer_of_any_zone_has_its_zone_among_the_candidates(zone):
    half = zone.width / 2
    west = max(zone.meridian - half, 73.6)
    east = min(zone.meridian + half, 134.7)
    for south in (18.2, 30.0, 41.5, 53.0):
        extent = drawn((west, south, east, south + 0.4), zone.code)
        assert zone.code in guess_crs(extent, []).codes
        swapped = Extent(extent.south, extent.west, extent.north, extent.east)
        guess = guess_crs(swapped, [])
        assert zone.code in guess.codes
        assert guess.is_swapped


@pytest.mark.parametrize("city", CITIES)
def test_a_city_of_liaoning_kept_whole_has_the_truth_among_its_candidates(city):
    tried = 0
    for code in CODES:
        zone = zone_of(f"EPSG:{code}")
        if zone and abs(sum(CITIES[city][::2]) / 2 - zone.meridian) > zone.width / 2 + 1.5:
            continue  # nobody keeps this city in that zone
        tried += 1
        extent = drawn(CITIES[city], f"EPSG:{code}")
        for others in ([], [LIAONING]):
            assert f"EPSG:{code}" in guess_crs(extent, others).codes
    assert tried >= 13


def test_the_whole_province_kept_in_one_zone_is_told():
    assert "EPSG:4529" in guess_crs(drawn(LIAONING, "EPSG:4529"), []).codes


@pytest.mark.parametrize(("degrees", "found"), [(4.49, True), (4.51, False)])
def test_the_middle_of_a_layer_reaches_as_far_as_one_is_kept_in_a_zone(degrees, found):
    extent = drawn((123 + degrees - 0.1, 41.7, 123 + degrees + 0.1, 41.8), "EPSG:4529")
    assert ("EPSG:4529" in guess_crs(extent, []).codes) is found


@pytest.mark.parametrize(("degrees", "found"), [(5.95, True), (6.05, False)])
def test_the_ends_of_a_layer_reach_further(degrees, found):
    extent = drawn((122, 41.7, 123 + degrees, 41.8), "EPSG:4529")
    assert ("EPSG:4529" in guess_crs(extent, []).codes) is found


def test_zones_without_number_are_narrowed_by_the_other_layers():
    extent = drawn(SHENYANG, "EPSG:4550")
    assert len(guess_crs(extent, []).codes) == 100
    assert guess_crs(extent, [SHENYANG]).codes == [
        "EPSG:4550", "EPSG:2386", "EPSG:2438",  # 3° zone 41
        "EPSG:4510", "EPSG:2346", "EPSG:21461",  # 6° zone 21: the same figures
        "EPSG:32651",
    ]  # fmt: skip


def test_others_that_no_reading_meets_narrow_nothing_and_are_told():
    guess = guess_crs(drawn(SHENYANG, "EPSG:4550"), [Extent(20, 10, 21, 11)])
    assert len(guess.codes) == 100
    assert "none of them brings it to the other layers" in guess.why.en
    assert "没有一种使其与其他图层相遇" in guess.why.zh


def test_datums_that_share_a_window_are_said_to():
    why = guess_crs(drawn(SHENYANG, "EPSG:4529"), []).why
    assert "西安80 EPSG:2365" in why.zh
    assert "北京54 EPSG:2417" in why.zh
    assert "仅凭数值无法区分" in why.zh
    assert "cannot tell them apart" in why.en


def test_web_mercator_is_told_from_the_6_degree_zone_13_by_the_others():
    extent = drawn(SHENYANG, "EPSG:3857")
    assert guess_crs(extent, []).codes == ["EPSG:4491", "EPSG:2327", "EPSG:21413", "EPSG:3857"]
    assert guess_crs(extent, [SHENYANG]).codes == ["EPSG:3857"]


def test_the_crs_of_another_layer_is_tried_anywhere_on_earth():
    barcelona = Extent(2.05, 41.31, 2.23, 41.47)
    extent = drawn(barcelona, "EPSG:25831")
    assert guess_crs(extent, [barcelona], ["EPSG:25831"]).codes == ["EPSG:25831"]
    assert guess_crs(drawn(barcelona, "EPSG:3857"), [barcelona]).codes == ["EPSG:3857"]


def test_degrees_exchanged_outside_china_are_told_by_the_others_only():
    prague = Extent(14.3, 50.0, 14.6, 50.2)
    swapped = Extent(50.0, 14.3, 50.2, 14.6)
    assert guess_crs(swapped, []).codes == ["EPSG:4326"]
    guess = guess_crs(swapped, [prague])
    assert (guess.codes, guess.is_swapped) == (["EPSG:4326"], True)


@pytest.mark.parametrize(
    "extent",
    [
        (0, 0, 1000, 1000),
        (50_000, 40_000, 90_000, 80_000),  # the grid of a city
        (500_000, 200_000, 510_000, 210_000),  # south of China
        (500_000, 6_100_000, 510_000, 6_110_000),  # north of it
        (46_500_000, 4_600_000, 46_510_000, 4_610_000),  # there is no 3° zone 46
        (24_500_000, 4_600_000, 24_510_000, 4_610_000),  # nor a 6° zone 24
    ],
)
def test_a_local_grid_fits_nothing_and_its_parameters_are_asked_for(extent):
    guess = guess_crs(Extent(*extent), [SHENYANG])
    assert guess.codes == []
    assert "地方独立坐标系" in guess.why.zh
    assert "parameters" in guess.why.en


@pytest.mark.parametrize("code", ["EPSG:4529", "EPSG:4550", "EPSG:4499", "EPSG:32651"])
def test_a_zone_places_coordinates_as_proj_does(code):
    extent = drawn((122.4, 41.2, 123.8, 43.0), code)
    ours, proj = zone_of(code).place(extent), to_degrees(extent, CRS(code))
    assert ours == pytest.approx(proj, abs=1e-3)
    assert is_near(extent, code, [SHENYANG])
    assert not is_near(extent, code, [])


def test_figures_of_old_datums_differ_by_less_than_the_windows_show():
    lon, lat = 123.4, 41.8
    places = [
        Transformer.from_crs(CRS(code).geodetic_crs, code, always_xy=True).transform(lon, lat)
        for code in ("EPSG:4529", "EPSG:2365", "EPSG:2417")
    ]
    assert max(abs(x - places[0][0]) for x, _ in places) < 200
    assert max(abs(y - places[0][1]) for _, y in places) < 200
