"""Columns cleaned at a stroke are as if each cell had been cleaned by itself."""

from __future__ import annotations

import unicodedata

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings

from gisplan.normalise import codes as codes_module
from gisplan.normalise import free_text, plain
from gisplan.normalise.codes import clean_codes
from gisplan.normalise.free_text import clean_text
from gisplan.normalise.numbers import clean_numbers
from gisplan.normalise.plain import is_plain_codes, is_plain_texts, merge, split
from gisplan.normalise.text import distinct, is_blank, is_null, narrow, strip

# fmt: off
ODD = (
    "", " ", "null", "NULL", "<Null>", "—", "N/A", "A1\n", "\nA1", "a\nb", " A1", "A1 ", "210102.0",
    "2.1", "2.1E+17", "9" * 15, "9" * 16, "1" * 15 + "000", "GX-001", "001", "Ａ１", "甲", "甲 ",
    "\u3000甲", "\u200b甲", "甲\u00a0", "'01", "A1。", "n", "nul", "l",
)
# fmt: on
CELLS = st.lists(
    st.one_of(st.sampled_from(ODD), st.text(max_size=6), st.integers(-5, 10**19), st.none()),
    max_size=40,
)


def column(values):
    return pd.Series(values, dtype=object)


def one_by_one(monkeypatch, clean, values):
    with monkeypatch.context() as patch:
        for module in (codes_module, free_text):
            patch.setattr(module, "split", lambda c, _test: split(c, lambda _lines: False))
        return clean(column(values))


@pytest.mark.parametrize("chunk", [1, 3, 4096])
@settings(max_examples=60, deadline=None)
@given(values=CELLS)
@example(values=["a1", "null", "b2"])
@example(values=["A1\n"])
@example(values=["A1", "1" * 15 + "000", "2" * 15 + "000"])
@example(values=[210102, "210102", 7, True])
def test_codes_and_texts_are_as_if_read_alone(chunk, values):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain, "_CHUNK", chunk)
        together, remarks = clean_codes(column(values))
        alone, remarks_alone = one_by_one(patch, clean_codes, values)
        assert together.spread().tolist() == alone.spread().tolist()
        assert remarks == remarks_alone
        texts = clean_text(column(values)).spread().tolist()
        assert texts == one_by_one(patch, clean_text, values).spread().tolist()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=8))
@example("null")
@example("Null")
@example("9" * 16)
@example("A-")
def test_what_is_plain_needs_no_cleaning(text):
    if is_plain_texts(text):
        assert strip(text) == text
        assert not is_null(text)
    if is_plain_codes(text):
        assert narrow(text) == text
        assert not is_blank(text)
        assert not (text.isdigit() and len(text) > 15)


def test_no_invisible_or_blank_character_is_plain():
    odd = [
        chr(c)
        for c in range(0x30000)
        if unicodedata.category(chr(c)) in {"Cc", "Cf", "Zs", "Zl", "Zp"} or strip(chr(c)) == ""
    ]
    assert len(odd) > 100
    for char in odd:
        assert not is_plain_texts(char), hex(ord(char))
        assert char in " \n" or not is_plain_texts(f"甲{char}乙"), hex(ord(char))
        assert not is_plain_codes(f"1{char}") or char == "\n"


def test_most_of_a_column_stays_plain_beside_an_odd_cell():
    values = [f"GX{n:05d}" for n in range(20_000)]
    values[777] = " GX00777"
    known, rest = split(distinct(column(values)), is_plain_codes)
    assert rest.values == [" GX00777"]
    assert len(known.values) == len(values) - 1
    assert merge(known, rest).spread().tolist() == values


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("unit", ["m2", ""])
def test_numbers_that_are_numbers_are_as_if_read_as_text(unit, whole):
    numbers = [1.0, 2.5, -3.0, float("nan"), float("inf"), -0.0, 1e300, 7.0]
    texts = ["1", "2.5", "-3", "", "inf", "0", "1e300", "7"]
    read, remarks = clean_numbers(pd.Series(numbers), unit, whole)
    mixed, more = clean_numbers(column([*numbers[:-1], "7"]), unit, whole)
    same, as_texts = clean_numbers(column(texts), unit, whole)
    np.testing.assert_array_equal(read, same)
    np.testing.assert_array_equal(mixed, same)
    assert [r.row for r in remarks] == [r.row for r in more] == [r.row for r in as_texts]
    assert not np.signbit(read[5])


def test_whole_numbers_keep_their_value():
    for dtype in ("int32", "int64", "uint8", "object"):
        read, remarks = clean_numbers(pd.Series([3, 200, 0], dtype=dtype), "floor", whole=True)
        assert read.tolist() == [3.0, 200.0, 0.0]
        assert remarks == []
