from __future__ import annotations

import datetime as dt
import json

import openpyxl
import pytest

from gisplan.errors import ReadError
from gisplan.read.found import FAULT_EN, Found
from gisplan.read.limits import Limits
from gisplan.read.places import placed
from gisplan.read.tables import json_records, read_csv, read_json_table
from gisplan.read.workbook import read_xlsx, sheets


def csv_file(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_csv_of_every_office_is_read_alike(tmp_path, encoding, sign):
    text = f"编号{sign}名称\r\n0102{sign}铁西区\r\n{sign}\r\n0103{sign}\r\n"
    frame = read_csv(csv_file(tmp_path, text, encoding)).frame
    assert list(frame.columns) == ["编号", "名称"]
    assert frame["编号"].tolist() == ["0102", "0103"]
    assert frame["名称"].tolist() == ["铁西区", None]


def test_gb18030_csv_says_so_and_utf8_does_not(tmp_path):
    text = "名称\n铁西区\n"
    assert [n.kind for n in read_csv(csv_file(tmp_path, text, "gb18030")).notes] == [
        "encoding_recovered"
    ]
    assert read_csv(csv_file(tmp_path, text)).notes == ()


def test_quoted_cells_may_hold_signs_and_line_ends(tmp_path):
    frame = read_csv(csv_file(tmp_path, 'a,b\n"x,y","1\n2"\n')).frame
    assert frame.iloc[0].tolist() == ["x,y", "1\n2"]


def test_a_title_above_the_header_is_no_header(tmp_path):
    frame = read_csv(csv_file(tmp_path, "指标汇总表,,\n编号,指标,目标值\n1,a,2\n")).frame
    assert list(frame.columns) == ["编号", "指标", "目标值"]
    assert len(frame) == 1


def test_a_row_out_of_step_carries_the_reason(tmp_path):
    frame = read_csv(csv_file(tmp_path, "lon,lat\n1,2\n3,4,5\n6\n")).frame
    assert frame[FAULT_EN].notna().tolist() == [False, True, False]
    points = placed(Found("CSV", frame, ())).frame
    assert points.geometry.isna().tolist() == [False, True, True]


def test_double_and_missing_names_get_names_of_their_own(tmp_path):
    frame = read_csv(csv_file(tmp_path, "a,a,,geometry\n1,2,3,4\n")).frame
    assert list(frame.columns) == ["a", "a_1", "column_3", "geometry_1"]


def test_an_empty_table_is_refused(tmp_path):
    with pytest.raises(ReadError, match=r"t\.csv: the table is empty"):
        read_csv(csv_file(tmp_path, " \n"))


def test_a_table_over_the_limit_is_refused_by_name(tmp_path):
    path = csv_file(tmp_path, "a,b\n" + "1,2\n" * 300_000)
    with pytest.raises(ReadError, match=r"limit of 1 MiB.*--limit table_mib=2"):
        read_csv(path, limits=Limits(table_mib=1))
    assert len(read_csv(path, limits=Limits(table_mib=2)).frame) == 300_000


def workbook(tmp_path, rows, formats=(), title="表"):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for place, shape in formats:
        sheet[place].number_format = shape
    book.create_sheet("空")
    path = tmp_path / "t.xlsx"
    book.save(path)
    return path


def test_xlsx_keeps_texts_numbers_dates_and_zeros(tmp_path):
    day = dt.datetime(2024, 7, 6)  # noqa: DTZ001 - Excel knows no zones
    rows = [["编号", "代码", "面积", "年", "日期"], ["0102", 102, 1.5, 2035.0, day], [None] * 5]
    frame = read_xlsx(workbook(tmp_path, rows, [("B2", "000000")])).frame
    assert frame.iloc[0].tolist() == ["0102", "000102", 1.5, 2035, day]
    assert len(frame) == 1


def test_xlsx_sheets_with_content_are_listed_and_others_refused(tmp_path):
    path = workbook(tmp_path, [["编号"], ["1"]])
    assert sheets(path) == ["表"]
    with pytest.raises(ReadError, match="no sheet 别的"):
        read_xlsx(path, "别的")


def test_what_is_only_called_xlsx_is_refused(tmp_path):
    path = tmp_path / "t.xlsx"
    path.write_text("<html>")
    with pytest.raises(ReadError, match=r"t\.xlsx"):
        read_xlsx(path)


def test_json_records_are_found_at_the_top_or_under_a_key(tmp_path):
    records = [{"id": "01", "n": None, "x": {"a": 1}}, {"id": "02", "y": ""}]
    assert json_records(records) == records
    assert json_records({"meta": {"n": 1}, "items": records}) == records
    assert json_records({"a": [1, 2]}) is None
    frame = read_json_table(tmp_path / "t.json", records).frame
    assert frame["id"].tolist() == ["01", "02"]
    assert frame["x"].tolist() == [json.dumps({"a": 1}), None]
    assert frame["y"].tolist() == [None, None]


@pytest.mark.parametrize(
    ("header", "row"),
    [("lon,lat", "123.4,41.8"), ("经度,纬度", "123.4,41.8"), ("x;y", "123,4;41,8")],
)
def test_points_come_from_coordinates(tmp_path, header, row):
    points = placed(read_csv(csv_file(tmp_path, f"{header}\n{row}\n"))).frame
    assert points.geometry.iloc[0].coords[0] == (123.4, 41.8)
    assert points.crs is None


def test_coordinates_that_are_none_carry_the_reason_and_blanks_do_not(tmp_path):
    text = "lon,lat,n\n123.4,41.8,a\n,,b\nabc,41,c\n1,,d\ninf,3,e\n"
    points = placed(read_csv(csv_file(tmp_path, text))).frame
    assert points.geometry.isna().tolist() == [False, True, True, True, True]
    assert points[FAULT_EN].notna().tolist() == [False, False, True, True, True]


def test_shapes_come_from_wkt(tmp_path):
    text = 'wkt;n\n"POLYGON((0 0,1 0,1 1,0 0))";a\n"POLYGON((0 0,1";b\n"SRID=4326;POINT(1 2)";c\n'
    points = placed(read_csv(csv_file(tmp_path, text))).frame
    assert points.geometry.astype(str).str[:5].tolist()[::2] == ["POLYG", "POINT"]
    assert points.geometry.isna().tolist() == [False, True, False]
    assert points[FAULT_EN].notna().tolist() == [False, True, False]


def test_a_table_without_places_is_none(tmp_path):
    assert placed(read_csv(csv_file(tmp_path, "编号,名称\n1,a\n"))) is None


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 10, "binary data"),
        ("<!DOCTYPE html><html>登录已过期</html>".encode(), "web page"),
        (b"\xef\xbb\xbf \n<OGRVRTDataSource/>", "web page or XML"),
    ],
)
def test_what_is_only_called_csv_is_refused(tmp_path, content, match):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=match):
        read_csv(path)


def test_a_column_that_begins_with_a_sign_is_text(tmp_path):
    assert read_csv(csv_file(tmp_path, "<5年,n\n1,2\n")).fields == ("<5年", "n")


def test_two_columns_of_one_name_are_said(tmp_path):
    found = read_csv(csv_file(tmp_path, "DYBH,DYMC,DYMC,n\n1,a,b,c\n"))
    assert found.fields == ("DYBH", "DYMC", "DYMC_1", "n")
    assert [note.kind for note in found.notes] == ["columns_alike"]
    assert "2 列都叫 DYMC" in found.notes[0].detail["reason_zh"]


def test_formulas_without_a_stored_result_are_said(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["编号", "面积", "合计"])
    sheet.append(["01", 5, "=B2*2"])
    sheet.append(["02", 6, 12])
    path = tmp_path / "表.xlsx"
    book.save(path)
    found = read_xlsx(path)
    assert found.frame["合计"].tolist() == [None, 12]
    (note,) = found.notes
    assert (note.kind, note.detail["count"]) == ("formulas_not_computed", 1)
    assert "C2" in note.detail["reason_zh"]


def test_rows_with_too_few_values_are_said(tmp_path):
    text = "单元一览表\nDYBH,DYMC,MJ,\n1,a,5,\n\n2,b\n3\n4,,\n"
    found = read_csv(csv_file(tmp_path, text))
    assert found.frame["DYBH"].tolist() == ["1", "2", "3", "4"]
    (note,) = found.notes
    assert (note.kind, note.detail["count"]) == ("rows_short", 2)
    assert "第 5 行只有 2 个，表头 3 列" in note.detail["reason_zh"]
    assert read_csv(csv_file(tmp_path, "a,b\n1,2\n3,\n")).notes == ()
