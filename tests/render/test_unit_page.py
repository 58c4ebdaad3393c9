"""The page of one unit: conflicts by severity, law, what is due in order, unknowns, ways out."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import geopandas as gpd
import openpyxl
import pytest
from schema_check import errors
from shapely.geometry import Point, box

from gisplan.catalogue.home import layers_home
from gisplan.pipeline import review
from gisplan.render.gpkg import write_gpkg
from gisplan.render.heritage import format_heritage, format_unit, heritage_record, unit_record
from gisplan.render.json import as_document
from gisplan.render.report import report_html
from gisplan.render.unit_page import unit_pages
from gisplan.render.xlsx import write_xlsx
from gisplan.testing.dossier import SCRIPT, small_dossier
from gisplan.testing.plans import make_plan

EAST, NORTH = 41_533_000.0, 4_629_000.0
UNIT, OTHER = "210102-GX001", "210102-GX002"


def square(x, y, width=100, height=100):
    return box(EAST + x, NORTH + y, EAST + x + width, NORTH + y + height)


@pytest.fixture(scope="module")
def dossier():
    layers = {
        "unit": gpd.GeoDataFrame(
            {"code": [UNIT, OTHER], "name": ["甲单元", SCRIPT], "mode": ["M5", "M1"]},
            geometry=[square(0, 0), square(200, 0)],
        ),
        "project": gpd.GeoDataFrame(
            {"code": [f"{UNIT}-P001"], "parent": [UNIT], "mode": ["M1"]},
            geometry=[square(10, 10, 5, 5)],
        ),
        "heritage_zone": gpd.GeoDataFrame(
            {"code": ["Q1", "Q2"], "zone": ["Z6", "Z7"], "level": ["city", "city"]},
            geometry=[square(80, -10, 50, 120), square(60, -10, 20, 120)],
        ),
        "heritage_body": gpd.GeoDataFrame(
            {"code": ["W1"], "asset_class": ["WW"], "level": ["city"]},
            geometry=[Point(EAST + 150, NORTH + 50)],
        ),
    }
    return review(make_plan(layers)).dossier


@pytest.fixture(scope="module")
def page(dossier):
    return unit_pages(dossier, [UNIT])[UNIT]


def test_the_gravest_conflict_comes_first_with_its_figures(page):
    codes = [(row.finding.code, row.finding.severity) for row in page.conflicts]
    assert codes == [("HER101", "error"), ("HER104", "warning")]
    assert page.conflicts[0].figures.zh.startswith("实测 1,999.9 ㎡")
    assert "占自身 20%" in page.conflicts[0].figures.zh


def test_of_several_rulings_the_strictest_governs_and_is_named(dossier, page):
    assert page.governs.zh.startswith("多项保护要求并存，以最严格的为准：原则禁止")
    assert "(HER101 Q1)" in page.governs.en
    assert page.governs.en in format_unit(dossier, UNIT, "en")
    assert unit_pages(dossier, [OTHER])[OTHER].governs.zh == ""


def test_what_does_not_weigh_stands_apart(page):
    assert {row.finding.code for row in page.others} == {"HER113"}


def test_what_is_due_is_in_order_and_names_the_conflicts(page):
    orders = [row.order for row in page.due]
    assert orders == sorted(orders)
    assert page.due[0].serves == ("HER104 Q2",)
    review_step = next(row for row in page.due if "专家论证" in row.act.zh)
    assert review_step.exception
    assert review_step.serves == ("HER101 Q1",)


def test_every_step_names_its_article(page):
    assert all(row.sources for row in page.due)


def test_the_ways_out_say_what_they_clear(page):
    kinds = {way.kind.en: way for way in page.ways}
    assert set(kinds) == {"change of boundary", "change of mode"}
    assert kinds["change of mode"].clears == ("HER101 Q1",)


def test_the_report_has_all_parts_in_both_languages(dossier):
    html = report_html(dossier, "zh")
    for zh, en in (
        ("冲突与问题，按等级", "Conflicts by severity"),
        ("审批与征求意见，按先后", "Approvals and consultations due, in order"),
        ("未知事项", "What is unknown"),
        ("数据覆盖", "Coverage of the sources"),
        ("可行的化解途径（供选择，未采用）", "What would resolve it (offered, not applied)"),
        ("历史文化数据来源与覆盖", "Heritage sources and what they cover"),
        ("项目结论", "Projects"),
    ):
        assert zh in html
        assert en in html
    assert 'stroke-dasharray="6 3"' in html  # the outline that is offered


def test_the_unknowns_of_a_unit_are_on_its_page():
    html = report_html(small_dossier(), "zh")
    article = html.partition('id="unit-2"')[2].partition("</article>")[0]
    assert "HER102：保护区划没有级别，无法判定" in article


def test_hostile_names_are_inert_in_the_report_and_cannot_steer_a_terminal(dossier):
    assert SCRIPT not in report_html(dossier, "zh")
    verdicts = dossier.verdicts.copy()
    verdicts.loc[verdicts["unit"] == UNIT, "name"] = "甲\x1b[31m\n乙"
    text = format_unit(replace(dossier, verdicts=verdicts), UNIT, "zh")
    assert "\x1b" not in text
    assert text.splitlines()[0].startswith(f"{UNIT} 甲")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_text_of_a_unit_has_every_part(dossier, lang):
    text = format_unit(dossier, UNIT, lang)
    heads = {
        "zh": ["冲突与问题", "审批与征求意见", "数据覆盖", "化解途径", "其他提示", "项目"],
        "en": ["conflicts", "approvals", "coverage", "what would", "other findings", "projects"],
    }[lang]
    places = [text.index(f"\n{head}") for head in heads]
    assert places == sorted(places)
    if lang == "zh":
        text.encode("gbk")


def test_the_overlay_says_so_where_nothing_is_found(dossier):
    quiet = replace(dossier, findings=dossier.findings.iloc[:0])
    assert "no heritage finding" in format_heritage(quiet, "en")


def test_the_records_hold_what_the_text_says(dossier):
    record = unit_record(dossier, UNIT)
    assert [row["project"] for row in record["project_verdicts"]] == [f"{UNIT}-P001"]
    assert {row["code"] for row in record["findings"]} == {"HER101", "HER104", "HER113"}
    assert heritage_record(dossier)["verdict_counts"]["blocked"] == 1
    assert unit_record(dossier, OTHER)["resolutions"] == []


def test_a_unit_that_was_set_aside_has_a_page(dossier):
    held = small_dossier()
    unit = held.verdicts["unit"].iloc[-1]
    assert unit_pages(held, [unit])[unit].verdict == "blocked"


# --- the same in the files --------------------------------------------------------------------


def test_the_whole_document_meets_its_schema(dossier):
    schema = json.loads((layers_home() / "schema" / "findings-1.json").read_text("utf-8"))
    document = as_document(dossier)
    assert errors(document, schema, schema) == []
    assert document["resolutions"]
    assert document["project_verdicts"]
    assert document["coverage"]["sources"]
    assert document["verdicts"][0]["approvals_due"]


def test_the_geopackage_has_projects_and_resolutions_with_a_style(dossier, tmp_path):
    write_gpkg(dossier, tmp_path / "findings.gpkg", "zh")
    projects = gpd.read_file(tmp_path / "findings.gpkg", layer="projects")
    assert list(projects["project"]) == [f"{UNIT}-P001"]
    assert projects.geometry.notna().all()
    ways = gpd.read_file(tmp_path / "findings.gpkg", layer="resolutions")
    assert ways.crs == "EPSG:4490"
    assert sorted(ways["kind"]) == ["boundary", "mode"]
    assert list(ways.geometry.notna()) == [kind == "boundary" for kind in ways["kind"]]
    with closing(sqlite3.connect(tmp_path / "findings.gpkg")) as base:
        styled = {row[0] for row in base.execute("SELECT f_table_name FROM layer_styles")}
    assert {"projects", "resolutions"} <= styled


def test_the_workbook_has_the_projects_and_the_ways_out(dossier, tmp_path):
    write_xlsx(dossier, tmp_path / "findings.xlsx", "zh")
    book = openpyxl.load_workbook(tmp_path / "findings.xlsx")
    names = book.sheetnames
    assert names[names.index("单元结论") + 1] == "项目结论"
    head, first, *_ = book["单元结论"].iter_rows(values_only=True)
    cells = dict(zip(head, first, strict=True))
    assert "调整更新方式" in cells["化解途径（供选择，未采用）"]
    assert cells["审批和征求意见，按先后"].startswith("1. ")
