from __future__ import annotations

import random

import pytest

from gisplan.read.cells import decode_cells

LINE = "铁西区 更新单元 历史文化街区 中山路 沈河区 城市紫线 备注 建设控制地带 张氏帅府"
WORDS = LINE.split()


def test_sound_cells_are_decoded_and_nothing_is_said():
    cells = decode_cells([word.encode() for word in WORDS], "UTF-8", 40)
    assert (cells.texts, cells.cut, cells.lost, cells.other) == (WORDS, [], [], {})


@pytest.mark.parametrize(("main", "other"), [("gb18030", "utf-8"), ("utf-8", "gb18030")])
@pytest.mark.parametrize("odd", WORDS)
def test_one_cell_in_another_encoding_is_found_among_many(main, other, odd):
    names = {"gb18030": "GB18030", "utf-8": "UTF-8"}
    raws = [word.encode(main) for word in WORDS if word != odd]
    cells = decode_cells([*raws, odd.encode(other)], names[main], 60)
    assert cells.texts[-1] == odd
    assert cells.other == {len(raws): names[other]}


def test_a_cell_of_another_encoding_may_be_cut_too():
    raw = "更新单元名".encode()[:13]
    cells = decode_cells(["铁西区".encode("gb18030"), raw], "GB18030", 13)
    assert cells.texts == ["铁西区", "更新单元"]
    assert (cells.other, cells.cut) == ({1: "UTF-8"}, [1])


def test_hanzi_that_are_letters_of_many_scripts_in_utf8_are_told_by_their_column():
    raw = "学习".encode("gb18030")
    assert raw.decode("utf-8") == "ѧϰ"
    cells = decode_cells([*(word.encode() for word in WORDS), raw], "UTF-8", 40)
    assert cells.texts[-1] == "学习"
    # A column of Greek and Cyrillic is one: nothing is odd about it.
    greek = [word.encode() for word in ("Αθήνα", "Πειραιάς", "Москва", "ѧϰ")]
    assert decode_cells(greek, "UTF-8", 40).texts[:3] == ["Αθήνα", "Πειραιάς", "Москва"]


def test_hanzi_in_a_column_of_accents_are_told():
    raws = [w.encode("latin-1") for w in ("Köln", "Mülheim", "Ägidienberg")]
    raws += ["历史文化".encode("gb18030"), "历史文化".encode()]
    cells = decode_cells(raws, "ISO-8859-1", 40)
    assert cells.texts == ["Köln", "Mülheim", "Ägidienberg", "历史文化", "历史文化"]
    assert cells.other == {3: "GB18030", 4: "UTF-8"}


@pytest.mark.parametrize("raw", [b"ab\xff\xffcd", b"\xff", b"\xe6\x9b\xb4\xe6\x96 x", b"\x80\x80"])
def test_what_no_encoding_makes_sense_of_is_lost_and_not_guessed(raw):
    for encoding in ("UTF-8", "GB18030"):
        if encoding == "GB18030" and raw.startswith(b"\xe6"):
            continue  # valid there, and all that can be said
        cells = decode_cells(["铁西区".encode(encoding), raw], encoding, 40)
        assert (cells.texts[1], cells.lost, cells.other) == (None, [1], {})


def test_bytes_at_random_never_raise_and_every_cell_is_accounted_for():
    chance = random.Random(11)
    for _ in range(400):
        raws = list({chance.randbytes(chance.randint(1, 12)).strip(b"\0") for _ in range(6)})
        for encoding in ("UTF-8", "GB18030", "Big5", "cp932", "cp949", "cp1252", "ISO-8859-1"):
            cells = decode_cells(raws, encoding, chance.choice([0, 12]))
            assert len(cells.texts) == len(raws)
            assert [at for at, text in enumerate(cells.texts) if text is None] == cells.lost


def test_cells_that_hold_line_ends_keep_their_places():
    raws = ["铁西\n区".encode("gb18030"), "更新\n单元".encode(), "甲".encode("gb18030")]
    cells = decode_cells(raws, "GB18030", 60)
    assert cells.texts == ["铁西\n区", "更新\n单元", "甲"]
    assert cells.other == {1: "UTF-8"}
