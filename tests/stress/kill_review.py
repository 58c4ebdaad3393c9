"""Kills reviews at many moments; each time the result in the folder is whole and of one run.

Run: python tests/stress/kill_review.py [kills while writing] [kills of the whole command]
No test: it takes minutes. tests/pipeline/test_output_killed.py kills at every step of a small one.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import openpyxl

from gisplan.pipeline import Result, open_plan, review

SAMPLE = Path(__file__).resolve().parents[2] / "layers" / "sample"
FILES = {"findings.json", "findings.gpkg", "findings.xlsx", "report.html", "map.html"}
NAMES = ("甲规划", "乙规划")


def run_in(out: Path) -> str:
    """Return the name of the plan whose result lies in a folder; fails where it is not whole."""
    assert {path.name for path in out.iterdir()} == FILES
    facts = json.loads((out / "findings.json").read_text("utf-8"))
    prints = {finding["fingerprint"] for finding in facts["findings"]}
    with sqlite3.connect(f"file:{out / 'findings.gpkg'}?mode=ro", uri=True) as file:
        assert file.execute("pragma integrity_check").fetchone() == ("ok",)
        stored = {row[0] for row in file.execute("select fingerprint from findings")}
    file.close()
    assert stored == prints
    book = openpyxl.load_workbook(out / "findings.xlsx")
    cells = {cell for sheet in book for row in sheet.values for cell in row}
    assert prints <= cells
    texts = [(out / name).read_text("utf-8") for name in ("report.html", "map.html")]
    assert all(text.rstrip().endswith("</html>") for text in texts)
    (name,) = [name for name in NAMES if all(name in text for text in texts)]
    assert not any(other in text for text in texts for other in NAMES if other != name)
    assert any(name in str(cell) for cell in cells)
    return name


def plans(home: Path) -> list[Path]:
    """Copy the sample twice, under two names; the second one lacks a layer."""
    made = []
    for number, name in enumerate(NAMES):
        plan = home / f"plan{number}"
        shutil.copytree(SAMPLE, plan)
        toml = plan / "gisplan.toml"
        lines = toml.read_text("utf-8").splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith("name = "))
        lines[at] = f'name = "{name}"'
        if number:
            lines += ["[rules.GEO104]", 'severity = "info"', "[rules.GEO103]", 'severity = "info"']
        toml.write_text("\n".join(lines), encoding="utf-8")
        made.append(plan)
    return made


def kill_while_writing(results: list[Result], out: Path, kills: int) -> dict[str, int]:
    """Kill a process that only writes, at moments spread over the time that writing takes."""
    began = time.monotonic()
    results[0].save(out, "zh")
    taken = time.monotonic() - began
    count = {"former": 0, "new": 0, "ended": 0}
    for number in range(kills):
        former = run_in(out)
        new = 1 - NAMES.index(former)
        process = os.fork()
        if process == 0:
            results[new].save(out, "zh")
            os._exit(0)
        time.sleep(taken * 1.2 * (number + random.random()) / kills)
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        left = run_in(out)
        count["new" if left != former else "former"] += 1
        count["ended"] += status == 0
    return count


def kill_the_command(homes: list[Path], out: Path, kills: int) -> dict[str, int]:
    """Kill the whole command, parent and all, at moments spread over a review."""
    count = {"former": 0, "new": 0, "ended": 0}
    began = time.monotonic()
    command = [sys.executable, "-m", "gisplan", "review"]
    subprocess.run([*command, homes[0], "-o", out, "-q"], check=False, capture_output=True)
    taken = time.monotonic() - began
    for number in range(kills):
        former = run_in(out)
        plan = homes[1 - NAMES.index(former)]
        process = subprocess.Popen(
            [*command, plan, "-o", out, "-q"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(taken * 1.1 * (number + random.random()) / kills)
        process.kill()
        process.wait()
        time.sleep(0.3)  # the child goes with its parent
        left = run_in(out)
        count["new" if left != former else "former"] += 1
        count["ended"] += process.returncode in (0, 1, 2)
    return count


def main() -> None:
    """Kill, look, and print what was left."""
    writing, whole = (int(word) for word in [*sys.argv[1:], "100", "20"][:2])
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        homes = plans(home)
        results = [review(open_plan(plan)) for plan in homes]
        print("while writing:", kill_while_writing(results, home / "out1", writing))
        print("the whole command:", kill_the_command(homes, home / "out2", whole))
        left = sorted(path.name for path in home.iterdir() if path.name.startswith("."))
        print("left behind until the next run:", left)


if __name__ == "__main__":
    main()
