"""Makes mutants, has them read in a process of its own, and holds what came of it to promises."""

from __future__ import annotations

import json
import os
import random
import selectors
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mutate import mutate
from seeds import LAYER, RECORDS, SEEDS, TARGETS

SECONDS = 20.0  # for one mutant; a sound one takes a tenth of a second
# Notes that say that features, or a whole file, may be missing.
LOSS = {
    "left_out",
    "count_mismatch",
    "companion_missing",
    "file_unreadable",
    "unrecognised",
    "crs_missing",
}


@dataclass(slots=True)
class Mutant:
    """One damaged plan: which seed, which file of it, how, and the number that makes it again."""

    seed: str
    number: int
    file: str = ""
    how: str = ""
    home: Path = field(default_factory=Path)
    raw: bytes = b""
    was: bytes = b""

    def __str__(self) -> str:
        return f"{self.seed} #{self.number} {self.file} {self.how}"


def make_seeds(home: Path) -> dict[str, Path]:
    """Write every sound plan below a folder."""
    found = {}
    for name, write in SEEDS.items():
        found[name] = home / name
        found[name].mkdir()
        write(found[name])
    return found


def make_mutant(seeds: dict[str, Path], name: str, number: int, home: Path) -> Mutant:
    """Write one mutant below a folder that is emptied first."""
    chance = random.Random(f"{name}/{number}")
    mutant = Mutant(name, number, home=home / "plan")
    shutil.rmtree(mutant.home, ignore_errors=True)
    shutil.copytree(seeds[name], mutant.home)
    wanted = TARGETS.get(name)
    files = [path for path in sorted(mutant.home.iterdir()) if wanted in {None, path.name}]
    path = chance.choice(files)
    mutant.file, mutant.was = path.name, path.read_bytes()
    if wanted is None and len(files) > 1 and chance.random() < 0.05:
        other = chance.choice([file for file in files if file != path])
        mutant.how, mutant.raw = "other", other.read_bytes()
        path.write_bytes(mutant.raw)
    elif wanted is None and len(files) > 1 and chance.random() < 0.05:
        mutant.how = "gone"
        path.unlink()
    else:
        mutant.how, mutant.raw = mutate(chance, mutant.was)
        path.write_bytes(mutant.raw)
    return mutant


class Reader:
    """The process that reads; a new one takes over where it crashed or hung."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def _start(self) -> subprocess.Popen[str]:
        here = Path(__file__).parent
        paths = [str(here), str(here.parents[1]), os.environ.get("PYTHONPATH", "")]
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", str(here / "worker.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"},
        )

    def ask(self, path: Path) -> dict[str, Any]:
        """Return what became of a plan; a hang or a crash is an answer."""
        if self._process is None:
            self._process = self._start()
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{path}\n")
        process.stdin.flush()
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if not selector.select(SECONDS):
                self.close()
                return {"end": "hang"}
        line = process.stdout.readline()
        if line:
            return dict(json.loads(line))
        code = process.wait()
        said = process.stderr.read()[-2000:] if process.stderr else ""
        self.close()
        return {"end": "crash", "why": f"exit {code}: {said}"}

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
                if pipe is not None:
                    pipe.close()
            self._process = None


def broken_promise(mutant: Mutant, answer: dict[str, Any]) -> str | None:
    """Return which promise reading did not keep; None where it kept them all."""
    if answer["end"] in {"hang", "crash", "error"}:
        return f"{answer['end']}: {answer.get('why', '')}"
    if answer["end"] == "refused":
        return None
    for name, layer in answer["layers"].items():
        if layer["read"] != layer["checked"] + layer["aside"]:
            return f"{name}: {layer['read']} read, not {layer['checked']} + {layer['aside']}"
    total = sum(layer["read"] for layer in answer["layers"].values())
    told = {kind for kind, _layer, _path in answer["notes"]}
    if total != sum(answer["counts"].values()) and "crs_missing" not in told:
        return f"{answer['counts']} in the files, {total} in the layers"
    layer = answer["layers"].get(LAYER.get(mutant.seed, "unit"))
    read = layer["read"] if layer else 0
    if read < _due(mutant) and not told & LOSS and not _is_lawful(mutant):
        return f"{read} of {RECORDS} records, and nothing said: {sorted(told)}"
    return None


def _is_lawful(mutant: Mutant) -> bool:
    """Return whether records went as the format lets them go: nobody could tell it from a wish.

    A record of a .dbf is deleted by one byte; rows of a text end where a line ends; rows of a
    database are what its pages say.
    """
    if mutant.file.endswith(".dbf"):
        return mutant.raw.count(b"*") > mutant.was.count(b"*")
    return False


def _due(mutant: Mutant) -> int:
    """Return how many records must come back: in a text, those that are still records of it."""
    if mutant.file.endswith("json"):
        try:
            data = json.loads(mutant.raw.decode("utf-8", "replace"))
        except ValueError:
            return RECORDS
        items = data.get("features", []) if isinstance(data, dict) else data
        return len(items) if isinstance(items, list) else RECORDS
    if not mutant.file.endswith(".csv"):
        return RECORDS
    was, now = mutant.was.splitlines(), set(mutant.raw.splitlines())
    return sum(line in now for line in was[1:]) if was[0] in now else 0


def run(
    reader: Reader,
    numbers: Iterable[int],
    names: list[str] | None = None,
    keep: Path | None = None,
) -> tuple[Counter[str], list[str]]:
    """Read mutants and return how many ended how, and every broken promise.

    Parameters
    ----------
    reader : Reader
        Left open.
    numbers : iterable of int
        Of the mutants; the same number of the same seed is the same mutant.
    names : list of str, optional
        Seeds to make them of, in turn; all where not given.
    keep : Path, optional
        Where mutants that broke a promise are left to be looked at.
    """
    ends: Counter[str] = Counter()
    broken = []
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        home = Path(folder)
        (home / "seeds").mkdir()
        seeds = make_seeds(home / "seeds")
        chosen = names or list(seeds)
        for number in numbers:
            name = chosen[number % len(chosen)]
            mutant = make_mutant(seeds, name, number, home)
            answer = reader.ask(mutant.home)
            ends[f"{name} {answer['end']}"] += 1
            promise = broken_promise(mutant, answer)
            if promise is None:
                continue
            broken.append(f"{mutant}: {promise}")
            if keep is not None:
                target = keep / f"{name}-{number}"
                shutil.rmtree(target, ignore_errors=True)
                shutil.copytree(mutant.home, target)
    return ends, broken
