"""Texts of a plan never run in a real browser, wherever they are, and are shown as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile_plan import NAME, TEXTS, hostile_result

from gisplan.pipeline import Result
from gisplan.render.report import write_report

pytestmark = pytest.mark.browser
OpenMap = Any  # conftest.open_map

# What can only come from a text of the plan that was taken for markup.
FOREIGN = """() => [...document.querySelectorAll(
  "x-canary, iframe, base, object, embed, img[src=x], a[href^=javascript], style[onload]")]
  .concat([...document.querySelectorAll("*")].filter((node) =>
    [...node.attributes].some((a) => /^on/i.test(a.name) || /^\\s*javascript:/i.test(a.value))))
  .map((node) => node.outerHTML.slice(0, 200))"""
TRAP = "window.ranTimes = 0; window.ran = () => { window.ranTimes += 1; return 'x'; }; null"


def is_harmless(page: Any) -> None:
    assert page.evaluate(FOREIGN) == []
    assert page.evaluate("window.ranTimes ?? 0") == 0


@pytest.fixture(scope="module")
def result(sample_home: Path) -> Result:
    return hostile_result(sample_home)


@pytest.fixture(scope="module")
def out(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    result.save(folder, "zh")
    write_report(result.dossier, folder / "report-en.html", "en")
    return folder


def test_every_card_popup_search_hit_and_list_of_the_map(open_map: OpenMap, out: Path) -> None:
    page = open_map(path=out / "map.html")
    page.evaluate(TRAP)
    assert page.title() == NAME
    is_harmless(page)
    for tab in page.locator("[data-tab]").all():
        if tab.is_visible():
            tab.click()
            is_harmless(page)
    page.locator("#gp-tab-findings").click()
    rules = page.locator("[data-filter=rule] option").evaluate_all("all => all.map(o => o.value)")
    for rule in rules[:15]:
        page.locator("[data-filter=rule]").select_option(rule)
        if page.locator(".gp-item").count():
            page.locator(".gp-item").first.click()
        is_harmless(page)
    page.locator("#gp-tab-units").click()
    for at in range(0, min(page.locator("[data-unit]").count(), 30), 5):
        page.locator("[data-unit]").nth(at).click()
        is_harmless(page)
    for text in TEXTS:
        page.locator("#gp-search").fill(text[:24].replace("\u2028", ""))
        is_harmless(page)
        if page.locator("#gp-hits [role=option], #gp-hits button").count():
            page.keyboard.press("Enter")
            is_harmless(page)
        page.locator("#gp-search").fill("")
    for lang in ("en", "zh"):
        page.locator(f"[data-lang={lang}]").click()
        is_harmless(page)
    size = page.viewport_size
    for part in (0.35, 0.5, 0.65):
        page.mouse.move(size["width"] * part, size["height"] / 2)
        page.mouse.click(size["width"] * part, size["height"] / 2)
        is_harmless(page)


def test_texts_are_shown_in_the_map_as_they_are(open_map: OpenMap, out: Path) -> None:
    page = open_map(path=out / "map.html")
    page.locator("#gp-tab-units").click()
    while page.locator("#gp-units .gp-more button").count():
        page.locator("#gp-units .gp-more button").first.click()
    shown = page.locator("#gp-units").evaluate("node => node.textContent")
    data = json.loads((out / "findings.json").read_text("utf-8"))
    names = {v["name"] for v in data["verdicts"] if v.get("name")}
    assert len(names) > len(TEXTS)
    assert {name for name in names if name not in shown} == set()
    for text in TEXTS:
        assert any(text.strip() in name for name in names), text


@pytest.fixture(params=["report.html", "report-en.html"])
def open_report(request: Any, browser: Any, out: Path) -> Iterator[Any]:
    """Open the report; a dialog, a request or a complaint fails."""
    context = browser.new_context()
    page = context.new_page()
    complaints: list[str] = []
    url = (out / request.param).as_uri()
    page.add_init_script(TRAP)
    page.on("dialog", lambda dialog: (complaints.append("a dialog"), dialog.dismiss()))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda asked: (
            complaints.append(asked.url)
            if asked.url.partition("#")[0] != url and not asked.url.startswith("data:")
            else None
        ),
    )
    page.goto(url)
    yield page
    context.close()
    assert complaints == []


def test_the_report_shows_texts_and_runs_none(open_report: Any) -> None:
    page = open_report
    assert NAME in page.title()
    is_harmless(page)
    for button in page.locator("button").all():
        if button.is_visible():
            button.click()
            is_harmless(page)
    for details in page.locator("details:not([open]) > summary").all()[:60]:
        if details.is_visible():
            details.click()
    is_harmless(page)
    page.emulate_media(media="print")
    is_harmless(page)
    shown = page.evaluate("document.body.textContent")
    for text in TEXTS:
        assert text.strip("\u2028\u2029") in shown, text


def test_a_script_that_got_into_the_report_all_the_same_would_not_run(
    browser: Any, result: Result, tmp_path: Path
) -> None:
    """The second guard: the page names its own script by hash."""
    path = tmp_path / "broken.html"
    write_report(result.dossier, path, "zh")
    text = path.read_text("utf-8").replace("<main", "<script>window.hacked=1</script><main", 1)
    path.write_text(text, "utf-8")
    context = browser.new_context()
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.evaluate("window.hacked") is None
    before = page.evaluate("document.body.className")
    page.locator("#switch").click()  # its own script does
    assert page.evaluate("document.body.className") != before
    context.close()
