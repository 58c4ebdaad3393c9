"""Measuring and coordinates: the figures of the page against pyproj's and the product's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Geod, Transformer

from gisplan.measure.ellipsoid import ellipsoidal_area
from gisplan.render.webmap.working import fitted, transverse_mercator
from gisplan.testing.dossier import small_dossier

pytestmark = pytest.mark.browser
OpenMap = Any  # conftest.open_map
GEODESY = Path(__file__).parents[2] / "gisplan/render/webmap/page/geodesy.js"
LIAONING = (118.8, 38.7, 125.8, 43.5)
GRS80 = Geod(ellps="GRS80")


@pytest.fixture(scope="module")
def geodesy(browser: Any) -> Iterator[Any]:
    """Return a page that has the functions of geodesy.js and nothing else."""
    page = browser.new_page()
    page.set_content("<p></p>")
    names = "geodesicLength, geodesicArea, crossesItself, projected"
    page.evaluate(f"(() => {{ {GEODESY.read_text('utf-8')}\nwindow.g = {{ {names} }}; }})()")
    yield page
    page.close()


def many(geodesy: Any, name: str, calls: list[list[Any]]) -> list[Any]:
    found: list[Any] = geodesy.evaluate(f"calls => calls.map((it) => g.{name}(...it))", calls)
    return found


def grid_of_liaoning() -> tuple[np.ndarray, np.ndarray]:
    west, south, east, north = LIAONING
    lon, lat = np.meshgrid(np.linspace(west, east, 15), np.linspace(south, north, 11))
    return lon.ravel(), lat.ravel()


class TestWorkingCrs:
    @pytest.mark.parametrize(
        "crs", ["EPSG:4528", "EPSG:4529", "EPSG:4530", "EPSG:4549", "EPSG:4500", "EPSG:32651"]
    )
    def test_zones_and_utm_are_those_of_pyproj(self, geodesy: Any, crs: str) -> None:
        record = transverse_mercator(crs)
        assert record is not None
        lon, lat = grid_of_liaoning()
        shown = many(geodesy, "projected", [[record, x, y] for x, y in zip(lon, lat, strict=True)])
        known = Transformer.from_crs("EPSG:4490", crs, always_xy=True).transform(lon, lat)
        assert np.abs(np.array(shown) - np.column_stack(known)).max() < 0.001

    def test_any_other_crs_is_a_polynomial_with_its_error(self, geodesy: Any) -> None:
        assert transverse_mercator("ESRI:102012") is None
        record = fitted("ESRI:102012", LIAONING)
        assert record is not None
        assert record["error"] <= 0.005
        lon, lat = grid_of_liaoning()
        shown = many(geodesy, "projected", [[record, x, y] for x, y in zip(lon, lat, strict=True)])
        known = Transformer.from_crs("EPSG:4490", "ESRI:102012", always_xy=True).transform(lon, lat)
        off = np.abs(np.array(shown) - np.column_stack(known)).max()
        assert off <= record["error"] + 1e-4

    def test_beyond_the_control_points_nothing_is_told(self, geodesy: Any) -> None:
        record = fitted("ESRI:102012", LIAONING)
        assert many(geodesy, "projected", [[record, 126.0, 41.0], [record, 123, 38]]) == [None] * 2

    def test_far_from_the_zone_nothing_is_told(self, geodesy: Any) -> None:
        record = transverse_mercator("EPSG:4529")
        assert many(geodesy, "projected", [[record, 90.0, 41.0]]) == [None]


class TestFigures:
    @pytest.mark.parametrize("reach", [1e-7, 1e-3, 0.1, 5.0, 60.0])
    def test_lengths_are_those_on_the_ellipsoid(self, geodesy: Any, reach: float) -> None:
        rng = np.random.default_rng(7)
        one = np.column_stack([rng.uniform(118, 126, 40), rng.uniform(38, 44, 40)])
        other = one + rng.uniform(-reach, reach, (40, 2)) * [1.0, 0.7]
        shown = many(geodesy, "geodesicLength", [[*p] for p in np.stack([one, other], 1).tolist()])
        known = GRS80.inv(*one.T, *other.T)[2]
        assert shown == pytest.approx(known, rel=1e-7, abs=2e-6)

    def test_of_no_way_the_length_is_nothing(self, geodesy: Any) -> None:
        assert many(geodesy, "geodesicLength", [[[123, 41], [123, 41]]]) == [0]

    @pytest.mark.parametrize("size", [3.0, 200.0, 5_000.0, 60_000.0])
    @pytest.mark.parametrize("crs", ["EPSG:4529", "EPSG:4530"])
    def test_areas_are_those_of_the_product(self, geodesy: Any, size: float, crs: str) -> None:
        """Also far from the middle of the zone, where the plane itself is off by 1e-3."""
        rng = np.random.default_rng(11)
        turn = np.sort(rng.uniform(0, 2 * np.pi, (8, 12)), axis=1)
        ring = (
            size * np.stack([np.cos(turn), np.sin(turn)], axis=2) * rng.uniform(0.4, 1, (8, 12, 1))
        )
        zone = 41 if crs.endswith("29") else 42
        middle = np.column_stack(
            [zone * 1e6 + rng.uniform(4e5, 6.2e5, 8), rng.uniform(4.3e6, 4.8e6, 8)]
        )
        places = ring + middle[:, None, :]
        known = ellipsoidal_area(np.array(shapely.polygons(places), dtype=object), crs)
        back = Transformer.from_crs(crs, "EPSG:4490", always_xy=True)
        lonlat = np.stack(back.transform(places[..., 0], places[..., 1]), axis=2)
        shown = many(geodesy, "geodesicArea", [[it] for it in lonlat.tolist()])
        assert shown == pytest.approx(known, rel=2e-5)
        other_way = many(geodesy, "geodesicArea", [[it[::-1]] for it in lonlat.tolist()])
        assert other_way == pytest.approx(shown, rel=1e-9)

    def test_across_the_antimeridian_an_area_is_small(self, geodesy: Any) -> None:
        lon, lat = [179.9, -179.9, -179.9, 179.9], [10, 10, 10.1, 10.1]
        known = abs(GRS80.polygon_area_perimeter(lon, lat)[0])
        shown = many(geodesy, "geodesicArea", [[list(map(list, zip(lon, lat, strict=True)))]])
        assert shown == pytest.approx([known], rel=1e-5)

    def test_a_line_that_crosses_itself_is_known(self, geodesy: Any) -> None:
        bow, square = [[0, 0], [1, 1], [1, 0], [0, 1]], [[0, 0], [1, 0], [1, 1], [0, 1]]
        assert many(geodesy, "crossesItself", [[bow], [square]]) == [True, False]


def corners() -> tuple[np.ndarray, float]:
    """Return the corners of the unit that is clear, in degrees, and its area."""
    frame = small_dossier().plan.layers["unit"].frame
    unit = frame[frame["_label"] == "210102-GX004"]
    area = ellipsoidal_area(np.array(unit.geometry.array, dtype=object), str(unit.crs))[0]
    ring = unit.geometry.to_crs("EPSG:4490").iloc[0].exterior
    return np.array(ring.coords)[:-1], float(area)


def pixels_of(page: Any, places: np.ndarray) -> list[list[float]]:
    found: list[list[float]] = page.evaluate(
        """places => places.map(([lon, lat]) => {
          const p = map_001.latLngToContainerPoint([lat, lon]);
          const b = map_001.getContainer().getBoundingClientRect();
          return [p.x + b.x, p.y + b.y];
        })""",
        places.tolist(),
    )
    return found


def show_unit(page: Any, places: np.ndarray) -> None:
    low, high = places.min(axis=0), places.max(axis=0)
    page.evaluate(
        f"map_001.fitBounds({json.dumps([low[::-1].tolist(), high[::-1].tolist()])},"
        " { padding: [260, 120], animate: false })"
    )


def area_shown(page: Any) -> float:
    text = page.locator(".gp-measured dd").nth(2).locator("span").first.inner_text()
    return float(text.removesuffix(" m²").replace(",", ""))


def test_clicks_near_the_corners_of_a_unit_measure_its_area(open_map: OpenMap) -> None:
    page = open_map()
    places, area = corners()
    show_unit(page, places)
    page.click("[data-tool=measure]")
    assert "单击" in page.locator(".gp-measure").inner_text()
    for x, y in pixels_of(page, places):
        page.mouse.click(x + 3, y - 3)
        page.wait_for_timeout(30)
    assert page.locator(".leaflet-popup").count() == 0  # a click measures and asks nothing
    assert area_shown(page) == pytest.approx(area, rel=1e-4)
    spans = page.locator(".gp-measured dd").nth(2).locator("span").all_inner_texts()
    hectares, mu = (float(text.split()[0].replace(",", "")) for text in spans[1:])
    assert [text.split()[1] for text in spans[1:]] == ["公顷", "亩"]
    assert [hectares, mu] == pytest.approx([area / 1e4, area * 0.0015], rel=1e-3)
    page.click("[data-lang=en]")
    assert "Area" in page.locator(".gp-measure").inner_text()
    page.click("[data-measure=measure_undo]")
    page.click("[data-measure=measure_undo]")
    assert page.locator(".gp-measured dd").count() == 1
    page.click("[data-measure=close]")
    assert page.locator(".gp-measure, .gp-measure-line").count() == 0
    page.mouse.click(*pixels_of(page, places.mean(axis=0)[None])[0])
    page.wait_for_selector(".leaflet-popup")  # asks again


def test_measuring_by_keys_alone(open_map: OpenMap) -> None:
    page = open_map()
    page.focus("[data-tool=measure]")
    page.keyboard.press("Enter")
    assert page.locator(".gp-centre").is_visible()
    for key in ["ArrowRight", "ArrowDown"]:
        page.keyboard.press("Enter")
        page.keyboard.press(key)
        page.wait_for_timeout(30)
    page.keyboard.press("Enter")
    assert page.locator(".gp-measured dd").count() == 3
    page.keyboard.press("Backspace")
    assert page.locator(".gp-measured dd").count() == 1
    page.keyboard.press("Escape")
    assert page.locator(".gp-measured dd").count() == 0
    assert page.locator(".gp-measure").count() == 1
    page.keyboard.press("Escape")
    assert page.locator(".gp-measure").count() == 0
    assert page.evaluate("document.activeElement.dataset.tool") == "measure"


def test_a_double_click_ends_and_crossing_sides_have_no_area(open_map: OpenMap) -> None:
    page = open_map()
    page.click("[data-tool=measure]")
    box = page.locator(".folium-map").bounding_box()
    x, y = box["x"] + 200, box["y"] + 350
    zoom = page.evaluate("map_001.getZoom()")
    for dx, dy in [(0, 0), (150, 150), (150, 0)]:
        page.mouse.click(x + dx, y + dy)
        page.wait_for_timeout(30)
    page.mouse.dblclick(x, y + 150)
    assert "边线相交" in page.locator(".gp-measured").inner_text()
    shown = page.locator(".gp-measured").inner_text()
    page.mouse.move(x + 60, y + 200)
    assert page.locator(".gp-measured").inner_text() == shown
    assert page.evaluate("map_001.getZoom()") == zoom


def test_coordinates_are_told_in_both_systems(open_map: OpenMap) -> None:
    page = open_map()
    box = page.locator(".folium-map").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 300)
    lng, lat = page.evaluate(
        "(() => { const p = map_001.containerPointToLatLng([300, 300]); return [p.lng, p.lat]; })()"
    )
    degrees, working = page.locator(".gp-cursor span").all_inner_texts()
    assert degrees == f"EPSG:4490  {lng:.6f}°E  {lat:.6f}°N"
    east, north = Transformer.from_crs("EPSG:4490", "EPSG:4529", always_xy=True).transform(lng, lat)
    name, east_word, rest = working.partition("  东 ")
    told = [float(part.replace("\u2009", "")) for part in rest.split("  北 ")]
    assert (name, east_word) == ("EPSG:4529", "  东 ")
    assert told == pytest.approx([east, north], abs=0.01)
    page.click("[data-lang=en]")
    assert "  E " in page.locator(".gp-cursor span").nth(1).inner_text()


def test_a_phone_tells_the_place_in_its_middle(browser: Any, map_file: Path) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(map_file.as_uri())
    page.wait_for_selector("body[data-ready]")
    page.evaluate("map_001.setView([41.8, 123.4], 15, { animate: false })")
    text = page.locator(".gp-cursor").inner_text()
    lat = page.evaluate("map_001.getCenter().lat")
    assert text.startswith("图心 EPSG:4490 123.")
    assert f"{lat:.6f}°N" in text
    assert page.locator(".gp-centre").is_visible()
    context.close()
