"""What a run is doing at this moment, told to the process that watches over it.

A library that reads a hostile file may hang or crash, and nothing inside the same process can stop
it. So `gisplan.cli.supervise` runs the work in a child; the child says here which file it is at and
how long that may take. Without a parent (in a notebook, in tests) all of this does nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

from gisplan.model import Text

Cause = Literal["time", "memory", "crash"]


@dataclass(frozen=True, slots=True)
class Blame:
    """Why a former attempt ended at a file: `amount` is seconds, bytes, or nothing."""

    cause: Cause
    amount: float = 0.0
    signal: str = ""  # how it crashed: SIGSEGV


@dataclass(slots=True)
class _Watch:
    channel: IO[str] | None = None
    blamed: Mapping[str, Blame] = field(default_factory=dict)
    allowed: dict[str, tuple[float, float]] = field(default_factory=dict)
    stack: list[dict[str, object]] = field(default_factory=lambda: [{"files": []}])

    def say(self, **what: object) -> None:
        if self.channel is not None:
            self.channel.write(json.dumps(what) + "\n")
            self.channel.flush()


_WATCH = _Watch()


def begin(folder: Path) -> None:
    """Write to the status file of a parent, and learn which files ended former attempts."""
    _WATCH.channel = (folder / "status").open("a", encoding="ascii")
    blamed = json.loads((folder / "blamed").read_text("ascii"))
    _WATCH.blamed = {name: Blame(**facts) for name, facts in blamed.items()}


def blame_of(name: str) -> Blame | None:
    """Return why a file ended a former attempt of this run; None when it did not."""
    return _WATCH.blamed.get(name)


def stage(text: Text) -> None:
    """Say which stage the run is in."""
    _WATCH.say(stage=[text.zh, text.en])


@contextmanager
def working_on(*names: str, seconds: float | None = None, memory: float = 0) -> Iterator[None]:
    """Say that files are being worked on, and stop saying so at the end.

    Parameters
    ----------
    *names : str
        The files as results name them. Where several are worked on at once, all are blamed.
    seconds : float, optional
        How long it may take. Where None, as long as reading the same files might: what was said
        of them before, together; nothing is said of files that were never mentioned.
    memory : float
        Bytes that the process may have; 0: any number.
    """
    if _WATCH.channel is None:
        yield
        return
    if seconds is not None:
        for name in names:
            _WATCH.allowed[name] = (seconds, memory)
    known = [_WATCH.allowed[name] for name in names if name in _WATCH.allowed]
    if not known:
        yield
        return
    allowed = sum(seconds for seconds, _ in known)
    _WATCH.stack.append({"files": names, "seconds": allowed, "memory": known[0][1]})
    _WATCH.say(**_WATCH.stack[-1])
    try:
        yield
    finally:
        _WATCH.stack.pop()
        _WATCH.say(**_WATCH.stack[-1])  # what went on around it goes on
