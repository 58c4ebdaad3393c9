"""What a path in a plan may be: a file inside the plan's folder, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gisplan.model import Text

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
        if not part or "\0" in part:
            return Text("路径为空或含非法字符", "the path is empty or has a forbidden character")
        if part.lower().startswith(("/vsi", "vsi")) and "/" in part:
            return Text("不允许 GDAL 虚拟路径", "virtual paths of GDAL are not allowed")
        if part.startswith(("/", "~")) or _PREFIX.match(part):
            return Text(
                "路径须相对于规划文件夹，不可为绝对路径或带前缀",
                "the path must be relative to the plan's folder, neither absolute nor prefixed",
            )
        if ".." in PurePosixPath(part).parts:
            return Text("路径不可含 ..", 'the path may not hold ".."')
    return None


def is_inside(root: Path, path: Path) -> bool:
    """Return whether a path, with its links followed, stays inside a folder."""
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a loop of links
        return False
