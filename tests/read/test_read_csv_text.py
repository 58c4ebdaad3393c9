from __future__ import annotations

import pytest

from gisplan.errors import ReadError
from gisplan.read.found import FAULT_EN
from gisplan.read.tables import read_csv

HEAD = "编号,名称,级别\n"
ROWS = ["1,张氏帅府,国家级\n", "2,中山广场,省级\n", "3,奉天驿,市级\n", "4,䶮湖,区级\n"]


def read(tmp_path, raw, encoding=None):
    path = tmp_path / "名录.csv"
    path.write_bytes(raw)
    return read_csv(path, encoding)


def said(found):
    return [(n.kind, n.column, n.record, n.detail.get("bytes")) for n in found.notes]


def lines(codec, rows=ROWS):
    return (HEAD + "".join(rows)).encode(codec)


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-8-sig", "utf-16", "utf-16-le"])
def test_every_encoding_is_read(tmp_path, codec):
    found = read(tmp_path, lines(codec))
    assert found.frame["名称"].tolist() == ["张氏帅府", "中山广场", "奉天驿", "䶮湖"]
    assert [n.kind for n in found.notes] == (
        ["encoding_recovered"] if codec in {"gb18030", "utf-16-le"} else []
    )


def test_big5_without_a_word_is_found_by_its_hanzi(tmp_path):
    text = "編號,名稱,級別\n1,張氏帥府建築群,國家級文物保護單位\n2,中山廣場,歷史建築\n"
    found = read(tmp_path, text.encode("big5"))
    assert found.frame["名稱"].tolist() == ["張氏帥府建築群", "中山廣場"]
    assert found.encoding == "Big5"


def test_a_cell_that_nothing_decodes_is_empty_and_named(tmp_path):
    raw = lines("utf-8").replace("中山广场".encode(), b"\xff\xfe")
    found = read(tmp_path, raw)
    assert found.frame["名称"].tolist() == ["张氏帅府", None, "奉天驿", "䶮湖"]
    assert said(found) == [("text_undecodable", "名称", 1, "ff fe")]


@pytest.mark.parametrize(("main", "other"), [("utf-8", "gb18030"), ("gb18030", "utf-8")])
def test_a_row_of_another_office_is_read_and_told(tmp_path, main, other):
    raw = lines(main).replace(ROWS[1].encode(main), ROWS[1].encode(other))
    found = read(tmp_path, raw)
    assert found.frame["名称"].tolist() == ["张氏帅府", "中山广场", "奉天驿", "䶮湖"]
    assert found.frame["级别"].tolist() == ["国家级", "省级", "市级", "区级"]
    told = [(n.column, n.record) for n in found.notes if n.detail["from"] == "column"]
    assert told == [("名称", 1), ("级别", 1)]


def test_a_zero_byte_inside_a_cell_is_named_and_padding_is_not(tmp_path):
    raw = lines("utf-8").replace("中山广场".encode(), "中山\0广场".encode())
    raw = raw.replace("奉天驿".encode(), "奉天驿\0\0".encode())
    found = read(tmp_path, raw)
    assert found.frame["名称"].tolist() == ["张氏帅府", None, "奉天驿", "䶮湖"]
    assert said(found)[0][:3] == ("text_undecodable", "名称", 1)
    assert " 00 " in said(found)[0][3]


def test_a_name_of_a_column_that_nothing_decodes_is_shown_in_part(tmp_path):
    raw = lines("utf-8").replace("级别".encode(), b"J\xff\xfe")
    found = read(tmp_path, raw)
    assert found.fields == ("编号", "名称", "J◇◇")
    assert said(found) == [("text_undecodable", "J◇◇", None, "4a ff fe")]
    # Two of them may look alike.
    found = read(tmp_path, raw.replace("编号".encode(), b"J\xfe\xff"))
    assert found.fields == ("J◇◇", "名称", "J◇◇_1")


def test_hanzi_whose_second_byte_is_a_bar_do_not_part_a_cell(tmp_path):
    name = "潀x"
    assert b"|" in name.encode("gb18030")[:2]
    raw = "".join([HEAD, *ROWS, f"5,{name},市级\n"]).replace(",", "|").encode("gb18030")
    found = read(tmp_path, raw)
    assert found.frame["名称"].tolist()[-1] == name


def test_a_quotation_that_is_never_closed_swallows_no_rows(tmp_path):
    raw = lines("utf-8", [ROWS[0], '2,"中山广场,省级\n', *ROWS[2:]])
    with pytest.raises(ReadError, match="begins in line 3 is never closed"):
        read(tmp_path, raw)
    closed = read(tmp_path, lines("utf-8", [ROWS[0], '2,"中山,广场\n北",省级\n', *ROWS[2:]]))
    assert closed.frame["名称"].tolist()[1] == "中山,广场\n北"


def test_a_declared_encoding_is_used(tmp_path):
    found = read(tmp_path, lines("gb18030"), "GBK")
    assert (found.encoding, found.encoding_from, found.notes) == ("GB18030", "declared", ())


def test_plain_ascii_says_nothing(tmp_path):
    found = read(tmp_path, b"id,name\n1,a\n")
    assert (found.encoding, found.notes) == ("ASCII", ())


def test_two_rows_that_became_one_do_not_cost_the_rows_above_them(tmp_path):
    rows = [*ROWS[:2], ROWS[2].rstrip("\n") + "," + ROWS[3]]
    found = read(tmp_path, lines("utf-8", rows))
    assert found.frame["名称"].tolist() == ["张氏帅府", "中山广场", "奉天驿"]
    assert found.frame[FAULT_EN].notna().tolist() == [False, False, True]


def test_rows_above_the_header_are_told_and_a_title_is_not(tmp_path):
    title = read(tmp_path, ("保护名录,,\n" + HEAD + "".join(ROWS)).encode())
    assert (title.notes, len(title.frame)) == ((), 4)
    wide = HEAD.replace("\n", ",年代,地址\n") + "".join(r.replace("\n", ",清,沈\n") for r in ROWS)
    more = read(tmp_path, ("单位,公顷,,,\n" + wide).encode())
    assert len(more.frame) == 4
    (note,) = more.notes
    assert (note.kind, note.detail["reason_en"]) == (
        "left_out",
        "1 rows above the header are no records",
    )
