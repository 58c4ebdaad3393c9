"""In a notebook `result.explore()` is the same map as map.html, in a frame of the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gisplan.pipeline import Result
from gisplan.render.webmap.map import write_map
from gisplan.testing.dossier import small_dossier

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shown() -> Any:
    return Result(small_dossier()).explore("en")


def test_what_a_notebook_saves_is_the_map_that_review_writes(shown: Any, tmp_path: Path) -> None:
    written, saved = tmp_path / "map.html", tmp_path / "saved.html"
    write_map(small_dossier(), written, "en")
    shown.save(saved)
    assert saved.read_text("utf-8") == written.read_text("utf-8")


def test_a_notebook_shows_it_and_asks_nobody(browser: Any, shown: Any) -> None:
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    try:
        page.set_content(f"<div class='jp-OutputArea'>{shown._repr_html_()}</div>")
        frame = page.frame_locator("iframe")
        frame.locator("body[data-ready]").wait_for()
        assert frame.locator("h1").inner_text() == small_dossier().plan.config.name
        frame.locator(".gp-item").first.click()
        frame.locator(".gp-card").wait_for()
        frame.locator("[data-tool=measure]").click()
        assert "Click adds a point" in frame.locator(".gp-measure").inner_text()
    finally:
        page.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith(("about:", "data:"))] == []
