"""Does one job once, in a process of its own: `python -m tests.benchmarks.one JOB ENGINE FOLDER`.

Prints a line of JSON: wall and CPU seconds of the job alone (layers are in memory, libraries are
imported), the memory before it and its peak, and the score of the answer.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

LAYERS = {
    "J1": ("unit",),
    "J2": ("district", "unit"),
    "J3": ("district", "unit"),
    "J1+J2+J3": ("district", "unit"),
    "J4": ("unit", "heritage_zone"),
    "J5": ("heritage_body", "building"),
    "J7": ("unit",),
}
OURS = "gisplan"
WHOLE = "review"
READ = "J6"


def load(folder: Path, names: tuple[str, ...]) -> dict[str, Any]:
    """Return layers as frames."""
    import pyogrio

    has_arrow = find_spec("pyarrow") is not None
    return {
        name: pyogrio.read_dataframe(folder / f"{name}.gpkg", use_arrow=has_arrow) for name in names
    }


def engine_of(name: str) -> Any:
    """Return the module that an engine is in."""
    from tests.benchmarks import databases, ours, peers

    if name == OURS:
        return ours
    return databases if name in databases.UNION else peers


def task(job: str, engine: str, layers: dict[str, Any]) -> Callable[[], Any]:
    """Return what does a job by an engine on layers in memory."""
    module = engine_of(engine)
    return module.prepare(job, layers) if engine == OURS else module.prepare(engine, job, layers)


def score(job: str, answer: Any, folder: Path, layers: dict[str, Any], ellipsoid: bool) -> Any:
    """Return the score of an answer, None where there is nothing to hold it against."""
    from tests.benchmarks import truth

    if job == "J7":
        return truth.score_areas(answer, layers["unit"].geometry.to_numpy())
    by = {
        "J1": truth.score_overlaps,
        "J2": truth.score_gaps,
        "J3": truth.score_outside,
        "J1+J2+J3": truth.score_partition,
        "J4": truth.score_zones,
        "J5": truth.score_near,
    }
    return by[job](answer, folder, ellipsoid)


def _process_seconds(pid: int | None) -> float:
    """Return CPU seconds of this process, or of this and a server's on this machine."""
    own = time.process_time()
    if pid is None:
        return own
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return own + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_gb(who: int = resource.RUSAGE_SELF) -> float:
    unit = 1024**2 if sys.platform != "darwin" else 1024**3
    return resource.getrusage(who).ru_maxrss / unit


def timed(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """Do it; return its answer and what it took."""
    pid, before = getattr(work, "pid", None), _peak_gb()
    wall, cpu = time.perf_counter(), _process_seconds(pid)
    answer = work()
    took = {"wall": time.perf_counter() - wall, "cpu": _process_seconds(pid) - cpu}
    return answer, {**took, "before": before, "peak": _peak_gb()}


def run_job(job: str, engine: str, folder: Path) -> dict[str, Any]:
    """Do a job on the plan in a folder."""
    layers = load(folder, LAYERS[job])
    answer, took = timed(task(job, engine, layers))
    result = score(job, answer, folder, layers, engine_of(engine).ELLIPSOID)
    return {**took, **(asdict(result) if result else {})}


def run_reading(engine: str, folder: Path, count: int) -> dict[str, Any]:
    """Read a shapefile of GBK text, made if it is not there."""
    import numpy as np

    from tests.benchmarks import big_layer, ours, peers, truth

    path = folder / "shapefile" / "unit.shp"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        big_layer.write_shapefile(path, "unit", count, 25)
    reading = ours.prepare_reading(path) if engine == OURS else peers.prepare_reading(engine, path)
    answer, took = timed(reading)
    rng = np.random.default_rng([big_layer.SEED, count, 25])
    big_layer.rings(count, 25, rng)
    fields = {name: cells for name, _, _, _, cells in big_layer.unit_fields(count, rng)}
    written = [cell.decode("gbk") for cell in fields["DYMC"].tolist()]
    return {**took, **asdict(truth.score_text(answer, written))}


def run_review(folder: Path) -> dict[str, Any]:
    """Review the plan as a user does: from the files to the files."""
    with tempfile.TemporaryDirectory(prefix="gisplan-bench-") as out:
        command = [sys.executable, "-m", "gisplan", "review", str(folder), "-o", out, "--quiet"]
        wall = time.perf_counter()
        done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        wall = time.perf_counter() - wall
        if done.returncode not in (0, 1):
            raise SystemExit(f"gisplan review: status {done.returncode}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime
    return {"wall": wall, "cpu": cpu, "before": 0.0, "peak": _peak_gb(resource.RUSAGE_CHILDREN)}


def main() -> None:
    """Do the job that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("job")
    parser.add_argument("engine")
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    given = parser.parse_args()
    if given.job == "reference":
        from tests.benchmarks.truth import make_references

        names = ("unit", "heritage_zone", "heritage_body", "building")
        make_references(given.folder, load(given.folder, names))
        result: dict[str, Any] = {}
    elif given.job == READ:
        result = run_reading(given.engine, given.folder, given.count)
    elif given.job == WHOLE:
        result = run_review(given.folder)
    else:
        result = run_job(given.job, given.engine, given.folder)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
