"""A file that hangs or crashes the reader costs only itself, and no process stays behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box

from gisplan.cli.main import main

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

# Runs in every Python that finds it on its path: opening some files goes wrong.
SABOTAGE = """
import io, os, signal, time
_open = io.open
_mkdir = os.mkdir
def open_(file, *args, **kwargs):
    name = os.path.basename(os.fspath(file)) if not isinstance(file, int) else ""
    if name.startswith("crash"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if name.startswith("slow"):
        time.sleep(60)
    if name.startswith("greedy"):
        globals()["kept"] = b"x" * 900_000_000
        time.sleep(60)
    return _open(file, *args, **kwargs)
io.open = open_
def mkdir(path, *args, **kwargs):
    if "out-that-crashes" in os.fspath(path):
        os.kill(os.getpid(), signal.SIGSEGV)
    return _mkdir(path, *args, **kwargs)
os.mkdir = mkdir
"""

# Sends a signal to the child when Python takes its modules down.
LATE = """
import sys
if "gisplan.cli.worker" in "".join(sys.orig_argv):
    class Late:
        def __del__(self, kill=os.kill, me=os.getpid()):
            kill(me, {number})
    late = Late()
"""


@pytest.fixture
def plan(tmp_path):
    home = tmp_path / "规划 plan"
    home.mkdir()
    squares = [box(41_500_000 + i, 4_630_000, 41_500_001 + i, 4_630_001) for i in range(2)]
    frame = gpd.GeoDataFrame({"DYBH": ["A", "B"], "GXFS": ["M1", "M2"]}, geometry=squares)
    frame.set_crs("EPSG:4529").to_file(home / "更新单元.gpkg", layer="更新单元")
    return home


@pytest.fixture
def sabotaged(tmp_path):
    """Return an environment in which some files hang or crash the reader, and a folder of its."""
    home = tmp_path / "path"
    home.mkdir()
    (home / "sitecustomize.py").write_text(SABOTAGE)
    aside = tmp_path / "tmp"
    aside.mkdir()
    return {"PYTHONPATH": str(home), "TMPDIR": str(aside)}


def table(folder, name):
    (folder / name).write_text("单元编号,指标,数值\nA,容积率,1\n", encoding="utf-8")


def findings(done):
    result = json.loads(done.stdout)
    return {f["feature"]: f["message"]["en"] for f in result["findings"] if f["code"] == "SRC101"}


def endless_view(path):
    """Put a view into a GeoPackage that has no last row."""
    with sqlite3.connect(path) as file:
        file.execute(
            "create view endless as with recursive n(i) as (select 1 union all select i + 1 from n)"
            " select i as fid, 'x' as name from n where i < 0"
        )
        file.execute(
            "insert into gpkg_contents (table_name, data_type, identifier)"
            " values ('endless', 'attributes', 'endless')"
        )
    file.close()


def test_a_file_that_never_ends_is_stopped_named_and_the_rest_is_reviewed(gisplan, plan):
    shutil.copyfile(plan / "更新单元.gpkg", plan / "地块.gpkg")
    endless_view(plan / "地块.gpkg")
    done = gisplan("check", plan, "--format", "json", "--limit", "seconds=8")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    (message,) = findings(done).values()
    assert "地块.gpkg" in message
    assert "not read within 8 s" in message
    assert "--limit seconds=" in message
    assert json.loads(done.stdout)["layers"][0]["read"] == 2


def test_files_that_crash_the_reader_cost_only_themselves(gisplan, plan, sabotaged):
    for name in ("crash1.csv", "crash2.csv", "指标表.csv"):
        table(plan, name)
    done = gisplan("check", plan, "--format", "json", **sabotaged)
    assert done.returncode == 2
    assert set(findings(done)) == {"crash1.csv", "crash2.csv"}
    assert all("SIGSEGV" in message for message in findings(done).values())
    assert "not fully judged" in done.stderr or "未能完整判定" in done.stderr
    assert list(Path(sabotaged["TMPDIR"]).iterdir()) == []


def test_a_file_that_takes_all_memory_is_stopped(gisplan, plan, sabotaged):
    table(plan, "greedy.csv")
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    share = f"memory_share={700_000_000 / whole:.4f}"
    done = gisplan("check", plan, "--format", "json", "--limit", share, **sabotaged)
    assert "memory" in findings(done)["greedy.csv"]


def test_inspect_says_which_file_crashed_the_reader(gisplan, plan, sabotaged):
    table(plan, "crash.csv")
    done = gisplan("inspect", plan, "--format", "json", **sabotaged)
    faults = {fact["path"]: fact["fault"] for fact in json.loads(done.stdout)}
    assert "SIGSEGV" in faults["crash.csv"]["zh"]
    assert done.returncode == 2


def test_a_crash_outside_of_files_names_the_stage(gisplan, plan, sabotaged, tmp_path):
    out = tmp_path / "out-that-crashes"
    done = gisplan("review", plan, "-o", out, "--lang", "zh", **sabotaged)
    assert done.returncode == 2
    assert done.stderr.startswith("错误：")
    assert "SIGSEGV" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not out.exists()


def test_a_folder_full_of_crashes_ends(gisplan, plan, sabotaged, monkeypatch):
    monkeypatch.setattr("gisplan.cli.supervise._ATTEMPTS", 2)
    for name in ("crash1.csv", "crash2.csv", "crash3.csv"):
        table(plan, name)
    code = (
        "import gisplan.cli.supervise as s\n"
        "s._ATTEMPTS = 2\n"
        f"import sys; sys.exit(s.supervise(['check', {str(plan)!r}, '--lang', 'en']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **sabotaged},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "2 files crashed or stalled the reader" in done.stderr


def started(plan, sabotaged, **options):
    """Start a check that hangs in slow.csv, and return it when it is there, and its child."""
    table(plan, "slow.csv")
    process = subprocess.Popen(
        [sys.executable, "-m", "gisplan", "check", plan, "--lang", "en"],
        env={**os.environ, **sabotaged},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )
    for _ in range(600):
        time.sleep(0.1)
        status = next(Path(sabotaged["TMPDIR"]).glob("gisplan-run-*/status"), None)
        if status is not None and "slow.csv" in status.read_text().rpartition("files")[2]:
            break
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return process, int(children[0])


def gone(pid):
    for _ in range(50):
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_parent_and_child_with_one_line(plan, sabotaged, number):
    process, child = started(plan, sabotaged)
    process.send_signal(number)
    _out, err = process.communicate(timeout=20)
    assert process.returncode == 2
    assert err.strip() == "error: interrupted; a former result is as it was"
    assert gone(child)
    assert list(Path(sabotaged["TMPDIR"]).iterdir()) == []


def test_a_key_press_that_both_hear_ends_with_one_line(plan, sabotaged):
    process, child = started(plan, sabotaged, start_new_session=True)
    os.killpg(process.pid, signal.SIGINT)
    _out, err = process.communicate(timeout=20)
    assert (process.returncode, err.count("interrupted")) == (2, 1)
    assert "Traceback" not in err
    assert gone(child)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_that_comes_after_the_last_word_changes_nothing(gisplan, plan, sabotaged, number):
    with (Path(sabotaged["PYTHONPATH"]) / "sitecustomize.py").open("a") as file:
        file.write(LATE.format(number=int(number)))
    done = gisplan("inspect", plan, "--lang", "en", **sabotaged)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_child_goes_with_a_parent_that_is_killed_and_the_next_run_tidies_up(
    plan, sabotaged, gisplan
):
    process, child = started(plan, sabotaged)
    process.kill()
    process.communicate(timeout=20)
    assert gone(child)
    assert len(list(Path(sabotaged["TMPDIR"]).iterdir())) == 1
    (plan / "slow.csv").unlink()
    gisplan("inspect", plan, **sabotaged)
    assert list(Path(sabotaged["TMPDIR"]).iterdir()) == []


def test_two_runs_leave_each_other_alone(plan, sabotaged, gisplan):
    process, _child = started(plan, sabotaged)
    (run,) = Path(sabotaged["TMPDIR"]).iterdir()
    (plan / "slow.csv").rename(plan / "指标表.csv")
    gisplan("inspect", plan, **sabotaged)
    assert (run / "status").exists()
    process.terminate()
    process.communicate(timeout=20)


def test_modules_in_the_present_folder_are_not_run(plan, tmp_path):
    here = tmp_path / "here"
    here.mkdir()
    for name in ("pandas", "json", "shapely", "gisplan", "sitecustomize"):
        (here / f"{name}.py").write_text(f"open({str(tmp_path / 'canary')!r}, 'w')")
    code = "from gisplan.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, "inspect", plan],
        cwd=here,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert not (tmp_path / "canary").exists()


def test_words_and_status_pass_through_unchanged(gisplan, tmp_path):
    strange = tmp_path / "a 'b' \"c\" $d 中文 *.zip"
    done = gisplan("check", strange, "--lang", "en")
    assert done.returncode == 2
    assert f"there is no {strange}; check the path" in done.stderr


def test_a_call_in_a_process_stays_in_it(plan, monkeypatch, capsys):
    monkeypatch.setattr(subprocess, "Popen", None)
    with pytest.raises(SystemExit) as ended:
        main(["inspect", str(plan)])
    assert ended.value.code == 0
    assert "更新单元" in capsys.readouterr().out


def test_the_parent_can_be_turned_off(gisplan, plan, sabotaged):
    table(plan, "crash.csv")
    done = gisplan("inspect", plan, GISPLAN_SUPERVISE="0", **sabotaged)
    assert done.returncode == -signal.SIGSEGV
