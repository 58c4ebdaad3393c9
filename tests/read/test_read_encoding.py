from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gisplan.read.encoding import canonical, choose, decode, detect

LINES = """名称 编号 面积 更新单元 用地性质代码 更新方式 拆除重建 综合整治 沈河区 历史文化街区
核心保护范围 建设控制地带 文物保护单位 规划容积率 责任单位 中山路 区 市 城市紫线 备注 批准日期
葫芦岛 联通 张氏帅府"""
WORDS = LINES.split()
CLAIMS = [None, "UTF-8", "GBK", "936", "Big5", "OEM", "ANSI 936", "65001", "", "<!DOCTYPE html>"]


@pytest.mark.parametrize("count", [1, 2, 5, 30])
@pytest.mark.parametrize("ldid", [0x00, 0x03, 0x4D, 0x57])
@pytest.mark.parametrize("written", ["utf-8", "gb18030"])
def test_planning_words_are_read_right_whatever_is_claimed(count, ldid, written):
    picker = random.Random(count)
    for _ in range(20):
        cells = [picker.choice(WORDS).encode(written) for _ in range(count)]
        for claim in CLAIMS:
            choice = choose(cells, cpg=claim, ldid=ldid)
            assert choice.encoding == {"utf-8": "UTF-8", "gb18030": "GB18030"}[written], claim


@pytest.mark.parametrize("written", ["latin-1", "utf-8"])
@pytest.mark.parametrize("word", ["Köln", "Bürgerstraße", "Gòtic", "Sarrià", "KüRZEL", "NOMDéPART"])
def test_european_text_is_told_from_chinese(word, written):
    wanted = {"latin-1": "ISO-8859-1", "utf-8": "UTF-8"}[written]
    assert detect([word.encode(written)]) == wanted


def test_gbk_that_happens_to_be_valid_utf8_is_still_gbk():
    raw = "茅贸猫A".encode("gbk")
    assert raw.decode("utf-8") == "éóèA"
    assert detect([raw]) == "GB18030"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8), st.booleans())
def test_order_of_cells_does_not_matter(words, utf8):
    cells = [word.encode("utf-8" if utf8 else "gb18030") for word in words]
    assert detect(cells) == detect(cells[::-1])


def test_plain_ascii_tells_nothing_and_overrules_nothing():
    assert detect([b"210102", b"Shenyang"]) is None
    choice = choose([b"210102"], cpg="UTF-8")
    assert (choice.encoding, choice.source, choice.claimed) == ("UTF-8", "cpg", None)


def test_a_wrong_cpg_is_overruled_and_named():
    choice = choose(["更新单元".encode("gb18030")], cpg="UTF-8")
    assert (choice.encoding, choice.source) == ("GB18030", "detected")
    assert (choice.claimed, choice.claimed_by) == ("UTF-8", "cpg")


def test_a_right_cpg_stands_silently():
    choice = choose(["更新单元".encode("gb18030")], cpg="GBK")
    assert (choice.encoding, choice.source, choice.claimed) == ("GB18030", "cpg", None)


def test_what_no_cpg_says_is_an_overruled_default():
    choice = choose(["更新单元".encode("gb18030")])
    assert (choice.claimed, choice.claimed_by) == ("ISO-8859-1", "default")


def test_the_declared_encoding_wins_over_evidence():
    choice = choose(["更新单元".encode("gb18030")], declared="Big5", cpg="UTF-8")
    assert (choice.encoding, choice.source, choice.claimed) == ("Big5", "declared", None)


def test_a_declared_encoding_that_cannot_be_is_overruled():
    choice = choose(["更新单元".encode("gb18030")], declared="UTF-8")
    assert (choice.encoding, choice.claimed, choice.claimed_by) == ("GB18030", "UTF-8", "declared")


def test_big5_is_believed_only_where_it_is_said():
    cells = ["臺北市中正區圖書館".encode("big5")]
    assert choose(cells, cpg="Big-5").encoding == "Big5"
    assert choose(["拆除重建".encode("gb18030")], cpg="Big5").encoding == "GB18030"


def test_another_single_byte_page_is_believed():
    assert choose(["Łódź Śródmieście".encode("cp1250")], cpg="ANSI 1250").encoding == "cp1250"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("GBK", "GB18030"),
        ("936", "GB18030"),
        ("cp936", "GB18030"),
        ("GB2312", "GB18030"),
        ("ANSI 936", "GB18030"),
        ("65001", "UTF-8"),
        ("utf8", "UTF-8"),
        ("\ufeffUTF-8", "UTF-8"),
        ("Big-5", "Big5"),
        ("88591", "ISO-8859-1"),
        ("1252", "cp1252"),
        ("OEM", None),
        ("hex", None),
        ("rot13", None),
    ],
)
def test_names_of_encodings(name, wanted):
    assert canonical(name) == wanted


def test_rare_hanzi_of_gb18030_survive_the_name_gbk():
    assert decode("䶮𬒈".encode("gb18030"), canonical("GBK") or "") == "䶮𬒈"


@pytest.mark.parametrize(("encoding", "codec"), [("UTF-8", "utf-8"), ("GB18030", "gb18030")])
def test_a_full_cell_that_ends_inside_a_character_keeps_the_rest(encoding, codec):
    raw = "更新单元".encode(codec)[:-1]
    assert decode(raw, encoding, width=len(raw)) == "更新单"
    # A short cell was not cut by its field: its last byte is wrong, and so is the cell.
    assert decode(raw, encoding, width=len(raw) + 20) is None


def test_a_wrong_byte_inside_a_cell_is_not_a_cut():
    raw = b"ab\xff" + "单元".encode()
    assert decode(raw, "UTF-8", width=len(raw)) is None
