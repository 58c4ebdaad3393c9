"""The errors of writing, and telling a full disk from a defect of ours."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

from gisplan.errors import OutputError


def cannot_write(place: Path, error: OSError) -> OutputError:
    """Return the error that a file or folder cannot be written, with the system's reason."""
    why = error.strerror or type(error).__name__
    if error.errno in {errno.EACCES, errno.EPERM, errno.EBUSY} and place.is_file():
        return OutputError(
            f"{place}：无法替换（{why}），可能正被其他程序打开，请关闭后再试；原有结果未改动",
            f"{place}: cannot be replaced ({why}); another program may have it open: close it "
            "and try again; the former result is as it was",
        )
    return OutputError(
        f"{place}：无法写入（{why}），请检查权限和磁盘空间，或换一个输出位置；原有结果未改动",
        f"{place}: cannot write ({why}); check permissions and disk space, or choose another "
        "-o; a former result is as it was",
    )


_FULL = re.compile(r"no space left|disk is full|disk full|disk quota|file too large", re.IGNORECASE)


def full_disk(folder: Path, error: Exception) -> OSError | None:
    """Return the error of a full disk where that is why a library could not write; else None.

    Libraries that write files say a full disk in words of their own, each in another class of
    error. So the words are looked at, and the disk itself is asked.
    """
    if _FULL.search(str(error)):
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    probe = folder / "room"
    try:
        probe.write_bytes(bytes(1 << 20))
    except OSError as reason:
        return reason
    finally:
        probe.unlink(missing_ok=True)
    return None
