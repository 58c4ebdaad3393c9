"""findings.xlsx: sheets, columns, every finding, no formula, equal bytes."""

from __future__ import annotations

import zipfile
from dataclasses import replace

import openpyxl
import pytest

from gisplan.findings.accounts import draw_accounts
from gisplan.model import (
    Accounts,
    BalanceRow,
    CellsChanged,
    FieldsRead,
    Mended,
    Note,
    SetAside,
    Text,
)
from gisplan.pipeline import open_plan, review
from gisplan.render.content import make_content
from gisplan.render.palette import SEVERITY_FILL, VERDICT_FILL
from gisplan.render.xlsx import write_xlsx
from gisplan.testing.dossier import FORMULA, SCRIPT, small_dossier

SHEETS = [
    "汇总",
    "错误明细",
    "传导一致性检查表",
    "指标符合性表",
    "图数一致性表",
    "空间布局符合性",
    "冲突清单",
    "图斑清单",
    "单元结论",
    "未检查与隔离",
    "修复与改读",
    "审查意见表",
    "专家意见表",
]


@pytest.fixture(scope="module")
def dossier():
    return small_dossier()


def opened(dossier, tmp_path, lang="zh"):
    write_xlsx(dossier, tmp_path / "findings.xlsx", lang)
    return openpyxl.load_workbook(tmp_path / "findings.xlsx")


@pytest.fixture(scope="module")
def book(dossier, tmp_path_factory):
    return opened(dossier, tmp_path_factory.mktemp("xlsx"))


def table(book, name):
    head, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_it_has_the_sheets_of_the_list_and_the_repairs(book):
    assert book.sheetnames == SHEETS


def test_every_sheet_has_a_frozen_header_and_the_tables_a_filter(book):
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        filtered = sheet.title != "汇总" and sheet.max_row > 1
        assert not filtered or sheet.auto_filter.ref.startswith("A1:")


def test_every_finding_is_a_row_of_the_error_sheet(dossier, book):
    rows = table(book, "错误明细")
    assert [row["指纹"] for row in rows] == list(dossier.findings["fingerprint"])
    assert [row["序号"] for row in rows] == list(range(1, len(rows) + 1))
    first = rows[0]
    assert first["规则编号"] == "BND101"
    assert first["检查内容"] == "边界与控制线传导"
    assert (first["实测值"], first["限值"], first["单位"]) == (10000, 1, "㎡")
    assert first["行政区"] == "和平区"
    assert first["容差"] == "min_area=1.0"
    waived = next(row for row in rows if row["规则编号"] == "POL102")
    assert (waived["是否例外"], waived["实测值"], waived["单位"]) == ("是", 31, "%")
    assert "危房集中" in waived["例外说明"]


def test_severities_and_verdicts_are_coloured(book):
    def fill(sheet, cell):
        return "#" + book[sheet][cell].fill.start_color.rgb[2:].lower()

    assert fill("错误明细", "F2") == SEVERITY_FILL["error"]
    assert [fill("单元结论", f"D{n}") for n in (2, 3, 4, 5)] == list(VERDICT_FILL.values())


def test_codes_stay_texts(book):
    assert table(book, "单元结论")[0]["上级"] == "210102"


def test_the_chain_sheet_shows_both_ends_and_what_was_not_checked(book):
    rows = table(book, "传导一致性检查表")
    boundary = rows[0]
    assert boundary["层级（上→下）"] == "区县 → 更新单元"
    assert (boundary["上级编号"], boundary["上级名称"]) == ("210102", "和平区")
    assert (boundary["下级编号"], boundary["下级名称"]) == ("210102-GX001", "盛京皇城片区")
    assert (boundary["传导类型"], boundary["判定"]) == ("边界", "不一致")
    policy = next(row for row in rows if row["传导类型"] == "政策")
    assert (policy["上级要求"], policy["下级落实"], policy["差值"]) == (20, 31, 11)
    assert policy["判定"] == "需说明"
    timing = next(row for row in rows if row["传导类型"] == "时序")
    assert timing["判定"] == "未检查"
    assert all(row["传导类型"] for row in rows)


def test_the_indicator_sheet_lists_the_table_with_what_was_found(dossier, tmp_path, book):
    row = table(book, "指标符合性表")[0]
    assert (row["区域编号"], row["指标名称"], row["文本上报数值"]) == (
        "210102",
        "更新单元总面积",
        100,
    )
    assert row["机审结果"] == "未检查"
    findings = dossier.findings.copy()
    at = findings.index[findings["code"] == "BND101"]
    findings.loc[at, ["code", "layer", "feature", "kind"]] = ["IND104", "district", "210102", "A01"]
    row = table(opened(replace(dossier, findings=findings), tmp_path), "指标符合性表")[0]
    assert row["机审结果"] == "不符合"
    assert row["依据"]


def test_the_indicator_sheet_shows_the_balance_and_names_who_has_no_value(dossier, tmp_path):
    source = {"key": "k", "title": "某条例", "title_en": "a", "article": "", "verified": False}
    line = BalanceRow(
        tier="district", area="210102", row=0, kind="A01", indicator="A01", name="更新单元总面积",
        unit="ha", nature="binding", requirement="at_most", rollup="sum", year=None, asked=100.0,
        reserve=5.0, done=90.25, difference=-9.75, below="unit", children=3,
        missing=("210102-GX003",), judgement="unchecked", why=Text("缺少下级的值", "no value"),
        sources=(source,),
    )  # fmt: skip
    row = table(opened(replace(dossier, balance=(line,)), tmp_path), "指标符合性表")[0]
    assert (row["下级落实"], row["预留"], row["下级差值"]) == (90.25, 5, -9.75)
    assert (row["缺值的下级"], row["机审结果"]) == ("210102-GX003", "未检查")
    assert (row["依据"], row["说明"]) == ("某条例（未核实）", "缺少下级的值")
    agrees = replace(line, judgement="agrees", why=None, missing=())
    row = table(opened(replace(dossier, balance=(agrees,)), tmp_path), "指标符合性表")[0]
    assert (row["缺值的下级"], row["机审结果"]) == (None, "符合")


def test_the_conflict_sheet_has_the_heritage_findings_alone(book):
    rows = table(book, "冲突清单")
    assert len(rows) == 3
    first = rows[0]
    assert first["保护对象名称"] == "沈阳方城历史文化街区核心保护范围"
    assert (first["更新方式"], first["级别"], first["冲突等级"]) == ("新建扩建", "省级", "禁止")
    assert (first["重叠面积（㎡）"], first["占单元（%）"], first["占保护区划（%）"]) == (
        40000,
        16,
        100,
    )
    assert rows[2]["最近距离（m）"] == 20
    assert rows[2]["重叠面积（㎡）"] is None


def test_the_conflict_sheet_tells_stage_bodies_buildings_and_heights(dossier, tmp_path):
    findings = dossier.findings.copy()
    place = findings.index[findings["code"].str.startswith("HER")][0]
    findings.at[place, "measures"] = {
        "stage": "action",
        "bodies": {"LJ": 20, "WW/national": 1},
        "body_names": ["白塔", "旧楼"],
        "n_bodies": 21,
        "n_buildings": 3,
        "demolish_area_m2": 0.0,
        "height_m": 24.0,
        "height_cap_m": 9.0,
        "excess_m": 15.0,
    }
    row = table(opened(replace(dossier, findings=findings), tmp_path), "冲突清单")[0]
    assert row["阶段"] == "已确认"
    assert row["涉及保护对象数"] == "历史建筑 20；文物保护单位（全国重点） 1"
    assert row["涉及保护对象名单"] == "白塔、旧楼、另有 19 处"
    assert (row["涉及建筑数"], row["拆除建筑面积（㎡）"]) == (3, 0)
    heights = (row["规划高度（m）"], row["控制高度（m）"], row["超高（m）"])
    assert heights == (24, 9, 15)


def test_the_unit_sheet_gives_reasons_in_words(book):
    rows = {row["单元编号"]: row for row in table(book, "单元结论")}
    assert "BND101 210102-GX001 超出" in rows["210102-GX001"]["理由"]
    assert rows["210102-GX002"]["结论"] == "无法判定"
    assert rows["210102-GX002"]["未知或待办事项"] == "HER102：保护区划没有级别，无法判定"


def test_what_was_not_judged_is_listed(dossier, tmp_path):
    note = Note(
        "file_unreadable",
        "parcel",
        "a/parcel.shp",
        detail={"reason_zh": "截断", "reason_en": "cut"},
    )
    stray = Note("unrecognised", path="b/杂.csv", detail={"reason_zh": "认不出", "reason_en": "?"})
    books = draw_accounts(replace(dossier.plan, notes=(note, stray)))
    rows = table(opened(replace(dossier, accounts=books), tmp_path), "未检查与隔离")
    seen = {(row["类型"], row["规则编号"], row["要素"], row["文件"]) for row in rows}
    assert ("文件无法读取", None, None, "a/parcel.shp") in seen
    assert ("未识别的文件", None, None, "b/杂.csv") in seen
    assert ("要素已隔离", None, "210102-GX005", "unit.gpkg") in seen
    assert ("未检查", "TIM101", None, None) in seen
    assert ("检查出错", "IND104", None, None) in seen
    assert ("无法判定", "HER102", "210102-GX002", None) in seen
    assert ("说明", None, None, None) in seen
    assert ("滤除碎片", "BND101", None, None) in seen


def test_accounts_of_the_layers_stand_first_and_close(dossier, book):
    rows = [row for row in table(book, "未检查与隔离") if row["类型"] == "图层账目"]
    assert [row["要素数"] for row in rows] == [count.read for count in dossier.layers]
    unit = next(row for row in rows if row["图层"] == "更新单元")
    assert unit["原因"] == "读取 5 = 检查 4 + 隔离 1"


def test_what_was_set_aside_has_its_row_and_place(dossier, tmp_path):
    row = SetAside("unit", "u.shp", 6, "U7", 1, Text("坏", "bad"), (123.4, 41.8))
    lost = SetAside("parcel", "p.dxf", None, "", 12, Text("没有坐标系", "no CRS"))
    rows = table(
        opened(replace(dossier, accounts=Accounts(aside=(row, lost))), tmp_path), "未检查与隔离"
    )
    seen = [
        tuple(row[name] for name in ("文件", "第几条", "要素数", "经度", "纬度"))
        for row in rows
        if row["类型"] == "要素已隔离"
    ]
    assert seen == [("u.shp", 7, 1, 123.4, 41.8), ("p.dxf", None, 12, None, None)]


def test_repairs_show_area_and_cells_before_and_after(dossier, tmp_path):
    books = Accounts(
        mended=(
            Mended(
                "unit", "u.shp", 2, "U3", Text("自相交", "crossing"), 100.0, 90.0, (123.0, 41.0)
            ),
            Mended("unit", "u.shp", 3, "U4", Text("自相交", "crossing"), 0.0, 50.0),
        ),
        cells=(CellsChanged("unit", "u.shp", "code", "code_repaired", 9, ((0, "=1", "1"),)),),
        fields=(FieldsRead("unit", "u.shp", {"code": ("DYBH",)}, ("X", "Y")),),
    )
    rows = table(opened(replace(dossier, accounts=books), tmp_path), "修复与改读")
    assert [row["类型"] for row in rows] == [
        "图形已修复",
        "图形已修复",
        "编号已更正",
        "字段对应",
        "未使用的字段",
    ]
    assert [(row["面积变化（㎡）"], row["面积变化（%）"]) for row in rows[:2]] == [
        (-10, -10),
        (50, None),
    ]
    assert (rows[0]["第几条"], rows[0]["经度"], rows[1]["经度"]) == (3, 123.0, None)
    assert rows[2]["处数"] == 9
    assert rows[2]["说明"] == "第 1 条 “=1” → “1”；另有 8 处"
    assert (rows[3]["字段"], rows[3]["说明"]) == ("单元编号", "DYBH")
    assert rows[4]["说明"] == "X、Y"


def test_no_cell_is_a_formula_and_what_looks_like_one_is_neutral(dossier, book, tmp_path):
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@", "\t"))]
    assert "'" + FORMULA in texts
    assert SCRIPT in texts
    write_xlsx(dossier, tmp_path / "x.xlsx", "zh")
    with zipfile.ZipFile(tmp_path / "x.xlsx") as archive:
        for name in archive.namelist():
            assert b"<f>" not in archive.read(name)
            assert "hyperlink" not in name


def test_the_summary_names_result_versions_layers_and_files(dossier, book):
    rows = [[cell for cell in row if cell is not None] for row in book["汇总"].values]
    flat = {str(row[0]): row[1:] for row in rows if row}
    assert flat["结论"][0].startswith("错误 3 个")
    assert flat["项目名称"] == [dossier.plan.config.name]
    assert flat["更新单元"] == [5, 4, 1, 1]
    assert flat["不通过"][0] == 2
    assert flat["HER 历史文化保护"] == [4, 0, 3, 1, 1, 1, 1]
    assert dossier.run.inputs[1].sha256 in flat["unit.shp"]


def test_english_sheets_have_english_headers(dossier, tmp_path):
    book = opened(dossier, tmp_path, "en")
    assert book.sheetnames[:2] == ["summary", "findings"]
    assert table(book, "findings")[0]["severity"] == "error"
    for sheet in book:
        for cell in sheet[1]:
            assert (cell.value or "").isascii()


def test_equal_dossiers_give_equal_bytes(dossier, tmp_path):
    for name in "ab":
        write_xlsx(dossier, tmp_path / f"{name}.xlsx", "zh")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_without_findings_the_sheets_are_there_with_their_headers(dossier, tmp_path):
    empty = replace(dossier, findings=dossier.findings.iloc[:0], verdicts=dossier.verdicts.iloc[:0])
    book = opened(empty, tmp_path)
    assert book.sheetnames == SHEETS
    assert table(book, "错误明细") == []


def test_the_transmission_sheet_has_each_pair_of_tiers_and_each_indicator_once(
    sample_home, tmp_path
):
    dossier = review(open_plan(sample_home)).dossier
    rows = table(opened(dossier, tmp_path), "传导一致性检查表")
    assert rows[0]["层级（上→下）"] == "省级 → 市级"
    pairs = {(row["层级（上→下）"], row["传导内容"]): row for row in rows}
    boundary = pairs["区县 → 更新单元", "范围和公共边界"]
    assert (boundary["上级要求"], boundary["下级落实"], boundary["差值"]) == (202, 198, -4)
    assert (boundary["单位"], boundary["判定"]) == ("个", "不一致")
    assert pairs["市级 → 区县", "上级清单在下级落实"]["判定"] == "未检查"
    assert pairs["市级 → 区县", "上级清单在下级落实"]["下级落实"] is None
    on_land = [r for r in rows if r["上级编号"] == "210400" and "ZB01" in str(r["传导内容"])]
    assert [(r["上级要求"], r["下级落实"], r["差值"], r["判定"]) for r in on_land] == [
        (2043, 2235.69, 192.69, "不一致")
    ]
    assert "超出 192.69 公顷" in on_land[0]["说明"]
    parking = next(r for r in rows if r["上级编号"] == "210100" and "ZB03" in str(r["传导内容"]))
    assert "预留 120" in parking["说明"]
    assert "下级指标合计突破上级上限" not in {row["传导内容"] for row in rows}


def test_a_sheet_too_long_says_so_and_keeps_the_units_that_are_not_clear(monkeypatch, tmp_path):
    dossier = small_dossier()
    verdicts = dossier.verdicts.copy()
    verdicts.loc[0, "verdict"] = "clear"
    dossier = replace(dossier, verdicts=verdicts)
    not_clear = dossier.verdicts.loc[dossier.verdicts["verdict"] != "clear", "unit"].tolist()
    most = len(not_clear) + 1
    assert most < len(dossier.verdicts)
    for module in ("gisplan.render.xlsx", "gisplan.render.sheets.units"):
        monkeypatch.setattr(f"{module}.MOST_ROWS", most)
    write_xlsx(dossier, tmp_path / "f.xlsx", "zh")
    rows = list(openpyxl.load_workbook(tmp_path / "f.xlsx")["单元结论"].iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == [*not_clear, "其余各行见 findings.gpkg"]


def graded(dossier, tmp_path, lang="zh"):
    sheet = opened(dossier, tmp_path, lang)[{"zh": "汇总", "en": "summary"}[lang]]
    named = {"zh": "质检结论", "en": "grade"}[lang]
    return next(row[1] for row in sheet.values if row[0] == named)


def test_the_grade_is_no_pass_where_an_error_is_open_or_something_unproved(dossier, tmp_path):
    findings, verdicts = dossier.findings.copy(), dossier.verdicts.copy()
    assert graded(dossier, tmp_path).startswith("不合格；未能完整判定：")
    dossier = replace(dossier, not_fully_judged=None)
    assert graded(dossier, tmp_path) == "不合格"
    assert graded(dossier, tmp_path, "en") == "fails"
    why = Text("a.shp：无法读取", "a.shp: cannot be read")
    assert graded(replace(dossier, not_fully_judged=why), tmp_path) == (
        "不合格；未能完整判定：a.shp：无法读取"
    )
    findings.loc[findings["severity"] == "error", "state"] = "waived"
    waived = replace(dossier, findings=findings)
    assert graded(waived, tmp_path) == "不合格"  # a waived heritage conflict blocks its unit still
    verdicts.loc[verdicts["verdict"] == "blocked", "verdict"] = "undetermined"
    assert graded(replace(waived, verdicts=verdicts), tmp_path) == "未能完整判定"
    verdicts["verdict"] = "conditional"
    conditional = replace(waived, verdicts=verdicts)
    assert graded(conditional, tmp_path) == "有条件通过"
    assert graded(replace(conditional, not_fully_judged=why), tmp_path, "en") == (
        "not fully judged: a.shp: cannot be read"
    )
    clear = replace(conditional, verdicts=verdicts.assign(verdict="clear"))
    assert graded(clear, tmp_path) == "有条件通过"  # its warnings are to be explained
    findings = waived.findings.assign(state="waived")
    assert graded(replace(clear, findings=findings), tmp_path) == "合格"


def test_workbook_and_reports_grade_a_plan_alike(dossier, tmp_path):
    verdicts, findings = dossier.verdicts, dossier.findings
    for verdict in ("blocked", "undetermined", "conditional", "clear"):
        for state in ("open", "waived"):
            for why in (None, Text("a.shp：无法读取", "a.shp: cannot be read")):
                one = replace(
                    dossier,
                    verdicts=verdicts.assign(verdict=verdict),
                    findings=findings.assign(state=state),
                    not_fully_judged=why,
                )
                headline = make_content(one).headline.zh
                grade, _, reason = graded(one, tmp_path).partition("：")
                assert headline.split("：")[0] == grade.split("；")[0]
                assert bool(reason) == (why is not None)


def test_who_submitted_the_plan_is_told_where_the_plan_file_states_it(dossier, tmp_path):
    config = replace(dossier.plan.config, submitted_by="规划院")
    stated = replace(dossier, plan=replace(dossier.plan, config=config))
    for one, said in ((dossier, None), (stated, "规划院")):
        rows = opened(one, tmp_path)["汇总"].iter_rows(values_only=True)
        assert next(row[1] for row in rows if row[0] == "送检单位") == said


def test_parts_of_the_summary_have_bold_headings_and_the_band_covers_titles_alone(book):
    sheet = book["汇总"]
    bold = {row[0].value for row in sheet.iter_rows(min_row=2) if row[0].font.bold}
    assert bold == {"更新单元结论", "检查内容", "传导一致性", "图层", "文件"}
    assert [cell.fill.fgColor.rgb != "00000000" for cell in sheet[1]] == [True] * 2 + [False] * 6


def test_wide_sheets_print_on_larger_paper_and_repeat_what_names_a_row(book):
    errors, units = book["错误明细"], book["项目结论" if "项目结论" in book else "未检查与隔离"]
    assert (errors.page_setup.paperSize, errors.page_setup.fitToWidth) == (8, 2)
    assert errors.print_title_cols == "$A:$B"
    assert (units.page_setup.paperSize, units.page_setup.fitToWidth or 1) == (9, 1)
    assert errors.print_title_rows == "$1:$1"


def test_the_district_of_an_english_list_is_the_code_of_the_area(dossier, book, tmp_path):
    zh = {row["行政区"] for row in table(book, "错误明细")}
    en = {row["district"] for row in table(opened(dossier, tmp_path, "en"), "findings")}
    assert "和平区" in zh
    assert "210102" in en
    assert all(str(name).isascii() for name in en)
