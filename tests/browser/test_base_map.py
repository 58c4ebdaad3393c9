"""Base maps: tiles load where they are let, fit the data, and are not missed when they are not."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gisplan.errors import PlanError
from gisplan.normalise.gcj02 import to_gcj02
from gisplan.render.webmap import map as webmap
from gisplan.render.webmap.map import map_html
from gisplan.render.webmap.tiles import KNOWN, base_map
from gisplan.testing.dossier import small_dossier

TILES = Path(webmap.__file__).parent / "page" / "tiles.js"
RED = np.array([255, 0, 0])


def tile(x: int, y: int, z: int, mark: tuple[float, float] | None) -> bytes:
    """Return a pale tile; red around the place of a mark (degrees) where it lies on it."""
    image = np.full((256, 256, 3), 230, dtype=np.uint8)
    if mark is not None:
        lon, lat = mark
        size = 256 * 2**z
        east = (lon / 360 + 0.5) * size - 256 * x
        mercator = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
        south = (0.5 - mercator / (2 * math.pi)) * size - 256 * y
        rows, columns = np.mgrid[0:256, 0:256]
        image[np.hypot(rows - south, columns - east) < 4] = RED
    out = BytesIO()
    Image.fromarray(image).save(out, "PNG")
    return out.getvalue()


Opened = Callable[..., tuple[Any, list[str]]]


@pytest.fixture
def open_tiled(browser: Any, tmp_path: Path) -> Iterator[Opened]:
    """Open a map with a base map; tiles are answered here, and every address is noted."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_page(base: Any, mark: Any = None, answers: bool = True) -> tuple[Any, list[str]]:
        path = tmp_path / "map.html"
        path.write_text(map_html(small_dossier(), "zh", base), "utf-8")
        context = browser.new_context(viewport={"width": 1200, "height": 800})
        contexts.append(context)
        page = context.new_page()
        asked: list[str] = []

        def answer(route: Any) -> None:
            url = route.request.url
            asked.append(url)
            if not answers:
                route.abort()
                return
            found = re.search(r"x=(\d+)&y=(\d+)&[lz]=(\d+)", url) or re.search(
                r"/(?P<z>\d+)/(?P<x>\d+)/(?P<y>\d+)", url
            )
            named = found.groupdict()
            x, y, z = (named["x"], named["y"], named["z"]) if named else found.groups()
            route.fulfill(
                content_type="image/png", body=tile(int(x), int(y), int(z), mark and mark())
            )

        page.route(re.compile("^https?:"), answer)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if answers else None)
        page.goto(path.as_uri())
        page.wait_for_selector("body[data-ready]")
        page.wait_for_timeout(600)
        return page, asked

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def test_the_shift_in_the_page_is_that_of_the_product(browser):
    page = browser.new_page()
    page.set_content("<script></script>")
    page.evaluate("window.L = { TileLayer: { extend: () => null }, Browser: {} }")
    for lon, lat in [(123.43, 41.8), (121.6, 38.9), (104.07, 30.66)]:
        shown = page.evaluate(
            f"(() => {{ {TILES.read_text('utf-8')}\nreturn toGcj({lon}, {lat}); }})()"
        )
        known = to_gcj02(np.array([lon]), np.array([lat]))
        assert shown == pytest.approx([known[0][0], known[1][0]], abs=1e-11)
    page.close()


@pytest.mark.parametrize("zoom", [13, 15.5, 17])
def test_gaode_tiles_lie_where_the_data_are(open_tiled, zoom):
    place: dict[str, float] = {}

    def mark():
        if not place:
            return None
        lon, lat = to_gcj02(np.array([place["lng"]]), np.array([place["lat"]]))
        return float(lon[0]), float(lat[0])

    page, asked = open_tiled(base_map("gaode"), mark)
    place.update(page.evaluate("(({ lat, lng }) => ({ lat, lng }))(map_001.getCenter())"))
    page.reload()
    page.wait_for_selector("body[data-ready]")
    page.evaluate(f"map_001.setZoom({zoom}, {{ animate: false }})")
    page.wait_for_timeout(800)
    page.add_style_tag(content=".gp-sheet, .leaflet-marker-pane { visibility: hidden; }")
    image = np.asarray(Image.open(BytesIO(page.screenshot())).convert("RGB")).astype(int)
    red = np.argwhere(np.abs(image - RED).sum(axis=2) < 60)
    x, y = page.evaluate(
        "(() => { const p = map_001.latLngToContainerPoint(map_001.getCenter());"
        " const b = map_001.getContainer().getBoundingClientRect();"
        " return [p.x + b.x, p.y + b.y]; })()"
    )
    assert len(red) > 12
    assert np.abs(red.mean(axis=0) - [y, x]).max() < 2.5
    assert all(url.startswith("https://webrd0") for url in asked)


def test_tianditu_asks_the_reader_for_the_key_and_writes_it_nowhere(open_tiled, tmp_path):
    page, asked = open_tiled(base_map("tianditu"))
    assert asked == []
    page.fill(".gp-base input", "0123456789abcdef")
    page.click(".gp-base button")
    page.wait_for_timeout(500)
    assert asked
    assert all("tk=0123456789abcdef" in url for url in asked)
    assert "0123456789abcdef" not in (tmp_path / "map.html").read_text("utf-8")
    assert page.evaluate("window.localStorage.length") == 0


def test_a_page_whose_tiles_do_not_come_says_so_and_works(open_tiled):
    page, asked = open_tiled(base_map("osm"), answers=False)
    assert asked
    assert page.inner_text(".gp-base-said") == "底图未能加载：无网络或密钥无效"
    page.click('[data-lang="en"]')
    assert page.inner_text(".gp-base-said").startswith("The base map did not load")


def test_an_intranet_address_serves_as_a_base_map(open_tiled):
    page, asked = open_tiled(base_map("http://10.1.2.3:8080/tiles/{z}/{x}/{y}.png"))
    assert asked
    assert all(url.startswith("http://10.1.2.3:8080/tiles/") for url in asked)
    assert page.locator(".leaflet-tile-loaded").count() > 0
    assert "10.1.2.3:8080" in page.inner_text(".gp-base")


class TestWhatAPageMayLoad:
    def test_without_a_base_map_nothing(self):
        page = map_html(small_dossier(), "zh")
        assert "img-src data:;" in page
        assert not any(origin in page for known in KNOWN.values() for origin in known.origins)

    def test_with_one_only_its_hosts(self):
        page = map_html(small_dossier(), "zh", base_map("osm"))
        assert "img-src data: https://tile.openstreetmap.org;" in page
        assert "autonavi" not in page

    @pytest.mark.parametrize(
        "wanted",
        ["baidu", "file:///etc/{x}{y}{z}", "http://a.b/{x}/{y}", "javascript:{x}{y}{z}",
         "http://a.b/{x}{y}{z}; script-src *", "http://a.b/'{x}{y}{z}", "//a.b/{x}{y}{z}"],
    )  # fmt: skip
    def test_what_is_no_address_of_tiles_is_refused(self, wanted):
        with pytest.raises(PlanError, match="no base map"):
            base_map(wanted)

    def test_a_key_is_embedded_only_when_asked(self, monkeypatch):
        monkeypatch.setenv("TIANDITU_TK", "abcdef0123456789")
        assert base_map("tianditu").key == ""
        assert base_map("tianditu", embed_key=True).key == "abcdef0123456789"
        monkeypatch.setenv("TIANDITU_TK", "")
        with pytest.raises(PlanError, match="TIANDITU_TK"):
            base_map("tianditu", embed_key=True)
