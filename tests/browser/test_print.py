"""The sheet of paper: one page, a round scale, and everything that a reviewer files it by."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gisplan.model import Terms
from gisplan.render.rows import data_version
from gisplan.render.webmap.map import write_map
from gisplan.testing.dossier import small_dossier
from gisplan.testing.many_units import many_units

pytestmark = pytest.mark.browser
OpenMap = Any  # conftest.open_map
MM = 96 / 25.4


def pages(pdf: bytes) -> list[tuple[float, float]]:
    """Return width and height of each page, in millimetres."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", pdf)
    return [(float(w) / 72 * 25.4, float(h) / 72 * 25.4) for w, h in boxes]


def coloured(picture: bytes) -> int:
    image = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)
    return int((image.max(axis=2) - image.min(axis=2) > 25).sum())


@pytest.mark.parametrize(("size", "lang"), [("a4", "zh"), ("a3", "en")])
def test_a_sheet_is_one_page_with_all_that_names_it(
    open_map: OpenMap, size: str, lang: str
) -> None:
    page = open_map(address=f"#print={size}&lang={lang}")
    dossier = small_dossier()
    width, height = {"a4": (297, 210), "a3": (420, 297)}[size]
    found = pages(page.pdf(prefer_css_page_size=True))
    assert len(found) == 1
    assert found[0] == pytest.approx((width, height), abs=0.5)
    text = page.locator(".gp-paper-sheet").inner_text()
    for wanted in (
        dossier.plan.config.name,
        "EPSG:4529",
        data_version(dossier),
        "2026-01-05",
        {"zh": "未经审图，仅供内部使用 / 不得公开传播", "en": "Map not examined"}[lang],
        {"zh": "有条件通过", "en": "Conditional"}[lang],
        {"zh": "比例尺", "en": "Scale"}[lang],
        {"zh": "北", "en": "N"}[lang],
    ):
        assert wanted in text
    assert re.search(r"1:\d,\d00\b", text)
    sheet = page.locator(".gp-paper-sheet").bounding_box()
    assert (sheet["width"] / MM, sheet["height"] / MM) == pytest.approx((width, height), abs=0.5)
    assert coloured(page.locator(".gp-paper-map").screenshot()) > 20_000


def test_the_scale_and_its_bar_are_true(open_map: OpenMap) -> None:
    page = open_map(address="#print=a4")
    page.select_option(".gp-paper-bar select", "10000")
    assert "1:10,000" in page.locator(".gp-paper-sheet dl").inner_text()
    metres = page.evaluate(
        """() => {
          const [a, b] = [[0, 100], [200, 100]].map((it) => map_001.containerPointToLatLng(it));
          return [a.lng, a.lat, b.lng, b.lat];
        }"""
    )
    from pyproj import Geod

    ground = Geod(ellps="GRS80").inv(*metres)[2]
    assert ground / (200 / MM / 1000) == pytest.approx(10_000, rel=2e-3)
    bar = page.locator(".gp-paper-head svg").nth(1)
    drawn = bar.locator("rect").evaluate_all(
        "rects => rects[3].getBoundingClientRect().right - rects[0].getBoundingClientRect().left"
    )
    length = float(bar.locator("text").last.text_content().removesuffix(" m"))
    assert drawn / MM / 1000 * 10_000 == pytest.approx(length, rel=0.02)


def test_the_browsers_own_menu_prints_the_sheet_too(open_map: OpenMap) -> None:
    page = open_map()
    before = page.evaluate("[map_001.getZoom(), map_001.getCenter()]")
    page.evaluate(
        "addEventListener('beforeprint', () => {"
        " window.seen = document.querySelectorAll('.gp-paper-sheet li').length; })"
    )
    found = pages(page.pdf(prefer_css_page_size=True))
    assert len(found) == 1
    assert found[0] == pytest.approx((297, 210), abs=0.5)
    assert page.evaluate("window.seen") > 5
    assert page.locator(".gp-paper").count() == 0
    assert page.evaluate("[map_001.getZoom(), map_001.getCenter()]") == before


def test_the_sheet_is_opened_and_left_by_keys(open_map: OpenMap) -> None:
    page = open_map()
    box = page.locator(".folium-map").bounding_box()
    page.focus("[data-tool=print]")
    page.keyboard.press("Enter")
    assert page.locator(".gp-paper-sheet").is_visible()
    assert not page.locator(".gp-panel").is_visible()
    page.keyboard.press("Escape")
    assert page.locator(".gp-paper").count() == 0
    assert page.locator(".folium-map").bounding_box() == box
    assert page.evaluate("document.activeElement.dataset.tool") == "print"


def test_a_public_sheet_bears_its_approval_number(open_map: OpenMap, tmp_path: Path) -> None:
    dossier = replace(small_dossier(), terms=Terms("public", "辽S(2026)001号"))
    path = tmp_path / "map.html"
    write_map(dossier, path, "zh")
    page = open_map(path, address="#print=a4")
    assert page.locator(".gp-paper-sheet header p").inner_text() == "审图号：辽S(2026)001号"
    assert "内部" not in page.locator(".gp-paper-sheet").inner_text()


# Printed while the tiles of a zoom fade in; looked at without a turn for the painter, and again
# when one more frame has been drawn.
PRINTED_WHILE_TILES_FADE_IN = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const tiles = () => [...document.querySelectorAll('.gp-grid canvas')];
  const fading = () => tiles().some((it) => Number(it.style.opacity || 1) < 1);
  map_001.zoomIn(1, { animate: false });
  while (!fading()) await frame();
  const loaded = (it) => it.classList.contains('leaflet-tile-loaded');
  const seen = () => tiles().map((it) => [it.style.opacity, loaded(it)]);
  dispatchEvent(new Event('beforeprint'));
  const atOnce = seen();
  await frame();
  return [atOnce, seen()];
}"""


def test_a_packed_layer_is_painted_before_it_is_printed(open_map: OpenMap, tmp_path: Path) -> None:
    from shapely.geometry import box

    shapes = [
        box(x, y, x + 90, y + 90)
        for x in range(41_400_000, 41_401_000, 100)
        for y in range(4_625_000, 4_626_000, 100)
    ]
    path = tmp_path / "map.html"
    write_map(many_units(shapes), path, "zh", mode="packed")
    page = open_map(path)
    for tiles in page.evaluate(PRINTED_WHILE_TILES_FADE_IN):
        assert tiles
        assert all(loaded and opacity in ("", "1") for opacity, loaded in tiles)
    assert coloured(page.locator(".gp-paper-map").screenshot()) > 50_000


def test_more_entries_than_go_on_the_paper_are_told(open_map: OpenMap) -> None:
    page = open_map(address="#print=a4")
    page.add_style_tag(
        content=".gp-paper-sheet aside > ul { flex: none !important; height: 40px; }"
    )
    page.select_option(".gp-paper-bar select", "10000")
    told = page.locator(".gp-paper-sheet aside > ul li").last.inner_text()
    assert re.fullmatch(r"未列出的图例项：\s*\d+", told)
