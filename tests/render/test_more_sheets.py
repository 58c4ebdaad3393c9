"""Further sheets of findings.xlsx: areas, control lines, places, opinions; links to the map."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from gisplan.model import Dossier, Outcome, Text
from gisplan.pipeline import open_plan, review
from gisplan.render.sheets.layout import layout_sheet
from gisplan.render.xlsx import write_xlsx

SAMPLE = Path(__file__).resolve().parents[2] / "layers" / "sample"


@pytest.fixture(scope="module")
def dossier() -> Dossier:
    return review(open_plan(SAMPLE)).dossier


@pytest.fixture(scope="module")
def book(dossier: Dossier, tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("xlsx") / "findings.xlsx"
    write_xlsx(dossier, path, "zh", "map.html")
    return openpyxl.load_workbook(path)


def rows(sheet) -> list[dict]:
    head, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body]


def test_all_sheets_of_a_review_are_there_in_both_languages(dossier, book, tmp_path) -> None:
    assert book.sheetnames == [
        "汇总", "错误明细", "传导一致性检查表", "指标符合性表", "图数一致性表", "空间布局符合性",
        "冲突清单", "图斑清单", "单元结论", "项目结论", "未检查与隔离", "修复与改读", "审查意见表",
        "专家意见表",
    ]  # fmt: skip
    write_xlsx(dossier, tmp_path / "en.xlsx", "en")
    assert len(openpyxl.load_workbook(tmp_path / "en.xlsx").sheetnames) == len(book.sheetnames)


def test_areas_stated_and_on_the_map_add_up_by_layer(dossier: Dossier, book) -> None:
    found = rows(book["图数一致性表"])
    parcels = [row for row in found if row["图层"] == "更新地块"]
    whole, *uses = parcels
    assert whole["类型"] == "合计"
    for column in ("表格面积（km²）", "图上面积（km²）", "填写面积的要素数"):
        assert sum(row[column] for row in uses) == pytest.approx(whole[column], abs=1e-5)
    frame = dossier.plan.layers["parcel"].frame
    stated = frame["area"].astype(float).sum() / 1e6
    assert whole["表格面积（km²）"] == pytest.approx(stated, abs=1e-6)
    off = {row["图层"] for row in found if row["机审结果"] == "不一致"}
    layers = dossier.plan.layers
    hit = set(dossier.findings[dossier.findings["code"] == "IND111"]["layer"])
    assert off == {layers[name].spec.title.zh for name in hit if "area" in layers[name].found}


def test_areas_that_no_rule_held_against_the_map_are_unchecked() -> None:
    found = review(open_plan(SAMPLE), select=["IND101", "IND112"]).dossier.area_sums
    assert {row.judgement for row in found} <= {"unchecked"}


def test_control_lines_have_sums_that_their_conflicts_add_up_to(dossier: Dossier, book) -> None:
    found = rows(book["空间布局符合性"])
    sums = [row for row in found if row["汇总或明细"] == "汇总"]
    each = [row for row in found if row["汇总或明细"] == "明细"]
    assert {row["规则编号"] for row in sums} == {f"BND{n}" for n in range(106, 113)}
    for row in sums:
        own = [it for it in each if it["规则编号"] == row["规则编号"]]
        assert (row["冲突个数"] or 0) == len(own)
        if own:
            assert row["面积（㎡）"] == pytest.approx(sum(it["面积（㎡）"] for it in own), abs=0.01)


def test_a_control_line_that_nobody_checked_is_no_zero(dossier: Dossier) -> None:
    runs = tuple(
        replace(run, outcome=Outcome.SKIPPED, why=Text("缺少控制线", "no lines"))
        if run.code == "BND106"
        else run
        for run in dossier.rules
    )
    findings = dossier.findings[dossier.findings["code"] != "BND106"]
    sheet = layout_sheet(replace(dossier, rules=runs, findings=findings), "zh")
    (row,) = [row for row in sheet.rows if row[2] == "BND106"]
    assert row[7] is None
    assert "缺少控制线" in row[11]


def test_places_are_the_findings_that_have_one(dossier: Dossier, book) -> None:
    found = rows(book["图斑清单"])
    placed = dossier.findings[dossier.findings["lon"].notna()]
    assert [row["指纹"] for row in found] == list(placed["fingerprint"])


def test_opinions_name_every_unit_that_is_not_clear_and_leave_room(dossier: Dossier, book) -> None:
    found = rows(book["审查意见表"])
    open_ones = dossier.verdicts[dossier.verdicts["verdict"] != "clear"]
    assert [row["审查事项"].split()[0] for row in found] == list(open_ones["unit"])
    assert all(row["存在问题"] for row in found)
    assert {row["编制单位回复"] for row in found} == {None}
    sheet = book["专家意见表"]
    assert sheet.max_row == 13
    (rule,) = sheet.data_validations.dataValidation
    assert "采纳" in rule.formula1


@pytest.mark.parametrize("name", ["错误明细", "冲突清单", "图斑清单"])
def test_each_finding_leads_to_its_place_on_the_map(dossier: Dossier, book, name: str) -> None:
    sheet = book[name]
    for cells in sheet.iter_rows(min_row=2):
        by = dict(zip([c.value for c in sheet[1]], cells, strict=True))
        (linked,) = [cell for cell in cells if cell.hyperlink]
        assert linked.hyperlink.target == "map.html"
        assert linked.hyperlink.location == f"finding={by['指纹'].value}"


def test_units_lead_to_the_map_and_a_book_without_a_map_leads_nowhere(
    dossier: Dossier, book, tmp_path: Path
) -> None:
    cell = book["单元结论"]["A2"]
    assert cell.hyperlink.location == f"unit={cell.value}"
    write_xlsx(dossier, tmp_path / "alone.xlsx", "zh")
    alone = openpyxl.load_workbook(tmp_path / "alone.xlsx")
    assert not [c for ws in alone for row in ws.iter_rows() for c in row if c.hyperlink]


def test_a_hostile_code_of_a_unit_ends_no_address(dossier: Dossier, tmp_path: Path) -> None:
    verdicts = dossier.verdicts.copy()
    verdicts.loc[0, "unit"] = '=x#"&<>'
    write_xlsx(replace(dossier, verdicts=verdicts), tmp_path / "a.xlsx", "zh", "map.html")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["单元结论"]
    assert sheet["A2"].value == "'=x#\"&<>"
    assert sheet["A2"].hyperlink.location == "unit=%3Dx%23%22%26%3C%3E"
