"""What a path in a plan may be: a file inside the plan's folder, and nothing else."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gisplan.errors import ReadError
from gisplan.model import Text

_LONGEST = 255  # bytes of one name; no common disk takes more
_PREFIX = re.compile(r"^[A-Za-z][A-Za-z0-9_+.-]*:")


@dataclass(frozen=True, slots=True)
class Place:
    """A path as written, taken apart: file, member of an archive, layer or sheet inside."""

    file: str
    member: str | None = None
    layer: str | None = None

    @property
    def named(self) -> str:
        """The last name: what a planner would call the source."""
        return self.layer or PurePosixPath(self.member or self.file).stem


def parse_place(text: str) -> Place:
    """Take "a.zip!in/b.shp" or "x.gpkg|layer" apart. Backslashes count as slashes."""
    path, bar, layer = text.partition("|")
    path = path.strip().replace("\\", "/")
    match = re.search(r"\.zip!", path, flags=re.IGNORECASE)
    file, member = (path[: match.end() - 1], path[match.end() :]) if match else (path, None)
    return Place(file, member or None, layer.strip() if bar and layer.strip() else None)


def refusal(text: str) -> Text | None:
    """Return why a path is not allowed as written; None when it is."""
    place = parse_place(text)
    for part in (place.file, place.member):
        if part is None:
            continue
        if not PurePosixPath(part).parts or "\0" in part:
            return Text("路径为空或含非法字符", "the path is empty or has a forbidden character")
        if part.lower().startswith(("/vsi", "vsi")) and "/" in part:
            return Text("不允许 GDAL 虚拟路径", "virtual paths of GDAL are not allowed")
        if part.startswith(("/", "~")) or _PREFIX.match(part):
            return Text(
                "路径须相对于规划文件夹，不可为绝对路径或带前缀",
                "the path must be relative to the plan's folder, neither absolute nor prefixed",
            )
        names = PurePosixPath(part).parts
        if ".." in names:
            return Text("路径不可含 ..", 'the path may not hold ".."')
        if any(len(name.encode("utf-8", "surrogatepass")) > _LONGEST for name in names):
            return Text(
                f"路径中的名称超过 {_LONGEST} 字节", f"a name in the path is over {_LONGEST} bytes"
            )
    return None


LEADS_OUT = Text(
    "是指向规划文件夹之外的链接，请把文件本身放进文件夹",
    "is a link that leads out of the plan's folder; put the file itself there",
)


def irregular(path: Path) -> Text | None:
    """Return why a path is neither a file nor a folder; None where it is, or is not there.

    Opening a pipe would wait for ever, and a device has no end.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return None  # whoever opens it says why that fails
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return None
    return Text("不是普通文件（管道或设备）", "not a regular file (a pipe or a device)")


def check_regular(path: Path) -> None:
    """Raise ReadError where a path is a pipe or a device."""
    reason = irregular(path)
    if reason is not None:
        raise ReadError(f"{path.name}：{reason.zh}", f"{path.name}: {reason.en}")


def check_beside(path: Path, root: Path) -> None:
    """Raise ReadError where a file that is read along with another is a link that leads out.

    Drivers open what lies beside a file by its name, and all that lies in a geodatabase.
    """
    start = f"{path.stem}.".casefold()
    folder = path if path.is_dir() else path.parent
    try:
        others = sorted(folder.iterdir())
    except OSError:
        return  # whoever opens it says why that fails
    for other in others:
        read_along = path.is_dir() or other.name.casefold().startswith(start)
        if read_along and other.is_symlink() and not is_inside(root, other):
            raise ReadError(
                f"{path.name}：{other.name} {LEADS_OUT.zh}",
                f"{path.name}: {other.name} {LEADS_OUT.en}",
            )


def is_inside(root: Path, path: Path) -> bool:
    """Return whether a path, with its links followed, stays inside a folder."""
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a loop of links
        return False
