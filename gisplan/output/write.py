"""Writes files so that a run that is interrupted leaves the former result whole."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from gisplan.errors import OutputError
from gisplan.memory import give_back
from gisplan.output.exchange import exchange
from gisplan.output.journal import move_into
from gisplan.output.ours import belongs_to_result
from gisplan.output.reserve import STAGED, Reserved, reserve
from gisplan.output.trouble import cannot_write, full_disk

Writer = Callable[[Path], object]


def write_together(folder: Path | Reserved, writers: Mapping[str, Writer]) -> dict[str, Path]:
    """Write several files into a folder, all or none.

    Each writer gets a path in a folder aside, and may write others beside it: a shapefile is
    several. Only when all are whole they take their places: at once, where the folder holds
    nothing but results and the system can exchange folders, else by renaming one after the other,
    which a later run finishes if this one is killed meanwhile. Files of a former result that the
    new one lacks are removed; other files stay as they are.

    Raises
    ------
    OutputError
        The folder cannot be written, another run is at it, or a file of the user's has the name
        of a result. What was there before is untouched.
    """
    if not isinstance(folder, Reserved):
        with reserve(folder) as reserved:
            return write_together(reserved, writers)
    home = folder.folder
    try:
        staged = folder.stage()
    except OSError as error:
        raise cannot_write(home, error) from error
    try:
        for name, write in writers.items():
            _written(staged / name, write)
            give_back()
        _settle(staged)
        _place(folder, staged)
    except OSError as error:
        raise cannot_write(home, error) from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    folder.made.clear()
    return {name: home / name for name in writers}


def write_one(path: Path, write: Writer) -> Path:
    """Write one file, whole or not at all; a pipe or device gets the bytes as they are.

    Raises
    ------
    OutputError
        It cannot be written. What was there before is untouched.
    """
    if path.is_dir():
        raise OutputError(
            f"{path}：是文件夹，请写明文件名", f"{path}: is a folder; name a file in it"
        )
    stream = path.exists() and not path.is_file()
    path = path if stream else path.resolve()
    aside = Path(tempfile.gettempdir()) if stream else path.parent
    try:
        aside.mkdir(parents=True, exist_ok=True)
        staged = aside / f".{STAGED}{os.getpid()}-{os.urandom(3).hex()}"
        staged.mkdir()
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        _written(staged / path.name, write)
        if stream:
            with (staged / path.name).open("rb") as source, path.open("wb") as target:
                shutil.copyfileobj(source, target)
        else:
            _settle(staged)
            (staged / path.name).replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return path


def _written(path: Path, write: Writer) -> None:
    try:
        write(path)
    except OSError:
        raise
    except Exception as error:
        reason = full_disk(path.parent, error)
        if reason is None:
            raise
        raise reason from error


def _settle(staged: Path) -> None:
    """See all bytes onto the disk: a rename may reach it before what it renames."""
    for path in staged.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    _settle_folder(staged)


def _settle_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    with suppress(OSError):  # a disk that cannot settle folders settles them by itself
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _place(reserved: Reserved, staged: Path) -> None:
    """Put staged files into their places."""
    folder = reserved.folder
    if not folder.exists():
        staged.rename(folder)
        _settle_folder(folder.parent)
        return
    there = sorted(folder.iterdir())
    new = {path.name for path in staged.iterdir()}
    former = {path.name for path in there if belongs_to_result(path, new)}
    _refuse_foreign(path for path in there if path.name in new - former)
    if former == {path.name for path in there} and _exchanged(reserved, staged, new):
        return
    if reserved.beside:
        staged = staged.rename(folder / f".{STAGED}{os.getpid()}")
    try:
        move_into(folder, staged, former)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    _settle_folder(folder)


def _refuse_foreign(paths: Iterable[Path]) -> None:
    for path in paths:
        raise OutputError(
            f"{path}：已有同名文件，且不是 gisplan 的结果，未覆盖；请移走它，或换一个输出位置",
            f"{path}: a file of this name is there and is no result of gisplan; move it, or "
            "choose another -o",
        )


def _exchanged(reserved: Reserved, staged: Path, new: set[str]) -> bool:
    """Let the staged folder and the former one change places, where that disturbs nobody."""
    folder = reserved.folder
    here = Path.cwd() if _has_cwd() else None
    if not reserved.beside or (here is not None and here.is_relative_to(folder)):
        return False  # whoever stands in the folder would stand in one that is gone
    with suppress(OSError):
        shutil.copystat(folder, staged)
        owner = folder.stat()
        if hasattr(os, "chown"):
            os.chown(staged, owner.st_uid, owner.st_gid)
    if not exchange(staged, folder):
        return False
    _settle_folder(folder.parent)
    for path in staged.iterdir():  # what came in at the last moment
        if not belongs_to_result(path, new):
            path.rename(folder / path.name)
    return True


def _has_cwd() -> bool:
    try:
        Path.cwd()
    except OSError:
        return False
    return True
