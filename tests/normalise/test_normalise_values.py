from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisplan.catalogue.layers import layer_specs, make_chain
from gisplan.model import FieldSpec, Text
from gisplan.normalise.values import clean_column

TITLE = Text("字段", "field")


def clean(values, type_="code", dtype=object, pattern=None, name="x", **spec):
    field = FieldSpec(name, type_, TITLE, **spec)
    column = pd.Series(values, dtype=dtype)
    return clean_column(column, field, make_chain(), pattern)


def values_of(values, type_="code", **more):
    column, _ = clean(values, type_, **more)
    return [None if pd.isna(v) is True else v for v in column]


def kinds(values, type_="code", **more):
    return [(r.kind, r.row) for r in clean(values, type_, **more)[1]]


class TestCodes:
    @pytest.mark.parametrize(
        ("raw", "code"),
        [
            ("210102", "210102"),
            (210102, "210102"),
            (210102.0, "210102"),
            (np.float32(210102), "210102"),
            ("210102.0", "210102"),
            (" 210102\u200b", "210102"),
            ("２１０１０２－ＧＸ００１", "210102-GX001"),
            ("\ufeffgx001", "gx001"),  # letter case is kept
            ("\xa0210102\u3000", "210102"),
            ("210102—GX001", "210102-GX001"),  # a dash is a dash
            ("'0102", "0102"),
            ("’0102", "0102"),
            ("210102.", "210102"),
            ("210102。", "210102"),
            ("2.10102E+05", "210102"),  # all its digits are there
            ("—", None),
            ("N/A", None),
            ("0701", "0701"),
            ("无", "无"),
            ("", None),
            ("  ", None),
            ("NULL", None),
            ("<Null>", None),
            (None, None),
            (math.nan, None),
        ],
    )
    def test_is_text_as_written_by_hand(self, raw, code):
        assert values_of([raw]) == [code]

    def test_numeric_column_with_a_null_gives_whole_numbers(self):
        assert values_of([210102.0, math.nan], dtype=float) == ["210102", None]

    def test_point_zero_stays_where_the_column_has_other_decimals(self):
        assert values_of(["2.0", "2.1"]) == ["2.0", "2.1"]

    def test_repair_of_a_text_is_noted_with_before_and_after(self):
        _, remarks = clean(["２１０１０２", "210103"])
        assert [(r.kind, r.row, dict(r.detail)) for r in remarks] == [
            ("code_repaired", 0, {"before": "２１０１０２", "after": "210102"})
        ]

    def test_outer_spaces_are_no_repair(self):
        assert kinds([" 210102 "]) == []

    @pytest.mark.parametrize(
        ("values", "dtype"), [([2.1010219e17], float), ([16777217.0], "float32")]
    )
    def test_number_too_large_to_be_exact_is_unreadable(self, values, dtype):
        assert values_of(values, dtype=dtype) == [None]
        assert kinds(values, dtype=dtype) == [("value_unreadable", 0)]

    def test_spreadsheet_notation_is_unreadable(self):
        assert kinds(["2.10102E+17"]) == [("value_unreadable", 0)]
        assert values_of(["2.10102E+17", "12E3"]) == [None, "12E3"]
        (remark,) = clean(["2.10102E+11"])[1]
        assert "位数" in remark.detail["why_zh"]
        assert "文本" in remark.detail["todo_zh"]

    def test_long_numbers_that_all_end_in_zeros_were_cut_by_a_spreadsheet(self):
        cut = [210102001001000000, 210102001002000000]
        for values in (cut, [str(v) for v in cut], [cut[0]] * 2):
            assert values_of(values) == [None, None]
            assert kinds(values) == [("value_unreadable", 0), ("value_unreadable", 1)]

    def test_long_numbers_of_which_one_ends_otherwise_were_not(self):
        for values in (["210102001001000000", "210102001001000017"], ["210102001001000000"]):
            assert values_of(values) == values

    def test_mark_for_an_empty_cell_is_null_and_said(self):
        assert kinds(["—", "/", "-", "NULL", ""]) == [("blank_word", n) for n in range(3)]

    @given(st.lists(st.from_regex(r"[0-9A-Za-z]{1,8}(-[A-Z]{2}[0-9]{3})?", fullmatch=True)))
    def test_clean_code_comes_back_unchanged(self, codes):
        codes = [c for c in codes if c.casefold() != "null"]
        assert values_of(codes) == codes
        assert kinds(codes) == []

    @given(st.lists(st.integers(0, 10**12), min_size=1))
    def test_whole_number_is_its_digits_whatever_the_dtype(self, numbers):
        texts = [str(n) for n in numbers]
        for dtype in (object, "int64", "float64", "Int64"):
            assert values_of(numbers, dtype=dtype) == texts


class TestLostZeros:
    def test_are_restored_where_the_code_list_proves_it(self):
        column, remarks = clean(["701", "0701", 1, "12"], codelist="land_use")
        assert list(column) == ["0701", "0701", "01", "12"]
        assert [(r.row, r.detail["after"]) for r in remarks if r.kind == "code_repaired"] == [
            (0, "0701"),
            (2, "01"),
        ]

    def test_stay_lost_where_nothing_proves_them(self):
        assert values_of(["701"]) == ["701"]
        assert kinds(["9999"], codelist="land_use") == [("unknown_code_value", 0)]

    def test_are_restored_where_only_the_padded_code_fits_the_pattern(self):
        assert values_of([101.0, 1101.0], pattern=r"^\d{4}$") == ["0101", "1101"]

    def test_pattern_of_any_length_restores_nothing(self):
        assert values_of(["101"], pattern=r"^0?\d{3,}$") == ["101"]
        assert values_of(["A1"], pattern=r"^0+A1$") == ["A1"]  # letters lose no zeros

    def test_admin_codes_are_never_padded(self):
        assert values_of(["21"], pattern=r"^\d{6}$", codelist="admin") == ["21"]


class TestSlips:
    PATTERN = r"^\d{6}-GX\d{3}$"

    @pytest.mark.parametrize(
        "raw",
        [
            "210102 - GX001",
            "210102-GX\xa0001",
            "210102-gx001",
            "21O102-GX001",  # a letter
            "210l02-GX0O1",
            "210102-GXO01",
        ],
    )
    def test_of_a_unit_is_repaired_and_noted(self, raw):
        column, remarks = clean([raw], pattern=self.PATTERN)
        assert list(column) == ["210102-GX001"]
        assert remarks[-1].kind == "code_repaired"
        assert remarks[-1].detail["after"] == "210102-GX001"

    def test_letter_stays_where_no_list_proves_the_digit(self):
        assert values_of(["11O101-GX001"], pattern=self.PATTERN) == ["11O101-GX001"]
        assert kinds(["11O101-GX001"], pattern=self.PATTERN) == []  # SCH106 reports it

    def test_letter_stays_where_the_digit_gives_the_code_of_another(self):
        raw = ["210102-GX001", "21O102-GX001"]
        assert values_of(raw, pattern=self.PATTERN) == raw

    def test_spaces_and_case_stay_where_no_pattern_is_given(self):
        assert values_of(["gx 001"]) == ["gx 001"]

    @pytest.mark.parametrize("raw", ["21O102", "2l0102", "210 102"])
    def test_of_an_administrative_code_is_proved_by_the_list(self, raw):
        assert values_of([raw], codelist="admin", pattern=r"^\d{6}$") == ["210102"]
        assert kinds([raw], codelist="admin") == [("code_repaired", 0)]

    def test_of_a_land_use_code_is_proved_by_the_list(self):
        assert values_of(["O7O1", "07 01", "l4"], codelist="land_use") == ["0701", "0701", "14"]


class TestFormerPlaces:
    def test_are_said_and_not_changed(self):
        column, (remark,) = clean(["210122"], codelist="admin")
        assert list(column) == ["210122"]
        assert remark.kind == "unknown_code_value"
        assert remark.detail["former"] == "210122"

    @pytest.mark.parametrize("raw", ["210122-GX001", "210122", "210122001", "211121-GX2"])
    def test_are_found_at_the_beginning_of_a_code(self, raw):
        (remark,) = clean([raw], name="code")[1]
        assert remark.detail["former"] == raw[:6]
        assert kinds([raw], name="task") == []  # a field of codes that name no place

    def test_are_not_found_in_longer_numbers(self):
        assert kinds(["2101221", "210115-GX001"], name="code") == []


class TestNumbers:
    @pytest.mark.parametrize(
        ("raw", "number"),
        [
            ("1,234.5", 1234.5),
            ("１２３．５", 123.5),
            ("1，234", 1234.0),
            ("12 345", 12345.0),
            ("3e2", 300.0),
            (7, 7.0),
            ("1200平方米", 1200.0),
            ("1200 ㎡", 1200.0),
            ("1200m²", 1200.0),
        ],
    )
    def test_is_read(self, raw, number):
        assert values_of([raw], "number", unit="m2") == [number]
        assert kinds([raw], "number", unit="m2") == []

    @pytest.mark.parametrize(
        "raw",
        [
            "1,5",
            "1.234,5",
            "≤24",
            "约500",
            "****",
            "35%",
            "1.2公顷",
            "nan",
            "inf",
            "1_000",
            math.inf,
            "20-30",
            "20~30米",
            "无",
            "-500",
            -500.0,
            "500余",
            "(500)",
            "１．２亩",
        ],
    )
    def test_what_is_ambiguous_is_not(self, raw):
        column, remarks = clean([raw], "number", unit="m2")
        assert math.isnan(column[0])
        assert [(r.kind, r.detail["wanted"]) for r in remarks] == [("value_unreadable", "number")]

    @pytest.mark.parametrize(
        ("raw", "word"),
        [
            ("约500", "约数"),
            ("500左右", "约数"),
            ("20-30", "区间"),
            ("20～30", "区间"),
            ("≤24", "限值"),
            ("24以上", "限值"),
            ("****", "遮盖"),
            ("5**", "遮盖"),
            ("######", "遮盖"),
            ("35%", "百分数"),
            ("1,5", "逗号"),
            ("1.234,5", "逗号"),
            ("无", "零还是没有"),
            ("-500", "不能为负"),
            ("inf", "无穷大"),
            (math.inf, "无穷大"),
            ("1.2公顷", "单位"),
            ("3亩", "单位"),
        ],
    )
    def test_the_reason_is_said_in_words(self, raw, word):
        (remark,) = clean([raw], "number", unit="m2")[1]
        assert word in remark.detail["why_zh"]
        assert remark.detail["todo_zh"]
        assert remark.detail["todo_en"]

    def test_zero_is_no_negative_number_and_money_may_be_one(self):
        assert values_of([0, -0.0], "number", unit="m2") == [0.0, 0.0]
        assert values_of(["-3e2"], "number", unit="10k CNY") == [-300.0]

    @pytest.mark.parametrize("raw", ["≤24", "<=24米", "不超过24米", "24米以下", "24"])
    def test_cap_may_be_written_as_a_bound(self, raw):
        assert values_of([raw], "number", unit="m", name="height_cap") == [24.0]
        assert (kinds([raw], "number", unit="m", name="height") == []) is (raw == "24")

    def test_lower_bound_is_no_cap(self):
        assert kinds(["≥24"], "number", unit="m", name="height_cap") == [("value_unreadable", 0)]

    def test_floors_may_be_written_with_their_word(self):
        field = layer_specs()["building"].fields["floors"]
        column, remarks = clean_column(pd.Series(["6层", "6F", "6+1"]), field)
        assert list(column[:2]) == [6.0, 6.0]
        assert [r.row for r in remarks] == [2]

    def test_empty_cell_is_null_without_a_remark(self):
        column, remarks = clean(["", "NULL", None], "number")
        assert column.isna().all()
        assert remarks == []

    @pytest.mark.parametrize("raw", ["—", "-", "/", "N/A", "#N/A", "——"])
    def test_mark_for_an_empty_cell_is_null_and_said(self, raw):
        assert values_of([raw], "number") == [None]
        assert kinds([raw], "number") == [("blank_word", 0)]

    def test_float32_gets_no_false_digits(self):
        assert values_of([np.float32(0.1)], "number", dtype="float32") == [0.1]

    def test_integer_must_be_whole(self):
        assert values_of(["2025年", 2026.0], "integer") == [2025.0, 2026.0]
        assert kinds([2025.5], "integer") == [("value_unreadable", 0)]

    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_text_of_a_number_is_read_back(self, number):
        assert values_of([repr(number)], "number") == [number]


class TestDates:
    @pytest.mark.parametrize(
        "raw",
        [
            "2024-07-06",
            "2024/7/6",
            "2024.7.6",
            "20240706",
            20240706,
            20240706.0,
            "2024年7月6日",
            "２０２４年７月６日",
            "2024-07-06T00:00:00",
            "2024-07-06 08:30:00",
            45479,  # day number of a spreadsheet
            "45479",
            dt.date(2024, 7, 6),
            dt.datetime(2024, 7, 6, 8, 30),  # noqa: DTZ001 - files have no zones
            pd.Timestamp("2024-07-06", tz="Asia/Shanghai"),
            "2024-7-6",
            "2024.07.06",
            "2024-07-06T23:30:00+08:00",
            "2024-07-06T00:00:00Z",
            "2024-07-05T16:00:00Z",  # midnight in China, as a program writes it
            "2024-07-05T16:00:00.000+0000",
            pd.Timestamp("2024-07-05 16:00", tz="UTC"),
            "二〇二四年七月六日",
            "二零二四年七月六日",
            "06.07.2024",
            "6.7.2024",
        ],
    )
    def test_is_read(self, raw):
        assert values_of([raw], "date") == [pd.Timestamp("2024-07-06")]

    @pytest.mark.parametrize(
        ("raw", "date"),
        [
            ("25/12/2024", "2024-12-25"),
            ("12/25/2024", "2024-12-25"),
            ("6/6/2024", "2024-06-06"),
            ("二〇二四年十二月三十一日", "2024-12-31"),
            ("二〇二四年十月二十日", "2024-10-20"),
            (2024.2, "2024-02-01"),
            ("2024.1", "2024-01-01"),
            ("201207", "2012-07-01"),
        ],
    )
    def test_is_read_where_only_one_day_fits(self, raw, date):
        assert values_of([raw], "date") == [pd.Timestamp(date)]

    @pytest.mark.parametrize(
        ("raw", "word"),
        [
            ("24-7-6", "两位"),
            ("24年7月6日", "两位"),
            ("240706", "两位"),
            ("7/6/24", "两位"),
            ("7/6/2024", "次序"),
            ("07-06-2024", "次序"),
            ("2024-02-31", "没有这一天"),
            ("2024年2月30日", "没有这一天"),
            ("20240231", "没有这一天"),
            ("31.02.2024", "没有这一天"),
            ("2024-07-06T25:61:00Z", "没有这一天"),
            (2024.1, "小数"),  # 2024.10 without its zero
        ],
    )
    def test_the_reason_is_said_in_words(self, raw, word):
        (remark,) = clean([raw], "date")[1]
        assert (remark.kind, remark.detail["wanted"]) == ("value_unreadable", "date")
        assert word in remark.detail["why_zh"]

    def test_six_digits_are_no_months_where_one_of_the_column_cannot_be(self):
        assert kinds(["201207", "240706"], "date") == [
            ("value_unreadable", 0),
            ("value_unreadable", 1),
        ]

    @pytest.mark.parametrize(
        ("raw", "precision"),
        [("2024", "year"), (2024, "year"), ("2024年7月", "month"), ("202407", "month")],
    )
    def test_part_of_a_date_is_noted(self, raw, precision):
        (remark,) = clean([raw], "date")[1]
        assert (remark.kind, remark.detail["precision"]) == ("date_partial", precision)

    def test_whole_date_is_not(self):
        assert kinds(["2024-07-06", 45479, "20240706"], "date") == []

    @pytest.mark.parametrize(
        ("raw", "first", "last"),
        [
            ("2024年2月", "2024-02-01", "2024-02-29"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("202402", "2024-02-01", "2024-02-29"),
            ("2024", "2024-01-01", "2024-12-31"),
            (2024, "2024-01-01", "2024-12-31"),
            ("2024年", "2024-01-01", "2024-12-31"),
            ("二〇二四年二月", "2024-02-01", "2024-02-29"),
        ],
    )
    def test_part_of_a_date_begins_or_ends_a_period(self, raw, first, last):
        assert values_of([raw], "date", name="period_start") == [pd.Timestamp(first)]
        assert values_of([raw], "date", name="period_end") == [pd.Timestamp(last)]

    @pytest.mark.parametrize("raw", ["7/6/2024", "2024-13-01", "2024-02-30", "待定", "0", "24-7-6"])
    def test_what_is_none_is_unreadable(self, raw):
        assert values_of([raw], "date") == [None]
        assert kinds([raw], "date") == [("value_unreadable", 0)]

    def test_datetime_column_keeps_its_days(self):
        column = pd.Series(pd.to_datetime(["2024-07-06", None]))
        assert values_of(column, "date", dtype=column.dtype) == [pd.Timestamp("2024-07-06"), None]

    @given(st.dates(dt.date(1000, 1, 1)))
    def test_iso_date_is_read_back(self, date):
        assert values_of([date.isoformat()], "date") == [pd.Timestamp(date)]


class TestOthers:
    def test_booleans(self):
        raw = ["是", "否", "Y", "n", 1, 0.0, True, None]
        assert values_of(raw, "boolean") == [True, False, True, False, True, False, True, None]
        assert kinds(["也许"], "boolean") == [("value_unreadable", 0)]
        assert values_of(["√", "×", "有", "无", "—"], "boolean") == [True, False, True, False, None]

    def test_lists_break_at_every_separator(self):
        assert values_of(["a；b,c、d|e ， f;"], "list") == [["a", "b", "c", "d", "e", "f"]]

    def test_listed_codes_are_mapped_and_unknown_ones_named(self):
        column, remarks = clean(["微改造；M1、爆破", "爆破"], "list", codelist="mode")
        assert list(column) == [["M3", "M1", "爆破"], ["爆破"]]
        assert [(r.row, r.detail["value"]) for r in remarks] == [(0, "爆破"), (1, "爆破")]

    def test_text_keeps_its_width_and_inner_spaces(self):
        assert values_of([" 中街　（一期） \u200b", "无", 3.0], "text") == [
            "中街　（一期）",
            "无",
            "3",
        ]

    def test_values_that_are_lists_or_objects_do_not_break_a_text_column(self):
        assert values_of([["a", "b"], {"k": 1}], "text") == ["a;b", '{"k": 1}']


class TestCodeLists:
    @pytest.mark.parametrize(
        "raw",
        ["Z2", "z2", "Ｚ２", "文物保护单位保护范围", "保护范围", "Z2 保护范围", "Z2（保护范围）"],
    )
    def test_every_spelling_becomes_the_code(self, raw):
        assert values_of([raw], "text", codelist="zone") == ["Z2"]

    def test_unknown_value_stays_as_written_and_is_named(self):
        column, remarks = clean(["Z99", "Z1 保护范围"], "text", codelist="zone")
        assert list(column) == ["Z99", "Z1 保护范围"]  # two codes in one cell are none
        assert [r.kind for r in remarks] == ["unknown_code_value"] * 2

    def test_admin_codes_stay_and_only_liaoning_is_judged(self):
        raw = ["210102", "21", "2101", "219999", "110101", "沈阳市", "21010200"]
        assert values_of(raw, codelist="admin") == raw
        assert kinds(raw, codelist="admin") == [("unknown_code_value", 3)]

    def test_tier_list_knows_the_plans_own_tiers(self):
        field = layer_specs()["indicator"].fields["tier"]
        chain = make_chain(("region", "subzone"))
        column, remarks = clean_column(pd.Series(["Region", "区县", "moon"]), field, chain)
        assert list(column) == ["region", "district", "moon"]
        assert [r.row for r in remarks] == [2]
