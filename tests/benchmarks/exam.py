"""The city exam's heavy parts: zonal statistics beside exactextract alone, and service coverage.

Run: `python -m tests.benchmarks.exam --page docs/benchmarks.md`. Each job is a process of its own,
with the peak of its memory. No test: machines differ.
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
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.big_layer import SEED, rings
from tests.benchmarks.page import write_section

HEAD = "## City exam"
NOTE = """Written by `tests/benchmarks/exam.py --page`. Zonal statistics: the mean of a float raster
in units of 8 vertices that cover it, `measure.zonal` (with the share of each unit that has data)
beside `exactextract` alone on the same shapes and file, in turns; the largest difference of the
means is told. `rasterstats`, where it is installed, is run once: it counts whole cells by their
middle, so that its means are near, not the same. Service coverage: the share of every parcel that
lies within 500 m of a facility, cut at the radius (`measure.service`, two threads), and the way
from every parcel to the nearest facility within 1000 m along a grid of roads (`measure.network`),
building of the network included.
Wall seconds without imports, the median of the runs; memory is the peak of the whole process.
Targets: zonal at most twice exactextract alone and 2 GB; coverage at most 10 s."""
CRS = "EPSG:4529"
CITY_M = 30_000.0
CORNER = np.array([41_500_000.0, 4_000_000.0])


def units(count: int) -> Any:
    """Return the shapes of units."""
    import shapely

    return shapely.polygons(rings(count, 9, np.random.default_rng([SEED, count])))


def write_raster(path: Path, shapes: Any, side: int) -> None:
    """Write a raster of noise over the bounds of the shapes, in blocks."""
    import rasterio
    import shapely
    from rasterio.transform import from_bounds

    rng = np.random.default_rng(SEED)
    with rasterio.open(
        path, "w", driver="GTiff", width=side, height=side, count=1, dtype="float32", crs=CRS,
        nodata=-9999, transform=from_bounds(*shapely.total_bounds(shapes), side, side),
        tiled=True, blockxsize=512, blockysize=512,
    ) as file:  # fmt: skip
        for _, window in file.block_windows(1):
            cells = rng.random((window.height, window.width), dtype=np.float32)
            file.write(cells, 1, window=window)


def run_zonal(which: str, count: int, path: Path) -> dict[str, Any]:
    """Measure the means of a raster, by us, by exactextract alone or by rasterstats."""
    import geopandas as gpd
    import rasterio
    from exactextract import exact_extract

    from gisplan.measure.zonal import CELLS_IN_MEMORY, zonal
    from gisplan.model import Raster

    shapes = units(count)
    if which == "ours":
        with rasterio.open(path) as data:
            transform = tuple(data.transform)[:6]
            size = (data.width, data.height)
        raster = Raster("population", path.name, path, CRS, transform, *size, nodata=-9999.0)
        began = time.perf_counter()
        means = zonal(raster, shapes, CRS, ["mean"])["mean"].to_numpy()
    elif which == "rasterstats":
        from rasterstats import zonal_stats

        began = time.perf_counter()
        found = zonal_stats(list(shapes), str(path), stats=["mean"])
        means = np.array([one["mean"] for one in found], dtype=float)
    else:
        frame = gpd.GeoDataFrame(geometry=list(shapes), crs=CRS)
        began = time.perf_counter()
        with rasterio.open(path) as data:
            found = exact_extract(
                data, frame, ["mean"], output="pandas", max_cells_in_memory=CELLS_IN_MEMORY
            )
        means = found["mean"].to_numpy()
    seconds = time.perf_counter() - began
    np.save(path.with_name(f"{which}.npy"), means)
    return {"seconds": seconds}


def city(parcels: int, facilities: int) -> tuple[Any, Any]:
    """Return parcels and facilities of a city of 30 by 30 km."""
    import shapely

    shapes = units(parcels)
    west, south, east, north = shapely.total_bounds(shapes)
    scale = CITY_M / np.array([east - west, north - south])
    shapes = shapely.transform(shapes, lambda xy: (xy - [west, south]) * scale + CORNER)
    rng = np.random.default_rng([SEED, facilities])
    points = shapely.points(rng.uniform(0, CITY_M, (facilities, 2)) + CORNER)
    return shapes, points


def run_straight(parcels: int, facilities: int) -> dict[str, Any]:
    """Measure coverage by radius."""
    from gisplan.measure.ellipsoid import ellipsoidal_area
    from gisplan.measure.overlay import Workers
    from gisplan.measure.service import served_share, unserved

    land, points = city(parcels, facilities)
    area = ellipsoidal_area(land, CRS)
    began = time.perf_counter()
    rest = unserved(land, points, np.full(len(points), 500.0), Workers(2))
    share = served_share(rest, land, area, CRS)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "served": float((share * area).sum() / area.sum())}


def run_network(parcels: int, facilities: int) -> dict[str, Any]:
    """Measure ways along roads 250 m apart."""
    import shapely

    from gisplan.measure.network import build_network, walking_distance

    land, points = city(parcels, facilities)
    at = np.arange(0, CITY_M + 1, 250.0)
    ends = np.zeros_like(at)
    across = np.stack([np.stack([ends, at], 1), np.stack([ends + CITY_M, at], 1)], 1)
    along = across[:, :, ::-1]
    roads = shapely.linestrings(np.concatenate([across, along]) + CORNER)
    starts = shapely.point_on_surface(land)
    began = time.perf_counter()
    way = walking_distance(build_network(roads), starts, points, 1000.0)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "served": float(np.isfinite(way).mean())}


def measured(*words: object) -> dict[str, Any]:
    """Run one job in a process of its own."""
    call = [sys.executable, "-m", "tests.benchmarks.exam", "--one", *map(str, words)]
    done = subprocess.run(call, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def run_one(words: list[str]) -> dict[str, Any]:
    """Run the job of this process; tell its seconds and memory."""
    job, *rest = words
    if job in {"ours", "exactextract", "rasterstats"}:
        result = run_zonal(job, int(rest[0]), Path(rest[1]))
    else:
        run = run_straight if job == "straight" else run_network
        result = run(int(rest[0]), int(rest[1]))
    return result | {"mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def table(options: argparse.Namespace, home: Path) -> list[str]:
    """Measure everything; return the rows."""
    path = home / "raster.tif"
    write_raster(path, units(options.units), options.side)
    zonal: dict[str, list[dict[str, Any]]] = {"exactextract": [], "ours": []}
    for _ in range(options.runs):
        for which, runs in zonal.items():
            runs.append(measured(which, options.units, path))
    apart = np.abs(np.load(home / "ours.npy") - np.load(home / "exactextract.npy")).max()
    others = []
    if find_spec("rasterstats") is not None:
        alone = measured("rasterstats", options.units, path)
        near = np.nanmax(np.abs(np.load(home / "ours.npy") - np.load(home / "rasterstats.npy")))
        others = [(alone, f"by the middles of cells; its means differ by at most {near:.1g}")]
    cover = {
        job: [measured(job, options.parcels, options.facilities) for _ in range(options.runs)]
        for job in ("straight", "network")
    }

    def line(name: str, runs: list[dict[str, Any]], note: str) -> str:
        seconds = statistics.median(run["seconds"] for run in runs)
        memory = max(run["mb"] for run in runs)
        return f"| {name} | {seconds:.2f} | {memory:,.0f} | {note} |"

    def middle(which: str) -> float:
        return float(statistics.median(run["seconds"] for run in zonal[which]))

    size = f"{options.units:,} units × {options.side:,} × {options.side:,} cells"
    pairs = f"{options.facilities:,} facilities × {options.parcels:,} parcels"
    ratio = middle("ours") / middle("exactextract")
    return [
        "| job | seconds | peak MB | |",
        "|---|---|---|---|",
        line(f"{size}: exactextract alone", zonal["exactextract"], ""),
        line(f"{size}: gisplan", zonal["ours"],
             f"{ratio:.2f} × exactextract; means differ by at most {apart:.1g}"),
        *(line(f"{size}: rasterstats", [alone], note) for alone, note in others),
        line(f"{pairs}, straight line", cover["straight"],
             f"{cover['straight'][0]['served']:.1%} of the land served"),
        line(f"{pairs}, along roads", cover["network"],
             f"{cover['network'][0]['served']:.1%} of the parcels reach one"),
    ]  # fmt: skip


def main() -> None:
    """Parse the options and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=10_000)
    parser.add_argument("--side", type=int, default=10_000, help="cells along a side of the raster")
    parser.add_argument("--facilities", type=int, default=1_000)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--page", type=Path, help="page of Markdown whose section is renewed")
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(run_one(options.one)))
        return
    with tempfile.TemporaryDirectory(prefix="gisplan-bench-") as home:
        lines = table(options, Path(home))
    run = (
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {options.runs} runs, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    text = "\n".join([NOTE, "", run, "", *lines])
    print(text)
    if options.page:
        write_section(options.page, HEAD, text)


if __name__ == "__main__":
    main()
