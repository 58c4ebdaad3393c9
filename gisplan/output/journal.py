"""Moves files into a folder one by one, so that a run that dies meanwhile can be finished.

For folders that also hold files of the user's, and where folders cannot be exchanged. When the new
files are whole, their folder is renamed to COMMIT: from then on the new result counts. What is in
COMMIT when a run begins is moved on; until then, the files that the dead run did not come to are
the former ones.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from gisplan.output.trouble import cannot_write

COMMIT = ".gisplan-commit"
FORMER = ".gisplan-former"  # what to put back where a file cannot be replaced
_REMOVE = ".remove"  # names of former files that the new result does not have


def move_into(folder: Path, staged: Path, remove: Iterable[str]) -> None:
    """Move the files of a staged folder into a folder, and remove others; all or none.

    Raises
    ------
    OutputError
        A file cannot be replaced. All is as it was.
    """
    names = sorted(path.name for path in staged.iterdir())
    gone = sorted(set(remove) - set(names))
    former = folder / FORMER
    shutil.rmtree(former, ignore_errors=True)
    try:
        (staged / _REMOVE).write_text("\n".join(gone), encoding="utf-8")
        former.mkdir()
        for name in (*names, *gone):
            _keep(folder / name, former / name)
        commit = staged.rename(folder / COMMIT)
    except OSError as error:
        shutil.rmtree(former, ignore_errors=True)
        raise cannot_write(folder, error) from error
    try:
        _move_on(folder, commit)
    except BaseException as error:
        _put_back(folder, former, names)
        shutil.rmtree(commit, ignore_errors=True)
        shutil.rmtree(former, ignore_errors=True)
        if isinstance(error, OSError):
            raise cannot_write(Path(error.filename2 or error.filename or folder), error) from error
        raise
    shutil.rmtree(former, ignore_errors=True)


def finish(folder: Path) -> None:
    """Move on what a run that died left in the middle, and clear away what it no longer needs.

    Raises
    ------
    OutputError
        A file cannot be replaced.
    """
    commit = folder / COMMIT
    if commit.is_dir():
        try:
            _move_on(folder, commit)
        except OSError as error:
            raise cannot_write(folder, error) from error
    shutil.rmtree(folder / FORMER, ignore_errors=True)


def _move_on(folder: Path, commit: Path) -> None:
    listed = commit / _REMOVE
    gone = listed.read_text("utf-8").split("\n") if listed.exists() else []
    for path in sorted(commit.iterdir()):
        if path.name != _REMOVE:
            path.replace(folder / path.name)
    for name in gone:
        if name:
            (folder / name).unlink(missing_ok=True)
    listed.unlink(missing_ok=True)
    commit.rmdir()


def _keep(path: Path, copy: Path) -> None:
    """Keep a file under a second name; its content is copied where the disk has no links."""
    if not path.exists():
        return
    try:
        os.link(path, copy)
    except OSError:
        shutil.copy2(path, copy)


def _put_back(folder: Path, former: Path, names: Iterable[str]) -> None:
    kept = {path.name for path in former.iterdir()}
    for name in names:
        if name not in kept:
            (folder / name).unlink(missing_ok=True)
    for name in kept:
        (former / name).replace(folder / name)
