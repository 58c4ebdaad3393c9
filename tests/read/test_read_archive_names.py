from __future__ import annotations

import random
import unicodedata
import zipfile

import pytest
from made_files import names_dbf, raw_zip, unicode_path, write_shp

from gisplan.errors import ReadError
from gisplan.read import archive as module
from gisplan.read.archive import unpack
from gisplan.read.plan import read_plan

UTF8 = 0x800
NAMES = [
    "更新单元.shp",
    "城市紫线/核心保护范围.dbf",
    "指标表.csv",
    "沈阳市/铁西区/项目.gpkg",
    "䶮.shp",
]


def names_of(tmp_path, members):
    into = tmp_path / "into"
    into.mkdir()
    unpack(raw_zip(tmp_path / "a.zip", members), into)
    return {p.relative_to(into).as_posix(): p.read_bytes() for p in into.rglob("*") if p.is_file()}


@pytest.mark.parametrize("codec", ["gb18030", "utf-8"])
def test_names_without_a_flag_are_told_by_their_bytes(tmp_path, codec):
    members = [(name.encode(codec), name.encode(), 0, b"") for name in NAMES]
    assert names_of(tmp_path, members) == {name: name.encode() for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("codec", ["gb18030", "utf-8"])
def test_one_name_is_enough(tmp_path, name, codec):
    assert list(names_of(tmp_path, [(name.encode(codec), b"", 0, b"")])) == [name]


def test_flagged_and_unflagged_names_of_one_archive_are_read_each_in_its_own_way(tmp_path):
    members = [
        ("更新单元.shp".encode(), b"1", UTF8, b""),
        ("更新单元.dbf".encode("gbk"), b"2", 0, b""),
        ("城市紫线.shp".encode(), b"3", 0, b""),
        (b"readme.txt", b"4", 0, b""),
    ]
    assert names_of(tmp_path, members) == {
        "更新单元.shp": b"1",
        "更新单元.dbf": b"2",
        "城市紫线.shp": b"3",
        "readme.txt": b"4",
    }


def test_a_name_in_the_extra_field_counts_where_it_is_this_names(tmp_path):
    raw = b"_______.shp"
    stale = "更新单元.dbf".encode("gbk")
    members = [
        (raw, b"1", 0, unicode_path("更新单元.shp", raw)),
        (stale, b"2", 0, unicode_path("旧名.dbf", b"another name")),
    ]
    assert set(names_of(tmp_path, members)) == {"更新单元.shp", "更新单元.dbf"}


def test_a_name_that_is_neither_is_kept_and_shows_its_bytes(tmp_path):
    members = [("更新单元.shp".encode("gbk"), b"1", 0, b""), (b"\xff\xfe.dbf", b"2", 0, b"")]
    assert names_of(tmp_path, members) == {"更新单元.shp": b"1", "%FF%FE.dbf": b"2"}


def test_names_of_european_dos_are_read(tmp_path):
    assert list(names_of(tmp_path, [("Köln/Straße.shp".encode("cp437"), b"", 0, b"")])) == [
        "Köln/Straße.shp"
    ]


def test_accents_that_macos_parts_are_put_together(tmp_path):
    parted = unicodedata.normalize("NFD", "Köln.shp")
    assert list(names_of(tmp_path, [(parted.encode(), b"", 0, b"")])) == ["Köln.shp"]


def test_a_backslash_inside_a_character_parts_no_folder(tmp_path):
    name = "誠.shp"  # its second byte in GBK is that of a backslash
    assert b"\\" in name.encode("gbk")
    members = [(name.encode("gbk"), b"1", 0, b""), ("更新\\单元.shp".encode("gbk"), b"2", 0, b"")]
    assert names_of(tmp_path, members) == {"誠.shp": b"1", "更新/单元.shp": b"2"}


def test_control_characters_do_not_reach_a_terminal(tmp_path):
    assert list(names_of(tmp_path, [(b"a\x1b[31m.shp", b"", 0, b"")])) == ["a%1B[31m.shp"]


def test_gbk_names_that_lead_out_are_refused(tmp_path):
    with pytest.raises(ReadError, match="out of the archive"):
        names_of(tmp_path, [("..\\更新单元.shp".encode("gbk"), b"", 0, b"")])


def test_a_flag_that_lies_is_refused_in_words(tmp_path):
    with pytest.raises(ReadError, match="say that they are UTF-8"):
        names_of(tmp_path, [("更新单元.shp".encode("gbk"), b"", UTF8, b"")])


def test_names_that_differ_only_in_case_are_both_there(tmp_path):
    members = [(b"gxdy.shp", b"1", 0, b""), (b"GXDY.shp", b"2", 0, b"")]
    assert names_of(tmp_path, members) == {"gxdy.shp": b"1", "GXDY.shp": b"2"}


def test_on_a_disk_that_cannot_hold_both_none_replaces_the_other(tmp_path, monkeypatch):
    """Windows takes GXDY.shp and gxdy.shp for one file: stood in for by a disk of small letters."""
    checked = module._checked

    def small(*args):
        return [(info, type(path)(str(path).lower())) for info, path in checked(*args)]

    monkeypatch.setattr(module, "_checked", small)
    with pytest.raises(ReadError, match="differs from another member only in case"):
        names_of(tmp_path, [(b"gxdy.shp", b"1", 0, b""), (b"GXDY.shp", b"2", 0, b"")])


def test_shapefiles_that_differ_only_in_case_keep_their_own_tables(tmp_path):
    plan = tmp_path / "plan"
    plan.mkdir()
    write_shp(plan / "gxdy.shp", dbf=names_dbf(["小", "写"], ldid=0x4D))
    write_shp(plan / "GXDY.shp")  # it has no table: the other's is not its own
    _config, raws, _notes = read_plan(plan)
    fields = {raw.record.path: raw.record.fields for raw in raws}
    assert fields["gxdy.shp"] == ("DYBH", "DYMC")
    assert fields.get("GXDY.shp", ()) == ()


def test_any_mix_of_names_gives_every_member_once(tmp_path):
    chance = random.Random(3)
    for number in range(60):
        members, wanted = [], set()
        for name in chance.sample(NAMES, chance.randint(1, len(NAMES))):
            codec, flag = chance.choice([("gb18030", 0), ("utf-8", 0), ("utf-8", UTF8)])
            extra = unicode_path(name, name.encode(codec)) if chance.random() < 0.3 else b""
            members.append((name.encode(codec), name.encode(), flag, extra))
            wanted.add(name)
        home = tmp_path / str(number)
        home.mkdir()
        found = names_of(home, members)
        assert found == {name: name.encode() for name in wanted}


def test_a_plan_in_a_gbk_archive_is_read_with_its_chinese_names(tmp_path):
    plan = tmp_path / "plan"
    plan.mkdir()
    write_shp(plan / "更新单元.shp", dbf=names_dbf(["甲", "乙"], ldid=0x4D))
    members = [
        (f"成果\\{path.name}".encode("gbk"), path.read_bytes(), 0, b"") for path in plan.iterdir()
    ]
    _config, raws, _notes = read_plan(raw_zip(tmp_path / "报批.zip", members))
    assert [raw.record.path for raw in raws] == ["报批.zip!成果/更新单元.shp"]
    assert raws[0].frame["DYMC"].tolist() == ["甲", "乙"]
    with zipfile.ZipFile(tmp_path / "报批.zip") as file:  # what others make of it
        assert "更新单元" not in "".join(file.namelist())
