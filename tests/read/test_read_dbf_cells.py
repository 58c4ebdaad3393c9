"""Cells of a .dbf: what one wrong cell may cost, whatever stands around it."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from made_files import boxes, dbf_bytes, write_shp

from gisplan.read import dbf, dbf_cells
from gisplan.read.attributes import read_attributes
from gisplan.read.dbf import read_header
from gisplan.read.shapefile import read_shapefile
from gisplan.read.workspace import Workspace


def table(tmp_path, fields, rows, **options):
    path = tmp_path / "a.dbf"
    path.write_bytes(dbf_bytes(fields, rows, **options))
    with Workspace() as space:
        return read_attributes(path, space)


@pytest.mark.parametrize(
    "text", ["2024/7/6", "20241399", "20240230", "20240000", "99999999", "2024", "abc", "********"]
)
def test_a_date_that_is_none_keeps_its_text_and_costs_no_other_cell(tmp_path, text):
    fields = [("PZRQ", "D", 8, 0), ("MJ", "N", 10, 2), ("MC", "C", 10, 0)]
    rows = [["20240706", "1.5", "甲"], [text, "2.5", "乙"], ["", "x", ""]]
    frame = table(tmp_path, fields, rows).frame
    assert frame["PZRQ"].tolist() == [dt.date(2024, 7, 6), text, None]
    assert frame["MJ"].tolist() == [1.5, 2.5, "x"]
    assert frame["MC"].tolist() == ["甲", "乙", None]


def test_dates_alone_are_a_column_of_dates(tmp_path):
    rows = [["20240229"], ["00000000"], [b"\0" * 8], ["00010101"]]
    column = table(tmp_path, [("PZRQ", "D", 8, 0)], rows).frame["PZRQ"]
    assert column.dtype.kind == "M"
    assert column.isna().tolist() == [False, True, True, False]
    assert str(column[0].date()) == "2024-02-29"


def test_cells_end_at_a_zero_byte_and_lose_their_blanks(tmp_path):
    rows = [[b"ab\0junk"], ["  甲 "], [b"\0\0"], [b"a\nb"]]
    column = table(tmp_path, [("MC", "C", 12, 0)], rows).frame["MC"]
    assert column.tolist() == ["ab", "甲", None, "a\nb"]


def test_two_columns_of_one_name_stay_two(tmp_path):
    fields = [("MJ", "N", 8, 2), ("MJ", "N", 8, 2), ("MC", "C", 4, 0)]
    frame = table(tmp_path, fields, [["1", "2", "a"], ["3", "4", "b"]]).frame
    assert frame.to_dict("list") == {"MJ": [1, 3], "MJ_1": [2, 4], "MC": ["a", "b"]}


def test_a_table_cut_in_its_last_record_keeps_the_others(tmp_path):
    raw = dbf_bytes([("MC", "C", 8, 0), ("MJ", "N", 8, 2)], [["甲", "1"], ["乙", "2"], ["丙", "3"]])
    (tmp_path / "a.dbf").write_bytes(raw[:-9])
    with Workspace() as space:
        found = read_attributes(tmp_path / "a.dbf", space)
    assert found.frame.to_dict("list") == {"MC": ["甲", "乙"], "MJ": [1, 2]}
    assert (found.records, found.declared_records) == (2, 3)


def test_what_stands_behind_a_text_of_more_than_255_bytes_is_read(tmp_path):
    raw = bytearray(dbf_bytes([("BZ", "C", 250, 0), ("MJ", "N", 8, 2)], [["a", "1.5"]]))
    head, record = raw[: 32 + 64 + 1], raw[32 + 64 + 1 :]
    head[32 + 16], head[32 + 17] = 600 % 256, 600 // 256  # as Clipper writes it
    head[10:12] = (1 + 600 + 8).to_bytes(2, "little")
    text = "备注".encode("gb18030") * 100
    (tmp_path / "a.dbf").write_bytes(head + b" " + text.ljust(600) + record[251:])
    with Workspace() as space:
        frame = read_attributes(tmp_path / "a.dbf", space).frame
    assert frame.to_dict("list") == {"BZ": ["备注" * 100], "MJ": [1.5]}


def test_deleted_records_have_no_row_and_no_note(tmp_path):
    fields = [("MC", "C", 8, 0), ("PZRQ", "D", 8, 0), ("MJ", "N", 8, 2)]
    rows = [
        ["甲", "20240101", "1"],
        [b"\xff\xff", "never", "x"],
        ["丙", "20240103", "3"],
        [b"\xff\xfe", "20240104", "y"],
    ]
    found = table(tmp_path, fields, rows, deleted=(1,))
    assert found.frame["MC"].tolist() == ["甲", "丙", None]
    assert found.frame["MJ"].tolist() == [1, 3, "y"]
    assert found.fids.tolist() == [0, 2, 3]
    assert [n.record for n in found.notes if n.kind == "text_undecodable"] == [3]


def test_notes_name_the_row_of_the_layer_where_records_were_deleted(tmp_path):
    dbf = dbf_bytes([("MC", "C", 8, 0)], [["甲"], ["乙"], [b"\xff\xfe"]], deleted=(0,))
    path = write_shp(tmp_path / "a.shp", boxes(3), dbf)
    with Workspace() as space:
        found = read_shapefile(path, tmp_path, space)
    assert found.frame["MC"].tolist() == ["乙", None]
    assert [n.record for n in found.notes if n.kind == "text_undecodable"] == [1]


def test_a_bad_cell_costs_no_cell_of_its_chunk_or_another(tmp_path, monkeypatch):
    monkeypatch.setattr(dbf_cells, "_CHUNK", 3)
    names = ["甲", "乙", b"\xff\xff", "丁", "戊", "己", "庚"]
    found = table(tmp_path, [("MC", "C", 8, 0)], [[name] for name in names])
    assert found.frame["MC"].tolist() == ["甲", "乙", None, "丁", "戊", "己", "庚"]
    assert [n.record for n in found.notes if n.kind == "text_undecodable"] == [2]


def number_table(tmp_path, width, cells):
    path = tmp_path / "a.dbf"
    path.write_bytes(dbf_bytes([("MJ", "N", width, 2)], [[cell] for cell in cells]))
    return path, read_header(path)


@pytest.mark.parametrize("chunk", [7, 100_000])
def test_every_cell_of_a_number_field_that_is_none_is_found(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(dbf, "_CHUNK", chunk)
    letters = b" 15.+-eEx*\0"
    cells = [bytes(cell) for cell in itertools.product(letters, repeat=3)]
    cells += [bytes((*cell, 53)) for cell in itertools.product(letters, repeat=3)]
    cells += [b"1e5.3", b"1.5e", b"1.5e+03", b"1e5e3", b"1..2", b"+.5e-1", b".e3", b"5.e3"]
    path, header = number_table(tmp_path, 8, cells)
    found = dbf.wrong_numbers(path, header).get(0, {})
    for row, cell in enumerate(cells):
        text = cell.rjust(8).split(b"\0")[0].strip()
        try:
            float(text or b"0")
            wrong = False
        except ValueError:
            wrong = True
        assert (row in found) == wrong, cell


def test_a_wide_number_field_full_of_letters_is_found(tmp_path):
    for width in (253, 254, 255):
        path, header = number_table(tmp_path, width, [b"x" * width, b"1", b"*" * width])
        assert dbf.wrong_numbers(path, header) == {0: {0: "x" * width}}


def test_the_one_chinese_name_among_thousands_decides_the_encoding(tmp_path):
    names = ["A"] * 9001
    names[4001] = "沈河区"  # between two records that are looked at first
    found = table(tmp_path, [("MC", "C", 10, 0)], [[name] for name in names])
    assert found.encoding == "GB18030"
    assert found.frame["MC"][4001] == "沈河区"
