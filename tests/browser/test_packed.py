"""Packed layers in a browser: what is seen, what a click tells, what a missing piece leaves."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, MultiPoint, MultiPolygon, Point, Polygon, box

from gisplan.render.webmap import payload
from gisplan.render.webmap.chunks import folder_files
from gisplan.render.webmap.map import write_map
from gisplan.render.webmap.packed.record import packed_layer
from gisplan.testing.dossier import small_dossier
from gisplan.testing.many_units import many_units

pytestmark = pytest.mark.browser
OpenMap = Any  # conftest.open_map
EAST, NORTH = 41_400_000.0, 4_625_000.0
PAINTED = """() => {
  const tiles = [...document.querySelectorAll(".gp-grid canvas")];
  return tiles.length && tiles.every((tile) => tile.classList.contains("leaflet-tile-loaded")
    && getComputedStyle(tile).opacity === "1");
}"""
# Only the tiles: no labels, no panels, a white ground.
BARE = """() => {
  const style = document.createElement("style");
  style.textContent = `.gp-legend, .gp-panel, .gp-fold, .gp-foot, .leaflet-control-container,
    .leaflet-marker-pane, .leaflet-popup-pane, .leaflet-gp-labels-pane, [data-sheet=labels],
    .gp-outline { visibility: hidden !important } .folium-map { background: #fff !important }`;
  style.id = "bare";
  document.head.append(style);
}"""


def near(shape: Any) -> Any:
    return shapely.transform(shape, lambda xy: xy + np.array([EAST, NORTH]))


@pytest.fixture
def show(open_map: OpenMap, tmp_path: Path) -> Callable[..., Any]:
    """Return a function that opens units packed, and waits until they are painted."""

    def open_units(shapes: list[Any], size: Any = None, address: str = "", **more: Any) -> Any:
        path = tmp_path / "map.html"
        write_map(many_units([near(it) for it in shapes], **more), path, "zh", mode="packed")
        page = open_map(path, address=address, **({"size": size} if size else {}))
        page.wait_for_function(PAINTED)
        return page

    return open_units


def pixels(page: Any) -> np.ndarray:
    """Return what is seen on the map, rows of columns of red, green and blue."""
    from PIL import Image

    page.wait_for_function(PAINTED)
    page.evaluate(BARE)
    picture = page.locator(".folium-map").screenshot()
    page.evaluate("document.getElementById('bare').remove()")
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)


def at(page: Any, x: float, y: float) -> tuple[int, int]:
    """Return the pixel of a place of the plan on the map: column and row."""
    from pyproj import Transformer

    lon, lat = Transformer.from_crs("EPSG:4529", "EPSG:4490", always_xy=True).transform(
        EAST + x, NORTH + y
    )
    name = page.locator(".folium-map").get_attribute("id")
    found = page.evaluate(f"([lat, lon]) => {name}.latLngToContainerPoint([lat, lon])", [lat, lon])
    return round(found["x"]), round(found["y"])


def click(page: Any, x: float, y: float) -> Any:
    """Return the card that a click on a place of the plan opens."""
    if page.locator(".leaflet-popup").count():
        page.locator(".leaflet-popup-close-button").click()
        page.locator(".leaflet-popup").wait_for(state="detached")
    column, row = at(page, x, y)
    page.locator(".folium-map").click(position={"x": column, "y": row})
    card = page.locator(".leaflet-popup-content").last
    card.wait_for()
    return card


def colour(seen: np.ndarray, place: tuple[int, int], reach: int = 2) -> np.ndarray:
    """Return the mean colour around a pixel."""
    column, row = place
    return seen[row - reach : row + reach + 1, column - reach : column + reach + 1].mean((0, 1))


CLEAR = {"verdicts": ["clear"]}


def test_the_page_says_that_it_is_packed(show: Any) -> None:
    page = show([box(0, 0, 100, 100)])
    page.get_by_role("tab", name="说明").click()
    assert "大图层压缩在本页内" in page.locator("#gp-about").inner_text()


def test_overlap_is_darker_than_either_of_two(show: Any) -> None:
    page = show([box(0, 0, 100, 100), box(60, 0, 160, 100)], **CLEAR)
    seen = pixels(page)
    one, both, other, ground = (colour(seen, at(page, x, 50)).sum() for x in (30, 80, 130, 400))
    assert both < one - 20
    assert one == pytest.approx(other, abs=3)
    assert ground == 3 * 255


def test_overlap_of_rings_that_run_against_each_other_is_darker_too(show: Any) -> None:
    turned = Polygon(list(box(60, 0, 160, 100).exterior.coords)[::-1])
    page = show([box(0, 0, 100, 100), turned], **CLEAR)
    seen = pixels(page)
    assert colour(seen, at(page, 80, 50)).sum() < colour(seen, at(page, 30, 50)).sum() - 20


def test_hole_is_empty_and_a_click_in_it_finds_nothing(show: Any) -> None:
    holed = Polygon(box(0, 0, 100, 100).exterior.coords, [box(30, 30, 70, 70).exterior.coords])
    page = show([holed], **CLEAR)
    seen = pixels(page)
    assert colour(seen, at(page, 50, 50)).tolist() == [255, 255, 255]
    assert colour(seen, at(page, 15, 50)).sum() < 3 * 250
    column, row = at(page, 50, 50)
    page.locator(".folium-map").click(position={"x": column, "y": row})
    page.wait_for_timeout(200)
    assert page.locator(".leaflet-popup-content").count() == 0
    assert "更新单元0" in click(page, 15, 50).inner_text()


@pytest.mark.parametrize("sliver", [box(0, 60, 300, 60.05), box(150, 60, 150.05, 61)])
def test_sliver_of_five_centimetres_is_drawn_where_it_is(show: Any, sliver: Polygon) -> None:
    page = show([box(0, 0, 300, 20), sliver, box(0, 100, 300, 120)], verdicts=["clear"])
    seen = pixels(page)
    middle = sliver.centroid
    column, row = at(page, middle.x, middle.y)
    around = seen[row - 1 : row + 2, column - 1 : column + 2]
    assert around.sum(2).min() < 3 * 200
    assert colour(seen, at(page, 150, 40)).tolist() == [255, 255, 255]
    assert colour(seen, at(page, 150, 80)).tolist() == [255, 255, 255]


def test_no_seam_is_seen_between_neighbours_nor_between_tiles(show: Any) -> None:
    side = 40
    cells = [
        box(x * 50, y * 50, x * 50 + 50, y * 50 + 50) for x in range(side) for y in range(side)
    ]
    page = show(cells, verdicts=["clear"])
    seen = pixels(page)
    (left, low), (right, high) = at(page, 60, 60), at(page, side * 50 - 60, side * 50 - 60)
    inside = seen[high:low, left:right].sum(2)
    fill = colour(seen, at(page, 1025, 1025), 1).sum()
    assert inside.max() <= fill + 6  # nothing is paler than the fill of a cell: no gap shows
    # tiles meet where the grid says; rows and columns there are as all others
    rows, columns = inside.mean(1), inside.mean(0)
    for means in (rows, columns):
        assert np.abs(means - means.mean()).max() < 250


def test_hatching_goes_on_from_tile_to_tile(show: Any) -> None:
    page = show([box(0, 0, 900, 600)], verdicts=["conditional"])
    seen = pixels(page)
    (left, low), (right, high) = at(page, 30, 30), at(page, 870, 570)
    inside = seen[high:low, left:right]
    shifted = np.abs(inside[10:, 10:] - inside[:-10, :-10]).sum(2)  # the hatch repeats every 10 px
    differs = shifted > 20
    assert max(differs.mean(0).max(), differs.mean(1).max()) < 0.1  # on no line, at no edge
    assert inside.std() > 5  # there is a hatch


def test_each_verdict_has_its_colour_and_hides_in_the_legend(show: Any) -> None:
    cells = [box(x, 0, x + 100, 100) for x in (0, 100, 200, 300)]
    page = show(cells)
    page.locator('[data-class="unit clear"]').uncheck()
    seen = pixels(page)
    red, grey, amber, gone = (colour(seen, at(page, x, 50), 12) for x in (50, 150, 250, 350))
    assert red[0] > red[1] + 30
    assert np.ptp(grey) < 14
    assert grey.sum() < 3 * 250
    assert amber[0] > amber[2] + 20
    assert gone.tolist() == [255, 255, 255]


def test_far_away_every_unit_is_at_least_a_speck(show: Any) -> None:
    cells = [
        box(0, 0, 90_000, 1),
        *(box(x * 9_000, 40_000, x * 9_000 + 3, 40_003) for x in range(10)),
    ]
    page = show(cells, verdicts=["clear"])
    seen = pixels(page)
    for x in range(10):
        column, row = at(page, x * 9_000 + 1.5, 40_001.5)
        assert seen[row - 1 : row + 2, column - 1 : column + 2].sum(2).min() < 3 * 235


def test_the_strictest_of_specks_on_one_pixel_is_seen(show: Any) -> None:
    cells = [box(0, 0, 90_000, 1), box(0, 40_000, 2, 40_002), box(3, 40_000, 5, 40_002)]
    page = show(cells, verdicts=["clear", "clear", "blocked"])
    seen = pixels(page)
    column, row = at(page, 2.5, 40_001)
    around = seen[row - 1 : row + 2, column - 1 : column + 2].reshape(-1, 3)
    darkest = around[around.sum(1).argmin()]
    assert darkest[0] > darkest[1] + 60


def test_a_click_tells_the_unit_and_all_that_lie_over_it(show: Any) -> None:
    parts = MultiPolygon([box(0, 0, 50, 50), box(100, 0, 150, 50)])
    page = show(
        [parts, box(120, 20, 200, 80), box(300, 0, 400, 50)],
        names=["两块", "上层", "别处"], area=[5000.5, 4800.0, 5000.0], verdicts=["clear"],
    )  # fmt: skip
    text = click(page, 20, 20).inner_text()
    assert "两块" in text
    assert "210102-GX0000000" in text
    assert "通过" in text
    assert "上层" not in text
    text = click(page, 135, 35).inner_text()
    assert "两块" in text
    assert "上层" in text
    assert "别处" not in text
    page.locator(".leaflet-popup-content summary").last.click()
    assert "5,000.5" in page.locator(".leaflet-popup-content").last.inner_text()


def test_a_click_decides_by_the_centimetre(show: Any) -> None:
    page = show([box(0, 0, 100, 100), box(100, 0, 200, 100)], names=["西", "东"])
    assert page.evaluate(ASK, [*lonlat(99.98, 50)]) == ["西"]
    assert page.evaluate(ASK, [*lonlat(100.02, 50)]) == ["东"]


# What a click finds, without a mouse, which knows no part of a pixel: the card is asked for.
ASK = """([lon, lat]) => {
  const map = Object.values(window).find((it) => it instanceof L.Map);
  map.setView([lat, lon], 19, {animate: false});
  map.fire("click", {latlng: L.latLng(lat, lon)});
  const heads = [...document.querySelectorAll(".leaflet-popup-content h3")];
  return heads.slice(-1).map((it) => it.textContent);
}"""


def lonlat(x: float, y: float) -> tuple[float, float]:
    from pyproj import Transformer

    there = Transformer.from_crs("EPSG:4529", "EPSG:4490", always_xy=True)
    return tuple(there.transform(EAST + x, NORTH + y))


@pytest.mark.parametrize("text", ["210102-GX0000007", "第七片", "七片"])
def test_search_by_code_and_name_leads_to_the_card(show: Any, text: str) -> None:
    cells = [box(x * 100, 0, x * 100 + 90, 90) for x in range(12)]
    names = [f"第{n}片" for n in "零一二三四五六七八九十甲"]
    page = show(cells, names=names)
    page.locator("#gp-search").fill(text)
    hit = page.locator("#gp-hits li").first
    assert "第七片" in hit.inner_text()
    page.locator("#gp-search").press("Enter")
    card = page.locator(".leaflet-popup-content").last
    card.wait_for()
    assert "210102-GX0000007" in card.inner_text()
    assert page.locator(".gp-outline").count() == 2


def test_list_of_units_leads_to_the_card_strictest_first(show: Any) -> None:
    page = show([box(x * 100, 0, x * 100 + 90, 90) for x in range(8)])
    page.get_by_role("tab", name=re.compile("更新单元")).click()
    rows = page.locator("#gp-units .gp-item")
    assert rows.count() == 8
    assert "210102-GX0000000" in rows.first.inner_text()
    assert "不通过" in rows.first.inner_text()
    assert "210102-GX0000004" in rows.nth(1).inner_text()
    rows.nth(1).click()
    card = page.locator(".leaflet-popup-content").last
    card.wait_for()
    assert "更新单元4" in card.inner_text()


def test_hostile_texts_of_packed_columns_are_shown_and_do_not_run(show: Any) -> None:
    script = '<img src=x onerror="window.hacked=1">'
    page = show([box(0, 0, 100, 100)], names=[script])
    assert script in click(page, 50, 50).inner_text()
    page.locator("#gp-search").fill("onerror")
    assert script in page.locator("#gp-hits").inner_text()
    assert page.evaluate("window.hacked") is None


def test_lines_and_points_of_a_packed_layer_are_drawn_and_found(show: Any) -> None:
    page = show(
        [LineString([(0, 0), (100, 0)]), Point(50, 60), MultiPoint([(0, 60), (100, 60)])],
        names=["线", "点", "多点"], verdicts=["clear"],
    )  # fmt: skip
    seen = pixels(page)
    for x, y in ((50, 0), (50, 60), (0, 60), (100, 60)):
        assert colour(seen, at(page, x, y), 1).sum() < 3 * 245
    assert "线" in click(page, 50, 0).inner_text()
    assert "多点" in click(page, 100, 60).inner_text()


def test_shape_far_larger_than_the_view_fills_it_and_its_hole_stays_empty(show: Any) -> None:
    angle = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
    ring = np.column_stack([np.cos(angle), np.sin(angle)]) * 60_000
    hole = box(10, 10, 40, 40).exterior.coords
    page = show([Polygon(ring, [hole])], verdicts=["undetermined"])
    name = page.locator(".folium-map").get_attribute("id")
    lon, lat = lonlat(25, 25)
    page.evaluate(f"{name}.setView([{lat}, {lon}], 20, {{animate: false}})")
    seen = pixels(page)
    assert colour(seen, at(page, 25, 25), 3).tolist() == [255, 255, 255]
    for x, y in ((0, 0), (50, 25), (25, 55), (60, -10)):
        assert colour(seen, at(page, x, y), 6).sum() < 3 * 252
    lon, lat = lonlat(60_000, 0)
    page.evaluate(f"{name}.setView([{lat}, {lon}], 20, {{animate: false}})")
    seen = pixels(page)
    assert colour(seen, at(page, 60_010, 0), 6).tolist() == [255, 255, 255]
    assert colour(seen, at(page, 59_990, 0), 6).sum() < 3 * 252


def test_ring_of_a_hundred_thousand_vertices_is_painted_and_found(show: Any) -> None:
    """So large that the browser itself inflates it, and not the library in the page."""
    angle = np.linspace(0, 2 * np.pi, 100_000, endpoint=False)
    far = 20_000 * np.random.default_rng(3).uniform(0.9, 1, len(angle))
    ring = np.column_stack([np.cos(angle), np.sin(angle)]) * far[:, None]
    page = show([Polygon(ring), box(30_000, 0, 31_000, 1_000)], names=["大", "小"], **CLEAR)
    seen = pixels(page)
    assert colour(seen, at(page, 0, 0)).sum() < 3 * 250
    assert colour(seen, at(page, 25_000, 0)).tolist() == [255, 255, 255]
    assert "大" in click(page, 10_000, 5_000).inner_text()
    assert "小" in click(page, 30_500, 500).inner_text()


def test_findings_lists_and_layers_of_a_whole_plan_work_packed(
    open_map: OpenMap, tmp_path: Path
) -> None:
    write_map(small_dossier(), tmp_path / "map.html", "zh", mode="packed")
    page = open_map(tmp_path / "map.html")
    page.wait_for_function(PAINTED)
    page.locator(".gp-item", has_text="BND101").click()
    card = page.locator(".leaflet-popup-content").last
    card.wait_for()
    assert "210102-GX001 超出 210102" in card.inner_text()
    card.get_by_role("button", name=re.compile("210102-GX001")).click()
    page.wait_for_function("document.querySelectorAll('.gp-verdict-blocked').length > 0")
    card = page.locator(".leaflet-popup-content").last
    assert "盛京皇城片区" in card.inner_text()
    assert card.locator(".gp-line").count() >= 2  # the findings that are its reasons
    page.locator(".gp-tile").first.click()
    units = [row.get_attribute("data-unit") for row in page.locator("#gp-units .gp-item").all()]
    assert units == ["210102-GX001", "210102-GX005"]  # the second was set aside
    for name in ("unit", "heritage_zone", "district"):
        page.locator(f"[data-layer={name}]").uncheck()
        assert page.locator(f".gp-grid[data-sheet={name}]").count() == 0
        page.locator(f"[data-layer={name}]").check()
        assert page.locator(f".gp-grid[data-sheet={name}]").count() == 1


def test_no_units_at_all_are_a_page(open_map: OpenMap, tmp_path: Path) -> None:
    write_map(many_units([]), tmp_path / "map.html", "zh", mode="packed")
    page = open_map(tmp_path / "map.html")
    assert page.locator("[data-layer=unit]").count() == 1


def test_a_damaged_piece_is_named_and_the_page_works(open_map: OpenMap, tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    write_map(many_units([near(box(0, 0, 100, 100))] * 3), path, "zh", mode="packed")
    text = path.read_text("utf-8")
    start = text.index('id="gisplan-piece-0">') + 21
    path.write_text(text[: start + 40] + "!!!!" + text[start + 44 :], "utf-8")
    page = open_map(path)
    said = page.get_by_role("alert").inner_text()
    assert "更新单元" in said
    assert "3" in said
    page.locator("[data-lang=en]").click()
    assert "missing or damaged" in page.get_by_role("alert").inner_text()
    page.locator("#gp-search").fill("210102")
    assert "Nothing found" in page.locator("#gp-hits").inner_text()


def test_a_browser_that_cannot_inflate_by_itself_shows_the_same(
    open_map: OpenMap, tmp_path: Path
) -> None:
    path = tmp_path / "map.html"
    write_map(many_units([near(box(0, 0, 100, 100))], names=["甲"]), path, "zh", mode="packed")
    text = path.read_text("utf-8")
    # the policy of the page lets no other script run, and this one is not of the page
    text = re.sub(r"<meta http-equiv=.Content-Security-Policy.[^>]*>", "", text)
    old = "<head><script>delete window.DecompressionStream;</script>"
    path.write_text(text.replace("<head>", old, 1), "utf-8")
    page = open_map(path)
    assert page.evaluate("typeof DecompressionStream") == "undefined"
    page.wait_for_function(PAINTED)
    assert "甲" in click(page, 50, 50).inner_text()


@pytest.fixture
def open_folder(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Open a map of three chunks from a folder; any request but for the folder fails."""
    home = tmp_path / "地图 文件夹"
    contexts: list[Any] = []
    asked: list[str] = []

    def open_page(spoil: Callable[[Path], object] = lambda home: None) -> Any:
        cells = [near(box(x * 100, 0, x * 100 + 90, 90)) for x in range(9)]
        monkey = pytest.MonkeyPatch()
        with monkey.context() as patch:
            patch.setattr(payload, "packed_layer", partial(packed_layer, piece=15))
            files = folder_files(many_units(cells), "zh")
        home.mkdir()
        for name, data in files.items():
            (home / name).write_bytes(data)
        spoil(home)
        context = browser.new_context(viewport={"width": 1360, "height": 860})
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto((home / "map.html").as_uri())
        page.wait_for_selector("body[data-ready]")
        page.wait_for_function(PAINTED)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert all(url.startswith(home.as_uri()) for url in asked)


def test_a_folder_opens_from_a_disk_without_a_server(open_folder: Any) -> None:
    page = open_folder()
    assert page.get_by_role("alert").count() == 0
    page.get_by_role("tab", name="说明").click()
    assert "本页旁的文件夹" in page.locator("#gp-about").inner_text()
    for number in (0, 4, 8):
        assert f"更新单元{number}" in click(page, number * 100 + 45, 45).inner_text()


def test_a_chunk_that_is_missing_is_named_and_the_rest_works(open_folder: Any) -> None:
    page = open_folder(lambda home: (home / "chunk_0002.js").unlink())
    said = page.get_by_role("alert").inner_text()
    assert "chunk_0002.js" in said
    assert "chunk_0001.js" not in said
    assert "（3" in said or "(3" in said
    assert "更新单元0" in click(page, 45, 45).inner_text()
    assert "更新单元8" in click(page, 845, 45).inner_text()
    assert page.locator(".gp-tile b").first.inner_text() == "3"  # verdicts count whole
    seen = pixels(page)
    assert colour(seen, at(page, 445, 45), 6).tolist() == [255, 255, 255]


def test_a_chunk_of_another_map_is_named_and_not_shown(open_folder: Any) -> None:
    def spoil(home: Path) -> None:
        others = folder_files(many_units([near(box(0, 0, 500, 500))] * 3), "zh")
        (home / "chunk_0003.js").write_bytes(others["chunk_0001.js"])

    page = open_folder(spoil)
    assert "chunk_0003.js" in page.get_by_role("alert").inner_text()
    assert "更新单元4" in click(page, 445, 45).inner_text()


@pytest.mark.parametrize("mode", ["plain", "packed"])
def test_features_across_the_antimeridian_are_told_and_the_page_works(
    open_map: OpenMap, tmp_path: Path, mode: Any
) -> None:
    across = Polygon([(179.9, 40), (-179.9, 40), (-179.9, 40.1), (179.9, 40.1)])
    split = MultiPolygon([box(179.9, 41, 180, 41.1), box(-180, 41, -179.9, 41.1)])
    path = tmp_path / "map.html"
    write_map(
        many_units([across, split, box(123, 41, 123.1, 41.1)], crs="EPSG:4490"),
        path,
        "zh",
        mode=mode,
    )
    page = open_map(path, address="#unit=210102-GX0000002")
    assert "180°" in page.get_by_role("alert").inner_text()
    assert "(2)" in page.get_by_role("alert").inner_text()
    page.wait_for_selector(".gp-card")
    assert "更新单元2" in page.locator(".gp-card").inner_text()
    page.click("[data-lang=en]")
    assert "180° meridian" in page.get_by_role("alert").inner_text()


def test_a_plan_in_one_place_tells_of_no_antimeridian(show: Any) -> None:
    assert show([box(0, 0, 100, 100)]).get_by_role("alert").count() == 0
