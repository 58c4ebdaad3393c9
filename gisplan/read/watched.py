"""Reads a file under watch: one that hung or crashed a former attempt is not touched again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gisplan import watch
from gisplan.errors import ReadError
from gisplan.memory import machine_memory
from gisplan.model import Text
from gisplan.read.limits import Limits, how_to_raise


@contextmanager
def watched(shown: str, path: Path, limits: Limits) -> Iterator[None]:
    """Say that a file is being read, and how long that may take.

    Parameters
    ----------
    shown : str
        The file, or layer in it, as results name it.
    path : Path
        Where it is. Companions of the same name count for its size.

    Raises
    ------
    ReadError
        A former attempt of this run was ended by the file.
    """
    blame = watch.blame_of(shown)
    if blame is not None:
        reason = _reason(blame, limits)
        raise ReadError(f"{path.name}：{reason.zh}", f"{path.name}: {reason.en}")
    memory = limits.memory_share * machine_memory()
    with watch.working_on(shown, seconds=limits.time_for(_size(path)), memory=memory):
        yield


def _size(path: Path) -> int:
    """Return the bytes of a file with its companions, or of all files of a folder."""
    total = 0
    folder = path if path.is_dir() else path.parent
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if path.is_dir() or entry.name.startswith(path.stem):
                    total += entry.stat().st_size
    except OSError:
        return total  # whoever reads it says why that fails
    return total


def _reason(blame: watch.Blame, limits: Limits) -> Text:
    if blame.cause == "time":
        remedy = how_to_raise("seconds", 2 * blame.amount)
        return Text(
            f"{blame.amount:.0f} 秒内未能读完，已中止；{remedy.zh}",
            f"not read within {blame.amount:.0f} s, and stopped; {remedy.en}",
        )
    if blame.cause == "memory":
        gib = blame.amount / 1024**3
        return Text(
            f"读取占用内存超过 {gib:.1f} GiB，已中止；请分幅提供，或提高 memory_share"
            f"（现为 {limits.memory_share:g}）",
            f"reading it took more than {gib:.1f} GiB of memory, and was stopped; split it, or "
            f"raise the limit memory_share ({limits.memory_share:g})",
        )
    return Text(
        f"读取程序在此文件上崩溃（{blame.signal}），已跳过；请用 GIS 软件检查并另存后再审",
        f"the reader crashed on it ({blame.signal}), and it was left out; check it in a GIS and "
        "save it anew",
    )
