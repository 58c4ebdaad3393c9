from __future__ import annotations

import stat
import zipfile

import pytest
from made_files import zip_with_gbk_names

from gisplan.errors import ReadError
from gisplan.read.archive import unpack
from gisplan.read.limits import DEFAULT, Limits


def refused(path, into, match, limits=DEFAULT):
    with pytest.raises(ReadError, match=match) as caught:
        unpack(path, into, limits)
    assert caught.value.text.en.startswith(f"{path.name}: ")
    outside = [p for p in into.parent.iterdir() if p not in (path, into)]
    assert outside == []


@pytest.fixture
def into(tmp_path):
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def packed(tmp_path, members):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members:
            file.writestr(name, data)
    return path


def test_names_of_chinese_windows_are_read(tmp_path, into):
    path = zip_with_gbk_names(tmp_path / "a.zip", {"更新单元.shp": b"1", "更新单元.dbf": b"2"})
    unpack(path, into)
    assert sorted(p.name for p in into.iterdir()) == ["更新单元.dbf", "更新单元.shp"]


def test_names_in_utf8_are_read_with_and_without_the_flag(tmp_path, into):
    path = packed(tmp_path, [("沈阳/单元.shp", "1")])
    raw = path.read_bytes()
    unpack(path, into)
    assert (into / "沈阳" / "单元.shp").is_file()
    # macOS writes UTF-8 and does not say so: clear bit 11 in both headers.
    bare = bytearray(raw)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        bare[raw.index(mark) + at + 1] &= ~0x08
    path.write_bytes(bytes(bare))
    other = into / "other"
    other.mkdir()
    unpack(path, other)
    assert (other / "沈阳" / "单元.shp").is_file()


@pytest.mark.parametrize("name", ["../x.shp", "a/../../x.shp", "/x.shp", "C:/x.shp", "..\\x.shp"])
def test_members_that_lead_out_are_refused(tmp_path, into, name):
    refused(packed(tmp_path, [("ok.txt", "1"), (name, "2")]), into, "out of the archive")


def test_backslashes_of_old_tools_part_folders(tmp_path, into):
    unpack(packed(tmp_path, [("in\\a.shp", "1")]), into)
    assert (into / "in" / "a.shp").is_file()


def test_links_are_refused(tmp_path, into):
    info = zipfile.ZipInfo("link.shp")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    refused(packed(tmp_path, [(info, "/etc/passwd")]), into, "symbolic link")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused(tmp_path, into):
    refused(packed(tmp_path, [("a.shp", "1"), ("a.shp", "2")]), into, "two members")


def test_more_members_than_the_limit_are_refused(tmp_path, into):
    path = packed(tmp_path, [(f"{i}.txt", "x") for i in range(4)])
    refused(path, into, "limit of 3.*--limit members=4", Limits(members=3))
    unpack(path, into, Limits(members=4))


def test_more_bytes_than_the_limit_are_refused(tmp_path, into):
    path = packed(tmp_path, [("a.bin", b"x" * 1024**2), ("b.bin", b"x" * (1024**2 + 1))])
    refused(path, into, "limit of 2 MiB.*--limit unpacked_mib=3", Limits(unpacked_mib=2))
    unpack(path, into, Limits(unpacked_mib=3))


def test_bombs_are_refused_by_their_ratio(tmp_path, into):
    path = packed(tmp_path, [("a.bin", bytes(65 * 1024**2))])
    refused(path, into, "limit of 1000.*--limit ratio=1[01]", Limits(ratio=1000))
    unpack(path, into, Limits(ratio=1100))


def test_small_members_may_be_as_dense_as_they_like(tmp_path, into):
    unpack(packed(tmp_path, [("a.bin", bytes(63 * 1024**2))]), into, Limits(ratio=2))


def test_a_member_without_a_name_is_refused(tmp_path, into):
    path = packed(tmp_path, [("x", "1")])
    path.write_bytes(path.read_bytes().replace(b"x", b"/"))
    refused(path, into, "out of the archive")


def test_broken_and_encrypted_archives_are_refused(tmp_path, into):
    path = packed(tmp_path, [("a.txt", "hello " * 100)])
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])
    refused(path, into, "broken")
    damaged = bytearray(raw)
    damaged[45] ^= 0xFF
    path.write_bytes(bytes(damaged))
    refused(path, into, "broken")
    locked = bytearray(raw)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[raw.index(mark) + at] |= 1
    path.write_bytes(bytes(locked))
    refused(path, into, "encrypted")
    path.write_text("no zip")
    refused(path, into, "broken")
