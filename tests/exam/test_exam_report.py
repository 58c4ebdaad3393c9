"""The report of an exam: what stands in it, how often, and that nothing is cut without a word."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from gisplan.pipeline import exam, open_plan
from gisplan.render.exam.report import SHOWN_CANDIDATES, SHOWN_MISSED, conclusion, exam_html
from tests.exam.tiny_city import at, layers, written


def examined(folder, **options):
    return exam(open_plan(written(folder, **options))).dossier


def table_of(page, heading):
    """Return the texts of the cells of the table that follows a heading, row by row."""
    rest = page[page.index(heading) :]
    table = rest[: rest.index("</table>")]
    return [
        [re.sub(r"<[^>]+>", " ", cell).split() for cell in re.findall(r"<t[dh].*?</t[dh]>", row)]
        for row in re.findall(r"<tr>.*?</tr>", table, flags=re.DOTALL)
    ]


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    rows = [
        {"ZBDM": code, "QYBH": "210100", "ND": 2024, "SZ": value}
        for code, value in (("H101", 12.0), ("C102", 1.9), ("E105", 4.0))
    ]
    folder = tmp_path_factory.mktemp("compared")
    more = "[exam.targets]\nH101 = 5\nC102 = 1\n"
    return examined(folder, tables={"exam_value": rows}, more=more)


def test_the_conclusion_tells_what_became_better_and_worse(compared):
    text = conclusion(compared)
    assert "与 2024 年度相比，改善 1 个、恶化 1 个、持平 0 个" in text.zh
    assert "Beside 2024 1 are better, 1 worse and 0 the same" in text.en


def test_without_a_year_before_nothing_is_compared(tmp_path):
    found = examined(tmp_path)
    assert found.last_year is None
    assert "相比" not in conclusion(found).zh


def test_results_by_dimension_close_with_the_values_of_the_level(compared):
    lines = table_of(exam_html(compared, "zh"), "指标评价结果统计")[1:]
    rows = compared.values[compared.values["level"] == "city"]
    count = Counter(rows["grade"])
    for column, grade in enumerate(("met", "missed", "ungraded", "not_computed"), 2):
        assert sum(int(line[column][0]) for line in lines) == count[grade]
    assert sum(int(line[1][0]) for line in lines) == rows["indicator"].nunique()


def test_an_indicator_and_its_source_stand_once_for_all_its_places(tmp_path):
    whole = [at(0, 0, 1000, 1000), at(1000, 0, 2000, 1000)]
    names = {"code": ["210100", "210400"], "name": ["甲市", "乙市"]}
    parents = layers()["district"][1] | {"parent": ["210100", "210400"]}
    found = examined(
        tmp_path,
        changed={"city": (whole, names), "district": (layers()["district"][0], parents)},
    )
    page = exam_html(found, "zh")
    part = page[page.index("二、指标评价") : page.index("三、问题清单")]
    assert part.count("C102 ") == 1
    assert part.count('rowspan="2"') == found.values["indicator"].nunique()
    assert "— " not in part  # a value that is not there has no unit


def test_problems_are_told_by_the_year_in_which_they_were_found(tmp_path):
    shapes, fields = layers()["exam_problem"]
    fields = fields | {"year": [2024, 2024, 2025, None]}
    found = examined(tmp_path, changed={"exam_problem": (shapes, fields)})
    lines = table_of(exam_html(found, "zh"), "各年度发现的问题去向")
    assert [[" ".join(cell) for cell in line][:6] for line in lines[1:]] == [
        ["2024", "2", "0", "1", "0", "1"],
        ["2025", "1", "1", "0", "0", "0"],
        ["年度未填 not stated", "1", "1", "0", "0", "0"],
    ]


def test_what_weighs_most_is_named_and_the_others_by_their_codes(tmp_path):
    more = "[exam.targets]\nH101 = 1\nB101 = 90\nB102 = 90\nC102 = 9\nC106 = 99\n"
    found = examined(tmp_path, more=more)
    row = found.scores[found.scores["level"] == "city"].iloc[0]
    assert len(row["missed"]) > SHOWN_MISSED
    line = next(
        line for line in table_of(exam_html(found, "zh"), "四、治理建议") if "210100" in line[1]
    )
    said = line[-1]
    assert [word for word in said if word in row["missed"][:SHOWN_MISSED]]
    assert all(any(code in word for word in said) for code in row["missed"])


def test_candidates_that_are_cut_are_said_to_be_in_the_workbook(tmp_path):
    count = SHOWN_CANDIDATES + 2
    land = [at(60 * n, 0, 60 * n + 30, 30) for n in range(count)]
    houses = [at(60 * n + 5, 5, 60 * n + 25, 25) for n in range(count)]
    codes = {"code": [f"D{n}" for n in range(count)], "land_use": ["070102"] * count}
    built = {"code": [f"B{n}" for n in range(count)], "year": [1980] * count,
             "floor_area": [100.0] * count}  # fmt: skip
    found = examined(tmp_path, changed={"exam_land": (land, codes), "building": (houses, built)})
    assert len(found.candidates) == count
    page = exam_html(found, "zh")
    assert len(table_of(page, "候选更新片区")) == SHOWN_CANDIDATES + 1
    assert f'此处列出前</span><span class="en">The first</span> {SHOWN_CANDIDATES}' in page


def test_a_sheet_that_is_cut_leads_to_the_file_that_has_all_rows(tmp_path, monkeypatch):
    import openpyxl

    monkeypatch.setattr("gisplan.render.xlsx.MOST_ROWS", 5)
    exam(open_plan(written(tmp_path))).save(tmp_path / "out", lang="zh")
    book = openpyxl.load_workbook(tmp_path / "out" / "exam.xlsx")
    last = list(book["指标评价结果统计表"].iter_rows(values_only=True))[-1]
    assert last[0] == "其余各行见 exam.json"


def test_the_workbook_begins_with_the_conclusion_and_shows_rates_to_one_decimal(tmp_path):
    import openpyxl

    found = exam(open_plan(written(tmp_path)))
    found.save(tmp_path / "out", lang="zh")
    book = openpyxl.load_workbook(tmp_path / "out" / "exam.xlsx")
    said = {row[0]: row[1] for row in book["总体结论"].iter_rows(values_only=True)}
    assert said["结论"] == conclusion(found.dossier).zh
    rates = [cell for cell in book["闭环统计"]["G"] if isinstance(cell.value, int | float)]
    assert {cell.number_format for cell in rates} == {"#,##0.0"}
    units = [cell.value for cell in book["单元项目汇总"]["D"][1:]]
    assert units == sorted(units, key=lambda count: count == 0)
