"""Before and after: the former verdicts on the left of the divider, today's on the right."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gisplan.render.webmap.chunks import folder_files
from gisplan.render.webmap.map import map_html
from gisplan.testing.dossier import small_dossier


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a map on which every unit was blocked before and is clear now."""
    now = small_dossier()

    def all_of(verdict: str) -> Any:
        return replace(now, verdicts=now.verdicts.assign(verdict=verdict))

    path = tmp_path_factory.mktemp("swipe") / "map.html"
    path.write_text(map_html(all_of("clear"), "zh", before=all_of("blocked")), "utf-8")
    return path


def half(page: Any, left: bool) -> np.ndarray:
    """Return the pixels of one side of the map, without what lies above it."""
    image = np.asarray(Image.open(BytesIO(page.screenshot())).convert("RGB")).astype(int)
    x, y, width, height = page.evaluate(
        "(() => { const b = map_001.getContainer().getBoundingClientRect();"
        " return [b.x, b.y, b.width, b.height]; })()"
    )
    at = page.evaluate("parseFloat(document.querySelector('.gp-swipe').style.left)")
    edge = int(x + at)
    rows = slice(int(y) + 60, int(y + height) - 60)
    return image[rows, int(x) : edge - 4] if left else image[rows, edge + 4 : int(x + width)]


def greenish(image: np.ndarray) -> int:
    return int(((image[..., 1] > image[..., 0] + 12) & (image[..., 1] > image[..., 2] + 6)).sum())


def reddish(image: np.ndarray) -> int:
    return int(((image[..., 0] > image[..., 1] + 30) & (image[..., 0] > image[..., 2] + 20)).sum())


@pytest.fixture
def page(open_map: Any, page_file: Path) -> Any:
    shown = open_map(page_file)
    shown.add_style_tag(content=".gp-legend, .gp-panel, .leaflet-marker-pane { display: none; }")
    shown.evaluate(
        "() => { for (const name of ['heritage_zone', 'heritage_body', 'control_line'])"
        " document.querySelectorAll(`[data-sheet=${name}], [data-sheet=findings]`)"
        ".forEach((node) => node.remove()); }"
    )
    return shown


def test_each_side_shows_its_own_verdicts(page):
    assert reddish(half(page, left=True)) > 200 > greenish(half(page, left=True))
    assert greenish(half(page, left=False)) > 200 > reddish(half(page, left=False))


def test_the_divider_moves_by_mouse_and_by_keys(page):
    before = greenish(half(page, left=False))
    handle = page.locator(".gp-swipe")
    box = handle.bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 202, box["y"] + 200)
    page.mouse.up()
    moved = int(handle.get_attribute("aria-valuenow"))
    assert moved > 55
    assert greenish(half(page, left=False)) < before
    page.keyboard.press("ArrowLeft")
    assert int(handle.get_attribute("aria-valuenow")) == moved - 2
    page.keyboard.press("Home")
    assert int(handle.get_attribute("aria-valuenow")) == 2


def test_the_sides_say_what_they_show_in_both_languages(page):
    assert page.inner_text(".gp-side-before").startswith("此前")
    assert page.inner_text(".gp-side-after").startswith("现在")
    page.click('[data-lang="en"]')
    assert page.inner_text(".gp-side-before").startswith("Before")
    assert page.get_attribute(".gp-swipe", "aria-label").startswith("Move the divider")


def test_a_click_asks_the_side_that_it_is_on(page):
    lat, lng = page.evaluate("(() => { const c = map_001.getCenter(); return [c.lat, c.lng]; })()")
    for key, side in (("End", "（此前）"), ("Home", "更新单元")):
        page.focus(".gp-swipe")
        page.keyboard.press(key)
        page.evaluate(f"map_001.fire('click', {{ latlng: L.latLng({lat}, {lng}) }})")
        page.wait_for_timeout(500)  # the former card fades
        tags = page.locator(".gp-card .gp-tag").all_inner_texts()
        assert any(side in tag for tag in tags)
        assert any("（此前）" in tag for tag in tags) == (key == "End")


def test_a_map_without_a_former_plan_has_no_divider(open_map):
    assert open_map().locator(".gp-swipe").count() == 0


def test_a_folder_has_both_states_in_its_chunks(browser, tmp_path):
    """Both layers are packed; a chunk of the former one may be missing like any other."""
    now = small_dossier()
    blocked = replace(now, verdicts=now.verdicts.assign(verdict="blocked"))
    clear = replace(now, verdicts=now.verdicts.assign(verdict="clear"))
    files = folder_files(clear, "zh", before=blocked)
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    page = browser.new_page(viewport={"width": 1360, "height": 860})
    try:
        page.goto((tmp_path / "map.html").as_uri())
        page.wait_for_selector("body[data-ready]")
        page.wait_for_function(
            "() => [...document.querySelectorAll('.gp-grid canvas')].every((it) =>"
            " it.classList.contains('leaflet-tile-loaded') && getComputedStyle(it).opacity === '1')"
        )
        page.add_style_tag(content=".gp-legend, .leaflet-marker-pane { display: none; }")
        page.evaluate(
            "() => { for (const name of ['heritage_zone', 'heritage_body', 'project', 'findings'])"
            " document.querySelectorAll(`[data-sheet=${name}]`).forEach((node) => node.remove()); }"
        )
        assert reddish(half(page, left=True)) > 200 > greenish(half(page, left=True))
        assert greenish(half(page, left=False)) > 200 > reddish(half(page, left=False))
        former = next(one for one in layers_of(page) if one["id"] == "before")
        (tmp_path / f"chunk_{former['firstPiece'] + 1:04d}.js").unlink()
        page.reload()
        page.wait_for_selector("body[data-ready]")
        assert "（此前）" in page.get_by_role("alert").inner_text()
        assert page.locator(".gp-swipe").count() == 1
    finally:
        page.close()


def layers_of(page: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(
        "JSON.parse(document.getElementById('gisplan-data').textContent).layers"
        ".map(({ id, firstPiece }) => ({ id, firstPiece }))"
    )
    return found
