"""How long a layer of a million features takes, beside `geopandas.read_file`.

In one run, taken in turns, each in a process of its own: the peer (told the right encoding), our
reading alone, and `open_plan` on a folder that holds the layer: read and normalised. Prints wall
and CPU seconds without imports, the ratio of medians to the peer, and the peak of memory. No
test: machines differ, and busy ones lie; ratios of one run are what counts.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CASES = ("geopandas.read_file", "gisplan read", "gisplan read + normalise")


def peer(path: Path) -> Callable[[], Any]:
    """Return what the peer does; it is told what we find out."""
    import geopandas

    options = {"encoding": "GB18030"} if path.suffix == ".shp" else {}
    return lambda: geopandas.read_file(path, **options)


def ours(path: Path, whole: bool) -> Callable[[], Any]:
    """Return what gisplan does with the folder of the layer."""
    from gisplan.pipeline import open_plan
    from gisplan.read.plan import read_plan

    return lambda: (open_plan if whole else read_plan)(path.parent)


def run_one(case: str, path: Path) -> dict[str, float]:
    """Do one thing in this process and measure it."""
    work = peer(path) if case == CASES[0] else ours(path, case == CASES[2])
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    taken = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    if case == CASES[2]:
        (layer,) = result.layers.values()
        quarantined = 0 if layer.quarantine is None else len(layer.quarantine)
        if layer.read != len(layer.frame) + quarantined:
            raise SystemExit("the account does not close")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {**taken, "peak": peak / 1024**2 if sys.platform != "darwin" else peak / 1024**3}


def in_process(case: str, path: Path) -> dict[str, float]:
    """Run one case in a new process."""
    command = [sys.executable, __file__, "--one", case, str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout))


def made_layer(home: Path, options: argparse.Namespace) -> Path:
    """Return the layer, made where it is not there yet."""
    from big_layer import write_shapefile

    crs = options.crs.replace(":", "")
    folder = home / f"{options.layer}-{options.count}-{options.vertices}-{crs}-{options.format}"
    path = folder / f"{options.layer}.{options.format}"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        target = path if options.format == "shp" else home / f"{options.layer}.shp"
        write_shapefile(target, options.layer, options.count, options.vertices, options.crs)
        if target != path:
            subprocess.run([sys.executable, __file__, "--convert", target, path], check=True)
            for companion in home.glob(f"{options.layer}.*"):
                companion.unlink()
    return path


def convert(source: Path, target: Path) -> None:
    """Write a shapefile as a GeoPackage."""
    import geopandas

    geopandas.read_file(source, encoding="GB18030").to_file(target, driver="GPKG")


def measure(path: Path, options: argparse.Namespace) -> list[str]:
    """Measure all cases in turns; return what was run and a table, in Markdown."""
    taken: dict[str, list[dict[str, float]]] = {case: [] for case in CASES}
    in_process(CASES[0], path)  # the file comes into the cache of the disk
    for _ in range(options.runs):
        for case in CASES:
            taken[case].append(in_process(case, path))
    size = sum(file.stat().st_size for file in path.parent.iterdir()) / 1024**2
    run = (
        f"{options.count:,} features of layer {options.layer}, {options.vertices} vertices each, "
        f"{options.crs}, {options.format}, {size:,.0f} MiB; Python {platform.python_version()}, "
        f"{os.cpu_count()} cores, {options.runs} runs in turns, load {os.getloadavg()[0]:.1f}"
    )
    lines = [
        run,
        "",
        "| | wall s (min) | CPU s (min) | wall ratio | CPU ratio | peak GiB |",
        "|---|---|---|---|---|---|",
    ]
    base = {key: statistics.median(t[key] for t in taken[CASES[0]]) for key in ("wall", "cpu")}
    for case, times in taken.items():
        mid = {key: statistics.median(t[key] for t in times) for key in ("wall", "cpu", "peak")}
        low = {key: min(t[key] for t in times) for key in ("wall", "cpu")}
        lines.append(
            f"| {case} | {mid['wall']:.2f} ({low['wall']:.2f}) | {mid['cpu']:.2f} "
            f"({low['cpu']:.2f}) | {mid['wall'] / base['wall']:.2f} | "
            f"{mid['cpu'] / base['cpu']:.2f} | {mid['peak']:.2f} |"
        )
    return lines


def report(path: Path, options: argparse.Namespace) -> None:
    """Print the table."""
    print("\n".join(measure(path, options)))


def main() -> None:
    """Parse the options and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layer", choices=("unit", "building"), default="unit")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--vertices", type=int, default=9, help="4 n + 1: 9, 25")
    parser.add_argument("--crs", default="EPSG:4529", help="another one is reprojected: EPSG:4490")
    parser.add_argument("--format", choices=("shp", "gpkg"), default="shp")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="folder where the layers stay between runs")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--convert", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(run_one(options.one[0], Path(options.one[1]))))
    elif options.convert:
        convert(*options.convert)
    elif options.keep:
        report(made_layer(options.keep, options), options)
    else:
        with tempfile.TemporaryDirectory(prefix="gisplan-bench-") as home:
            report(made_layer(Path(home), options), options)


if __name__ == "__main__":
    main()
