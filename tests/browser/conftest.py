"""A real browser without any network. Where there is none: skipped, but in CI a failure."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gisplan.render.webmap.map import write_map
from gisplan.testing.dossier import small_dossier

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDE, PHONE = {"width": 1360, "height": 860}, {"width": 390, "height": 844}


def no_browser(reason: str) -> None:
    """Skip with the reason; in CI a map that nobody opened is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"CI opens the map in a browser: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        no_browser("playwright is not installed (pip install gisplan[test])")
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        no_browser("no Chromium on this machine (apt install chromium fonts-noto-cjk)")
    with sync_playwright() as driver:
        running = driver.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"],
        )
        yield running
        running.close()


@pytest.fixture(scope="session")
def map_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the map of the small dossier, in a folder with a Chinese name."""
    path = tmp_path_factory.mktemp("地图") / "map.html"
    write_map(small_dossier(), path, "zh")
    return path


@pytest.fixture
def open_map(browser: Browser, map_file: Path) -> Iterator[Callable[..., Page]]:
    """Open the map from its file; any complaint and any request but the file itself fails."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_page(
        path: Path = map_file,
        size: dict[str, int] = WIDE,
        address: str = "",
        motion: str = "reduce",
    ) -> Page:
        context = browser.new_context(viewport=size, reduced_motion=motion)
        contexts.append(context)
        page = context.new_page()
        url = path.as_uri()

        def note_request(request: Any) -> None:
            if request.url.partition("#")[0] != url and not request.url.startswith("data:"):
                complaints.append(f"asked for {request.url}")

        page.on("request", note_request)
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (complaints.append("a dialog"), dialog.dismiss()))
        page.goto(url + address)
        page.wait_for_selector("body[data-ready]")
        return page

    open_page.complaints = complaints  # type: ignore[attr-defined]
    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
