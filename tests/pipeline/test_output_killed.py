"""A run that is killed at any step leaves the former result whole, or the new one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gisplan.output import settle

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX")

NAMES = ("findings.gpkg", "findings.json", "findings.xlsx", "map.html", "report.html")
# Writes results of run `name` into a folder, and dies before the n-th thing that it does to a file.
CODE = """
import os, signal, sys
from pathlib import Path
from gisplan.output import write, write_together

out, name, at, moved = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4] == "moved"
count = 0
STEPS = {"open", "os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.link", "os.scandir",
         "os.truncate", "os.chmod", "os.chown", "os.utime", "ctypes.call_function"}

def watch(event, args):
    global count
    if event in STEPS and armed:
        count += 1
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)

if moved:
    write.exchange = lambda one, other: False
real = write.exchange
def exchange(one, other):
    sys.audit("os.rename", one, other)
    done = real(one, other)
    sys.audit("os.rename", one, other)
    return done
write.exchange = exchange
mark = '{"schema": "gisplan-findings/1", "run": "%s"}' % name
writers = {n: (lambda p, n=n: p.write_text(mark if n.endswith("json") else name))
           for n in sys.argv[5].split(",")}
armed = False
sys.addaudithook(watch)
write_together  # imported before the count begins
armed = True
write_together(out, writers)
"""


def run(out, name, at, mode):
    code = [sys.executable, "-c", CODE, str(out), name, str(at), mode, ",".join(NAMES)]
    return subprocess.run(code, check=False, capture_output=True).returncode


def runs_in(out):
    """Return the runs that the files of a result are of; "" for a file that is not there."""
    texts = {n: (out / n).read_text() if (out / n).exists() else "" for n in NAMES}
    return {text.split('"run": "')[-1].removesuffix('"}') for text in texts.values()}


@pytest.mark.parametrize("mode", ["exchanged", "moved"])
def test_no_step_at_which_a_kill_leaves_a_mix(tmp_path, mode):
    if mode == "exchanged" and sys.platform != "linux":
        pytest.skip("folders are exchanged on Linux only")
    out = tmp_path / "out"
    assert run(out, "run0", 0, mode) == 0
    if mode == "moved":
        (out / "notes.txt").write_text("mine")
    last, at, mixed = "run0", 0, 0
    while True:
        at += 1
        name = f"run{at}"
        status = run(out, name, at, mode)
        if status == 0:
            break
        assert status == -signal.SIGKILL
        if mode == "moved" and (out / ".gisplan-commit").exists():
            mixed += len(runs_in(out)) > 1
            settle(out)  # as the next run would
        assert runs_in(out) in ({last}, {name}), f"killed at step {at}"
        (last,) = runs_in(out)
    assert at > 20
    assert runs_in(out) == {name}
    assert {p.name for p in out.iterdir()} - {"notes.txt"} == set(NAMES)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    if mode == "moved":
        assert 0 < mixed < len(NAMES)  # the window that only a later run closes
        assert (out / "notes.txt").read_text() == "mine"


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounts a small disk")
def test_a_disk_that_is_full_leaves_the_former_result_whole(tmp_path, gisplan, sample_home):
    """On a disk that holds a result and a half: the second has no room beside the first."""
    gisplan("review", sample_home, "-o", tmp_path / "once", "-q")
    size = sum(path.stat().st_size for path in (tmp_path / "once").iterdir())
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size * 3 // 2}", "tmpfs", disk], check=False
    ).returncode:
        pytest.skip("this machine lets nobody mount a disk")
    try:
        done = gisplan("review", sample_home, "-o", disk / "out", "-q", "--lang", "en")
        assert "not fully judged" in done.stderr, done.stderr
        before = {path.name: path.read_bytes() for path in (disk / "out").iterdir()}
        done = gisplan("review", sample_home, "-o", disk / "out", "-q", "--lang", "en")
        assert done.returncode == 2
        assert "No space left" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert {path.name: path.read_bytes() for path in (disk / "out").iterdir()} == before
        assert [path.name for path in disk.iterdir()] == ["out"]
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        done = gisplan("review", sample_home, "-o", disk / "out", "-q", "--lang", "en")
        assert done.returncode == 2
        assert "Read-only" in done.stderr
        assert {path.name: path.read_bytes() for path in (disk / "out").iterdir()} == before
    finally:
        subprocess.run(["umount", disk], check=True)


def test_no_place_to_write_is_said_before_the_work_begins(gisplan, sample_home, tmp_path):
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file" / "out", Path("/proc/out"), tmp_path / "file"):
        done = gisplan("review", sample_home, "-o", place, "--lang", "en")
        assert done.returncode == 2
        assert str(place) in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert done.stdout == ""
