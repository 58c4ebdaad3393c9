"""Reading the map: the worst first, filters, the tree of layers, cards, keyboard, accessibility."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gisplan.pipeline import open_plan, review
from gisplan.render.report import write_report
from gisplan.render.webmap.map import write_map
from gisplan.testing.dossier import small_dossier
from gisplan.testing.many_units import many_units

pytestmark = pytest.mark.browser
OpenMap = Any  # conftest.open_map
SAMPLE = Path(__file__).resolve().parents[2] / "layers" / "sample"
SMALL_PHONE = {"width": 360, "height": 740}
FAULTS = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .map(({id, impact, nodes}) => [id, impact, nodes.map((node) => node.target.join(" "))])"""


@pytest.fixture(scope="module")
def sample_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the map of the sample, its report beside it."""
    dossier = review(open_plan(SAMPLE)).dossier
    path = tmp_path_factory.mktemp("示例") / "map.html"
    write_map(dossier, path, "zh", report="report.html")
    write_report(dossier, path.with_name("report.html"), "zh")
    return path


@pytest.fixture(scope="module", params=["plain", "packed"])
def either_map(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the map of the sample as lists, and with its layers packed."""
    path = tmp_path_factory.mktemp(request.param) / "map.html"
    write_map(review(open_plan(SAMPLE)).dossier, path, "zh", mode=request.param)
    return path


def card(page: Any) -> Any:
    return page.locator(".leaflet-popup-content").last


def shown(page: Any) -> int:
    return int(page.locator("#gp-findings .gp-shown [role=status]").inner_text().split()[1])


def listed(page: Any) -> list[str]:
    return [item.inner_text() for item in page.locator("#gp-findings .gp-item").all()]


# --- what to look at first -------------------------------------------------------------------


def test_the_first_of_the_list_is_forbidden_and_one_click_tells_its_law(
    open_map: OpenMap, sample_map: Path
) -> None:
    page = open_map(sample_map)
    page.locator("#gp-findings .gp-item").first.click()
    text = card(page).inner_text()
    assert "禁止" in text
    assert "条例" in text
    assert page.locator(".gp-outline").count() > 0


def test_errors_stand_before_warnings_and_waived_ones_last(
    open_map: OpenMap, tmp_path: Path
) -> None:
    dossier = small_dossier()
    findings = dossier.findings.copy()
    findings.loc[findings["severity"] == "error", "state"] = "waived"
    write_map(replace(dossier, findings=findings), tmp_path / "map.html", "zh")
    page = open_map(tmp_path / "map.html")
    waived = [
        "gp-waived" in (item.get_attribute("class") or "")
        for item in page.locator("#gp-findings .gp-item").all()
    ]
    assert waived == sorted(waived)
    assert any(waived)
    assert not all(waived)


# --- filters ---------------------------------------------------------------------------------


def test_each_filter_leaves_as_many_as_its_option_says(open_map: OpenMap, either_map: Path) -> None:
    page = open_map(either_map)
    whole = shown(page)
    for key in ("district", "ruling", "family", "rule"):
        options = page.locator(f"[data-filter={key}] option").all()[1:]
        counted = [(o.get_attribute("value"), o.inner_text()) for o in options]
        assert counted
        for value, text in counted:
            page.locator(f"[data-filter={key}]").select_option(value)
            told = int(text.rpartition("（")[2].rstrip("）"))
            assert shown(page) == told
            assert 0 < told <= whole
        page.get_by_role("button", name="清除筛选").click()
        assert shown(page) == whole


def test_districts_and_none_of_them_add_up_to_no_less_than_all(
    open_map: OpenMap, sample_map: Path
) -> None:
    page = open_map(sample_map)
    counts = []
    for option in page.locator("[data-filter=district] option").all()[1:]:
        page.locator("[data-filter=district]").select_option(option.get_attribute("value"))
        counts.append(shown(page))
    page.locator("[data-filter=district]").select_option("")
    assert sum(counts) >= shown(page)


def test_filters_work_together_and_on_the_marks_too(open_map: OpenMap, sample_map: Path) -> None:
    page = open_map(sample_map)
    page.locator("[data-filter=family]").select_option("HER")
    heritage = shown(page)
    page.locator("[data-filter=ruling]").select_option("prohibited")
    both = shown(page)
    assert 0 < both < heritage
    assert all("HER" in text for text in listed(page))
    many = page.locator(".gp-many").all_inner_texts()
    marks = page.locator(".gp-mark").count()
    assert sum(map(int, many)) + marks - len(many) == both
    page.locator("[data-severity=error]").click()
    assert shown(page) < both


def test_units_follow_the_district_that_is_chosen(open_map: OpenMap, either_map: Path) -> None:
    page = open_map(either_map)
    page.locator("[data-filter=district]").select_option("0")
    page.locator("#gp-tab-units").click()
    units = page.locator("#gp-units [data-unit]").all()
    assert units
    assert {unit.get_attribute("data-unit")[:6] for unit in units} == {"210102"}


def test_a_rule_is_found_by_code_and_by_title_and_lists_its_findings(
    open_map: OpenMap, sample_map: Path
) -> None:
    page = open_map(sample_map)
    page.locator("[data-severity=info]").click()
    for text in ("bnd101", "下级超出上级"):
        page.locator("#gp-search").fill(text)
        page.keyboard.press("Enter")
        assert page.locator("[data-filter=rule]").input_value() == "BND101"
        assert listed(page)
        assert [row for row in listed(page) if "BND101" not in row] == []


# --- the tree --------------------------------------------------------------------------------


def state(page: Any, selector: str) -> bool | None:
    box = page.locator(selector)
    return None if box.evaluate("box => box.indeterminate") else box.is_checked()


def test_a_box_above_says_all_some_or_none(open_map: OpenMap, either_map: Path) -> None:
    page = open_map(either_map)
    group, layer = "[data-group=heritage]", "[data-layer=heritage_body]"
    assert (state(page, group), state(page, layer)) == (True, True)
    page.locator("[data-class^='heritage_body WW']").first.uncheck()
    assert (state(page, group), state(page, layer)) == (None, None)
    page.locator(layer).check()
    assert (state(page, group), state(page, layer)) == (True, True)
    page.locator(layer).uncheck()
    assert (state(page, group), state(page, layer)) == (None, False)
    page.locator("[data-layer=heritage_zone]").uncheck()
    assert state(page, group) is False
    page.locator(group).check()
    assert state(page, layer) is True
    assert page.locator("[data-sheet=heritage_body]").count() == 1


def test_layers_of_the_exam_start_off_and_their_group_folded(
    open_map: OpenMap, sample_map: Path
) -> None:
    page = open_map(sample_map)
    assert state(page, "[data-group=exam]") is False
    assert not page.locator("[data-layer=community]").is_visible()
    page.locator("[data-fold=exam]").click()
    assert page.locator("[data-layer=community]").is_visible()


def test_bodies_are_told_apart_by_class_and_level(open_map: OpenMap, sample_map: Path) -> None:
    page = open_map(sample_map)
    legend = page.locator(".gp-legend").inner_text()
    assert "文物保护单位（省级）" in legend.replace("\n", "")
    assert "历史建筑" in legend


def test_severities_are_switched_in_the_tree_as_in_the_list(
    open_map: OpenMap, sample_map: Path
) -> None:
    page = open_map(sample_map)
    page.locator("[data-severity-box=warning]").uncheck()
    assert page.locator("[data-severity=warning]").get_attribute("aria-pressed") == "false"
    assert state(page, "[data-group=findings]") is None
    page.locator("[data-group=findings]").check()
    assert page.locator("[data-severity=warning]").get_attribute("aria-pressed") == "true"


# --- cards -----------------------------------------------------------------------------------


def test_a_blocked_unit_tells_who_must_approve_the_ways_out_and_its_page_in_the_report(
    open_map: OpenMap, either_map: Path, sample_map: Path
) -> None:
    dossier = review(open_plan(SAMPLE)).dossier
    due = dossier.verdicts[dossier.verdicts["approvals_due"].str.len() > 0].iloc[0]
    page = open_map(either_map, address=f"#unit={due['unit']}")
    text = card(page).inner_text()
    for step in due["approvals_due"]:
        assert step["who_zh"] in text
        assert step["act_zh"] in text
    assert card(page).locator("a").count() == 0  # this map has no report beside it
    offered = dossier.resolutions[dossier.resolutions["offered"]].iloc[0]
    page = open_map(sample_map, address=f"#unit={offered['units'][0]}")
    assert offered["text_zh"] in card(page).inner_text()
    link = card(page).get_by_role("link", name="查看报告中的单元页")
    assert link.get_attribute("href") == f"report.html#unit={offered['units'][0]}"


def test_the_address_of_a_unit_opens_its_page_in_the_report(browser: Any, sample_map: Path) -> None:
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    page.goto(sample_map.with_name("report.html").as_uri() + "#unit=210103-GX015")
    article = page.locator("article[data-unit='210103-GX015']")
    assert abs(article.evaluate("node => node.getBoundingClientRect().top")) < 80
    page.close()


def test_names_of_five_hundred_signs_break_in_list_card_and_legend(
    open_map: OpenMap, tmp_path: Path
) -> None:
    x = 41_000_000 + 500 * np.arange(4)
    squares = shapely.box(x, 4_620_000, x + 400, 4_620_400)
    names = ["甲" * 500, "x" * 500, "乙", "丙"]
    dossier = many_units(squares, names=names, crs="EPSG:4529")
    write_map(dossier, tmp_path / "map.html", "zh")
    for size in ({"width": 1360, "height": 860}, SMALL_PHONE):
        page = open_map(tmp_path / "map.html", size=size)
        page.locator("#gp-tab-units").click()
        for row in page.locator("#gp-units .gp-item").all()[:2]:
            box = row.bounding_box()
            assert box["x"] + box["width"] <= size["width"]
        page.locator("#gp-units .gp-item").nth(1).click()
        box = card(page).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size["width"]
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


# --- keyboard, phone, accessibility ----------------------------------------------------------


def test_list_card_and_back_by_keys_alone(open_map: OpenMap, sample_map: Path) -> None:
    page = open_map(sample_map)
    rows = page.locator("#gp-findings .gp-item")
    rows.first.focus()
    for key, place in (("ArrowDown", 1), ("End", -1), ("Home", 0), ("ArrowDown", 1)):
        page.keyboard.press(key)
        target = rows.last if place == -1 else rows.nth(place)
        assert target.evaluate("node => node === document.activeElement")
    page.keyboard.press("Enter")
    assert card(page).evaluate("node => node === document.activeElement")
    page.keyboard.press("Escape")
    page.locator(".leaflet-popup").wait_for(state="detached")
    assert rows.nth(1).evaluate("node => node === document.activeElement")


def test_tabs_and_the_tree_are_used_by_keys(open_map: OpenMap, sample_map: Path) -> None:
    page = open_map(sample_map)
    page.locator("#gp-tab-findings").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#gp-units").is_visible()
    page.locator("[data-layer=heritage_zone]").focus()
    page.keyboard.press("Space")
    box = page.locator("[data-layer=heritage_zone]")
    assert not box.is_checked()
    assert box.evaluate("node => node === document.activeElement")


def test_everything_is_reached_by_the_tab_key_and_seen_to_be(
    open_map: OpenMap, sample_map: Path
) -> None:
    page = open_map(sample_map)
    page.locator("[data-lang=zh]").focus()
    seen = set()
    for _ in range(24):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate(
                """() => {
                  const node = document.activeElement;
                  const {outlineStyle, boxShadow} = getComputedStyle(node);
                  return [node.id || node.className || node.tagName,
                    outlineStyle !== "none" || boxShadow !== "none"].join("|");
                }"""
            )
        )
    reached = {name.partition("|")[0].split()[0] for name in seen if "|" in name}
    assert {"gp-search", "gp-tile", "gp-tab-findings", "gp-filter", "SELECT", "gp-item"} <= reached
    assert all(name.endswith("|true") for name in seen), seen


def test_nothing_runs_over_the_edge_of_a_small_phone(open_map: OpenMap, sample_map: Path) -> None:
    page = open_map(sample_map, size=SMALL_PHONE)
    for tab in ("findings", "units", "layers", "about"):
        page.locator(f"#gp-tab-{tab}").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= SMALL_PHONE["width"]
    page.locator("#gp-tab-findings").click()
    page.locator("#gp-findings .gp-item").first.click()
    box = card(page).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= SMALL_PHONE["width"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("where", ["list", "card", "units", "about", "phone"])
def test_an_accessibility_checker_has_nothing_to_say(
    open_map: OpenMap, sample_map: Path, lang: str, where: str
) -> None:
    page = open_map(
        sample_map, size=SMALL_PHONE if where == "phone" else {"width": 1360, "height": 860}
    )
    page.locator(f"[data-lang={lang}]").click()
    if where == "card":
        page.locator("#gp-findings .gp-item").first.click()
        card(page).wait_for()
    if where in {"units", "about"}:
        page.locator(f"#gp-tab-{where}").click()
    if where == "phone":
        page.locator("#gp-tab-findings").click()
    checker = pytest.importorskip("axe_playwright_python").__path__[0]
    page.evaluate((Path(checker) / "axe.min.js").read_text("utf-8"))
    faults = page.evaluate(FAULTS)
    assert faults == [], json.dumps(faults, indent=1, ensure_ascii=False)
