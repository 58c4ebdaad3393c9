"""Files whose names are not in the encoding of the disk: GBK names on Linux, as tar and rar leave.

Python shows such a name with stand-ins for its bytes, GDAL cannot open it, and no result can hold
it. So the plan is read through a folder of links in which every name is as it was meant.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from gisplan.read.cells import decode_cells
from gisplan.read.encoding import choose
from gisplan.read.limits import Limits
from gisplan.read.workspace import Workspace


def shown_name(name: str) -> str:
    """Return a file's name as text; bytes that are in no encoding are written as %FF."""
    if not _is_odd(name):
        return name
    raw = os.fsencode(name)
    text = decode_cells([raw], choose([raw], default="UTF-8").encoding).texts[0]
    if text is None or not text.isprintable():
        text = "".join(chr(b) if 0x20 <= b < 0x7F else f"%{b:02X}" for b in raw)
    return text


def with_shown_names(root: Path, space: Workspace) -> Path:
    """Return a folder with the files of a plan under names that can be shown: mostly itself.

    Where a name is odd, all files are linked into a folder of the workspace under their names as
    text; nothing is copied on one disk, and links of the plan stay links.
    """
    if not _any_odd(root, space.limits):
        return root
    target = space.folder()
    _link(root, target, space.limits.depth)
    return target


def _is_odd(name: str) -> bool:
    return any("\ud800" <= sign <= "\udfff" for sign in name)


def _any_odd(folder: Path, limits: Limits, depth: int = 0) -> bool:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if _is_odd(entry.name):
                    return True
                deeper = depth < limits.depth and entry.is_dir(follow_symlinks=False)
                if deeper and _any_odd(Path(entry.path), limits, depth + 1):
                    return True
    except OSError:
        return False  # whoever reads it says so
    return False


def _link(source: Path, target: Path, depth: int) -> None:
    taken: set[str] = set()
    for path in sorted(source.iterdir()):
        name = shown_name(path.name)
        while name in taken:  # two names that are one text: both are there
            name = f"_{name}"
        taken.add(name)
        new = target / name
        if path.is_symlink():
            new.symlink_to(os.path.realpath(path))
        elif path.is_dir():
            new.mkdir()
            if depth > 0:
                _link(path, new, depth - 1)
        elif path.is_file():
            try:
                os.link(path, new)
            except OSError:  # another disk
                shutil.copyfile(path, new)
