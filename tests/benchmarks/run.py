"""Measures gisplan beside its peers in one run and writes `docs/benchmarks.md`. Run: make bench.

    python -m tests.benchmarks.run --sizes 10000 100000 --jobs J1 J2 --repeat 3 --keep FOLDER

Each run of a job is a process of its own, engines take turns, medians count. Results are added to
`results.jsonl` in the folder that is kept, so that the work can be split over several commands;
the page is written from all of them. No test: machines differ, and busy ones lie.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.one import OURS, READ, WHOLE
from tests.benchmarks.page import show, write_page

ROOT = Path(__file__).resolve().parents[2]
LARGE = 300_000  # from here on only gisplan runs, unless engines are named
PARTITION = ("J1", "J2", "J3", "J1+J2+J3")
SQL_JOBS = (*PARTITION, "J4", "J5")
# Another job: a row here, its work in `ours.py` and the peers, its score in `one.py`.
ENGINES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(SQL_JOBS, (OURS, "geopandas", "shapely", "DuckDB", "SedonaDB", "PostGIS")),
    "J1": (
        OURS,
        "geopandas",
        "shapely",
        "shapely, interiors first",
        "DuckDB",
        "SedonaDB",
        "PostGIS",
    ),
    READ: (OURS, "pyogrio", "geopandas"),
    "J7": (OURS, "pyproj.Geod"),
    WHOLE: (OURS,),
}
PACKAGES = {
    "geopandas": ("geopandas", "geopandas"),
    "shapely": ("shapely", "shapely"),
    "pyogrio": ("pyogrio", "pyogrio"),
    "pyproj": ("pyproj", "pyproj"),
    "DuckDB": ("duckdb_extension_spatial", "duckdb-extension-spatial"),
    "SedonaDB": ("sedonadb", "sedonadb"),
    "PostGIS": ("psycopg", "psycopg"),
}


def skipped(engine: str, dsn: str | None) -> str:
    """Return why an engine cannot run here, "" if it can."""
    module, package = PACKAGES.get(engine, ("", ""))
    if module and importlib.util.find_spec(module) is None:
        return f"{package} is not installed (extra bench)"
    if engine == "PostGIS" and not dsn:
        return "no server was named (--postgis DSN)"
    return ""


def plan_folder(home: Path, count: int, junctions: float) -> Path:
    """Return the folder of a plan, made with its references if it is not there yet."""
    folder = home / (f"plan-{count}" + (f"-{junctions:g}" if junctions else ""))
    if not (folder / "truth.json").is_file():
        options = [str(count), str(folder), "--junctions", str(junctions)]
        _python("tests.benchmarks.workload", *options)
    if count < LARGE and not (folder / "reference_J5.csv").is_file():
        _python("tests.benchmarks.one", "reference", OURS, str(folder), str(count))
    return folder


def _python(module: str, *words: str, limit: float | None = None) -> str:
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(
        command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=limit
    )
    return done.stdout


def run_once(job: str, engine: str, folder: Path, count: int, limit: float) -> dict[str, Any]:
    """Return what one run took and how it scored, or why there is no answer."""
    try:
        text = _python("tests.benchmarks.one", job, engine, str(folder), str(count), limit=limit)
    except subprocess.TimeoutExpired:
        return {"failed": f"not finished in {limit:g} s"}
    except subprocess.CalledProcessError as error:
        return {"failed": f"status {error.returncode}"}
    return dict(json.loads(text.splitlines()[-1]))


def machine() -> dict[str, Any]:
    """Return what the run was made on: cores, versions, date."""
    versions = {"Python": platform.python_version()}
    for _, package in PACKAGES.values():
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": versions,
    }


def measure(given: argparse.Namespace, home: Path) -> None:
    """Run the jobs and add a line to the results for every run."""
    results = home / "results.jsonl"
    for count in given.sizes:
        folder = plan_folder(home, count, given.junctions)
        for job in given.jobs:
            named = given.engines or (ENGINES[job] if count < LARGE else (OURS,))
            engines = [engine for engine in ENGINES[job] if engine in named]
            gone: set[str] = set()
            for turn in range(given.repeat if job != WHOLE else 1):
                for engine in engines:
                    if engine in gone:
                        continue
                    why = skipped(engine, given.postgis)
                    took = (
                        {"failed": why}
                        if why
                        else run_once(job, engine, folder, count, given.limit)
                    )
                    if "failed" in took:
                        gone.add(engine)
                    line = {"size": count, "job": job, "engine": engine, "turn": turn, **took}
                    line |= {"junctions": given.junctions, **machine()}
                    with results.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(line) + "\n")
                    print(show(line), flush=True)


def main() -> None:
    """Parse the options, measure, write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000], help="units")
    parser.add_argument("--jobs", nargs="*", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--engines", nargs="*", help="else all; from 300,000 units gisplan alone")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--limit", type=float, default=300, help="seconds for one run")
    parser.add_argument("--junctions", type=float, default=0.0, help="share of units, as 0.02")
    parser.add_argument("--postgis", metavar="DSN", help="a server; only temporary tables are made")
    parser.add_argument("--keep", type=Path, help="folder for plans and results between runs")
    parser.add_argument("--page", type=Path, help="page to write the tables into")
    given = parser.parse_args()
    if given.postgis:
        os.environ["GISPLAN_BENCH_POSTGIS"] = given.postgis
    with tempfile.TemporaryDirectory(prefix="gisplan-bench-") as temporary:
        home = given.keep or Path(temporary)
        home.mkdir(parents=True, exist_ok=True)
        measure(given, home.resolve())
        if given.page:
            write_page(given.page, home / "results.jsonl")


if __name__ == "__main__":
    main()
