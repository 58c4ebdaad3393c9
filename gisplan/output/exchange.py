"""Exchanges two folders in one step, where the system can."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@cache
def _renameat2() -> Any:
    if sys.platform != "linux":
        return None
    try:
        return ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return None


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change places at once; False where the system or the disk cannot.

    No moment exists in which either name leads to nothing, or to a mix.
    """
    call = _renameat2()
    if call is None:
        return False
    names = (os.fsencode(one), os.fsencode(other))
    done: int = call(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE)
    return done == 0
