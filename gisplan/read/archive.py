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
from gisplan.read.encoding import detect
from gisplan.read.limits import DEFAULT, Limits, over

_UTF8_FLAG = 0x800
_ENCRYPTED = 0x1
_CHUNK = 1 << 20
_SMALL = 64 * 1024**2  # bytes up to which a member may be as dense as it likes


def _error(archive: Path, zh: str, en: str) -> ReadError:
    return ReadError(f"{archive.name}：{zh}", f"{archive.name}: {en}")


def _name_encoding(archive: Path) -> str | None:
    """Return the encoding of member names that do not say they are UTF-8.

    zipfile reads such names as cp437; Chinese Windows writes them in GBK, macOS in UTF-8.
    """
    with zipfile.ZipFile(archive) as file:
        plain = [info.filename for info in file.infolist() if not info.flag_bits & _UTF8_FLAG]
    raw = [name.encode("cp437") for name in plain if not name.isascii()]
    if not raw:
        return None
    found = detect(raw)
    return found if found in {"UTF-8", "GB18030"} else "cp437"


def _check_ratio(archive: Path, info: zipfile.ZipInfo, limits: Limits) -> None:
    if info.file_size > _SMALL and info.file_size > limits.ratio * info.compress_size:
        ratio = math.ceil(info.file_size / max(info.compress_size, 1))
        name = info.filename[:80]
        raise over(
            archive.name,
            "ratio",
            ratio,
            f"成员 {name} 压缩了 {ratio} 倍，超过上限 {limits.ratio:g}",
            f"member {name} is packed {ratio} times, more than the limit of {limits.ratio:g}",
        )


def _member_path(archive: Path, info: zipfile.ZipInfo) -> PurePosixPath:
    name = info.filename.replace("\\", "/")
    path = PurePosixPath(name)
    unsafe: Text | None = None
    if (
        not path.parts
        or path.is_absolute()
        or name[1:2] == ":"
        or ".." in path.parts
        or "\0" in name
    ):
        unsafe = Text("成员路径指向压缩包之外", "a member's path leads out of the archive")
    elif stat.S_ISLNK(info.external_attr >> 16):
        unsafe = Text("含符号链接", "it holds a symbolic link")
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
    for info in infos:
        path = _member_path(archive, info)
        _check_ratio(archive, info, limits)
        if info.is_dir() or info.filename.endswith(("/", "\\")) or "__MACOSX" in path.parts[:1]:
            continue
        if path in seen:
            raise _error(archive, f"有两个同名成员 {path}", f"two members are called {path}")
        seen.add(path)
        out.append((info, path))
    return out


def _extract(file: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    """Write one member; zipfile gives no more bytes than the member declares."""
    target.parent.mkdir(parents=True, exist_ok=True)
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
        with zipfile.ZipFile(archive, metadata_encoding=_name_encoding(archive)) as file:
            for info, path in _checked(archive, file, limits):
                _extract(file, info, into / path)
    except UnicodeDecodeError:
        raise _error(
            archive,
            "成员文件名无法解码，请用 UTF-8 文件名重新压缩",
            "names of members cannot be decoded; pack it again with UTF-8 names",
        ) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _error(
            archive, f"压缩包已损坏（{error}）", f"the archive is broken ({error})"
        ) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise _error(archive, f"无法解压（{reason}）", f"cannot be unpacked ({reason})") from None
