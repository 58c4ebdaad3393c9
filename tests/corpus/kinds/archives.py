"""Zip archives: of the whole plan, and of one layer in its folder (30)."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.corpus.base import CLEAR
from tests.corpus.case import Damage, Kind, either, right, told
from tests.corpus.formats import SHAPEFILE

kind = Kind("Archives")
Member = tuple[str | zipfile.ZipInfo, bytes]


def packed(members: Iterable[Member], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, data in members:
            file.writestr(name, data)
    return buffer.getvalue()


def files_of(plan: Path) -> list[Member]:
    """Return the files of the plan as members, and take them away."""
    members: list[Member] = []
    for path in sorted(plan.iterdir()):
        members.append((path.name, path.read_bytes()))
        path.unlink()
    return members


def whole(make: Callable[[list[Member]], bytes]) -> dict[str, Any]:
    """Hand in the plan as plan.zip."""

    def damage(plan: Path, _canaries: Any, _source: Any) -> None:
        data = make(files_of(plan))
        plan.rmdir()
        (plan.parent / "plan.zip").write_bytes(data)

    return {"files": damage, "plan": "plan.zip"}


def zones(make: Callable[[list[Member]], bytes]) -> Damage:
    """Hand in the zones as BHQH.zip in the plan's folder."""

    def damage(plan: Path, _canaries: Any, _source: Any) -> None:
        members: list[Member] = []
        for ending in SHAPEFILE:
            path = plan / f"BHQH.{ending}"
            members.append((path.name, path.read_bytes()))
            path.unlink()
        (plan / "BHQH.zip").write_bytes(make(members))

    return damage


def put_under(folder: str) -> Callable[[list[Member]], bytes]:
    """Put all members into a folder."""
    return lambda members: packed((f"{folder}{name}", data) for name, data in members)


def plus(*more: Member) -> Callable[[list[Member]], bytes]:
    """Add members."""
    return lambda members: packed([*members, *more])


def link(name: str, target: str) -> Member:
    """Return a member that is a symbolic link."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target.encode()


def named(name: bytes, data: bytes = b"x", flag: bool = False) -> Callable[[list[Member]], bytes]:
    """Add a member whose name is in bytes of some encoding, with or without the flag of UTF-8."""

    def make(members: list[Member]) -> bytes:
        stand = "Q" * len(name)
        made = packed([*members, (stand, data)]).replace(stand.encode(), name)
        return made if not flag else _flag_last(made)

    return make


def _flag_last(data: bytes) -> bytes:
    at = data.rindex(b"PK\x01\x02")
    return data[: at + 8] + struct.pack("<H", 0x800) + data[at + 10 :]


def central(at: int, data: bytes) -> Callable[[list[Member]], bytes]:
    """Overwrite bytes in the first entry of the directory."""

    def make(members: list[Member]) -> bytes:
        made = packed(members)
        start = made.index(b"PK\x01\x02") + at
        return made[:start] + data + made[start + len(data) :]

    return make


def gbk_names(members: list[Member]) -> bytes:
    """Pack under Chinese names in GBK, as Chinese Windows does."""
    made = packed(members)
    for name, _ in members:
        stem, _, ending = str(name).rpartition(".")
        new = {"GXDY": "单元", "BHQH": "紫线"}.get(stem)
        if new:
            made = made.replace(str(name).encode(), f"{new}.{ending}".encode("gbk"))
    return made


def overlap(members: list[Member]) -> bytes:
    made = packed([*members, ("zzzz.txt", b"x")])
    first = made.index(b"PK\x01\x02")
    last = made.rindex(b"PK\x01\x02")
    return made[: last + 42] + made[first + 42 : first + 46] + made[last + 46 :]


UNSAFE = told("fatal SRC101", "plan.zip")
ZONE: dict[str, Any] = {"file": "BHQH.zip", "doubt": CLEAR}
kind("zip-plan", "the plan as a zip", right(), **whole(packed))
kind("zip-stored", "the plan as a zip without compression", right(),
     **whole(lambda m: packed(m, zipfile.ZIP_STORED)))
kind("zip-bzip2", "the plan as a zip packed by bzip2", right(),
     **whole(lambda m: packed(m, zipfile.ZIP_BZIP2)))
kind("zip-folder", "the plan in a folder inside a zip", right(), **whole(put_under("规划/")))
kind("zip-folders", "the plan three folders deep in a zip", right(), **whole(put_under("a/b/c/")))
kind("zip-backslash", "members with backslashes, as old Windows packers write", right(),
     **whole(put_under("规划\\")))
kind("zip-macos", "a zip that macOS made", right(), **whole(plus(
     ("__MACOSX/._GXDY.shp", b"\0\5\x16\7"), (".DS_Store", b"x"))))
kind("zip-gbk", "names of members in GBK", right(), **whole(gbk_names))
kind("zip-utf8-unflagged", "a name in UTF-8 without its flag", right(),
     **whole(named("说明.txt".encode())))
kind("zip-name-garbage", "a name in no encoding", either("fatal SRC101", "plan.zip"),
     **whole(named(b"\xff\xfe\xff\xfe.txt")))
kind("zip-name-flag-lies", "a name in GBK that is flagged as UTF-8",
     either("fatal SRC101", "plan.zip"), **whole(named("说明.txt".encode("gbk"), flag=True)))
kind("zip-name-long", "a name of 300 characters", either("fatal SRC101 notice", "plan.zip"),
     **whole(plus(("x" * 300 + ".txt", b"x"))))
kind("zip-name-nul", "a name with a NUL", either("fatal SRC101", "plan.zip"),
     **whole(named(b"a\0b.shp")))
kind("zip-slip", "a member that leads out of the archive", UNSAFE,
     **whole(plus(("../marker.txt", b"x"))))
kind("zip-slip-deep", "a member that leads far out", UNSAFE,
     **whole(plus(("a/b/../../../../marker.txt", b"x"))))
kind("zip-slip-backslash", "a member that leads out by backslashes", UNSAFE,
     **whole(plus(("..\\..\\marker.txt", b"x"))))
kind("zip-absolute", "a member with an absolute path", UNSAFE,
     **whole(plus(("/tmp/gisplan-corpus-marker.txt", b"x"))))
kind("zip-drive", "a member with a drive", UNSAFE, **whole(plus(("C:\\marker.txt", b"x"))))
kind("zip-link", "a symbolic link to a file outside", UNSAFE,
     **whole(plus(link("secret.csv", "../../outside/secret.csv"))))
kind("zip-link-folder", "a link to a folder and a member through it", UNSAFE,
     **whole(plus(link("sub", "../../outside"), ("sub/marker.txt", b"x"))))
kind("zip-in-zip", "a zip in the zip", either("notice SRC101", file="inner.zip"),
     **whole(plus(("inner.zip", packed([("a.txt", b"x")])))))
kind("zip-plan-in-zip", "the plan in a zip in a zip",
     either("fatal notice SRC101", file="inner.zip"),
     **whole(lambda m: packed([("inner.zip", packed(m))])))
kind("zip-empty", "an empty zip", told("fatal", "plan.zip"), **whole(lambda m: packed([])))
kind("zip-nothing", "a zip of 0 bytes", told("fatal", "plan.zip"), **whole(lambda m: b""))
kind("zip-texts", "a zip of nothing but texts", told("fatal", "plan.zip"),
     **whole(lambda m: packed([("说明.txt", b"x")])))
kind("zip-cut", "a zip cut in half", told("fatal", "plan.zip"),
     **whole(lambda m: packed(m)[:3000]))
kind("zip-no-directory", "a zip without its directory", told("fatal", "plan.zip"),
     **whole(lambda m: packed(m)[: packed(m).index(b"PK\x01\x02")]))
kind("zip-text", "a text called plan.zip", told("fatal", "plan.zip"),
     **whole(lambda m: "请解压".encode() * 40))
kind("zip-rar", "a RAR called plan.zip", told("fatal", "plan.zip"),
     **whole(lambda m: b"Rar!\x1a\x07\x01\x00" + bytes(300)))
kind("zip-prefix", "a zip behind a program, as self-extracting ones are",
     either("fatal", "plan.zip"), **whole(lambda m: b"MZ" + bytes(500) + packed(m)))
kind("zip-tail", "a zip with bytes after it", either("fatal", "plan.zip"),
     **whole(lambda m: packed(m) + bytes(100)))
kind("zip-crc", "a member with a wrong check sum", told("fatal SRC101", "plan.zip"),
     **whole(central(16, b"\1\2\3\4")))
kind("zip-size-lies", "a member that says a smaller size", told("fatal SRC101", "plan.zip"),
     **whole(central(24, struct.pack("<I", 3))))
kind("zip-size-huge", "a member that says 4 GB", told("fatal SRC101", "plan.zip"),
     **whole(central(24, struct.pack("<I", 0xFFFFFFF0))))
kind("zip-method", "a member packed by an unknown method", told("fatal SRC101", "plan.zip"),
     **whole(central(10, struct.pack("<H", 77))))
kind("zip-encrypted", "a member that is encrypted", told("fatal SRC101", "plan.zip"),
     **whole(central(8, struct.pack("<H", 1))))
kind("zip-offset", "a member that points at nothing", told("fatal SRC101", "plan.zip"),
     **whole(central(42, struct.pack("<I", 900_000))))
kind("zip-overlap", "two entries that point at one member",
     either("fatal SRC101 notice", "plan.zip"), **whole(overlap))
kind("zip-twice", "two members of one name", told("fatal SRC101", "plan.zip"),
     **whole(plus(("GXDY.dbf", b"x"))))
kind("zip-twice-case", "two members that differ in case alone",
     either("fatal SRC101 SCH105 GEO105 SRC109 notice", "plan.zip"),
     **whole(plus(("gxdy.DBF", b"x"))))
kind("zip-file-and-folder", "a member that is a file and a folder",
     told("fatal SRC101", "plan.zip"), **whole(plus(("GXDY.dbf/x.txt", b"x"))))
kind("zip-bomb", "a member of 300 MB in 300 kB", told("fatal SRC101", "plan.zip"),
     **whole(plus(("big.csv", bytes(300 * 1024**2)))), limit=60)
kind("zip-bomb-in-bomb", "a zip of zips of zeros", either("fatal SRC101 notice", "plan.zip"),
     **whole(plus(("a.zip", packed([("b.zip", packed([("z", bytes(50 * 1024**2))]))])))))
kind("zip-many", "20 000 members", told("fatal SRC101", "plan.zip"),
     **whole(lambda m: packed([*m, *((f"t/{n}.txt", b"") for n in range(20_000))],
                              zipfile.ZIP_STORED)), limit=60)
kind("zip-deep", "a member a thousand folders deep", either("fatal SRC101 notice", "plan.zip"),
     **whole(plus(("d/" * 1000 + "x.txt", b"x"))))
kind("zip-device", "members called as devices of Windows are", either("fatal SRC101", "plan.zip"),
     **whole(plus(("CON.txt", b"x"), ("nul.csv", b"x"), ("aux/x.txt", b"x"))))
kind("zip-of-zones", "zones as a zip in the plan's folder", right(), files=zones(packed))
kind("zip-of-zones-gbk", "zones as a zip with names in GBK", right(), files=zones(gbk_names))
for name, make in (
    ("cut", lambda m: packed(m)[:400]), ("empty", lambda m: packed([])), ("nothing", lambda m: b""),
    ("crc", central(16, b"\1\2\3\4")), ("encrypted", central(8, struct.pack("<H", 1))),
    ("slip", plus(("../../marker.txt", b"x"))), ("no-shp", lambda m: packed(m[1:])),
    ("link", plus(link("a.shp", "/etc/passwd"))),
):
    kind(f"zip-of-zones-{name}", f"zones as a zip: {name.replace('-', ' ')}",
         told("SRC101 SRC109 notice", **ZONE), files=zones(make))
