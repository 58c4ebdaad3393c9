"""A result is written whole or not at all, by one run at a time, and no user's file is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gisplan.errors import OutputError
from gisplan.output import is_result, journal, reserve, settle, write, write_one, write_together

MARK = '{"schema": "gisplan-findings/1", "run": "%s"}'
linux = pytest.mark.skipif(sys.platform != "linux", reason="folders are exchanged on Linux only")


def writers(run, *names):
    """Return writers of a small result, every file of which names its run."""
    texts = {"findings.json": MARK % run, "map.html": run, **dict.fromkeys(names, run)}
    return {name: (lambda p, text=text: p.write_text(text)) for name, text in texts.items()}


def held(folder):
    """Return the names and texts of all that lies in a folder, hidden files included."""
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def result(run, *names):
    return {"findings.json": MARK % run, "map.html": run, **dict.fromkeys(names, run)}


@pytest.fixture(params=["exchanged", "moved"])
def out(request, tmp_path, monkeypatch):
    """Return an output folder with a former result, replaced in either way."""
    if request.param == "moved":
        monkeypatch.setattr(write, "exchange", lambda one, other: False)
    elif sys.platform != "linux":
        pytest.skip("folders are exchanged on Linux only")
    folder = tmp_path / "home" / "out"
    write_together(folder, writers("old", "report.docx"))
    return folder


def test_files_appear_together_in_a_new_folder(tmp_path):
    out = tmp_path / "deep" / "out"
    files = write_together(out, writers("new"))
    assert held(out) == result("new")
    assert files["map.html"] == out / "map.html"
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_new_result_takes_the_place_of_the_former_with_nothing_left_of_it(out):
    write_together(out, writers("new", "findings.xlsx"))
    assert held(out) == result("new", "findings.xlsx")  # report.docx was of the old run
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_files_of_the_user_stay(out):
    (out / "notes.txt").write_text("mine")
    (out / "findings.csv").write_text("asked for")
    (out / "folder").mkdir()
    (out / "folder" / "map.html").write_text("mine")
    write_together(out, writers("new"))
    assert held(out) == {**result("new"), "notes.txt": "mine", "findings.csv": "asked for"}
    assert held(out / "folder") == {"map.html": "mine"}
    assert {path.name for path in out.iterdir() if path.name.startswith(".")} == set()


def test_a_file_of_the_user_with_the_name_of_a_result_is_not_overwritten(tmp_path):
    (tmp_path / "map.html").write_text("mine")
    with pytest.raises(OutputError, match=r"map\.html: a file of this name"):
        write_together(tmp_path, writers("new"))
    assert held(tmp_path) == {"map.html": "mine"}


@linux
def test_the_folder_keeps_its_permissions_and_files_have_the_usual_ones(tmp_path):
    out = tmp_path / "out"
    write_together(out, writers("old"))
    assert out.stat().st_mode & 0o777 == 0o777 & ~_umask()
    out.chmod(0o750)
    write_together(out, writers("new"))
    assert out.stat().st_mode & 0o777 == 0o750
    assert (out / "map.html").stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask():
    now = os.umask(0)
    os.umask(now)
    return now


def test_side_files_of_the_former_database_go_with_it(out):
    (out / "findings.gpkg-wal").write_text("old")
    (out / "units.shp.xml").write_text("old")
    write_together(out, writers("new", "findings.gpkg"))
    assert held(out) == result("new", "findings.gpkg")


def test_a_writer_that_fails_leaves_the_former_result_whole(out):
    def full(path):
        path.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match=r"No space left.*as it was"):
        write_together(out, {**writers("new"), "report.html": full})
    assert held(out) == result("old", "report.docx")
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_library_that_says_a_full_disk_in_its_own_words_is_understood(out):
    def full(path):
        raise RuntimeError("sqlite3_exec() failed: database or disk is full")

    with pytest.raises(OutputError, match="No space left"):
        write_together(out, {**writers("new"), "findings.gpkg": full})
    assert held(out) == result("old", "report.docx")


def test_a_writer_that_is_wrong_is_no_trouble_of_the_disk(tmp_path):
    def broken(path):
        raise ValueError("bad")

    with pytest.raises(ValueError, match="bad"):
        write_together(tmp_path / "a" / "b", {"map.html": broken})
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_replaced_leaves_the_former_result_whole(out, monkeypatch):
    """As on Windows, where a workbook that is open cannot be replaced."""
    (out / "notes.txt").write_text("mine")  # so that files are moved one by one
    replace = Path.replace

    def refused(self, target):
        if (
            Path(target).parent == out
            and self.name == "map.html"
            and self.parent.name != ".gisplan-former"
        ):
            raise PermissionError(13, "in use", str(self), None, str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(OutputError, match=r"map\.html: cannot be replaced.*another program"):
        write_together(out, writers("new", "findings.xlsx"))
    assert held(out) == {**result("old", "report.docx"), "notes.txt": "mine"}
    assert {path.name for path in out.iterdir() if path.name.startswith(".")} == set()


def test_an_interruption_while_files_move_puts_the_former_ones_back(out, monkeypatch):
    (out / "notes.txt").write_text("mine")
    monkeypatch.setattr(journal, "_move_on", _interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_together(out, writers("new"))
    assert held(out) == {**result("old", "report.docx"), "notes.txt": "mine"}


def _interrupted(folder, commit):
    path = next(commit.glob("findings.json"))
    path.replace(folder / path.name)
    raise KeyboardInterrupt


@pytest.mark.parametrize("moved", range(4))
def test_a_run_that_died_while_files_moved_is_finished_by_the_next(out, moved):
    (out / "notes.txt").write_text("mine")
    (out / ".gisplan-commit").mkdir()
    for name, make in sorted(writers("new", "findings.xlsx").items())[moved:]:
        make(out / ".gisplan-commit" / name)
    for name, make in sorted(writers("new", "findings.xlsx").items())[:moved]:
        make(out / name)
    (out / ".gisplan-commit" / ".remove").write_text("report.docx")
    (out / ".gisplan-former").mkdir()
    settle(out)
    assert held(out) == {**result("new", "findings.xlsx"), "notes.txt": "mine"}
    assert {path.name for path in out.iterdir() if path.name.startswith(".")} == set()


def test_what_dead_runs_staged_is_cleared_away(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    dead = [tmp_path / ".out.gisplan-new-1-ab", out / ".gisplan-new-2-cd"]
    other = tmp_path / ".other.gisplan-new-1-ab"
    for folder in (*dead, other):
        folder.mkdir()
        (folder / "map.html").write_text("half")
    (tmp_path / ".out.gisplan-lock").write_text("1 here then")
    write_together(out, writers("new"))
    assert sorted(path.name for path in tmp_path.iterdir()) == [other.name, "out"]
    assert held(out) == result("new")


def test_a_file_in_the_way_is_named(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="not a folder"):
        write_together(tmp_path / "out", writers("new"))
    with pytest.raises(OutputError, match="cannot write"):
        write_together(tmp_path / "out" / "deeper", writers("new"))
    assert held(tmp_path) == {"out": "mine"}


def test_two_runs_into_one_folder_do_not_mix(out):
    with reserve(out) as place:
        with pytest.raises(OutputError, match=rf"another run.*process {os.getpid()} on"):
            write_together(out, writers("second"))
        with pytest.raises(OutputError, match="another run"):
            write_together(out.parent / "." / "out", writers("second"))
        write_together(out.parent / "other", writers("other"))
        write_together(place, writers("first"))
    assert held(out) == result("first")
    write_together(out, writers("third"))
    assert held(out) == result("third")


def test_many_runs_at_once_leave_one_result(out):
    failed = []

    def run(number):
        try:
            write_together(out, writers(f"run{number}", "a.txt", "b.txt"))
        except OutputError as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    texts = held(out)
    run_id = texts["map.html"]
    assert texts == result(run_id, "a.txt", "b.txt")
    assert all("another run" in error.text.en for error in failed)


def test_the_lock_of_a_run_that_was_killed_is_no_hindrance(tmp_path):
    code = (
        "import sys, time, pathlib\n"
        "from gisplan.output import reserve\n"
        "with reserve(pathlib.Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    out = tmp_path / "out"
    process = subprocess.Popen([sys.executable, "-c", code, out], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    with pytest.raises(OutputError, match=f"process {process.pid} on"):
        write_together(out, writers("new"))
    process.kill()
    process.communicate()
    write_together(out, writers("new"))
    assert held(out) == result("new")


def test_a_reservation_without_a_result_leaves_nothing(tmp_path):
    with pytest.raises(KeyError), reserve(tmp_path / "a" / "b" / "out"):
        raise KeyError("the plan was no good")
    assert list(tmp_path.iterdir()) == []


def test_a_link_to_the_output_folder_stays_a_link(tmp_path):
    real = tmp_path / "real"
    write_together(real, writers("old"))
    (tmp_path / "out").symlink_to(real)
    write_together(tmp_path / "out", writers("new"))
    assert (tmp_path / "out").is_symlink()
    assert held(real) == result("new")


@linux
def test_whoever_stands_in_the_folder_still_does(tmp_path, monkeypatch):
    out = tmp_path / "out"
    write_together(out, writers("old"))
    monkeypatch.chdir(out)
    write_together(Path(), writers("new"))
    assert Path("map.html").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@linux
def test_a_reader_never_sees_a_mix_or_a_gap(tmp_path):
    """Another process reads all the time, while results take each other's place."""
    out = tmp_path / "out"
    write_together(out, writers("0", "a.txt"))
    code = (
        "import os, sys\n"
        "out = os.open(sys.argv[1], os.O_RDONLY)\n"
        "print('ready', flush=True)\n"
        "while not os.path.exists(sys.argv[2]):\n"
        "    folder = os.open(sys.argv[1], os.O_RDONLY)\n"
        "    names = [n for n in os.listdir(folder) if not n.startswith('.')]\n"
        "    texts = set()\n"
        "    for name in ('map.html', 'a.txt'):\n"
        "        try:\n"
        "            file = os.open(name, os.O_RDONLY, dir_fd=folder)\n"
        "        except FileNotFoundError:\n"
        "            break  # this folder has been taken away meanwhile, as a whole\n"
        "        texts.add(os.read(file, 99))\n"
        "        os.close(file)\n"
        "    os.close(folder)\n"
        "    assert len(texts) < 2, texts\n"
    )
    stop = tmp_path / "stop"
    process = subprocess.Popen(
        [sys.executable, "-c", code, out, stop], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    for number in range(1, 40):
        write_together(out, writers(str(number), "a.txt"))
    stop.touch()
    _, err = process.communicate(timeout=20)
    assert process.returncode == 0, err


def test_one_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "deep" / "map.html"
    assert write_one(path, lambda p: p.write_text("1")) == path

    def broken(p):
        p.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match=r"map\.html.*No space left"):
        write_one(path, broken)
    assert held(path.parent) == {"map.html": "1"}
    assert [p.name for p in path.parent.iterdir()] == ["map.html"]
    with pytest.raises(OutputError, match="is a folder"):
        write_one(path.parent, lambda p: p.write_text("2"))


def test_one_file_goes_through_a_link_and_into_a_pipe(tmp_path):
    (tmp_path / "real.html").write_text("old")
    (tmp_path / "map.html").symlink_to(tmp_path / "real.html")
    write_one(tmp_path / "map.html", lambda p: p.write_text("new"))
    assert (tmp_path / "map.html").is_symlink()
    assert (tmp_path / "real.html").read_text() == "new"
    os.mkfifo(tmp_path / "pipe")
    heard: list[str] = []
    reader = threading.Thread(target=lambda: heard.append((tmp_path / "pipe").read_text()))
    reader.start()
    write_one(tmp_path / "pipe", lambda p: p.write_text("streamed"))
    reader.join()
    assert heard == ["streamed"]
    assert (tmp_path / "pipe").is_fifo()
    before = Path(os.devnull).stat().st_rdev
    write_one(Path(os.devnull), lambda p: p.write_text("gone"))
    assert Path(os.devnull).stat().st_rdev == before


def test_only_what_gisplan_wrote_is_its_result(tmp_path):
    for name in ("findings.gpkg", "units.shp", "map.html", "findings.csv", "other.gpkg"):
        (tmp_path / name).write_text("x")
    assert not any(is_result(path) for path in tmp_path.iterdir())
    (tmp_path / "findings.json").write_text(json.dumps({"schema": "gisplan-findings/1"}))
    (tmp_path / "list.json").write_text(json.dumps({"schema": "gisplan-findings/1"}))
    (tmp_path / "else.json").write_text(json.dumps({"schema": "other"}))
    kept = {path.name for path in tmp_path.iterdir() if not is_result(path)}
    assert kept == {"other.gpkg", "else.json"}


def test_time_passes_for_a_lock_that_is_let_go_while_it_is_waited_for(tmp_path):
    """Whoever opens a lock file just before it is removed does not hold a file of the past."""
    rounds = []

    def run():
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            try:
                with reserve(tmp_path / "out"):
                    inside.append(1)
                    rounds.append(len(inside))
                    inside.pop()
            except OutputError:
                pass

    inside: list[int] = []
    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(rounds) == {1}
