"""Every row of what other readers get silently wrong: data × .cpg × language byte × names."""

from __future__ import annotations

from itertools import chain, product

import pyogrio
import pytest
from made_files import boxes, dbf_bytes, write_shp

from gisplan.read.encoding import choose
from gisplan.read.shapefile import read_shapefile
from gisplan.read.workspace import Workspace

CHINESE_NAMES = ("名称", "用地性质", "备注")
PINYIN_NAMES = ("DYMC", "YDXZ", "BZ")
CELLS = (("铁西区", "二类居住用地", "拆除重建"), ("中山路", "公园绿地", "历史文化街区核心保护范围"))
RARE = (("䶮湖", "㙦口", "𬒈"), ("中山路", "公园绿地", "䶮"))
# .cpg, and what it claims: an encoding, or nothing that can be understood
CPGS = [
    (None, None),
    ("GBK", "GB18030"),
    ("936", "GB18030"),
    ("CP936", "GB18030"),
    ("GB2312", "GB18030"),
    ("gb18030", "GB18030"),
    ("ANSI 936", "GB18030"),
    ("\ufeffGBK", "GB18030"),
    ("", None),
    ("OEM", None),
    ("<!DOCTYPE html><html><body>404</body></html>", None),
    ("UTF-8", "UTF-8"),
    ("utf8", "UTF-8"),
    ("\ufeffUTF-8\r\n", "UTF-8"),
    ("65001", "UTF-8"),
    ("Big5", "Big5"),
    ("1252", "cp1252"),
]
LDIDS = {0x00: None, 0x4D: "GB18030", 0x57: "cp1252", 0x03: "cp1252", 0x78: "Big5"}


def read(path):
    with Workspace() as space:
        return read_shapefile(path, path.parent, space)


def written(tmp_path, names, cells, encoding, cpg=None, ldid=0):
    fields = [(name, "C", 60, 0) for name in names]
    dbf = dbf_bytes(fields, [list(row) for row in cells], encoding, ldid)
    return write_shp(tmp_path / "a.shp", dbf=dbf, cpg=cpg)


def claim_of(by_cpg, ldid):
    """Return what another reader would believe, and who says so."""
    if by_cpg:
        return by_cpg, "cpg"
    return (LDIDS[ldid], "ldid") if LDIDS[ldid] else ("ISO-8859-1", "default")


@pytest.mark.parametrize(("codec", "encoding"), [("gb18030", "GB18030"), ("utf-8", "UTF-8")])
def test_the_whole_matrix_is_told_right(codec, encoding):
    tried = 0
    for (cpg, by_cpg), ldid, names, cells in product(
        CPGS, LDIDS, (CHINESE_NAMES, PINYIN_NAMES), (CELLS, RARE, CELLS[:1], RARE[:1])
    ):
        raws = [text.encode(codec) for text in (*names, *chain(*cells))]
        choice = choose(raws, cpg=cpg, ldid=ldid)
        claim, by = claim_of(by_cpg, ldid)
        where = (cpg, hex(ldid), names, cells)
        assert choice.encoding == encoding, where
        assert choice.other is None, where
        overruled = (None, "") if claim == encoding else (claim, by)
        assert (choice.claimed, choice.claimed_by) == overruled, where
        tried += 1
    assert tried == len(CPGS) * len(LDIDS) * 2 * 4


@pytest.mark.parametrize(("codec", "encoding"), [("gb18030", "GB18030"), ("utf-8", "UTF-8")])
@pytest.mark.parametrize("number", range(len(CPGS)))
def test_a_file_is_read_right_whatever_it_claims(tmp_path, number, codec, encoding):
    cpg, by_cpg = CPGS[number]
    ldid = list(LDIDS)[number % len(LDIDS)]
    names = (CHINESE_NAMES, PINYIN_NAMES)[number % 2]
    cells = (CELLS, RARE)[number // 2 % 2]
    found = read(written(tmp_path, names, cells, codec, cpg, ldid))
    assert found.fields == tuple(name.encode(codec)[:11].decode(codec, "ignore") for name in names)
    got = tuple(zip(*(found.frame[name] for name in found.fields), strict=True))
    assert got == cells
    assert found.encoding == encoding
    claim, by = claim_of(by_cpg, ldid)
    if claim == encoding:
        assert found.notes == ()
    else:
        (note,) = found.notes
        said = note.detail
        assert (note.kind, note.column) == ("encoding_recovered", None)
        assert (said["declared"], said["found"], said["from"]) == (claim, encoding, by)
        assert said["text"] in str((names, cells))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_wrong_declaration_in_the_plan_file_is_overruled_with_its_evidence(tmp_path, encoding):
    right = {"utf-8": "UTF-8", "gb18030": "GB18030"}[encoding]
    wrong = {"utf-8": "GB18030", "gb18030": "UTF-8"}[encoding]
    path = written(tmp_path, PINYIN_NAMES, CELLS, encoding)
    with Workspace() as space:
        found = read_shapefile(path, tmp_path, space, wrong)
    assert found.frame["DYMC"].tolist() == ["铁西区", "中山路"]
    (note,) = found.notes
    detail = note.detail
    assert (detail["declared"], detail["found"], detail["from"]) == (wrong, right, "declared")
    assert bytes.fromhex(detail["bytes"]).decode(encoding).startswith(detail["text"])
    assert detail["instead"] != detail["text"]


@pytest.mark.parametrize("cut", range(2, 12))
def test_names_cut_inside_a_character_leave_the_file_readable(tmp_path, cut):
    raw = "用地性质".encode()[:cut]
    whole = raw.decode("utf-8", "ignore")
    dbf = dbf_bytes([(raw, "C", 60, 0), ("BH", "C", 8, 0)], [["二类居住", "1"], ["", "2"]], "utf-8")
    found = read(write_shp(tmp_path / "a.shp", dbf=dbf, cpg="UTF-8"))
    assert found.fields[0] == (whole or "column_1")
    assert found.frame.iloc[:, 0].tolist() == ["二类居住", None]


def test_two_names_that_are_cut_alike_stay_two_columns(tmp_path):
    fields = [("用地性质".encode()[:10], "C", 20, 0), ("用地性别".encode()[:10], "C", 20, 0)]
    dbf = dbf_bytes(fields, [["甲", "乙"], ["丙", "丁"]], "utf-8")
    found = read(write_shp(tmp_path / "a.shp", dbf=dbf, cpg="UTF-8"))
    assert found.fields == ("用地性", "用地性_1")
    assert found.notes == ()  # as stored they differ, so that nobody named two columns alike
    assert found.frame.iloc[0, :2].tolist() == ["甲", "乙"]


@pytest.mark.parametrize(
    ("codec", "claim", "words"),
    [
        ("big5", "Big5", ["臺北市中正區", "歷史建築", "都市更新單元"]),
        ("euc_kr", "EUC-KR", ["서울특별시", "종로구", "도시재생 문화재"]),
        ("cp949", "949", ["서울특별시", "종로구", "도시재생 문화재"]),
        ("shift_jis", "Shift_JIS", ["東京都", "さいたま市", "再開発"]),
        ("cp1250", "1250", ["Łódź", "Śródmieście", "Kraków"]),
        ("cp1251", "windows-1251", ["Москва", "площадь", "Дом культуры"]),
    ],
)
def test_other_encodings_are_believed_where_they_are_declared(tmp_path, codec, claim, words):
    dbf = dbf_bytes([("NAME", "C", 60, 0)], [[word] for word in words], codec)
    path = write_shp(tmp_path / "a.shp", boxes(len(words)), dbf, cpg=claim)
    found = read(path)
    assert found.frame["NAME"].tolist() == words
    assert found.notes == ()


@pytest.mark.parametrize("codec", ["latin-1", "utf-8", "cp1252"])
def test_accents_are_read_as_accents(tmp_path, codec):
    words = ["Köln-Mülheim", "el Barri Gòtic", "Sarrià", "Bürgerstraße"]
    dbf = dbf_bytes([("NAME", "C", 60, 0)], [[word] for word in words], codec, 0x57)
    found = read(write_shp(tmp_path / "a.shp", boxes(4), dbf))
    assert found.frame["NAME"].tolist() == words


def test_a_column_in_another_encoding_than_its_file_is_read_and_told(tmp_path):
    rows = [[a, b.encode("utf-8"), c] for a, b, c in CELLS]
    dbf = dbf_bytes([(name, "C", 60, 0) for name in PINYIN_NAMES], rows, "gb18030", 0x4D)
    found = read(write_shp(tmp_path / "a.shp", dbf=dbf))
    got = tuple(zip(*(found.frame[name] for name in PINYIN_NAMES), strict=True))
    assert got == CELLS
    (note,) = found.notes
    assert (note.kind, note.column, note.record) == ("encoding_recovered", "YDXZ", None)
    assert (note.detail["declared"], note.detail["found"]) == ("GB18030", "UTF-8")


def test_names_in_another_encoding_than_the_cells_are_read(tmp_path):
    fields = [(name.encode("gb18030"), "C", 60, 0) for name in CHINESE_NAMES]
    dbf = dbf_bytes(fields, [list(row) for row in CELLS], "utf-8")
    found = read(write_shp(tmp_path / "a.shp", dbf=dbf, cpg="UTF-8"))
    assert found.fields == CHINESE_NAMES
    assert found.frame["备注"].tolist() == ["拆除重建", "历史文化街区核心保护范围"]


@pytest.mark.parametrize(
    ("main", "other"), [("gb18030", "utf-8"), ("utf-8", "gb18030"), ("utf-8", "cp1252")]
)
def test_rows_of_another_office_are_read_and_told_by_column(tmp_path, main, other):
    names = ["铁西区", "中山路", "沈河区小南街", "大东区", "和平区"]
    odd = "Köln" if other == "cp1252" else "皇姑区北陵"
    rows = [[name] for name in names] + [[odd.encode(other)], [odd.encode(other)]]
    dbf = dbf_bytes([("DYMC", "C", 40, 0)], rows, main)
    cpg = {"gb18030": "GBK", "utf-8": "UTF-8"}[main]
    found = read(write_shp(tmp_path / "a.shp", boxes(7), dbf, cpg=cpg))
    assert found.frame["DYMC"].tolist() == [*names, odd, odd]
    (note,) = found.notes
    assert (note.kind, note.column, note.record) == ("encoding_recovered", "DYMC", 5)
    assert (note.detail["from"], note.detail["count"]) == ("column", 2)


def test_cells_that_nothing_decodes_are_named_one_by_one(tmp_path):
    rows = [["铁西区"], [b"\xff\xfe\xff"], ["中山路"], [b"ab\x81\xff"]]
    dbf = dbf_bytes([("DYMC", "C", 40, 0)], rows, "gb18030", 0x4D)
    found = read(write_shp(tmp_path / "a.shp", boxes(4), dbf))
    assert found.frame["DYMC"].tolist() == ["铁西区", None, "中山路", None]
    told = [(n.kind, n.column, n.record, n.detail["bytes"]) for n in found.notes]
    assert told == [
        ("text_undecodable", "DYMC", 1, "ff fe ff"),
        ("text_undecodable", "DYMC", 3, "61 62 81 ff"),
    ]


def test_where_two_readings_are_possible_the_doubt_is_said(tmp_path):
    raw = "陇".encode("gb18030")
    assert raw.decode("utf-8") == "¤"
    dbf = dbf_bytes([("DYMC", "C", 40, 0)], [[raw], [raw]])
    found = read(write_shp(tmp_path / "a.shp", dbf=dbf, cpg="UTF-8"))
    assert [n.kind for n in found.notes] == ["encoding_doubtful"]
    detail = found.notes[0].detail
    assert {detail["text"], detail["instead"]} == {"陇", "¤"}


@pytest.mark.parametrize(("codec", "width"), [("gb18030", 254), ("utf-8", 254), ("utf-8", 255)])
def test_a_text_at_the_limit_of_the_format_is_told(tmp_path, codec, width):
    long = ("始建于一九二四年的建筑群" * 20).encode(codec)[:width]
    dbf = dbf_bytes([("BZ", "C", width, 0)], [[long], ["短"]], codec)
    found = read(write_shp(tmp_path / "a.shp", dbf=dbf, cpg={"gb18030": "GBK"}.get(codec, codec)))
    text = found.frame["BZ"][0]
    assert ("始建于一九二四年的建筑群" * 20).startswith(text)
    (note,) = found.notes
    assert (note.kind, note.record, note.column) == ("text_cut", 0, "BZ")
    whole = len(text.encode(codec)) == width
    assert note.detail["why"] == ("limit" if whole else "inside_character")


def test_a_text_cut_inside_a_character_is_told_and_one_that_fits_is_not(tmp_path):
    cut = "更新单元名称".encode("gb18030")[:11]
    dbf = dbf_bytes([("MC", "C", 11, 0)], [[cut], ["铁西区单元"]], "gb18030", 0x4D)
    found = read(write_shp(tmp_path / "a.shp", dbf=dbf))
    assert found.frame["MC"].tolist() == ["更新单元名", "铁西区单元"]
    told = [(n.kind, n.record) for n in found.notes]
    # The column as a whole is worth a look at longer names elsewhere; the one cell is certain.
    assert told == [("text_cut", 0), ("text_fills_field", None)]


def test_codes_that_fill_their_field_are_no_cut(tmp_path):
    dbf = dbf_bytes([("DM", "C", 6, 0)], [["210102"], ["210103"]])
    assert read(write_shp(tmp_path / "a.shp", dbf=dbf)).notes == ()


def test_fields_without_a_name_of_their_own_are_read_and_told(tmp_path):
    fields = [("", "C", 10, 0), ("MC", "C", 10, 0), ("MC", "C", 10, 0)]
    dbf = dbf_bytes(fields, [["甲", "乙", "丙"]], "gb18030", 0x4D)
    found = read(write_shp(tmp_path / "a.shp", boxes(1), dbf))
    assert found.frame.iloc[0, :3].tolist() == ["甲", "乙", "丙"]
    assert found.fields == ("column_1", "MC", "MC_1")
    assert [(n.kind, n.detail["reason_en"]) for n in found.notes] == [
        ("columns_alike", "field 1 has no name and is called column_1"),
        ("columns_alike", "field 3 has the name of another and is called MC_1"),
    ]


@pytest.mark.parametrize("ldid", [0, 0x57, 0x4D])
@pytest.mark.parametrize(("kind", "text"), [("N", "９００"), ("N", "约900"), ("D", "去年")])
def test_text_where_a_number_or_a_date_should_be_is_shown_as_it_is(tmp_path, kind, text, ldid):
    dbf = dbf_bytes([("MJ", kind, 8, 0)], [[text], [""]], "gb18030", ldid)
    found = read(write_shp(tmp_path / "a.shp", dbf=dbf))
    assert found.frame["MJ"][0] == text


def test_other_readers_get_the_matrix_wrong(tmp_path):
    """The reason for all this: the same file through the reader that everybody uses."""
    path = written(tmp_path, PINYIN_NAMES, CELLS, "gb18030")
    assert pyogrio.read_dataframe(path)["DYMC"].tolist() != ["铁西区", "中山路"]
