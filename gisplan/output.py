"""Writes files so that an interrupted run leaves the former result whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from gisplan.errors import OutputError


def write_together(
    folder: Path, writers: Mapping[str, Callable[[Path], object]]
) -> dict[str, Path]:
    """Write several files into a folder, all or none.

    Each writer gets a path in a temporary folder beside the target, and may write others beside
    it: a shapefile is several. Only when all are written are they moved into place, on the same
    disk, by renaming.

    Raises
    ------
    OutputError
        The folder cannot be made or written; what was there before is untouched.
    """
    folder = folder.absolute()
    if folder.exists() and not folder.is_dir():
        raise OutputError(
            f"{folder}：不是文件夹，请换一个输出位置", f"{folder}: not a folder; choose another -o"
        )
    existed = folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".gisplan-", dir=folder))
    except OSError as error:
        raise _cannot_write(folder, error) from error
    try:
        for name, write in writers.items():
            write(temporary / name)
        for path in sorted(temporary.iterdir()):
            path.replace(folder / path.name)
    except OSError as error:
        raise _cannot_write(folder, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if not existed and not any(folder.iterdir()):
            folder.rmdir()
    return {name: folder / name for name in writers}


def write_one(path: Path, write: Callable[[Path], None]) -> Path:
    """Write one file, whole or not at all."""
    return write_together(path.absolute().parent, {path.name: write})[path.name]


def _cannot_write(folder: Path, error: OSError) -> OutputError:
    why = error.strerror or type(error).__name__
    return OutputError(
        f"{folder}：无法写入（{why}），请检查权限和磁盘空间，或换一个输出位置",
        f"{folder}: cannot write ({why}); check permissions and disk space, or choose another -o",
    )
