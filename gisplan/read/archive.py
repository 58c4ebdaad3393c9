"""Unpacks zip archives safely, also those that Chinese Windows made."""

from __future__ import annotations

import math
import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from gisplan.errors import ReadError
from gisplan.model import Text
from gisplan.read.archive_names import member_names
from gisplan.read.limits import DEFAULT, Limits, over

_ENCRYPTED = 0x1
_CHUNK = 1 << 20
_SMALL = 64 * 1024**2  # bytes up to which a member may be as dense as it likes


def _error(archive: Path, zh: str, en: str) -> ReadError:
    return ReadError(f"{archive.name}：{zh}", f"{archive.name}: {en}")


def _check_ratio(archive: Path, info: zipfile.ZipInfo, name: str, limits: Limits) -> None:
    if info.file_size > _SMALL and info.file_size > limits.ratio * info.compress_size:
        ratio = math.ceil(info.file_size / max(info.compress_size, 1))
        name = name[:80]
        raise over(
            archive.name,
            "ratio",
            ratio,
            f"成员 {name} 压缩了 {ratio} 倍，超过上限 {limits.ratio:g}",
            f"member {name} is packed {ratio} times, more than the limit of {limits.ratio:g}",
        )


def _member_path(archive: Path, info: zipfile.ZipInfo, name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    unsafe: Text | None = None
    if not path.parts or path.is_absolute() or name[1:2] == ":" or ".." in path.parts:
        unsafe = Text(
            "成员路径指向压缩包之外，请只用规划文件重新打包",
            "a member's path leads out of the archive; pack the plan's files anew",
        )
    elif stat.S_ISLNK(info.external_attr >> 16):
        unsafe = Text(
            "含符号链接，请换成文件本身后重新打包",
            "it holds a symbolic link; put the file itself there and pack it anew",
        )
    elif info.flag_bits & _ENCRYPTED:
        unsafe = Text("已加密，请解密后再用", "it is encrypted; decrypt it first")
    if unsafe:
        raise _error(archive, f"{unsafe.zh}（{name[:80]}）", f"{unsafe.en} ({name[:80]})")
    return path


def _checked(
    archive: Path, file: zipfile.ZipFile, limits: Limits
) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    infos = file.infolist()
    if len(infos) > limits.members:
        raise over(
            archive.name,
            "members",
            len(infos),
            f"成员 {len(infos)} 个，超过上限 {limits.members}",
            f"{len(infos)} members, more than the limit of {limits.members}",
        )
    size = sum(info.file_size for info in infos)
    if size > limits.unpacked:
        raise over(
            archive.name,
            "unpacked_mib",
            size / 1024**2,
            f"解压后超过上限 {limits.unpacked_mib:g} MiB",
            f"more than the limit of {limits.unpacked_mib:g} MiB unpacked",
        )
    out: list[tuple[zipfile.ZipInfo, PurePosixPath]] = []
    seen: set[PurePosixPath] = set()
    for info, name in zip(infos, member_names(infos), strict=True):
        path = _member_path(archive, info, name)
        _check_ratio(archive, info, name, limits)
        if name.endswith("/") or "__MACOSX" in path.parts[:1]:
            continue
        if path in seen:
            raise _error(
                archive,
                f"有两个同名成员 {path}，请改名后重新打包",
                f"two members are called {path}; rename one and pack them anew",
            )
        seen.add(path)
        out.append((info, path))
    return out


def _extract(archive: Path, file: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    """Write one member; zipfile gives no more bytes than the member declares."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():  # on a disk that takes A.shp and a.shp for one, none may replace the other
        raise _error(
            archive,
            f"{target.name} 与另一成员只差大小写，无法同时解压，请改名后重新压缩",
            f"{target.name} differs from another member only in case; rename it and pack again",
        )
    with file.open(info) as source, target.open("wb") as out:
        shutil.copyfileobj(source, out, _CHUNK)


def unpack(archive: Path, into: Path, limits: Limits = DEFAULT) -> None:
    """Unpack a zip archive into an empty folder.

    Raises
    ------
    ReadError
        Not a zip, broken, encrypted, a member that would leave the folder, a link, two members
        of one name, or more than the limits allow. Nothing outside the folder is written.
    """
    try:
        with zipfile.ZipFile(archive) as file:
            for info, path in _checked(archive, file, limits):
                _extract(archive, file, info, into / path)
    except UnicodeDecodeError:
        raise _error(
            archive,
            "成员文件名自称 UTF-8 而不是，请重新压缩",
            "names of members say that they are UTF-8 and are not; pack it again",
        ) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _error(
            archive,
            f"压缩包已损坏（{error}），请重新复制或打包",
            f"the archive is broken ({error}); copy it again, or pack it anew",
        ) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise _error(archive, f"无法解压（{reason}）", f"cannot be unpacked ({reason})") from None
