"""Keeps an output folder for one run, from before it reads to after it wrote."""

from __future__ import annotations

import datetime as dt
import errno
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from gisplan.errors import OutputError
from gisplan.filelock import FileLock
from gisplan.output.journal import COMMIT, finish
from gisplan.output.trouble import cannot_write

STAGED = "gisplan-new-"


@dataclass(slots=True)
class Reserved:
    """An output folder that this run alone writes into. `folder` has its links followed."""

    folder: Path
    beside: bool  # new files are staged beside the folder, not in it
    made: list[Path] = field(default_factory=list)  # folders that were made for this run

    def stage(self) -> Path:
        """Make an empty folder, on the same disk, that new files are written into."""
        home = self.folder.parent if self.beside else self.folder
        prefix = self.staged_prefix
        path = home / f"{prefix}{os.getpid()}-{os.urandom(3).hex()}"
        path.mkdir()
        return path

    @property
    def staged_prefix(self) -> str:
        """How the names of staged folders begin."""
        return f".{self.folder.name}.{STAGED}" if self.beside else f".{STAGED}"


@contextmanager
def reserve(folder: Path) -> Iterator[Reserved]:
    """Keep an output folder for this run, and tidy up what dead ones left.

    Raises
    ------
    OutputError
        It is a file, cannot be written, or another run is writing into it.
    """
    folder = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise OutputError(
            f"{folder}：不是文件夹，请换一个输出位置", f"{folder}: not a folder; choose another -o"
        )
    made: list[Path] = []
    lock = None
    try:
        try:
            lock, beside = _locked(folder, made)
            reserved = _tried(Reserved(folder, beside, made))
        except OSError as error:
            raise cannot_write(folder, error) from error
        yield reserved
    finally:
        if lock is not None:
            lock.release(remove=True)
        for path in made:
            with suppress(OSError):  # there is something in it now
                path.rmdir()


def settle(folder: Path) -> None:
    """Finish a result that a dead run was moving into place, before it is read.

    Raises
    ------
    OutputError
        It cannot be finished.
    """
    if (folder / COMMIT).is_dir():
        with reserve(folder):
            pass


def _locked(folder: Path, made: list[Path]) -> tuple[FileLock | None, bool]:
    """Return the lock and whether it lies beside the folder."""
    parent = folder.parent
    if parent != folder:
        try:
            _make(parent, made)
            return _lock(parent / f".{folder.name}.gisplan-lock", folder), True
        except OSError as error:
            if error.errno not in {errno.EACCES, errno.EPERM, errno.EROFS} or not folder.is_dir():
                raise
    return _lock(folder / ".gisplan-lock", folder), False


def _tried(reserved: Reserved) -> Reserved:
    """Tidy the places, and write into them once: better to hear now than after an hour."""
    _tidy(reserved)
    staged = reserved.stage()
    if reserved.beside and reserved.folder.is_dir():
        inside = reserved.folder / f".{STAGED}{os.getpid()}"
        try:
            staged.rename(inside).rmdir()
        except OSError as error:
            staged.rmdir()
            if error.errno != errno.EXDEV:
                raise
            return _tried(replace(reserved, beside=False))  # the folder is another disk
    else:
        staged.rmdir()
    return reserved


def _make(folder: Path, made: list[Path]) -> None:
    """Make a folder and those above it, and list them from below."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        made.insert(0, path)


def _lock(path: Path, folder: Path) -> FileLock | None:
    try:
        lock = FileLock(path)
    except BlockingIOError:
        raise _taken(folder, path) from None
    except OSError as error:
        if error.errno in {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS}:
            return None  # a disk without locks: files still move into place whole
        raise
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    with suppress(OSError):  # a full disk is noticed where it matters
        lock.say(f"{os.getpid()} {socket.gethostname()} {now}")
    return lock


def _taken(folder: Path, path: Path) -> OutputError:
    try:
        words = path.read_text("utf-8", errors="replace").split()
    except OSError:
        words = []
    process, host, since = words if len(words) == 3 else ("?", "?", "?")
    return OutputError(
        f"{folder}：另一次运行正在写入（进程 {process}，主机 {host}，始于 {since}），"
        "请等它结束，或换一个输出位置",
        f"{folder}: another run is writing into it (process {process} on {host}, since {since}); "
        "wait for it, or choose another -o",
    )


def _tidy(reserved: Reserved) -> None:
    """Finish what a run that died was moving into place, and remove what it only staged."""
    folder = reserved.folder
    places = [(folder.parent, f".{folder.name}.{STAGED}")] if reserved.beside else []
    if folder.is_dir():
        finish(folder)
        places.append((folder, f".{STAGED}"))
    for home, prefix in places:
        with os.scandir(home) as entries:
            dead = [Path(entry.path) for entry in entries if entry.name.startswith(prefix)]
        for path in dead:
            shutil.rmtree(path, ignore_errors=True)
