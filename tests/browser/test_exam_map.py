"""The map of a city exam in a real browser: grades by level and indicator, in two languages."""

from __future__ import annotations

import pytest

from gisplan.pipeline import exam, open_plan
from gisplan.render.webmap.inline import outside_links
from tests.exam.tiny_city import layers, written

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=\"document.title='ran'\">{{ 7*7 }}</script>"


@pytest.fixture(scope="module")
def exam_map(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exam")
    (folder / "plan").mkdir()
    shapes, fields = layers()["district"]
    named = (shapes, fields | {"name": [HOSTILE, "东区"]})
    plan = open_plan(
        written(folder / "plan", changed={"district": named}, more="[exam.targets]\nC102 = 1.6\n")
    )
    return exam(plan).save(folder / "out", "zh")["exam_map.html"]


def test_levels_and_indicators_are_chosen_and_coloured_by_their_grade(open_map, exam_map):
    page = open_map(exam_map)
    page.wait_for_selector(".exam select")
    level, indicator = page.locator(".exam select").all()
    assert level.input_value() == "1"  # districts
    indicator.select_option("C102")
    # 2 km/km2 in the west and 1 in the east, of at least 1.6: met and missed
    fills = page.eval_on_selector_all(
        "path.leaflet-interactive", "all => all.map(one => one.getAttribute('fill'))"
    )
    assert fills[:2] == ["#d1e7dd", "#f8d7da"]
    page.locator(".exam select").first.select_option("0")
    fills = page.eval_on_selector_all(
        "path.leaflet-interactive", "all => all.map(one => one.getAttribute('fill'))"
    )
    assert fills[0] == "#f8d7da"  # the city: 1.5
    page.locator(".exam button").click()
    assert "missed" in page.locator(".exam").inner_text()


def test_areas_have_the_colours_of_the_legend_and_none_lies_under_it(open_map, exam_map):
    page = open_map(exam_map)
    page.wait_for_selector(".exam select")
    areas = page.locator("path.leaflet-interactive[fill-opacity='1'][stroke='#555']")
    assert areas.count() == 2  # both districts, as they are painted in the legend
    panel = page.locator(".exam").bounding_box()
    for area in areas.all():
        box = area.bounding_box()
        assert box["x"] + box["width"] <= panel["x"]


def test_a_card_tells_values_and_a_hostile_name_stays_text(open_map, exam_map):
    page = open_map(exam_map)
    page.wait_for_selector(".exam select")
    page.eval_on_selector_all(
        "path.leaflet-interactive",
        "all => all[0].dispatchEvent(new MouseEvent('click', {bubbles: true}))",
    )
    card = page.locator(".exam-card")
    card.wait_for()
    assert HOSTILE in card.inner_text()
    assert "C102 道路网密度" in card.inner_text()
    assert page.title() != "ran"


def test_the_page_asks_for_nothing(exam_map):
    assert outside_links(exam_map.read_text("utf-8")) == []
