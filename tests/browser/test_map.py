"""The map in a browser: what a planner does with it, and what is seen."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gisplan.render.webmap.map import write_map
from gisplan.testing.dossier import SCRIPT, small_dossier

pytestmark = pytest.mark.browser
OpenMap = Any  # conftest.open_map
PHONE = {"width": 390, "height": 844}

# Counts the pixels of a picture by what colour they are, greys apart.
COUNT = """async (source) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height];
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const data = context.getImageData(0, 0, image.width, image.height).data;
  const found = {red: 0, amber: 0, green: 0, purple: 0, grey: 0, all: data.length / 4};
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b] = [data[i], data[i + 1], data[i + 2]];
    const spread = Math.max(r, g, b) - Math.min(r, g, b);
    if (spread < 14) found.grey++;
    else if (g > r + 8 && g > b) found.green++;
    else if (r > g && g > b + 18) found.amber++;
    else if (r > g + 18 && b > g + 25 ) found.purple++;
    else if (r > g + 18) found.red++;
  }
  return found;
}"""
# The map without what lies over it.
BARE = """() => {
  for (const node of document.querySelectorAll(
    ".gp-legend, .gp-panel, .gp-fold, .leaflet-control-container, .leaflet-marker-pane"))
    node.style.visibility = "hidden";
}"""


def colours(page: Any) -> dict[str, int]:
    """Return what is seen on the map, by colour, as read off a picture of it."""
    page.evaluate(BARE)
    picture = page.locator(".folium-map").screenshot()
    judge = page.context.new_page()
    found = judge.evaluate(COUNT, f"data:image/png;base64,{base64.b64encode(picture).decode()}")
    judge.close()
    page.evaluate(BARE.replace('"hidden"', '""'))
    return found


def show_all(page: Any) -> None:
    page.get_by_role("button", name="显示全部范围").click()


def close_popup(page: Any) -> None:
    """Close the card and wait until it has faded away: two cards at once confuse a locator."""
    page.locator(".leaflet-popup-close-button").click()
    page.locator(".leaflet-popup").wait_for(state="detached")


def popup(page: Any) -> Any:
    return page.locator(".leaflet-popup-content").last  # the one before it fades away


def test_chinese_is_read(open_map: OpenMap) -> None:
    page = open_map()
    assert page.locator("h1").inner_text() == "沈阳市和平区更新单元规划（测试）"
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    notices = page.locator(".gp-notices").inner_text()
    assert "机审结果，供人工复核" in notices
    assert "未经审图，仅供内部使用 / 不得公开传播" in notices
    assert "不作为法定边界依据" in page.locator(".gp-foot").inner_text()
    facts = page.locator(".gp-facts").inner_text()
    assert "EPSG:4529" in facts
    assert "2026-01-05 08:00" in facts
    assert "gisplan 0.1.0" in facts


def test_verdicts_are_seen_in_their_colours(open_map: OpenMap) -> None:
    page = open_map()
    show_all(page)
    seen = colours(page)
    for colour in ("red", "amber", "green"):
        assert seen[colour] > seen["all"] * 0.01, seen
    page.locator("[data-layer=unit]").uncheck()
    without = colours(page)
    assert without["green"] < seen["green"] * 0.05
    assert without["red"] < seen["red"] * 0.7


def test_one_verdict_can_be_hidden(open_map: OpenMap) -> None:
    page = open_map()
    show_all(page)
    before = colours(page)
    page.locator('[data-class="unit clear"]').uncheck()
    after = colours(page)
    assert after["green"] < before["green"] * 0.05
    assert after["amber"] > before["amber"] * 0.9


def test_heritage_zones_can_be_switched_off_and_on(open_map: OpenMap) -> None:
    page = open_map()
    show_all(page)
    with_zones = colours(page)["purple"]
    page.locator("[data-layer=heritage_zone]").uncheck()
    assert colours(page)["purple"] < with_zones * 0.3
    page.locator("[data-layer=heritage_zone]").check()
    assert colours(page)["purple"] > with_zones * 0.9


def test_every_layer_of_the_plan_can_be_switched(open_map: OpenMap) -> None:
    page = open_map()
    names = ("unit", "project", "heritage_body", "heritage_zone", "district")
    for name in (*names, "findings"):
        assert page.locator(f"canvas[data-sheet={name}]").count() == 1
        page.locator(f"[data-layer={name}]").uncheck()
        assert page.locator(f"canvas[data-sheet={name}]").count() == 0
        page.locator(f"[data-layer={name}]").check()
        assert page.locator(f"canvas[data-sheet={name}]").count() == 1


def test_a_click_on_a_finding_flies_there_and_tells_all_of_it(open_map: OpenMap) -> None:
    page = open_map(motion="no-preference")
    page.locator(".gp-item", has_text="BND101").click()
    popup(page).wait_for()
    text = popup(page).inner_text()
    for part in (
        "错误", "BND101", "210102-GX001 超出 210102 10,000 平方米", "10,000 ㎡（限值 1 ㎡）",
        "规划传导关系（建议）", "未核实", "请核对并整改", "区县 210102",
    ):  # fmt: skip
        assert part in text
    outline, ground = page.locator(".gp-outline"), page.locator(".folium-map").bounding_box()
    assert outline.count() == 2  # a light casing and a dark line
    box = outline.first.bounding_box()
    assert ground["x"] < box["x"] < box["x"] + box["width"] < ground["x"] + ground["width"]
    assert box["height"] > ground["height"] * 0.4  # flown near, not only there
    assert page.locator(".gp-item[aria-current]").get_attribute("data-finding")


def test_ruling_and_verified_source_are_told(open_map: OpenMap) -> None:
    page = open_map()
    page.locator(".gp-item", has_text="HER101").click()
    text = popup(page).inner_text()
    assert "禁止" in text
    assert "《历史文化名城名镇名村保护条例》第28条" in text
    assert "已核实" in text


def test_a_finding_without_a_place_is_told_too(open_map: OpenMap) -> None:
    page = open_map()
    item = page.locator(".gp-item", has_text="SRC108")
    assert "无图形位置" in item.inner_text()
    item.click()
    assert "坐标为无穷大" in popup(page).inner_text()


def test_findings_are_filtered_by_severity_and_rule(open_map: OpenMap) -> None:
    page = open_map()
    assert page.locator("#gp-findings .gp-item").count() == 8
    marks = page.locator(".gp-mark").count()
    page.locator("[data-severity=error]").click()
    assert page.locator("#gp-findings .gp-item").count() == 4
    assert page.locator(".gp-mark").count() < marks
    page.locator("[data-filter=rule]").select_option("HER104")
    assert page.locator("#gp-findings .gp-item").count() == 1


def test_a_mark_on_the_map_opens_its_finding(open_map: OpenMap) -> None:
    page = open_map()
    page.locator("[data-filter=rule]").select_option("BND101")
    page.locator(".gp-mark").click()
    assert "BND101" in popup(page).inner_text()


@pytest.mark.parametrize("text", ["210102-GX004", "浑河湾", "２１０１０２-gx004"])
def test_search_finds_a_unit_by_code_and_by_name(open_map: OpenMap, text: str) -> None:
    page = open_map()
    page.locator("#gp-search").fill(text)
    assert "浑河湾片区" in page.locator("#gp-hits").inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    card = popup(page).inner_text()
    assert "浑河湾片区" in card
    assert "210102-GX004" in card
    assert "通过" in card
    assert page.locator("#gp-hits").is_hidden()


def test_search_says_when_there_is_nothing(open_map: OpenMap) -> None:
    page = open_map()
    page.locator("#gp-search").fill("不存在的单元")
    assert page.locator("#gp-hits").inner_text() == "没有找到"
    page.keyboard.press("Enter")
    assert popup(page).count() == 0


def test_card_of_a_unit_tells_verdict_mode_approvals_and_reasons(open_map: OpenMap) -> None:
    page = open_map()
    page.locator("#gp-tab-units").click()
    page.locator("[data-unit='210102-GX003']").click()
    text = popup(page).inner_text()
    for part in (
        "有条件通过", "210102-GX003", "整治提升（M2）", "须办审批",
        "须审批：历史文化街区建设控制地带内建设",
        "HER104", "《历史文化名城名镇名村保护条例》第28条", "已核实",
    ):  # fmt: skip
        assert part in text


def test_a_unit_that_was_set_aside_says_so(open_map: OpenMap) -> None:
    page = open_map()
    page.locator("#gp-tab-units").click()
    page.locator("[data-unit='210102-GX005']").click()
    text = popup(page).inner_text()
    assert "已隔离，未上图" in text
    assert "坐标为无穷大" in text


def test_a_click_on_the_map_tells_everything_there(open_map: OpenMap) -> None:
    page = open_map(address="#unit=210102-GX001")
    popup(page).wait_for()
    close_popup(page)
    page.locator("[data-layer=markers]").uncheck()
    page.locator("#gp-search").fill("Z-001")
    page.keyboard.press("Enter")
    popup(page).wait_for()
    close_popup(page)
    box = page.locator(".folium-map").bounding_box()
    page.mouse.click(box["x"] + (box["width"] - 214) / 2, box["y"] + box["height"] / 2)
    text = popup(page).inner_text()
    assert "盛京皇城片区" in text
    assert "沈阳方城历史文化街区核心保护范围" in text


def test_figures_at_the_top_count_verdicts_and_list_them(open_map: OpenMap) -> None:
    page = open_map()
    tiles = [tile.inner_text().split() for tile in page.locator(".gp-tile").all()]
    assert tiles == [["2", "不通过"], ["1", "无法判定"], ["1", "有条件通过"], ["1", "通过"]]
    page.locator(".gp-tile").first.click()
    units = page.locator("#gp-units .gp-item")
    assert [unit.get_attribute("data-unit") for unit in units.all()] == [
        "210102-GX001",
        "210102-GX005",
    ]


def test_language_switches_everywhere(open_map: OpenMap) -> None:
    page = open_map()
    page.locator(".gp-item", has_text="BND101").click()
    page.locator("[data-lang=en]").click()
    assert "210102-GX001 leaves 210102 by 10,000 m2" in popup(page).inner_text()
    assert "not verified" in popup(page).inner_text()
    assert "Renewal unit" in page.locator(".gp-legend").inner_text()
    assert "Search by code, name or rule" in page.locator("#gp-search").get_attribute("placeholder")
    assert "internal use only" in page.locator(".gp-notices").inner_text()
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator("[data-lang=zh]").click()
    assert "210102-GX001 超出 210102" in popup(page).inner_text()


def test_address_leads_to_a_finding_and_a_language(open_map: OpenMap) -> None:
    fingerprint = small_dossier().findings.query("code == 'HER104'")["fingerprint"].iat[0]
    page = open_map(address=f"#finding={fingerprint}&lang=en")
    assert "HER104" in popup(page).inner_text()
    assert page.locator("html").get_attribute("lang") == "en"


def test_what_was_not_checked_is_shown(open_map: OpenMap) -> None:
    page = open_map()
    page.locator("#gp-tab-about").click()
    text = page.locator("#gp-about").inner_text()
    assert "TIM101" in text
    assert "缺少图层" in text
    assert "unit.shp" in text


def test_coordinates_under_the_cursor(open_map: OpenMap) -> None:
    page = open_map()
    box = page.locator(".folium-map").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 300)
    text = page.locator(".gp-cursor").inner_text()
    assert text.startswith("EPSG:4490  123.")
    assert "°N" in text


def test_scale_and_north_arrow_are_there(open_map: OpenMap) -> None:
    page = open_map()
    assert page.locator(".leaflet-control-scale-line").inner_text().endswith("m")
    assert page.locator(".gp-north").inner_text().strip() == "北"


def test_hostile_name_is_shown_and_does_not_run(open_map: OpenMap) -> None:
    page = open_map(address="#unit=210102-GX003")
    assert SCRIPT in popup(page).inner_text()
    assert page.locator(".leaflet-popup-content script").count() == 0


def test_hostile_texts_do_not_run_anywhere(open_map: OpenMap, tmp_path: Path) -> None:
    evil = '</script><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>{{7*7}}'
    dossier = small_dossier()
    layers = dict(dossier.plan.layers)
    for name in ("unit", "heritage_zone", "district"):
        frame = layers[name].frame.copy()
        frame["name"] = evil
        layers[name] = replace(layers[name], frame=frame)
    findings = dossier.findings.copy()
    findings["message_zh"] = findings["remedy_zh"] = evil
    config = replace(dossier.plan.config, name=evil)
    path = tmp_path / "evil.html"
    plan = replace(dossier.plan, layers=layers, config=config)
    write_map(replace(dossier, plan=plan, findings=findings), path, "zh")
    page = open_map(path=path)
    page.locator("#gp-search").fill("img")
    assert evil in page.locator("#gp-hits").inner_text()
    page.keyboard.press("Enter")
    assert evil in popup(page).inner_text()
    page.locator(".gp-item").first.click()
    assert evil in popup(page).inner_text()
    assert page.title() == evil
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src=x]").count() == 0


def test_foreign_script_would_not_run(open_map: OpenMap, map_file: Path, tmp_path: Path) -> None:
    """The second guard: a script that got into the page all the same is refused."""
    path = tmp_path / "broken.html"
    text = map_file.read_text("utf-8").replace("</body>", "<script>window.hacked=1</script></body>")
    path.write_text(text, "utf-8")
    page = open_map(path=path)
    assert page.evaluate("window.hacked") is None
    assert any("Content Security Policy" in text for text in open_map.complaints)
    open_map.complaints.clear()


def test_phone_shows_the_map_and_opens_lists_as_a_sheet(open_map: OpenMap) -> None:
    page = open_map(size=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    box = page.locator(".folium-map").bounding_box()
    assert box["height"] > PHONE["height"] * 0.7
    assert page.locator("#gp-search").is_hidden()
    page.locator("#gp-tab-findings").click()
    assert page.locator("#gp-search").is_visible()
    page.locator(".gp-item", has_text="BND101").click()
    assert page.locator("#gp-search").is_hidden()
    card = page.locator(".leaflet-popup").bounding_box()
    assert card["x"] >= 0
    assert card["x"] + card["width"] <= PHONE["width"]
    page.locator("#gp-tab-layers").click()
    assert page.locator("[data-layer=unit]").is_visible()


@pytest.mark.parametrize("size", [{"width": 1360, "height": 860}, {"width": 1024, "height": 640}])
def test_panels_do_not_overlap(open_map: OpenMap, size: dict[str, int]) -> None:
    page = open_map(size=size, address="#lang=en")
    names = (".gp-head", ".gp-panel", ".gp-legend", ".gp-foot", ".gp-tools")
    names += (".leaflet-control-scale", ".gp-cursor")
    boxes = {name: page.locator(name).first.bounding_box() for name in names}
    for number, one in enumerate(names):
        for other in names[number + 1 :]:
            a, b = boxes[one], boxes[other]
            apart = (
                a["x"] + a["width"] <= b["x"] + 1
                or b["x"] + b["width"] <= a["x"] + 1
                or a["y"] + a["height"] <= b["y"] + 1
                or b["y"] + b["height"] <= a["y"] + 1
            )
            assert apart, (one, a, other, b)
