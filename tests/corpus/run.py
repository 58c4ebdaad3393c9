"""Runs cases, each in a process of its own with a time limit.

A parent that has gisplan imported, but has run nothing of it, forks once to build a case and once
to run it: what a case does to its process ends with it. Cases whose start is part of the matter
(environment, locale) start a new Python, and with `own` all do: a test compares the two ways.
"""

from __future__ import annotations

import ast
import contextlib
import os
import random
import resource
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.corpus.base import sound
from tests.corpus.canaries import write_canaries
from tests.corpus.case import CHECK, Canaries, Case
from tests.corpus.damage import fill

SEED = 20251001
MEMORY = 6 * 1024**3
HUNG = -999
_FAILED = 70  # of the harness itself


@dataclass(frozen=True)
class Ran:
    """What came of one run."""

    case: Case
    home: Path
    status: int  # HUNG where the time limit ended it; negative: the signal
    seconds: float
    records: Mapping[str, int]
    connected: bool
    changed: tuple[str, ...]  # files outside the result that came to be, changed or went

    @property
    def result(self) -> Path:
        """The folder that the run was told to write into."""
        return self.home / "out"

    @property
    def out(self) -> str:
        """What was printed."""
        return (self.home / "stdout").read_text("utf-8", "replace")

    @property
    def err(self) -> str:
        """What was printed as an error."""
        return (self.home / "stderr").read_text("utf-8", "replace")


def run_all(
    cases: Sequence[Case],
    home: Path,
    lanes: int = 2,
    own: bool = False,
    more: Sequence[str] = (),
) -> Iterator[Ran]:
    """Run cases side by side, and yield each as it ends; `more` is added to each command."""
    _import_gisplan()
    waiting, running = list(cases), dict[int, _Running]()
    try:
        while waiting or running:
            while waiting and len(running) < lanes:
                started = _Running(waiting.pop(0), home, own, more)
                running[started.pid] = started
            for pid in list(running):
                status = running[pid].poll()
                if status is not None:
                    yield running.pop(pid).ended(status)
            time.sleep(0.005)
    finally:
        for pid in running:
            _kill(pid)


def _import_gisplan() -> None:
    """Import what a review imports, and run nothing of it."""
    import gisplan.cli.main
    import gisplan.pipeline
    import gisplan.render.gpkg
    import gisplan.render.report
    import gisplan.render.text
    import gisplan.render.webmap.map
    import gisplan.render.xlsx  # noqa: F401 - imported for those that are forked
    from gisplan.catalogue.registry import registry

    registry()


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _child(work: Callable[[], int], errors: Path) -> int:
    """Fork, do the work in the child, and return the id of the child."""
    pid = os.fork()
    if pid:
        return pid
    status = _FAILED
    try:
        status = work()
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:  # noqa: BLE001 - whatever ends a child is written down
        with errors.open("a", encoding="utf-8") as file:
            traceback.print_exc(file=file)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


class _Running:
    """A case that runs: its folder, its canaries, its process."""

    def __init__(self, case: Case, home: Path, own: bool, more: Sequence[str]) -> None:
        self.case, self.home, self.more = case, home / case.id, more
        shutil.rmtree(self.home, ignore_errors=True)
        for name in ("outside", "tmp", "cwd"):
            (self.home / name).mkdir(parents=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.canaries = Canaries(self.home / "outside", url, self.home / "marker.txt")
        self._build()
        if case.command == CHECK:
            (self.home / "out").mkdir(exist_ok=True)
        self.before = snapshot(self.home)
        self.own = own or case.own_process or bool(case.env)
        self.signalled = False
        self.began = time.monotonic()
        self.pid = _child(self._run, self.home / "stderr")

    def _build(self) -> None:
        errors = self.home / "build.txt"
        pid = _child(self._write, errors)
        if os.waitpid(pid, 0)[1]:
            raise RuntimeError(f"{self.case.id} cannot be built: {errors.read_text()}")

    def _write(self) -> int:
        base = sound()
        if self.case.model:
            self.case.model(base)
        write_canaries(self.canaries)
        base.write(self.home / "plan")
        (self.home / "records.txt").write_text(repr(base.records()))
        if self.case.files:
            source = random.Random(f"{SEED} {self.case.id}")
            self.case.files(self.home / "plan", self.canaries, source)
        return 0

    def _words(self) -> list[str]:
        places = {"{plan}": self.home / self.case.plan, "{out}": self.home / "out"}
        words = []
        for word in self.case.command:
            for name, path in places.items():
                word = word.replace(name, str(path))
            words.append(fill(word, self.canaries))
        return words

    def _run(self) -> int:
        os.setsid()
        os.chdir(self.home / "cwd")
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for number, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(os.open(self.home / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        # pytest and others put something else there than the two files.
        sys.stdout, sys.stderr = (open(n, "w", encoding="utf-8", closefd=False) for n in (1, 2))  # noqa: SIM115
        warnings.resetwarnings()  # as a new Python has them, so that a warning shows as it would
        for category in (DeprecationWarning, PendingDeprecationWarning, ResourceWarning):
            warnings.simplefilter("ignore", category)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        os.environ.update(TMPDIR=str(self.home / "tmp"), PYTHONIOENCODING="utf-8")
        tempfile.tempdir = None
        end = self.case.prepare(self.home) if self.case.prepare else None
        if self.own:
            env = {k: fill(v, self.canaries) for k, v in self.case.env.items()}
            command = [sys.executable, "-m", "gisplan", *self._words(), *self.more]
            os.execve(sys.executable, command, {**os.environ, **env})
        from gisplan.cli.main import main

        try:
            main([*self._words(), *self.more])
        finally:
            if end is not None:
                end()
        return 0

    def poll(self) -> int | None:
        """Return the exit status, HUNG after the time limit, None while it runs."""
        done, code = os.waitpid(self.pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(code)
        since = time.monotonic() - self.began
        if self.case.kill and not self.signalled and since > self.case.kill[0]:
            self.signalled = True
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, self.case.kill[1])
        if since < self.case.limit:
            return None
        _kill(self.pid)
        os.waitpid(self.pid, 0)
        return HUNG

    def ended(self, status: int) -> Ran:
        """Return what came of it."""
        seconds = time.monotonic() - self.began
        _kill(self.pid)  # whatever it started and left behind
        connected = True
        try:
            self.listener.accept()[0].close()
        except BlockingIOError:
            connected = False
        self.listener.close()
        after = snapshot(self.home)
        changed = {name for name in self.before.keys() | after.keys()
                   if self.before.get(name) != after.get(name)}  # fmt: skip
        return Ran(
            self.case,
            self.home,
            status,
            seconds,
            ast.literal_eval((self.home / "records.txt").read_text()),
            connected,
            tuple(sorted(changed)),
        )


def snapshot(home: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of every file of a case but those that its run may write."""
    ours = {"out", "stdout", "stderr", "records.txt"}
    return {
        str(path.relative_to(home)): (stat.st_size, stat.st_mtime_ns)
        for path in home.rglob("*")
        if path.relative_to(home).parts[0] not in ours
        and not path.is_dir()
        and (stat := path.lstat())
    }
