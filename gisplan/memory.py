"""The memory of the machine: how much there is, how much is free, and giving some back."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_UNKNOWN = 0.0
_SELDOM = (100_000, 50, 1_000)  # new objects, then rounds of younger ones
_MEMINFO = Path("/proc/meminfo")
_GROUP = Path("/sys/fs/cgroup")  # of a container
_STATUS = Path("/proc/self/status")


def machine_memory() -> float:
    """Return the bytes of memory that the machine has; 0 where it cannot be told."""
    if sys.platform == "win32":
        return _of_windows()[0]
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (OSError, ValueError):
        return _UNKNOWN


def free_memory() -> float:
    """Return the bytes that this process may still take; 0 where it cannot be told.

    The least of what the machine, its container and the limits of the process leave.
    """
    if sys.platform == "win32":
        return _of_windows()[1]
    known = [left for left in (_of_machine(), _of_group(), _of_process()) if left is not None]
    return max(min(known), 1.0) if known else _UNKNOWN


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Let Python look for unused cycles of objects seldom; as often as before afterwards.

    By itself it looks each time that some hundreds of objects were made, through millions that are
    all in use: a quarter of a review's time. `give_back` looks at the end of each stage.
    """
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def give_back() -> None:
    """Give unused memory back to the system: unused cycles, and what the C library keeps (glibc).

    What a stage has freed lies scattered, and the next one takes new memory for its arrays.
    """
    _, younger, older = gc.get_count()
    if younger or older:  # else hardly anything was made since it last looked
        gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def _of_machine() -> float | None:
    for line in _lines(_MEMINFO):
        name, _, amount = line.partition(":")
        if name == "MemAvailable":
            return 1024.0 * int(amount.split()[0])
    return None


def _of_group() -> float | None:
    """Return what the limit of a container leaves; what it keeps of files can be taken."""
    limit, used = _number(_GROUP / "memory.max"), _number(_GROUP / "memory.current")
    if limit is None or used is None:
        return None
    kept = [line.split() for line in _lines(_GROUP / "memory.stat")]
    return limit - used + sum(float(row[1]) for row in kept if row[0] == "inactive_file")


def _of_process() -> float | None:
    """Return what the limit of addresses (ulimit -v) leaves."""
    if sys.platform == "win32":
        return None
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return None
    for line in _lines(_STATUS):
        if line.startswith("VmSize:"):
            return float(limit) - 1024.0 * int(line.split()[1])
    return None


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("ascii", "replace").splitlines()
    except OSError:
        return []


def _number(file: Path) -> float | None:
    lines = _lines(file)
    return float(lines[0]) if lines and lines[0].isdigit() else None


class _Status(ctypes.Structure):
    """MEMORYSTATUSEX of Windows."""

    _fields_ = (
        ("length", ctypes.c_uint32),
        ("load", ctypes.c_uint32),
        ("total", ctypes.c_uint64),
        ("free", ctypes.c_uint64),
        ("others", ctypes.c_uint64 * 5),
    )


def _of_windows() -> tuple[float, float]:
    """Return the bytes of memory that there are, and that are free."""
    status = _Status(length=ctypes.sizeof(_Status))
    if sys.platform == "win32":
        ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
    return float(status.total), float(status.free)
