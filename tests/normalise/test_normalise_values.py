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


class TestNumbers:
    @pytest.mark.parametrize(
        ("raw", "number"),
        [
            ("1,234.5", 1234.5),
            ("１２３．５", 123.5),
            ("1，234", 1234.0),
            ("12 345", 12345.0),
            ("-3e2", -300.0),
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
        ],
    )
    def test_what_is_ambiguous_is_not(self, raw):
        column, remarks = clean([raw], "number", unit="m2")
        assert math.isnan(column[0])
        assert [(r.kind, r.detail["wanted"]) for r in remarks] == [("value_unreadable", "number")]

    def test_empty_cell_is_null_without_a_remark(self):
        column, remarks = clean(["", "NULL", None], "number")
        assert column.isna().all()
        assert remarks == []

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
        ],
    )
    def test_is_read(self, raw):
        assert values_of([raw], "date") == [pd.Timestamp("2024-07-06")]

    @pytest.mark.parametrize(
        ("raw", "first", "last"),
        [
            ("2024年2月", "2024-02-01", "2024-02-29"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("202402", "2024-02-01", "2024-02-29"),
            ("2024", "2024-01-01", "2024-12-31"),
            (2024, "2024-01-01", "2024-12-31"),
            ("2024年", "2024-01-01", "2024-12-31"),
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
