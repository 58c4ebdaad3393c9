"""One child that does the work, watched: how it is started, listened to, and ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from gisplan.surroundings import cleaned

_TICK = 0.1  # seconds between looks at the child
_GRACE = 5.0  # seconds that a child has to tidy up when it is asked to stop
_STOPS = [signal.SIGINT, signal.SIGTERM]
if sys.platform != "win32":
    _STOPS.append(signal.SIGHUP)
# The present folder is not on the child's path: it may hold a module of any name, from whoever
# sent the plan.
_CODE = "import sys; sys.path.append({home!r}); from gisplan.cli.worker import main; main()"


@dataclass(slots=True)
class Attempt:
    """A child and what it said last. `folder` holds its status file and all it writes aside."""

    folder: Path
    files: tuple[str, ...] = ()  # that it is at
    seconds: float = 0.0  # that they may take; 0: any time
    memory: float = 0.0  # bytes that it may have; 0: any number
    stage: tuple[str, str] = ("启动", "starting")
    cause: str = "crash"
    amount: float = 0.0
    signal: str = ""
    stopped: bool = False  # it was asked to stop, by a signal to this process
    unfinished: bytes = b""  # a line that the child is in the middle of

    def run(self, words: Sequence[str]) -> int | None:
        """Run to the end and return the exit status; None where it did not end by itself."""
        status = self.folder / "status"
        status.write_bytes(b"")
        ended = threading.Event()
        with status.open("rb") as lines, self._started(words) as process:
            watcher = threading.Thread(target=self._watch, args=(process, lines, ended))
            watcher.start()
            code = process.wait()
            ended.set()
            watcher.join()
            self._listen(lines)
        killed = self.cause != "crash" and (code < 0 or sys.platform == "win32")
        if 0 <= code < 256 and not killed:
            return code if code in (0, 1, 2) else 2
        self.signal = _signal_name(code)
        _restore_terminal()
        return None

    def blame(self) -> dict[str, Any]:
        """Return why this attempt ended, as `watch.Blame` takes it."""
        return {"cause": self.cause, "amount": self.amount, "signal": self.signal}

    @contextmanager
    def _started(self, words: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
        """Start the child; what asks this process to stop asks the child, which tidies up."""
        code = _CODE.format(home=str(Path(__file__).parents[2]))
        command = [sys.executable, *_python_flags(), "-c", code, str(self.folder)]
        aside = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.folder))

        def hand_on(number: int, _frame: object) -> None:
            self.stopped = True
            if sys.platform != "win32" or number != signal.SIGINT:  # a console tells both itself
                process.send_signal(signal.SIGTERM)

        with _signals_held_back():
            process = subprocess.Popen(
                [*command, str(os.getpid()), *words],
                env={**cleaned(os.environ), **aside, **_utf8_names()},
            )
            former = {name: signal.signal(name, hand_on) for name in _STOPS}
        try:
            yield process
        finally:
            for name, handler in former.items():
                signal.signal(name, handler)

    def _watch(
        self, process: subprocess.Popen[bytes], lines: IO[bytes], ended: threading.Event
    ) -> None:
        """Look at the child now and then, and kill it where it is at a file for too long."""
        spent, asked_at = 0.0, 0.0
        last = time.monotonic()
        while not ended.wait(_TICK):
            now = time.monotonic()
            # A laptop that slept, or a process that was stopped, did not work meanwhile.
            step, last = min(now - last, 5 * _TICK), now
            spent = 0.0 if self._listen(lines) else spent + step
            if self.stopped:
                asked_at = asked_at or now
                if now - asked_at > _GRACE:
                    process.kill()
            elif self.files and 0 < self.seconds < spent:
                self.cause, self.amount = "time", self.seconds
                process.kill()
                return
            elif self.files and 0 < self.memory < _memory_of(process.pid):
                self.cause, self.amount = "memory", self.memory
                process.kill()
                return

    def _listen(self, lines: IO[bytes]) -> bool:
        """Take in what the child said; return whether it said anything."""
        *whole, self.unfinished = (self.unfinished + lines.read()).split(b"\n")
        for line in whole:
            said = json.loads(line)
            if "files" in said:
                self.files = tuple(said["files"])
                self.seconds = said.get("seconds", 0.0)
                self.memory = said.get("memory", 0.0)
            else:
                self.stage = (said["stage"][0], said["stage"][1])
        return bool(whole)


def _utf8_names() -> dict[str, str]:
    """Return settings by which a child in the C locale reads names of files as UTF-8 all the same.

    What it prints stays in the encoding of the console.
    """
    if sys.getfilesystemencoding().lower() == "utf-8":
        return {}
    console = getattr(sys.stdout, "encoding", None) or "ascii"
    return {"PYTHONUTF8": "1", "PYTHONIOENCODING": os.environ.get("PYTHONIOENCODING") or console}


@contextmanager
def _signals_held_back() -> Iterator[None]:
    """Let no signal come between; a child that starts meanwhile holds them back until it hears."""
    if sys.platform == "win32":
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)


def _python_flags() -> list[str]:
    """Return the options that this Python was started with, and safe paths."""
    flags = ["-P", *(f"-W{option}" for option in sys.warnoptions)]
    for name, letter in (("ignore_environment", "E"), ("no_user_site", "s"), ("isolated", "I"),
                         ("dont_write_bytecode", "B"), ("optimize", "O")):  # fmt: skip
        if getattr(sys.flags, name):
            flags.append(f"-{letter}")
    for option, value in sys._xoptions.items():
        flags.append(f"-X{option}" if value is True else f"-X{option}={value}")
    return flags


def _signal_name(code: int) -> str:
    if code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"{code:#x}"  # Windows: 0xc0000005


def _memory_of(process: int) -> float:
    """Return the bytes of memory that a process has; 0 where the system does not tell."""
    try:
        pages = Path(f"/proc/{process}/statm").read_text("ascii").split()[1]
        return float(int(pages) * os.sysconf("SC_PAGE_SIZE"))
    except (OSError, IndexError, ValueError, AttributeError):
        return 0.0


def _restore_terminal() -> None:
    """Bring back what the progress bar of a killed child hid: its line, and the cursor."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[2K\x1b[?25h")
        sys.stderr.flush()
