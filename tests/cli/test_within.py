"""`--within AREA`: one city or district of a plan is reviewed, and what was left out is said."""

from __future__ import annotations

import json
import shutil

import openpyxl
import pytest

from gisplan.catalogue.home import layers_home
from tests.render.schema_check import errors


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory, sample_home):
    from gisplan.pipeline import open_plan, review

    home = tmp_path_factory.mktemp("within")
    plan = shutil.copytree(sample_home, home / "plan")
    for name, within in (("whole", None), ("part", "210504"), ("other", "210502")):
        review(open_plan(plan, within=within), resolutions=False).save(home / name)
    return home


def document(folder):
    return json.loads((folder / "findings.json").read_text("utf-8"))


def test_a_check_of_one_district_by_its_name_lists_its_findings_and_what_was_left_out(
    gisplan, sample_home
):
    done = gisplan("check", sample_home, "--within", "明山区", "--lang", "en")
    assert done.returncode == 2  # a project of it has no shape
    assert "210504-GX002" in done.stdout
    assert "210502-GX" not in done.stdout
    assert "only district 明山区 210504 was reviewed" in done.stdout
    assert "other areas, the areas above among themselves" in done.stdout


def test_the_result_says_of_which_area_it_is_and_accounts_for_every_feature(reviewed):
    whole, part = document(reviewed / "whole"), document(reviewed / "part")
    schema = json.loads((layers_home() / "schema" / "findings-1.json").read_text("utf-8"))
    for one in (whole, part):
        assert errors(one, schema, schema) == []
    assert "within" not in whole["plan"]
    assert part["plan"]["within"] == {"layer": "district", "code": "210504", "name": "明山区"}
    read = {row["layer"]: row["read"] for row in whole["layers"]}
    for row in part["layers"]:
        assert row["read"] == row["checked"] + row["quarantined"]
        assert row["read"] + row["outside"] == read[row["layer"]], row["layer"]
    assert sum(row["outside"] for row in part["layers"]) > 100


def test_what_is_asked_of_the_whole_plan_is_not_answered_and_said_not_to_be(reviewed):
    part = document(reviewed / "part")
    assert part["consistency"] == []
    assert "未检查" in part["notices"][0]["zh"]
    assert "范围外未审查的要素" in part["notices"][0]["zh"]
    book = openpyxl.load_workbook(reviewed / "part" / "findings.xlsx")
    cells = [str(cell.value) for row in book["未检查与隔离"].iter_rows() for cell in row]
    assert any("范围外" in cell and "未审查" in cell for cell in cells)


@pytest.mark.parametrize(("old", "new"), [("whole", "part"), ("part", "other")])
def test_results_of_different_areas_are_not_compared(gisplan, reviewed, old, new):
    done = gisplan("compare", reviewed / old, reviewed / new, "--lang", "en")
    assert done.returncode == 2
    assert "of different areas" in done.stderr
    done = gisplan("bulletin", reviewed / old, reviewed / new, "-o", reviewed / "b", "--lang", "en")
    assert done.returncode == 2
    assert "of another area than the other reviews" in done.stderr
    assert gisplan("compare", reviewed / "part", reviewed / "part").returncode != 1


def test_a_reply_to_a_finding_of_another_area_is_kept_and_not_called_mended(reviewed, sample_home):
    from gisplan.pipeline import open_plan, review

    home = shutil.copytree(reviewed / "whole", reviewed / "answered")
    book = openpyxl.load_workbook(home / "findings.xlsx")
    sheet = book["错误明细"]
    head = next(row for row in sheet.iter_rows() if "整改情况" in [cell.value for cell in row])
    columns = {cell.value: cell.column for cell in head}
    row = next(
        row
        for row in range(head[0].row + 1, sheet.max_row)
        if str(sheet.cell(row, columns["要素标识码"]).value).startswith("2101")
    )
    sheet.cell(row, columns["整改情况"]).value = "已退让边界"
    book.save(home / "findings.xlsx")
    review(open_plan(sample_home, within="210504"), resolutions=False).save(home)
    ledger = openpyxl.load_workbook(home / "findings.xlsx")["整改台账"]
    (answered,) = [[c.value for c in r] for r in ledger.iter_rows() if "已退让边界" in
                   [c.value for c in r]]  # fmt: skip
    assert "本次结果中没有（只审查了部分区域）" in answered


@pytest.mark.parametrize(
    ("area", "said"),
    [("999999", "no area with a shape whose code or name is 999999"),
     ("210504-GX001", "tiers for --within: province, city, district")],
)  # fmt: skip
def test_what_is_no_area_above_the_units_ends_in_one_line(gisplan, sample_home, area, said):
    done = gisplan("check", sample_home, "--within", area, "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
