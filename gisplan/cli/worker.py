"""The process that does the work: as a child it tells its parent what it is at."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from gisplan import watch
from gisplan.surroundings import clean

_STOPS = [signal.SIGINT, signal.SIGTERM]
if sys.platform != "win32":
    _STOPS.append(signal.SIGHUP)


def main() -> NoReturn:
    """Run the command line as a child: folder of the parent, its process id, then the words."""
    folder, parent, *words = sys.argv[1:]
    _end_with(int(parent))
    watch.begin(Path(folder))
    for name in _STOPS:
        signal.signal(name, _stop_once)
    try:
        run(words)
    finally:
        _hear_no_more()


def run(words: Sequence[str]) -> NoReturn:
    """Run the command line in this process and exit."""
    clean(os.environ)
    try:
        if hasattr(signal, "pthread_sigmask"):  # a parent held them back until we are ready
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
        from gisplan.cli.app import run_app

        status = run_app(list(words))
    except KeyboardInterrupt:
        from gisplan.cli.common import say_interrupted

        status = say_interrupted(words)
    sys.exit(status)


def _hear_no_more() -> None:
    """Let no signal kill this process while Python ends it: its last word is said.

    Python gives every signal that has a handler back to the system, which would kill.
    """
    for handler in (_hear_nothing, signal.SIG_IGN):
        for name in _STOPS:
            signal.signal(name, handler)


def _stop_once(number: int, frame: FrameType | None) -> None:
    """End the run at SIGTERM as at Ctrl-C; while it tidies up it hears neither any more."""
    for name in _STOPS:
        signal.signal(name, _hear_nothing)
    raise KeyboardInterrupt


def _hear_nothing(number: int, frame: FrameType | None) -> None:
    """Stand in for SIG_IGN, which Python tells of where a signal was on its way already."""


def _end_with(parent: int) -> None:
    """Let this process be killed when its parent is gone: nobody would watch over it."""
    if sys.platform == "win32":
        return  # a console closes its processes together; the result is whole in any case
    if not _ask_kernel():
        threading.Thread(target=_look_after, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # gone before the kernel was asked
        os.kill(os.getpid(), signal.SIGKILL)


def _ask_kernel() -> bool:
    if sys.platform != "linux":
        return False
    import ctypes

    pr_set_pdeathsig = 1
    try:
        system: Any = ctypes.CDLL(None)
        return bool(system.prctl(pr_set_pdeathsig, signal.SIGKILL) == 0)
    except (OSError, AttributeError):
        return False


def _look_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGKILL)
